"""A crowd: many visitors who have never been here, over a number of kept connections, each asking once."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Seen:
    """What a visitor saw, but for what differs between visitors: the status, whether a cookie came, the body."""

    status: int
    has_cookie: bool
    body: bytes


@dataclass(slots=True)
class Crowd:
    """How it went: the answers by what they were, when each was asked for and came, and how many were lost."""

    answers: Counter[Seen] = field(default_factory=Counter)
    spans: list[tuple[float, float]] = field(default_factory=list)
    lost: int = 0

    def quantile(self, share: float) -> float:
        """The seconds within which so large a share was answered."""
        ranked = sorted(came - began for began, came in self.spans)
        return ranked[min(len(ranked) - 1, int(len(ranked) * share))]

    def worst_after_the_first(self) -> float:
        """The longest time of all who asked when somebody had been answered already: the page is printed by then."""
        first = min(came for _began, came in self.spans)
        return max((came - began for began, came in self.spans if began >= first), default=0.0)


async def gather(
    port: int, path: str, *, visitors: int, connections: int, crowd: Crowd | None = None
) -> Crowd:
    """Let so many visitors ask for a path, all connections at once; the `crowd` given can be watched."""
    crowd = crowd or Crowd()
    waiting = iter(range(visitors))
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept-Encoding: gzip\r\nUser-Agent: crowd\r\n\r\n"
    )
    opened = await asyncio.gather(
        *(asyncio.open_connection("127.0.0.1", port) for _ in range(connections)), return_exceptions=True
    )
    asking = [_ask(pair, request.encode(), waiting, crowd) for pair in opened if isinstance(pair, tuple)]
    await asyncio.gather(*asking)
    crowd.lost += sum(1 for _ in waiting)
    return crowd


async def _ask(
    pair: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    request: bytes,
    waiting: Iterator[int],
    crowd: Crowd,
) -> None:
    reader, writer = pair
    for _visitor in waiting:
        began = time.perf_counter()
        try:
            writer.write(request)
            seen = await _answer(reader)
        except (OSError, asyncio.IncompleteReadError, ValueError):
            crowd.lost += 1
            break
        crowd.spans.append((began, time.perf_counter()))
        crowd.answers[seen] += 1
    writer.close()


async def _answer(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
    body = await reader.readexactly(length)
    return Seen(int(head[9:12]), b"\r\nset-cookie: newsstand_visit=" in head, body)
