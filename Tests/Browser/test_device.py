"""Pictures that are looked at in the browser itself."""
import re

from playwright.sync_api import expect

from harness import by_hand, test

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
    """The server would not look, and learns nothing but the question for songs."""
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
        assert method == "GET" and not body or url.endswith("/api/v1/recommendations"), (method, url)
    later = [url for _, url, _ in sent[loaded:] if not url.endswith("/api/v1/recommendations")]
    assert not later, later
    context.shot("device")


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
            assert all(abs(a["probabilities"][name] - b["probabilities"][name]) < 0.15 for name in a["probabilities"]), (a, b)  # weights of 5 bits
            assert all(abs(a["mood"][axis] - b["mood"][axis]) < 0.06 for axis in a["mood"]), (a, b)
    # The picture of its own is searched as a whole. Around a known face a part of whole pixels is: where a hundredth of a
    # pixel makes it another part, a box half out of the picture may move by more.
    assert moves[0] < 1 and sorted(moves)[len(moves) // 2] < 0.1 and max(moves) < 3, moves


@test(camera=True, place=None)
def where_something_is_missing_the_visitor_decides(page, context):
    page.route("**/engine/*", lambda route: route.abort())
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
    """What needs a server is not offered, and the link is of the path where the page is."""
    with context.static_site() as (address, _):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(address)
        by_hand(page, "happy")
        songs = page.locator(".song h3").all_inner_texts()
        page.click("#open-playlists")
        page.fill("#playlist-name", "For the road")
        page.keyboard.press("Enter")
        row = page.locator("#playlist-list li", has_text="For the road")
        expect(row.locator(".chip")).to_have_count(0)
        row.locator(".act").first.click()
        expect(page.locator("#playlists-note")).to_contain_text("copied")
        link = page.evaluate("navigator.clipboard.readText()")
        assert link.startswith(f"{address}#playlist="), link
        page.goto("about:blank")
        page.goto(link)
        expect(page.locator("#songs-for")).to_have_text("Playlist “For the road”.")
        assert page.locator(".song h3").all_inner_texts() == songs


@test(place=None)
def songs_chosen_here_are_those_of_the_server(page, context):
    """The same lists for the same seeds, and no mood is sent."""
    with context.static_site() as (address, _):
        there = page.evaluate("""async (questions) => {
          const answers = [];
          for (const question of questions) {
            const answer = await fetch('/api/v1/recommendations', {
              method: 'POST', headers: { 'Content-Type': 'application/json', 'Accept-Language': 'en-US' }, body: JSON.stringify({ ...question, listener: {} }) });
            answers.push(await answer.json());
          }
          return answers;
        }""", QUESTIONS)
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


QUESTIONS = [
    {"emotions": {"sad": 1}, "seed": 1, "count": 8},
    {"emotions": {"happy": 0.6, "surprise": 0.25, "neutral": 0.15}, "seed": 2, "count": 6, "mode": "match"},
    {"emotions": {"fear": 0.7, "angry": 0.3}, "seed": 3, "count": 10, "mode": "lift"},
    {"emotions": {"angry": 1}, "seed": 4, "count": 7, "mode": "path"},
    {"emotions": {"sad": 0.123456789012345678, "happy": 0.9}, "seed": 5, "count": 9, "languages": ["hi", "id"]},
    {"emotions": {"neutral": 1}, "seed": 6, "count": 5, "withoutLanguages": ["en"], "artists": ["Queen"]},
    {"emotions": {"disgust": 1}, "seed": 7, "count": 12, "mode": "company"},
]
