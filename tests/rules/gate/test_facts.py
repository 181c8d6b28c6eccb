import pytest

from newsstand.rules.gate.facts import (
    ArticleFacts,
    Grant,
    Level,
    Step,
    holds,
    is_current,
    is_in_grace,
    level_at,
    subject_covers,
)

STORY = ArticleFacts("a" * 32, "news", "harbour", (Step(0, Level.FREE), Step(100, Level.METERED)), 0)


@pytest.mark.parametrize(("now", "level"), [(-1, "subscribers"), (0, "free"), (99, "free"), (100, "metered")])
def test_the_last_step_that_has_begun_holds(now: int, level: str) -> None:
    assert level_at(STORY, now) == level


@pytest.mark.parametrize(
    ("until", "grace_until", "now", "current", "grace"),
    [
        (200, 300, 99, False, False),
        (200, 300, 100, True, False),
        (200, 300, 199, True, False),
        (200, 300, 200, False, True),
        (200, 300, 299, False, True),
        (200, 300, 300, False, False),
        (200, None, 200, False, False),
        (200, 150, 200, False, False),
        (None, None, 10**9, True, False),
        (None, 300, 99, False, False),
        (50, 300, 60, False, False),
        (100, 300, 100, False, True),
    ],
)
def test_a_grant_runs_and_then_its_grace(
    until: int | None, grace_until: int | None, now: int, current: bool, grace: bool
) -> None:
    grant = Grant("site", frozenset({"read"}), 100, until, grace_until, "comp")

    assert is_current(grant, now) is current
    assert is_in_grace(grant, now) is grace
    assert holds(grant, "read", now) is (current or grace)
    assert holds(grant, "comment", now) is False


@pytest.mark.parametrize(
    ("subject", "covers"),
    [
        ("site", True),
        ("product:news", True),
        ("article:" + "a" * 32, True),
        ("product:sport", False),
        ("product:", False),
        ("product:news ", False),
        ("article:" + "b" * 32, False),
        ("", False),
        ("Site", False),
        ("news", False),
    ],
)
def test_a_subject_covers_its_own_and_nothing_that_looks_like_it(subject: str, covers: bool) -> None:
    assert subject_covers(subject, STORY) is covers
