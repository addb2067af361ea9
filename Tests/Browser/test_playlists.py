"""Playlists that last, and a folder of the visitor's own: saved, opened again, shared, taken away, played."""
import re

from playwright.sync_api import expect

from harness import by_hand, test, titles, until
from test_player import LISTEN, STATE, loudest


def save(page, name):
    page.click("#open-playlists")
    page.fill("#playlist-name", name)
    page.keyboard.press("Enter")
    row = page.locator("#playlist-list li", has_text=name)
    expect(row).to_be_visible()
    return row


@test()
def a_playlist_lasts(page, context):
    by_hand(page, "happy")
    songs = titles(page)
    row = save(page, "Sunny days")
    expect(row).to_contain_text(f"{len(songs)} songs")
    page.click("#playlists-close")
    by_hand(page, "sad")
    assert titles(page) != songs
    page.reload()
    page.click("#open-playlists")
    page.locator("#playlist-list .queued", has_text="Sunny days").click()
    expect(page.locator("#songs-for")).to_have_text("Playlist “Sunny days”.")
    until(lambda: titles(page) == songs)
    # Other songs are for a mood again.
    page.click("#again")
    until(lambda: titles(page) != songs)
    expect(page.locator("#songs-for")).not_to_contain_text("Playlist")
    page.click("#open-playlists")
    row = page.locator("#playlist-list li", has_text="Sunny days")
    row.locator(".act").last.click()
    expect(row).to_have_count(0)
    page.keyboard.press("Escape")
    page.locator("#snack button").click()
    page.click("#open-playlists")
    expect(page.locator("#playlist-list li", has_text="Sunny days")).to_have_count(1)


@test()
def a_playlist_is_a_file(page, context):
    by_hand(page, "happy")
    row = save(page, "For / you")
    song = page.locator(".song h3").first.inner_text()
    for format, sign in [("xspf", "<trackList>"), ("csv", "title,artist"), ("m3u8", "#EXTM3U")]:
        with page.expect_download() as download:
            row.locator(".chip", has_text=format).click()
        assert download.value.suggested_filename == f"For _ you.{format}"
        with open(download.value.path(), encoding="utf-8") as file:
            text = file.read()
        assert sign in text and (format == "m3u8" or song.split("'")[0].split("&")[0] in text), text[:300]


@test()
def a_playlist_is_a_link(page, context):
    by_hand(page, "happy")
    songs = titles(page)
    numbers = page.eval_on_selector_all(".song", "nodes => nodes.map(node => node.dataset.song)")
    page.goto(f"{context.address}#playlist=From%20a%20friend&songs={','.join(numbers[:3])},99999999,x")
    expect(page.locator("#songs-for")).to_have_text("Playlist “From a friend”.")
    until(lambda: titles(page) == songs[:3])
    assert "#" not in page.url
    page.goto(f"{context.address}#playlist=%3Cb%3E&songs=99999999")
    expect(page.locator("#snack")).to_contain_text("None of the songs of “<b>”")


@test(music=True)
def a_folder_of_the_visitor_plays(page, context):
    page.evaluate(LISTEN)
    page.set_input_files("#folder", context.music)
    expect(page.locator("#snack")).to_contain_text(re.compile("Playing 4 songs of “music”; 1 more"))
    until(lambda: page.evaluate(STATE)["time"] > 0.2)
    assert page.evaluate(STATE)["source"].startswith("blob:") and loudest(page) > 0.01
    expect(page.locator("#player-title")).to_have_text("High")
    page.click("#player-next")
    expect(page.locator("#player-title")).to_have_text("Loud")
    until(lambda: page.evaluate(STATE)["time"] > 0.2)
    # Nothing left the browser but questions to the server for songs.
    assert not any("High" in address or "music" in address.partition("/api/")[2] for address in context.addresses if "blob:" not in address)
    page.reload()
    expect(page.locator(".song").first).to_be_visible()
    expect(page.locator("#player")).to_be_hidden()
