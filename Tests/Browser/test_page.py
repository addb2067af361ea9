"""What a visitor does and sees."""
import base64
import json
import pathlib
import re

from playwright.sync_api import expect

from harness import ACCESSIBILITY, EMOTIONS, by_hand, choose, contrast, sung, test, titles, until


@test(camera=True)
def camera_shows_face_mood_and_songs(page, context):
    invite = page.locator("#camera-invite")
    expect(invite).to_contain_text("never stored")
    page.click("#camera-start")
    expect(page.locator(".face-box")).to_have_count(1, timeout=40_000)
    expect(page.locator("#said")).to_have_text(re.compile("You look|Hard to say"))
    expect(page.locator("#songs-for")).to_contain_text("Songs for when you feel", timeout=40_000)
    expect(page.locator(".song")).to_have_count(6)
    page.locator("#reasons summary").click()
    shares = page.eval_on_selector_all(".bar-row .track", "rows => rows.map(row => Number(row.getAttribute('aria-valuenow')))")
    assert len(shares) == len(EMOTIONS) and 80 <= sum(shares) <= 120, shares
    box = page.locator(".face-box").bounding_box()
    stage = page.locator("#camera-stage").bounding_box()
    assert stage["x"] <= box["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"], (box, stage)
    expect(page.locator("#plane .now")).to_have_attribute("visibility", "visible")
    context.shot("camera")
    page.click("#camera-stop")
    expect(page.locator(".face-box")).to_have_count(0)
    expect(invite).to_be_visible()


@test(permission=False)
def denied_camera_leads_on(page, context):
    page.click("#camera-start")
    expect(page.locator("#panel-hand")).to_be_visible()
    expect(page.locator("#hand-note")).to_contain_text("not allowed")
    page.select_option("#page-language", "es")
    expect(page.locator("#hand-note")).to_contain_text("No se permitió")
    page.select_option("#page-language", "en")
    page.click("#way-photo")
    page.click("#way-hand")
    expect(page.locator("#hand-note")).to_have_text("")
    page.click("#hand button:has-text('happy')")
    expect(page.locator(".song")).to_have_count(6)


@test()
def without_camera_too(page, context):
    page.evaluate("() => { navigator.mediaDevices.getUserMedia = async () => { throw new DOMException('', 'NotFoundError') } }")
    page.click("#camera-start")
    expect(page.locator("#hand-note")).to_contain_text("No camera was found")


@test()
def a_camera_that_comes_too_late_is_let_go(page, context):
    """The browser's question is answered when the visitor has gone elsewhere already."""
    page.evaluate("""() => {
        const stream = document.createElement('canvas').captureStream();
        window.late = stream.getTracks()[0];
        navigator.mediaDevices.getUserMedia = () => new Promise((resolve, reject) => { window.answer = () => resolve(stream); window.refuse = () => reject(new DOMException('', 'NotAllowedError')) });
    }""")
    page.click("#camera-start")
    page.click("#way-photo")
    page.evaluate("() => answer()")
    until(lambda: page.evaluate("() => late.readyState") == "ended")
    page.click("#way-camera")
    expect(page.locator("#camera-start")).to_be_enabled()
    page.click("#camera-start")
    page.click("#way-photo")
    page.evaluate("() => refuse()")
    page.wait_for_timeout(200)
    expect(page.locator("#panel-photo")).to_be_visible()
    assert not any("/sessions" in address for address in context.addresses)


@test()
def mood_by_hand(page, context):
    page.click("#way-hand")
    page.click("#hand button:has-text('sad')")
    expect(page.locator("#said")).to_have_text("You feel sad.")
    expect(page.locator("#songs-for")).to_contain_text("sad")
    expect(page.locator(".song")).to_have_count(6)
    assert page.locator(".song .why span").first.inner_text()
    place = page.locator("#plane svg")
    box = place.bounding_box()
    place.click(position={"x": box["width"] * 0.78, "y": box["height"] * 0.34})
    expect(page.locator("#said")).to_have_text("You feel happy.")
    expect(page.locator("#songs-for")).to_contain_text("happy")
    context.shot("hand")


@test()
def each_way_keeps_its_mood(page, context):
    by_hand(page, "sad")
    page.click("#way-photo")
    expect(page.locator("#said")).to_have_text("How do you feel?")
    # What is asked for now is still asked for that mood.
    page.check("#modes input[value=lift]", force=True)
    expect(page.locator(".song .why").first).to_contain_text("brighter")
    page.click("#way-hand")
    expect(page.locator("#said")).to_have_text("You feel sad.")
    expect(page.locator("#hand button[aria-pressed=true]")).to_have_text("sad")
    # A mood by hand takes the visitor there from anywhere.
    page.click("#way-camera")
    page.click("#hand button:has-text('happy')")
    expect(page.locator("#panel-hand")).to_be_visible()
    expect(page.locator("#said")).to_have_text("You feel happy.")


@test()
def by_hand_there_are_always_all(page, context):
    page.locator("#choices summary").click()
    page.check("#grouping input[value=five]", force=True)
    expect(page.locator(".bar-row")).to_have_count(5)
    by_hand(page, "disgusted")
    expect(page.locator(".bar-row")).to_have_count(8)
    expect(page.locator(".bar-row.top")).to_contain_text("disgusted")


@test()
def a_click_opens_the_right_link(page, context):
    by_hand(page, "happy")
    song = page.locator(".song").first
    title, artist = song.locator("h3").inner_text(), song.locator(".artist").inner_text()
    link = song.locator("a.cover")
    assert link.get_attribute("target") == "_blank" and "noopener" in link.get_attribute("rel")
    context.browser.route("https://open.spotify.com/**", lambda route: route.fulfill(body="spotify"))
    with context.browser.expect_page() as opened:
        link.click()
    # A page just opened may have no address yet.
    opened.value.wait_for_url(re.compile("^https?:"))
    address = opened.value.url
    assert address.startswith("https://open.spotify.com/"), address
    from urllib.parse import unquote
    words = unquote(address.rsplit("/", 1)[1])
    assert title.split()[0] in words and artist.split(",")[0].split()[0] in words, (words, title, artist)
    opened.value.close()
    # Its menu has both.
    song.locator(".act.dots").click()
    expect(page.locator("#menu a")).to_have_text(["Open on Spotify", "Open on YouTube"])
    page.keyboard.press("Escape")
    page.locator("#choices summary").click()
    page.select_option("#service", "youtube")
    expect(page.locator(".song a.cover").first).to_have_attribute("href", re.compile("^https://www.youtube.com/"))


@test()
def languages_filter(page, context):
    by_hand(page, "sad")
    page.locator("#choices summary").click()
    page.click("[data-language=hi]")
    expect(page.locator("[data-language=hi]")).to_have_attribute("aria-pressed", "true")
    until(lambda: set(sung(page)) == {"hi"})
    # Not in this language: the last entry of the card's menu.
    page.click("[data-language=hi]")
    until(lambda: set(sung(page)) - {"hi"})
    language = page.locator(".song h3").first.get_attribute("lang")
    choose(page, 0, "language")
    until(lambda: sung(page) and language not in sung(page))
    page.click(".snack-key")
    expect(page.locator("#choices-note")).not_to_contain_text("not ")
    expect(page.locator("#songs-note")).to_have_text("")
    page.wait_for_timeout(300)
    language = page.locator(".song h3").first.get_attribute("lang")
    choose(page, 0, "language")
    until(lambda: sung(page) and language not in sung(page))
    expect(page.locator("#choices-note")).to_contain_text("not ")
    page.reload()
    expect(page.locator("#choices-note")).to_contain_text("not ")


@test()
def choices_reach_the_songs(page, context):
    by_hand(page, "happy")
    page.locator("#choices summary").click()
    page.fill("#artist", "arij")
    expect(page.locator("#artist-list li").first).to_contain_text("Arijit Singh")
    page.press("#artist", "ArrowDown")
    page.press("#artist", "Enter")
    expect(page.locator("#artist-chips .chip")).to_have_text(["Arijit Singh"])
    expect(page.locator(".song .why", has_text="an artist you asked for").first).to_be_visible()
    page.locator("#count").fill("9")
    expect(page.locator(".song")).to_have_count(9)
    page.check("#modes input[value=path]", force=True)
    expect(page.locator(".song .why").first).to_contain_text("step 1 of 9")
    page.check("#grouping input[value=five]", force=True)
    page.click("#way-photo")
    expect(page.locator(".bar-row")).to_have_count(5)
    page.reload()
    expect(page.locator("#modes input[value=path]")).to_be_checked()
    expect(page.locator("#count-value")).to_have_text("9")
    context.shot("choices")


@test()
def likes_dislikes_and_more(page, context):
    by_hand(page, "happy")
    first = page.locator(".song").first
    name = first.locator("h3").inner_text()
    first.locator(".act.like").click()
    expect(first.locator(".act.like")).to_have_attribute("aria-pressed", "true")
    gone = page.locator(".song").nth(1).get_attribute("data-song")
    choose(page, 1, "dislike")
    expect(page.locator(f"[data-song='{gone}']")).to_have_count(0)
    expect(page.locator(".song")).to_have_count(6)
    choose(page, 0, "more")
    expect(page.locator("#songs-for")).to_contain_text(name)
    page.click("#open-history")
    expect(page.locator("#history-list")).to_contain_text(name)
    with page.expect_download() as download:
        page.click("#history-export")
    kept = json.loads(pathlib.Path(download.value.path()).read_text())
    assert {entry["opinion"] for entry in kept["opinions"].values()} == {"like", "dislike"}
    assert len(kept["lists"]) >= 2
    page.click("#history-purge")
    page.click("#history-purge")
    expect(page.locator("#history-list")).to_have_text("Nothing yet.")
    assert json.loads(page.evaluate("localStorage.getItem('fermusic.memory')")) == {"lists": [], "opinions": {}, "plays": {}}


@test()
def the_keyboard_stays_among_the_songs(page, context):
    by_hand(page, "happy")
    page.locator(".song .act.dots").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu .more")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator("#menu .language")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.locator(".song .act.dots").nth(2)).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(page.locator("#songs-for")).to_contain_text("like")
    expect(page.locator("#songs-title")).to_be_focused()
    page.locator(".song .act.dots").first.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    expect(page.locator("#choices-note")).to_contain_text("not ")
    expect(page.locator("#songs-title")).to_be_focused()


@test()
def two_tabs_know_of_each_other(page, context):
    by_hand(page, "happy")
    other = context.browser.new_page()
    other.goto(context.address)
    by_hand(other, "happy")
    page.locator(".song .act.like").nth(0).click()
    until(lambda: len(json.loads(other.evaluate("localStorage.getItem('fermusic.memory')"))["opinions"]) == 1)
    other.wait_for_timeout(200)
    other.locator(".song .act.like[aria-pressed=false]").first.click()
    assert len(json.loads(other.evaluate("localStorage.getItem('fermusic.memory')"))["opinions"]) == 2
    other.close()


@test()
def everything_is_forgotten_at_once(page, context):
    by_hand(page, "happy")
    for index in range(3):
        page.locator(".song .act.like").nth(index).click()
    page.click("#open-history")
    expect(page.locator("#history-lead")).to_contain_text("this server's catalogue")
    context.addresses.clear()
    page.click("#history-purge")
    page.click("#history-purge")
    expect(page.locator("#history-list")).to_have_text("Nothing yet.")
    assert len([address for address in context.addresses if "/feedback" in address]) == 1, context.addresses
    expect(page.locator(".song .act.like[aria-pressed=true]")).to_have_count(0)
    # Also what was played and shown: nothing of it comes back.
    assert page.evaluate("localStorage.getItem('fermusic.list')") is None
    assert json.loads(page.evaluate("localStorage.getItem('fermusic.queue')") or "{}").get("songs", []) == []


@test(photo=True)
def one_of_two_faces_counts(page, context):
    """The same photo twice, side by side (and what the detector takes for a face besides)."""
    page.click("#way-photo")
    data = base64.b64encode(pathlib.Path(context.photo).read_bytes()).decode()
    both = page.evaluate("""async (data) => {
        const photo = await createImageBitmap(new Blob([Uint8Array.from(atob(data), (c) => c.charCodeAt(0))], { type: 'image/jpeg' }));
        const canvas = document.createElement('canvas'); canvas.width = 2 * photo.width; canvas.height = photo.height;
        const context = canvas.getContext('2d');
        context.drawImage(photo, 0, 0);
        context.filter = 'brightness(0.6)';
        context.drawImage(photo, photo.width, 0);
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.95));
        return [...new Uint8Array(await blob.arrayBuffer())] }""", data)
    page.set_input_files("#photo-file", {"name": "two.jpg", "mimeType": "image/jpeg", "buffer": bytes(both)})
    expect(page.locator("#who button").nth(2)).to_be_visible()
    faces = page.locator("#photo-stage .face-box").count()
    expect(page.locator("#who button")).to_have_count(faces + 1)
    page.locator("#who button").nth(2).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#who button").nth(2)).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#who button").nth(2)).to_be_focused()
    expect(page.locator("#photo-stage .face-box.other")).to_have_count(faces - 1)
    stage = page.locator("#photo-stage").bounding_box()
    for box in [label.bounding_box() for label in page.locator("#photo-stage .face-box span").all()]:
        assert stage["x"] <= box["x"] and box["x"] + box["width"] <= stage["x"] + stage["width"], (box, stage)
    page.click("#way-hand")
    expect(page.locator("#who")).to_be_hidden()
    page.click("#way-photo")
    expect(page.locator("#who button").nth(2)).to_have_attribute("aria-pressed", "true")
    page.set_input_files("#photo-file", context.photo)
    expect(page.locator("#photo-stage .face-box")).to_have_count(1)
    expect(page.locator("#who")).to_be_hidden()


@test(photo=True)
def photo_is_looked_at(page, context):
    page.click("#way-photo")
    page.set_input_files("#photo-file", context.photo)
    expect(page.locator("#photo-stage .face-box")).to_have_count(1)
    expect(page.locator(".song")).to_have_count(6)
    expect(page.locator("#said")).to_have_text(re.compile("look|Hard to say"))


@test()
def bad_photos_are_named(page, context):
    page.click("#way-photo")
    page.set_input_files("#photo-file", {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": b"not a picture"})
    expect(page.locator("#photo-note")).to_have_text("This picture cannot be read.")
    data = page.evaluate("""async () => {
        const canvas = document.createElement('canvas'); canvas.width = 300; canvas.height = 200;
        const blob = await new Promise(resolve => canvas.toBlob(resolve, 'image/png'));
        return [...new Uint8Array(await blob.arrayBuffer())] }""")
    page.set_input_files("#photo-file", {"name": "b.png", "mimeType": "image/png", "buffer": bytes(data)})
    expect(page.locator("#photo-note")).to_contain_text("No face was found")


@test(viewport=(390, 844))
def fits_a_phone(page, context):
    by_hand(page, "surprised")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    left = page.eval_on_selector_all("#input, #grid", "nodes => nodes.map(n => Math.round(n.getBoundingClientRect().left))")
    assert abs(left[0] - left[1]) < 30, "one column"
    expect(page.locator(".song").first).to_be_in_viewport()
    assert page.locator("#panel-hand #plane").count() == 1, "the map is where it is tapped"
    small = page.eval_on_selector_all("button, .cover, select", """nodes => nodes.filter(n => n.offsetParent && !n.closest('.combo-list'))
        .map(n => [n.getBoundingClientRect(), n.id || n.className || n.textContent])
        .filter(([box]) => box.width && (box.width < 24 || box.height < 24)).map(([, name]) => name)""")
    assert not small, small
    context.shot("phone")


@test(viewport=(320, 640))
def fits_a_small_phone(page, context):
    by_hand(page, "happy")
    wide = page.evaluate("""[...document.querySelectorAll('body *')].filter(n => n.getBoundingClientRect().right > 321 && !n.closest('svg, .sr'))
        .map(n => `${n.tagName} ${n.id} ${n.className}`)""")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, wide


@test(scheme="dark")
def dark_follows_the_system(page, context):
    by_hand(page, "neutral")
    light = page.evaluate("""() => { const pen = document.createElement('canvas').getContext('2d'); pen.fillStyle = getComputedStyle(document.body).backgroundColor;
        pen.fillRect(0, 0, 1, 1); return [...pen.getImageData(0, 0, 1, 1).data].slice(0, 3) }""")
    assert sum(light) < 200, light
    contrast(page)
    context.shot("dark")


@test()
def has_enough_contrast(page, context):
    contrast(page)
    by_hand(page, "disgusted")
    page.locator("#choices summary").click()
    contrast(page)
    page.click("#open-history")
    contrast(page)


@test()
def can_be_used_by_everybody(page, context):
    by_hand(page, "happy")
    page.locator("#choices summary").click()
    problems = page.evaluate(ACCESSIBILITY)
    assert not problems, "\n".join(problems)
    # Everything is reached with the keyboard, and shows where it is.
    page.focus(".skip")
    seen = set()
    for _ in range(120):
        page.keyboard.press("Tab")
        place = page.evaluate("(() => { const n = document.activeElement; return n === document.body ? null : (n.id || n.className.toString() || n.textContent) })()")
        if place is None:
            break
        seen.add(place)
        outline = page.evaluate("(() => { const n = document.activeElement, p = n.matches('.segments input, .file-key input') ? n.parentElement : n; return getComputedStyle(p).outlineStyle })()")
        assert outline != "none", f"{place} does not show the focus"
    for wanted in ["page-language", "open-history", "way-hand", "play-mood", "again", "artist", "count", "cover", "act like", "act dots", "piece-key"]:
        assert wanted in seen, f"{wanted} is not reached: {seen}"
    # The ways in are tabs.
    page.focus("#way-hand")
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#way-photo")).to_be_focused()
    expect(page.locator("#panel-photo")).to_be_visible()


@test(reduced=True)
def keeps_still_for_those_who_ask(page, context):
    by_hand(page, "happy")
    moving = page.evaluate("document.getAnimations().filter(a => a.playState === 'running').length")
    assert moving == 0, moving


@test()
def speaks_other_languages(page, context):
    by_hand(page, "sad")
    for code, word in [("id", "sedih"), ("es", "tristeza"), ("hi", "उदासी")]:
        page.select_option("#page-language", code)
        expect(page.locator("#hand button[aria-pressed=true]")).to_have_text(re.compile(word))
        assert page.evaluate("document.documentElement.lang") == code
        expect(page.locator(".song .why").first).not_to_contain_text("energy")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.reload()
    expect(page.locator("#page-language")).to_have_value("hi")


@test(token=True)
def lets_in_with_the_token(page, context):
    expect(page.locator("#token")).to_be_visible()
    expect(page.locator("#wrong")).to_be_hidden()
    page.fill("#token", "not-the-right-token")
    page.click("button[type=submit]")
    expect(page.locator("#wrong")).to_be_visible()
    contrast(page)
    problems = page.evaluate(ACCESSIBILITY)
    assert not problems, "\n".join(problems)
    page.fill("#token", context.token)
    page.click("button[type=submit]")
    by_hand(page, "happy")
    page.reload()
    expect(page.locator("#modes input").first).to_be_attached()


@test(token=True, locale="es-ES")
def asks_for_the_token_in_other_languages(page, context):
    expect(page.locator("label[for=token]")).to_have_text("Clave")
    assert page.evaluate("document.documentElement.lang") == "es"


@test()
def loads_from_here_only(page, context):
    by_hand(page, "happy")
    page.wait_for_timeout(500)
    strangers = [address for address in context.addresses if not address.startswith((context.address, "blob:", "data:"))]
    assert not strangers, strangers
    assert not context.complaints, context.complaints


@test()
def describes_its_interface(page, context):
    page.goto(context.address + "api/docs#overloaded")
    expect(page.locator("details#analyse")).to_be_attached()
    expect(page.locator("#overloaded")).to_be_in_viewport()
    page.locator("details#recommend summary").click()
    expect(page.locator("details#recommend")).to_contain_text("lift")
    problems = page.evaluate(ACCESSIBILITY)
    assert not problems, "\n".join(problems)
    contrast(page)
