"""Subscribe, read on without ads, comment, see the account, cancel; and what the clock brings."""

import re
from urllib.parse import urlsplit

import pytest

from tests.journeys.reader import Reader, eventually
from tests.journeys.site import Mail, Site
from tests.journeys.stories import Story, plain, with_level
from tests.journeys.test_first_visit import assert_closed, assert_whole

pytestmark = pytest.mark.journey

CARD = {"number": "4242 4242 4242 4242", "expiry": "12/34", "cvc": "123", "name": "Ada Quay"}


def subscribe(reader: Reader, story: Story, email: str, **card: str) -> Reader:
    """From the wall of a story to the card page and back."""
    reader.get(story.path).follow("Subscribe now")
    assert reader.path.startswith("/subscribe/")
    assert "$1.99 today, then $1.99 every 4 weeks (28 days) until you cancel" in reader.text
    reader.send("Subscribe and pay $1.99", email=email, **{consent_field(reader): "on"})
    assert reader.path == "/sign-in/code/"  # with the order page, two pages besides the card page
    reader.send_only_form(code=reader.site.code_for(email))
    assert reader.path.startswith("/sandbox/")
    return pay(reader, **card)


def consent_field(reader: Reader) -> str:
    box = reader.page.select_one("input[type=checkbox]")
    assert box is not None
    assert not box.has_attr("checked")
    return str(box["name"])


def pay(reader: Reader, **card: str) -> Reader:
    return reader.send_only_form(**{**CARD, **card})


def assert_opens(reader: Reader, story: Story) -> None:
    """After the clock was moved: the pass has ended by then, and a new one that is not there within a second is asked
    for once more with the next page."""
    assert eventually(lambda: plain(story.below[-1]) in plain(reader.get(story.path).page.get_text(" ")))


def receipts(site: Site, email: str) -> list[Mail]:
    return [mail for mail in site.mails(email) if "receipt" in mail.subject.lower()]


def test_every_page_says_that_no_money_is_taken(reader: Reader) -> None:
    for path in ("/", with_level("subscribers")[0].path, "/subscribe/", "/sign-in/", "/search/"):
        banner = reader.get(path).page.select_one(".demo")
        assert banner is not None, path
        assert "no money is taken" in plain(banner.get_text(" ")), path


def test_subscribing_opens_the_same_story_without_ads(site: Site, reader: Reader, email: str) -> None:
    story, other = with_level("subscribers")[:2]
    subscribe(reader, story, email)
    assert reader.path == story.path
    assert urlsplit(reader.response.url).fragment == "continue" or reader.page.select_one("#continue")
    assert_whole(reader, story)
    for page in (story.path, other.path, "/"):
        reader.get(page)
        assert not reader.page.select(".ad"), page
        assert "advertisement" not in reader.response.text.lower(), page
    assert_whole(reader.get(other.path), other)
    assert eventually(lambda: len(receipts(site, email)) == 1)


def test_a_declined_card_loses_nothing(site: Site, reader: Reader, email: str) -> None:
    story = with_level("subscribers")[0]
    subscribe(reader, story, email, number="4000 0000 0000 0002")
    assert "declined" in reader.text.lower()
    assert reader.page.select(".field__error") or reader.page.select("[role=alert]")
    if not reader.page.select("input[name=number]"):
        reader.follow("another card")
    pay(reader)
    assert reader.path == story.path
    assert_whole(reader, story)


def test_pressing_twice_charges_once(site: Site, reader: Reader, email: str) -> None:
    story = with_level("subscribers")[0]
    subscribe(reader, story, email)
    # back to the subscribe page in another tab, and once more
    reader.get(f"/subscribe/full/?next={story.path}")
    assert "already" in reader.text.lower()
    reader.get("/account/")
    assert len(re.findall(r"/account/receipts/", reader.response.text)) == 1


def test_a_comment_stands_after_the_reload(site: Site, reader: Reader, email: str) -> None:
    story = with_level("subscribers")[0]
    subscribe(reader, story, email)
    reader.send_only_form(text="The harbour wall was mended in 1987 by my father's crew.")
    assert reader.path == story.path
    assert "mended in 1987" in reader.text
    other = Reader(site)
    subscribe(other, story, f"other.{email}")
    assert "mended in 1987" in other.text
    stranger = Reader(site).get(story.path)
    assert_closed(stranger, story)
    assert "mended in 1987" not in stranger.response.text


def test_an_empty_comment_is_refused_beside_the_field(site: Site, reader: Reader, email: str) -> None:
    story = with_level("subscribers")[0]
    subscribe(reader, story, email)
    reader.send_only_form(text="x")
    assert reader.page.select(".field__error")
    typed = reader.page.select_one("textarea[name=text]")
    assert typed is not None
    assert typed.get_text(strip=True) == "x"


@pytest.mark.moves_clock
def test_cancelling_takes_two_pages_and_is_final(site: Site, reader: Reader, email: str) -> None:
    story = with_level("subscribers")[0]
    subscribe(reader, story, email)
    reader.get("/account/")
    assert "$1.99" in reader.text
    assert "Next charge" in reader.text or "next charge" in reader.text
    reader.follow("Cancel")
    pages = 1
    assert not reader.page.select("textarea[required], select[required], input[type=radio]")
    reader.send("Cancel")
    pages += 1
    assert pages == 2
    assert re.search(r"read (on )?until", reader.text, re.IGNORECASE) or "until" in reader.text
    reader.get("/account/")
    assert "until" in reader.text
    assert eventually(lambda: any("cancel" in mail.subject.lower() for mail in site.mails(email)))
    assert_whole(reader.get(story.path), story)
    moved = site.command("demo", "clock", "+28d")
    assert moved.returncode == 0, moved.stderr
    moved = site.command("demo", "clock", "+2d")
    assert moved.returncode == 0, moved.stderr
    assert len(receipts(site, email)) == 1
    assert_closed(reader.get(story.path), story)
    reader.get("/account/")
    assert len(re.findall(r"/account/receipts/", reader.response.text)) == 1


@pytest.mark.moves_clock
def test_each_period_is_charged_once(site: Site, reader: Reader, email: str) -> None:
    story = with_level("subscribers")[0]
    subscribe(reader, story, email)
    for wanted in (2, 3):
        moved = site.command("demo", "clock", "+28d")
        assert moved.returncode == 0, moved.stderr
        assert eventually(lambda wanted=wanted: len(receipts(site, email)) == wanted), site.mails(email)
    moved = site.command("demo", "clock", "+84d")
    assert moved.returncode == 0, moved.stderr
    assert eventually(lambda: len(receipts(site, email)) == 6)
    assert_opens(reader, story)
    reader.get("/account/")
    assert len(set(re.findall(r"/account/receipts/[^/\"]+/", reader.response.text))) == 6


@pytest.mark.moves_clock
def test_the_bar_moves_the_clock(site: Site, reader: Reader, email: str) -> None:
    story = with_level("subscribers")[0]
    subscribe(reader, story, email)
    reader.get("/").send("+28 days")
    assert eventually(lambda: len(receipts(site, email)) == 2)
    assert_opens(reader, story)


@pytest.mark.moves_clock
def test_restarting_the_worker_charges_nobody_again(site: Site, reader: Reader, email: str) -> None:
    import psutil

    story = with_level("subscribers")[0]
    subscribe(reader, story, email)
    for _ in range(2):
        for process in psutil.process_iter(["cmdline", "environ"]):
            words = process.info["cmdline"] or []
            here = (process.info["environ"] or {}).get("NEWSSTAND_DATA") == str(site.data)
            if here and "work" in words:
                process.kill()
        assert site.command("demo", "clock", "+28d").returncode == 0
    assert eventually(lambda: len(receipts(site, email)) == 3)
