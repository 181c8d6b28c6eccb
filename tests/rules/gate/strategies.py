"""Random but possible facts for the gate's properties.

Few values, so that they meet: moments around noon (10), two products, three articles. They are
drawn from ready lists, since each draw costs more than a decision.
"""

from itertools import product
from typing import NamedTuple

from hypothesis import strategies as st

from newsstand.rules.gate.facts import ArticleFacts, Grant, Level, ReaderFacts, Right, Step, Visit
from newsstand.rules.gate.policy import OpenHouse, Policy


class Asked(NamedTuple):
    """One question to the gate."""

    article: ArticleFacts
    reader: ReaderFacts | None
    visit: Visit
    policy: Policy
    now: int


NOON = 10
# Chosen by hand: a list of all characters takes seconds to make.
ODD = st.sampled_from("AZaz09-_=+/.: \n\0é€\ud800")
ODD_TEXT = st.text(ODD, max_size=90)
PLAIN_TEXT = st.text(st.sampled_from("aZ0-_:. é€"), min_size=1, max_size=20)
MOMENTS = st.sampled_from([0, 9, 10, 11, 20])
ARTICLES = tuple(f"{n:032x}" for n in range(3))
ARTICLE_IDS = st.sampled_from(ARTICLES)
SUBJECTS = ("site", "product:news", "product:sport", f"article:{ARTICLES[0]}")

_SPANS = ((0, None, None), (0, 10, None), (0, 10, 11), (0, 9, 10), (10, 11, None), (11, 20, 30), (0, 20, 5))
_RIGHTS = (
    frozenset({Right.READ}),
    frozenset({Right.AD_FREE, Right.ARCHIVE}),
    frozenset({Right.READ, Right.AD_FREE}),
    frozenset({Right.READ, Right.AD_FREE, Right.COMMENT}),
    frozenset({Right.COMMENT, "newsletter:tides"}),
)
GRANTS = tuple(
    Grant(subject, rights, from_at, until, grace_until, "subscription")
    for subject, rights, (from_at, until, grace_until) in product(SUBJECTS, _RIGHTS, _SPANS)
)
_STEPS = (
    (),
    *((Step(0, level),) for level in Level),
    *((Step(9, one), Step(10, other)) for one, other in product(Level, Level)),
    *((Step(11, level),) for level in Level),
)
# published, embargo, taken down: most stories are there
_TIMES = (*((0, None, None),) * 6, (10, None, None), (11, None, None), (None, None, None))
_HELD = ((0, 10, None), (0, 11, None), (0, None, 10), (0, None, 11), (0, 11, 9))
_WAYS = (
    ("subscribe", "register"),
    ("register", "subscribe"),
    ("mend_card", "upgrade", "subscribe", "register"),
    ("mend_card", "register"),
    ("day_pass", "subscribe"),
    ("mend_card", "upgrade", "win_back", "subscribe", "register", "day_pass", "article", "ask_group"),
    (),
)
_HOUSES = ((), (), (), (OpenHouse("", 11),), (OpenHouse("harbour", 11), OpenHouse("", 10)))
_PRODUCTS = (frozenset({"news"}), frozenset({"news", "sport"}), frozenset[str]())

articles = st.builds(
    lambda name, product, section, steps, times, counts: ArticleFacts(
        name, product, section, steps, *times, counts
    ),
    ARTICLE_IDS,
    st.sampled_from(["news", "sport"]),
    st.sampled_from(["harbour", "culture"]),
    st.sampled_from(_STEPS),
    st.sampled_from(_TIMES + _HELD),
    st.sampled_from([True, True, False]),
)

metered_articles = st.builds(
    lambda name: ArticleFacts(name, "news", "harbour", (Step(0, Level.METERED),), 0), ARTICLE_IDS
)

grants = st.sampled_from(GRANTS)

readers = st.builds(
    lambda staff, held, state: ReaderFacts("c" * 32, staff, 0, tuple(held), state),
    st.sampled_from([False, False, False, True]),
    st.lists(grants, max_size=2),
    st.sampled_from(["", "payment_failed", "cancelled", "lapsed", "seat_expired"]),
)

visits = st.builds(
    lambda counted, declares, verified, is_braked: Visit(counted, declares, *verified, is_braked),
    st.frozensets(st.sampled_from([*ARTICLES, "d" * 32])),
    st.sampled_from(["", "", "", "prefetch", "crawler", "head", "robot"]),
    st.sampled_from(
        [
            *((None, None, None),) * 6,
            *((name, None, None) for name in ARTICLES),
            *((None, subject, None) for subject in SUBJECTS),
            (None, None, "examplebot"),
            (None, None, "otherbot"),
        ]
    ),
    st.sampled_from([False, False, True]),
)

policies = st.builds(
    lambda allowances, ways, products, is_open, houses, needs, lets_in, sold, new_devices: Policy(
        zone="Europe/London",
        device_allowance=allowances[0],
        reader_allowance=allowances[1],
        ways=ways,
        plan_products=products,
        registering_open=is_open,
        open_house=houses,
        comment_needs=needs,
        crawlers=frozenset({"examplebot"}) if lets_in else frozenset(),
        network_access=lets_in,
        day_pass_products=sold,
        article_products=sold,
        win_back_products=sold,
        new_devices=new_devices,
    ),
    st.sampled_from([(2, 3), (3, 6), (0, 2), (2, 0), (1, 1), (3, 1)]),
    st.sampled_from(_WAYS),
    st.sampled_from(_PRODUCTS),
    st.sampled_from([True, True, False]),
    st.sampled_from(_HOUSES),
    st.sampled_from(["comment", "account"]),
    st.booleans(),
    st.sampled_from(_PRODUCTS),
    st.sampled_from([0, 0, 200]),
)

someone = st.none() | readers

questions = st.builds(Asked, articles, someone, visits, policies, MOMENTS)
