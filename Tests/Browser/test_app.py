"""The page as an app: without a network, installed, given photos."""
import contextlib
import http.client
import http.server
import socket
import threading
import urllib.parse

from playwright.sync_api import expect

from harness import by_hand, test, until
from test_player import STATE

FILES = "(name) => caches.open(name).then((kept) => kept.keys()).then((all) => all.map(({ url }) => url).sort())"
READY = "() => navigator.serviceWorker.ready.then(() => {})"


@contextlib.contextmanager
def line_to(address):
    """The server at an address of its own, which can be cut off but for the paths in `through`, and can change what it says:
    `change(path, body)`."""
    there = urllib.parse.urlsplit(address)

    class Line(http.server.BaseHTTPRequestHandler):
        is_cut, through, change = False, (), staticmethod(lambda path, body: body)

        def do_POST(self): self.do_GET()

        def do_GET(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if Line.is_cut and self.path not in Line.through:
                self.close_connection = True
                return self.connection.shutdown(socket.SHUT_RDWR)
            connection = http.client.HTTPConnection(there.hostname, there.port)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in ("connection", "accept-encoding")}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            body = Line.change(self.path, answer.read())
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "connection"):
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments): pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Line)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/", Line
    finally:
        server.shutdown()


def kept(page):
    return page.evaluate("() => caches.keys().then((names) => names.filter((name) => name.startsWith('fermusic ')))")


@test(worker=True, photo=True, place=None)
def the_servers_page_works_without_it(page, context):
    """Look, music, words and songs."""
    with line_to(context.address) as (address, line):
        page.goto(address)
        page.evaluate(READY)
        line.is_cut = True
        page.reload()
        expect(page.locator("#camera-promise")).to_have_text("Your picture stays on this device.")
        by_hand(page, "happy")
        expect(page.locator("#songs-note")).to_have_text("")
        page.click("#play-mood")
        until(lambda: page.evaluate(STATE)["time"] > 0.2)
        # Elsewhere in it, which is asked for by parts.
        page.evaluate("document.querySelector('#player-audio').currentTime = 30")
        until(lambda: page.evaluate(STATE)["time"] > 30.1)
        page.click("#way-photo")
        page.set_input_files("#photo-file", context.photo)
        expect(page.locator(".face-box")).to_have_count(1)
        page.select_option("#page-language", "es")
        expect(page.locator("#open-history")).to_have_text("Historial")
        context.shot("offline")
        line.is_cut = False
        expect(page.locator(".song").first).to_be_visible()
    context.complaints.clear()


@test(worker=True)
def another_version_comes_whole(page, context):
    """The new page is there at once; what is kept is of one version, and the old one goes when no page needs it."""
    with line_to(context.address) as (address, line):
        page.goto(address)
        page.evaluate(READY)
        [first] = kept(page)
        mark = page.evaluate("document.querySelector('script[type=module]').src").split("/")[-2]

        # The same files under the name of another version.
        other = "0" * len(mark)
        line.change = staticmethod(lambda path, body: body.replace(mark.encode(), other.encode()).replace(b'const VERSION = "', b'const VERSION = "f')
                                   if path == "/" or path == "/service-worker.js" else body)
        page.reload()
        assert other in page.evaluate("document.querySelector('script[type=module]').src")
        # Its files are answered as an old version's, not to be kept: it does not come half.
        page.evaluate("() => navigator.serviceWorker.getRegistration().then((registration) => registration.update().catch(() => {}))")
        page.wait_for_timeout(1500)
        assert kept(page) == [first], kept(page)
        line.is_cut = True
        page.reload()
        assert mark in page.evaluate("document.querySelector('script[type=module]').src")
        expect(page.locator("#hand button").first).to_be_visible()
        line.is_cut = False

        # A whole one waits until no page needs the old one.
        line.change = staticmethod(lambda path, body: body.replace(b'const VERSION = "', b'const VERSION = "f') if path == "/service-worker.js" else body)
        page.reload()
        page.evaluate("() => navigator.serviceWorker.getRegistration().then((registration) => registration.update())")
        until(lambda: len(kept(page)) == 2)
        until(lambda: page.evaluate("() => navigator.serviceWorker.getRegistration().then((registration) => !!registration.waiting)"))
        page.goto("about:blank")
        page.wait_for_timeout(500)
        page.goto(address)
        until(lambda: len(kept(page)) == 1)
        assert kept(page) != [first]
    context.complaints.clear()


@test(worker=True)
def an_outage_takes_nothing_that_is_kept(page, context):
    """Another script of the same version that cannot keep its files leaves those that are there."""
    with line_to(context.address) as (address, line):
        page.goto(address)
        page.evaluate(READY)
        [first] = kept(page)
        files = page.evaluate(FILES, first)
        line.change = staticmethod(lambda path, body: body + b"\n// Another script." if path == "/service-worker.js" else body)
        line.is_cut, line.through = True, ("/service-worker.js",)
        # It is asked for, comes, and fails.
        assert page.evaluate("""async () => {
            const registration = await navigator.serviceWorker.getRegistration(), { installing } = await registration.update();
            if (installing.state !== 'redundant') await new Promise((resolve) => installing.addEventListener('statechange', resolve));
            return installing.state;
        }""") == "redundant"
        assert kept(page) == [first] and page.evaluate(FILES, first) == files, kept(page)
        line.through = ()
        page.reload()
        expect(page.locator("#hand button").first).to_be_visible()
    context.complaints.clear()


def share(page, photo):
    """What a phone does when a photo is shared with the app."""
    page.evaluate("""() => {
        const form = Object.assign(document.createElement('form'), { method: 'POST', enctype: 'multipart/form-data', action: new URL('share', location.href), id: 'sharing' });
        form.append(Object.assign(document.createElement('input'), { type: 'file', name: 'photo', id: 'shared-photo' }));
        document.body.append(form);
    }""")
    page.set_input_files("#shared-photo", photo)
    page.evaluate("document.querySelector('#sharing').submit()")


@test(worker=True, photo=True, place=None)
def takes_photos_from_other_apps(page, context):
    """On the server's page and on one without a server, there without a network."""
    page.evaluate(READY)
    posted = []
    page.on("request", lambda request: posted.append(request.url) if "/api/v1/analyse" in request.url else None)
    share(page, context.photo)
    expect(page.locator(".face-box")).to_have_count(1)
    expect(page.locator("#way-photo")).to_have_attribute("aria-selected", "true")
    assert page.url == context.address and not posted, page.url
    assert page.evaluate("() => caches.keys().then((names) => names.filter((name) => name.includes('shared')))") == []
    with context.static_site() as (address, end):
        page.goto(address)
        page.evaluate(READY)
        page.reload()
        end()
        share(page, context.photo)
        expect(page.locator(".face-box")).to_have_count(1)
        assert page.url == address
    context.complaints.clear()


@test(worker=True)
def it_can_be_installed(page, context):
    """By Chromium's own rules; icons are of the size that they say."""
    page.evaluate(READY)
    page.reload()
    session = context.browser.new_cdp_session(page)
    # What is not kept for a visitor who is not known has nothing to do with the page.
    errors = [error["errorId"] for error in session.send("Page.getInstallabilityErrors")["installabilityErrors"] if error["errorId"] != "in-incognito"]
    assert not errors, errors
    manifest = session.send("Page.getAppManifest")
    assert not manifest["errors"], manifest["errors"]
    sizes = page.evaluate("""async () => {
        const place = document.querySelector('link[rel=manifest]').href, { icons, share_target } = await (await fetch(place)).json();
        icons.push({ src: document.querySelector('link[rel=apple-touch-icon]').href, sizes: '180x180', type: 'image/png' });
        const sizes = [new URL(share_target.action, place).href];
        for (const { src, sizes: said, type } of icons.filter(({ type }) => type === 'image/png')) {
            const answer = await fetch(new URL(src, place)), { width, height } = await createImageBitmap(await answer.blob());
            sizes.push([answer.headers.get('Content-Type') === type, `${width}x${height}` === said]);
        }
        return sizes;
    }""")
    assert sizes[0] == context.address + "share" and sizes[1:] == [[True, True]] * 5, sizes
