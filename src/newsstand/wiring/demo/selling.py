"""What the demo sells."""

from datetime import datetime

from newsstand.office.billing.actions import found_offer
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.gate.facts import Right
from newsstand.rules.money import Money

PRODUCT = "news"


def put_on_sale(*, by: str, now: datetime) -> None:
    """One plan at one price: everything, for $1.99 every four weeks."""
    found_offer(
        code="full",
        plan_name="The Brackwater Lantern",
        product_code=PRODUCT,
        rights=[Right.READ, Right.AD_FREE, Right.COMMENT, Right.ARCHIVE],
        price=Money(199, "USD"),
        rhythm=Rhythm("day", 28),
        benefits=["Support independent journalism in Brackwater"],
        by=by,
        now=now,
    )
