"""Heads that are known by their bytes mean what the parser reads in them, and nothing else."""

from typing import Any

from httptools import HttpParserError, HttpRequestParser
from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.kiosk.known_heads import KnownHeads
from newsstand.kiosk.request import Request, canonical_path, headers_of

TARGETS = (
    "/",
    "/harbour/a/",
    "/harbour/a/?utm_source=x?y",
    "/style.1a2b.css",
    "/caf%C3%A9/",
    "//a/",
    "/a/#b",
    "/a b/",
    "/?",
)
LINES = (
    "Host: paper.example",
    "Accept-Encoding: gzip",
    "accept-encoding:br",
    "User-Agent: one",
    "Cookie: newsstand_pass=one",
    "Cookie: newsstand_pass=two; other=x",
    "cookie: newsstand_pass=three",
    "COOKIE: newsstand_pass=four",
    "Cookie:newsstand_pass=five",
    "Cookie: newsstand_pass=six ",
    "Cookie: newsstand_pass=s\x01x",
    "X-Cookie: newsstand_pass=seven",
    "X: \nCookie: newsstand_pass=eight",
)
HEADS = st.tuples(st.sampled_from(TARGETS), st.lists(st.sampled_from(LINES), max_size=4))


class _Heard:
    def __init__(self) -> None:
        self.url = b""
        self.pairs: list[tuple[bytes, bytes]] = []
        self.is_whole = False

    def on_url(self, url: bytes) -> None:
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self.pairs.append((name, value))

    def on_message_complete(self) -> None:
        self.is_whole = True


def parsed(data: bytes) -> Request | None:
    """The request as the parser reads it, or None where it is none."""
    heard: Any = _Heard()
    try:
        HttpRequestParser(heard).feed_data(data)
    except HttpParserError:
        return None
    path, _, query = heard.url.partition(b"?")
    request = Request("GET", canonical_path(path), query, headers_of(heard.pairs), "peer")
    return request if heard.is_whole else None


@settings(max_examples=200)
@given(st.lists(HEADS, min_size=1, max_size=12))
def test_what_is_known_is_what_the_parser_reads(asked: list[tuple[str, list[str]]]) -> None:
    known = KnownHeads()
    for _ in range(3):  # until heads are known whole, cookies and all
        for target, lines in asked:
            data = "\r\n".join([f"GET {target} HTTP/1.1", *lines, "", ""]).encode("latin-1")
            read, found = parsed(data), known.find(data, "peer")
            if found is not None:
                assert found == read
            if read is not None:
                known.keep(data, dict(read.headers))  # type: ignore[call-overload]


def test_a_reader_who_comes_back_is_known_whole() -> None:
    known = KnownHeads()
    lines = b"Host: paper.example\r\nCookie: newsstand_pass=one\r\n\r\n"
    assert known.find(b"GET /a/ HTTP/1.1\r\n" + lines, "") is None
    known.keep(b"GET /a/ HTTP/1.1\r\n" + lines, {"cookie": "newsstand_pass=one"})
    found = [known.find(b"GET /%d/ HTTP/1.1\r\n" % number + lines, "") for number in range(3)]
    assert [(request and request.path) for request in found] == ["/0/", "/1/", "/2/"]
    assert found[2] is not None
    assert found[1] is not None
    assert found[2].headers is found[1].headers
    assert found[2].headers.get("cookie") == "newsstand_pass=one"
