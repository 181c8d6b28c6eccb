"""What holds for every decision, whatever the facts."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.gate.decide import Decision, decide, decide_page
from newsstand.rules.gate.explain import explain
from newsstand.rules.gate.facts import (
    ArticleFacts,
    Grant,
    Level,
    ReaderFacts,
    ReaderState,
    Step,
    Visit,
    level_at,
)
from newsstand.rules.gate.gates import GATES, Case
from newsstand.rules.gate.kinds import is_of_the_kind, kind_at
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.variants import (
    page_variants,
    printed_at_once,
    printed_reason,
    variant_of,
    variants,
)
from tests.rules.gate.strategies import (
    MOMENTS,
    NOON,
    Asked,
    articles,
    grants,
    metered_articles,
    policies,
    questions,
    readers,
    someone,
    visits,
)

QUICK = settings(max_examples=40, deadline=None)


def _is_gone(article: ArticleFacts, now: int) -> bool:
    is_down = article.gone_from is not None and article.gone_from <= now
    is_held = article.embargo_until is not None and now < article.embargo_until
    return is_down or is_held or article.published_at is None or now < article.published_at


def _some_rule_opens(
    article: ArticleFacts, reader: ReaderFacts | None, visit: Visit, policy: Policy, now: int
) -> bool:
    """The rules once more, written as one sentence and not as a list of gates."""
    level = level_at(article, now)
    subjects = {"site", f"product:{article.product}", f"article:{article.id}"}
    by_grant = reader is not None and any(
        grant.subject in subjects
        and "read" in grant.rights
        and grant.from_at <= now
        and (grant.until is None or now < max(grant.until, grant.grace_until or 0))
        for grant in reader.grants
    )
    allowance = policy.device_allowance if reader is None else policy.reader_allowance
    is_new = article.id not in visit.counted
    may_count = article.counts and visit.declares == "" and len(visit.counted) < allowance
    return (
        level is Level.FREE
        or any(house.section in ("", article.section) and now < house.until for house in policy.open_house)
        or (reader is not None and reader.is_staff)
        or by_grant
        or (policy.network_access and visit.network in subjects)
        or visit.gift == article.id
        or visit.crawler in policy.crawlers
        or (level is Level.REGISTERED and reader is not None)
        or (level is Level.METERED and allowance > 0 and (may_count or not is_new))
    )


def _is_open_exactly_when_a_rule_opens_it(decision: Decision, asked: Asked) -> None:
    is_open = not _is_gone(asked.article, asked.now) and _some_rule_opens(*asked)
    assert (decision.show == "full") == is_open
    assert (decision.show == "gone") == _is_gone(asked.article, asked.now)


def _has_a_printed_page(decision: Decision, asked: Asked) -> None:
    assert variant_of(decision) in variants(asked.article, asked.policy)
    assert variant_of(decide_page(asked.reader, asked.policy, asked.now)) in page_variants(asked.policy)


def _prints_at_once_what_can_be_asked_for(decision: Decision, asked: Asked) -> None:
    assert set(printed_at_once(asked.article, asked.policy)) <= set(variants(asked.article, asked.policy))


def _lets_a_declaration_open_and_count_nothing(decision: Decision, asked: Asked) -> None:
    silent = decide(asked.article, asked.reader, asked.visit._replace(declares=""), asked.policy, asked.now)
    assert decision.show != "full" or silent.show == "full"
    assert asked.visit.declares == "" or decision.visit_after is None


def _shares_only_what_is_the_same_for_all_strangers(decision: Decision, asked: Asked) -> None:
    if decision.shared:
        assert asked.reader is None
        assert decision == decide(asked.article, None, Visit(), asked.policy, asked.now)
        assert decision.visit_after is None


def _promises_on_a_wall_only_what_the_gate_keeps(decision: Decision, asked: Asked) -> None:
    wall = decision.wall
    if wall is None:
        return
    ordered = [way for way in asked.policy.ways if way in wall.ways]
    if asked.reader is not None and asked.reader.state == ReaderState.SEAT_EXPIRED:
        ordered.sort(key=lambda way: way != "ask_group")  # they are sent to their group first
    assert list(wall.ways) == ordered
    if "register" in wall.ways:
        assert asked.reader is None
        newcomer = ReaderFacts("d" * 32, False, asked.now, ())
        assert (
            decide(asked.article, newcomer, Visit(asked.visit.counted), asked.policy, asked.now).show
            == "full"
        )
        left = max(0, asked.policy.reader_allowance - len(asked.visit.counted))
        assert wall.adds == (left if level_at(asked.article, asked.now) is Level.METERED else 0)
    else:
        assert wall.adds == 0
    if {"subscribe", "mend_card", "upgrade"} & set(wall.ways):
        assert asked.article.product in asked.policy.plan_products


def _is_alike_for_stories_of_one_kind(decision: Decision, asked: Asked) -> None:
    article, reader, _, policy, now = asked
    kind = kind_at(article, now)
    assert (kind is None) == _is_gone(article, now)
    unknown = decide(article, reader, Visit(), policy, now)
    if kind is not None and is_of_the_kind(unknown, reader):
        steps = (Step(0, kind.level),)
        other = ArticleFacts("e" * 32, kind.product, kind.section, steps, 0, counts=kind.counts)
        assert kind_at(other, now) == kind
        assert decide(other, reader, Visit(), policy, now) == unknown


def _can_be_explained(decision: Decision, asked: Asked) -> None:
    said = explain(decision, *asked)

    assert said.reader
    assert said.editor
    assert said.support
    assert "{" not in said.editor + said.support
    assert said.steps[-1].startswith(_last_step(decision, asked))


def _last_step(decision: Decision, asked: Asked) -> str:
    """The gate that answered with this reason, or the wall behind all of them."""
    article, reader, visit, policy, now = asked
    case = Case(article, reader, visit, policy, now, level_at(article, now))
    answered = [name for name, gate in GATES if gate(case) is decision.reason]
    return f"{answered[0]}: yes" if answered else f"a wall, {decision.reason.value.replace('_', ' ')}: "


def _says_on_the_printed_wall_why(decision: Decision, asked: Asked) -> None:
    if decision.wall is not None and asked.visit.declares == "":
        said = printed_reason(variant_of(decision), asked.article, asked.policy, asked.now)
        assert said is decision.reason


LAWS = (
    _says_on_the_printed_wall_why,
    _is_open_exactly_when_a_rule_opens_it,
    _has_a_printed_page,
    _prints_at_once_what_can_be_asked_for,
    _lets_a_declaration_open_and_count_nothing,
    _shares_only_what_is_the_same_for_all_strangers,
    _promises_on_a_wall_only_what_the_gate_keeps,
    _is_alike_for_stories_of_one_kind,
    _can_be_explained,
)


@given(questions)
@settings(max_examples=120, deadline=None)
def test_every_decision_keeps_every_law(asked: Asked) -> None:
    decision = decide(*asked)

    for law in LAWS:
        law(decision, asked)


@given(articles, readers, visits, policies, MOMENTS, grants)
@QUICK
def test_one_grant_more_never_closes_and_brings_no_ads(
    article: ArticleFacts, reader: ReaderFacts, visit: Visit, policy: Policy, now: int, grant: Grant
) -> None:
    before = decide(article, reader, visit, policy, now)
    after = decide(article, replace(reader, grants=(*reader.grants, grant)), visit, policy, now)

    assert before.show != "full" or after.show == "full"
    assert after.show != "full" or before.show != "full" or before.ads or not after.ads
    assert after.may_comment or not before.may_comment


@given(
    st.lists(metered_articles, max_size=8),
    someone,
    policies,
    st.sampled_from([frozenset(), frozenset({"x"})]),
)
@QUICK
def test_the_meter_opens_its_allowance_and_no_more_in_any_order(
    asked: list[ArticleFacts], reader: ReaderFacts | None, policy: Policy, before: frozenset[str]
) -> None:
    counted = before
    opened: set[str] = set()
    for article in asked:
        decision = decide(article, reader, Visit(counted), policy, NOON)
        if decision.visit_after is not None:
            assert decision.visit_after == counted | {article.id}
            opened.add(article.id)
            counted = decision.visit_after
        elif decision.note is not None and decision.note.kind == "meter":
            opened.add(article.id)

    allowance = policy.device_allowance if reader is None else policy.reader_allowance
    assert not opened or len(opened | before) <= allowance


def _moments_of_change(asked: Asked) -> set[int]:
    """Every moment that a step, a time of the story, a grant or an open house names."""
    article = asked.article
    named = [step.from_at for step in article.steps]
    named += [house.until for house in asked.policy.open_house]
    named += [article.published_at, article.embargo_until, article.gone_from]
    for grant in asked.reader.grants if asked.reader is not None else ():
        named += [grant.from_at, grant.until, grant.grace_until]
    return {moment for moment in named if moment is not None}


@given(questions)
@settings(max_examples=120, deadline=None)
def test_time_opens_and_closes_only_where_something_says_so(asked: Asked) -> None:
    for now in range(31):
        if now + 1 in _moments_of_change(asked):
            continue
        before, after = decide(*asked[:4], now), decide(*asked[:4], now + 1)
        assert (before.show, before.reason, before.wall) == (after.show, after.reason, after.wall)


def _without_person(decision: Decision) -> tuple[object, ...]:
    return (
        decision.show,
        decision.ads,
        decision.note,
        decision.wall,
        decision.signed_in,
        decision.may_comment,
    )


@given(articles, someone, someone, visits, policies, MOMENTS)
@QUICK
def test_two_readers_with_the_same_page_see_the_same(
    article: ArticleFacts,
    one: ReaderFacts | None,
    other: ReaderFacts | None,
    visit: Visit,
    policy: Policy,
    now: int,
) -> None:
    first = decide(article, one, visit, policy, now)
    second = decide(article, other, visit, policy, now)

    if first.show in ("full", "opening"):
        is_same_page = variant_of(first) == variant_of(second)
        assert is_same_page == (_without_person(first) == _without_person(second))
