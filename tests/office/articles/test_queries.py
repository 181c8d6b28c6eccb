"""What listings show, in a fixed number of queries."""

from datetime import timedelta
from typing import Any

import pytest

from newsstand.office.articles import pictures, queries
from newsstand.office.articles.models import ArticlePage, SectionPage
from tests.office import newsroom
from tests.office.newsroom import NOW

HOUR = timedelta(hours=1)


def slugs(stories: list[ArticlePage]) -> list[str]:
    return [story.slug for story in stories]


def test_newest_first(harbour: SectionPage) -> None:
    for place, slug in enumerate(["old", "older", "oldest"]):
        newsroom.story(harbour, slug, published_at=NOW - place * HOUR)
    assert slugs(queries.latest(2, now=NOW)) == ["old", "older"]
    assert slugs(queries.latest(2, now=NOW, skip=2)) == ["oldest"]


def test_only_what_may_be_read_now_is_listed(harbour: SectionPage) -> None:
    newsroom.story(harbour, "shown")
    newsroom.story(harbour, "coming", published_at=NOW + HOUR)
    newsroom.story(harbour, "embargoed", embargo_until=NOW + 2 * HOUR)
    newsroom.story(harbour, "gone", gone_from=NOW)
    newsroom.story(harbour, "unpublished").unpublish()
    assert slugs(queries.latest(9, now=NOW)) == ["shown"]
    assert queries.next_change(NOW) == NOW + HOUR
    assert queries.next_change(NOW + HOUR) == NOW + 2 * HOUR
    assert queries.next_change(NOW + 2 * HOUR) is None
    assert set(slugs(queries.latest(9, now=NOW + 2 * HOUR))) == {"shown", "coming", "embargoed"}


def test_listings_by_section_author_and_tag(front: Any) -> None:
    harbour, town = newsroom.section(), newsroom.section("Town", "town")
    mara, ferries = newsroom.author(), newsroom.tag()
    newsroom.story(harbour, "a", authors=[mara])
    newsroom.story(town, "b", tags=[ferries])
    assert slugs(queries.latest(9, now=NOW, section=town)) == ["b"]
    assert slugs(queries.latest(9, now=NOW, author=mara)) == ["a"]
    assert slugs(queries.latest(9, now=NOW, tag=ferries)) == ["b"]


def test_where_a_story_is_shown(harbour: SectionPage) -> None:
    authors = [newsroom.author(), newsroom.author("Ivo Brandt", "ivo-brandt")]
    story = newsroom.story(harbour, authors=authors, tags=[newsroom.tag()])
    assert queries.listings_of(story) == [
        "/",
        "/harbour/",
        "/authors/mara-finch/",
        "/authors/ivo-brandt/",
        "/tags/ferries/",
    ]
    assert queries.paths_of(story)[0] == "/harbour/the-crane/"


def read_all(stories: list[ArticlePage]) -> list[object]:
    return [
        (
            story.address,
            story.section.title,
            [author.title for author in story.authors],
            [tag.title for tag in story.tags.all()],
            story.product_code,
            shown.html() if (shown := pictures.lead_picture(story)) else None,
        )
        for story in stories
    ]


@pytest.mark.parametrize("count", [1, 6])
def test_a_listing_costs_a_fixed_number_of_queries(
    harbour: SectionPage, count: int, django_assert_num_queries: Any
) -> None:
    mara, ferries = newsroom.author(), newsroom.tag()
    for place in range(count):
        picture = newsroom.picture(500, 300, alt_text="A crane")
        pictures.sources(picture)
        newsroom.story(harbour, f"story-{place}", authors=[mara], tags=[ferries], lead_picture=picture)
    # stories, sections, bylines, authors, tags, pictures, renditions
    with django_assert_num_queries(7):
        found = read_all(queries.latest(9, now=NOW))
    assert len(found) == count


def test_a_story_and_a_page_by_their_names(harbour: SectionPage) -> None:
    story = newsroom.story(harbour)
    assert queries.article(story.article_id) == story
    assert queries.article("0" * 32) is None
    assert queries.article("no id") is None
    assert queries.page_at("/harbour/the-crane/") == story
    assert queries.page_at("/harbour/") == harbour
    assert queries.page_at("/").kind == "front"
    assert queries.page_at("/elsewhere/") is None
    assert queries.page_at("harbour/") is None


def test_related_stories_share_tags_first(front: Any) -> None:
    harbour, town = newsroom.section(), newsroom.section("Town", "town")
    ferries, cranes = newsroom.tag(), newsroom.tag("Cranes", "cranes")
    story = newsroom.story(harbour, "it", tags=[ferries, cranes])
    newsroom.story(harbour, "beside")
    newsroom.story(town, "one-tag", tags=[ferries])
    newsroom.story(town, "two-tags", tags=[ferries, cranes])
    newsroom.story(town, "elsewhere")
    assert slugs(queries.related(story, 9, now=NOW)) == ["two-tags", "one-tag", "beside"]
    assert slugs(queries.related(story, 1, now=NOW)) == ["two-tags"]


def test_the_menu_has_the_sections_in_order(front: Any, rf: Any) -> None:
    newsroom.section("Town", "town")
    newsroom.section()
    entries = queries.menu(rf.get("/"))["menu"]
    assert [(entry.title, entry.address) for entry in entries] == [
        ("Town", "/town/"),
        ("Harbour", "/harbour/"),
    ]
