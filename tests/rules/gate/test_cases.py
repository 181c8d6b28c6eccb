"""The table of an editor, `tests/cases/gate.toml`, asked of the gate row by row."""

import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from newsstand.rules.gate.decide import Decision, Note, Reason, decide
from newsstand.rules.gate.facts import ArticleFacts, Grant, Level, ReaderFacts, Step, Visit
from newsstand.rules.gate.levels import LevelRule, Traits, given_steps, level_steps
from newsstand.rules.gate.policy import OpenHouse, Policy
from newsstand.rules.gate.variants import variant_of, variants

TABLE = Path(__file__).parents[2] / "cases" / "gate.toml"
THIS = "a" * 32
OTHER = "b" * 32
DEMO: dict[str, Any] = {
    "zone": "Europe/London",
    "device_allowance": 3,
    "reader_allowance": 6,
    "ways": ["subscribe", "register"],
    "plan_products": ["news"],
}
COLUMNS = ("level", "reader", "counted", "now", "show", "reason", "ads", "ways", "adds", "note", "says")
VISIT_FACTS = {"declares", "gift", "network", "crawler", "is_braked"}
RULE_FACTS = {"own_level", "tags", "authors"}


def _moment(value: datetime | str | None) -> int | None:
    return int(value.timestamp()) if isinstance(value, datetime) else None


def _named(text: str) -> str:
    return {"this": THIS, "other": OTHER}.get(text, text)


def _grant(row: dict[str, Any]) -> Grant:
    kind, _, name = row["subject"].partition(":")
    from_at = _moment(row["from_at"])
    assert from_at is not None
    return Grant(
        subject=f"{kind}:{_named(name)}" if name else kind,
        rights=frozenset(row["rights"]),
        from_at=from_at,
        until=_moment(row.get("until")),
        grace_until=_moment(row.get("grace_until")),
        source="subscription",
    )


def _reader(name: str, readers: dict[str, Any]) -> ReaderFacts | None:
    if name == "stranger":
        return None
    row = readers[name]
    grants = tuple(_grant(grant) for grant in row.get("grants", ()))
    return ReaderFacts("c" * 32, row.get("is_staff", False), 0, grants, row.get("state", ""))


def _rule(row: dict[str, Any]) -> LevelRule:
    names = {name: row[name] for name in ("section", "tag", "author", "product") if name in row}
    days, hours = row.get("older_than_days"), row.get("younger_than_hours")
    return LevelRule(
        Level(row["level"]),
        **names,
        older_than=days * 86400 if days else None,
        younger_than=hours * 3600 if hours else None,
    )


def _steps_by_rules(facts: dict[str, Any], published_at: int | None, group: dict[str, Any]) -> list[Step]:
    own = facts.get("own_level")
    begins_at = max(published_at or 0, _moment(facts.get("embargo_until")) or 0)
    traits = Traits(
        own_level=Level(own) if own else None,
        section=facts.get("section", "harbour"),
        product=facts.get("product", "news"),
        tags=frozenset(facts.get("tags", ())),
        authors=frozenset(facts.get("authors", ())),
        begins_at=begins_at,
    )
    rules = [_rule(rule) for rule in group["rules"]]
    return list(level_steps(given_steps(traits, rules, Level(group["default_level"]))))


def _article(level: str, facts: dict[str, Any], group: dict[str, Any]) -> ArticleFacts:
    published = facts.get("published_at", datetime.fromisoformat("2026-10-01T06:00:00Z"))
    steps = [Step(0, Level(level))] if not level.startswith("by ") else []
    if level == "by rules":
        steps = _steps_by_rules(facts, _moment(published), group)
    for from_at, step_level in facts.get("steps", ()):
        steps.append(Step(int(from_at.timestamp()), Level(step_level)))
    return ArticleFacts(
        id=THIS,
        product=facts.get("product", "news"),
        section=facts.get("section", "harbour"),
        steps=tuple(steps),
        published_at=_moment(published),
        embargo_until=_moment(facts.get("embargo_until")),
        gone_from=_moment(facts.get("gone_from")),
        counts=facts.get("counts", True),
    )


def _visit(counted: str, facts: dict[str, Any]) -> Visit:
    read_this, _, others = counted.rpartition("+") if counted != "this" else ("this", "", "0")
    ids = {f"{n:032x}" for n in range(int(others))} | ({THIS} if read_this else set())
    gift = facts.get("gift")
    return Visit(
        counted=frozenset(ids),
        declares=facts.get("declares", ""),
        gift=_named(gift) if gift else None,
        network=facts.get("network"),
        crawler=facts.get("crawler"),
        is_braked=facts.get("is_braked", False),
    )


def _policy(differs: dict[str, Any]) -> Policy:
    values = {**DEMO, **differs}
    sets = ("plan_products", "crawlers", "day_pass_products", "article_products", "win_back_products")
    for name in sets:
        values[name] = frozenset(values.get(name, ()))
    values["ways"] = tuple(values["ways"])
    values["open_house"] = tuple(
        OpenHouse(house["section"], int(house["until"].timestamp())) for house in values.get("open_house", ())
    )
    return Policy(**values)


def _rows() -> Iterator[Any]:
    table = tomllib.loads(TABLE.read_text("utf-8"))
    for group in table["group"]:
        for values in group["rows"]:
            row = dict(zip(COLUMNS, values[: len(COLUMNS)], strict=True))
            given = values[len(COLUMNS)] if len(values) > len(COLUMNS) else {}
            facts = {**group.get("article", {}), **given}
            question = (
                _article(row["level"], facts, group),
                _reader(row["reader"], table["readers"]),
                _visit(row["counted"], facts),
                _policy(group.get("policy", {})),
                int(row["now"].timestamp()),
            )
            yield pytest.param(question, row, id=f"{group['title']}: {row['says']}")


ROWS = list(_rows())


def _note_words(note: Note | None) -> str:
    if note is None:
        return ""
    return f"{note.left} of {note.of}" if note.kind == "meter" else str(note.kind)


def _as_row(decision: Decision) -> dict[str, Any]:
    wall = decision.wall
    return {
        "show": decision.show,
        "reason": decision.reason.value,
        "ads": decision.ads,
        "ways": ", ".join(wall.ways) if wall is not None else "",
        "adds": wall.adds if wall is not None else 0,
        "note": _note_words(decision.note),
    }


@pytest.mark.parametrize(("question", "row"), ROWS)
def test_the_gate_says_what_the_editor_says(question: tuple[Any, ...], row: dict[str, Any]) -> None:
    article, reader, visit, policy, now = question

    decision = decide(article, reader, visit, policy, now)

    said = _as_row(decision)
    assert said == {name: row[name] for name in said}
    assert (decision.wall is not None) == (decision.show == "opening")
    assert decision.signed_in == (reader is not None)
    counts_it = decision.reason is Reason.METER
    assert decision.visit_after == (visit.counted | {article.id} if counts_it else None)
    assert variant_of(decision) in variants(article, policy)


def test_the_table_is_long_enough_and_names_every_reason_about_a_story() -> None:
    reasons = {param.values[1]["reason"] for param in ROWS}

    assert len(ROWS) >= 200
    assert reasons == {reason.value for reason in Reason} - {Reason.PAGE.value}


def test_a_row_gives_only_facts_that_the_gate_knows() -> None:
    known = set(ArticleFacts.__dataclass_fields__) | VISIT_FACTS | RULE_FACTS
    table = tomllib.loads(TABLE.read_text("utf-8"))

    given = {
        name
        for group in table["group"]
        for facts in (
            group.get("article", {}),
            *(row[len(COLUMNS)] for row in group["rows"] if len(row) > 11),
        )
        for name in facts
    }

    assert given <= known
