"""Publishes stories from Markdown files, one transaction for each, one line of report for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import OperationalError, transaction

from newsstand.office.articles.actions import (
    Fault,
    KeptPicture,
    Lead,
    PictureRefused,
    Published,
    Story,
    StoryRefused,
    keep_picture,
    publish_story,
)
from newsstand.office.importers.markdown import body, front_matter
from newsstand.office.importers.markdown.body import Body, PictureAt
from newsstand.office.importers.markdown.front_matter import FrontMatter
from newsstand.office.importers.markdown.problems import FileRefused, Problem, unprintable
from newsstand.office.kit.queries import publication

LARGEST_FILE = 2 * 1024 * 1024  # bytes of text
TELL_EVERY = 25  # files
KEY_OF = {"alt": "image_alt", "published_at": "published"}  # where a key and a field differ in name

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Summary:
    """How many files had which outcome."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0

    @property
    def sentence(self) -> str:
        """Such as `3 created, 1 updated, 0 unchanged, 2 refused`."""
        return (
            f"{self.created} created, {self.updated} updated, "
            f"{self.unchanged} unchanged, {self.refused} refused"
        )


def publish_files(paths: Sequence[Path], *, by: str, now: datetime, report: Report) -> Summary:
    """Publish each file; a bad one is reported with file, line and reason, and stops nothing else.

    So is one that the database did not take, because it was busy for too long or away: nothing of it was kept.
    """
    summary = Summary()
    slugs: dict[str, Path] = {}
    for number, path in enumerate(paths, start=1):
        outcome = _publish_file(path, slugs, by=by, now=now, report=report)
        summary = replace(summary, **{outcome: getattr(summary, outcome) + 1})
        if len(paths) > TELL_EVERY and (number % TELL_EVERY == 0 or number == len(paths)):
            report(f"{number} of {len(paths)} files: {summary.sentence}")
    return summary


def _publish_file(path: Path, slugs: dict[str, Path], *, by: str, now: datetime, report: Report) -> str:
    """One file; returns its outcome."""
    try:
        facts, text, warnings = _read(path)
        _refuse_second(facts, path, slugs)
        done = _write(path, facts, text, by=by, now=now)
    except FileRefused as error:
        for problem in error.problems:
            report(f"refused    {path}:{problem.line}: {problem.reason}")
        return "refused"
    except OperationalError as error:
        report(f"refused    {path}: the database did not take it ({str(error).strip()}): publish it again")
        return "refused"
    slugs[facts.slug] = path
    for warning in warnings:
        report(f"warning    {path}:{warning.line}: {warning.reason}")
    made = f" ({'; '.join(done.made)})" if done.made else ""
    report(f"{done.outcome:<9}  {done.address}  {facts.title}{made}")
    return done.outcome


def _read(path: Path) -> tuple[FrontMatter, Body, tuple[Problem, ...]]:
    """The whole file, checked without the database; both parts tell what is wrong in them."""
    parts = front_matter.split(_text(path))
    problems: list[Problem] = []
    facts: FrontMatter | None = None
    text: Body | None = None
    warnings: tuple[Problem, ...] = ()
    try:
        facts, warnings = front_matter.read(parts.yaml, publication().zone)
    except FileRefused as error:
        problems += error.problems
    try:
        text = body.read(parts.body, parts.body_line)
    except FileRefused as error:
        problems += error.problems
    if facts is None or text is None:
        raise FileRefused(*problems)
    return facts, text, (*warnings, *text.warnings)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise FileRefused(Problem(1, f"the file has more than {LARGEST_FILE // 1024 // 1024} MB"))
        data = path.read_bytes()
    except OSError as error:
        raise FileRefused(Problem(1, f"the file cannot be read: {error.strerror}")) from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise FileRefused(Problem(line, "the text is not UTF-8")) from error
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if wrong := unprintable(text):
        line = text.count("\n", 0, wrong.start()) + 1
        raise FileRefused(Problem(line, f"a character that cannot be printed: U+{ord(wrong[0]):04X}"))
    return text


def _refuse_second(facts: FrontMatter, path: Path, slugs: dict[str, Path]) -> None:
    first = slugs.get(facts.slug)
    if first is not None:
        line = facts.lines.get("slug", facts.lines["title"])
        raise FileRefused(Problem(line, f"the slug {facts.slug} was used by {first} before"))


def _write(path: Path, facts: FrontMatter, text: Body, *, by: str, now: datetime) -> Published:
    """Everything of one file, or nothing: no row, and no file of a picture."""
    pictures = _Pictures(path.parent, by=by, now=now)
    try:
        with transaction.atomic():
            return publish_story(story=_story(facts, text, pictures), by=by, now=now)
    except StoryRefused as error:
        pictures.throw_away()
        raise FileRefused(*(_problem(fault, facts, text) for fault in error.faults)) from error
    except BaseException:
        pictures.throw_away()
        raise


def _problem(fault: Fault, facts: FrontMatter, text: Body) -> Problem:
    """The fault at its line: that of its block, else that of its key; what has no key is said of the title."""
    if fault.block is not None:
        return Problem(text.lines[fault.block], fault.reason)
    key = KEY_OF.get(fault.field, fault.field)
    line = facts.lines.get(key, facts.lines["title"])
    return Problem(line, f"{key}: {fault.reason}" if key else fault.reason)


def _story(facts: FrontMatter, text: Body, pictures: "_Pictures") -> Story:
    return Story(
        slug=facts.slug,
        title=facts.title,
        standfirst=facts.standfirst,
        section=facts.section,
        authors=facts.authors,
        tags=facts.tags,
        level=facts.level,
        published_at=facts.published,
        lead=_lead(facts, pictures),
        body=tuple((kind, _value(value, pictures)) for kind, value in text.blocks),
    )


def _lead(facts: FrontMatter, pictures: "_Pictures") -> Lead | None:
    if not facts.image:
        return None
    alt = facts.image_alt or ""
    picture = pictures.keep(PictureAt(facts.image, alt, facts.caption, facts.lines["image"]))
    return Lead(picture, alt, decorative=not alt, caption=facts.caption, credit=facts.credit)


def _value(value: Any, pictures: "_Pictures") -> Any:
    if not isinstance(value, PictureAt):
        return value
    return {
        "picture": pictures.keep(value).pk,
        "alt_text": value.alt,
        "decorative": not value.alt,
        "caption": value.caption,
        "credit": "",
    }


class _Pictures:
    """The pictures of one file. They lie in its folder or below; nothing outside it is read."""

    def __init__(self, folder: Path, *, by: str, now: datetime) -> None:
        self._folder = folder.resolve()
        self._by = by
        self._now = now
        self._kept: list[KeptPicture] = []

    def keep(self, wanted: PictureAt) -> Any:
        """The picture's row. Raises FileRefused with the line that asked for it."""
        try:
            data = self._place(wanted).read_bytes()
            kept = keep_picture(
                data=data, title=Path(wanted.file).stem, alt=wanted.alt, by=self._by, now=self._now
            )
        except PictureRefused as error:
            raise FileRefused(Problem(wanted.line, f"the picture {wanted.file}: {error}")) from error
        except (
            OSError,
            ValueError,
            RuntimeError,
        ) as error:  # the last two: a name that is none, links in a circle
            why = error.strerror if isinstance(error, OSError) else error
            reason = f"the picture {wanted.file} cannot be read: {why}"
            raise FileRefused(Problem(wanted.line, reason)) from error
        self._kept.append(kept)
        return kept.picture

    def throw_away(self) -> None:
        """Remove the files of what was rolled back."""
        for kept in self._kept:
            kept.throw_file_away()

    def _place(self, wanted: PictureAt) -> Path:
        reason = f"the picture {wanted.file} must lie beside the story, or in a folder there"
        if "://" in wanted.file or Path(wanted.file).is_absolute():
            raise FileRefused(Problem(wanted.line, reason))
        place = (self._folder / wanted.file).resolve()
        if not place.is_relative_to(self._folder):
            raise FileRefused(Problem(wanted.line, reason))
        return place
