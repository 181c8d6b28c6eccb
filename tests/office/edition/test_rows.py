"""What a change asks for: exactly these outbox rows, and no page more."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from wagtail.models import PageViewRestriction

from newsstand.office.access.actions import change_policy
from newsstand.office.access.models import AccessPolicy
from newsstand.office.accounts.models import Product
from newsstand.office.ads.actions import found_slot, place_creative
from newsstand.office.articles.models import ArticleAuthor, ArticlePage, AuthorPage, SectionPage, TagPage
from newsstand.office.billing.models import Plan
from newsstand.office.comments.signals import comments_changed
from newsstand.office.edition import actions
from newsstand.office.kit import outbox
from newsstand.office.kit.models import OutboxRow, Publication
from newsstand.shelf.shelf import Shelf
from tests.office import newsroom
from tests.office.newsroom import NOW

pytestmark = pytest.mark.django_db


@dataclass
class House:
    """A newsroom with two sections, two authors, two tags and two stories, all printed, nothing waiting."""

    harbour: SectionPage
    market: SectionPage
    mara: AuthorPage
    tom: AuthorPage
    ferries: TagPage
    storms: TagPage
    crane: ArticlePage

    def edit(self, **values: Any) -> None:
        story = ArticlePage.objects.get(pk=self.crane.pk)
        for name, value in values.items():
            setattr(story, name, value)
        story.save_revision().publish()


@pytest.fixture
def house(front: Any) -> House:
    harbour, market = newsroom.section(), newsroom.section("Market", "market")
    mara, tom = newsroom.author(), newsroom.author("Tom Arden", "tom-arden")
    ferries, storms = newsroom.tag(), newsroom.tag("Storms", "storms")
    text = newsroom.paragraphs("One.", "Two.")
    newsroom.story(harbour, "other", body=text)
    crane = newsroom.story(harbour, authors=[mara], tags=[ferries], body=text, level="metered")
    found_slot(code="front", name="Front", by="staff:x", now=NOW)
    outbox.drain()
    return House(harbour, market, mara, tom, ferries, storms, crane)


def publish(house: House) -> None:
    newsroom.story(house.market, "new", authors=[house.tom], tags=[house.storms], title="New")


def correct(house: House) -> None:
    house.edit(body=newsroom.paragraphs("One.", "Three."))


def relevel(house: House) -> None:
    house.edit(level="subscribers")


def take_down(house: House) -> None:
    house.crane.unpublish()


def end(house: House) -> None:
    house.edit(gone_from=NOW - timedelta(hours=1))


def delete(house: House) -> None:
    ArticlePage.objects.get(pk=house.crane.pk).delete()


def move(house: House) -> None:
    ArticlePage.objects.get(pk=house.crane.pk).move(house.market, pos="last-child")


def rename(house: House) -> None:
    house.edit(slug="last-crane")


def write_by(house: House) -> None:
    house.edit(bylines=[ArticleAuthor(author=house.tom, sort_order=0)])


def tag(house: House) -> None:
    house.edit(tags=[house.storms])


def draft(house: House) -> None:
    story = ArticlePage.objects.get(pk=house.crane.pk)
    story.level = "subscribers"
    story.save_revision()


def comment(house: House) -> None:
    comments_changed.send(None, article_id=house.crane.article_id)


def rename_author(house: House) -> None:
    author = AuthorPage.objects.get(pk=house.mara.pk)
    author.title = "Mara Finch-Arden"
    author.save_revision().publish()


def change_menu(house: House) -> None:
    section = SectionPage.objects.get(pk=house.market.pk)
    section.title = "Fish market"
    section.save_revision().publish()


def change_ad(house: House) -> None:
    place_creative(slot="front", headline="Our fair", words="", link="/fair/", by="staff:x", now=NOW)


def change_offer(house: House) -> None:
    product = Product.objects.get(code="news")
    Plan.objects.create(code="paper", name="Paper", product=product, rights=["read"])


def change_rule(house: House) -> None:
    row = AccessPolicy.objects.first() or AccessPolicy()
    row.device_allowance = 1
    change_policy(row=row, by="staff:x", now=NOW)


def change_publication(house: House) -> None:
    publication = Publication.objects.get()
    publication.tagline = "News from the quay"
    publication.save()


def close_off(house: House) -> None:
    PageViewRestriction.objects.create(page=house.crane, restriction_type=PageViewRestriction.LOGIN)


SHOWN = ("/", "/harbour/", "/authors/mara-finch/", "/tags/ferries/")


def printed(*listings: str, story: str = "/harbour/the-crane/") -> list[str]:
    """A story is printed and indexed, and each listing that shows it; feeds and maps wait for who asks."""
    rows = [f"print_story {story}", f"index {story}", "drop_maps"]
    return rows + [f"{topic} {path}" for path in listings for topic in ("print_listing", "drop_feeds")]


def withdrawn(*listings: str, index: str) -> list[str]:
    """A story goes, and its headline from below all others."""
    feeds = [f"drop_feeds {path}" for path in listings]
    return ["drop /harbour/the-crane/", index, "drop_maps", "raise_generation gone", *feeds]


NEW = ("/", "/market/", "/authors/tom-arden/", "/tags/storms/")
ROWS: list[tuple[Callable[[House], None], list[str]]] = [
    (publish, printed(*NEW, story="/market/new/")),
    (correct, printed(*SHOWN)),
    (relevel, printed(*SHOWN)),
    (end, printed(*SHOWN)),
    (take_down, withdrawn(*SHOWN, index="index /harbour/the-crane/")),
    (delete, withdrawn(*SHOWN, index="index gone")),
    (
        move,
        [
            "move /harbour/the-crane/ /market/the-crane/",
            *printed(*SHOWN, "/market/", story="/market/the-crane/"),
        ],
    ),
    (
        rename,
        ["move /harbour/the-crane/ /harbour/last-crane/", *printed(*SHOWN, story="/harbour/last-crane/")],
    ),
    (write_by, printed(*SHOWN, "/authors/tom-arden/")),
    (tag, printed(*SHOWN, "/tags/storms/")),
    (draft, []),
    (comment, ["print_story /harbour/the-crane/"]),
    (rename_author, printed(*SHOWN)),
    (
        change_menu,
        [
            "print_listing /market/",
            "drop_feeds /market/",
            "drop_maps",
            "raise_generation menu",
            "access.policy",
        ],
    ),
    (change_ad, ["raise_generation ads"]),
    (change_offer, ["raise_generation offers", "access.policy"]),
    (change_rule, ["access.policy"]),
    (change_publication, ["raise_generation publication", "access.policy"]),
    (close_off, ["raise_generation privacy"]),
]


@pytest.mark.parametrize(("change", "rows"), ROWS, ids=[change.__name__ for change, _rows in ROWS])
def test_a_change_asks_for_these_rows(house: House, change: Callable[[House], None], rows: list[str]) -> None:
    change(house)
    waiting = OutboxRow.objects.filter(done_at__isnull=True)
    assert sorted(_plain(row) for row in waiting) == sorted(rows)


def test_a_page_closed_off_leaves_the_shelf_before_the_commit(house: House, shelf: Shelf) -> None:
    assert shelf.entries.get(house.crane.address) is not None
    close_off(house)
    assert shelf.entries.get(house.crane.address) is None
    outbox.drain()
    assert shelf.entries.get(house.crane.address) is None


def _plain(row: OutboxRow) -> str:
    """The topic and what it is about: paths, and for a story its present one."""
    # PostgreSQL keeps an object's names in an order of its own; where something moves, "old" comes before "new".
    about = [str(row.payload[name]) for name in sorted(row.payload, reverse=True)]
    if row.topic in (actions.PRINT_STORY, actions.INDEX):
        story = ArticlePage.objects.filter(public_id=row.payload["id"]).first()
        about = [story.address if story is not None else "gone"]
    return " ".join([row.topic.removeprefix("edition."), *about])
