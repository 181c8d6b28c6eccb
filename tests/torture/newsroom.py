"""Subscribers by the hundred, made at once, with one payment behind them."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from newsstand.office.accounts.models import Account, Grant
from newsstand.office.billing.actions import found_offer
from newsstand.office.billing.gateways.sandbox import charging
from newsstand.office.billing.gateways.sandbox import models as bank
from newsstand.office.billing.models import (
    Attempt,
    Consent,
    GatewayEvent,
    Invoice,
    Offer,
    PaymentMethod,
    Subscription,
    Transfer,
)
from newsstand.office.kit import clock
from newsstand.office.kit.models import Publication, SentNotice
from newsstand.rules.billing import dunning, ledger
from newsstand.rules.billing.gateway_events import Kind
from newsstand.rules.billing.lifecycle import State
from newsstand.rules.billing.periods import Rhythm, access_until
from newsstand.rules.money import Money

NOON = datetime.fromisoformat("2026-11-22T12:00:00+00:00")
FIRST_PAID_AT = NOON - timedelta(days=28)
ANCHOR = FIRST_PAID_AT.date()
PRICE = Money(199, "USD")
RHYTHM = Rhythm("day", 28)


def found(subscribers: int, mood: str) -> None:
    """A publication, an offer of $1.99 every 28 days, and subscribers who have paid once and are due at noon.

    What they have paid stands in the books and at the bank, as if the engine had taken it.
    """
    Publication.objects.get_or_create(
        pk=1,
        defaults={"name": "The Tidemark", "zone": "UTC", "currency": "USD", "support_email": "h@t.example"},
    )
    offer = found_offer(
        code="full",
        plan_name="Full access",
        product_code="news",
        rights=["read"],
        price=PRICE,
        rhythm=RHYTHM,
        benefits=[],
        by="system",
        now=FIRST_PAID_AT,
    )
    accounts = Account.objects.bulk_create(
        Account(email=f"r{n}-{uuid4().hex[:6]}@torture.example") for n in range(subscribers)
    )
    cards = _cards(accounts, mood)
    saved = _saved_cards(accounts, cards)
    subscriptions = _subscriptions(offer, saved)
    _pay_first_period(subscriptions, _charges(subscriptions, cards))


def _cards(accounts: list[Account], mood: str) -> list[bank.Method]:
    now = clock.to_unix(FIRST_PAID_AT)
    customers = bank.Customer.objects.bulk_create(
        bank.Customer(reader_ref=row.reader_id, created_at=now) for row in accounts
    )
    return bank.Method.objects.bulk_create(
        bank.Method(
            customer=row,
            scenario="pays",
            sim=mood,
            brand="Visa",
            last4="4242",
            exp_month=12,
            exp_year=2034,
            mandate_ref="agreed",
            status="live",
            created_at=now,
        )
        for row in customers
    )


def _saved_cards(accounts: list[Account], cards: list[bank.Method]) -> list[PaymentMethod]:
    return PaymentMethod.objects.bulk_create(
        PaymentMethod(
            account=account,
            gateway="sandbox",
            customer=card.customer.ref,
            token=card.ref,
            brand="Visa",
            last4="4242",
            exp_month=12,
            exp_year=2034,
            mandate_ref="agreed",
            saved_at=FIRST_PAID_AT,
        )
        for account, card in zip(accounts, cards, strict=True)
    )


def _subscriptions(offer: Offer, saved: list[PaymentMethod]) -> list[Subscription]:
    rows = Subscription.objects.bulk_create(
        Subscription(
            account=method.account,
            plan=offer.plan,
            offer=offer,
            product_code="news",
            rhythm_unit=RHYTHM.unit,
            rhythm_count=RHYTHM.count,
            anchor_on=ANCHOR,
            next_seq=1,
            state=State.ACTIVE,
            payment_method=method,
            created_at=FIRST_PAID_AT,
            started_at=FIRST_PAID_AT,
            next_action_at=NOON,
        )
        for method in saved
    )
    Consent.objects.bulk_create(
        Consent(
            reader_id=row.account.reader_id,
            subscription=row,
            offer=offer,
            text="agreed",
            sha256=uuid4().hex,
            locale="en",
            at=FIRST_PAID_AT,
        )
        for row in rows
    )
    return rows


def _charges(subscriptions: list[Subscription], cards: list[bank.Method]) -> list[bank.Charge]:
    """The bank's side of the first payment."""
    now = clock.to_unix(FIRST_PAID_AT)
    charges = bank.Charge.objects.bulk_create(
        bank.Charge(
            ours=uuid4().hex,
            customer=card.customer,
            amount=PRICE.amount,
            currency=PRICE.currency,
            descriptor="The Tidemark",
            metadata={"subscription": row.ref, "seq": "0"},
            created_at=now,
        )
        for row, card in zip(subscriptions, cards, strict=True)
    )
    bank.Attempt.objects.bulk_create(
        bank.Attempt(key=uuid4().hex, charge=charge, method=card, state="succeeded", at=now)
        for charge, card in zip(charges, cards, strict=True)
    )
    bank.Event.objects.bulk_create(
        bank.Event(
            kind=Kind.CHARGE_SUCCEEDED.value,
            object_ref=charge.ref,
            charge=charge,
            ours=charge.ours,
            amount=charge.amount,
            currency=charge.currency,
            at=now,
        )
        for charge in charges
    )
    return charges


def _pay_first_period(subscriptions: list[Subscription], charges: list[bank.Charge]) -> None:
    """Our side of it: invoice, attempt, news, ledger, receipt and grant."""
    consents = {row.subscription_id: row for row in Consent.objects.all()}
    pairs = list(zip(subscriptions, charges, strict=True))
    invoices = Invoice.objects.bulk_create(
        Invoice(
            public_id=UUID(hex=charge.ours),
            subscription=row,
            seq=0,
            starts_on=row.period(0).starts_on,
            ends_on=row.period(0).ends_on,
            price=row.offer.price_row(0),
            amount=charge.amount,
            currency=charge.currency,
            consent=consents[row.pk],
            status="paid",
            gateway="sandbox",
            charge_ref=charge.ref,
            opened_at=FIRST_PAID_AT,
            paid_at=FIRST_PAID_AT,
        )
        for row, charge in pairs
    )
    Attempt.objects.bulk_create(
        Attempt(
            invoice=invoice,
            n=1,
            payment_method=row.payment_method,
            initiator="reader",
            status="succeeded",
            begun_at=FIRST_PAID_AT,
            settled_at=FIRST_PAID_AT,
        )
        for row, invoice in zip(subscriptions, invoices, strict=True)
    )
    _book(charges)
    until = access_until(ANCHOR + timedelta(days=28))
    Grant.objects.bulk_create(
        Grant(
            account=row.account,
            subject="product:news",
            rights=["read"],
            from_at=FIRST_PAID_AT,
            until=clock.from_unix(until),
            grace_until=clock.from_unix(dunning.grace_until(ANCHOR + timedelta(days=28))),
            source="subscription",
            source_ref=row.ref,
        )
        for row in subscriptions
    )


def _book(charges: list[bank.Charge]) -> None:
    postings = [
        (row.ours, posting)
        for row in charges
        for posting in (
            ledger.charge("sandbox", row.ref, "news", row.money),
            ledger.fee("sandbox", row.ref, charging.fee_of(row.money)),
        )
    ]
    Transfer.objects.bulk_create(
        Transfer(
            key=posting.key,
            debit=posting.debit,
            credit=posting.credit,
            amount=posting.money.amount,
            currency=posting.money.currency,
            reference=ref,
            at=FIRST_PAID_AT,
        )
        for ref, posting in postings
    )
    GatewayEvent.objects.bulk_create(
        GatewayEvent(
            gateway="sandbox",
            object_id=row.ref,
            kind=Kind.CHARGE_SUCCEEDED.value,
            charge_id=row.ref,
            ref=row.ours,
            amount=row.amount,
            currency=row.currency,
            via="answer",
            at=FIRST_PAID_AT,
            received_at=FIRST_PAID_AT,
        )
        for row in charges
    )
    SentNotice.objects.bulk_create(
        SentNotice(
            key=f"billing.receipt:{row.ours}",
            template="billing/mail/notice",
            created_at=FIRST_PAID_AT,
            sent_at=FIRST_PAID_AT,
        )
        for row in charges
    )
