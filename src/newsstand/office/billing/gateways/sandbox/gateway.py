"""The sandbox as a gateway: the interface of `base.py`, answered in this process from its own database."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from newsstand.office.billing.gateways import base
from newsstand.office.billing.gateways.sandbox import cards, charging, events, permit, refunds, webhooks
from newsstand.office.billing.gateways.sandbox.models import CardSetup, Charge, Customer, Method
from newsstand.office.billing.gateways.sandbox.models import Refund as RefundRow
from newsstand.office.billing.gateways.sandbox.router import ALIAS
from newsstand.rules.billing.gateway_events import GatewayEvent, Kind
from newsstand.rules.money import Money


class SandboxGateway:
    """A gateway that takes no money. It keeps no state of its own: one instance serves all."""

    name = events.NAME
    capabilities = base.Capabilities(
        sca=True,
        async_settlement=False,
        partial_refund=True,
        intent_object=True,
        disputes=True,
        list_since=True,
        account_updater=True,
        idempotency_window=10 * 365 * 86_400,
    )

    def refusal(self) -> str:
        return (
            "" if permit.is_allowed() else _("The sandbox takes no money, and this site does not allow it.")
        )

    def ensure_customer(self, *, reader_ref: str, email: str, now: int) -> str:
        """The address is not kept: a bank that sends no mail needs none."""
        customer, _ = Customer.objects.get_or_create(reader_ref=reader_ref, defaults={"created_at": now})
        return customer.ref

    def begin_setup(self, *, customer: str, return_url: str, mandate: base.Mandate, now: int) -> base.Setup:
        setup = CardSetup.objects.create(
            customer=_customer(customer),
            return_url=return_url,
            consent_ref=mandate.consent_ref,
            mandate_text=mandate.text,
            button=mandate.button,
            created_at=now,
        )
        return base.Setup(setup.ref, reverse("sandbox:card", args=[setup.ref]))

    def finish_setup(self, *, setup_ref: str, now: int) -> base.PaymentMethod:
        setup = CardSetup.objects.select_related("method").filter(ref=setup_ref).first()
        if setup is None:
            raise base.GatewayError("no such setup")
        if setup.method is None or not setup.is_done:
            raise base.SetupIncomplete("no card was saved")
        return cards.as_payment_method(setup.method)

    def open_charge(self, *, charge: base.NewCharge, now: int) -> str:
        known = Charge.objects.select_related("customer").filter(ours=charge.ref)
        row = known.first() or _open(charge, now) or known.get()
        if row.money != charge.amount or row.customer.ref != charge.customer:
            raise base.GatewayError("this reference stands for another amount or customer")
        return row.ref

    def attempt(
        self,
        *,
        charge_ref: str,
        payment_method: str,
        key: str,
        initiator: base.Initiator,
        return_url: str,
        now: int,
    ) -> base.Attempted:
        method = Method.objects.filter(ref=payment_method, customer__charges__ref=charge_ref).first()
        if method is None:
            raise base.GatewayError("this customer has no such card")
        if method.sim == "timeout":
            return base.Unknown("timeout")
        if method.sim == "error_once" and _shows_error(method):
            return base.Unknown("http_500")
        answer = charging.take(charge_ref, method, key, initiator, return_url, now)
        if method.sim == "webhook_first":
            webhooks.deliver_first(now)
        return base.Unknown("timeout") if method.sim in _UNHEARD else answer

    def lookup_charge(self, *, ref: str, now: int) -> base.Lookup:
        charge = Charge.objects.filter(ours=ref).first()
        if charge is None:
            return base.NotFound(ref)
        attempts = list(charge.attempts.order_by("id"))
        paid = [attempt for attempt in attempts if attempt.state == attempt.State.SUCCEEDED]
        if paid:
            return charging.outcome(paid[0], now)
        if charge.canceled_at is not None:
            return base.Canceled(charge.ref)
        return charging.outcome(attempts[-1], now) if attempts else base.Open(charge.ref)

    def cancel_charge(self, *, charge_ref: str, now: int) -> base.Canceled | base.AlreadySucceeded:
        return charging.cancel(_charge(charge_ref).ref, now)

    def refund(self, *, charge_ref: str, amount: Money, key: str, now: int) -> base.RefundOutcome:
        return refunds.give_back(_charge(charge_ref).ref, amount, key, now)

    def lookup_refund(self, *, key: str, now: int) -> base.Refund | base.NotFound:
        found = RefundRow.objects.select_related("charge").filter(key=key).first()
        return base.NotFound(key) if found is None else refunds.answer(found, now)

    def forget(self, *, payment_method: str, now: int) -> None:
        with transaction.atomic(using=ALIAS):
            live = Method.objects.filter(ref=payment_method, status=Method.Status.LIVE)
            if live.update(status=Method.Status.FORGOTTEN):
                events.record(Kind.METHOD_DETACHED, payment_method, now)

    def parse_webhook(self, *, headers: Mapping[str, str], body: bytes, now: int) -> tuple[GatewayEvent, ...]:
        return webhooks.read(headers, body, now)

    def events_since(self, *, cursor: str, until: int) -> base.EventPage:
        return events.page_since(cursor, until)


_UNHEARD = {"timeout_success", "slow"}  # who waits 30 seconds hears nothing of an answer after 40


def _customer(ref: str) -> Customer:
    try:
        return Customer.objects.get(ref=ref)
    except Customer.DoesNotExist:
        raise base.GatewayError("no such customer") from None


def _open(charge: base.NewCharge, now: int) -> Charge | None:
    """The charge for this reference; None where another call has opened it at this moment."""
    made = Charge(
        ours=charge.ref,
        customer=_customer(charge.customer),
        amount=charge.amount.amount,
        currency=charge.amount.currency,
        descriptor=charge.descriptor,
        metadata=dict(charge.metadata),
        created_at=now,
    )
    try:
        with transaction.atomic(using=ALIAS):
            made.save(force_insert=True)
    except IntegrityError:
        return None
    return made


def _charge(ref: str) -> Charge:
    try:
        return Charge.objects.get(ref=ref)
    except Charge.DoesNotExist:
        raise base.GatewayError("no such charge") from None


def _shows_error(method: Method) -> bool:
    """Whether this is the first time that the card is tried, which "SIM ERROR ONCE" answers with an error."""
    return Method.objects.filter(pk=method.pk, errors_shown=0).update(errors_shown=1) == 1
