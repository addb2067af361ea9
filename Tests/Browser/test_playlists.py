"""Playlists that last, and a folder of the visitor's own: saved, opened again, shared, taken away, played."""
import base64
import pathlib
import re
import subprocess
import tempfile

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
    # Names are the tags': the folder is nobody.
    expect(page.locator("#player-artist")).to_have_text("Tone High")
    page.click("#player-list")
    expect(page.locator("#player-queue .queued")).to_have_text(["High – Tone High", "Loud – Tone Loud", "Low – Tone Low", "Middle – Tone Middle"])
    page.click("#player-next")
    expect(page.locator("#player-title")).to_have_text("Loud")
    until(lambda: page.evaluate(STATE)["time"] > 0.2)
    # Nothing left the browser but questions to the server for songs.
    assert not any("High" in address or "music" in address.partition("/api/")[2] for address in context.addresses if "blob:" not in address)
    page.reload()
    expect(page.locator(".song").first).to_be_visible()
    expect(page.locator("#player")).to_be_hidden()


TAGGED = """async (files) => {
  const { tagsOf } = await import(new URL('tags.js', document.querySelector('script[type=module]').src)), result = {};
  for (const [name, data] of Object.entries(files)) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    result[name] = await tagsOf(new Blob([bytes]));
    // Damaged ones give something or nothing, and soon.
    for (let turn = 0; turn < 15; turn += 1) {
      const broken = bytes.slice(0, 1 + (turn * 7919) % bytes.length);
      for (let hit = 0; hit < 8; hit += 1) broken[(turn * 104729 + hit * 7907) % Math.min(broken.length, 600)] = (turn * 31 + hit * 57) & 255;
      await tagsOf(new Blob([broken]));
    }
  }
  return result;
}"""


@test(music=True)
def tags_of_all_kinds_are_read(page, context):
    """ID3 of versions 3 and 4, Vorbis comments, MP4 with its index at either end, RIFF, AIFF; and older ID3 in Latin and UTF-16."""
    said = {"title": "Grüße 東京", "artist": "Björk"}
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, options in [("a.mp3", []), ("b.mp3", ["-id3v2_version", "3"]), ("c.flac", []), ("d.ogg", []), ("e.opus", []), ("f.m4a", []),
                              ("g.m4a", ["-movflags", "faststart"]), ("h.wav", []), ("i.aiff", ["-write_id3v2", "1"])]:
            tags = [part for key, value in {**said, "REPLAYGAIN_TRACK_GAIN": "-6.50 dB"}.items() for part in ("-metadata", f"{key}={value}")]
            subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "sine=duration=0.2", *tags, *options, f"{folder}/{name}"], check=True)
            files[name] = pathlib.Path(folder, name).read_bytes()
    frame = lambda name, content: name + len(content).to_bytes(3, "big") + content
    old = frame(b"TXX", b"\0replaygain_track_gain\x002.25 dB") + frame(b"TT2", b"\0Gr\xfc\xdfe\0") + frame(b"TP1", b"\1" + "\ufeffBjörk".encode("utf-16-le"))
    files["old.mp3"] = b"ID3\2\0\0" + bytes([0, 0, 0, len(old)]) + old
    files["none.mp3"] = b"\xff\xfb" + bytes(500)
    # A large picture before the words, and a list of information that has none.
    long = frame(b"PIC", bytes(400_000)) + old
    files["picture.mp3"] = b"ID3\2\0\0" + bytes(len(long) >> shift & 127 for shift in (21, 14, 7, 0)) + long
    flac = files["c.flac"]
    files["picture.flac"] = flac[:42] + b"\6" + (400_000).to_bytes(3, "big") + bytes(400_000) + flac[42:]
    chunk = lambda name, content: name + len(content).to_bytes(4, "little") + content
    parts = b"WAVE" + chunk(b"LIST", b"INFO" + chunk(b"ISFT", b"tool")) + chunk(b"id3 ", files["old.mp3"])
    files["later.wav"] = chunk(b"RIFF", parts)
    found = page.evaluate(TAGGED, {name: base64.b64encode(data).decode() for name, data in files.items()})
    assert found.pop("none.mp3") is None
    for name in ["old.mp3", "picture.mp3", "later.wav"]:
        assert found.pop(name) == {"gain": 2.25, "title": "Grüße", "artist": "Björk"}, (name, found)
    assert found.pop("picture.flac") == found["c.flac"], found
    # RIFF's own list and MP4 say it elsewhere, or nowhere.
    assert [found[name].pop("gain") for name in ["a.mp3", "b.mp3", "c.flac", "d.ogg", "e.opus", "i.aiff"]] == [-6.5] * 6, found
    assert all(tags == said for tags in found.values()), found
