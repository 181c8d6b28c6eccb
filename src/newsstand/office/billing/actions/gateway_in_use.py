"""The gateways that this installation knows, by name."""

from collections.abc import Iterator
from contextlib import contextmanager

from newsstand.office.billing.gateways.base import Gateway
from newsstand.office.billing.gateways.sandbox.gateway import SandboxGateway

GATEWAYS: dict[str, Gateway] = {"sandbox": SandboxGateway()}
NEW_CARDS = "sandbox"  # the gateway that new cards are saved with


class UnknownGateway(LookupError):
    """A row names a gateway that this installation does not have any more."""


def gateway(name: str) -> Gateway:
    """The gateway of this name."""
    try:
        return GATEWAYS[name]
    except KeyError:
        raise UnknownGateway(name) from None


@contextmanager
def use(name: str, other: Gateway) -> Iterator[None]:
    """For as long as this lasts, another one answers by this name: in a rehearsal."""
    before = GATEWAYS[name]
    GATEWAYS[name] = other
    try:
        yield
    finally:
        GATEWAYS[name] = before
