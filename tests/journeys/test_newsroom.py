"""Publishing from the command line beside the running server."""

from pathlib import Path

import pytest

from tests.journeys.reader import Reader, eventually
from tests.journeys.site import Site

pytestmark = pytest.mark.journey


STORY = """---
title: {title}
standfirst: The pilots' office says the old mark is out by a metre.
section: Soundings
authors: [Nell Marsh]
published: 2026-01-03T07:30:00+00:00
level: {level}
tags: [Depths]
slug: new-soundings
---

The harbour was sounded again on Friday, for the first time in eleven years.

<!-- paywall -->

The deepest place lies forty metres off the mole, where the dredger never goes.
"""


def test_a_published_story_is_soon_on_the_pages(site: Site, reader: Reader, tmp_path: Path) -> None:
    file = tmp_path / "story.md"
    file.write_text(STORY.format(title="New soundings taken", level="free"))
    done = site.command("publish", str(file))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "created" in done.stdout
    assert "/soundings/new-soundings/" in done.stdout
    assert eventually(lambda: "New soundings taken" in reader.get("/soundings/").text)
    assert eventually(lambda: "forty metres off the mole" in reader.get("/soundings/new-soundings/").text)
    file.write_text(STORY.format(title="New soundings corrected", level="subscribers"))
    assert site.command("publish", str(file)).returncode == 0
    assert eventually(lambda: "forty metres" not in reader.get("/soundings/new-soundings/").response.text)
    assert eventually(lambda: "New soundings corrected" in reader.get("/soundings/new-soundings/").text)


def test_bad_files_stop_nothing_else(site: Site, reader: Reader, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text(STORY.format(title="A good one", level="free").replace("new-soundings", "good-one"))
    bad.write_text(STORY.format(title="A bad one", level="platinum").replace("new-soundings", "bad-one"))
    done = site.command("publish", str(bad), str(good))
    assert done.returncode == 1
    assert "bad.md" in done.stdout + done.stderr
    assert "platinum" in done.stdout + done.stderr
    assert "created    /soundings/good-one/" in done.stdout, done.stdout + done.stderr
    assert eventually(lambda: "A good one" in reader.get("/soundings/").text)
    assert reader.get("/soundings/bad-one/").response.status_code == 404


def test_explain_says_why(site: Site) -> None:
    from tests.journeys.stories import with_level

    story = with_level("subscribers")[0]
    done = site.command("explain", story.path)
    assert done.returncode == 0, done.stderr
    assert "subscribers" in done.stdout


def test_the_demo_answers_for_what_is_not_there(site: Site, reader: Reader) -> None:
    reader.get("/harbour/no-such-story/")
    assert reader.response.status_code == 404
    assert reader.page.select("main")
    assert reader.get("/staff/").response.status_code == 200
