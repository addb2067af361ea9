"""Small slips: where the keyboard goes, answers that come late, what screen readers hear, cameras that are let go."""
from playwright.sync_api import expect

from harness import by_hand, choose, test, until

WATCH = """() => {
    window.tracks = [];
    window.away = false;
    Object.defineProperty(document, 'hidden', { get: () => away });
    window.go = (isAway) => { away = isAway; document.dispatchEvent(new Event('visibilitychange')) };
    const later = window.setTimeout, devices = navigator.mediaDevices, ask = devices.getUserMedia.bind(devices);
    window.setTimeout = (action, time, ...more) => later(action, time === 10000 ? 300 : time, ...more);
    devices.getUserMedia = async (wish) => { const stream = await ask(wish); tracks.push(...stream.getTracks()); return stream };
}"""
LIVE = "tracks.filter((track) => track.readyState === 'live').length"


def face(shares, place, **more):
    return {"probabilities": shares, "mood": {"valence": place[0], "energy": place[1]}, "emotion": max(shares, key=shares.get), "uncertain": False,
            "confidence": 0.9, "box": {"x": 100, "y": 80, "width": 120, "height": 120}, "track": 1, **more}


AFRAID = face({"happy": 0.1, "fear": 0.9}, (0.2, 0.75))


def sees(page, *faces):
    """Whatever is sent, this is seen in it."""
    group = {key: faces[0][key] for key in ("probabilities", "mood", "emotion", "uncertain")} if faces else None
    page.route("**/api/v1/analyse*", lambda route: route.fulfill(json={"width": 480, "height": 360, "faces": list(faces), "group": group}))


def picture(page):
    return bytes(page.evaluate("""async () => {
        const canvas = document.createElement('canvas'); canvas.width = 300; canvas.height = 200;
        const blob = await new Promise(resolve => canvas.toBlob(resolve, 'image/png'));
        return [...new Uint8Array(await blob.arrayBuffer())] }"""))


def give(page, buffer, name="a.png", kind="image/png"):
    page.set_input_files("#photo-file", {"name": name, "mimeType": kind, "buffer": buffer})


@test()
def a_camera_that_was_taken_away_stays_away(page, context):
    page.evaluate(WATCH)
    sees(page)
    page.click("#camera-start")
    until(lambda: page.evaluate(LIVE) == 1)
    page.evaluate("() => { go(true); tracks[0].dispatchEvent(new Event('ended')) }")
    expect(page.locator("#camera-note")).to_contain_text("camera")
    page.wait_for_timeout(600)
    page.evaluate("go(false)")
    page.wait_for_timeout(400)
    assert page.evaluate("tracks.length") == 1


@test()
def a_camera_that_is_on_can_be_stopped(page, context):
    page.evaluate(WATCH)
    sees(page)
    page.evaluate("() => { document.querySelector('#video').play = () => new Promise(() => {}) }")
    page.click("#camera-start")
    page.click("#camera-stop")
    assert page.evaluate(LIVE) == 0
    # What comes when the visitor has gone already rests too.
    page.evaluate("() => { go(true); document.querySelector('#camera-start').click() }")
    until(lambda: page.evaluate(f"tracks.length === 2 && {LIVE} === 0"))


@test()
def the_keyboard_stays_at_a_camera_that_rests(page, context):
    page.evaluate(WATCH)
    sees(page)
    page.focus("#camera-start")
    page.keyboard.press("Enter")
    expect(page.locator("#camera-stop")).to_be_focused()
    page.evaluate("go(true)")
    until(lambda: page.evaluate(LIVE) == 0)
    expect(page.locator("#camera-start")).to_be_focused()
    page.evaluate("go(false)")
    expect(page.locator("#camera-stop")).to_be_focused()


@test(permission=False)
def the_keyboard_goes_on_by_hand(page, context):
    page.focus("#camera-start")
    page.keyboard.press("Enter")
    expect(page.locator("#way-hand")).to_be_focused()


@test()
def the_keyboard_stays_at_the_photo(page, context):
    sees(page, AFRAID)
    page.click("#way-photo")
    page.focus("#photo-file")
    give(page, picture(page))
    expect(page.locator("#photo-again")).to_be_focused()
    give(page, b"no picture")
    expect(page.locator("#photo-file")).to_be_focused()


@test()
def the_keyboard_stays_when_a_face_goes(page, context):
    second = face({"happy": 0.9, "fear": 0.1}, (0.85, 0.6), track=2, box={"x": 300, "y": 80, "width": 120, "height": 120})
    sees(page, AFRAID, second)
    page.click("#camera-start")
    page.locator("#who button").nth(1).focus()
    page.unroute("**/api/v1/analyse*")
    sees(page, AFRAID)
    expect(page.locator("#who")).to_be_hidden()
    expect(page.locator("#camera-stop")).to_be_focused()


@test()
def taking_back_leaves_the_keyboard_at_the_songs(page, context):
    by_hand(page, "happy")
    choose(page, 1, "dislike")
    page.focus(".snack-key")
    page.keyboard.press("Enter")
    expect(page.locator("#songs-title")).to_be_focused()


@test()
def the_line_at_the_bottom_is_heard(page, context):
    """By a region that was there before its words."""
    by_hand(page, "happy")
    page.evaluate("""() => { window.heard = []; for (const node of document.querySelectorAll('[role=status]'))
        if (node.checkVisibility()) new MutationObserver(() => heard.push(node.textContent)).observe(node, { childList: true, characterData: true, subtree: true }) }""")
    choose(page, 1, "dislike")
    until(lambda: any("will not come again" in text for text in page.evaluate("heard")))
    # Once, not twice.
    assert page.evaluate("document.querySelector('#snack span').ariaHidden") == "true"


@test()
def only_one_menu_is_said_to_be_open(page, context):
    dots = page.locator(".song .act.dots")
    dots.nth(0).click()
    page.evaluate("document.querySelectorAll('.song .act.dots')[1].click()")
    expect(page.locator("#menu")).to_be_visible()
    assert dots.evaluate_all("nodes => nodes.map((node) => node.ariaExpanded)")[:2] == ["false", "true"]


@test()
def a_menu_opens_again_at_once(page, context):
    """However fast the keys come after one another."""
    page.locator(".song .act.dots").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu .more")).to_be_focused()
    page.evaluate("""() => { document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true, cancelable: true }));
        document.querySelector('.song .act.dots').click() }""")
    page.wait_for_timeout(200)
    expect(page.locator("#menu")).to_be_visible()
    expect(page.locator(".song .act.dots").first).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(page.locator(".song .act.dots").first).to_be_focused()


@test(viewport=(390, 844))
def a_late_photo_leaves_the_open_way_alone(page, context):
    held = []
    page.route("**/api/v1/analyse*", lambda route: held.append(route))
    asked = lambda: len([address for address in context.addresses if "/analyse" in address])
    page.click("#way-photo")
    give(page, picture(page))
    until(lambda: page.evaluate("1") and held)
    page.click("#way-camera")
    held[0].fulfill(json={"width": 300, "height": 200, "faces": [AFRAID], "group": None})
    until(lambda: page.evaluate("document.querySelector('#photo-stage').classList.contains('on')"))
    assert not page.evaluate("document.querySelector('#input').classList.contains('seeing')")
    expect(page.locator("#ways")).to_be_visible()
    # With other choices it is looked at when the visitor comes back.
    page.unroute("**/api/v1/analyse*")
    sees(page, AFRAID)
    page.locator("#choices summary").click()
    before = asked()
    page.check("#grouping input[value=five]", force=True)
    page.wait_for_timeout(300)
    assert asked() == before
    page.click("#way-photo")
    expect(page.locator("#photo-stage .face-box")).to_have_count(1)
    until(lambda: page.evaluate("1") and asked() == before + 1)


@test()
def a_replaced_photo_is_sent_no_more(page, context):
    page.route("**/api/v1/analyse*", lambda route: route.fulfill(status=503, headers={"Retry-After": "1"}, json={"type": "x#overloaded"}))
    asked = lambda: len([address for address in context.addresses if "/analyse" in address])
    page.click("#way-photo")
    give(page, picture(page))
    until(lambda: page.evaluate("1") and asked() == 1)
    give(page, b"no picture")
    page.wait_for_timeout(1800)
    assert asked() == 1


@test()
def words_are_dragged_and_pasted_as_words(page, context):
    page.locator("#choices summary").click()
    move = """([place, name]) => { const data = new DataTransfer(); data.setData('text/plain', 'Arijit');
        return document.querySelector(place).dispatchEvent(new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data })) }"""
    for name in ["dragover", "drop"]:
        assert page.evaluate(move, ["#artist", name]), f"{name} of words is refused"
        # Elsewhere the browser would leave the page for a link.
        assert not page.evaluate(move, ["footer", name])
    page.evaluate("""() => { const data = new DataTransfer(); data.setData('text/plain', 'Arijit'); data.items.add(new File(['x'], 'a.png', { type: 'image/png' }));
        document.querySelector('#artist').dispatchEvent(new ClipboardEvent('paste', { bubbles: true, clipboardData: data })) }""")
    expect(page.locator("#panel-camera")).to_be_visible()


@test()
def a_first_mood_is_offered_while_a_menu_is_open(page, context):
    by_hand(page, "happy")
    page.click("#way-camera")
    sees(page, AFRAID)
    page.mouse.move(0, 0)
    page.locator(".song .act.dots").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#menu .more")).to_be_focused()
    page.evaluate("document.querySelector('#camera-start').click()")
    expect(page.locator("#offer")).to_be_visible()
    expect(page.locator("#songs-for")).to_contain_text("happy")


@test()
def the_grid_is_busy_as_long_as_it_is(page, context):
    by_hand(page, "happy")
    held = []
    page.route("**/api/v1/recommendations", lambda route: held.append(route))
    for count in [1, 2]:
        page.click("#again")
        until(lambda: page.evaluate("1") and len(held) == count)
    page.wait_for_timeout(200)
    expect(page.locator("#grid")).to_have_attribute("aria-busy", "true")
    held[1].continue_()
    until(lambda: page.evaluate("document.querySelector('#grid').ariaBusy") is None)


@test()
def a_search_that_fails_adds_no_artist(page, context):
    page.locator("#choices summary").click()
    page.fill("#artist", "arijit")
    expect(page.locator("#artist-list li").first).to_be_visible()
    page.route("**/api/v1/catalogue/search*", lambda route: route.abort())
    page.fill("#artist", "somebody else")
    page.press("#artist", "Enter")
    expect(page.locator("#artist-note")).to_contain_text("cannot be reached")
    expect(page.locator("#artist-list")).to_be_hidden()
    expect(page.locator("#artist-chips .chip")).to_have_count(0)


@test()
def the_history_says_no_mood_that_nobody_had(page, context):
    page.click("#open-history")
    expect(page.locator("#history-list h3").first).to_contain_text("To begin with")
    expect(page.locator("#history-list")).not_to_contain_text("when you feel")
    page.click("#history-close")
    # A mixture is one here too.
    page.route("**/api/v1/analyse*", lambda route: route.fulfill(json={"width": 300, "height": 200, "faces": [face({"happy": 0.5, "fear": 0.45, "sad": 0.05}, (0.5, 0.6))], "group": None}))
    page.click("#way-photo")
    give(page, picture(page))
    expect(page.locator("#songs-for")).to_contain_text("a bit happy, a bit afraid")
    page.click("#open-history")
    expect(page.locator("#history-list h3").first).to_contain_text("a bit happy, a bit afraid")


@test()
def of_several_sights_the_last_counts(page, context):
    page.add_init_script("window.IntersectionObserver = class { constructor(tell) { window.tell = tell } observe() {} }")
    page.reload()
    sees(page)
    asked = lambda: len([address for address in context.addresses if "/analyse" in address])
    page.click("#camera-start")
    until(lambda: page.evaluate("1") and asked() > 1)
    page.evaluate("tell([{ isIntersecting: true }, { isIntersecting: false }])")
    page.wait_for_timeout(600)
    before = asked()
    page.wait_for_timeout(1500)
    assert asked() == before


# What can be pressed is 24 pixels wide and high at least (WCAG 2.2, 2.5.8), but for links within a sentence.
TARGETS = """() => [...document.querySelectorAll('a[href], button, select, summary, input, label:has(input)')]
    .filter((node) => node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !node.matches('.skip, p a, label input, .sr'))
    .map((node) => [node.getBoundingClientRect(), node]).filter(([{ width, height }]) => width < 24 || height < 24)
    .map(([{ width, height }, node]) => `${Math.round(width)} x ${Math.round(height)}: ${node.outerHTML.slice(0, 90)}`)"""
OVERFLOWING = "() => [...document.querySelectorAll('.segments label, .segments button')].filter((node) => node.clientWidth && node.scrollWidth > node.clientWidth + 1).map((node) => node.textContent)"


@test(viewport=(360, 640))
def fingers_hit_what_they_mean(page, context):
    """On a small phone, with all that folds open, in each language; no words run into others'."""
    by_hand(page, "happy")
    page.click("#play-mood")
    page.locator("#choices summary").click()
    page.click("#player-list")
    page.evaluate("() => { for (const part of document.querySelectorAll('details')) part.open = true }")
    for language in ["es", "hi", "id", "en"]:
        page.select_option("#page-language", language)
        page.wait_for_timeout(200)
        assert not page.evaluate(TARGETS), page.evaluate(TARGETS)
        assert not page.evaluate(OVERFLOWING), (language, page.evaluate(OVERFLOWING))
    context.shot("phone-open")


@test()
def words_at_faces_tell_them_apart_and_hide_none(page, context):
    """Of several faces each has its number, as its button has, and the words lie beside a face that is high in the picture."""
    high = face({"happy": 0.9, "fear": 0.1}, (0.8, 0.6), box={"x": 40, "y": 4, "width": 100, "height": 120})
    low = face({"sad": 0.9, "fear": 0.1}, (0.2, 0.3), track=2, box={"x": 300, "y": 200, "width": 100, "height": 120})
    sees(page, high, low)
    page.click("#way-photo")
    give(page, picture(page))
    words = page.locator("#photo-stage .face-box span")
    expect(words).to_have_text(["1 · happy", "2 · sad"])
    expect(page.locator("#who button")).to_have_text(["Everyone", "Face 1", "Face 2"])
    boxes = page.locator("#photo-stage .face-box").evaluate_all("""boxes => boxes.map((box) => [box, box.firstChild].map((node) => node.getBoundingClientRect()))
        .map(([face, words]) => words.bottom <= face.top + 1 || words.top >= face.bottom - 1)""")
    assert boxes == [True, True], boxes


@test()
def words_of_near_faces_do_not_cover_each_other(page, context):
    left = face({"sad": 0.9, "fear": 0.1}, (0.2, 0.3), box={"x": 100, "y": 100, "width": 60, "height": 80})
    right = face({"sad": 0.9, "fear": 0.1}, (0.2, 0.3), track=2, box={"x": 165, "y": 102, "width": 40, "height": 50})
    sees(page, left, right)
    page.click("#way-photo")
    give(page, picture(page))
    expect(page.locator("#photo-stage .face-box span")).to_have_text(["1 · sad", "2 · sad"])
    apart = page.locator("#photo-stage .face-box span").evaluate_all("""words => words.map((node) => node.getBoundingClientRect())
        .reduce((one, other) => one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top)""")
    assert apart


@test()
def a_bad_photo_takes_the_mood_of_the_one_before_away(page, context):
    sees(page, AFRAID)
    page.click("#way-photo")
    give(page, picture(page))
    expect(page.locator("#said")).to_contain_text("afraid")
    page.unroute("**/api/v1/analyse*")
    give(page, b"not a picture", "b.jpg", "image/jpeg")
    expect(page.locator("#photo-note")).to_have_text("This picture cannot be read.")
    expect(page.locator("#said")).not_to_contain_text("afraid")
    expect(page.locator("#photo-stage .face-box")).to_have_count(0)
    expect(page.locator("html")).to_have_attribute("data-mood", "none")


@test()
def the_history_knows_what_came_instead(page, context):
    by_hand(page, "happy")
    before = page.locator(".song h3").first.inner_text()
    page.locator(".song .act.dots").first.click()
    page.locator("#menu .dislike").click()
    until(lambda: page.locator(".song h3").first.inner_text() != before)
    after = page.locator(".song h3").first.inner_text()
    page.click("#open-history")
    first = page.locator("#history-list h3", has_text="feel happy").first.locator("xpath=following-sibling::ul[1]")
    expect(first).to_contain_text(after)
    expect(first).not_to_contain_text(before)


@test()
def what_plays_keeps_its_mark(page, context):
    """Also when the same list is drawn again, and it goes with the song."""
    by_hand(page, "happy")
    page.click("#play-mood")
    expect(page.locator("[data-key].playing")).to_have_count(1)
    key = page.locator("[data-key].playing").get_attribute("data-key")
    page.select_option("#page-language", "es")
    page.select_option("#page-language", "en")
    expect(page.locator(f"[data-key='{key}'].playing")).to_have_count(1)
    page.click("#player-next")
    expect(page.locator(f"[data-key='{key}'].playing")).to_have_count(0)
    page.click("#player-close")
    expect(page.locator("[data-key].playing")).to_have_count(0)
