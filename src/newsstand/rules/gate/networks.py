"""Networks of groups: ranges of addresses, read strictly, and which of them an address is in.

A range that cannot be read is refused with the reason. It is never repaired: a slip that is "repaired"
may let everybody in.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

Range = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address

# The widest that a range may be: what the largest networks that exist are given.
WIDEST: Final = {4: 8, 6: 24}
NEIGHBOURS: Final = {4: 24, 6: 56}
"""How wide the network is that one address stands for, by the version of the protocol."""


class RangeError(ValueError):
    """A range of addresses that is not taken; the text says why, and what would be right."""


@dataclass(frozen=True, slots=True)
class Network:
    """What a range of addresses opens: `subject` is `site` or `product:<code>`, until a moment or for good."""

    range: str
    subject: str
    until: int | None = None


def parse_range(text: str) -> Range:
    """The range of `192.0.2.0/24`, `2001:db8::/48` or one address. Raises RangeError for anything else.

    `10.0.0.5/8` is refused too: it may mean one address or sixteen million.
    """
    written = text.strip()
    try:
        found = ipaddress.ip_network(written, strict=False)
    except ValueError:
        raise RangeError(
            f"{written!r} is no range of addresses. Write one like 192.0.2.0/24, 2001:db8::/48 or 192.0.2.7."
        ) from None
    address = written.partition("/")[0]
    if "%" in address or str(ipaddress.ip_address(address)) != str(found.network_address):
        raise RangeError(
            f"{written!r} names an address inside of a range. Write {found} for all of the range, "
            f"or {address} for that one address."
        )
    if "/" in written and not written.partition("/")[2].isdecimal():
        raise RangeError(f"{written!r}: write the width as a number of bits, as in {found}.")
    _check_meaning(found, written)
    return found


def proxy_range(text: str) -> Range:
    """The addresses of a proxy of ours: as strict as for readers, but this machine's own address is one."""
    try:
        found = ipaddress.ip_network(text.strip())
    except ValueError:
        return parse_range(text)
    return found if found.is_loopback else parse_range(text)


def _check_meaning(found: Range, written: str) -> None:
    if found.prefixlen < WIDEST[found.version]:
        raise RangeError(
            f"{written!r} is wider than any library or company: "
            f"/{WIDEST[found.version]} is the widest that is taken for IPv{found.version}."
        )
    if isinstance(found, ipaddress.IPv6Network) and found.network_address.ipv4_mapped is not None:
        raise RangeError(f"{written!r}: write an IPv4 range as such, like 192.0.2.0/24.")
    if found.is_loopback or found.is_multicast or found.is_unspecified or found.is_link_local:
        raise RangeError(f"{written!r} holds no address that readers come from.")


def parse_address(text: str) -> Address | None:
    """The address that this text is, or None. One of IPv4 that is dressed as IPv6 is taken for what it is."""
    try:
        found = ipaddress.ip_address(text.strip())
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return found if mapped is None else mapped


class NetworkTable:
    """Networks made ready to be asked: one look for each width that occurs, however many there are."""

    def __init__(self, networks: Iterable[Network]) -> None:
        self._by_width: dict[tuple[int, int], dict[int, list[Network]]] = {}
        for network in networks:
            found = parse_range(network.range)
            shift = found.max_prefixlen - found.prefixlen
            starts = self._by_width.setdefault((found.version, shift), {})
            starts.setdefault(int(found.network_address) >> shift, []).append(network)

    def subjects(self, address: Address, now: int) -> frozenset[str]:
        """What the networks open that hold this address and are not over. In no network: nothing."""
        number, version = int(address), address.version
        return frozenset(
            network.subject
            for (of_version, shift), starts in self._by_width.items()
            if of_version == version
            for network in starts.get(number >> shift, ())
            if network.until is None or now < network.until
        )


def client_address(peer: str, forwarded: str | None, proxies: tuple[Range, ...]) -> Address | None:
    """Where a request comes from: the other end of the connection, unless that is one of our own proxies.

    Only then its `X-Forwarded-For` is read, from the right, up to the first address that is no proxy of ours;
    what stands left of it was written by the client. Anything that cannot be read gives None.
    """
    address = parse_address(peer)
    if address is None or not _is_in(address, proxies):
        return address
    for part in reversed((forwarded or "").split(",")):
        address = parse_address(part)
        if address is None or not _is_in(address, proxies):
            return address
    return None


def network_of(address: Address) -> str:
    """The network that an address stands for: of 192.0.2.7 `192.0.2.0/24`, and with IPv6 a household's /56."""
    width = NEIGHBOURS[address.version]
    return str(ipaddress.ip_network((int(address), address.max_prefixlen)).supernet(new_prefix=width))


def _is_in(address: Address, ranges: tuple[Range, ...]) -> bool:
    return any(address.version == one.version and address in one for one in ranges)
