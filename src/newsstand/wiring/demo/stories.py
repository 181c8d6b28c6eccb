"""The demo's stories: read from their files, dated back from today, and written where they can be published.

Their front matter says `days_ago` and `at` where any other story says `published`, so that the demo is a
newspaper of today whenever it is made; `image` names a drawn scene and not a file.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml

FOLDER = Path(__file__).parent / "stories"
FENCE = "---\n"


class DemoStoryBroken(ValueError):
    """A file of the demo's own stories is not as it must be; the text names the file."""


@dataclass(frozen=True, slots=True)
class DemoStory:
    """One story as its file tells it; `front` holds what the publishing command understands as it is."""

    name: str
    days_ago: int
    at: time
    scene: str
    front: Mapping[str, Any]
    body: str


def read_stories(folder: Path = FOLDER) -> tuple[DemoStory, ...]:
    """Every story of the folder, in the order of the files' names. Raises DemoStoryBroken."""
    return tuple(_read(path) for path in sorted(folder.glob("*.md")))


def newest_day(stories: Sequence[DemoStory], now: datetime, zone: str) -> date:
    """The day from which `days_ago` counts back: today, or yesterday while a story of today is still to come."""
    here = now.astimezone(ZoneInfo(zone))
    latest = max((story.at for story in stories if story.days_ago == 0), default=time.min)
    return here.date() if here.time() >= latest else here.date() - timedelta(days=1)


def published_at(story: DemoStory, newest: date, zone: str) -> datetime:
    """The moment of publication, on the clock on the wall in the publication's zone."""
    return datetime.combine(newest - timedelta(days=story.days_ago), story.at, ZoneInfo(zone))


def write_stories(
    stories: Sequence[DemoStory], folder: Path, pictures: Mapping[str, Path], *, now: datetime, zone: str
) -> tuple[Path, ...]:
    """Write each story as a file for `newsstand publish`; the oldest comes first.

    `pictures` are the files of the scenes, which lie in the same folder.
    """
    newest = newest_day(stories, now, zone)
    written = []
    for story in sorted(stories, key=lambda each: published_at(each, newest, zone)):
        moment = published_at(story, newest, zone)
        front = {**story.front, "published": moment.isoformat(), "image": pictures[story.scene].name}
        path = folder / story.name
        path.write_text(FENCE + yaml.safe_dump(front, allow_unicode=True) + FENCE + story.body, "utf-8")
        written.append(path)
    return tuple(written)


def _read(path: Path) -> DemoStory:
    try:
        _, front, body = path.read_text("utf-8").split(FENCE, 2)
        values = yaml.safe_load(front)
        days_ago, at, scene = (values.pop(name) for name in ("days_ago", "at", "image"))
        return DemoStory(path.name, int(days_ago), time.fromisoformat(at), str(scene), values, body)
    except (ValueError, KeyError, TypeError, yaml.YAMLError) as error:
        raise DemoStoryBroken(f"{path.name}: {type(error).__name__}: {error}") from error
