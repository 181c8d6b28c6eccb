"""The walk: eight kinds of readers read the whole site, and none finds a word that is closed to them.

What each may read is taken from the editors' table, `tests/cases/gate.toml`, and what is closed from the files of
the stories; the gate is asked for neither. A leak that is planted is found, by the command that looks for leaks on
any installation.
"""

import base64
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import pytest
from PIL import Image

from newsstand.wiring.leaks.marks import Finder, Story
from newsstand.wiring.leaks.walk import FEWEST, Walk, Walker
from tests.journeys.reader import Reader, eventually
from tests.journeys.site import Site
from tests.journeys.stories import all_stories

pytestmark = pytest.mark.journey

TABLE = Path(__file__).parents[1] / "cases" / "gate.toml"
NOON = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)
LEVELS = ("free", "registered", "metered", "subscribers")
DEVICE, READER = 3, 6  # the free articles of the demo, as they are in the table

# Each kind of reader: the reader of the table, and how many stories were counted.
KINDS = {
    "stranger": ("stranger", "0"),
    "stranger, meter spent": ("stranger", "3"),
    "registered": ("member", "0"),
    "registered, meter spent": ("member", "6"),
    "subscriber": ("subscriber", "0"),
    "former subscriber": ("lapsed", "6"),
    "guest": ("guest", "0"),
    "staff": ("staff", "0"),
}

MARKED = """---
title: The {level} chest
standfirst: It stood in the attic of the customs house for a century.
section: Harbour
authors: [Nell Marsh]
level: {level}
slug: marked-{level}
---

The chest was opened on Monday in front of the whole council of the {level} guild.

<!-- paywall -->

{0}

### {1}

> {2}
>
> — {3}

- {4}
- {5}

![{6}](chest.png "{7}")

| {8} | Weight |
| --- | ---: |
| {9} | 12 oz |

```
{10}
```
"""
PIECES = (
    "Inside lay a violet ledger bound in sealskin for the {level} keepers of the tide.",
    "Nobody had ever asked the {level} locksmith for the second key",
    "I counted forty brass thimbles and one {level} wooden tooth, and closed the lid again.",
    "Ottoline Vance, who keeps the keys of the {level} attic",
    "a pencilled map of the {level} sandbanks as they lay before the great storm",
    "seven letters to a {level} lamplighter who had left for the north without a word",
    "A violet {level} ledger beside a row of forty brass thimbles on green felt",
    "The {level} thimbles were polished for the photograph by the caretaker's youngest niece",
    "What the {level} chest held when it was weighed",
    "One thimble of {level} silver with a dent that nobody could explain",
    "while thimbles: take_one_from_the {level} chest and then count them all once more",
)
CARD = "A film about the {level} ledger and those who once wrote in it by candlelight"
BOX = (
    "How we came to know of the {level} attic",
    "The {level} caretaker wrote to us in May on the back of a bill.",
)
SOUND = (
    "The {level} lock as it opens",
    "First there is a click of the {level} bolt, then nobody breathes for a minute.",
)
ROW_OF_PICTURES = (
    "The lid of the {level} chest from inside with its nine iron bands",
    "Nine bands of {level} iron and a mouse",
)
ADDED = (CARD, *BOX, *SOUND, *ROW_OF_PICTURES)
"""What the editor has and Markdown has not: a card, a box, a recording, a gallery."""


@dataclass(frozen=True)
class Row:
    level: str
    reader: str
    counted: str
    show: str


def rows() -> list[Row]:
    """The rows of the table that say nothing of a special case."""
    groups = tomllib.loads(TABLE.read_text("utf-8"))["group"]
    return [
        Row(row[0], row[1], row[2], row[4])
        for group in groups
        if set(group) == {"title", "rows"}
        for row in group["rows"]
        if len(row) == 11 and row[3] == NOON
    ]


def reads(kind: str) -> frozenset[str]:
    """The levels that the table opens to this reader without the meter."""
    reader, counted = KINDS[kind]
    shown = {
        row.level: row.show
        for row in rows()
        if row.reader == reader and (row.counted == counted or row.level != "metered")
    }
    if shown.get("subscribers") == "full":
        return frozenset(LEVELS)
    open_levels = {level for level in LEVELS if level != "metered" and shown.get(level) == "full"}
    assert shown["subscribers"] == "opening"
    assert shown["metered"] == ("full" if counted == "0" else "opening")
    return frozenset(open_levels | {"free"})


def test_the_command_believes_what_the_editors_table_says() -> None:
    from newsstand.wiring.leaks.readers import CLOSED, READS

    assert {kind: READS[kind] - {CLOSED} for kind in READS} == {kind: reads(kind) for kind in KINDS}


@pytest.fixture
def site(own_site: Site) -> Site:
    """The walk looks at all of a site."""
    return own_site


@pytest.fixture
def marked(site: Site, tmp_path: Path) -> list[Story]:
    """A story of each closed level with marked words in every kind of block."""
    Image.new("RGB", (900, 600), "#573a7a").save(tmp_path / "chest.png")
    found, files = [], []
    for level in LEVELS[1:]:
        pieces = [piece.format(level=level) for piece in PIECES]
        files.append(tmp_path / f"{level}.md")
        files[-1].write_text(MARKED.format(*pieces, level=level), "utf-8")
        found.append(
            Story(
                f"/harbour/marked-{level}/", level, (*pieces, *(each.format(level=level) for each in ADDED))
            )
        )
    done = site.command("publish", *map(str, files))
    assert done.returncode == 0, done.stdout + done.stderr
    return found


PREPARE = f"""
from django.core.files.base import ContentFile
from newsstand.office.articles.models import ArticlePage, Document, Picture
sound = Document.objects.create(title="x", file=ContentFile(b"ID3", "x.mp3"))
for page in ArticlePage.objects.filter(slug__startswith="marked-"):
    card, title, text, name, words, caption, alt = [each.format(level=page.level) for each in {ADDED!r}]
    one = {{"alt_text": alt, "decorative": False, "caption": caption, "credit": ""}}
    one["picture"] = Picture.objects.get(title="chest")
    page.body.append(("embed", {{"url": "https://films.example/" + page.slug, "title": card}}))
    page.body.append(("callout", {{"title": title, "text": "<p>" + text + "</p>"}}))
    page.body.append(("audio", {{"file": sound, "title": name, "words": words}}))
    page.body.append(("gallery", [one, one]))
    page.save_revision().publish()

from datetime import timedelta
from newsstand.office.accounts.actions import give_grant
from newsstand.office.accounts.queries import account_by_email
from newsstand.office.kit import clock
now = clock.now()
month = timedelta(days=30)
for name, subject, begin, end in (
    ("subscriber", "product:news", now - month, now + month),
    ("former", "product:news", now - 2 * month, now - month),
    ("guest", "site", now - month, None),
):
    give_grant(account=account_by_email(name + "@walk.example"), subject=subject, rights=["read", "ad_free"],
        from_at=begin, until=end, grace_until=None, source="comp", source_ref="walk " + name, by="system",
        now=now)
account = account_by_email("staff@walk.example")
account.is_staff = True
account.save()
"""


@pytest.fixture
def walkers(site: Site, marked: list[Story]) -> list[Walker]:
    """All eight, those with accounts signed in as readers sign in; each marked story has a card by now."""
    accounts = ("registered", "spent", "subscriber", "former", "guest", "staff")
    readers = {name: Reader(site).sign_in(f"{name}@walk.example") for name in accounts}
    done = site.command("manage", "shell", "-c", PREPARE)
    assert done.returncode == 0, done.stderr
    jars = {name: dict(reader.session.cookies.get_dict()) for name, reader in readers.items()}
    return [
        Walker("stranger", reads("stranger"), DEVICE, is_always_new=True),
        Walker("stranger, meter spent", reads("stranger, meter spent"), DEVICE, spends=True),
        Walker("registered", reads("registered"), READER, cookies=jars["registered"]),
        Walker(
            "registered, meter spent",
            reads("registered, meter spent"),
            READER,
            spends=True,
            cookies=jars["spent"],
        ),
        Walker("subscriber", reads("subscriber"), cookies=jars["subscriber"]),
        Walker("former subscriber", reads("former subscriber"), READER, spends=True, cookies=jars["former"]),
        Walker("guest", reads("guest"), cookies=jars["guest"]),
        Walker("staff", reads("staff"), cookies=jars["staff"]),
    ]


def plant(site: Site, story: Story, tmp_path: Path) -> None:
    """Publish a free story that quotes a closed one: once as it is, once encoded."""
    hidden = base64.b64encode(story.below[2].encode()).decode()
    text = (
        "---\ntitle: What we heard\nsection: Town\nlevel: free\nslug: planted\n---\n\n"
        f"They say: {escape(story.below[0])}\n\nAnd {hidden} besides.\n"
    )
    path = tmp_path / "planted.md"
    path.write_text(text, "utf-8")
    done = site.command("publish", str(path))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.longest
def test_nobody_finds_a_word_that_is_closed_to_them(
    site: Site, marked: list[Story], walkers: list[Walker], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = [
        Story(story.path, story.level, story.below)
        for story in all_stories()
        if story.level in ("registered", "metered", "subscribers")
    ]
    stories = [*marked, *told]
    openings = [words for story in all_stories() for words in story.opening]
    walk = Walk(site.url, stories, Finder(stories, openings), most=2000)
    walks = [walk.by(walker) for walker in walkers]
    with capsys.disabled():
        print()
        for walked in walks:
            print(f"{len(walked.addresses):5} addresses read as {walked.reader}")
    assert [leak for walked in walks for leak in walked.leaks] == []
    assert sum(len(walked.addresses) for walked in walks) >= FEWEST
    assert [len(walked.opened) for walked in walks] == [0, DEVICE, READER, READER, 0, READER, 0, 0]
    for walked in walks:
        assert {story.path for story in stories} <= set(walked.addresses)

    plant(site, marked[2], tmp_path)
    assert eventually(lambda: Reader(site).get("/town/planted/").response.status_code == 200)
    done = site.command("audit", "leaks", "--most", "45")
    assert done.returncode == 1, done.stdout + done.stderr
    found = [line for line in done.stdout.splitlines() if line.startswith("LEAK")]
    assert "LEAK  /feeds/rss.xml (br) shows stranger text of /harbour/marked-subscribers/" in found
    assert all("marked-subscribers" in line for line in found), done.stdout
    assert "8 kinds of readers" in done.stdout
