import json
from typing import Any

import pytest
from hypothesis import given, settings

from newsstand.rules.gate.policy import OpenHouse, Policy, PolicyError
from tests.rules.gate.strategies import policies


@given(policies)
@settings(max_examples=40, deadline=None)
def test_a_policy_comes_back_from_its_text(policy: Policy) -> None:
    assert Policy.from_json(policy.to_json()) == policy
    assert Policy.from_json(policy.to_json()).to_json() == policy.to_json()


def test_equal_policies_have_equal_texts() -> None:
    one = Policy(plan_products=frozenset(["news", "sport", "tides"]))
    other = Policy(plan_products=frozenset(["tides", "news", "sport"]))

    assert one.to_json() == other.to_json()


def test_what_is_missing_gets_its_default() -> None:
    assert Policy.from_json("{}") == Policy()
    assert Policy.from_json('{"window": "30d"}') == Policy(window="30d")


def test_nothing_is_let_in_unless_the_policy_says_so() -> None:
    assert Policy().crawlers == frozenset()
    assert Policy().network_access is False
    assert Policy().open_house == ()


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"zone": "Europe/Atlantis"}, "zone: 'Europe/Atlantis' is not a known time zone"),
        ({"zone": ""}, "zone: ''"),
        ({"zone": "../passwd"}, "zone: '../passwd'"),
        ({"zone": "Europe"}, "zone: 'Europe'"),
        ({"zone": None}, "zone: None"),
        ({"window": "year"}, "window: 'year' is not 'month', 'week' or a number of days"),
        ({"window": "0d"}, "window: '0d'"),
        ({"window": "367d"}, "window: '367d'"),
        ({"window": "030d"}, "window: '030d'"),
        ({"window": 30}, "window: 30"),
        ({"device_allowance": -1}, "device_allowance: -1 is not a whole number from 0 to 100"),
        ({"device_allowance": 101}, "device_allowance: 101"),
        ({"reader_allowance": 1.5}, "reader_allowance: 1.5"),
        ({"reader_allowance": True}, "reader_allowance: True"),
        ({"ways": ["subscribe", "beg"]}, "ways: 'beg' is not one of subscribe, register"),
        ({"ways": ["subscribe", "subscribe"]}, "ways: the same way stands there twice"),
        ({"ways": "subscribe"}, "ways: 'subscribe' is not a list"),
        ({"ways": [["subscribe"]]}, r"ways: \['subscribe'\] is not one of"),
        ({"plan_products": [""]}, "plan_products: '' is not a name"),
        ({"plan_products": [{}]}, "plan_products: {} is not a name"),
        ({"plan_products": "news"}, "plan_products: 'news' is not a list"),
        ({"crawlers": [1]}, "crawlers: 1 is not a name"),
        ({"registering_open": "yes"}, "registering_open: 'yes' is neither true nor false"),
        ({"network_access": 1}, "network_access: 1 is neither true nor false"),
        ({"open_house": [{"section": "harbour"}]}, "open_house: .* is not an object with section and until"),
        ({"open_house": ["harbour"]}, "open_house: 'harbour' is not an object"),
        ({"open_house": [{"section": None, "until": 5}]}, "open_house: None is not the name of a section"),
        ({"open_house": [{"section": "", "until": "today"}]}, "open_house: 'today' is not a moment"),
        ({"comment_needs": "patience"}, "comment_needs: 'patience' is neither 'comment' nor 'account'"),
        ({"paywall": "on"}, "paywall: no such field in a policy"),
    ],
)
def test_a_policy_that_makes_no_sense_is_refused_and_says_why(values: dict[str, Any], says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        Policy.from_json(json.dumps(values))


@pytest.mark.parametrize(
    ("text", "says"),
    [("", "is not JSON"), ("{", "is not JSON"), ("[]", "is not a JSON object"), ("3", "is not a JSON")],
)
def test_a_text_that_is_no_policy_is_refused(text: str, says: str) -> None:
    with pytest.raises(PolicyError, match=says):
        Policy.from_json(text)


def test_a_set_of_products_is_a_set() -> None:
    with pytest.raises(PolicyError, match="plan_products: 'news' is not a set of names"):
        Policy(plan_products="news")  # type: ignore[arg-type]  # the mistake that is shown


def test_an_open_house_ends_at_its_moment() -> None:
    harbour, all_sections = OpenHouse("harbour", 200), OpenHouse("", 200)

    assert harbour.applies("harbour", 199)
    assert not harbour.applies("harbour", 200)
    assert not harbour.applies("culture", 199)
    assert all_sections.applies("culture", 199)
