"""A decision in sentences, and the way to it gate by gate."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from newsstand.rules.gate.decide import Decision
from newsstand.rules.gate.facts import (
    ArticleFacts,
    Grant,
    ReaderFacts,
    Visit,
    is_current,
    is_in_grace,
    level_at,
)
from newsstand.rules.gate.gates import GATES, Case, Reason, reading_grant
from newsstand.rules.gate.meter import allowance_for, window_at
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.sentences import SENTENCES

NO_MOMENT = "no time set"


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why: a sentence each for the reader, an editor and support, and what each gate said.

    The reader's sentence names nothing of one person, so that it may be translated by its reason.
    """

    reader: str
    editor: str
    support: str
    steps: tuple[str, ...]


def explain(
    decision: Decision,
    article: ArticleFacts,
    reader: ReaderFacts | None,
    visit: Visit,
    policy: Policy,
    now: int,
) -> Explanation:
    """The decision that `decide` made of the same facts, in words.

    For a spent meter the last steps are `the meter: no (3 of 3 counted in 2026-11)` and
    `a wall, meter spent: subscribe, register; registering opens 3 more`.
    """
    case = Case(article, reader, visit, policy, now, level_at(article, now))
    words = _words(case, decision)
    said = SENTENCES[decision.reason]
    return Explanation(
        reader=said.reader,
        editor=said.editor.format_map(words),
        support=said.support.format_map(words),
        steps=_steps(case, decision, words),
    )


def _steps(case: Case, decision: Decision, words: Mapping[str, object]) -> tuple[str, ...]:
    steps = []
    for name, gate in GATES:
        reason = gate(case)
        answer = "no" if reason is None else _yes(name, reason)
        detail = _detail(name, case, words)
        steps.append(f"{name}: {answer} ({detail})" if detail else f"{name}: {answer}")
        if reason is not None:
            return tuple(steps)
    more = f"; registering opens {words['adds']} more" if words["adds"] else ""
    return (*steps, f"a wall, {_plain(decision.reason)}: {words['ways']}{more}")


def _yes(name: str, reason: Reason) -> str:
    """A gate that can answer in one way only needs no more than its name."""
    said = _plain(reason)
    return f"yes, {said}" if name == "the meter" and reason is not Reason.METER else "yes"


def _plain(word: str) -> str:
    """A word of the closed lists as people write it: `meter spent`, `day pass`."""
    return word.replace("_", " ")


def _detail(name: str, case: Case, words: Mapping[str, object]) -> str:
    """What this gate looked at, where a yes or a no alone would leave the question open."""
    if name == "free for everyone":
        return f"the level is {case.level.value}"
    if name == "a grant" and case.reader is not None:
        return "; ".join(_grant_words(case, grant) for grant in case.reader.grants) or "the reader has none"
    if name == "the meter":
        declares = f", declares itself {case.visit.declares}" if case.visit.declares else ""
        off = "" if case.article.counts else ", this story is not to be counted"
        return f"{words['counted']} of {words['allowance']} counted in {words['window']}{declares}{off}"
    return ""


def _words(case: Case, decision: Decision) -> dict[str, object]:
    """All that a sentence may name."""
    article, policy, visit = case.article, case.policy, case.visit
    window = window_at(policy, case.now)
    wall = decision.wall
    after = visit.counted if decision.visit_after is None else decision.visit_after
    return {
        "gone_from": _moment(case, article.gone_from),
        "embargo_until": _moment(case, article.embargo_until),
        "published_at": _moment(case, article.published_at),
        "level": case.level.value,
        "product": article.product,
        "grant": _deciding_grant(case),
        "network": visit.network,
        "crawler": visit.crawler,
        "window": window.key,
        "window_ends": _moment(case, window.end_at),
        "counted": len(visit.counted),
        "counted_after": len(after),
        "allowance": allowance_for(policy, case.reader),
        "identity": "devices" if case.reader is None else "readers with an account",
        "new_devices": policy.new_devices,
        "ways": ", ".join(map(_plain, wall.ways if wall is not None else ())) or "nothing",
        "adds": wall.adds if wall is not None else 0,
        **_house_words(case),
    }


def _house_words(case: Case) -> dict[str, object]:
    for house in case.policy.open_house:
        if house.applies(case.article.section, case.now):
            name = f"the section “{house.section}”" if house.section else "the whole site"
            return {"house": name, "house_until": _moment(case, house.until)}
    return {"house": "nothing", "house_until": NO_MOMENT}


def _deciding_grant(case: Case) -> str:
    """The grant that lets the reader read, those whose time runs before those in grace."""
    grant = reading_grant(case, is_current) or reading_grant(case, is_in_grace)
    return "none" if grant is None else _grant_words(case, grant)


def _grant_words(case: Case, grant: Grant) -> str:
    rights = ", ".join(sorted(grant.rights)) or "no right"
    end = f"until {_moment(case, grant.until)}" if grant.until is not None else "without end"
    grace = f", grace until {_moment(case, grant.grace_until)}" if grant.grace_until is not None else ""
    start = _moment(case, grant.from_at)
    return f"{grant.subject} by {grant.source} from {start} {end}{grace}: {rights}"


def _moment(case: Case, moment: int | None) -> str:
    """A moment as the clocks of the publication show it."""
    if moment is None:
        return NO_MOMENT
    return f"{datetime.fromtimestamp(moment, ZoneInfo(case.policy.zone)):%Y-%m-%d %H:%M %Z}"
