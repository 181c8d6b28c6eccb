"""Who asks: the pass as the kiosk may believe it now, and when it must be renewed first."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from msgspec import Struct

from newsstand.kiosk.cookies import PASS, SESSION, no_pass_cookie, pass_cookie
from newsstand.kiosk.house import House
from newsstand.kiosk.reply import Renew
from newsstand.rules.gate.facts import ReaderFacts
from newsstand.rules.gate.passes import Pass, open_pass
from newsstand.shelf.board import Board

WALL_NEEDS_PASS_WITHIN = 5
"""Seconds: who has just paid must never meet a wall on a pass from before."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """How asking the office for a new pass ended. Only `renewed` has a token."""

    outcome: Literal["renewed", "signed_out", "failed"]
    token: str = ""


class Standing(Struct, frozen=True, gc=False):
    """The pass that holds, if any; the cookies that the answer must set for it; what may still be asked."""

    held: Pass | None
    set_cookies: tuple[str, ...]
    may_renew: bool

    @property
    def reader(self) -> ReaderFacts | None:
        """The signed-in reader, or None."""
        return None if self.held is None else self.held.reader

    def is_too_old_for_a_wall(self, now: int) -> bool:
        """Whether one renewal must be tried before a wall is answered."""
        return self.may_renew and (self.held is None or now - self.held.issued_at > WALL_NEEDS_PASS_WITHIN)


NOBODY = Standing(None, (), may_renew=False)


def standing(
    cookies: Mapping[str, str], house: House, board: Board, now: int, renewal: Renewal | None
) -> Standing | Renew:
    """The pass in the cookies or, after a renewal, what the office said."""
    if not cookies and renewal is None:
        return NOBODY
    if renewal is not None and renewal.outcome == "signed_out":
        cleared = (no_pass_cookie(secure=house.secure),) if PASS in cookies else ()
        return Standing(None, cleared, may_renew=False)
    if renewal is not None and renewal.outcome == "renewed":
        fresh = open_pass(renewal.token, house.ring, now)
        if fresh is not None:
            renewed = pass_cookie(renewal.token, fresh, now=now, secure=house.secure)
            return Standing(_unless_closed(fresh, board), (renewed,), may_renew=False)
    token = cookies.get(PASS)
    held = None if token is None else _unless_closed(house.passes.open(token, now), board)
    may_renew = renewal is None and SESSION in cookies
    if may_renew and (held is None or now >= held.renew_after):
        return Renew()
    return Standing(held, (), may_renew)


def _unless_closed(held: Pass | None, board: Board) -> Pass | None:
    if held is None or board.has_closed(held.reader.id, held.session, held.issued_at):
        return None
    return held
