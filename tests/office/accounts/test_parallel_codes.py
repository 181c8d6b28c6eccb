"""Many requests at once get no more than three tries at a code, and make one account of an address."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connections

from newsstand.office.accounts import actions
from newsstand.office.accounts.actions.sign_in import CodeAccepted, CodeSent, CodeWrong
from newsstand.office.accounts.models import Account, SignInCode
from newsstand.office.kit.models import Publication

NOW = datetime(2026, 11, 16, 12, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("real_commits")


def code_for(email: str) -> int:
    if not Publication.objects.exists():
        Publication.objects.create(pk=1, name="The Tidemark", support_email="help@tidemark.example")
    sent = actions.send_code(email=email, code="123456", peer="", replaces=None, real_now=NOW)
    assert isinstance(sent, CodeSent)
    return sent.code_id


def at_once(tries: list[tuple[int, str]]) -> list[Any]:
    def redeem(given: tuple[int, str]) -> Any:
        try:
            return actions.redeem_code(code_id=given[0], typed=given[1], real_now=NOW, now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tries)) as pool:
        return list(pool.map(redeem, tries))


def test_twelve_guesses_at_once_are_three() -> None:
    code_id = code_for("ann@example.com")
    outcomes = at_once([(code_id, f"{number:06d}") for number in range(12)])
    assert sum(isinstance(outcome, CodeWrong) for outcome in outcomes) == 2
    assert SignInCode.objects.get(pk=code_id).tries == 3
    assert not any(isinstance(outcome, CodeAccepted) for outcome in outcomes)


def test_a_code_typed_in_two_windows_at_once_works_once() -> None:
    code_id = code_for("ann@example.com")
    outcomes = at_once([(code_id, "123456")] * 4)
    assert sum(isinstance(outcome, CodeAccepted) for outcome in outcomes) == 1
    assert Account.objects.count() == 1


def test_two_codes_of_an_address_at_once_make_one_account() -> None:
    codes = [code_for("ann@example.com") for _ in range(3)]
    outcomes = at_once([(code_id, "123456") for code_id in codes])
    assert [type(outcome) for outcome in outcomes] == [CodeAccepted] * 3
    assert sum(outcome.is_new for outcome in outcomes) == 1
    assert Account.objects.count() == 1
