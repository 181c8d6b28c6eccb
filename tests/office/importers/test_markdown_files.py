"""From a file to a published story: what is reported, what is kept, and that a bad file leaves nothing."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from PIL import Image

from newsstand.office.articles.cut import cut
from newsstand.office.articles.models import ArticlePage, AuthorPage, Picture, SectionPage, TagPage
from newsstand.office.importers.markdown import body, front_matter
from newsstand.office.importers.markdown import publish as publish_module
from newsstand.office.importers.markdown.problems import FileRefused
from newsstand.office.importers.markdown.publish import Summary, publish_files
from newsstand.office.kit.models import AuditRow
from tests.office import newsroom
from tests.office.newsroom import NOW

STORY = """\
---
title: The old crane comes down
standfirst: After ninety years the harbour loses its landmark.
section: Harbour
authors: [Mara Finch, Ivo Brandt]
published: 2026-11-14T07:30
level: metered
tags: [Cranes, Harbour works]
image: crane.png
image_alt: A rusty crane against the sky
caption: The crane on Monday.
credit: Mara Finch
---

The crane **stood** for *ninety* years & more.

<!-- paywall -->

## What happens now

It will be [cut up](https://example.org/yard) on the quay.

> Nobody asked us.
>
> — A pilot

- One
- Two

![The empty quay](quay.png "The quay afterwards")
"""


def png(colour: str = "#0b5d6b") -> bytes:
    data = BytesIO()
    Image.new("RGB", (60, 40), colour).save(data, "PNG")
    return data.getvalue()


@pytest.fixture
def folder(tmp_path: Path, db: None, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    newsroom.found()
    place = tmp_path / "stories"
    place.mkdir()
    (place / "crane.png").write_bytes(png())
    (place / "quay.png").write_bytes(png("#aa3300"))
    return place


def publish(*paths: Path) -> tuple[Summary, list[str]]:
    lines: list[str] = []
    summary = publish_files(paths, by="importer", now=NOW, report=lines.append)
    return summary, lines


def put(folder: Path, text: str, name: str = "story.md") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def files(folder: Path) -> list[Path]:
    media = folder.parent / "media"
    return [path for path in media.rglob("*") if path.is_file()] if media.exists() else []


def test_a_whole_story(folder: Path) -> None:
    summary, lines = publish(put(folder, STORY))
    assert summary == Summary(created=1)
    assert lines == [
        (
            "created    /harbour/the-old-crane-comes-down/  The old crane comes down (new section Harbour; "
            "new author Mara Finch; new author Ivo Brandt; new tag Cranes; new tag Harbour works)"
        )
    ]
    story = ArticlePage.objects.get()
    assert story.live
    assert story.published_at.isoformat() == "2026-11-14T07:30:00+00:00"
    assert [author.title for author in story.authors] == ["Mara Finch", "Ivo Brandt"]
    assert story.level == "metered"
    assert (story.lead_alt, story.lead_caption) == ("A rusty crane against the sky", "The crane on Monday.")
    found = cut(story)
    assert [block.kind for block in found.opening] == ["paragraph"]
    assert [block.kind for block in found.rest] == ["heading", "paragraph", "quote", "list", "picture"]
    html = "".join(block.html() for block in (*found.opening, *found.rest))
    assert "<b>stood</b> for <i>ninety</i> years &amp; more." in html
    assert '<a href="https://example.org/yard">cut up</a>' in html
    assert "<figcaption>A pilot</figcaption>" in html
    assert 'alt="The empty quay"' in html
    assert AuditRow.objects.filter(
        by="importer", verb="publish", subject=f"article:{story.article_id}"
    ).exists()


def test_the_same_again_changes_nothing(folder: Path) -> None:
    path = put(folder, STORY)
    publish(path)
    kept = ArticlePage.objects.get()
    audits, pictures = AuditRow.objects.count(), len(files(folder))
    summary, lines = publish(path)
    assert summary == Summary(unchanged=1)
    assert lines == ["unchanged  /harbour/the-old-crane-comes-down/  The old crane comes down"]
    assert ArticlePage.objects.get().latest_revision_id == kept.latest_revision_id
    assert AuditRow.objects.count() == audits
    assert len(files(folder)) == pictures


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("ninety* years", "eighty* years"),
        ("[Mara Finch, Ivo Brandt]", "[Ivo Brandt, Mara Finch]"),
        ("level: metered", "level: free"),
        ("tags: [Cranes, Harbour works]", "tags: [Cranes]"),
        ("After ninety", "After eighty"),
        ("2026-11-14T07:30", "2026-11-14T07:31"),
        ("credit: Mara Finch", "credit: Ivo Brandt"),
        ("<!-- paywall -->\n", ""),
    ],
)
def test_a_change_updates(folder: Path, old: str, new: str) -> None:
    publish(put(folder, STORY))
    before = ArticlePage.objects.get()
    summary, lines = publish(put(folder, STORY.replace(old, new, 1)))
    assert summary == Summary(updated=1)
    assert lines == ["updated    /harbour/the-old-crane-comes-down/  The old crane comes down"]
    after = ArticlePage.objects.get()
    assert after.public_id == before.public_id
    assert after.live


def test_a_table_and_code(folder: Path) -> None:
    more = (
        "| Ship | Tons |\n| --- | ---: |\n| **Wren** | 1,200 |\n| Gull | 90 |\n\n"
        "4. Four\n5. Five\n\n```py\nif tide < 2:\n    wait()\n```\n"
    )
    path = put(folder, STORY + "\n" + more)
    publish(path)
    html = "".join(block.html() for block in cut(ArticlePage.objects.get()).rest)
    assert '<th scope="col">Ship</th><th scope="col" class="number">Tons</th>' in html
    assert '<td>Wren</td><td class="number">1,200</td>' in html
    assert '<ol start="4"><li>Four</li><li>Five</li></ol>' in html
    assert "<code>if tide &lt; 2:\n    wait()</code>" in html
    assert publish(path)[0] == Summary(unchanged=1)


def test_another_section_moves_the_story(folder: Path) -> None:
    publish(put(folder, STORY))
    summary, lines = publish(put(folder, STORY.replace("section: Harbour", "section: Town")))
    assert summary == Summary(updated=1)
    assert lines == [
        "updated    /town/the-old-crane-comes-down/  The old crane comes down (new section Town)"
    ]
    assert ArticlePage.objects.get().address == "/town/the-old-crane-comes-down/"


REFUSED = [
    ("title: The old crane comes down\n", "", 1, "title: a story needs a title"),
    ("title: The old crane comes down", "title:", 2, "title: a story needs a title"),
    ("level: metered", "level: secret", 7, "not known; write free, registered, metered, subscribers"),
    ("level: metered", "level: [metered", 8, "the YAML is broken"),
    ("2026-11-14T07:30", "soon", 6, "published: 'soon' is no moment"),
    ("2026-11-14T07:30", "2026-02-30", 6, "the YAML is broken: day is out of range"),
    ("image_alt: A rusty crane against the sky\n", "", 9, "image: say in image_alt what the picture shows"),
    ("image: crane.png", "image: gone.png", 9, "the picture gone.png cannot be read: No such file or directory"),
    ("image: crane.png", "image: ../secret.png", 9, "must lie beside the story"),
    ("image: crane.png", "image: /etc/hostname", 9, "must lie beside the story"),
    ("(quay.png ", "(https://example.org/quay.png ", 30, "must lie beside the story"),
    ("(quay.png ", "(story.md ", 30, "the picture story.md: the file is no picture, or a broken one"),
    ("- One", "- One ![x](crane.png)", 27, "a picture must stand in a paragraph of its own"),
    ("The crane **stood**", "The <script>alert(1)</script> crane", 15, "<script> is not allowed"),
    ("The crane **stood**", "<script>alert(1)</script>", 15, "<script> is not allowed"),
    ("The crane **stood**", "<iframe src='https://example.org'></iframe>", 15, "<iframe> is not allowed"),
    ("The crane **stood**", "<b onclick='x()'>crane</b>", 15, "the attribute onclick of <b> is not allowed"),
    ("The crane **stood**", "<p onmouseover='x()'>crane</p>", 15, "the attribute onmouseover of <p> is not allowed"),
    ("The crane **stood**", '<a href="javascript:x()">crane</a>', 15, "a link with javascript: is not safe"),
    ("https://example.org/yard", "javascript:x()", 21, "a link with javascript: is not safe"),
    ("https://example.org/yard", "data:text/html,x", 21, "a link with data: is not safe"),
    ("The crane **stood**", "The <!-- paywall --> crane", 15, "the paywall line must stand on a line of its own"),
    ("## What happens now", "<!-- paywall -->", 19, "the paywall line stands here a second time"),
    ("## What happens now", "\n    code", 20, "four spaces make this line code"),
    ("title: The old crane", "slug: Old_Crane\ntitle: The old crane", 2, "slug: 'Old_Crane' may have small letters"),
    ("title: The old crane comes down", f"title: {'long ' * 60}", 2, "title:"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "reason"), REFUSED)
def test_what_is_refused_leaves_nothing(folder: Path, old: str, new: str, line: int, reason: str) -> None:
    assert old in STORY
    bad = put(folder, STORY.replace(old, new, 1))
    rows = AuditRow.objects.count()
    summary, lines = publish(bad)
    assert summary == Summary(refused=1)
    assert lines[0].startswith(f"refused    {bad}:{line}: ")
    assert reason in lines[0]
    assert not ArticlePage.objects.exists()
    assert not SectionPage.objects.exists()
    assert not AuthorPage.objects.exists()
    assert not TagPage.objects.exists()
    assert not Picture.objects.exists()
    assert files(folder) == []
    assert AuditRow.objects.count() == rows


@pytest.mark.parametrize(
    ("data", "line", "reason"),
    [
        (b"No front matter.", 1, "must begin with front matter"),
        (b"---\ntitle: x\n", 1, "has no end"),
        (b"---\n- a\n- b\n---\n", 2, "lines of the form key: value"),
        (b"---\n---\n", 1, "a story needs a title"),
        (b"---\ntitle: x\n---\n\nbad \xff byte\n", 5, "the text is not UTF-8"),
    ],
)
def test_what_is_no_story(folder: Path, data: bytes, line: int, reason: str) -> None:
    path = folder / "bad.md"
    path.write_bytes(data)
    summary, lines = publish(path)
    assert summary == Summary(refused=1)
    assert lines[0].startswith(f"refused    {path}:{line}: ")
    assert reason in lines[0]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("title: One\nlevel: free\ntitle: Two", 4, "the key 'title' stands twice"),
        ("title: One\npublished: 9999-12-31", 3, "the year 9999 is not between 1500 and 2999"),
        ('title: "One\\0"', 2, "a character that cannot be printed"),
        (f"title: {'[' * 3000}", 1, "too many brackets"),
    ],
)
def test_front_matter_that_is_refused(text: str, line: int, reason: str) -> None:
    with pytest.raises(FileRefused) as refused:
        front_matter.read(text, "UTC")
    problem = refused.value.problems[0]
    assert problem.line == line
    assert reason in problem.reason


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(FileRefused, match="5: the story has no text"):
        body.read("\n<!-- paywall -->\n", 5)


def test_pictures_may_have_any_name() -> None:
    (_, picture), _ = body.read("![x](<größe & so.png>)\n\nText.\n", 1).blocks
    assert picture.file == "größe & so.png"


def test_what_the_editor_would_refuse_is_told_with_its_line(folder: Path) -> None:
    bad = STORY.replace("## What happens now", f"## {'What ' * 40}").replace(
        "After ninety", "After ninety " * 40
    )
    _, lines = publish(put(folder, bad.replace("A pilot", "A pilot " * 40)))
    assert [line.rpartition("story.md:")[2][:22] for line in lines] == [
        "3: standfirst: may hav",
        "19: heading: Ensure th",
        "23: quote: source: Ens",
    ]
    _, lines = publish(put(folder, "---\ntitle: Control\n---\n\nOne\n\nTw\x0bo\n"))
    assert lines[0].endswith("story.md:7: a character that cannot be printed: U+000B")


def test_two_spellings_of_one_author_are_one(folder: Path) -> None:
    twice = STORY.replace("[Mara Finch, Ivo Brandt]", "[Mara Finch, Ivo Brandt, mara finch, Mara-Finch]")
    publish(put(folder, twice))
    assert [author.title for author in ArticlePage.objects.get().authors] == ["Mara Finch", "Ivo Brandt"]


def test_a_bad_file_stops_no_other(folder: Path) -> None:
    good = put(folder, STORY, "good.md")
    bad = put(folder, "---\ntitle: [\n---\n\nText.\n", "bad.md")
    other = put(folder, STORY.replace("old crane", "new crane"), "other.md")
    again = put(folder, STORY, "again.md")
    summary, lines = publish(bad, good, folder / "missing.md", other, again)
    assert summary == Summary(created=2, refused=3)
    assert "missing.md:1: the file cannot be read: No such file or directory" in lines[2]
    assert lines[4] == f"refused    {again}:2: the slug the-old-crane-comes-down was used by {good} before"
    assert ArticlePage.objects.count() == 2


def test_a_busy_database_stops_no_other(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish_story, asked = publish_module.publish_story, []

    def busy_at_first(**values: Any) -> Any:
        asked.append(values["story"].slug)
        if len(asked) == 1:
            raise OperationalError("database is locked")
        return publish_story(**values)

    monkeypatch.setattr(publish_module, "publish_story", busy_at_first)
    first, second = (
        put(folder, STORY, "first.md"),
        put(folder, STORY.replace("old crane", "new crane"), "second.md"),
    )
    summary, lines = publish(first, second)
    assert summary == Summary(created=1, refused=1)
    told = f"refused    {first}: the database did not take it (database is locked): publish it again"
    assert lines[0] == told
    assert [story.slug for story in ArticlePage.objects.all()] == ["the-new-crane-comes-down"]
    assert publish(first, second)[0] == Summary(created=1, unchanged=1)


def test_all_that_is_wrong_in_a_file_is_told_at_once(folder: Path) -> None:
    bad = STORY.replace("level: metered", "level: x").replace("2026-11-14T07:30", "soon")
    _, lines = publish(put(folder, bad.replace("https://example.org/yard", "javascript:x()")))
    assert [line.split(":")[1] for line in lines] == ["6", "7", "21"]


def test_unknown_keys_and_what_is_left_out_are_warnings(folder: Path) -> None:
    text = STORY.replace("level: metered", "level: metered\nmood: grim").replace("## What", "---\n\n## What")
    path = put(folder, text)
    summary, lines = publish(path)
    assert summary == Summary(created=1)
    assert lines[0] == f"warning    {path}:8: the key 'mood' is not known and was not used"
    assert lines[1] == f"warning    {path}:20: a rule across the page was left out"


def test_long_runs_tell_how_far_they_are(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish_module, "TELL_EVERY", 2)
    paths = [put(folder, f"---\ntitle: Story {n}\n---\n\nText.\n", f"{n}.md") for n in range(3)]
    summary, lines = publish(*paths)
    assert summary == Summary(created=3)
    assert "2 of 3 files: 2 created, 0 updated, 0 unchanged, 0 refused" in lines
    assert lines[-1] == "3 of 3 files: 3 created, 0 updated, 0 unchanged, 0 refused"
    assert ArticlePage.objects.first().section.title == "News"
    assert ArticlePage.objects.first().published_at == NOW


def test_two_stories_of_one_slug_need_a_section(folder: Path) -> None:
    for name in ("a", "b"):
        newsroom.story(newsroom.section(name.upper(), name), "twin")
    path = put(folder, "---\ntitle: Twin\n---\n\nText.\n")
    summary, lines = publish(path)
    assert summary == Summary(refused=1)
    assert "several stories have the slug twin (/a/twin/, /b/twin/): name the section" in lines[0]


def test_windows_line_ends_and_a_byte_order_mark(folder: Path) -> None:
    path = folder / "dos.md"
    path.write_bytes(b"\xef\xbb\xbf" + STORY.replace("\n", "\r\n").encode())
    assert publish(path)[0] == Summary(created=1)


def test_a_picture_used_twice_is_kept_once(folder: Path) -> None:
    publish(put(folder, STORY), put(folder, STORY.replace("old crane", "new crane"), "b.md"))
    assert Picture.objects.count() == 2
    assert len(files(folder)) == 2
