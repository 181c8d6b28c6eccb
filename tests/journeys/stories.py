"""The demo's stories as their files tell them: what stands below the line must not reach the wrong reader."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.utils.text import slugify

import newsstand.wiring.demo

FOLDER = Path(newsstand.wiring.demo.__file__).parent / "stories"
LINE = "<!-- paywall -->"


@dataclass(frozen=True)
class Story:
    """One story of the demo: where it stands, and what only its readers may see."""

    path: str
    title: str
    level: str
    opening: tuple[str, ...]
    below: tuple[str, ...]


@lru_cache(maxsize=1)
def all_stories() -> tuple[Story, ...]:
    """Every story that has a paywall line."""
    return tuple(story for path in sorted(FOLDER.glob("*.md")) if (story := _read(path)) is not None)


def with_level(level: str) -> list[Story]:
    """The stories of a level; those without one are metered, which is the demo's rule."""
    found = [story for story in all_stories() if story.level == level]
    assert len(found) >= 3, f"the demo has too few {level} stories with a line"
    return found


def _read(path: Path) -> Story | None:
    _, front, body = path.read_text("utf-8").split("---\n", 2)
    facts = yaml.safe_load(front)
    if LINE not in body:
        return None
    opening, _, below = body.partition(LINE)
    address = f"/{slugify(facts['section'])}/{facts['slug']}/"
    return Story(address, facts["title"], facts.get("level", "metered"), sentences(opening), sentences(below))


def sentences(markdown: str) -> tuple[str, ...]:
    """The longer sentences of a text, without its marks."""
    plain = re.sub(r"!\[[^\]]*\]\([^)]*\)", " ", markdown)
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", plain)
    plain = re.sub(r"^\|[-:| ]+\|$", " ", plain, flags=re.MULTILINE)  # the line below a table's headings
    plain = re.sub(r"[*_>#`|]|^\s*[-\d]+[.)]?\s", " ", plain, flags=re.MULTILINE)
    found = re.split(r"(?<=[.!?])\s+|\n\n+", plain)
    return tuple(words for sentence in found if len(words := " ".join(sentence.split())) > 30)


def plain(text: str) -> str:
    """Text for comparing: white space folded, curly quotes as straight ones."""
    folded = " ".join(text.split())
    for curly, straight in (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("…", "...")):
        folded = folded.replace(curly, straight)
    return folded


def shown(story: Story, page_text: str) -> tuple[int, int]:
    """How many sentences of the opening, and of what stands below the line, this page shows."""
    text = plain(page_text)
    return tuple(sum(plain(words) in text for words in part) for part in (story.opening, story.below))  # type: ignore[return-value]
