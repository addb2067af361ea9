"""The main paths in Firefox, as Debian has it."""
import base64
import pathlib
import re

from playwright.sync_api import expect

from harness import ACCESSIBILITY, by_hand, contrast, test, until, visit
from test_device import RECOGNISER
from test_player import LISTEN, STATE, loudest

# A camera before which a photo is moved a little.
CAMERA = """(data) => {
  const picture = Object.assign(new Image(), { src: data }), canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 480 });
  const pen = canvas.getContext('2d');
  let frame = 0;
  setInterval(() => { frame += 1; pen.drawImage(picture, 0, -100 + 4 * Math.sin(frame / 9), 640, 640 * picture.height / picture.width) }, 40);
  navigator.mediaDevices.getUserMedia = async () => canvas.captureStream(25);
}"""

ANALYSE = "(data) => recogniser.analyse(new Blob([Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0))], { type: 'image/jpeg' }))"


@test(firefox=True, sound=True)
def firefox_plays(page, context):
    by_hand(page, "happy")
    # Nothing is heard before a tap.
    page.evaluate(LISTEN)
    page.click("#play-mood")
    until(lambda: page.evaluate(STATE)["time"] > 0.3)
    assert loudest(page) > 0.01, "silence"
    context.shot("firefox")
    assert not page.evaluate(ACCESSIBILITY)
    contrast(page)
    page.click("#player-toggle")
    page.wait_for_timeout(300)
    assert loudest(page, 5) < 0.0001
    # The next song begins by itself, while the one before fades.
    page.click("#player-toggle")
    title = page.locator("#player-title").inner_text()
    page.evaluate("() => { const audio = document.querySelector('#player-audio'); audio.currentTime = audio.duration - 4 }")
    until(lambda: page.locator("#player-title").inner_text() != title)
    until(lambda: page.evaluate(STATE)["time"] > 0.5)
    assert not context.complaints, context.complaints


@test(firefox=True, photo=True, place=None)
def firefox_sees_what_chromium_sees(page, context):
    """The same photo, decoded and made smaller by each."""
    data = base64.b64encode(pathlib.Path(context.photo).read_bytes()).decode()
    answers = []
    with visit(context.playwright, context.options, {"place": None}) as (other, _):
        for one in (page, other):
            one.evaluate(RECOGNISER)
            answers.append(one.evaluate(ANALYSE, data))
    mine, theirs = answers
    assert len(mine["faces"]) == len(theirs["faces"]) == 1, answers
    a, b = mine["faces"][0], theirs["faces"][0]
    assert a["emotion"] == b["emotion"] and all(abs(a["box"][side] - b["box"][side]) < 2 for side in a["box"]), answers
    assert all(abs(a["probabilities"][name] - b["probabilities"][name]) < 0.02 for name in a["probabilities"]), answers


@test(firefox=True, photo=True, place=None)
def firefox_looks_into_a_camera(page, context):
    # Its own fake camera has colours and no face.
    page.click("#camera-start")
    expect(page.locator("#camera-note")).to_contain_text("Looking for your face")
    page.wait_for_timeout(1000)
    page.click("#camera-stop")
    expect(page.locator("#camera-invite")).to_be_visible()
    page.evaluate(CAMERA, "data:image/jpeg;base64," + base64.b64encode(pathlib.Path(context.photo).read_bytes()).decode())
    page.click("#camera-start")
    expect(page.locator(".face-box")).to_have_count(1)
    expect(page.locator("#said")).to_have_text(re.compile("You look|Hard to say"))
    context.shot("firefox-camera")
    assert not any("/api/v1/analyse" in address for address in context.addresses)
    assert not context.complaints, context.complaints


@test(firefox=True, photo=True, place=None, worker=True)
def firefox_needs_no_network(page, context):
    with context.static_site() as (address, end):
        page.goto(address)
        expect(page.locator("#camera-promise")).to_have_text("Your picture stays on this device.")
        page.evaluate("() => navigator.serviceWorker.ready.then(() => {})")
        end()
        context.complaints.clear()
        page.reload()
        page.click("#hand button:has-text('happy')")
        page.click("#play-mood")
        until(lambda: page.evaluate(STATE)["time"] > 0.3)
        page.click("#way-photo")
        page.set_input_files("#photo-file", context.photo)
        expect(page.locator(".face-box")).to_have_count(1)
        assert not context.complaints, context.complaints
