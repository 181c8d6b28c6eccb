"""The kiosk of one process: around answer(), and the only place that asks the clock and waits."""

import asyncio
import time

from newsstand.kiosk.answer import Answer, Miss, Renew, Request, answer
from newsstand.kiosk.cookies import our_cookies
from newsstand.kiosk.house import House, Seen
from newsstand.kiosk.known_heads import KnownHeads
from newsstand.kiosk.own_pages import trouble_page
from newsstand.kiosk.renewing import Renewals, Renewing
from newsstand.kiosk.reply import page
from newsstand.kiosk.standing import Renewal

FLUSH_SECONDS = 5.0
LOOK_SECONDS = 0.02
"""For how long one look at the board and at the entries' version serves all requests."""


class RenewedTwice(RuntimeError):
    """answer() asked for a second renewal of one request: a promise is broken."""


class Kiosk:
    """Answers from the shelf, whatever server it stands in.

    `renew` gives a new pass for a request's cookies, or None for who is not signed in. `heads` is for the
    connections, which read them.
    """

    def __init__(self, house: House, renew: Renewing) -> None:
        self.heads = KnownHeads()
        self._house = house
        self._renewals = Renewals(renew)
        self._seen: Seen | None = None
        self._seen_at = 0.0
        self._ticking: asyncio.TimerHandle | None = None

    def at_once(self, request: Request) -> Answer | Miss | Renew:
        """The answer without waiting, from a shelf looked at within the last 20 milliseconds.

        Never raises: an error of our own is answered by the page that says so.
        """
        moment = time.time()
        seen = self._seen
        try:
            if seen is None or not self._seen_at <= moment < self._seen_at + LOOK_SECONDS:
                seen = self._seen = self._house.look()
                self._seen_at = moment
            result = answer(request, self._house, int(moment) + seen.board.clock_offset, None, seen)
            # It may have been printed since the last look.
            return self._now(request, None) if isinstance(result, Miss) else result
        except Exception as error:  # noqa: BLE001 -- no error may end in anything but an honest page
            return self._trouble(request, error)

    async def renewed(self, request: Request) -> Answer | Miss:
        """The answer for a request that asked for a renewal first. Never raises."""
        try:
            renewal = await self._renewals.of(our_cookies(request.headers.get("cookie")))
            if renewal.outcome == "failed":
                self._house.shelf.tally.add("", "", "renewal_failed", "")
            result = self._now(request, renewal)
            if isinstance(result, Renew):
                raise RenewedTwice(request.path)
        except Exception as error:  # noqa: BLE001 -- no error may end in anything but an honest page
            return self._trouble(request, error)
        return result

    async def respond(self, request: Request) -> Answer | Miss:
        """The answer from the shelf as it is now; the office asks this after printing. Never raises."""
        try:
            result = self._now(request, None)
        except Exception as error:  # noqa: BLE001 -- no error may end in anything but an honest page
            return self._trouble(request, error)
        return await self.renewed(request) if isinstance(result, Renew) else result

    def _now(self, request: Request, renewal: Renewal | None) -> Answer | Miss | Renew:
        """The answer from the shelf of this moment: what was just printed or closed shows."""
        seen = self._house.look()
        return answer(request, self._house, int(time.time()) + seen.board.clock_offset, renewal, seen)

    def open(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hand over every few seconds from now on what was counted, and what was used."""
        self._ticking = loop.call_later(FLUSH_SECONDS, self._tick, loop)

    def close(self) -> None:
        """Hand the last counts over; nothing is answered after it."""
        if self._ticking is not None:
            self._ticking.cancel()
        self._hand_over()

    def _tick(self, loop: asyncio.AbstractEventLoop) -> None:
        loop.run_in_executor(None, self._hand_over)
        self.open(loop)

    def _hand_over(self) -> None:
        self._house.shelf.tally.flush()
        self._house.ready.tell_uses()

    def _trouble(self, request: Request, error: Exception) -> Answer:
        """Counted, not logged, and never with a word of the story."""
        self._house.shelf.tally.add("", "", f"kiosk_error:{type(error).__name__}", "")
        return page(503, trouble_page(self._house.locale), with_body=request.method != "HEAD")
