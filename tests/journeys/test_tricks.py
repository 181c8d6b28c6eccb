"""The tricks by which paid text is taken elsewhere. Each is a row; each opens nothing and poisons nothing.

Every row is asked about a story for subscribers by a stranger, and about a metered one by a device whose meter is
spent, through a cache that keeps whatever the headers allow. Afterwards the same cache must still give a stranger the
wall and a subscriber the story.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from newsstand.office.kit import clock
from newsstand.rules.gate.facts import Grant, ReaderFacts
from newsstand.rules.gate.meter import window_at
from newsstand.rules.gate.passes import KeyRing, pass_for, seal_pass
from newsstand.rules.gate.policy import Policy
from newsstand.rules.gate.visits import DeviceVisit, seal_visit
from newsstand.wiring.leaks.marks import Finder
from newsstand.wiring.leaks.marks import Story as Marked
from tests.journeys.raw import Ask, Got, SharedCache, send
from tests.journeys.reader import Reader, eventually
from tests.journeys.site import Site, running
from tests.journeys.stories import Story, with_level

pytestmark = pytest.mark.journey

GOOGLE = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"
CODINGS = ("Accept-Encoding", "br")


@dataclass(frozen=True)
class Trick:
    """What is done to a plain request for a story: another target, method, host, or more headers."""

    name: str
    target: Callable[[str], str] = str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    host: str = ""


def says(name: str, value: str) -> Trick:
    return Trick(f"{name}: {value[:40]}", headers=((name, value),))


def at(name: str, target: Callable[[str], str]) -> Trick:
    return Trick(f"path {name}", target)


AGENTS = [
    GOOGLE,
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "facebookexternalhit/1.1",
    "Twitterbot/1.0",
    "Mozilla/5.0 (compatible; Google-InspectionTool/1.0)",
    "Googlebot-News",
    "Mediapartners-Google",
    "GPTBot/1.2",
    "ChatGPT-User/1.0",
    "ia_archiver",
    "Mozilla/5.0 [FBAN/FBIOS;FBAV/400]",
    "",
]
SAID = [
    ("X-Forwarded-For", "66.249.66.1"),
    ("X-Forwarded-For", "127.0.0.1, 66.249.66.1"),
    ("X-Real-IP", "66.249.66.1"),
    ("Forwarded", "for=66.249.66.1;host=evil.example;proto=https"),
    ("CF-Connecting-IP", "66.249.66.1"),
    ("True-Client-IP", "66.249.66.1"),
    ("X-Forwarded-Host", "evil.example"),
    ("X-Forwarded-Prefix", "//evil.example"),
    ("X-Forwarded-Proto", "https"),
    ("X-Original-URL", "/staff/"),
    ("X-Rewrite-URL", "/staff/"),
    ("X-HTTP-Method-Override", "POST"),
    ("X-Robots-Tag", "all"),
    ("Referer", "https://www.google.com/"),
    ("Referer", "https://t.co/abc"),
    ("Referer", "https://www.facebook.com/"),
    ("Origin", "https://evil.example"),
    ("Sec-Purpose", "prefetch;prerender"),
    ("Purpose", "prefetch"),
    ("X-Moz", "prefetch"),
    ("Range", "bytes=0-99999"),
    ("Range", "bytes=-500"),
    ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
    ("If-None-Match", "*"),
    ("If-Range", '"x"'),
    ("Accept", "text/markdown"),
    ("Accept", "application/json"),
    ("Accept-Encoding", "identity;q=0, *;q=0"),
    ("Accept-Encoding", "zstd, deflate"),
    ("Accept-Language", "../../etc"),
    ("Authorization", "License abc"),
    ("Authorization", "Basic YWRtaW46YWRtaW4="),
    ("Signature-Agent", '"https://agent.bot.goog"'),
    ("X-Requested-With", "XMLHttpRequest"),
    ("Upgrade-Insecure-Requests", "1"),
    ("Cookie", "newsstand_pass=; newsstand_session=x; newsstand_visit="),
    ("Cookie", "newsstand_pass=" + "A" * 300),
    ("Cookie", "staff=1; subscriber=true; newsstand_pass=admin"),
]
ENDS = [
    "?amp",
    "?amp=1",
    "?print",
    "?preview",
    "?preview=true",
    "?mode_name=subscriber",
    "?in_preview_panel=1",
]
ENDS += [
    "?format=json",
    "?gift=",
    "?gift=x",
    "?newsstand_pass=x",
    "?utm_source=google",
    "?q=%00",
    "amp/",
    "print/",
]
ENDS += [
    "x.css",
    "x.js",
    "index.html",
    "index.md",
    "feed/",
    "json",
    ".css",
    ".",
    "..",
    "%2e",
    ";x.css",
    "%00.css",
]
ENDS += ["%20", "/", "./", "//", "%2f", "#continue"]

TRICKS = [
    *[says("User-Agent", agent) for agent in AGENTS],
    *[says(name, value) for name, value in SAID],
    Trick("Googlebot from Google", headers=(("User-Agent", GOOGLE), ("X-Forwarded-For", "66.249.66.1"))),
    *[at(f"…{end}", lambda path, end=end: path + end) for end in ENDS],  # type: ignore[misc]  # a default binds it
    at("without its slash", lambda path: path.rstrip("/")),
    at("in capitals", str.upper),
    at("with a doubled slash", lambda path: "/" + path),
    at("with a doubled slash inside", lambda path: path.replace("/", "//").replace("//", "/", 1)),
    at("with a dot inside", lambda path: path.replace("/", "/./", 1)),
    at("with an escaped dot", lambda path: "/%2e" + path),
    at("up and down again", lambda path: "/x/.." + path),
    at("up and down, escaped", lambda path: "/x/%2e%2e" + path),
    at("up behind a file", lambda path: "/assets/.." + path),
    at("up behind a file, escaped", lambda path: "/static/%2e%2e" + path),
    at("with a backslash", lambda path: path.replace("/", "\\").replace("\\", "/", 1)),
    at("with escaped letters", lambda path: path.replace("a", "%61")),
    at("with escaped slashes", lambda path: path.replace("/", "%2f").replace("%2f", "/", 1)),
    at("escaped twice", lambda path: path.replace("-", "%252d")),
    at("of another host", lambda path: "http://evil.example" + path),
    at("below feeds", lambda path: f"/feeds{path}rss.xml"),
    at("below documents", lambda path: f"/documents{path}"),
    at("below media", lambda path: f"/media{path}"),
    at("below the staff's pages", lambda path: f"/staff{path}"),
    *[Trick(f"method {word}", method=word) for word in ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")],
    *[Trick(f"method {word}", method=word) for word in ("TRACE", "PROPFIND", "get", "GETT")],
    Trick("another host", host="evil.example"),
    Trick("a host with a port", host="127.0.0.1:1"),
    Trick("a host that is none", host="evil.example/x"),
]


@dataclass
class Target:
    """A story, a device that may not read it, and what is never shown to it."""

    story: Story
    cookies: str
    finder: Finder
    wall: bytes


@dataclass
class Stage:
    """A running site, two stories that are closed, and a subscriber."""

    site: Site
    targets: list[Target]
    subscriber: str


GIVE = """
from datetime import timedelta
from newsstand.office.accounts.actions import give_grant
from newsstand.office.accounts.queries import account_by_email
from newsstand.office.kit import clock
now = clock.now()
for name in {names}:
    give_grant(account=account_by_email(name + "@trick.example"), subject="product:news", rights=["read", "ad_free"],
        from_at=now, until=now + timedelta(days=28), grace_until=None, source="comp", source_ref="trick " + name,
        by="system", now=now)
"""
TAKE = """
from newsstand.office.accounts.actions import close_account, end_grant
from newsstand.office.accounts.queries import account_by_email
from newsstand.office.kit import clock
now = clock.now()
end_grant(source="comp", source_ref="trick refunded", at=now, by="system", why="refund", now=now)
close_account(account=account_by_email("shut@trick.example"), by="system", why="ban", now=now)
"""


def shell(site: Site, code: str) -> None:
    done = site.command("manage", "shell", "-c", code)
    assert done.returncode == 0, done.stderr


def cookie_of(reader: Reader) -> str:
    return "; ".join(f"{name}={value}" for name, value in reader.session.cookies.get_dict().items())


def asked(cookies: str) -> tuple[tuple[str, str], ...]:
    return (CODINGS, ("Cookie", cookies)) if cookies else (CODINGS,)


def subscribed(site: Site, *names: str) -> dict[str, Reader]:
    """Readers with four weeks paid. Their passes are from before it, and for five seconds a wall believes them:
    each gets a new one, if need be at the second question, since an office may take a second and no longer."""
    found = {name: Reader(site).sign_in(f"{name}@trick.example") for name in names}
    shell(site, GIVE.format(names=names))
    for reader in found.values():
        reader.session.cookies.pop("newsstand_pass")
        assert eventually(partial(has_pass, reader))
    return found


def has_pass(reader: Reader) -> bool:
    return "newsstand_pass" in reader.get(with_level("subscribers")[0].path).session.cookies


def target_of(site: Site, story: Story, cookies: str) -> Target:
    finder = Finder([Marked(story.path, story.level, story.below)], story.opening)
    wall = send(site.url, Ask(story.path, headers=asked(cookies)))
    assert finder.found_in(wall.text) == frozenset()
    assert wall.status == 200
    return Target(story, cookies, finder, wall.body)


@pytest.fixture(scope="module")
def stage(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """A site on which nothing else happens, since its pages are compared byte by byte."""
    with running(made_demo, tmp_path_factory.mktemp("tricks")) as found:
        yield set_stage(found)


def set_stage(site: Site) -> Stage:
    closed, metered = with_level("subscribers")[0], with_level("metered")
    device = Reader(site)
    for story in metered[:3]:
        device.get(story.path)
    targets = [
        target_of(site, closed, ""),
        target_of(site, metered[3], cookie_of(device)),
    ]
    return Stage(site, targets, cookie_of(subscribed(site, "subscriber")["subscriber"]))


def shows(target: Target, got: Got) -> bool:
    return bool(target.finder.found_in(got.text))


@pytest.mark.parametrize("number", [0, 1], ids=["subscribers", "metered"])
@pytest.mark.parametrize("trick", TRICKS, ids=[trick.name for trick in TRICKS])
def test_a_trick_opens_nothing_and_poisons_nothing(stage: Stage, trick: Trick, number: int) -> None:
    target = stage.targets[number]
    cache, path = SharedCache(stage.site.url), target.story.path
    own = [] if any(name == "Cookie" for name, _ in trick.headers) else list(asked(target.cookies))
    if any(name == "Accept-Encoding" for name, _ in trick.headers):
        own = [header for header in own if header[0] != "Accept-Encoding"]
    is_new_device = target.cookies and not any(name == "Cookie" for name, _ in own)
    got = cache.ask(Ask(trick.target(path), trick.method, (*own, *trick.headers), trick.host))
    if (
        not is_new_device
    ):  # who throws the cookie away is a new device: the accepted price of an anonymous meter
        assert not shows(target, got)
    assert got.status < 500 or (got.status == 503 and "no-store" in got.headers["cache-control"])
    if trick.host or "evil" in str(trick.headers):
        assert "evil.example" not in got.text
    if got.status in (301, 302, 308):
        assert not got.headers["location"].startswith(("//", "http://evil"))
    for _ in range(2):
        plain = cache.ask(Ask(path, headers=asked(target.cookies)))
        assert (plain.status, plain.body) == (200, target.wall)
        whole = cache.ask(Ask(path, headers=asked(stage.subscriber)))
        assert shows(target, whole)
        assert "no-store" in whole.headers["cache-control"]


def test_the_etag_of_the_whole_story_opens_nothing(stage: Stage) -> None:
    for target in stage.targets:
        whole = send(stage.site.url, Ask(target.story.path, headers=asked(stage.subscriber)))
        again = (*asked(target.cookies), ("If-None-Match", whole.headers["etag"]))
        got = send(stage.site.url, Ask(target.story.path, headers=again))
        assert (got.status, got.body) == (200, target.wall)


OTHER_KEYS = KeyRing((b"the key of quite another site, of 32 bytes or more",))
EVERYTHING = Grant("site", frozenset({"read"}), 0, None, None, "comp")


def forged() -> list[str]:
    """Cookies that somebody else signed, or that were signed for another use."""
    now = clock.to_unix(clock.real_now())
    boss = ReaderFacts("a" * 32, is_staff=True, created_at=0, grants=(EVERYTHING,))
    token = seal_pass(pass_for(boss, "5" * 16, now), OTHER_KEYS)
    visit = seal_visit(DeviceVisit(window_at(Policy(), now).key, "d" * 32, ()), OTHER_KEYS)
    return [f"newsstand_pass={token}", f"newsstand_visit={token}", f"newsstand_pass={visit}"]


def spoiled(token: str) -> Iterator[str]:
    """A good token, cut and altered in many ways."""
    for length in (0, 1, 10, len(token) // 2, len(token) - 1):
        yield token[:length]
    for place in range(0, len(token), max(1, len(token) // 25)):
        yield token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
    yield token + "A"
    yield token.swapcase()
    yield f"{token}.{token}"


def test_a_spoiled_or_foreign_pass_opens_nothing(stage: Stage) -> None:
    target, cookies = stage.targets[0], dict(part.split("=", 1) for part in stage.subscriber.split("; "))
    token = cookies["newsstand_pass"]
    whole = send(stage.site.url, Ask(target.story.path, headers=asked(f"newsstand_pass={token}")))
    assert shows(target, whole)
    for cookie in [*(f"newsstand_pass={each}" for each in spoiled(token)), *forged()]:
        got = send(stage.site.url, Ask(target.story.path, headers=asked(cookie)))
        assert not shows(target, got), cookie
        assert got.status == 200, cookie


def test_an_altered_visit_gives_no_device_more_than_its_allowance(stage: Stage) -> None:
    """A visit that does not hold is no visit: then this is a new device, which has the allowance of one, no more."""
    target = stage.targets[0]
    for cookie in stage.targets[1].cookies.split("; "):
        name, _, token = cookie.partition("=")
        for each in spoiled(token):
            got = send(stage.site.url, Ask(target.story.path, headers=asked(f"{name}={each}")))
            assert not shows(target, got), each


@pytest.mark.moves_clock
def test_cookies_that_are_replayed_open_nothing_any_more(site: Site) -> None:
    """After signing out, a refund, being shut out, the end of the paid time: a copy from before is worth nothing."""
    readers = subscribed(site, "leaving", "refunded", "shut", "ending")
    target, before = target_of(site, with_level("subscribers")[0], ""), {}
    for name, reader in readers.items():
        before[name] = cookie_of(reader)
        assert shows(target, asked_with(site, target, before[name])), name
    readers["leaving"].get("/account/").send("Sign out")
    shell(site, TAKE)
    for name in ("leaving", "refunded", "shut"):
        assert_worthless(site, target, before[name])
    assert shows(target, asked_with(site, target, before["ending"]))
    done = site.command("demo", "clock", "+40d")
    assert done.returncode == 0, done.stdout + done.stderr
    assert_worthless(site, target, before["ending"])


def asked_with(site: Site, target: Target, cookies: str) -> Got:
    return send(site.url, Ask(target.story.path, headers=asked(cookies)))


def assert_worthless(site: Site, target: Target, cookies: str) -> None:
    """All cookies together, and each alone."""
    for sent in (cookies, *cookies.split("; ")):
        assert eventually(partial(is_closed, site, target, sent)), sent


def is_closed(site: Site, target: Target, cookies: str) -> bool:
    got = asked_with(site, target, cookies)
    return got.status == 200 and not shows(target, got)
