"""Taking a device's free articles into the reader's count at sign-in."""

from datetime import datetime

from newsstand.office.accounts import passes
from newsstand.office.accounts.models import Account
from newsstand.office.kit import clock, shelf
from newsstand.rules.gate.meter import window_at
from newsstand.rules.gate.visits import open_visit


def take_in_device(*, account: Account, visit_token: str, now: datetime) -> None:
    """Merge what the device's signed cookie and the store hold into the reader's; a union, so harmless twice."""
    visit = open_visit(visit_token, passes.key_ring())
    policy = shelf.handle().board.read().policy
    if visit is None or policy is None:
        return
    window = window_at(policy, clock.to_unix(now)).key
    known = visit.counted if visit.window == window else ()
    shelf.handle().visits.merge(f"device:{visit.device}", f"reader:{account.reader_id}", window, known)
