"""Ranges of addresses: taken as they are written, or refused with the reason."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.rules.gate.networks import (
    WIDEST,
    Network,
    NetworkTable,
    RangeError,
    client_address,
    parse_address,
    parse_range,
    proxy_range,
)


@pytest.mark.parametrize(
    "text", ["192.0.2.0/24", "2001:db8::/48", "10.0.0.0/8", "192.0.2.7", "2001:DB8:0::/48", " 192.0.2.0/24 "]
)
def test_a_range_is_read_as_it_is_written(text: str) -> None:
    assert parse_range(text) == ip_network(text.strip())


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("10.0.0.0/8x", "is no range"),
        ("10.0.0.0/", "is no range"),
        ("10.0.0.0/33", "is no range"),
        ("10.0.0/8", "is no range"),
        ("10.0.0.0-10.0.0.9", "is no range"),
        ("10.0.0.0/8 192.0.2.0/24", "is no range"),
        ("", "is no range"),
        ("library.example", "is no range"),
        ("010.0.0.0/8", "is no range"),
        ("10.0.0.5/8", "inside of a range. Write 10.0.0.0/8 for all of the range, or 10.0.0.5"),
        ("10.0.0.0/255.0.0.0", "number of bits, as in 10.0.0.0/8"),
        ("10.0.0.0/0.255.255.255", "number of bits"),
        ("::/0", "wider than any library"),
        ("0.0.0.0/0", "wider than any library"),
        ("0.0.0.0/1", "/8 is the widest"),
        ("2000::/3", "/24 is the widest"),
        ("127.0.0.0/8", "no address that readers come from"),
        ("::1", "no address that readers come from"),
        ("0.0.0.0", "no address that readers come from"),
        ("224.0.0.0/8", "no address that readers come from"),
        ("fe80::/64", "no address that readers come from"),
        ("::ffff:192.0.2.0/120", "as such"),
        ("fe80::1%eth0", "inside of a range"),
    ],
)
def test_what_is_no_range_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(RangeError) as refused:
        parse_range(text)
    assert reason in str(refused.value)


def test_a_proxy_may_be_this_machine_and_nothing_wider_than_a_readers_range() -> None:
    assert proxy_range("127.0.0.1") == ip_network("127.0.0.1/32")
    with pytest.raises(RangeError):
        proxy_range("0.0.0.0/0")
    with pytest.raises(RangeError):
        proxy_range("nginx")


@given(st.text(st.sampled_from("0123456789abcdef.:/%x- "), max_size=24))
@settings(max_examples=200, deadline=None)
def test_no_text_becomes_a_range_that_is_wider_than_it_says(text: str) -> None:
    try:
        found = parse_range(text)
    except RangeError:
        return
    assert found == ip_network(text.strip())
    assert found.prefixlen >= WIDEST[found.version]


networks = st.builds(
    lambda start, bits, subject, until: Network(str(ip_network((start, bits), strict=False)), subject, until),
    st.integers(0x0A000000, 0x0A0000FF),
    st.integers(20, 32),
    st.sampled_from(["site", "product:news"]),
    st.sampled_from([None, 10, 20]),
)


@given(st.lists(networks, max_size=6), st.integers(0x0A000000, 0x0A0000FF), st.sampled_from([9, 10, 20]))
@settings(max_examples=100, deadline=None)
def test_the_table_says_what_a_look_at_each_network_says(
    given_networks: list[Network], number: int, now: int
) -> None:
    address = IPv4Address(number)
    one_by_one = {
        network.subject
        for network in given_networks
        if address in ip_network(network.range) and (network.until is None or now < network.until)
    }
    assert NetworkTable(given_networks).subjects(address, now) == one_by_one
    assert NetworkTable(given_networks).subjects(IPv6Address(number), now) == frozenset()


def test_an_address_is_read_or_is_none() -> None:
    assert parse_address(" 192.0.2.7 ") == IPv4Address("192.0.2.7")
    assert parse_address("::ffff:192.0.2.7") == IPv4Address("192.0.2.7")
    assert parse_address("192.0.2.7:80") is None
    assert client_address("192.0.2.7", "198.51.100.1", ()) == IPv4Address("192.0.2.7")
    assert client_address("", "198.51.100.1", (ip_network("127.0.0.1/32"),)) is None
