"""Heads of requests that were read lately: who sends the same bytes again is understood without reading them anew."""

import re
from typing import Final, NamedTuple

MOST_KEPT: Final = 512
LONGEST_KEPT: Final = 2048

# A target with a space or a fragment in it is for the parser to judge.
_LINE: Final = re.compile(rb"GET (/[!\"$-~]*) HTTP/1\.1\r\n")

Fields = dict[str, str]


class KnownHead(NamedTuple):
    """A request's target, and the headers that a kiosk reads."""

    target: bytes
    headers: Fields


class KnownHeads:
    """Keeps headers by the bytes that they were read from, the request line left out.

    Only what the parser took as one whole request without a body, and was answered from the shelf, is given to
    `keep`; the same bytes behind another plain request line mean the same. Two dictionaries take turns, so that
    what is sent once does not push out what is sent again and again.
    """

    def __init__(self) -> None:
        self._young: dict[bytes, Fields] = {}
        self._old: dict[bytes, Fields] = {}

    def find(self, data: bytes) -> KnownHead | None:
        """The head that these bytes are, if all of them are one and its headers are known."""
        line = _LINE.match(data)
        if line is None:
            return None
        rest = data[line.end() :]
        headers = self._young.get(rest)
        if headers is None:
            headers = self._old.get(rest)
            if headers is None:
                return None
            self._keep(rest, headers)
        return KnownHead(line[1], headers)

    def keep(self, data: bytes, headers: Fields) -> None:
        """These bytes were one whole head with these headers."""
        line = _LINE.match(data)
        if line is not None and len(data) <= LONGEST_KEPT:
            self._keep(data[line.end() :], headers)

    def _keep(self, rest: bytes, headers: Fields) -> None:
        if len(self._young) >= MOST_KEPT:
            self._old, self._young = self._young, {}
        self._young[rest] = headers
