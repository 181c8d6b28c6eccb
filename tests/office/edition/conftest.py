"""A newsroom whose pages can be printed, and a way to ask for them as readers do."""

from collections.abc import Callable
from typing import Any

import pytest

from newsstand.office.access.actions import put_policy_at_start
from newsstand.office.articles.models import ArticlePage, FrontPage, SectionPage
from newsstand.office.edition.printing import press
from newsstand.shelf.entry import Entry
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom
from tests.office.newsroom import NOW

OPENING = "The crane has stood on the north quay for ninety years."
LAST_OPEN = "On Tuesday the board voted."
SECRET = "The marked sentence that only subscribers may read."
CAPTION_BELOW = "A caption that stands below the line."


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def front(db: None, shelf: Shelf) -> FrontPage:
    """The publication with its pages, its policy on the board."""
    page = newsroom.found()
    put_policy_at_start(NOW)
    return page


@pytest.fixture
def harbour(front: FrontPage) -> SectionPage:
    return newsroom.section()


@pytest.fixture
def make_story(harbour: SectionPage) -> Callable[..., ArticlePage]:
    """Publishes a story with a line in the middle and marked sentences below it."""

    def make(slug: str = "the-crane", **values: Any) -> ArticlePage:
        body = [
            *newsroom.paragraphs(OPENING, LAST_OPEN),
            ("paywall", None),
            *newsroom.paragraphs(SECRET),
            ("heading", "What comes next"),
            ("quote", {"text": "It was made to lift things.", "source": "Tom Arden"}),
            *newsroom.paragraphs("The contractors arrive in March.", "Until then it stands."),
        ]
        given = {"title": "The last crane", "standfirst": "The board voted by five to four.", "body": body}
        return newsroom.story(harbour, slug, **{**given, **values})

    return make


@pytest.fixture
def texts(shelf: Shelf) -> Callable[[str], dict[str, str]]:
    """All variants that lie at a path, by name."""

    def read(path: str) -> dict[str, str]:
        entry = shelf.entries.get(path)
        assert entry is not None, f"nothing lies at {path}"
        return {name: _text(shelf, entry, name) for name in entry.etags}

    return read


def _text(shelf: Shelf, entry: Entry, variant: str) -> str:
    body = shelf.entries.body(entry, variant, "identity")
    assert body is not None
    return body.decode()


def rendered(page: Any) -> dict[str, str]:
    """Every variant that any decision can ask for, rendered here and now, by name."""
    from newsstand.office.access import queries as access
    from newsstand.office.articles import queries as articles
    from newsstand.rules.gate.variants import page_variants, variants

    plate = press.plate_for(articles.page_at(page.address), NOW)
    assert plate is not None
    policy = access.policy(NOW)
    wanted = variants(plate.facts, policy) if plate.facts is not None else page_variants(policy)
    return {variant.name: plate.render(variant) for variant in wanted if variant.show in ("full", "opening")}
