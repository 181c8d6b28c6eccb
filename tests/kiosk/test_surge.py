"""Many readers at one moment for a page that is not printed yet: one printing, and the right page for each."""

import asyncio
from dataclasses import replace
from typing import Any

from newsstand.kiosk.answer import Answer
from newsstand.kiosk.app import Kiosk
from newsstand.kiosk.together import MISS, KioskFirst, request_of
from newsstand.rules.gate.facts import Level
from newsstand.rules.gate.variants import Variant
from tests.kiosk.site import (
    OPENING_TEXT,
    PAID_TEXT,
    POLICY,
    Site,
    article_id,
    bodies_of,
    pass_cookie,
    subscription,
    visit_of,
)
from tests.kiosk.test_app import scope_of

READERS = 2000
WALL = "opening.ads.by-subscribe"
FULL = "full.in.talk"


class Printer:
    """An office that prints the variant that was missed, in its own time, and then answers like the kiosk."""

    def __init__(self, site: Site, kiosk: Kiosk) -> None:
        self._site = site
        self._kiosk = kiosk
        self.printed: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        miss = scope[MISS]
        self.printed.append(miss.variant)
        await asyncio.sleep(0.05)
        entry = self._site.shelf.entries.get(miss.path)
        assert entry is not None
        self._site.shelf.entries.add(
            miss.path, entry.stamp, miss.variant, bodies_of(Variant.parse(miss.variant))
        )
        answer = await self._kiosk.respond(request_of(scope))
        assert isinstance(answer, Answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})


async def ask(front: KioskFirst, path: str, cookie: str | None) -> tuple[int, bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing is read from a GET")

    headers = [] if cookie is None else [("cookie", cookie)]
    await front(scope_of(path, headers=headers), receive, send)
    return sent[0]["status"], sent[1]["body"]


def test_two_thousand_readers_cause_one_printing_of_each_variant(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: site.now + 0.5)
    path = site.print_story(1, Level.SUBSCRIBERS, only=())
    kiosk = Kiosk(site.house, _never)
    printer = Printer(site, kiosk)
    front = KioskFirst(kiosk, printer)
    subscriber = pass_cookie(site.pass_of(subscription()))

    async def crowd() -> list[tuple[int, bytes]]:
        cookies = [None, subscriber] * (READERS // 2)
        return await asyncio.gather(*(ask(front, path, cookie) for cookie in cookies))

    answers = asyncio.run(crowd())
    assert {status for status, _ in answers} == {200}
    assert all(PAID_TEXT.encode() not in body for _, body in answers[0::2])
    assert all(OPENING_TEXT.encode() in body for _, body in answers[0::2])
    assert all(PAID_TEXT.encode() in body for _, body in answers[1::2])
    assert sorted(printer.printed) == [FULL, WALL]


def test_a_printing_that_fails_leaves_nobody_waiting(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: site.now + 0.5)
    path = site.print_story(1, Level.SUBSCRIBERS, only=())
    asked: list[str] = []

    async def jammed(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await asyncio.sleep(0.01)
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    front = KioskFirst(Kiosk(site.house, _never), jammed)

    async def three() -> list[tuple[int, bytes]]:
        return await asyncio.gather(*(ask(front, path, None) for _ in range(3)))

    assert [status for status, _ in asyncio.run(three())] == [503] * 3
    assert len(asked) == 3


async def _never(cookies: Any) -> str | None:
    raise AssertionError(f"nobody is signed in: {cookies}")


def test_strangers_are_told_the_same_but_never_past_a_change(site: Site) -> None:
    path = site.print_story(1, Level.FREE)
    first = site.get(path)
    assert site.get(path) is first
    site.now += 1
    assert site.get(path) == first
    site.print_story(1, Level.SUBSCRIBERS)
    wall = site.get(path)
    assert isinstance(wall, Answer)
    assert PAID_TEXT.encode() not in wall.body


def test_each_stranger_of_one_second_is_counted_on_a_device_of_their_own(site: Site) -> None:
    path = site.print_story(1, Level.METERED)
    answers = [site.get(path) for _ in range(4)]
    visits = [visit_of(answer) for answer in answers]
    assert len({visit.device for visit in visits if visit is not None}) == 4
    assert {visit.counted for visit in visits if visit is not None} == {(article_id(1),)}
    assert {(answer.status, answer.body) for answer in answers} == {(200, answers[0].body)}
    assert PAID_TEXT.encode() in answers[0].body
    assert [number for reading, number in site.shelf.tally.drain().items() if reading.reason == "meter"] == [
        4
    ]
    assert all(len(answer.cookies) == 1 and "public" not in str(answer.headers) for answer in answers)
    site.shelf.board.set_policy(replace(POLICY, device_allowance=0))
    walled = site.get(path)
    assert walled.cookies == ()
    assert PAID_TEXT.encode() not in walled.body


def test_a_story_of_this_second_is_asked_of_the_office_once(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: site.now + 0.5)
    kiosk = Kiosk(site.house, _never)
    asked: list[str] = []

    async def printer(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await asyncio.sleep(0.05)
        site.print_story(7, Level.SUBSCRIBERS)
        answer = await kiosk.respond(request_of(scope))
        assert isinstance(answer, Answer)
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body})

    front = KioskFirst(kiosk, printer)

    async def crowd() -> list[tuple[int, bytes]]:
        return await asyncio.gather(*(ask(front, "/harbour/story-7/", None) for _ in range(300)))

    answers = asyncio.run(crowd())
    assert len(asked) == 1
    assert {status for status, _ in answers} == {200}
    assert all(PAID_TEXT.encode() not in body for _, body in answers)
    assert sum(site.shelf.tally.drain().values()) == 300


def test_a_page_of_the_office_keeps_others_waiting_once_at_most(site: Site, monkeypatch: Any) -> None:
    monkeypatch.setattr("newsstand.kiosk.app.time.time", lambda: site.now + 0.5)
    running, most = 0, 0

    async def office(scope: Any, receive: Any, send: Any) -> None:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"yours"})

    front = KioskFirst(Kiosk(site.house, _never), office)

    async def three(path: str) -> int:
        nonlocal most
        most = 0
        await asyncio.gather(*(ask(front, path, None) for _ in range(3)))
        return most

    async def twice() -> tuple[int, int, int]:
        return await three("/account/"), await three("/account/"), await three("")

    assert asyncio.run(twice()) == (2, 3, 3)
