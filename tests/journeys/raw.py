"""Requests as no decent client sends them, and a cache between readers and the site."""

import gzip
import http.client
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import brotli

HEURISTIC = {200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501}
"""Statuses that a cache may keep even where no header allows or forbids it."""


@dataclass(frozen=True)
class Got:
    """One answer as it came. `text` is all that a client could read: headers and decoded body."""

    status: int
    headers: Mapping[str, str]
    cookies: tuple[str, ...]
    body: bytes

    @property
    def text(self) -> str:
        coding = self.headers.get("content-encoding", "identity")
        unpack = {"gzip": gzip.decompress, "br": brotli.decompress}.get(coding, bytes)
        data = unpack(self.body) if self.body else b""
        head = "\n".join(f"{name}: {value}" for name, value in self.headers.items())
        return f"{head}\n{' '.join(self.cookies)}\n{data.decode('utf-8', 'replace')}"


@dataclass(frozen=True)
class Ask:
    """One request, byte by byte as it is written here."""

    target: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    host: str = ""

    def having(self, name: str) -> str:
        return ", ".join(value for key, value in self.headers if key.lower() == name)


def send(base: str, ask: Ask) -> Got:
    """The origin's answer to exactly this request."""
    place = urlsplit(base)
    lines = [f"{ask.method} {ask.target} HTTP/1.1", f"Host: {ask.host or place.netloc}"]
    lines += [f"{name}: {value}" for name, value in ask.headers]
    lines += ["Connection: close", "", ""]
    with socket.create_connection((place.hostname or "", place.port or 80), timeout=300) as line:
        line.sendall("\r\n".join(lines).encode("latin-1"))
        answer = http.client.HTTPResponse(line, method=ask.method.upper())
        answer.begin()
        found: dict[str, str] = {}
        for name, value in answer.getheaders():
            if name.lower() != "set-cookie":
                found[name.lower()] = f"{found[name.lower()]}, {value}" if name.lower() in found else value
        return Got(answer.status, found, tuple(answer.headers.get_all("Set-Cookie", [])), answer.read())


class SharedCache:
    """Keeps all that the headers allow, by the target alone: whatever else a request says is not in its key."""

    def __init__(self, base: str) -> None:
        self._base = base
        self._kept: dict[str, tuple[Ask, Got]] = {}

    def ask(self, ask: Ask) -> Got:
        kept = self._kept.get(ask.target) if ask.method in ("GET", "HEAD") else None
        if kept is None or not self._fits(ask, *kept):
            return self._keep(ask, send(self._base, ask))
        rules = kept[1].headers.get("cache-control", "")
        if "no-cache" not in rules:
            return kept[1]
        asked_again = Ask(
            ask.target,
            ask.method,
            (*ask.headers, ("If-None-Match", kept[1].headers.get("etag", '""'))),
            ask.host,
        )
        fresh = send(self._base, asked_again)
        return kept[1] if fresh.status == 304 else self._keep(ask, fresh)

    def _fits(self, ask: Ask, kept_for: Ask, got: Got) -> bool:
        names = [name.strip().lower() for name in got.headers.get("vary", "").split(",") if name.strip()]
        return "*" not in names and all(ask.having(name) == kept_for.having(name) for name in names)

    def _keep(self, ask: Ask, got: Got) -> Got:
        rules = got.headers.get("cache-control", "")
        may_keep = "public" in rules or (not rules and got.status in HEURISTIC)
        is_whole = ask.method == "GET" and not ask.having("authorization") and not ask.having("range")
        if is_whole and got.status != 304 and may_keep and "no-store" not in rules and "private" not in rules:
            self._kept[ask.target] = (ask, got)
        return got
