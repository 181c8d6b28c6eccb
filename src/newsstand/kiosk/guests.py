"""Who is let in by another's right: by a gift for this story, or by the network of a group.

Most requests have neither a query nor a gift's cookie, and most sites let no network in: they cost three looks.
"""

import os
from collections.abc import Mapping
from typing import NamedTuple

from newsstand.kiosk.cookies import GIFT, VISIT, gift_cookie
from newsstand.kiosk.house import House
from newsstand.kiosk.reply import Answer, without_query
from newsstand.kiosk.request import Request, declared
from newsstand.rules.gate.facts import ArticleFacts, Declares, Visit, subject_covers
from newsstand.rules.gate.gifts import Gift, open_gift, open_seat, seal_seat
from newsstand.rules.gate.networks import client_address
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.visits import open_visit
from newsstand.shelf.board import Board
from newsstand.shelf.entry import Entry
from newsstand.shelf.visits import seats_of, seats_window

GIFT_PARAMETER = b"gift="


class Guest(NamedTuple):
    """What was verified of a request besides its pass. `came_by_gift`: nothing about this answer may travel on."""

    gift: str | None
    network: str | None
    came_by_gift: bool

    def visit(self, counted: frozenset[str], declares: str) -> Visit:
        """The same as the gate takes it."""
        return Visit(counted, declares, gift=self.gift, network=self.network)


def guest_of(
    request: Request, cookies: Mapping[str, str], house: House, board: Board, entry: Entry, now: int
) -> Guest | Answer | None:
    """The guest who asks for this story; None for who is none, and the redirect for who follows a gift's link.

    A link that is wrong, over, revoked or used up changes nothing, but that the answer is not shared.
    """
    facts, policy = entry.facts, board.policy
    has_token = GIFT_PARAMETER in request.query
    if facts is None or policy is None or not (has_token or GIFT in cookies or board.networks):
        return None
    gift = _seat(cookies, house, board, facts, now)
    if gift is None and has_token:
        taken = _take_seat(request, cookies, house, board, facts, policy, now)
        if taken is not None:
            return _into_cookie(taken, entry.path, house, now)
    network = _network(request, house, board, facts, now) if policy.network_access else None
    by_gift = has_token or GIFT in cookies
    return Guest(None if gift is None else gift.article, network, by_gift) if by_gift or network else None


def _seat(
    cookies: Mapping[str, str], house: House, board: Board, facts: ArticleFacts, now: int
) -> Gift | None:
    """The gift at which this device has a seat, if it is for this story and stands."""
    token = cookies.get(GIFT)
    gift = None if token is None else open_seat(token, house.ring, now)
    return gift if gift is not None and _stands(gift, board, facts) else None


def _take_seat(
    request: Request,
    cookies: Mapping[str, str],
    house: House,
    board: Board,
    facts: ArticleFacts,
    policy: Policy,
    now: int,
) -> Gift | None:
    """A seat for who follows a link. Who only looks ahead or says to be a crawler takes none."""
    if request.method != "GET" or declared(request) != Declares.NOTHING:
        return None
    gift = open_gift(_token(request.query), house.ring, now)
    if gift is None or not _stands(gift, board, facts):
        return None
    visit = open_visit(cookies.get(VISIT, ""), house.ring)
    device = os.urandom(16).hex() if visit is None else visit.device
    counted = house.shelf.visits.count(
        seats_of(gift.id), seats_window(gift.until), device, policy.gift_devices
    )
    return gift if counted.opened else None


def _into_cookie(gift: Gift, path: str, house: House, now: int) -> Answer:
    token = seal_seat(gift, house.ring)
    return without_query(path, gift_cookie(token, path, seconds=gift.until - now, secure=house.secure))


def _stands(gift: Gift, board: Board, facts: ArticleFacts) -> bool:
    return gift.article == facts.id and gift.id not in board.revoked_gifts


def _token(query: bytes) -> str:
    for part in query.split(b"&"):
        if part.startswith(GIFT_PARAMETER):
            return part[len(GIFT_PARAMETER) :].decode("ascii", "replace")
    return ""


def _network(request: Request, house: House, board: Board, facts: ArticleFacts, now: int) -> str | None:
    """What the network of this address opens: what covers the story, where it opens more than one thing."""
    address = client_address(request.peer, request.headers.get("x-forwarded-for"), house.proxies)
    if address is None:
        return None
    subjects = house.networks.table(board.networks).subjects(address, now)
    return min(subjects, key=lambda subject: (not subject_covers(subject, facts), subject), default=None)
