"""The demo's own stories, pictures and comments are whole, so that `newsstand demo` cannot fail by its content."""

import time
from collections import Counter
from datetime import UTC, date, datetime
from datetime import time as time_of_day
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from newsstand.rules.gate.facts import Level
from newsstand.wiring.demo import drawing
from newsstand.wiring.demo.people import read_comments
from newsstand.wiring.demo.stories import (
    DemoStory,
    DemoStoryBroken,
    newest_day,
    published_at,
    read_stories,
    write_stories,
)

ZONE = "America/New_York"
KEYS = {"title", "standfirst", "section", "authors", "tags", "image_alt", "caption", "credit", "slug"}
STORIES = read_stories()
LINE = "<!-- paywall -->"

each_story = pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)


def words(story: DemoStory) -> int:
    return len(story.body.split())


def a_story(days_ago: int, at: str) -> DemoStory:
    return DemoStory("x.md", days_ago, time_of_day.fromisoformat(at), "ferry", {}, "")


def test_there_are_enough_stories_in_five_sections() -> None:
    assert len(STORIES) >= 24
    sections = Counter(story.front["section"] for story in STORIES)
    assert len(sections) == 5
    assert min(sections.values()) >= 4


def test_every_level_is_there() -> None:
    levels = Counter(story.front.get("level", Level.METERED) for story in STORIES)
    assert set(levels) == set(Level)
    assert levels[Level.METERED] > 6  # more than a reader with an account may open in a month
    assert min(levels.values()) >= 3


def test_there_are_long_and_short_pieces() -> None:
    assert max(map(words, STORIES)) > 1000
    assert min(map(words, STORIES)) < 200


def test_no_address_is_given_twice() -> None:
    slugs = Counter(story.front["slug"] for story in STORIES)
    assert {slug for slug, times in slugs.items() if times > 1} == set()


@each_story
def test_the_front_matter_is_complete(story: DemoStory) -> None:
    assert set(story.front) >= KEYS
    assert set(story.front) <= KEYS | {"level"}
    assert all(story.front[key] for key in KEYS)
    assert story.days_ago >= 0


@each_story
def test_its_scene_exists_and_is_described(story: DemoStory) -> None:
    assert story.scene in drawing.SCENES
    assert len(story.front["image_alt"]) > 30
    same = {other.front["image_alt"] for other in STORIES if other.scene == story.scene}
    assert same == {story.front["image_alt"]}, "one picture has one alternative text"


@each_story
def test_a_wall_would_stand_between_sentences(story: DemoStory) -> None:
    opening, line, below = story.body.partition(LINE)
    if line:
        assert len(opening.split()) > 20
        assert len(below.split()) > 20
        assert LINE not in below


def test_stories_that_are_not_free_say_where_their_wall_stands() -> None:
    """But for one, which shows where it stands by itself."""
    gated = [story for story in STORIES if story.front.get("level") != Level.FREE]
    assert [story.name for story in gated if LINE not in story.body] == ["24-gull-island-bees.md"]


def test_every_scene_is_used() -> None:
    assert {story.scene for story in STORIES} == set(drawing.SCENES)


@pytest.mark.parametrize("scene", sorted(drawing.SCENES))
def test_a_scene_is_a_whole_picture_soon_drawn(scene: str) -> None:
    begin = time.process_time()
    image = drawing.SCENES[scene]()
    assert time.process_time() - begin < 3.0  # seconds; about a third of one on a machine of its own
    assert (image.size, image.mode) == ((1600, 900), "RGB")
    colours = image.resize((16, 9)).getcolors(144)
    assert colours is not None
    assert len(colours) > 40, "the sheet is hardly drawn on"


def test_the_same_picture_is_drawn_each_time() -> None:
    assert drawing.SCENES["ferry"]().tobytes() == drawing.SCENES["ferry"]().tobytes()


def test_house_advertisements_are_drawn(tmp_path: Path) -> None:
    drawn = drawing.draw_house_ads(tmp_path)
    assert all(path.stat().st_size > 10_000 for path in drawn.values())
    assert {draw().size for draw in drawing.HOUSE_ADS.values()} == {(600, 500)}


# --- moments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "newest"),
    [
        (
            datetime(2026, 11, 16, 12, 0, tzinfo=UTC),
            date(2026, 11, 16),
        ),  # 07:00 there, the story came at 06:40
        (datetime(2026, 11, 16, 11, 40, tzinfo=UTC), date(2026, 11, 16)),  # 06:40 sharp
        (datetime(2026, 11, 16, 11, 39, tzinfo=UTC), date(2026, 11, 15)),  # a minute too early
        (datetime(2026, 11, 16, 3, 0, tzinfo=UTC), date(2026, 11, 15)),  # still the evening before, there
    ],
)
def test_the_newest_day_has_begun(now: datetime, newest: date) -> None:
    assert newest_day([a_story(0, "06:40"), a_story(1, "23:00")], now, ZONE) == newest


def test_a_moment_is_what_the_clock_on_the_wall_said() -> None:
    """The clocks went back on 1 November 2026: half past seven is another hour in UTC before it and after it."""
    story = a_story(2, "07:30")
    after, before = date(2026, 11, 3), date(2026, 11, 2)
    assert published_at(story, after, ZONE).astimezone(UTC) == datetime(2026, 11, 1, 12, 30, tzinfo=UTC)
    assert published_at(story, before, ZONE).astimezone(UTC) == datetime(2026, 10, 31, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize("hour", [0, 4, 5, 10, 11, 12, 23])
def test_nothing_is_published_in_the_future(hour: int, tmp_path: Path) -> None:
    now = datetime(2026, 11, 16, hour, 5, tzinfo=UTC)
    pictures = {scene: Path(f"{scene}.jpg") for scene in drawing.SCENES}
    paths = write_stories(STORIES, tmp_path, pictures, now=now, zone=ZONE)
    moments = [datetime.fromisoformat(front_of(path)["published"]) for path in paths]
    assert moments == sorted(moments)
    assert moments[-1] <= now
    assert (now - moments[-1]).days < 2


def test_a_written_story_is_one_for_the_importer(tmp_path: Path) -> None:
    pictures = {scene: Path(f"{scene}.jpg") for scene in drawing.SCENES}
    now = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
    paths = write_stories(STORIES, tmp_path, pictures, now=now, zone=ZONE)
    by_slug = {front_of(path)["slug"]: path for path in paths}
    ferry = by_slug["last-ferry-saved"]
    assert front_of(ferry)["image"] == "ferry.jpg"
    assert front_of(ferry)["published"] == datetime(2026, 11, 16, 6, 40, tzinfo=ZoneInfo(ZONE)).isoformat()
    assert not {"days_ago", "at"} & set(front_of(ferry))
    assert LINE in ferry.read_text("utf-8")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("no fences at all", "ValueError"),
        ("---\nimage: ferry\nat: '06:00'\n---\nText", "KeyError"),
        ("---\nimage: ferry\nat: soon\ndays_ago: 1\n---\nText", "ValueError"),
        ("---\n[broken\n---\nText", "ParserError"),
    ],
)
def test_a_broken_story_is_named(text: str, reason: str, tmp_path: Path) -> None:
    (tmp_path / "07-broken.md").write_text(text, "utf-8")
    with pytest.raises(DemoStoryBroken, match=f"07-broken.md: {reason}"):
        read_stories(tmp_path)


def front_of(path: Path) -> dict[str, str]:
    values = yaml.safe_load(path.read_text("utf-8").split("---\n", 2)[1])
    assert isinstance(values, dict)
    return values


# --- comments -----------------------------------------------------------------------------------------------------


def test_comments_stand_under_stories_of_the_demo() -> None:
    comments = read_comments()
    assert {comment.under for comment in comments} <= {story.front["slug"] for story in STORIES}
    assert len({comment.under for comment in comments}) >= 3
    assert len({comment.text for comment in comments}) == len(comments)
    assert all(comment.hours > 0 and 20 < len(comment.text) < 3000 for comment in comments)


def test_commenting_readers_have_addresses_that_belong_to_nobody() -> None:
    assert {comment.email for comment in read_comments() if comment.name == "P. Amundsen"} == {
        "p.amundsen@reader.example"
    }
    assert all(comment.email.endswith(".example") for comment in read_comments())
