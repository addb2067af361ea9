"""What the tests of the page in a browser share: the visit, waiting, checks of contrast and accessibility.

Each test is a function; it gets a Visit, a fresh browser profile with the page open. What a test needs is in its
decorator. Nothing waits for a fixed time where it can wait for something to happen.
"""
import argparse
import base64
import contextlib
import functools
import http.server
import json
import os
import re
import shutil
import socket
import sys
import threading
import time
import traceback
import urllib.parse
import urllib.request

from playwright.sync_api import expect, sync_playwright

TESTS = []
EMOTIONS = {"angry", "disgusted", "afraid", "happy", "sad", "surprised", "neutral", "scornful"}


def test(**needs):
    def mark(function):
        TESTS.append((function, needs))
        return function
    return mark


def by_hand(page, emotion):
    page.click(f"#hand button:has-text('{emotion}')")
    expect(page.locator("#songs-for")).to_contain_text(f"feel {emotion}")
    expect(page.locator(".song").first).to_be_visible()


def choose(page, place, action):
    """An entry of a card's menu."""
    page.locator(".song .act.dots").nth(place).click()
    page.locator(f"#menu .{action}").first.click()


def sung(page):
    """The languages of the songs."""
    return page.eval_on_selector_all(".song h3", "nodes => nodes.map(node => node.lang)")


def until(condition, seconds=40):
    """The page's policy forbids Playwright's own way to wait for an expression."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def titles(page):
    return page.locator(".song h3").all_inner_texts()


def contrast(page):
    problems = page.evaluate(CONTRAST)
    assert not problems, "\n".join(problems)


# After WCAG 2.2: text has a contrast of 4.5 to 1, large text of 3 to 1, against what lies behind it.
CONTRAST = r"""() => {
  // Colours on their way to the next mood's are of neither mood.
  for (const way of document.getAnimations()) if (way instanceof CSSTransition) way.finish();
  // Any notation of a colour, by what a canvas makes of it.
  const pen = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d', { willReadFrequently: true });
  const numbers = (text) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = text;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const over = (top, under) => { const a = top[3] ?? 1; return [0, 1, 2].map((i) => top[i] * a + under[i] * (1 - a)) };
  // What lies under text in the middle of a picture is not known: no text may be there without a ground of its own.
  const behind = (node) => {
    const layers = [];
    for (let n = node; n; n = n.parentElement) { layers.unshift(numbers(getComputedStyle(n).backgroundColor)); if (n.matches('video, img')) break }
    return layers.reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const problems = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement, text = walker.currentNode.data.trim();
    if (!text || !node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest('.sr, .skip, noscript, svg, option')) continue;
    const style = getComputedStyle(node), ground = behind(node), ink = over(numbers(style.color), ground);
    const [a, b] = [light(ink), light(ground)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05), size = parseFloat(style.fontSize);
    const need = size >= 24 || (size >= 18.66 && style.fontWeight >= 700) ? 3 : 4.5;
    if (ratio < need) problems.push(`${ratio.toFixed(2)} : 1 for "${text.slice(0, 40)}" (${style.color} on ${ground.map(Math.round)})`);
  }
  return problems;
}"""

# The checks of axe-core that matter most: names, roles, labels, order, states.
ACCESSIBILITY = r"""() => {
  const problems = [], say = (node, text) => problems.push(`${text}: ${node.outerHTML.slice(0, 120)}`);
  const shown = (node) => node.checkVisibility({ visibilityProperty: true });
  const byIds = (ids) => (ids ?? '').split(/\s+/).filter(Boolean).map((id) => document.getElementById(id));
  const name = (node) => (node.getAttribute('aria-label') || byIds(node.getAttribute('aria-labelledby')).map((n) => n?.textContent).join(' ')
    || [...(node.labels ?? [])].map((l) => l.textContent).join(' ') || node.getAttribute('alt') || node.textContent || node.getAttribute('title') || '').trim();
  if (!document.documentElement.lang) say(document.documentElement, 'no language');
  if (!document.title) say(document.documentElement, 'no title');
  if (document.querySelectorAll('main').length !== 1) problems.push('not one main');
  if (document.querySelectorAll('h1').length !== 1) problems.push('not one h1');
  let level = 1;
  for (const h of [...document.querySelectorAll('h1, h2, h3, h4')].filter(shown)) {
    if (Number(h.tagName[1]) > level + 1) say(h, 'a heading level was left out');
    level = Number(h.tagName[1]);
  }
  const ids = [...document.querySelectorAll('[id]')].map((n) => n.id);
  for (const id of ids.filter((id, i) => ids.indexOf(id) !== i)) problems.push(`id ${id} twice`);
  for (const n of [...document.querySelectorAll('button, a[href], input, select, textarea, summary, iframe, [role=tab], [role=meter], [role=img], [role=group]')].filter(shown)) {
    if (n.getAttribute('aria-hidden') !== 'true' && !name(n)) say(n, 'no name');
  }
  for (const n of document.querySelectorAll('img')) if (!n.hasAttribute('alt')) say(n, 'no alternative text');
  for (const attribute of ['aria-labelledby', 'aria-controls', 'aria-describedby', 'for']) {
    for (const n of document.querySelectorAll(`[${attribute}]`)) if (byIds(n.getAttribute(attribute)).some((m) => !m)) say(n, `${attribute} leads nowhere`);
  }
  for (const n of document.querySelectorAll('[aria-hidden=true]')) {
    for (const m of [n, ...n.querySelectorAll('*')]) if (m.matches('a[href], button, input, select') && m.tabIndex >= 0 && shown(m)) say(m, 'hidden, but takes the focus');
  }
  for (const n of document.querySelectorAll('[tabindex]')) if (n.tabIndex > 0) say(n, 'positive tabindex');
  for (const n of document.querySelectorAll('[role=tab]')) if (!n.hasAttribute('aria-selected') || !n.closest('[role=tablist]')) say(n, 'not a whole tab');
  for (const n of document.querySelectorAll('ul')) if ([...n.children].some((c) => c.tagName !== 'LI')) say(n, 'list with other things');
  for (const n of document.querySelectorAll('fieldset')) if (!n.querySelector(':scope > legend')) say(n, 'no legend');
  if (document.querySelector('meta[name=viewport]')?.content.match(/user-scalable\s*=\s*no|maximum-scale/)) problems.push('zooming is forbidden');
  return problems;
}"""


class Context:
    def __init__(self, browser, address, token, photo, shots, music):
        self.browser, self.address, self.token, self.photo, self.shots = browser, address, token, photo, shots
        self.music = music
        self.addresses, self.complaints = [], []

    @contextlib.contextmanager
    def static_site(self):
        """The address of a folder of files, at a path of its own, and a function that ends the server."""
        handler = functools.partial(Quiet, directory=self.site)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def end():
            server.shutdown()
            server.server_close()
        yield f"http://127.0.0.1:{server.server_port}/fermusic/", end

    @contextlib.contextmanager
    def recorded(self):
        """The address of a gate before the page's server, and all that went through it: a Gate."""
        gate = Gate(urllib.parse.urlsplit(self.address).port)
        try:
            yield gate
        finally:
            gate.close()

    def shot(self, name):
        if self.shots:
            # Firefox complains of the style that hides the caret.
            complaints = list(self.complaints)
            self.browser.pages[0].screenshot(path=f"{self.shots}/{name}.png")
            self.complaints[:] = complaints


class Gate:
    """Passes bytes between a browser and a server on this machine, and keeps what the browser says, by its connections.
    Nothing escapes it: neither workers nor the service worker nor what is sent when a page is left."""

    def __init__(self, port):
        self.port, self.said, self.lock = port, [], threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}/"
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self): self.listener.close()

    def accept(self):
        while True:
            try:
                browser, _ = self.listener.accept()
            except OSError:
                return
            server, said = socket.create_connection(("127.0.0.1", self.port)), bytearray()
            with self.lock:
                self.said.append(said)
            threading.Thread(target=self.copy, args=(browser, server, said), daemon=True).start()
            threading.Thread(target=self.copy, args=(server, browser, None), daemon=True).start()

    def copy(self, source, target, said):
        try:
            while data := source.recv(1 << 16):
                if said is not None:
                    with self.lock:
                        said += data
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def requests(self):
        """All so far: (method, target, headers, body), headers by lower-case names."""
        with self.lock:
            connections = [bytes(said) for said in self.said]
        found = []
        for rest in connections:
            while b"\r\n\r\n" in rest:
                head, rest = rest.split(b"\r\n\r\n", 1)
                first, *lines = head.decode("latin-1").split("\r\n")
                method, target, version = first.split(" ")
                assert version == "HTTP/1.1", first
                headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
                assert "transfer-encoding" not in headers, first
                count = int(headers.get("content-length", 0))
                found.append((method, target, headers, rest[:count]))
                rest = rest[count:]
            assert not rest, rest[:100]
        return found


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments): pass


def chromium(playwright, options, needs):
    arguments = ["--use-fake-device-for-media-stream"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    if options.clip:
        arguments.append(f"--use-file-for-fake-video-capture={options.clip}")
    # Without this the browser would ask a person; with a permission that is not given it refuses.
    if needs.get("permission", True):
        arguments.append("--use-fake-ui-for-media-stream")
    browser = playwright.chromium.launch(executable_path=options.browser, args=arguments)
    return browser, {"color_scheme": needs.get("scheme", "light"), "reduced_motion": "reduce" if needs.get("reduced") else "no-preference"}


def firefox(playwright, options, needs):
    """A Firefox as it is, driven by WebDriver BiDi, with its own fake camera, in which there is no face."""
    settings = {"media.navigator.streams.fake": True, "media.navigator.permission.disabled": True}
    sound = {"PULSE_SERVER": options.sound} if options.sound else {}
    return playwright.firefox.launch(
        channel="moz-firefox", executable_path=options.firefox, firefox_user_prefs=settings, env={**os.environ, **sound}), {}


@contextlib.contextmanager
def visit(playwright, options, needs):
    browser, features = (firefox if needs.get("firefox") else chromium)(playwright, options, needs)
    width, height = needs.get("viewport", (1280, 900))
    # A service worker would answer before a test can.
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale=needs.get("locale", "en-US"), accept_downloads=True,
        service_workers="allow" if needs.get("worker") or needs.get("firefox") else "block", **features)
    page = context.new_page()
    page.set_default_timeout(40_000)
    address = options.closed_address if needs.get("token") else options.own_address if needs.get("music") else options.address
    own = Context(context, address, options.token, options.photo, options.shots, options.music)
    own.site, own.playwright, own.options = options.site, playwright, options
    page.on("request", lambda request: own.addresses.append(request.url))
    page.on("console", lambda message: own.complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: own.complaints.append(str(error)))
    # Who looks at pictures; most tests are of what the server does.
    if place := needs.get("place", "server"):
        page.add_init_script(
            f"if (self.origin !== 'null' && !localStorage['fermusic.settings']) localStorage['fermusic.settings'] = '{{\"place\": \"{place}\"}}'")
    if before := needs.get("before"):
        before(page)
    page.goto(address)
    page.wait_for_selector("#token" if needs.get("token") else ".song" if needs.get("songs", True) else "body")
    try:
        yield page, own
    finally:
        browser.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--address", required=True)
    parser.add_argument("--closed-address", required=True, help="of a server that wants a token")
    parser.add_argument("--own-address", help="of a server whose catalogue has the music in --music")
    parser.add_argument("--fermusic", help="the program, for tests that start a server of their own")
    parser.add_argument("--music", help="a folder with music of the server's owner")
    parser.add_argument("--token", required=True, help="that token")
    parser.add_argument("--browser", required=True)
    parser.add_argument("--firefox", help="that of the tests that are for it")
    parser.add_argument("--sound", help="where a PulseAudio is, without which Firefox measures no sound")
    parser.add_argument("--clip", help="Motion JPEG for the fake camera")
    parser.add_argument("--photo", help="a photo with one face")
    parser.add_argument("--site", help="folder with what export-site wrote, in fermusic/")
    parser.add_argument("--shots", help="folder for screenshots")
    parser.add_argument("only", nargs="*")
    options = parser.parse_args()
    expect.set_options(timeout=40_000)
    failures = skipped = 0
    with urllib.request.urlopen(options.address + "api/v1/options") as answer:
        has_engine = json.load(answer)["engine"] is not None
    with sync_playwright() as playwright:
        for function, needs in TESTS:
            name = function.__name__
            if options.only and not any(part in f"{function.__module__}.{name}" for part in options.only):
                continue
            lacks = "the shared faces are" if (needs.get("camera") and not options.clip) or (needs.get("photo") and not options.photo) else \
                "supysonic is" if needs.get("supysonic") and not shutil.which("supysonic-server") else \
                "Firefox is" if needs.get("firefox") and not options.firefox else "PulseAudio is" if needs.get("sound") and not options.sound else "ffmpeg is" if needs.get("music") and not options.music else None
            if lacks:
                print(f"skipped {name}: {lacks} not here")
                skipped += 1
                continue
            if needs.get("place", "server") is None and not has_engine:
                print(f"skipped {name}: the engine for browsers was not built")
                skipped += 1
                continue
            began = time.monotonic()
            try:
                with visit(playwright, options, needs) as (page, context):
                    function(page, context)
                print(f"passed  {name} ({time.monotonic() - began:.1f} s)", flush=True)
            except Exception:
                failures += 1
                print(f"FAILED  {name}", flush=True)
                traceback.print_exc(limit=-3, file=sys.stdout)
    print(f"{failures} of {len(TESTS)} failed, {skipped} skipped")
    sys.exit(1 if failures else 0)

