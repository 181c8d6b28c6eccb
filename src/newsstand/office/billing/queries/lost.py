"""Which invoices the charges of a gateway were for, when a restored backup has none of them any more."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from newsstand.office.billing.models import Invoice, Purchase, Subscription
from newsstand.office.billing.models.sales import LIVE
from newsstand.office.billing.models.subscriptions import Engine
from newsstand.office.billing.queries.due import present_period
from newsstand.rules.billing.gateway_events import GatewayEvent
from newsstand.rules.billing.lifecycle import State

MOST_CALLED_OFF = 12  # charges of one period that are looked for


@dataclass(frozen=True, slots=True)
class LostInvoice:
    """A period of a subscription, or a purchase, that a gateway knows a charge for, and our tables none. `called_off`
    counts the charges of it that were called off before this one."""

    sale: Subscription | Purchase
    seq: int
    called_off: int


def invoice_id(sale: UUID, seq: int, called_off: int) -> UUID:
    """The public id of an invoice. It follows from the period and from how many of its charges were called off, so
    that the charge at the gateway is found again when our row of it is gone."""
    return uuid5(sale, f"period {seq}, charge {called_off}")


def stays_id(called_off: UUID) -> UUID:
    """The reference of the charge that says at the gateway: whoever called off this invoice has taken it back."""
    return uuid5(called_off, "stays")


def lost_invoices(refs: Collection[str], now: datetime) -> dict[str, LostInvoice]:
    """What these references of charges stand for, of orders that wait and of what may have been charged or called off
    by now."""
    wanted = set(refs) - set(_known(refs))
    found: dict[str, LostInvoice] = {}
    if not wanted:
        return found
    for sale, seqs in _may_have_lost(now):
        for seq in seqs:
            for called_off in range(MOST_CALLED_OFF):
                ref = invoice_id(sale.public_id, seq, called_off).hex
                if ref in wanted:
                    found[ref] = LostInvoice(sale, seq, called_off)
        if len(found) == len(wanted):
            break
    return found


def is_of_ours(event: GatewayEvent) -> bool:
    """Whether an event is about a charge of our tables, or about none."""
    if event.kind.thing in ("refund", "dispute"):
        rows = Invoice.objects.filter(gateway=event.gateway, charge_ref=event.charge_id)
        return rows.exclude(charge_ref="").exists()
    return event.kind.thing != "charge" or any(_known([event.ref]))


def is_one_of_ours(event: GatewayEvent) -> bool:
    """Whether an event is about a charge that bears an id as ours do."""
    return event.kind.thing == "charge" and _is_id(event.ref)


def called_off_before(invoice: Invoice) -> int:
    """How many charges of the same period were called off before this one, as its id says."""
    sale, ids = invoice.sale, range(MOST_CALLED_OFF)
    same = (n for n in ids if invoice_id(sale.public_id, invoice.seq, n) == invoice.public_id)
    return next(same, 0)


def _known(refs: Collection[str]) -> Iterator[str]:
    ids = [UUID(hex=ref) for ref in refs if _is_id(ref)]
    for row in Invoice.objects.filter(public_id__in=ids).only("public_id"):
        yield row.ref


def _is_id(ref: str) -> bool:
    try:
        UUID(hex=ref)
    except ValueError:
        return False
    return True


def _may_have_lost(now: datetime) -> Iterator[tuple[Subscription | Purchase, range]]:
    """Sales with the periods whose charges may be unknown here: a purchase that is paid has none."""
    rows = Subscription.objects.filter(state__in=LIVE, engine=Engine.OWN).select_related("offer__plan")
    for row in rows.prefetch_related("offer__steps").order_by("pk").iterator(chunk_size=500):
        yield row, _periods(row, now)
    for purchase in Purchase.objects.filter(state=State.PENDING).order_by("pk").iterator(chunk_size=500):
        yield purchase, range(1)


def _periods(row: Subscription, now: datetime) -> range:
    """From the first that is not paid here to the one after the next charge, which a late cancellation calls off."""
    ahead = row.terms.next_charged(max(row.next_seq, present_period(row, now).seq))
    return range(row.next_seq, ahead + 2)
