"""What has happened at the sandbox bank, written down once and told by webhook and by list alike."""

from newsstand.office.billing.gateways.base import EventPage, GatewayError
from newsstand.office.billing.gateways.sandbox.models import Charge, Delivery, Event
from newsstand.rules.billing.dunning import DeclineClass
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.money import Money

NAME = "sandbox"
LATE = 86_400  # seconds by which "SIM WEBHOOK LATE" delays
PAGE_SIZE = 100


def record(
    kind: Kind,
    object_ref: str,
    at: int,
    *,
    charge: Charge | None = None,
    ours: str = "",
    money: Money | None = None,
    code: str = "",
    cause: str = "",
    mood: str = "",
) -> None:
    """Write an event, which may lie in the future, and its deliveries in the `mood` of the card."""
    event = Event.objects.create(
        kind=kind.value,
        object_ref=object_ref,
        charge=charge,
        ours=ours,
        amount=money.amount if money else None,
        currency=money.currency if money else "",
        code=code,
        cause=cause,
        at=at,
    )
    due_at = at + LATE if mood == "webhook_late" else at
    copies = {"webhook_never": 0, "webhook_twice": 2}.get(mood, 1)
    for _ in range(copies):
        Delivery.objects.create(event=event, due_at=due_at)


def as_gateway_event(event: Event) -> GatewayEvent:
    """The event in the words that all gateways share."""
    return GatewayEvent(
        gateway=NAME,
        object_id=event.object_ref,
        kind=Kind(event.kind),
        at=event.at,
        charge_id=event.charge.ref if event.charge else "",
        ref=event.ours,
        amount=Money(event.amount, event.currency) if event.amount is not None else None,
        code=event.code,
        cause=DeclineClass(event.cause) if event.cause else None,
        fee=_fee(event),
    )


def fee_of(money: Money) -> Money:
    """What a bank of this kind would keep: 2.9 % and 30 of the smallest units."""
    return Money((money.amount * 29 + 500) // 1000 + 30, money.currency)


def _fee(event: Event) -> Money | None:
    if event.kind != Kind.CHARGE_SUCCEEDED.value or event.amount is None:
        return None
    return fee_of(Money(event.amount, event.currency))


def page_since(cursor: str, until: int) -> EventPage:
    """The events after `cursor` up to `until`, in order of time; at most a hundred."""
    at, number = _position(cursor)
    rows = Event.objects.filter(at__lte=until, at__gte=at).exclude(at=at, id__lte=number)
    page = list(rows.select_related("charge").order_by("at", "id")[:PAGE_SIZE])
    last = f"{page[-1].at}:{page[-1].id}" if page else cursor
    return EventPage(tuple(as_gateway_event(event) for event in page), last)


def _position(cursor: str) -> tuple[int, int]:
    if not cursor:
        return 0, 0
    at, _, number = cursor.partition(":")
    try:
        return int(at), int(number)
    except ValueError as error:
        raise GatewayError(f"{cursor!r} is no cursor of this gateway") from error
