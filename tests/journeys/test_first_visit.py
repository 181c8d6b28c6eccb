"""Anonymous readers: three free stories, then the wall; a subscribers' story is closed from the start."""

import gzip

import brotli
import pytest

from tests.journeys.reader import Reader
from tests.journeys.site import Site
from tests.journeys.stories import Story, plain, shown, with_level

pytestmark = pytest.mark.journey


def assert_whole(reader: Reader, story: Story) -> None:
    """The reader has the whole story, to its last sentence."""
    assert reader.response.status_code == 200
    assert plain(story.below[-1]) in plain(reader.page.get_text(" ")), reader.text[-900:]


def assert_closed(reader: Reader, story: Story) -> None:
    """Not one sentence from below the line is in the response, in any encoding or header."""
    assert reader.response.status_code == 200
    opening, below = shown(story, reader.page.get_text(" "))
    assert opening > 0
    assert below == 0
    for coding, unpack in (("identity", bytes), ("gzip", gzip.decompress), ("br", brotli.decompress)):
        raw = reader.session.get(
            reader.response.url, headers={"Accept-Encoding": coding}, stream=True, timeout=300
        )
        sent = raw.raw.read(decode_content=False)
        text = plain(unpack(sent).decode() + str(raw.headers))
        assert raw.headers.get("Content-Encoding", "identity") == coding
        for words in story.below:
            assert plain(words) not in text


def test_three_stories_are_free(site: Site, reader: Reader) -> None:
    first, second, third, *_ = with_level("metered")
    reader.get(first.path)
    assert_whole(reader, first)
    assert "2 of 3 free articles left this month" in reader.text
    assert reader.page.select(".ad")
    reader.get(first.path)
    assert "2 of 3 free articles left this month" in reader.text
    reader.get(second.path)
    assert "1 of 3 free articles left this month" in reader.text
    reader.get(third.path)
    assert_whole(reader, third)
    assert "0 of 3" in reader.text or "last free article" in reader.text


def test_the_fourth_story_meets_the_wall(site: Site, reader: Reader) -> None:
    *read, fourth = with_level("metered")[:4]
    for story in read:
        reader.get(story.path)
    reader.get(fourth.path)
    assert_closed(reader, fourth)
    wall = reader.page.select_one(".wall")
    assert wall is not None
    words = wall.get_text(" ", strip=True)
    assert "Already have an account? Sign in" in words
    assert "Two ways to continue to read this article" in words
    assert "$1.99 every 4 weeks" in words
    assert "unlimited access to all articles" in words.lower()
    assert "ad-free reading" in words.lower()
    assert "support independent journalism" in words.lower()
    assert "Subscribe now" in words
    assert "13 payments" in words
    assert "cancel any time" in words.lower()
    assert "Create a free account" in words
    assert "read 3 more this month" in words.lower()
    assert len(wall.select(".way")) == 2
    # what was read before stays readable
    reader.get(read[0].path)
    assert_whole(reader, read[0])


def test_a_subscribers_story_has_one_way(site: Site, reader: Reader) -> None:
    story = with_level("subscribers")[0]
    reader.get(story.path)
    assert_closed(reader, story)
    wall = reader.page.select_one(".wall")
    assert wall is not None
    assert "Subscribe to continue to read this article" in wall.get_text(" ", strip=True)
    assert len(wall.select(".way")) == 1
    assert "Create a free account" not in wall.get_text(" ", strip=True)


def test_registering_opens_three_more(site: Site, reader: Reader) -> None:
    stories = with_level("metered")
    for story in stories[:3]:
        reader.get(story.path)
    reader.get(stories[3].path).follow("Create a free account")
    reader.send_only_form(email="new.reader@example.org")
    reader.send_only_form(code=site.code_for("new.reader@example.org"))
    assert reader.response.url == f"{site.url}{stories[3].path}#continue"
    goes_on = reader.page.select_one("#continue")
    assert goes_on is not None
    assert plain(goes_on.get_text(" ", strip=True)).startswith(plain(stories[3].below[0]))
    assert_whole(reader, stories[3])
    assert "2 of 6 free articles left this month" in reader.text
    for story in stories[4:6]:
        assert_whole(reader.get(story.path), story)
    reader.get(stories[6].path)
    assert_closed(reader, stories[6])
    assert len(reader.page.select(".wall .way")) == 1


def test_the_code_stands_in_the_demos_mailbox(site: Site, reader: Reader, email: str) -> None:
    reader.get("/sign-in/").send_only_form(email=email)
    code = site.code_for(email)
    mailbox = Reader(site).get("/mailbox/")
    row = next(row for row in mailbox.page.select("tbody tr") if email in row.get_text())
    assert code in row.get_text()
    mailbox.follow(f"{code} is your code")
    assert email in mailbox.text
    assert code in mailbox.page.select_one(".mail").get_text()  # type: ignore[union-attr]


def test_a_wrong_code_keeps_the_address(site: Site, reader: Reader) -> None:
    reader.get("/sign-in/")
    reader.send_only_form(email="not an address")
    assert reader.response.status_code in {200, 422}
    assert reader.page.select(".field__error")
    assert "not an address" in str(reader.page)
    reader.send_only_form(email="somebody@example.org")
    right = site.code_for("somebody@example.org")
    reader.send_only_form(code="000000" if right != "000000" else "111111")
    assert reader.page.select(".field__error")
    assert "somebody@example.org" in reader.text
    reader.send_only_form(code=right)
    assert reader.get("/account/").response.status_code == 200
    assert "somebody@example.org" in reader.text
