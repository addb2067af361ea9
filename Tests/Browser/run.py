"""The page in real browsers: headless Chromium with a fake camera, and Firefox.

    Scripts/test-browser            makes what is needed and runs this
"""
import harness
import test_app
import test_calm
import test_device
import test_faults
import test_firefox
import test_listen
import test_own
import test_page
import test_player
import test_playlists
import test_small
import test_streams

if __name__ == "__main__":
    harness.main()
