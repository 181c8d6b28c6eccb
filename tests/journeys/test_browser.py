"""The reader's way in a real browser, JavaScript switched off."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.reader import PATIENCE, eventually
from tests.journeys.site import Site
from tests.journeys.stories import Story, plain, with_level

pytestmark = [pytest.mark.journey, pytest.mark.browser]

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def screen(request: pytest.FixtureRequest) -> dict[str, int]:
    """The journeys are gone on a phone and at a desk."""
    return dict(request.param)


@pytest.fixture
def page(browser: Any, site: Site, screen: dict[str, int]) -> Iterator[Any]:
    """A new browser profile without JavaScript; every address that it asks for is kept."""
    context = browser.new_context(viewport=screen, java_script_enabled=False, base_url=site.url)
    context.set_default_timeout(PATIENCE * 1000)
    page = context.new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    yield page
    assert all(url.startswith((site.url, "data:")) for url in page.asked), page.asked
    context.close()


def press(page: Any, link_or_button: Any) -> None:
    """Click on what leads to another page, and wait until that has come whole."""
    with page.expect_navigation():
        link_or_button.click()


def words_of(page: Any) -> str:
    return plain(page.locator("body").inner_text())


def has_whole(page: Any, story: Story) -> bool:
    return plain(story.below[-1]) in words_of(page)


def sign_in(page: Any, site: Site, email: str) -> None:
    page.locator("input[type=email]").fill(email)
    press(page, page.locator("main form button").first)
    page.locator("input[autocomplete=one-time-code]").fill(site.code_for(email))
    press(page, page.locator("main form button").first)


def order(page: Any, site: Site, email: str) -> None:
    """The order page and the page for the code: what stands between the wall and the card."""
    page.locator("input[type=email]").fill(email)
    page.get_by_role("checkbox").check()
    press(page, page.get_by_role("button", name="Subscribe and pay $1.99"))
    page.locator("input[autocomplete=one-time-code]").fill(site.code_for(email))
    press(page, page.locator("main form button").first)


def pay(page: Any, number: str = "4242 4242 4242 4242") -> None:
    page.locator("[name=number]").fill(number)
    page.locator("[name=expiry]").fill("12/34")
    page.locator("[name=cvc]").fill("123")
    page.locator("[name=name]").fill("Ada Quay")
    press(page, page.locator("main form button").first)


def fits(page: Any) -> None:
    """Nothing is wider than the screen."""
    wide = page.locator("html").evaluate("node => node.scrollWidth - node.clientWidth")
    assert wide <= 0


def test_the_meter_and_the_wall(page: Any, site: Site) -> None:
    *read, fourth = with_level("metered")[:4]
    page.goto("/")
    fits(page)
    for left, story in zip((2, 1), read, strict=False):
        page.goto(story.path)
        assert has_whole(page, story)
        assert f"{left} of 3 free articles left this month" in words_of(page)
        assert page.locator(".ad").count() >= 1
        fits(page)
    page.goto(read[0].path)
    assert "1 of 3 free articles left" in words_of(page)  # the same story again counts nothing
    page.goto(read[2].path)
    page.goto(fourth.path)
    fits(page)
    text = words_of(page)
    assert not any(plain(sentence) in plain(page.content()) for sentence in fourth.below)
    assert re.search("Two ways to continue to read this article", text, re.IGNORECASE)
    assert "$1.99 every 4 weeks" in text
    assert page.get_by_role("link", name="Subscribe now").is_visible()
    assert page.get_by_role("heading", name=re.compile("Two ways to continue", re.IGNORECASE)).is_visible()


def test_from_the_wall_to_reading_on_commenting_and_cancelling(page: Any, site: Site, email: str) -> None:
    story = with_level("subscribers")[0]
    page.goto(story.path)
    assert not has_whole(page, story)
    press(page, page.get_by_role("link", name="Subscribe now"))
    fits(page)
    order(page, site, email)
    fits(page)
    pay(page, "4000 0000 0000 0002")
    assert "declined" in words_of(page).lower()
    pay(page)
    assert page.url == f"{site.url}{story.path}#continue"
    assert has_whole(page, story)
    page.asked.clear()
    page.reload()
    assert page.locator(".ad").count() == 0
    assert not any("/ad" in url for url in page.asked)
    page.locator("textarea[name=text]").fill("My grandmother sold eels on that quay.")
    press(page, page.locator("form:has(textarea[name=text]) button"))
    page.goto(story.path)
    assert "sold eels on that quay" in words_of(page)
    page.goto("/account/")
    fits(page)
    assert "$1.99" in words_of(page)
    press(page, page.get_by_role("link", name=re.compile("Cancel")).first)
    press(page, page.get_by_role("button", name=re.compile("Cancel")).first)
    assert "until" in words_of(page)
    assert eventually(lambda: any("cancel" in mail.subject.lower() for mail in site.mails(email)))
    page.goto(story.path)
    assert has_whole(page, story)


def test_sign_in_comes_back_to_the_story(page: Any, site: Site, email: str) -> None:
    story = with_level("registered")[0]
    page.goto(story.path)
    assert not has_whole(page, story)
    press(page, page.locator("main").get_by_role("link", name="Sign in").first)
    sign_in(page, site, email)
    assert page.url.startswith(f"{site.url}{story.path}")
    assert has_whole(page, story)


@pytest.mark.moves_clock
def test_the_clock_charges_each_period(page: Any, site: Site, email: str) -> None:
    story = with_level("subscribers")[0]
    page.goto(story.path)
    press(page, page.get_by_role("link", name="Subscribe now"))
    order(page, site, email)
    pay(page)
    press(page, page.get_by_role("button", name="+28 days"))
    page.goto("/account/")
    assert page.locator("a[href*='/account/receipts/']").count() == 2
