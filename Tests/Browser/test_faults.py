"""What went wrong once: outages, slips, bad files, slow lines, small things."""
import base64
import json
import pathlib
import re
import time

from playwright.sync_api import expect

from harness import by_hand, choose, contrast, test, titles, until

WATCH_TRACKS = """() => {
    window.tracks = [];
    const devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
    devices.getUserMedia = async (wish) => { const stream = await ask(wish); tracks.push(...stream.getTracks()); return stream };
}"""
LIVE = "() => tracks.filter((track) => track.readyState === 'live').length"


@test(camera=True)
def the_camera_is_off_when_it_says_so(page, context):
    """Also after the server was away and came back, and whoever starts it twice."""
    page.evaluate(WATCH_TRACKS)
    page.click("#camera-start")
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
    page.route("**/api/**", lambda route: route.abort())
    expect(page.locator("#camera-note")).to_contain_text("cannot be reached")
    # The picture goes on, and nothing lies over it; there is no second way to start what runs.
    expect(page.locator("#video")).to_be_visible()
    expect(page.locator("#camera-invite")).to_be_hidden()
    expect(page.locator("#said")).not_to_contain_text("No face")
    contrast(page)
    page.evaluate("document.querySelector('#camera-start').click()")
    page.wait_for_timeout(800)
    assert page.evaluate(LIVE) == 1
    page.unroute("**/api/**")
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
    expect(page.locator("#camera-note")).to_have_text("")
    page.click("#camera-stop")
    assert page.evaluate(LIVE) == 0
    expect(page.locator("#camera-start")).to_be_visible()
    page.click("#camera-start")
    until(lambda: page.evaluate(LIVE) == 1)
    page.click("#way-hand")
    assert page.evaluate(LIVE) == 0


@test(camera=True)
def the_camera_rests_when_nobody_looks(page, context):
    page.evaluate(WATCH_TRACKS)
    page.evaluate("""() => { const later = window.setTimeout; window.setTimeout = (action, time, ...more) => later(action, time === 10000 ? 50 : time, ...more);
        Object.defineProperty(document, 'hidden', { get: () => window.away ?? false }) }""")
    page.click("#camera-start")
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
    page.evaluate("() => { away = true; document.dispatchEvent(new Event('visibilitychange')) }")
    until(lambda: page.evaluate(LIVE) == 0)
    page.evaluate("() => { away = false; document.dispatchEvent(new Event('visibilitychange')) }")
    until(lambda: page.evaluate(LIVE) == 1)


@test(camera=True)
def few_pictures_once_the_mood_is_known(page, context):
    page.click("#camera-start")
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
    page.wait_for_timeout(3500)
    pictures = lambda: len([address for address in context.addresses if "/analyse" in address])
    before = pictures()
    page.wait_for_timeout(4000)
    assert pictures() - before <= 8 * 4 + 1, pictures() - before
    # None of what nobody sees.
    page.evaluate("document.querySelector('#camera-stage').style.cssText = 'position: fixed; top: -2000px; width: 100px'")
    page.wait_for_timeout(600)
    before = pictures()
    page.wait_for_timeout(1500)
    assert pictures() - before <= 1, pictures() - before


@test(camera=True)
def the_keyboard_stays_at_the_camera(page, context):
    page.focus("#camera-start")
    page.keyboard.press("Enter")
    expect(page.locator("#camera-stop")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#camera-start")).to_be_focused()


@test(camera=True)
def looking_is_not_none(page, context):
    """On a slow line nothing is known for a while: that is not "no face"."""
    said = []
    page.expose_function("noteSaid", lambda text: said.append(text))
    page.evaluate("() => new MutationObserver(() => noteSaid(document.querySelector('#said').textContent)).observe(document.querySelector('#said'), { childList: true, characterData: true, subtree: true })")

    def slowly(route):
        time.sleep(1.0)
        route.continue_()
    page.route("**/api/v1/analyse*", slowly)
    page.click("#camera-start")
    expect(page.locator("#said")).to_have_text("Looking …")
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
    assert "No face to be seen." not in said, said


@test()
def two_bans_in_a_hurry_never_give_twins(page, context):
    by_hand(page, "happy")
    for _ in range(4):
        for place in (0, 1):
            choose(page, place, "dislike")
        page.wait_for_timeout(500)
        songs = page.eval_on_selector_all(".song", "nodes => nodes.map(node => node.dataset.song)")
        assert len(set(songs)) == len(songs) == 6, songs


@test()
def never_again_can_be_taken_back(page, context):
    by_hand(page, "happy")
    before = page.eval_on_selector_all(".song", "nodes => nodes.map(node => node.dataset.song)")
    choose(page, 1, "dislike")
    expect(page.locator("#snack")).to_contain_text("will not come again")
    expect(page.locator(f"[data-song='{before[1]}']")).to_have_count(0)
    page.click(".snack-key")
    assert page.eval_on_selector_all(".song", "nodes => nodes.map(node => node.dataset.song)") == before
    assert not json.loads(page.evaluate("localStorage.getItem('fermusic.memory')"))["opinions"]
    choose(page, 2, "dislike")
    expect(page.locator(f"[data-song='{before[2]}']")).to_have_count(0)
    # Later it is in the history, with a button.
    page.click("#open-history")
    page.locator("#history-list li .act").first.click()
    assert not json.loads(page.evaluate("localStorage.getItem('fermusic.memory')"))["opinions"]


@test()
def a_song_banned_among_likes_of_another_is_replaced_by_one_like_it(page, context):
    by_hand(page, "happy")
    choose(page, 0, "more")
    expect(page.locator("#songs-for")).to_contain_text("like")
    questions = []
    page.on("request", lambda request: questions.append(request.post_data_json) if "/recommendations" in request.url else None)
    choose(page, 0, "dislike")
    until(lambda: questions)
    assert questions[-1]["like"], questions[-1]


@test(photo=True)
def a_photo_dropped_anywhere_is_looked_at(page, context):
    by_hand(page, "sad")
    data = base64.b64encode(pathlib.Path(context.photo).read_bytes()).decode()
    drop = """([data, name, type, place]) => {
        const files = new DataTransfer();
        files.items.add(new File([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], name, { type }));
        const events = ['dragover', 'drop'].map((kind) => new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: files }));
        return events.map((event) => !document.querySelector(place).dispatchEvent(event));
    }"""
    assert page.evaluate(drop, [data, "me.jpg", "image/jpeg", ".song"]) == [True, True], "the browser would open the file"
    expect(page.locator("#panel-photo")).to_be_visible()
    expect(page.locator("#photo-stage .face-box")).to_have_count(1)
    expect(page.locator("#said")).to_have_text(re.compile("look|Hard to say"))
    # A bad one after it leaves nothing of the former, and says what is wrong.
    page.evaluate(drop, [base64.b64encode(b"words").decode(), "a.txt", "text/plain", "footer"])
    expect(page.locator("#photo-note")).to_have_text("This picture cannot be read.")
    expect(page.locator("#said")).to_have_text("How do you feel?")
    expect(page.locator("#photo-stage .face-box")).to_have_count(0)
    page.set_input_files("#photo-file", {"name": "x.heic", "mimeType": "image/heic", "buffer": b"not HEIC"})
    expect(page.locator("#photo-note")).to_contain_text("HEIC")


@test(viewport=(390, 844), camera=True)
def songs_are_in_sight_on_a_phone(page, context):
    page.click("#camera-start")
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
    expect(page.locator("#songs-for")).to_contain_text("Songs for when you feel", timeout=40_000)
    assert page.locator(".song").first.bounding_box()["y"] < 600
    assert page.locator(".piece").first.bounding_box()["y"] < 480
    # The camera stays in sight while the songs are gone through.
    page.mouse.wheel(0, 1500)
    expect(page.locator("#camera-stage")).to_be_in_viewport()
    expect(page.locator("#camera-stop")).to_be_in_viewport()
    context.shot("phone-camera")


@test(viewport=(390, 844))
def the_map_lets_the_finger_scroll(page, context):
    assert page.evaluate("getComputedStyle(document.querySelector('#plane svg')).touchAction") == "auto"


@test()
def rests_when_nothing_moves(page, context):
    by_hand(page, "happy")
    page.locator("#hand button:has-text('sad')").click()
    # Some frames are needed to come to rest, however long a machine takes for them.
    until(lambda: page.evaluate("""async () => { let count = 0; const ask = window.requestAnimationFrame;
        window.requestAnimationFrame = (action) => { count += 1; return ask(action) };
        await new Promise((resolve) => setTimeout(resolve, 1000)); window.requestAnimationFrame = ask; return count }""") <= 2)


@test()
def a_service_without_the_song_is_not_another_one(page, context):
    page.locator("#choices summary").click()
    page.select_option("#service", "deezer")
    by_hand(page, "happy")
    link = page.locator(".song a.cover").first
    expect(link).to_have_attribute("href", re.compile("^https://www.deezer.com/"))
    expect(link).to_contain_text("Deezer")


@test()
def an_opened_search_is_not_a_played_song(page, context):
    by_hand(page, "happy")
    context.browser.route("https://open.spotify.com/**", lambda route: route.fulfill(body="spotify"))
    with context.browser.expect_page() as opened:
        page.locator(".song a.cover").first.click()
    opened.value.close()
    assert not json.loads(page.evaluate("localStorage.getItem('fermusic.memory')"))["plays"]
    # Without a network the visitor is told instead of sent away.
    page.evaluate("Object.defineProperty(navigator, 'onLine', { get: () => false })")
    page.locator(".song a.cover").first.click()
    expect(page.locator("#snack")).to_contain_text("offline")


@test(songs=False)
def a_server_that_fails_at_first_is_asked_again(page, context):
    failing = [True]
    page.route("**/api/v1/options", lambda route: route.fulfill(status=500, body="{}") if failing[0] else route.continue_())
    page.reload()
    expect(page.locator("#failed")).to_be_visible()
    failing[0] = False
    expect(page.locator("#failed")).to_be_hidden()
    by_hand(page, "happy")


@test()
def songs_come_as_soon_as_the_server_is_back(page, context):
    by_hand(page, "happy")
    # Trying again by itself comes too late here.
    page.evaluate("() => { const later = setTimeout; window.setTimeout = (action, time, ...more) => later(action, time === 2000 ? 1e9 : time, ...more) }")
    page.route("**/api/**", lambda route: route.abort())
    page.click("#again")
    expect(page.locator("#songs-note")).to_contain_text("cannot be reached")
    page.unroute("**/api/**")
    page.locator("#choices summary").click()
    # Any answer tells it.
    page.fill("#artist", "ab")
    expect(page.locator("#songs-note")).to_have_text("")


@test()
def a_page_in_hindi_asks_for_songs_in_hindi(page, context):
    page.select_option("#page-language", "hi")
    page.click("#hand button >> nth=6")
    until(lambda: "hi" in page.eval_on_selector_all(".song h3", "nodes => nodes.map(node => node.lang)"))


@test()
def artists_are_those_that_are_offered(page, context):
    page.locator("#choices summary").click()
    page.fill("#artist", "arijit")
    page.press("#artist", "Enter")
    expect(page.locator("#artist-chips .chip")).to_have_text(["Arijit Singh"])
    page.fill("#artist", "qqqqqxx")
    page.press("#artist", "Enter")
    expect(page.locator("#artist-note")).to_contain_text("no songs by this artist")
    expect(page.locator("#artist-chips .chip")).to_have_count(1)


@test(viewport=(360, 640))
def a_long_artist_stays_in_the_card(page, context):
    name = "The Extraordinarily Long Named Orchestra of Somewhere Far Away and Its Friends"
    page.evaluate("(name) => localStorage.setItem('fermusic.settings', JSON.stringify({ artists: [name, name.replaceAll(' ', '')], choicesOpen: true }))", name)
    page.reload()
    expect(page.locator("#artist-chips .chip")).to_have_count(2)
    card, chips = (page.locator(place).bounding_box() for place in ("#choices", "#artist-chips"))
    assert chips["x"] + chips["width"] <= card["x"] + card["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


@test()
def cut_titles_can_be_read(page, context):
    song = page.locator(".song").first
    assert song.locator("h3").get_attribute("title") == song.locator("h3").inner_text()


@test()
def hostile_titles_are_only_text(page, context):
    """Names of songs come from anywhere: lists, services, other people's catalogues."""
    pieces = ["<img src=x onerror=window.ran=1>", "<script>window.ran=1</script>", '"><svg onload=window.ran=1>', "javascript:window.ran=1", "</h3><b>", "{{title}}",
              "\u202e\u2066gnos", "\x00\x07", "𒐫" * 40, "a" * 3000, "ﷺ" * 200, "%s%n&lt;&amp;", "' onclick='window.ran=1", "🎵" * 30, " "]
    songs = [{"id": number + 1, "title": pieces[number % 15] + str(number), "artist": pieces[number // 15 % 15] + pieces[number % 7], "language": ["en", "x\"><i>", None][number % 3],
              "features": {"valence": number % 10 / 10, "energy": 0.5}, "reasons": [{"code": "feel.joyful", "text": "<i>", "values": {}}, {"code": pieces[number % 15], "text": pieces[number % 15], "values": {}}],
              "links": {"spotify": "https://open.spotify.com/search/x", "youtube": "https://www.youtube.com/x"}} for number in range(1000)]
    for start in range(0, 1000, 250):
        page.route("**/api/v1/recommendations", lambda route: route.fulfill(json={"songs": songs[start:start + 250], "target": {"valence": 0.5, "energy": 0.5}}))
        page.click("#again")
        expect(page.locator(".song")).to_have_count(250)
        expect(page.locator(f"[data-song='{start + 1}']")).to_have_count(1)
        page.unroute("**/api/v1/recommendations")
    page.locator(".song .act.dots").first.click()
    page.locator("#menu .dislike").click()
    page.click("#open-history")
    expect(page.locator("#history-list li").first).to_be_visible()
    assert page.evaluate("window.ran ?? null") is None
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("[...document.querySelectorAll('a')].every((a) => /^https?:/.test(a.href))")
    assert page.locator("#grid script, #grid img, #grid i, #grid b").count() == 0
