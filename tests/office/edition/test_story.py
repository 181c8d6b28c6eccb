"""The page of a story in all its variants. What is withheld is looked for as text, not as a notice."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import brotli
import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsstand.office.ads import actions as ads
from newsstand.office.articles import queries as articles
from newsstand.office.articles.models import ArticlePage, SectionPage
from newsstand.office.edition.printing import assets, press
from newsstand.office.edition.printing.story import ad_place
from newsstand.rules.gate.variants import Variant
from tests.office import newsroom
from tests.office.edition.conftest import LAST_OPEN, OPENING, SECRET, rendered
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db

MakeStory = Callable[..., ArticlePage]
BELOW = (
    SECRET,
    "What comes next",
    "made to lift things",
    "Tom Arden",
    "contractors arrive",
    "Until then it stands",
)


def html_of(page: Any, variant: str) -> str:
    plate = press.plate_for(articles.page_at(page.address), NOW)
    assert plate is not None
    return plate.render(Variant.parse(variant))


@pytest.fixture
def advertisements(front: Any) -> None:
    for code in ("story-middle", "story-end", "front", "listing"):
        ads.found_slot(code=code, name=code, by="system", now=NOW)
        ads.place_creative(
            slot=code, headline="House ad", words="Words.", link="/subscribe/", by="system", now=NOW
        )


@pytest.mark.parametrize("level", ["registered", "metered", "subscribers"])
def test_no_opening_holds_a_word_from_below_the_line(make_story: MakeStory, level: str) -> None:
    pages = rendered(make_story(level=level))
    openings = {name: html for name, html in pages.items() if name.startswith("opening")}
    assert openings
    for name, html in openings.items():
        assert OPENING in html, name
        assert LAST_OPEN in html, name
        assert [words for words in BELOW if words in html] == [], name


def test_every_full_variant_holds_the_whole_text(make_story: MakeStory) -> None:
    pages = rendered(make_story(level="metered"))
    full = {name: html for name, html in pages.items() if name.startswith("full")}
    assert len(full) > 10
    for name, html in full.items():
        assert all(words in html for words in (OPENING, *BELOW)), name
        assert 'class="wall"' not in html, name


def test_the_text_goes_on_at_a_place_with_a_name(make_story: MakeStory) -> None:
    story = make_story(level="metered")
    rest = BeautifulSoup(html_of(story, "full.in.talk"), "html.parser").select_one("#continue")
    assert rest is not None
    assert rest.get_text(strip=True).startswith(SECRET)
    wall = BeautifulSoup(html_of(story, "opening.ads.by-register.adds-3"), "html.parser").select_one(
        "#continue"
    )
    assert wall is not None
    assert "wall" in wall["class"]


def test_a_page_without_ads_has_no_trace_of_them(make_story: MakeStory, advertisements: None) -> None:
    for name, html in rendered(make_story(level="metered")).items():
        has_ads = ".ads" in name
        assert ('class="ad' in html) == has_ads, name
        assert ("Advertisement" in html) == has_ads, name
        assert ("House ad" in html) == has_ads, name


def test_the_same_variant_is_the_same_bytes(make_story: MakeStory) -> None:
    story = make_story()
    assert rendered(story) == rendered(story)


def test_printing_asks_a_fixed_number_of_questions(make_story: MakeStory, harbour: SectionPage) -> None:
    tags = [newsroom.tag(f"Tag {number}", f"tag-{number}") for number in range(3)]
    picture = newsroom.picture(alt_text="Crane")
    story = make_story(authors=[newsroom.author()], tags=tags[:1], lead_picture=picture)
    for number in range(4):
        make_story(f"first-{number}", tags=tags, authors=[newsroom.author(f"F {number}", f"f-{number}")])
    few = _queries(story)
    for number in range(6):
        make_story(f"other-{number}", tags=tags, authors=[newsroom.author(f"A {number}", f"a-{number}")])
    assert _queries(story) == few


def _queries(story: Any) -> int:
    press.plate_for(articles.page_at(story.address), NOW)  # pictures are made at the first time
    page = articles.page_at(story.address)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        plate = press.plate_for(page, NOW)
    assert plate is not None
    with CaptureQueriesContext(connection) as while_rendering:
        for variant in plate.first:
            plate.render(variant)
    assert len(while_rendering) == 0
    return len(asked)


def test_it_weighs_little(make_story: MakeStory, harbour: SectionPage, advertisements: None) -> None:
    body = newsroom.paragraphs(
        *(f"Paragraph {number}: " + "Eleven men and a horse. " * 40 for number in range(12))
    )
    story = make_story(body=body, level="free")
    page = brotli.compress(html_of(story, "full.ads").encode(), quality=press.QUALITY)
    css = brotli.compress(assets.current()[0].data)
    assert len(css) <= 15_000
    assert len(page) + len(css) <= 30_000


def test_it_has_no_script_and_asks_no_other_site(make_story: MakeStory, advertisements: None) -> None:
    for name, html in rendered(make_story(lead_picture=newsroom.picture(alt_text="Crane"))).items():
        page = BeautifulSoup(html, "html.parser")
        scripts = page.find_all("script")
        assert [script.get("type") for script in scripts] == ["application/ld+json"], name
        loaded = [
            tag.get("src") or tag.get("href")
            for tag in page.select("img, source[src], link[rel~=stylesheet], link[rel=icon]")
        ]
        assert all(str(address).startswith("/") for address in loaded), name
        assert not page.select("[style]"), name


@pytest.mark.parametrize(("level", "is_free"), [("free", True), ("metered", False), ("subscribers", False)])
def test_machines_are_told_what_is_free(make_story: MakeStory, level: str, is_free: bool) -> None:
    for name, html in rendered(make_story(level=level)).items():
        told = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])  # type: ignore[index]
        assert told["@type"] == "NewsArticle"
        assert told["isAccessibleForFree"] is is_free, name
        assert ("hasPart" in told) is not is_free
        assert "articleBody" not in told
        assert told["headline"] == "The last crane"


def test_nothing_in_a_headline_ends_the_script(make_story: MakeStory) -> None:
    html = html_of(make_story(title="</script><b>&"), "full.in.talk")
    told = re.search(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert told is not None
    assert json.loads(told[1])["headline"] == "</script><b>&"
    assert "<b>&" not in html


def test_it_names_itself_and_its_parts(make_story: MakeStory) -> None:
    story = make_story(
        authors=[newsroom.author(), newsroom.author("Jonas Reed", "jonas-reed")], tags=[newsroom.tag()]
    )
    page = BeautifulSoup(html_of(story, "full.ads.note-meter-2-3"), "html.parser")
    assert page.select_one("link[rel=canonical]")["href"].endswith("/harbour/the-crane/")  # type: ignore[index]
    assert page.select_one("h1").get_text() == "The last crane"  # type: ignore[union-attr]
    assert len(page.find_all("h1")) == 1
    assert page.select_one(".story__authors").get_text() == "Mara Finch and Jonas Reed"  # type: ignore[union-attr]
    assert "16 November 2026" in page.get_text()
    assert "2 of 3 free articles left this month" in page.select_one(".note").get_text()  # type: ignore[union-attr]
    assert page.select_one("meta[property='og:description']")["content"] == "The board voted by five to four."  # type: ignore[index]
    assert page.select_one(".tags a")["href"] == "/tags/ferries/"  # type: ignore[index]


def test_it_is_out_of_date_when_the_clock_changes_it(make_story: MakeStory) -> None:
    make_story("later", embargo_until=NOW + timedelta(hours=2))
    plate = press.plate_for(articles.page_at(make_story().address), NOW)
    assert plate is not None
    assert plate.fresh_until == int((NOW + timedelta(hours=2)).timestamp())


@pytest.mark.parametrize(
    ("kinds", "place"),
    [([], 3), (["paragraph"] * 5, 3), (["paragraph", "paragraph", "heading", "paragraph"], 4)],
)
def test_an_advertisement_never_parts_a_heading_from_its_text(kinds: list[str], place: int) -> None:
    assert ad_place(kinds) == place


def test_comments_stand_where_the_whole_story_stands(make_story: MakeStory) -> None:
    for name, html in rendered(make_story(level="metered")).items():
        page = BeautifulSoup(html, "html.parser")
        assert bool(page.select("#comments")) == name.startswith("full"), name
        form = page.select_one("#comments form")
        assert (form is not None) == (".talk" in name), name
        if form is not None:
            assert re.fullmatch(r"/comments/[0-9a-f]{32}/", str(form["action"]))
            assert not page.select("input[name=csrfmiddlewaretoken]")
