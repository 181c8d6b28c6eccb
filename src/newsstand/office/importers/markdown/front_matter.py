"""The YAML between two lines of `---` at the top of a file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from yaml.constructor import ConstructorError

from newsstand.office.articles.actions import slug_of
from newsstand.office.importers.markdown.problems import FileRefused, Problem, unprintable
from newsstand.rules.gate.facts import Level

FENCE = "---"
FIRST_YEAR, LAST_YEAR = 1500, 2999  # what a newspaper may have in its archive, or plan
KEYS = (
    "title",
    "standfirst",
    "section",
    "authors",
    "published",
    "level",
    "tags",
    "image",
    "image_alt",
    "caption",
    "credit",
    "slug",
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands above the text. `image_alt` None means that nothing was said, empty that it is decorative."""

    title: str
    slug: str
    standfirst: str = ""
    section: str = ""
    authors: tuple[str, ...] = ()
    published: datetime | None = None
    level: str = ""
    tags: tuple[str, ...] = ()
    image: str = ""
    image_alt: str | None = None
    caption: str = ""
    credit: str = ""
    lines: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Split:
    """A file in its two parts; `body_line` is the number of the body's first line."""

    yaml: str
    body: str
    body_line: int


def split(text: str) -> Split:
    """The front matter and the body. Raises FileRefused where the fences are missing."""
    lines = text.split("\n")
    if lines[0].rstrip() != FENCE:
        raise FileRefused(Problem(1, "the file must begin with front matter between two lines of ---"))
    for number, line in enumerate(lines[1:], start=2):
        if line.rstrip() == FENCE:
            return Split("\n".join(lines[1 : number - 1]), "\n".join(lines[number:]), number + 1)
    raise FileRefused(Problem(1, "the front matter has no end: a line of --- is missing"))


def read(text: str, zone: str) -> tuple[FrontMatter, tuple[Problem, ...]]:
    """The values, and warnings. `zone` is meant where a moment names none. Raises FileRefused."""
    values, lines = _mapping(text)
    warnings = tuple(
        Problem(lines[name], f"the key {name!r} is not known and was not used")
        for name in values
        if name not in KEYS
    )
    return _Reader(values, lines, zone).front_matter(), warnings


class _Loader(yaml.SafeLoader):
    """Takes no key twice, and knows the line of a date that is none."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """A mapping. Raises ConstructorError where the last of two values would silently win."""
        seen = set()
        for key, _ in node.value:
            if str(key.value) in seen:
                raise ConstructorError(None, None, f"the key {key.value!r} stands twice", key.start_mark)
            seen.add(str(key.value))
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        """A date or a moment. Raises ConstructorError for the 32nd of a month."""
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            raise ConstructorError(None, None, str(error), node.start_mark) from error


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.construct_yaml_timestamp)


def _mapping(text: str) -> tuple[dict[str, Any], dict[str, int]]:
    """The values and the line of each key in the file, whose first line is the fence."""
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
        values = None if node is None else loader.construct_document(node)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 2 if mark is not None else 1
        raise FileRefused(Problem(line, f"the YAML is broken: {error.problem or error.context}")) from error
    except yaml.YAMLError as error:
        raise FileRefused(Problem(1, f"the YAML cannot be read: {error}".splitlines()[0])) from error
    except RecursionError as error:
        raise FileRefused(Problem(1, "the YAML has too many brackets within brackets")) from error
    finally:
        loader.dispose()
    if values is None:
        raise FileRefused(Problem(1, "title: a story needs a title"))
    if not isinstance(values, dict) or not isinstance(node, yaml.MappingNode):
        raise FileRefused(Problem(2, "the front matter must be lines of the form key: value"))
    lines = {str(key.value): key.start_mark.line + 2 for key, _ in node.value}
    return {str(name): value for name, value in values.items()}, lines


class _Reader:
    """Reads one value after the other and gathers what is wrong."""

    def __init__(self, values: dict[str, Any], lines: dict[str, int], zone: str) -> None:
        self._values = values
        self._lines = lines
        self._zone = ZoneInfo(zone)
        self._problems: list[Problem] = []

    def front_matter(self) -> FrontMatter:
        title = self._get("title", self._text, "")
        if not title and "title" not in (problem.reason[:5] for problem in self._problems):
            self._wrong("title", "a story needs a title")
        found = FrontMatter(
            title=title,
            slug=self._get("slug", self._slug, "") or slug_of(title),
            standfirst=self._get("standfirst", self._text, ""),
            section=self._get("section", self._text, ""),
            authors=self._get("authors", self._names, ()),
            published=self._get("published", self._moment, None),
            level=self._get("level", self._level, ""),
            tags=self._get("tags", self._names, ()),
            image=self._get("image", self._text, ""),
            image_alt=self._get("image_alt", self._text, "") if "image_alt" in self._values else None,
            caption=self._get("caption", self._text, ""),
            credit=self._get("credit", self._text, ""),
            lines=self._lines,
        )
        if title and not found.slug:
            self._wrong("title", "no address can be made from it: give a slug")
        if found.image and found.image_alt is None:
            self._wrong(
                "image",
                "say in image_alt what the picture shows, or leave image_alt empty if it adds nothing",
            )
        if self._problems:
            raise FileRefused(*self._problems)
        return found

    def _get(self, name: str, read: Callable[[Any], Any], default: Any) -> Any:
        value = self._values.get(name)
        if value is None:
            return default
        try:
            return read(value)
        except ValueError as error:
            self._wrong(name, str(error))
            return default

    def _wrong(self, name: str, reason: str) -> None:
        self._problems.append(Problem(self._lines.get(name, 1), f"{name}: {reason}"))

    def _text(self, value: Any) -> str:
        if isinstance(value, (list, dict)):
            raise ValueError("must be a text")
        text = " ".join(str(value).split())
        if unprintable(text):
            raise ValueError("has a character that cannot be printed")
        return text

    def _names(self, value: Any) -> tuple[str, ...]:
        given = value if isinstance(value, list) else [value]
        names = [self._text(each) for each in given if each is not None]
        first: dict[str, str] = {}
        for name in filter(None, names):
            first.setdefault(name.casefold(), name)
        return tuple(first.values())

    def _slug(self, value: Any) -> str:
        text = self._text(value)
        if slug_of(text) != text:
            example = slug_of(text) or "the-old-crane"
            raise ValueError(
                f"{text!r} may have small letters, digits and single hyphens only; write {example}"
            )
        return text

    def _level(self, value: Any) -> str:
        text = self._text(value)
        if text not in list(Level):
            raise ValueError(f"{text!r} is not known; write {', '.join(Level)}")
        return text

    def _moment(self, value: Any) -> datetime:
        if isinstance(value, str):
            value = self._parsed(value)
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)  # noqa: DTZ001 the zone follows below
        if not isinstance(value, datetime):
            raise ValueError(f"{value!r} is no moment; write one like 2026-11-16T07:30")
        if not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise ValueError(f"the year {value.year} is not between {FIRST_YEAR} and {LAST_YEAR}")
        return value if value.tzinfo is not None else value.replace(tzinfo=self._zone)

    def _parsed(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            raise ValueError(f"{text!r} is no moment; write one like 2026-11-16T07:30") from None
