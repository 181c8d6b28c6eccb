"""Asking the office for a new pass: once per session at a time, and never for longer than a second."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from newsstand.kiosk.cookies import SESSION
from newsstand.kiosk.standing import Renewal

Renewing = Callable[[Mapping[str, str]], Awaitable[str | None]]
"""From a request's cookies to a sealed pass, or None for who is not signed in. It may fail or hang."""

LIMIT_SECONDS = 1.0


class Renewals:
    """Single flight for each session cookie: requests that come at the same moment share one renewal."""

    def __init__(self, renew: Renewing, *, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._renew = renew
        self._limit_seconds = limit_seconds
        self._running: dict[str, asyncio.Task[Renewal]] = {}

    async def of(self, cookies: Mapping[str, str]) -> Renewal:
        """How the renewal ended; `failed` where the office raised or took too long."""
        session = cookies.get(SESSION, "")
        task = self._running.get(session)
        if task is None or task.done() or task.get_loop() is not asyncio.get_running_loop():
            task = asyncio.get_running_loop().create_task(self._ask(dict(cookies)))
            self._running[session] = task
            task.add_done_callback(lambda done: self._forget(session, done))
        # Not asyncio.timeout: it cancels the task that waits, and the server's own tasks can't be.
        done, _pending = await asyncio.wait({task}, timeout=self._limit_seconds)
        if task in done and not task.cancelled():
            return task.result()
        task.cancel()
        self._forget(session, task)
        return Renewal("failed")

    async def _ask(self, cookies: Mapping[str, str]) -> Renewal:
        try:
            token = await self._renew(cookies)
        except Exception:  # noqa: BLE001 -- whatever goes wrong in the office, the old pass stands
            return Renewal("failed")
        return Renewal("signed_out") if token is None else Renewal("renewed", token)

    def _forget(self, session: str, done: asyncio.Task[Renewal]) -> None:
        if self._running.get(session) is done:
            del self._running[session]
