"""The network brake: whether one network brings so many new devices that the next is asked to register.

A device without its cookie is a new device, and a program can be as many as it likes. Off unless the policy sets it.
"""

import os

from newsstand.kiosk.house import House
from newsstand.kiosk.request import Request
from newsstand.rules.gate.networks import client_address, network_of
from newsstand.rules.gate.policy import Policy
from newsstand.shelf.visits import network_identity, network_window

_PURPOSE = b"newsstand.network:"


def is_braked(request: Request, house: House, policy: Policy, now: int) -> bool:
    """Count one more new device for the network that asks; True where it has brought as many today as it may.

    Kept is a keyed hash of the network and the day, so that nobody can tell from it who was here.
    """
    address = client_address(request.peer, request.headers.get("x-forwarded-for"), house.proxies)
    if address is None:
        return False
    window = network_window(now)
    mark = house.ring.mark(_PURPOSE, f"{window} {network_of(address)}".encode())
    one_more = os.urandom(8).hex()
    return not house.shelf.visits.count(network_identity(mark), window, one_more, policy.new_devices).opened
