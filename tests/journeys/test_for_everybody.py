"""Every page on a reader's way, measured: contrast, names, headings, targets, narrow screens, and the keyboard."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.looking import faults
from tests.journeys.reader import PATIENCE
from tests.journeys.site import Site
from tests.journeys.stories import with_level
from tests.journeys.test_browser import order, pay, press

pytestmark = [pytest.mark.journey, pytest.mark.browser]

STEPS = 22  # of the Tab key: past the demonstration bar, masthead and menu into the page


@pytest.fixture
def page(browser: Any, site: Site) -> Iterator[Any]:
    """A new browser profile without JavaScript, for somebody who asked for no motion."""
    context = browser.new_context(java_script_enabled=False, base_url=site.url, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    yield context.new_page()
    context.close()


FAULTY = """<!doctype html><html><head><title></title></head><body style="background: #fff; width: 2000px">
<main><h1>It</h1><h3 id="a">leaps</h3><p id="a" style="color: #999">A pale text.</p><img src="data:,">
<nav><a href="#nowhere">x</a></nav><a>no link</a><input placeholder="p" style="border: 1px solid #ddd">
<button style="width: 9px; padding: 0" aria-describedby="nobody"></button><table><tr><th>t</th></tr></table>
<p>one</p><p>two</p><p>three</p><p>four</p><a href="/" style="outline: none">five</a></main></body></html>"""


def test_the_measure_finds_what_is_wrong(browser: Any) -> None:
    context = browser.new_context(java_script_enabled=False, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.set_content(FAULTY)
    said = "\n".join(faults(page, steps=4))
    context.close()
    for words in (
        "no language", "no title", "0 times footer", "an id twice, a", "a heading leaps", "a picture without alt",
        "a link to nothing", "no real control", "a heading of nothing", "points at nothing", "no label", "no name",
        "a landmark without a name", "a target of 9 by", "wider than the screen", "light: text at 2.8",
        "light: border at 1.3", "the focus cannot be seen",
    ):  # fmt: skip
        assert words in said, said


def measure(page: Any, found: dict[str, list[str]], *, steps: int = 0) -> None:
    """Keep what is wrong with this page, under its address."""
    if wrong := faults(page, steps=steps):
        found[page.url] = wrong


def send(page: Any, found: dict[str, list[str]]) -> None:
    """Send the page's form: what is wrong is said above it, where the focus is, and a line leads to its field."""
    press(page, page.locator("main form button").first)
    page.locator(".error-summary:focus").wait_for()
    page.keyboard.press("Tab")
    page.locator(".error-summary a:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("input:target").wait_for()
    measure(page, found)


def test_what_strangers_meet(page: Any) -> None:
    found: dict[str, list[str]] = {}
    for path in (
        "/",
        "/harbour/",
        "/authors/",
        "/tags/",
        "/search/?q=harbour",
        "/search/?q=zzzz",
        "/nowhere/",
    ):
        page.goto(path)
        measure(page, found)
    for story in with_level("metered")[:4]:
        page.goto(story.path)
    measure(page, found, steps=STEPS)
    page.goto("/")
    page.keyboard.press("Tab")
    page.locator(".skip:focus").wait_for()
    page.keyboard.press("Enter")
    page.locator("main:focus").wait_for()
    page.keyboard.press("Tab")
    page.locator("main a:focus").wait_for()
    assert found == {}


def test_what_a_reader_meets_on_the_way_to_a_subscription(page: Any, site: Site, email: str) -> None:
    found: dict[str, list[str]] = {}
    page.goto("/sign-in/")
    send(page, found)
    page.goto(with_level("subscribers")[0].path)
    measure(page, found)
    press(page, page.get_by_role("link", name="Subscribe now"))
    measure(page, found, steps=STEPS)
    send(page, found)
    order(page, site, email)
    measure(page, found)
    send(page, found)
    pay(page)
    measure(page, found, steps=6)  # from the place where the text went on
    for path in ("/account/", "/account/name/", "/account/subscription/card/"):
        page.goto(path)
        measure(page, found)
    press(page, page.goto("/account/") and page.locator("main a[href*='/receipts/']").first)
    measure(page, found)
    press(page, page.goto("/account/") and page.locator("main a[href*='cancel']").first)
    measure(page, found)
    press(page, page.locator("main form button").first)
    measure(page, found)
    assert found == {}


def test_a_subscriber_writes_and_gives(page: Any, site: Site, email: str) -> None:
    found: dict[str, list[str]] = {}
    story = with_level("subscribers")[0]
    page.goto(story.path)
    press(page, page.get_by_role("link", name="Subscribe now"))
    order(page, site, email)
    pay(page)
    typed = page.locator("textarea[name=text]")
    typed.fill("Too long. " * 400)
    press(page, page.locator("form:has(textarea[name=text]) button"))
    assert typed.input_value().strip() == ("Too long. " * 400).strip()
    measure(page, found)
    typed.fill("The pump was new in 1974.")
    press(page, page.locator("form:has(textarea[name=text]) button"))
    assert "The pump was new in 1974." in page.locator("#comments").inner_text()
    measure(page, found)
    press(page, page.get_by_role("link", name="Give this story"))
    measure(page, found)
    press(page, page.get_by_role("button", name="Make a link"))
    measure(page, found)
    page.goto("/account/")
    measure(page, found)
    assert found == {}
