"""The owner's own files, played on the page: heard, as loud as each other, jumped in, and refused beforehand."""
import os

from playwright.sync_api import expect

from harness import test, titles, until
from test_player import LISTEN, STATE, loudest

TONES = {"Low", "Middle", "High", "Loud", "Odd"}


def own_songs(page):
    """The songs of the owner, as a playlist in the page's address."""
    found = page.evaluate("fetch('/api/v1/catalogue/search?q=tone&limit=50').then(answer => answer.json())")
    numbers = [str(song["id"]) for song in found["songs"] if song["title"] in TONES and song["artist"] == f"Tone {song['title']}"]
    assert len(numbers) == len(TONES), found
    page.goto(f"{page.url.split('#')[0]}#playlist=Tones&songs={','.join(numbers)}")
    until(lambda: set(titles(page)) == TONES)


def card(page, title):
    return page.locator(".song", has=page.locator(f"h3:text-is('{title}')"))


@test(music=True)
def own_files_are_heard(page, context):
    own_songs(page)
    page.evaluate(LISTEN)
    answers = set()
    page.on("response", lambda answer: answers.add(answer.status) if "/api/v1/files/" in answer.url else None)
    for title in ["Low", "Middle", "High"]:
        card(page, title).locator("button.cover").click()
        until(lambda: page.evaluate(STATE)["time"] > 0.2)
        state = page.evaluate(STATE)
        assert "/api/v1/files/" in state["source"] and 19 < state["length"] < 21, state
        expect(page.locator("#player-title")).to_have_text(title)
        assert loudest(page) > 0.01, f"{title} is silent"
    # Players ask for parts.
    assert answers == {206}, answers
    page.evaluate("document.querySelector('#player-audio').currentTime = 15")
    until(lambda: page.evaluate(STATE)["time"] > 15.2)
    assert loudest(page) > 0.01
    title = page.locator("#player-title").inner_text()
    page.evaluate("document.querySelector('#player-audio').currentTime = 19.6")
    until(lambda: page.locator("#player-title").inner_text() != title)
    until(lambda: page.evaluate(STATE)["time"] > 0.1 and not page.evaluate(STATE)["paused"])


@test(music=True)
def own_files_are_as_loud_as_each_other(page, context):
    own_songs(page)
    volumes = {}
    for title in ["Low", "Loud"]:
        card(page, title).locator("button.cover").click()
        until(lambda: page.evaluate(STATE)["time"] > 0.1 and page.locator("#player-title").inner_text() == title)
        volumes[title] = page.evaluate("document.querySelector('#player-audio').volume")
    # 12 dB are a factor of 4; what is softer than all others is not made louder.
    assert volumes["Loud"] < 0.45 and volumes["Low"] > 1.5 * volumes["Loud"], volumes
    page.locator("#player-volume").fill("50")
    assert abs(page.evaluate("document.querySelector('#player-audio').volume") - volumes["Loud"] / 2) < 0.01
    page.reload()
    expect(page.locator("#player-volume")).to_have_value("50")


@test(music=True)
def what_no_browser_plays_says_so(page, context):
    own_songs(page)
    expect(card(page, "Odd").locator(".why")).to_contain_text("cannot play your WMA file")
    expect(card(page, "Odd").locator("a.cover .go-where")).to_have_text("Spotify")
    expect(card(page, "Low").locator(".why")).not_to_contain_text("cannot")


@test(music=True)
def a_file_that_went_away_is_passed_over(page, context):
    own_songs(page)
    place = os.path.join(context.music, "Middle.mp3")
    os.rename(place, place + ".away")
    try:
        card(page, "Middle").locator("button.cover").click()
        expect(page.locator("#snack")).to_contain_text("“Middle” cannot be played")
        until(lambda: page.evaluate(STATE)["time"] > 0.1 and page.locator("#player-title").inner_text() != "Middle")
        # The next list knows it.
        own_songs(page)
        expect(card(page, "Middle").locator("a.cover")).to_be_visible()
    finally:
        os.rename(place + ".away", place)


@test(music=True)
def memory_stays_flat(page, context):
    """Songs, lists and playlists of an evening leave nothing behind but what is kept on purpose."""
    own_songs(page)
    tools = page.context.new_cdp_session(page)

    def heap():
        tools.send("HeapProfiler.collectGarbage")
        usage = tools.send("Runtime.getHeapUsage")["usedSize"]
        return usage / 1e6, page.evaluate("document.querySelectorAll('*').length")

    def evening(songs):
        for _ in range(songs):
            title = page.locator("#player-title").inner_text()
            page.click("#player-next")
            until(lambda: page.locator("#player-title").inner_text() != title and page.evaluate(STATE)["length"] > 0)

    card(page, "Low").locator("button.cover").click()
    evening(30)
    before, nodes = heap()
    evening(120)
    after, more = heap()
    assert after < before + 1.5, f"{before:.1f} MB became {after:.1f}"
    assert abs(more - nodes) < 60, (nodes, more)
    print(f"        {before:.2f} MB after 30 songs, {after:.2f} MB after 150")
