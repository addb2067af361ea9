"""Music that plays: heard through an analyser, by mouse, keyboard and phone, without a network."""
import base64
import json
import math
import struct

from playwright.sync_api import expect

from harness import by_hand, test, until

# How loud it is now, from 0 to 1: measured where the sound leaves the player.
LISTEN = """() => {
    const audio = document.querySelector('#player-audio'), context = new AudioContext();
    const analyser = context.createAnalyser();
    context.createMediaElementSource(audio).connect(analyser);
    analyser.connect(context.destination);
    window.loudness = () => { const values = new Float32Array(analyser.fftSize); analyser.getFloatTimeDomainData(values); return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length) };
}"""
# The smallest picture.
PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
STATE = "() => { const audio = document.querySelector('#player-audio'); return { paused: audio.paused, time: audio.currentTime, length: audio.duration, source: audio.src } }"


def loudest(page, tries=20):
    result = 0
    for _ in range(tries):
        page.wait_for_timeout(60)
        result = max(result, page.evaluate("loudness()"))
    return result


@test()
def a_tap_makes_music(page, context):
    page.evaluate(LISTEN)
    by_hand(page, "happy")
    page.click("#play-mood")
    until(lambda: page.evaluate(STATE)["time"] > 0.3)
    state = page.evaluate(STATE)
    assert state["source"].startswith(context.address) and 40 < state["length"] < 70, state
    assert loudest(page) > 0.01, "silence"
    title = page.locator("#player-title").inner_text()
    expect(page.locator(".piece.playing")).to_contain_text(title)
    expect(page.locator("#play-mood")).to_have_text("Pause")
    page.click("#player-toggle")
    assert page.evaluate(STATE)["paused"]
    page.wait_for_timeout(200)
    assert loudest(page, 5) < 0.0001
    time = page.evaluate(STATE)["time"]
    page.wait_for_timeout(300)
    assert page.evaluate(STATE)["time"] == time
    # The space bar, where it does nothing else.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press(" ")
    until(lambda: not page.evaluate(STATE)["paused"])
    context.shot("player")


@test()
def the_next_song_follows(page, context):
    by_hand(page, "sad")
    page.click("#play-mood")
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    seen = []
    for _ in range(4):
        title = page.locator("#player-title").inner_text()
        seen.append(title)
        # To just before the end, by the server's answer to a request for a part.
        page.evaluate("() => { const audio = document.querySelector('#player-audio'); audio.currentTime = audio.duration - 0.4 }")
        until(lambda: page.locator("#player-title").inner_text() != title)
        until(lambda: page.evaluate(STATE)["time"] > 0.1 and not page.evaluate(STATE)["paused"])
    assert len(set(seen[:2])) == 2 and len(set(seen)) >= 3, seen
    page.click("#player-back")
    until(lambda: page.locator("#player-title").inner_text() == seen[-1])


# The loudness of both players together, every 20 ms, with the title that is shown; until it is asked for.
RECORD = """() => {
    const context = new AudioContext(), analyser = context.createAnalyser(), values = new Float32Array(1024);
    analyser.fftSize = 1024;
    for (const audio of document.querySelectorAll('audio')) context.createMediaElementSource(audio).connect(analyser);
    analyser.connect(context.destination);
    window.heard = [];
    setInterval(() => {
        analyser.getFloatTimeDomainData(values);
        const playing = [...document.querySelectorAll('audio')].filter((audio) => !audio.paused).length;
        heard.push([performance.now() / 1000, Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length), document.querySelector('#player-title').textContent, playing]);
    }, 20);
}"""


def run_over(page, before_end):
    """What is heard from so many seconds before a song's end until two seconds after the next one's title."""
    title = page.locator("#player-title").inner_text()
    page.evaluate("(left) => { const audio = document.querySelector('#player-audio'); audio.currentTime = audio.duration - left }", before_end)
    until(lambda: page.locator("#player-title").inner_text() != title)
    changed = page.evaluate("heard.length")
    until(lambda: page.evaluate("heard.at(-1)[0]") > page.evaluate("(at) => heard[at - 1][0] + 4", changed))
    return page.evaluate("heard"), title


@test()
def songs_run_into_each_other(page, context):
    """No silence between two pieces, of which each fades out for itself, and never a jump in loudness."""
    page.evaluate(RECORD)
    by_hand(page, "happy")
    page.click("#play-mood")
    until(lambda: page.evaluate(STATE)["time"] > 0.5)
    heard, title = run_over(page, 5)
    at = next(index for index, (*_, name, _) in enumerate(heard) if index and heard[index - 1][2] == title and name != title)
    both = [time for time, _, _, playing in heard if playing == 2]
    assert 2.5 < both[-1] - both[0] < 3.5, both[-1] - both[0]
    began = heard[at][0]
    around = [(time, level) for time, level, *_ in heard if began - 1 < time < began + 3.9]
    # What is heard within a quarter of a second: between two beats there may be nothing.
    quiet = [max(level for time, level in around if start <= time < start + 0.25) for start in [began - 1 + step / 10 for step in range(46)]]
    assert min(quiet) > 0.01, quiet
    # The one before is given back.
    assert page.evaluate("document.querySelectorAll('audio[src]').length") == 1
    # A pause while both are heard pauses both.
    page.evaluate("() => { const audio = document.querySelector('#player-audio'); audio.currentTime = audio.duration - 3.5 }")
    until(lambda: page.evaluate("heard.at(-1)[3]") == 2)
    page.click("#player-toggle")
    until(lambda: page.evaluate("heard.at(-1)[3]") == 0)
    page.wait_for_timeout(300)
    assert page.evaluate("heard.slice(-5).every(([, level]) => level < 0.0001)")


@test(before=lambda page: page.add_init_script("localStorage['fermusic.settings'] = '{\"fade\": 0, \"place\": \"server\"}'"))
def songs_follow_without_a_gap(page, context):
    """Two tones that are as loud to the end: with no fade there is no gap either."""
    tone = wav(3)
    page.route("**/pieces/*.opus", lambda route: route.fulfill(body=tone, content_type="audio/wav"))
    page.evaluate(RECORD)
    by_hand(page, "happy")
    page.click("#play-mood")
    title = page.locator("#player-title").inner_text()
    until(lambda: page.locator("#player-title").inner_text() != title)
    page.wait_for_timeout(500)
    heard = page.evaluate("heard")
    loud = [index for index, (_, level, *_) in enumerate(heard) if level > 0.05]
    silent = [time for time, level, *_ in heard[loud[0]:loud[-1]] if level < 0.01]
    assert not silent and heard[loud[-1]][0] - heard[loud[0]][0] > 3.2, silent


def wav(seconds, rate=48000):
    """A tone as loud from its first to its last sample."""
    samples = b"".join(struct.pack("<h", round(6000 * math.sin(index * 2 * math.pi * 440 / rate))) for index in range(seconds * rate))
    return b"RIFF" + struct.pack("<I", 36 + len(samples)) + b"WAVEfmt " + struct.pack("<IHHIIHH", 16, 1, 1, rate, 2 * rate, 2, 16) + b"data" + struct.pack("<I", len(samples)) + samples


@test()
def the_queue_survives_a_reload(page, context):
    by_hand(page, "neutral")
    page.click("#play-mood")
    until(lambda: page.evaluate(STATE)["length"] > 0)
    page.evaluate("document.querySelector('#player-audio').currentTime = 20")
    until(lambda: page.evaluate(STATE)["time"] > 20.3)
    title = page.locator("#player-title").inner_text()
    page.reload()
    expect(page.locator("#player-title")).to_have_text(title)
    assert page.evaluate(STATE)["paused"]
    page.click("#player-toggle")
    until(lambda: page.evaluate(STATE)["time"] > 20.2)
    page.click("#player-list")
    expect(page.locator("#player-queue li")).to_have_count(2)
    expect(page.locator("#player-queue [aria-current=true]")).to_contain_text(title)
    page.locator("#player-queue .queued").nth(1).click()
    until(lambda: page.locator("#player-title").inner_text() != title)
    page.click("#player-close")
    expect(page.locator("#player")).to_be_hidden()
    page.reload()
    expect(page.locator(".song").first).to_be_visible()
    expect(page.locator("#player")).to_be_hidden()


@test()
def keys_of_the_machine_work(page, context):
    page.evaluate("""() => { window.actions = {}; }""")
    page.add_init_script("window.actions = {}; MediaSession.prototype.setActionHandler = function (name, action) { actions[name] = action };")
    page.reload()
    by_hand(page, "happy")
    # A place in nothing is not kept for what comes.
    page.evaluate("actions.seekto({ seekTime: 20 })")
    page.click("#play-mood")
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    assert page.evaluate(STATE)["time"] < 15
    title = page.evaluate("navigator.mediaSession.metadata.title")
    assert title == page.locator("#player-title").inner_text()
    page.evaluate("actions.nexttrack()")
    until(lambda: page.evaluate("navigator.mediaSession.metadata.title") != title)
    page.evaluate("actions.pause()")
    until(lambda: page.evaluate(STATE)["paused"])
    assert page.evaluate("navigator.mediaSession.playbackState") == "paused"
    # Each does what it says, however often it is pressed.
    page.evaluate("actions.pause()")
    page.wait_for_timeout(200)
    assert page.evaluate(STATE)["paused"]
    for _ in range(2):
        page.evaluate("actions.play()")
        until(lambda: not page.evaluate(STATE)["paused"])


@test(viewport=(360, 640))
def plays_on_a_small_phone(page, context):
    by_hand(page, "surprised")
    page.locator(".piece-key").nth(1).click()
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    box = page.locator("#player").bounding_box()
    assert box["height"] < 90 and box["y"] + box["height"] <= 641, box
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    for button in ["#player-back", "#player-toggle", "#player-next", "#player-list", "#player-close"]:
        expect(page.locator(button)).to_be_in_viewport()
    context.shot("player-phone")


@test()
def by_keyboard_only(page, context):
    page.focus("#play-mood")
    page.keyboard.press("Enter")
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    title = page.locator("#player-title").inner_text()
    page.focus("#player-position")
    page.keyboard.press("End")
    until(lambda: page.locator("#player-title").inner_text() != title)
    page.focus("#player-volume")
    page.keyboard.press("Home")
    assert page.evaluate("document.querySelector('#player-audio').volume") == 0
    page.focus("#player-close")
    page.keyboard.press("Enter")
    expect(page.locator("#play-mood")).to_be_focused()


@test()
def previews_play_one_after_the_other(page, context):
    """With a service that has half a minute of each song: here our own server's pieces stand for it."""
    sound = "happy-1.opus"
    folder = page.evaluate("document.querySelector('script[type=module]').src.replace(/[^/]*$/, '')")
    page.route("**/api/v1/media/*", lambda route: route.fulfill(json={
        "song": 1, "cover": None, "preview": f"{folder}pieces/{sound}" if "preview=true" in route.request.url else None, "link": "https://www.deezer.com/track/1",
        "service": "Deezer", "players": {}}))
    page.locator("#choices summary").click()
    page.select_option("#service", "deezer")
    by_hand(page, "happy")
    expect(page.locator(".song button.cover")).to_have_count(6)
    page.locator(".song button.cover").nth(2).click()
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    expect(page.locator(".song.playing")).to_have_count(1)
    name = page.locator(".song.playing h3").inner_text()
    page.evaluate("() => { const audio = document.querySelector('#player-audio'); audio.currentTime = audio.duration - 0.3 }")
    until(lambda: page.locator("#player-title").inner_text() != name)
    expect(page.locator(".song").nth(3)).to_contain_text(page.locator("#player-title").inner_text())
    # A song that has been heard counts as played.
    page.evaluate("document.querySelector('#player-audio').currentTime = 8")
    until(lambda: json.loads(page.evaluate("localStorage.getItem('fermusic.memory')"))["plays"])
    # A visitor who comes back asks the service for nothing before they want to hear it.
    title = page.locator("#player-title").inner_text()
    asked = lambda: len([address for address in context.addresses if "preview=true" in address])
    before = asked()
    page.reload()
    expect(page.locator("#player-title")).to_have_text(title)
    page.wait_for_timeout(500)
    assert asked() == before and not page.evaluate(STATE)["source"]
    page.click("#player-toggle")
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    assert asked() == before + 1


@test()
def covers_of_an_old_list_are_asked_for_no_more(page, context):
    """Two songs are asked about at a time; with another list, the others of the old one no more."""
    asked, waiting = [], []

    def hold(route):
        asked.append(route.request.url.split("/media/")[1].split("?")[0])
        waiting.append(route)
    page.route("**/api/v1/media/*", hold)
    shown = lambda: page.eval_on_selector_all(".song", "nodes => nodes.map(node => node.dataset.song)")
    by_hand(page, "happy")
    page.locator("#choices summary").click()
    page.select_option("#service", "deezer")
    # Routes are noted while the browser is asked something.
    until(lambda: shown() and len(asked) == 2)
    old = shown()
    by_hand(page, "sad")
    until(lambda: not set(shown()) & set(old) and len(asked) == 4)
    while waiting:
        waiting.pop(0).fulfill(json={"song": 1, "cover": None, "preview": None, "link": None, "service": "Deezer", "players": {}})
        # What it leads to.
        page.wait_for_timeout(100)
    assert set(asked[:2]) < set(old) and sorted(asked[2:]) == sorted(shown()), (asked, old, shown())


@test()
def a_service_that_is_not_asked_learns_nothing(page, context):
    """Once it is switched off, covers that it told of are loaded no more: in cards, in the bar, after a reload."""
    context.browser.route("https://e-cdn.dzcdn.net/**", lambda route: route.fulfill(body=PIXEL, content_type="image/png"))
    folder = page.evaluate("document.querySelector('script[type=module]').src.replace(/[^/]*$/, '')")
    page.route("**/api/v1/media/*", lambda route: route.fulfill(json={
        "song": 1, "cover": "https://e-cdn.dzcdn.net/" + route.request.url.split("/media/")[1][:6], "preview": f"{folder}pieces/happy-1.opus", "link": None,
        "service": "Deezer", "players": {}}))
    page.locator("#choices summary").click()
    page.select_option("#service", "deezer")
    by_hand(page, "happy")
    expect(page.locator(".song .cover img")).to_have_count(6)
    page.locator(".song button.cover").nth(2).click()
    expect(page.locator("#player-cover img")).to_have_count(1)
    page.select_option("#service", "any")
    expect(page.locator("#privacy")).to_contain_text("leave this server only when")
    expect(page.locator(".song .cover img, #player-cover img")).to_have_count(0)
    asked = lambda: len([address for address in context.addresses if "dzcdn.net" in address or "/media/" in address])
    before = asked()
    page.reload()
    expect(page.locator(".song").first).to_be_visible()
    page.wait_for_timeout(500)
    assert asked() == before
    # Nor is the song played from there.
    page.click("#player-toggle")
    expect(page.locator("#snack")).to_contain_text("cannot be played")
    assert asked() == before


@test()
def a_service_has_keys_of_its_own(page, context):
    """Space bar, media keys and the card of the song leave its player alone."""
    loads = []
    context.browser.route("https://open.spotify.com/**", lambda route: (loads.append(route.request.url), route.fulfill(body="spotify")))

    def with_players(route):
        answer = route.fetch().json()
        for song in answer["songs"]:
            song["players"] = {"spotify": "abc"}
        route.fulfill(json=answer)
    page.route("**/api/v1/recommendations", with_players)
    page.add_init_script("window.actions = {}; MediaSession.prototype.setActionHandler = function (name, action) { actions[name] = action };")
    page.reload()
    by_hand(page, "happy")
    page.locator(".song button.cover").first.click()
    until(lambda: page.evaluate("!!document.querySelector('#player-frame iframe')") and loads)
    page.evaluate("window.frame = document.querySelector('#player-frame iframe')")
    page.locator(".song button.cover").first.click()
    page.evaluate("() => { document.activeElement.blur(); for (const name of ['play', 'pause']) actions[name]() }")
    page.keyboard.press(" ")
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('#player-frame iframe') === window.frame") and len(loads) == 1, loads


@test()
def a_late_refusal_is_not_the_next_songs(page, context):
    by_hand(page, "happy")
    page.click("#play-mood")
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    page.click("#player-toggle")
    page.evaluate("""() => { const audio = document.querySelector('#player-audio');
        audio.play = () => { delete audio.play; return new Promise((resolve, reject) => { window.refuse = () => reject(new DOMException('', 'NotSupportedError')) }) } }""")
    page.click("#player-toggle")
    page.click("#player-next")
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    title = page.locator("#player-title").inner_text()
    page.evaluate("refuse()")
    page.wait_for_timeout(300)
    expect(page.locator("#player-title")).to_have_text(title)
    expect(page.locator("#snack")).not_to_contain_text("cannot be played")


@test()
def what_cannot_be_played_says_so(page, context):
    by_hand(page, "happy")
    # Where a tap leads is written on it.
    expect(page.locator(".song a.cover .go-where")).to_have_text(["Spotify"] * 6)
    page.route("**/pieces/*.opus", lambda route: route.abort())
    page.click("#play-mood")
    expect(page.locator("#snack")).to_contain_text("cannot be played")


@test()
def where_nothing_can_be_played_it_is_said(page, context):
    """In a browser without Ogg Opus."""
    page.add_init_script("HTMLMediaElement.prototype.canPlayType = () => ''")
    page.reload()
    by_hand(page, "happy")
    expect(page.locator(".piece")).to_have_count(0)
    page.click("#play-mood")
    expect(page.locator("#snack")).to_contain_text("None of these songs can be played here")
    expect(page.locator("#player")).to_be_hidden()


@test()
def plays_again_after_an_outage(page, context):
    by_hand(page, "happy")
    asked = []
    page.on("requestfailed", lambda request: asked.append(request.url) if request.url.endswith(".opus") else None)
    page.route("**/pieces/*.opus", lambda route: route.abort())
    page.click("#play-mood")
    # Of four that fail each is named once, and then there is rest.
    until(lambda: not page.evaluate(STATE)["source"] and len(asked) == 4)
    expect(page.locator("#play-mood")).to_have_text("Play")
    page.unroute("**/pieces/*.opus")
    page.click("#player-toggle")
    until(lambda: page.evaluate(STATE)["time"] > 0.1)
    expect(page.locator("#play-mood")).to_have_text("Pause")


QUEUE = """(songs) => addEventListener('pagehide', () => localStorage.setItem('fermusic.queue', JSON.stringify({
    songs: songs.map((name) => ({ key: `piece-${name}`, piece: name, title: name, artist: 'fermusic', features: { valence: 0.5, energy: 0.5 } })), index: 0, position: 3 })))"""


@test()
def nothing_starts_by_itself(page, context):
    """A song that has gone while the page was away, and one that breaks while it is paused."""
    page.evaluate(QUEUE, ["gone.opus", "happy-1.opus"])
    missing = []
    page.on("response", lambda answer: missing.append(answer) if answer.url.endswith("gone.opus") else None)
    page.reload()
    until(lambda: page.evaluate(STATE) and missing)
    page.wait_for_timeout(1000)
    assert page.evaluate(STATE)["paused"]
    expect(page.locator("#player-title")).to_have_text("gone.opus")
    # Wanted, it says so, and the next one has its turn.
    page.click("#player-toggle")
    expect(page.locator("#snack")).to_contain_text("gone.opus")
    until(lambda: page.evaluate(STATE)["time"] > 0.5)
    page.click("#player-toggle")
    expect(page.locator("#play-mood")).to_have_text("Play")
    page.evaluate("document.querySelector('#player-audio').dispatchEvent(new Event('error'))")
    page.wait_for_timeout(500)
    assert page.evaluate(STATE)["paused"]
    expect(page.locator("#player-title")).to_have_text("happy-1.opus")
    page.click("#player-toggle")
    until(lambda: page.evaluate(STATE)["time"] > 0.5)
