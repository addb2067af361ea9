"""Songs of the owner's music server, played on the page through this server: a real supysonic, and a Jellyfin by its
documents."""
import contextlib
import http.server
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import urllib.parse
import urllib.request

from playwright.sync_api import expect

from harness import test, titles, until
from test_player import LISTEN, PIXEL, STATE, loudest

PASSWORD = "hush-s\u00e9cret"
KEY = "hush-key-of-jellyfin"


def port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextlib.contextmanager
def running(command, **options):
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, **options)
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def is_up(address):
    with contextlib.suppress(OSError):
        urllib.request.urlopen(address).close()
        return True
    return False


@contextlib.contextmanager
def page_of(context, folder, place, secrets):
    """The address of a page whose songs are those of a music server."""
    environment = {**os.environ, **secrets, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
    fermusic, catalogue = context.options.fermusic, f"{folder}/songs.db"
    done = subprocess.run([fermusic, "catalogue", "import", place, "--emotion", "happy", "--catalogue", catalogue],
                          env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    address = f"http://127.0.0.1:{port()}/"
    number = address.split(":")[-1].strip("/")
    with running([fermusic, "serve", "--port", number, "--catalogue", catalogue], env=environment):
        until(lambda: is_up(address))
        yield address


@contextlib.contextmanager
def supysonic(context):
    """A supysonic with the tones; its place, how it is entered, its folder, and a function that ends it."""
    folder = tempfile.mkdtemp(prefix="supysonic-")
    shutil.copytree(context.music, f"{folder}/music")
    with open(f"{folder}/music/cover.png", "wb") as cover:
        cover.write(PIXEL)
    number = port()
    with open(f"{folder}/supysonic.conf", "w") as settings:
        settings.write(f"[base]\ndatabase_uri = sqlite:///{folder}/s.db\n[webapp]\ncache_dir = {folder}/cache\nmount_webui = off\n"
                       f"[daemon]\nsocket = {folder}/daemon.sock\n[transcoding]\n"
                       "transcoder_wma_mp3 = ffmpeg -v error -i %srcpath -f mp3 -\n")
    environment = {**os.environ, "HOME": folder}
    for words in [["user", "add", "alice", "-p", PASSWORD], ["folder", "add", "Music", f"{folder}/music"], ["folder", "scan", "-f"]]:
        subprocess.run(["supysonic-cli", *words], cwd=folder, env=environment, check=True, capture_output=True)
    with running(["supysonic-server", "-S", "waitress", "-h", "127.0.0.1", "-p", str(number)], cwd=folder, env=environment) as process:
        until(lambda: process.poll() is not None or answers(number))

        def end():
            os.killpg(process.pid, signal.SIGTERM)
            process.wait()
        yield f"subsonic:http://127.0.0.1:{number}", {"SUBSONIC_USER": "alice", "SUBSONIC_PASSWORD": PASSWORD}, folder, end
    shutil.rmtree(folder)


def answers(number):
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", number), 1):
        return True
    return False


def show(page, address, names, words="tone"):
    """The songs of the music server, as a playlist in the page's address, in this order."""
    page.goto(address)
    found = page.evaluate("words => fetch(`/api/v1/catalogue/search?q=${words}&limit=50`).then(answer => answer.json())", words)
    numbers = {song["title"]: song["id"] for song in found["songs"] if song["server"]}
    assert set(names) <= set(numbers), found
    # From elsewhere, so that the page begins anew.
    page.goto("about:blank")
    page.goto(f"{address}#playlist=Tones&songs={','.join(str(numbers[name]) for name in names)}")
    until(lambda: titles(page) == names)
    return numbers


def card(page, title):
    return page.locator(".song", has=page.locator(f"h3:text-is('{title}')"))


def is_heard(page, title):
    until(lambda: page.evaluate(STATE)["time"] > 0.2 and page.locator("#player-title").inner_text() == title)
    assert loudest(page) > 0.01, f"{title} is silent"


@contextlib.contextmanager
def nothing_leaks(page):
    """No secret is in any address, header or answer that the browser gets."""
    heard = []

    def note(answer):
        text = answer.url + json.dumps(answer.headers)
        if "json" in answer.headers.get("content-type", ""):
            with contextlib.suppress(Exception):
                text += answer.text()
        heard.append(text)
    page.on("response", note)
    yield
    assert heard and not [text for text in heard if "hush" in text.lower() or "sécret" in text.lower()]


@test(music=True, supysonic=True)
def songs_of_a_music_server_are_heard(page, context):
    with supysonic(context) as (place, secrets, folder, end), page_of(context, folder, place, secrets) as address, nothing_leaks(page):
        names = ["Low", "Middle", "High"]
        numbers = show(page, address, names)
        # Said before the tap.
        for name in names:
            expect(card(page, name).locator("button.cover .go-where")).to_have_text("Subsonic")
            expect(card(page, name).locator("button.cover")).to_have_attribute("aria-label", re.compile(f"Play “{name}” by .* from Subsonic"))
        # supysonic's pictures, through this server.
        until(lambda: page.evaluate("[...document.querySelectorAll('.song .cover img')].filter(one => one.complete && one.naturalWidth === 1).length") == 3)
        page.evaluate(LISTEN)
        statuses = set()
        page.on("response", lambda answer: statuses.add(answer.status) if "/api/v1/streams/" in answer.url else None)
        card(page, "Low").locator("button.cover").click()
        is_heard(page, "Low")
        state = page.evaluate(STATE)
        assert f"/api/v1/streams/{numbers['Low']}" in state["source"] and 19 < state["length"] < 21, state
        page.evaluate("document.querySelector('#player-audio').currentTime = 15")
        until(lambda: page.evaluate(STATE)["time"] > 15.2)
        assert loudest(page) > 0.01
        assert statuses == {206}, statuses
        # The next one goes on by itself.
        page.evaluate("document.querySelector('#player-audio').currentTime = 19.5")
        until(lambda: page.locator("#player-title").inner_text() == "Middle" and page.evaluate(STATE)["time"] > 0.1)
        # What no browser plays comes as MP3.
        show(page, address, ["Odd"])
        page.evaluate(LISTEN)
        card(page, "Odd").locator("button.cover").click()
        is_heard(page, "Odd")
        assert not [url for url in context.addresses if place.split("//")[1] in url], "the browser asked supysonic itself"


@test(music=True, supysonic=True)
def a_music_server_that_has_gone_says_so_and_music_goes_on(page, context):
    with supysonic(context) as (place, secrets, folder, end), page_of(context, folder, place, secrets) as address, nothing_leaks(page):
        show(page, address, ["Low", "Middle", "High"])
        os.remove(f"{folder}/music/Low.flac")
        page.evaluate(LISTEN)
        card(page, "Low").locator("button.cover").click()
        # The song is gone: one line, and the next one.
        expect(page.locator("#snack")).to_contain_text("“Low” cannot be played")
        is_heard(page, "Middle")
        end()
        page.click("#player-next")
        expect(page.locator("#snack")).to_contain_text(f"“High” cannot be played: Subsonic ({place.split('//')[1]}) cannot be reached.")
        # The pieces that come along, since no song of that server would come.
        until(lambda: page.evaluate(STATE)["time"] > 0.2 and "/pieces/" in page.evaluate(STATE)["source"])
        # And the cards say where the songs are to be found meanwhile.
        expect(card(page, "Low").locator("a.cover .go-where")).to_have_text("Spotify")


@test(music=True, supysonic=True)
def a_playlist_is_saved_at_the_music_server(page, context):
    with supysonic(context) as (place, secrets, folder, end), page_of(context, folder, place, secrets) as address, nothing_leaks(page):
        numbers = show(page, address, ["Low", "Middle"])
        other = page.evaluate("fetch('/api/v1/catalogue/search?q=love&limit=1').then(answer => answer.json()).then(({ songs }) => songs[0])")
        page.goto("about:blank")
        page.goto(f"{address}#playlist=Mixed&songs={numbers['Low']},{other['id']},{numbers['Middle']}")
        until(lambda: len(titles(page)) == 3)
        page.click("#open-playlists")
        page.fill("#playlist-name", "Out of the rain")
        page.keyboard.press("Enter")
        where = f"Subsonic ({place.split('//')[1]})"
        page.get_by_role("button", name=f"Save Out of the rain at {where}").click()
        expect(page.locator("#playlists-note")).to_have_text(f"“Out of the rain” is saved at {where} with 2 songs. Not there: {other['title']} - {other['artist']}.")
        query = f"u=alice&p={urllib.parse.quote(PASSWORD)}&v=1.13.0&c=test&f=json"
        with urllib.request.urlopen(f"{place.removeprefix('subsonic:')}/rest/getPlaylists.view?{query}") as answer:
            lists = json.load(answer)["subsonic-response"]["playlists"]["playlist"]
        assert [(one["name"], one["songCount"]) for one in lists] == [("Out of the rain", 2)], lists
        end()
        page.get_by_role("button", name=f"Save Out of the rain at {where}").click()
        expect(page.locator("#playlists-note")).to_have_text("It cannot be reached.")


@test(music=True, supysonic=True)
def a_music_server_that_refuses_says_so(page, context):
    with supysonic(context) as (place, secrets, folder, end), page_of(context, folder, place, secrets) as address, nothing_leaks(page):
        show(page, address, ["Low", "Middle"])
        subprocess.run(["supysonic-cli", "user", "changepass", "alice", "-p", "another"], cwd=folder, env={**os.environ, "HOME": folder}, check=True, capture_output=True)
        card(page, "Low").locator("button.cover").click()
        expect(page.locator("#snack")).to_contain_text("does not accept this server’s credentials")
        until(lambda: page.evaluate(STATE)["time"] > 0.2 and "/pieces/" in page.evaluate(STATE)["source"])


class Jellyfin(http.server.BaseHTTPRequestHandler):
    """What is used of Jellyfin, by its documents, with one song and parts of it."""
    song = b""
    asked = []

    def log_message(self, *arguments): pass

    def answer(self, status, body, kind="application/json", headers=()):
        self.send_response(status)
        for name, value in [("Content-Type", kind), ("Content-Length", str(len(body))), *headers]:
            self.send_header(name, value)
        self.end_headers()
        with contextlib.suppress(OSError):
            self.wfile.write(body)

    def do_GET(self):
        path = self.path.split("?")[0]
        self.asked.append(self.path)
        if self.headers.get("X-Emby-Token") != KEY:
            return self.answer(401, KEY.encode())
        if path == "/Users":
            return self.answer(200, b'[{"Id":"u1","Name":"Ann"}]')
        if path == "/Users/u1/Items":
            return self.answer(200, b'{"Items":[{"Id":"a1","Name":"Far","Artists":["Tone"],"RunTimeTicks":200000000}],"TotalRecordCount":1}')
        if path == "/Users/u1/Items/a1":
            return self.answer(200, b'{"Id":"a1","ImageTags":{},"AlbumId":"b1","AlbumPrimaryImageTag":"t"}')
        if path == "/Items/b1/Images/Primary":
            return self.answer(200, PIXEL, "image/png")
        if path != "/Audio/a1/stream" or "static=true" not in self.path:
            return self.answer(404, b"")
        part = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not part:
            return self.answer(200, self.song, "audio/flac", [("Accept-Ranges", "bytes")])
        first, last = int(part[1]), min(int(part[2] or len(self.song)), len(self.song) - 1)
        return self.answer(206, self.song[first:last + 1], "audio/flac",
                           [("Accept-Ranges", "bytes"), ("Content-Range", f"bytes {first}-{last}/{len(self.song)}")])


@test(music=True)
def a_song_of_jellyfin_is_heard(page, context):
    with open(os.path.join(context.music, "Low.flac"), "rb") as file:
        Jellyfin.song = file.read()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Jellyfin)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    folder = tempfile.mkdtemp(prefix="jellyfin-")
    try:
        with page_of(context, folder, f"jellyfin:http://127.0.0.1:{server.server_port}", {"JELLYFIN_API_KEY": KEY}) as address, nothing_leaks(page):
            show(page, address, ["Far"])
            expect(card(page, "Far").locator("button.cover .go-where")).to_have_text("Jellyfin")
            until(lambda: page.evaluate("document.querySelector('.song .cover img')?.naturalWidth") == 1)
            page.evaluate(LISTEN)
            card(page, "Far").locator("button.cover").click()
            is_heard(page, "Far")
            page.evaluate("document.querySelector('#player-audio').currentTime = 12")
            until(lambda: page.evaluate(STATE)["time"] > 12.2)
            assert loudest(page) > 0.01
            assert KEY not in "".join(Jellyfin.asked), "the key is in an address"
    finally:
        server.shutdown()
        server.server_close()
        shutil.rmtree(folder)
