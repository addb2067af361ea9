"""Pictures that are looked at, and songs that are chosen, in the browser itself."""
import json
import re
import tempfile
import urllib.request

from playwright.sync_api import expect

from harness import by_hand, choose, test, titles, until
from test_streams import is_up, port, running

# The recogniser as another program would use it, on this page's files; for tests of what it says.
RECOGNISER = """async () => {
  const { load } = await import(new URL('fermusic.js', document.querySelector('script[type=module]').src));
  const { engine, models, emotions } = await (await fetch('/api/v1/options')).json();
  const address = (path) => new URL(path, location.href);
  const recogniser = await load({ module: address(engine.module), detector: address(engine.detector), emotions: address(engine.models[models[0]]) });
  const points = new Map(emotions.map((point) => [point.emotion, point]));
  await recogniser.setPlaces(recogniser.classes.map((name) => points.get(name)));
  window.recogniser = recogniser;
  return recogniser.classes;
}"""


def begin(page):
    """The camera, when the engine is there: `ready` is said by a face or by words."""
    page.click("#camera-start")
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)


@test(camera=True, place=None)
def the_mood_appears_without_the_server(page, context):
    """The server would not look, and learns nothing."""
    expect(page.locator("#camera-promise")).to_have_text("Your picture stays on this device.")
    page.route("**/api/v1/analyse*", lambda route: route.abort())
    page.route("**/api/v1/sessions*", lambda route: route.abort())
    sent = []
    page.on("request", lambda request: sent.append((request.method, request.url, request.post_data_buffer or b"")))
    begin(page)
    expect(page.locator("#said")).to_have_text(re.compile("You look|Hard to say"), timeout=40_000)
    expect(page.locator("#seen-promise")).to_have_text("Looked at on this device, sent nowhere.")
    page.wait_for_timeout(3000)
    loaded = len(sent)
    page.wait_for_timeout(5000)
    for method, url, body in sent:
        assert method == "GET" and not body, (method, url)
    later = [url for _, url, _ in sent[loaded:]]
    assert not later, later
    context.shot("device")


# What browsers say of themselves and of what they have already; nothing in them is a page's to fill.
USUAL_HEADERS = re.compile("accept|accept-(encoding|language)|cache-control|connection|content-(length|type)|host|if-(none-match|modified-since)|"
                           "origin|pragma|priority|range|if-range|referer|save-data|sec-[a-z-]+|service-worker|upgrade-insecure-requests|user-agent|purpose")


@test(camera=True, photo=True, place=None, worker=True)
def nothing_seen_or_felt_is_sent(page, context):
    """All that leaves the browser during a visit: files of the page are fetched, and what is liked is told to this machine's
    catalogue. No picture, no face, no mood."""
    with context.recorded() as gate:
        page.goto(gate.address)
        expect(page.locator(".song").first).to_be_visible()
        hour = [json.loads(body) for method, _, _, body in gate.requests() if method == "POST"]
        # Before anybody has felt anything: songs for the hour, asked as everybody asks.
        assert len(hour) == 1 and set(hour[0]) == {"emotions", "count", "listener"} and hour[0]["listener"] == {}, hour
        # Pieces that come along are named after moods: they are in the browser before they are played.
        page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
        page.reload()
        expect(page.locator(".song").first).to_be_visible()
        page.wait_for_load_state("networkidle")
        loaded = gate.requests()
        begin(page)
        expect(page.locator("#said")).to_have_text(re.compile("You look|Hard to say"), timeout=40_000)
        page.wait_for_timeout(2000)
        page.click("#way-photo")
        page.set_input_files("#photo-file", context.photo)
        expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
        by_hand(page, "sad")
        before = titles(page)
        page.click("#again")
        until(lambda: titles(page) != before)
        page.locator(".song .act.like").first.click()
        choose(page, 0, "more")
        expect(page.locator("#songs-for")).to_contain_text("Songs like")
        page.click("text=Lift")
        by_hand(page, "angry")
        page.click("#play-mood")
        expect(page.locator("#player")).to_be_visible()
        page.locator("#choices summary").click()
        page.fill("#artist", "quee")
        expect(page.locator("#artist-list li").first).to_be_visible()
        page.wait_for_timeout(1000)
        page.goto("about:blank")
        page.wait_for_timeout(500)
        requests = gate.requests()
        later = list(requests)
        # They come connection by connection, of which an old one may have been used again.
        for request in loaded:
            later.remove(request)
        assert later
        for method, target, headers, body in requests:
            assert not [name for name in headers if not USUAL_HEADERS.fullmatch(name)], headers
            assert headers.get("referer", gate.address).split("?")[0] in (gate.address, gate.address + "service-worker.js") or "/assets/" in headers["referer"], headers
        for method, target, headers, body in later:
            if method == "POST":
                assert target == "/api/v1/feedback" and set(json.loads(body)) == {"song", "opinion"}, (target, body)
                continue
            assert method == "GET" and not body, (method, target)
            path, _, query = target.partition("?")
            assert re.fullmatch(r"/(assets/[0-9a-f]+/[\w./-]+|engine/[\w.-]+|service-worker\.js|api/v1/options|)", path), target
            assert re.fullmatch(r"(v=[0-9a-f]+)?", query) and "pieces/" not in path, target


@test(photo=True, place=None)
def a_photo_too(page, context):
    page.route("**/api/v1/analyse*", lambda route: route.abort())
    page.click("#way-photo")
    expect(page.locator("#photo-promise")).to_contain_text("stays on this device")
    page.set_input_files("#photo-file", context.photo)
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
    expect(page.locator("#said")).to_have_text(re.compile("You look|Hard to say"))


@test(photo=True, place=None)
def it_says_what_the_server_says(page, context):
    """The same pixels, as a photo and frame by frame: what differs comes of weights that are kept in fewer bits."""
    page.click("#way-photo")
    page.evaluate(RECOGNISER)
    page.evaluate("() => { window.chosen = new Promise((resolve) => document.querySelector('#photo-file').addEventListener('change', (event) => resolve(event.target.files[0]), true)) }")
    page.set_input_files("#photo-file", context.photo)
    pairs = page.evaluate("""async () => {
      const picture = await createImageBitmap(await chosen), pairs = [];
      const { session } = await (await fetch('/api/v1/sessions', { method: 'POST' })).json();
      const canvas = new OffscreenCanvas(480, 360), pen = canvas.getContext('2d', { alpha: false });
      const draw = (frame) => pen.drawImage(picture, -60 + 2 * frame, -140 + frame, 600, 600 * picture.height / picture.width);
      const ask = async (headers) => {
        const body = await canvas.convertToBlob({ type: 'image/png' });
        return (await fetch('/api/v1/analyse', { method: 'POST', body, headers: { 'Content-Type': 'image/png', ...headers } })).json();
      };
      draw(0);
      pairs.push([await ask({}), await recogniser.analyse(canvas)]);
      await recogniser.begin();
      for (let frame = 0; frame < 12; frame += 1) {
        draw(frame);
        const theirs = await ask({ 'Fermusic-Session': session });
        pairs.push([theirs, await recogniser.analyse(canvas, { time: theirs.time })]);
      }
      return pairs;
    }""")
    assert len(pairs[0][0]["faces"]) == 1 and any(theirs["faces"] for theirs, _ in pairs[1:])
    moves = []
    for theirs, mine in pairs:
        assert set(theirs) == set(mine) and theirs["width"] == mine["width"], (theirs, mine)
        assert theirs["events"] == mine["events"] and len(theirs["faces"]) == len(mine["faces"]), (theirs, mine)
        for a, b in zip(theirs["faces"], mine["faces"]):
            assert set(a) == set(b) and a["emotion"] == b["emotion"] and a["track"] == b["track"], (a, b)
            moves.append(max(abs(a["box"][side] - b["box"][side]) for side in a["box"]))
            assert all(abs(a["probabilities"][name] - b["probabilities"][name]) < 0.03 for name in a["probabilities"]), (a, b)
            assert all(abs(a["mood"][axis] - b["mood"][axis]) < 0.02 for axis in a["mood"]), (a, b)
    # The plan's rounding: of these eleven pictures 0.020 at most in probabilities, 0.0053 on the plane.
    # The picture of its own is searched as a whole. Around a known face a part of whole pixels is: where a hundredth of a
    # pixel makes it another part, a box half out of the picture may move by more: by 2.6 to 3.2, with the moments of the pictures.
    assert moves[0] < 1 and sorted(moves)[len(moves) // 2] < 0.1 and max(moves) < 4, moves


@test(camera=True, place=None)
def where_something_is_missing_the_visitor_decides(page, context):
    # Nothing that this browser can begin.
    page.route("**/engine/*.wasm*", lambda route: route.fulfill(body="no module", content_type="application/wasm"))
    page.click("#camera-start")
    expect(page.locator("#camera-note")).to_contain_text("too slow", timeout=40_000)
    expect(page.locator("#camera-promise")).to_contain_text("never stored")
    assert not any("/api/v1/analyse" in url for url in context.addresses)
    begin(page)
    assert any("/api/v1/analyse" in url for url in context.addresses)
    page.reload()
    expect(page.locator("#camera-promise")).to_contain_text("never stored")
    context.complaints.clear()


@test(camera=True, place=None)
def what_cannot_be_loaded_is_asked_for_again(page, context):
    """A broken line says nothing of the device: nobody else gets the pictures for that."""
    page.route("**/engine/*.wasm*", lambda route: route.abort())
    page.click("#camera-start")
    expect(page.locator("#camera-note")).to_contain_text("could not be loaded", timeout=40_000)
    expect(page.locator("#camera-promise")).to_contain_text("stays on this device")
    page.unroute("**/engine/*.wasm*")
    begin(page)
    assert not any("/api/v1/analyse" in url for url in context.addresses)
    context.complaints.clear()


@test(camera=True, place=None)
def the_server_looks_where_it_is_asked_to(page, context):
    page.locator("#choices summary").click()
    expect(page.locator("#place")).to_have_value("device")
    page.select_option("#place", "server")
    expect(page.locator("#camera-promise")).to_contain_text("never stored")
    begin(page)
    assert any("/api/v1/analyse" in url for url in context.addresses)
    assert not any("/engine/" in url for url in context.addresses)


@test(place=None, before=lambda page: page.route("**/api/v1/options", without_engine))
def a_server_without_the_engine_looks_itself(page, context):
    expect(page.locator("#camera-promise")).to_contain_text("never stored")
    page.locator("#choices summary").click()
    expect(page.locator("#place-field")).to_be_hidden()


def without_engine(route):
    facts = route.fetch().json()
    route.fulfill(json={**facts, "engine": None})


@test(photo=True, place=None)
def what_is_no_plan_is_refused(page, context):
    page.evaluate(RECOGNISER)
    said = page.evaluate("""async () => {
      const { load } = await import(new URL('fermusic.js', document.querySelector('script[type=module]').src));
      const { engine } = await (await fetch('/api/v1/options')).json(), said = [];
      const address = (path) => new URL(path, location.href);
      for (const emotions of [engine.module, engine.detector, '/engine/nothing.fmplan']) {
        await load({ module: address(engine.module), detector: address(engine.detector), emotions: address(emotions) })
          .catch((error) => said.push(error.message));
      }
      return said;
    }""")
    assert len(said) == 3 and all(said) and not any("\n" in line for line in said), said
    assert "damaged" in said[0] and "404" in said[2], said
    context.complaints.clear()


@test(camera=True, place=None, worker=True)
def a_folder_of_files_is_enough(page, context):
    """At a path of its own, and after the first visit without any network."""
    with context.static_site() as (address, end):
        page.goto(address)
        expect(page.locator(".song").first).to_be_visible()
        expect(page.locator("#camera-promise")).to_have_text("Your picture stays on this device.")
        page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
        end()
        context.complaints.clear()
        page.reload()
        by_hand(page, "happy")
        expect(page.locator(".piece, #pieces li").first).to_be_visible()
        page.click("#way-camera")
        begin(page)
        expect(page.locator("#said")).to_have_text(re.compile("You look|Hard to say"))
        assert not context.complaints, context.complaints
        assert not any("/api/" in url for url in context.addresses if url.startswith(address))
        context.shot("static")


@test(place=None)
def a_playlist_without_a_server_leads_back_to_the_page(page, context):
    """Files are made here, what needs a server is not offered, and the link is of the path where the page is."""
    with context.static_site() as (address, _):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(address)
        by_hand(page, "happy")
        songs = page.locator(".song h3").all_inner_texts()
        page.click("#open-playlists")
        page.fill("#playlist-name", "For the road")
        page.keyboard.press("Enter")
        row = page.locator("#playlist-list li", has_text="For the road")
        expect(row.locator(".chip")).to_have_text(["xspf", "csv"])
        row.locator(".act").first.click()
        expect(page.locator("#playlists-note")).to_contain_text("copied")
        link = page.evaluate("navigator.clipboard.readText()")
        assert link.startswith(f"{address}#playlist="), link
        page.goto("about:blank")
        page.goto(link)
        expect(page.locator("#songs-for")).to_have_text("Playlist “For the road”.")
        assert page.locator(".song h3").all_inner_texts() == songs


def asked(address, question):
    request = urllib.request.Request(address, json.dumps(question).encode(), {"Content-Type": "application/json", "Accept-Language": "en-US"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


@test(place=None)
def songs_chosen_here_are_those_of_the_server(page, context):
    """The same lists for the same seeds as those of a server whose owner has no opinions yet, and no mood is sent."""
    with context.static_site() as (address, _), tempfile.TemporaryDirectory() as folder:
        number = port()
        server = f"http://127.0.0.1:{number}/"
        with running([context.options.fermusic, "serve", "--port", str(number), "--catalogue", f"{folder}/songs.db"]):
            until(lambda: is_up(server))
            there = [asked(f"{server}api/v1/recommendations", {**question, "listener": {}}) for question in QUESTIONS]
        page.goto(address)
        expect(page.locator(".song").first).to_be_visible()
        sent = []
        page.on("request", lambda request: sent.append(request.url))
        here = page.evaluate("""async (questions) => {
          const matcher = await import(new URL('matcher.js', document.querySelector('script[type=module]').src));
          const answers = [];
          for (const question of questions) answers.push(await matcher.recommend({ ...question, usualLanguages: ['en-US'] }));
          return answers;
        }""", QUESTIONS)
        for question, ours, theirs in zip(QUESTIONS, here, there, strict=True):
            assert ours["songs"], question
            assert [song["title"] for song in ours["songs"]] == [song["title"] for song in theirs["songs"]], question
            assert [song["reason"] for song in ours["songs"]] == [song["reason"] for song in theirs["songs"]], question
            assert ours["target"] == theirs["target"], question
        by_hand(page, "sad")
        assert not sent, sent


@test(music=True, place=None)
def a_servers_page_chooses_as_its_server_does(page, context):
    """Among songs of the owner's too, with their files: the same answers, to the letter."""
    assert page.evaluate("async () => (await (await fetch('/api/v1/options')).json()).matcher !== null")
    pairs = page.evaluate("""async (questions) => {
      const matcher = await import(new URL('matcher.js', document.querySelector('script[type=module]').src)), pairs = [];
      for (const question of questions) {
        const answer = await fetch('/api/v1/recommendations', {
          method: 'POST', headers: { 'Content-Type': 'application/json', 'Accept-Language': 'en-US' }, body: JSON.stringify({ ...question, listener: {} }) });
        pairs.push([await answer.json(), await matcher.recommend({ ...question, usualLanguages: ['en-US'] })]);
      }
      return pairs;
    }""", QUESTIONS + [{"emotions": {"happy": 1}, "seed": 8, "count": 20}])
    for theirs, ours in pairs:
        assert ours == theirs, (ours, theirs)
    assert any(song["file"] for song in pairs[-1][1]["songs"]), "none of the owner's files"


@test(place=None, before=lambda page: page.route("**/api/v1/options", without_matcher))
def a_server_of_very_many_songs_says_that_it_chooses(page, context):
    expect(page.locator("#camera-promise")).to_have_text(re.compile("stays on this device. The mood goes to this server"))
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    by_hand(page, "sad")
    assert any(url.endswith("/api/v1/recommendations") for url in asked), asked


def without_matcher(route):
    route.fulfill(json={**route.fetch().json(), "matcher": None})


@test(place=None)
def songs_that_cannot_be_chosen_here_are_not_asked_for_elsewhere(page, context):
    """A line that fails is tried again; the mood waits here."""
    page.route("**/engine/songs*", lambda route: route.abort())
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.click("#hand button:has-text('sad')")
    expect(page.locator("#songs-note")).to_have_text(re.compile("Trying again"))
    assert not any("/api/v1/recommendations" in url for url in asked), asked
    page.unroute("**/engine/songs*")
    expect(page.locator("#songs-for")).to_contain_text("feel sad", timeout=40_000)
    context.complaints.clear()


@test(place=None)
def playlists_of_a_folder_become_files(page, context):
    """As the server writes them, for visitors: without places of files."""
    with context.static_site() as (address, _):
        page.goto(address)
        expect(page.locator(".song").first).to_be_visible()
        page.click("#open-playlists")
        page.fill("#playlist-name", "A & B")
        page.click("#playlist-form button")
        for kind, begins in [("xspf", "<?xml"), ("csv", "title,artist,")]:
            with page.expect_download() as download:
                page.locator("#playlist-list button", has_text=kind).click()
            text = open(download.value.path(), encoding="utf-8").read()
            assert text.startswith(begins) and titles(page)[0].split("&")[0] in text, text[:300]
            assert kind == "csv" or "<title>A &amp; B</title>" in text, text[:300]


QUESTIONS = [
    {"emotions": {"sad": 1}, "seed": 1, "count": 8},
    {"emotions": {"happy": 0.6, "surprise": 0.25, "neutral": 0.15}, "seed": 2, "count": 6, "mode": "match"},
    {"emotions": {"fear": 0.7, "angry": 0.3}, "seed": 3, "count": 10, "mode": "lift"},
    {"emotions": {"angry": 1}, "seed": 4, "count": 7, "mode": "path"},
    {"emotions": {"sad": 0.123456789012345678, "happy": 0.9}, "seed": 5, "count": 9, "languages": ["hi", "id"]},
    {"emotions": {"neutral": 1}, "seed": 6, "count": 5, "withoutLanguages": ["en"], "artists": ["Queen"]},
    {"emotions": {"disgust": 1}, "seed": 7, "count": 12, "mode": "company"},
]
