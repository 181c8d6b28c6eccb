"""What the walk finds, and what it must not take for a find."""

import base64
import json
from html import escape
from urllib.parse import quote

import pytest

from newsstand.wiring.leaks.asking import Heard
from newsstand.wiring.leaks.links import links
from newsstand.wiring.leaks.marks import Finder, Story
from newsstand.wiring.leaks.walk import Walk, Walked, Walker

SENTENCE = "The dredger’s captain keeps nine “spare” anchors under the chapel floor, he said."
CAPTION = "Nine anchors, one chapel"
STORY = Story("/harbour/anchors/", "subscribers", (SENTENCE, CAPTION), ("/media/renditions/0f3a.jpeg",))
FOUND = frozenset({frozenset({STORY.path})})
INSIDE = "captain keeps nine “spare” anchors under the chapel"


@pytest.fixture
def finder() -> Finder:
    return Finder([STORY])


def numbered(text: str) -> str:
    return "".join(f"&#{ord(letter)};" for letter in text)


@pytest.mark.parametrize(
    "text",
    [
        f"<p>{SENTENCE}</p>",
        f"<p>{escape(SENTENCE)}</p>",
        f"<p>{numbered(SENTENCE)}</p>",
        f"<p>{escape(escape(SENTENCE))}</p>",
        SENTENCE.replace("nine", "<em>nine</em>").replace("chapel", "cha<b>pel</b>"),
        SENTENCE.replace(" ", "\n  "),
        SENTENCE.replace("’", "'").replace("“", '"').replace("”", '"').upper(),
        f'<img alt="{escape(SENTENCE)}">',
        f'<meta name="description" content="… {INSIDE} …">',
        json.dumps({"articleBody": f"<p>{SENTENCE}</p>"}),
        json.dumps({"a": json.dumps({"b": SENTENCE})}),
        base64.b64encode(f"<p>x{SENTENCE}</p>".encode()).decode(),
        "xyz" + base64.urlsafe_b64encode(SENTENCE.encode()).decode(),
        f"/share?text={quote(SENTENCE)}",
        f"/share?text={SENTENCE.replace(' ', '+')}&x=%20",
        f"<figcaption>{CAPTION}</figcaption>",
        '<img src="/media/renditions/0f3a.jpeg">',
    ],
)
def test_a_withheld_sentence_is_found(finder: Finder, text: str) -> None:
    assert finder.found_in(text) == FOUND


@pytest.mark.parametrize(
    "text",
    [
        "The captain keeps nine anchors.",
        "He keeps nine spare anchors under a chapel floor of the other town.",
        "Nine anchors",
        base64.b64encode(bytes(range(256)) * 4).decode(),
        "/media/renditions/0f3b.jpeg",
    ],
)
def test_other_words_are_no_find(finder: Finder, text: str) -> None:
    assert finder.found_in(text) == frozenset()


def test_words_that_stand_in_the_open_are_no_find() -> None:
    finder = Finder([STORY], [f"In short: {CAPTION}."])
    assert finder.found_in(CAPTION) == frozenset()
    assert finder.found_in(SENTENCE) == FOUND


def test_every_link_of_an_answer_is_seen() -> None:
    text = """<a href="/a/">x</a> <a href='b/?x=1&amp;y=2#z'>y</a> <img srcset="/c.webp 400w, /d.webp 800w">
    <loc>http://site.test/e/</loc> {"url":"/f/"} <a href="//elsewhere.test/g/">z</a> <a href="mailto:x@y.test">m</a>"""
    found = set(links("http://site.test/start/", text, {"location": "/h/", "link": '</i/>; rel="next"'}))
    assert found == {"/a/", "/start/b/?x=1&y=2", "/c.webp", "/d.webp", "/e/", "/f/", "/h/", "/i/"}


METERED = Story("/town/one/", "metered", ("Words that only those may read whose meter is not spent yet.",))
OTHER = Story("/town/two/", "metered", ("Quite other words that are counted as another story of the month.",))


def judged(walker: Walker, *answers: tuple[str, str]) -> Walked:
    stories = (STORY, METERED, OTHER)
    walk, walked = Walk("http://site.test", stories, Finder(stories), most=1), Walked(walker.name)
    for address, text in answers:
        walk._judge(walker, walked, address, "identity", Heard(200, {}, text))
    return walked


def test_the_meter_opens_a_story_at_its_own_address_alone() -> None:
    reader = Walker("stranger", frozenset({"free"}), meter=1)
    assert judged(reader, (METERED.path, METERED.below[0]), (METERED.path, METERED.below[0])).leaks == []
    assert len(judged(reader, ("/feeds/rss.xml", METERED.below[0])).leaks) == 1
    assert len(judged(reader, (METERED.path, METERED.below[0]), (OTHER.path, OTHER.below[0])).leaks) == 1
    assert len(judged(reader, (METERED.path, METERED.below[0] + SENTENCE)).leaks) == 1


def test_a_text_that_two_stories_share_is_a_leak_where_neither_is_open() -> None:
    twin = Story("/town/twin/", "registered", STORY.below)
    walk = Walk("http://site.test", (STORY, twin), Finder((STORY, twin)), most=1)
    for reads, leaks in ((frozenset({"registered"}), 0), (frozenset({"free"}), 1)):
        walker, walked = Walker("x", reads), Walked("x")
        walk._judge(walker, walked, "/", "br", Heard(200, {"x-note": SENTENCE}, ""))
        assert len(walked.leaks) == leaks


def test_a_picture_that_two_stories_show_is_no_leak_where_one_is_open() -> None:
    twin = Story("/town/twin/", "registered", (), STORY.files)
    assert Finder((STORY, twin)).found_in(STORY.files[0]) == frozenset({frozenset({STORY.path, twin.path})})
