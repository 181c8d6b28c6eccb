"""The site's time held still, a browser, and a reader on the way to the card page."""

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from newsstand.office.billing.gateways.sandbox.models import CardSetup

TERMS = "$1.99 today, then $1.99 every 4 weeks (28 days) until you cancel."
RETURN = "/subscribe/full/?next=/harbour/boat/"


@pytest.fixture
def site_time(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The site's time in seconds: `site_time["now"] += 60` moves it."""
    from newsstand.office.kit import clock
    from tests.office.billing.gateways.harness import NOW

    held = {"now": NOW}
    monkeypatch.setattr(clock, "unix", lambda: held["now"])
    return held


@pytest.fixture
def bank(publication: Any, site_time: dict[str, int]) -> Client:
    """A browser at a site with a publication."""
    return Client()


@pytest.fixture
def setup(bank: Client) -> "CardSetup":
    """A reader on the way to the card page."""
    from newsstand.office.billing.gateways.base import Mandate
    from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway
    from newsstand.office.billing.gateways.sandbox.models import CardSetup
    from tests.office.billing.gateways.harness import NOW

    gateway = SandboxGateway()
    customer = gateway.ensure_customer(reader_ref="r1", email="ada@example.org", now=NOW)
    begun = gateway.begin_setup(
        customer=customer,
        return_url=RETURN,
        mandate=Mandate("consent-1", TERMS, "Subscribe and pay $1.99"),
        now=NOW,
    )
    assert begun.redirect_url == f"/sandbox/card/{begun.ref}/"
    return CardSetup.objects.get(ref=begun.ref)
