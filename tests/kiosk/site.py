"""A small site on a shelf in memory, and readers who ask it for pages."""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass, replace

import brotli
from msgspec import structs

from newsstand.kiosk.answer import Answer, House, Miss, Renew, Renewal, Request, answer
from newsstand.rules.gate.facts import ArticleFacts, Grant, Level, ReaderFacts, Step
from newsstand.rules.gate.meter import window_at
from newsstand.rules.gate.passes import KeyRing, Pass, open_pass, pass_for, seal_pass
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.variants import Variant, page_variants, variants
from newsstand.rules.gate.visits import DeviceVisit, open_visit, seal_visit
from newsstand.shelf import Shelf, memory_shelf
from newsstand.shelf.entry import ASSET_VARIANT, Bodies, Entry, compress, new_entry

NOW = 1_794_000_000
OPENING_TEXT = "The ferry was late again, and the whole quay had an opinion about it."
PAID_TEXT = "Below the line the harbour master admits that the winter boat was sold."
RING = KeyRing((b"a key that is only for tests, 32+ bytes",))
POLICY = Policy(zone="Europe/London", plan_products=frozenset({"news"}))
SESSION = "newsstand_session=0123456789abcdefghij"
READER_ID = "e" * 32
WINDOW = window_at(POLICY, NOW).key


def article_id(number: int) -> str:
    return f"{number:032x}"


def html(variant: Variant) -> bytes:
    """A page as the edition might print it: the paid text stands on a full page only."""
    text = OPENING_TEXT + (PAID_TEXT if variant.show == "full" else "")
    return f"<html><!-- {variant.name} --><p>{text}</p>{'<p>.</p>' * 60}</html>".encode()


def bodies_of(variant: Variant) -> Bodies:
    return compress(html(variant), quality=4)


@dataclass
class Site:
    """The shelf, the house around it, and the clock that every question takes."""

    shelf: Shelf
    house: House
    now: int = NOW

    def print_story(
        self,
        number: int,
        level: Level = Level.METERED,
        *,
        only: tuple[str, ...] | None = None,
        **facts: object,
    ) -> str:
        article = ArticleFacts(
            id=article_id(number),
            product="news",
            section="harbour",
            steps=(Step(0, level),),
            published_at=NOW - 1000,
        )
        article = replace(article, **facts)
        path = f"/harbour/story-{number}/"
        board = self.shelf.board.read()
        entry = new_entry(path=path, kind="story", generation=board.generation, facts=article)
        assert board.policy is not None
        printed = {
            v.name: bodies_of(v) for v in variants(article, board.policy) if only is None or v.name in only
        }
        self.shelf.entries.put(entry, printed)
        return path

    def print_page(self, path: str, **fields: object) -> Entry:
        board = self.shelf.board.read()
        assert board.policy is not None
        entry = structs.replace(new_entry(path=path, kind="page", generation=board.generation), **fields)
        self.shelf.entries.put(entry, {v.name: bodies_of(v) for v in page_variants(board.policy)})
        return entry

    def print_asset(self, path: str, body: bytes) -> None:
        entry = new_entry(path=path, kind="asset", generation=0, content_type="text/css")
        self.shelf.entries.put(entry, {ASSET_VARIANT: compress(body, quality=4)})

    def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        renewal: Renewal | None = None,
        query: bytes = b"",
        peer: str = "",
        **headers: str,
    ) -> Answer | Miss | Renew:
        """Ask answer() itself; `accept_encoding="br"` becomes the header of that name."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return answer(Request(method, path, query, named, peer), self.house, self.now, renewal)

    def get(self, path: str, **headers: str) -> Answer:
        result = self.ask(path, **headers)
        assert isinstance(result, Answer), result
        return result

    def pass_of(self, *grants: Grant, age: int = 0, state: str = "") -> Pass:
        facts = ReaderFacts(READER_ID, is_staff=False, created_at=0, grants=grants, state=state)
        return pass_for(facts, "5" * 16, self.now - age)

    def visit_cookie(self, *counted: str, window: str = WINDOW, device: str = "d" * 32) -> str:
        return "newsstand_visit=" + seal_visit(DeviceVisit(window, device, counted), RING)


def make_site() -> Site:
    shelf = memory_shelf()
    shelf.board.set_policy(POLICY)
    return Site(shelf, House(shelf, RING, secure=True))


def subscription(until: int = NOW + 10_000_000) -> Grant:
    return Grant("product:news", frozenset({"read", "ad_free", "comment"}), 0, until, None, "subscription")


def pass_cookie(p: Pass) -> str:
    return "newsstand_pass=" + seal_pass(p, RING)


def headers_of(answer: Answer) -> Mapping[str, str]:
    return {name.decode(): value.decode() for name, value in answer.headers if name != b"set-cookie"}


def cookies_of(answer: Answer) -> dict[str, str]:
    """The cookies that an answer sets, without what stands after the first semicolon."""
    lines = [value.decode() for name, value in answer.headers if name == b"set-cookie"]
    return dict(line.partition(";")[0].split("=", 1) for line in lines)


def visit_of(answer: Answer) -> DeviceVisit | None:
    token = cookies_of(answer).get("newsstand_visit")
    return None if token is None else open_visit(token, RING)


def renewed_pass_of(answer: Answer) -> Pass | None:
    token = cookies_of(answer).get("newsstand_pass")
    return None if token is None else open_pass(token, RING, NOW)


def text_of(answer: Answer) -> str:
    """All that a client could read: every header, and the body taken out of its coding."""
    coding = headers_of(answer).get("content-encoding", "identity")
    body = answer.body
    if body and coding == "br":
        body = brotli.decompress(body)
    elif body and coding == "gzip":
        body = gzip.decompress(body)
    return "\n".join(f"{n!r}: {v!r}" for n, v in answer.headers) + "\n" + body.decode()


def shows_paid_text(answer: Answer) -> bool:
    return PAID_TEXT in text_of(answer)
