"""The short form of `make torture`: workers that really die, in processes of their own, on real commits."""

from pathlib import Path

import pytest

from tests import databases
from tests.torture.run import Plan, torture

pytestmark = pytest.mark.usefixtures("real_commits")


def workers() -> int:
    return 1 if databases.on_sqlite() else 3


def test_workers_that_kill_themselves_charge_nobody_twice(tmp_path: Path) -> None:
    result = torture(Plan(5, 2, workers(), per_mille=60, restores=True), tmp_path)
    assert result.verdict.line == "charged twice: 0, lost: 0, ledger off by: 0.00"
    assert result.verdict.violations == ()
    assert result.kills > 0
    assert result.verdict.charges > 4


def test_charging_before_recording_is_found(tmp_path: Path) -> None:
    lost_answer = "4 the bank has it, the answer is lost"
    plan = Plan(6, 1, workers(), per_mille=500, declines=0, has_bug=True, only=lost_answer)
    result = torture(plan, tmp_path)
    assert result.verdict.charged_twice > 0
    assert result.verdict.off_by > 0
    assert not result.verdict.is_right
