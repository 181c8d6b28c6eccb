"""Readers hear of a price before they pay it: at the end of an introduction, and when it changes.

The notice and its mail are rows of one transaction. What was told stays told; a price that was not told in time is
not charged (`rules/billing/price_notices.py`).
"""

from datetime import datetime

from django.db import transaction

from newsstand.office.billing import queries
from newsstand.office.billing.actions import notices
from newsstand.office.billing.actions.locking import locked
from newsstand.office.billing.models import Offer, Price, PriceNotice, Subscription
from newsstand.office.billing.models.sales import RUNNING
from newsstand.office.billing.models.subscriptions import Engine
from newsstand.office.billing.queries import wording
from newsstand.office.kit import audit
from newsstand.rules.billing import price_notices as rules
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.price_notices import About
from newsstand.rules.money import Money


class NoSuchPrice(ValueError):
    """A subscription cannot cost this: nothing, less than nothing, or another currency."""


def remind_of_price(*, subscription: Subscription, seq: int, by: str, now: datetime) -> bool:
    """Remind a reader that the price rises with period `seq`, on the one day for that; False on any other."""
    if len(subscription.terms.steps) == 1:
        return False
    with transaction.atomic():
        row = locked(subscription.pk)
        if (
            row.state != State.ACTIVE
            or row.is_cancelled
            or rules.to_remind_of(row.terms, row.told, seq) is None
        ):
            return False
        if wording.day_of(now) != rules.tell_by(row.anchor_on, row.rhythm, About.INTRO_END, seq):
            return False
        price = row.row_of(rules.planned_price(row.terms, row.told, seq))
        before = rules.price_at(row.terms, row.told, seq)
        _tell(row, About.INTRO_END, seq, before, price, by=by, now=now)
        del row.told  # it was read before this notice
        row.next_action_at = queries.next_moment(row, seq, now)
        row.save(update_fields=["next_action_at"])
        return True


def change_price(*, offer: Offer, money: Money, by: str, now: datetime) -> int:
    """Tell all who subscribe by this offer of another full price; returns how many were told.

    It holds for each from the first period on that begins 30 days later or more. Who has cancelled, pays it already,
    or still waits for an earlier change, is left alone. Those who order from now on need another offer.
    """
    if money.amount < 1 or money.currency != offer.terms().full_price.currency:
        raise NoSuchPrice(f"{money} cannot be the price of {offer.code}")
    rows = Subscription.objects.filter(offer=offer, state__in=RUNNING, engine=Engine.OWN)
    told, price = 0, None
    for pk in list(rows.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            row = locked(pk)
            seq = _first_at(row, money, now)
            if seq is None:
                continue
            if price is None:
                price = Price.objects.create(amount=money.amount, currency=money.currency, made_at=now)
            before = rules.planned_price(row.terms, row.told, seq)
            _tell(row, About.NEW_PRICE, seq, before, price, by=by, now=now)
            told += 1
    return told


def _first_at(row: Subscription, money: Money, now: datetime) -> int | None:
    """The first period at the new price; None for whom it is not to be told."""
    if not row.is_running or row.is_cancelled:
        return None
    today = wording.day_of(now)
    seq = rules.first_at_new_price(row.terms, row.told, row.anchor_on, row.rhythm, row.next_seq, today)
    return None if seq is None or rules.planned_price(row.terms, row.told, seq) == money else seq


def _tell(
    row: Subscription, about: About, seq: int, before: Money, price: Price, *, by: str, now: datetime
) -> None:
    PriceNotice.objects.create(
        subscription=row, about=about.value, seq=seq, price=price, told_on=wording.day_of(now), at=now
    )
    notices.send_price(row, about, seq, before, price.money, now)
    after = {"about": about.value, "seq": seq, "amount": price.amount, "currency": price.currency}
    audit.record(by=by, verb="tell_price", subject=row.log_subject, after=after, now=now)
