"""A picked folder's songs, heard in the browser: what suits the mood comes first, as the program itself hears it."""
import base64
import contextlib
import functools
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

from playwright.sync_api import expect

import made_songs
from harness import by_hand, test, until
from test_player import STATE

PIECES = pathlib.Path(__file__).parents[2] / "Sources/WebApp/web/pieces"
# What this browser has kept of songs it heard, by their files' names.
KEPT = """() => new Promise((resolve) => {
    const request = indexedDB.open('fermusic-heard', 1);
    request.onsuccess = () => {
        const store = request.result.transaction('files').objectStore('files'), keys = store.getAllKeys();
        const all = store.getAll();
        all.onsuccess = () => { request.result.close(); resolve(Object.fromEntries(all.result.map((sound, index) => [keys.result[index][0], sound]))) };
    };
})"""


@functools.cache
def songs():
    """Three of them: a slow one, one in between, and a fast one, of which only the middle is heard."""
    place = tempfile.TemporaryDirectory()
    made_songs.slow(f"{place.name}/1 - Slow.wav", 30)
    shutil.copy(PIECES / "neutral-2.opus", f"{place.name}/2 - Middle.opus")
    made_songs.fast(f"{place.name}/3 - Fast.wav", 70)
    return place


LONG = {"Tagged.mp3": ["-q:a", "4", "-metadata", "title=Tagged"], "Plain.mp3": ["-b:a", "96k", "-write_xing", "0", "-id3v2_version", "0"], "Free.flac": [],
        "Vorbis.ogg": ["-c:a", "libvorbis"], "Opus.opus": ["-c:a", "libopus"], "Wave.wav": []}
# From now on songs of more than a hundred seconds are long.
LONG_NOW = "import(new URL('listen.js', document.querySelector('script[type=module]').src)).then(({ most }) => { most.seconds = 100; })"


@functools.cache
def long_songs():
    """Songs in every kind of file of which parts are cut out: noise, the fast one in the middle, and silence, so that in most of them half
    of the bytes are not half of the time."""
    place = tempfile.TemporaryDirectory()
    os.mkdir(f"{place.name}/Long")
    for name, options in LONG.items():
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "anoisesrc=r=22050:d=90:a=0.1:s=1", "-i", f"{songs().name}/3 - Fast.wav",
                        "-filter_complex", "[0][1]concat=v=0:a=1,apad=whole_dur=250"] + options + [f"{place.name}/Long/{name}"], check=True)
    return place


@contextlib.contextmanager
def folder():
    with tempfile.TemporaryDirectory() as place:
        yield shutil.copytree(songs().name, os.path.join(place, "Mine"))


def pick(page, music):
    page.set_input_files("#folder", music)
    until(lambda: page.evaluate(STATE)["time"] > 0.1)


def play_from_the_start(page):
    page.click("#player-close")
    page.click("#play-mood")
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    return page.locator("#player-title").inner_text()


@test(place=None)
def songs_that_were_heard_follow_the_mood(page, context):
    with folder() as music:
        sent = []
        page.on("request", lambda request: sent.append((request.method, request.url)))
        pick(page, music)
        expect(page.locator("#player-title")).to_have_text("Slow")
        expect(page.locator("#own")).to_contain_text("Nothing is sent")
        assert not any("sound.wasm" in address for _, address in sent)
        page.locator("#own button").click()
        expect(page.locator("#own")).to_contain_text("All 3 songs of “Mine” are heard")
        assert any("sound.wasm" in address for _, address in sent)
        by_hand(page, "happy")
        expect(page.locator(".piece b").first).to_have_text("Fast")
        # The song that plays is not cut off; what comes next suits.
        expect(page.locator("#player-title")).to_have_text("Slow")
        page.click("#player-next")
        expect(page.locator("#player-title")).to_have_text("Fast")
        assert play_from_the_start(page) == "Fast"
        by_hand(page, "sad")
        expect(page.locator(".piece b").first).to_have_text("Slow")
        assert play_from_the_start(page) == "Slow"
        # A song that waits in the bar goes on where it suits, and else makes way.
        page.click("#player-toggle")
        by_hand(page, "happy")
        page.click("#play-mood")
        expect(page.locator("#player-title")).to_have_text("Fast")
        page.click("#player-toggle")
        page.click("#play-mood")
        until(lambda: not page.evaluate(STATE)["paused"])
        expect(page.locator("#player-title")).to_have_text("Fast")
        assert not [address for method, address in sent if method != "GET" and not address.endswith("/feedback")], sent
        kept = page.evaluate(KEPT)
        assert len(kept) == 3, kept
        agrees_with_the_program(context, kept, music)
        # Next time it is known.
        before = len(sent)
        page.reload()
        expect(page.locator(".song").first).to_be_visible()
        pick(page, music)
        expect(page.locator("#own")).to_contain_text("All 3 songs of “Mine” are heard")
        expect(page.locator("#own button")).to_have_count(0)
        assert not any("sound.wasm" in address or "listen" in address for _, address in sent[before:])
        page.click("#open-history")
        page.click("#history-purge")
        page.click("#history-purge")
        until(lambda: page.evaluate("indexedDB.databases().then((all) => all.length)") == 0)


def agrees_with_the_program(context, kept, music):
    for name, sound in kept.items():
        answer = subprocess.run([context.options.fermusic, "song", f"{music}/{name}", "--json"], check=True, capture_output=True, text=True)
        here = json.loads(answer.stdout)
        differences = {
            "valence": sound["valence"] - here["valence"]["value"], "energy": sound["energy"] - here["energy"]["value"],
            "loudness": sound["loudness"] - here["loudness"]["integrated"], "tempo": sound["tempo"] - here["tempo"]["value"]}
        print(f"        {name}: " + ", ".join(f"{key} {value:+.4f}" for key, value in differences.items()))
        limits = {"valence": 0.02, "energy": 0.02, "loudness": 0.5, "tempo": 1}
        assert all(abs(differences[key]) < limit for key, limit in limits.items()), (name, differences)
        assert sound["valenceError"] == here["valence"]["error"] and sound["energyError"] == here["energy"]["error"]


@test(place=None, before=lambda page: page.add_init_script("""{
    const decode = OfflineAudioContext.prototype.decodeAudioData;
    OfflineAudioContext.prototype.decodeAudioData = async function (data) {
        await new Promise((resolve) => setTimeout(resolve, 1500));
        return decode.call(this, data);
    };
}"""))
def listening_can_be_stopped(page, context):
    with folder() as music:
        pathlib.Path(music, "4 - Damaged.mp3").write_bytes(bytes(range(256)) * 40)
        pick(page, music)
        page.locator("#own button").click()
        expect(page.locator("#own")).to_contain_text("Listening: 1 of 4")
        # The keyboard stays at the one button there is.
        page.locator("#own button").press("Enter")
        expect(page.locator("#own")).to_contain_text("3 songs of “Mine” are not heard yet.")
        expect(page.locator("#own button")).to_be_focused()
        page.wait_for_timeout(1800)
        expect(page.locator("#own")).to_contain_text("3 songs")
        page.keyboard.press("Enter")
        expect(page.locator("#own")).to_contain_text("3 songs of “Mine” are heard: those for your mood come first. 1 could not be.")
        assert len(page.evaluate(KEPT)) == 3


@test(place=None)
def a_folder_of_files_listens_too(page, context):
    with context.static_site() as (address, end), folder() as music:
        page.goto(address)
        expect(page.locator(".song").first).to_be_visible()
        pick(page, music)
        page.locator("#own button").click()
        expect(page.locator("#own")).to_contain_text("All 3 songs of “Mine” are heard")
        by_hand(page, "happy")
        page.click("#player-next")
        expect(page.locator("#player-title")).to_have_text("Fast")


@test(place=None, music=True)
def of_long_songs_a_part_is_cut_out(page, context):
    with tempfile.TemporaryDirectory() as place:
        music = shutil.copytree(f"{long_songs().name}/Long", os.path.join(place, "Long"))
        page.evaluate("""() => {
            window.decoded = [];
            const decode = OfflineAudioContext.prototype.decodeAudioData;
            OfflineAudioContext.prototype.decodeAudioData = async function (data) {
                const sound = await decode.call(this, data);
                decoded.push(sound.duration);
                return sound;
            };
        }""")
        page.evaluate(LONG_NOW)
        pick(page, music)
        page.locator("#own button").click()
        expect(page.locator("#own")).to_contain_text(f"All {len(LONG)} songs of “Long” are heard", timeout=120_000)
        seconds = page.evaluate("window.decoded")
        assert len(seconds) == len(LONG) and all(60 < one < 75 for one in seconds), seconds
        kept = page.evaluate(KEPT)
        assert kept.keys() == LONG.keys(), kept
        agrees_with_the_program(context, kept, music)


EAR = """async (files) => {
    const { Ear } = await import(new URL('listen.js', document.querySelector('script[type=module]').src));
    const { sound } = await (await fetch('/api/v1/options')).json(), ear = await Ear.open(sound.module), result = {};
    for (const [name, data] of Object.entries(files)) result[name] = await ear.hear(new File([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], name));
    ear.close();
    return result;
}"""


@test(firefox=True, place=None)
def firefox_hears_what_the_program_hears(page, context):
    with folder() as music:
        files = {name: base64.b64encode(pathlib.Path(music, name).read_bytes()).decode() for name in os.listdir(music)}
        files["silent.wav"] = base64.b64encode(b"RIFF" + (36 + 88200).to_bytes(4, "little") + b"WAVEfmt " + bytes.fromhex("10000000010001002256000044ac000002001000") +
                                               b"data" + (88200).to_bytes(4, "little") + bytes(88200)).decode()
        heard = page.evaluate(EAR, files)
        assert heard.pop("silent.wav") is None
        agrees_with_the_program(context, heard, music)


@test(firefox=True, place=None)
def firefox_hears_parts_of_long_songs(page, context):
    music = f"{long_songs().name}/Long"
    page.evaluate(LONG_NOW)
    for name in LONG:
        if name != "Wave.wav":
            agrees_with_the_program(context, page.evaluate(EAR, {name: base64.b64encode(pathlib.Path(music, name).read_bytes()).decode()}), music)
