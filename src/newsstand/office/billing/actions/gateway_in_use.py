"""The gateways that this installation knows, by name."""

from collections.abc import Iterator
from contextlib import contextmanager

from newsstand.office.billing.gateways.base import Gateway, GatewayError, NotAllowed
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway

GATEWAYS: dict[str, Gateway] = {"sandbox": SandboxGateway()}
NEW_CARDS = "sandbox"  # the gateway that new cards are saved with


class UnknownGateway(GatewayError):
    """A row names a gateway that this installation does not have any more."""


def gateway(name: str) -> Gateway:
    """The gateway of this name, the only way to one. Raises NotAllowed where this site does not let it run."""
    try:
        found = GATEWAYS[name]
    except KeyError:
        raise UnknownGateway(name) from None
    refusal = found.refusal()
    if refusal:
        raise NotAllowed(refusal)
    return found


def why_no_payments() -> str:
    """Why this site can take no payment, in a sentence; "" where it can."""
    return GATEWAYS[NEW_CARDS].refusal()


def allowed() -> Iterator[str]:
    """The names of the gateways that this site lets run."""
    return (name for name, found in GATEWAYS.items() if not found.refusal())


@contextmanager
def use(name: str, other: Gateway) -> Iterator[None]:
    """For as long as this lasts, another one answers by this name: in a rehearsal."""
    before = GATEWAYS[name]
    GATEWAYS[name] = other
    try:
        yield
    finally:
        GATEWAYS[name] = before
