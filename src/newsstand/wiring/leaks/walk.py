"""Walks a site as one reader: every address that can be found, in every encoding, against what must not be there."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from newsstand.wiring.leaks.asking import CODINGS, Asking, Heard
from newsstand.wiring.leaks.links import links
from newsstand.wiring.leaks.marks import Finder, Story

STARTS: Final = ("/", "/robots.txt", "/sitemap.xml", "/feeds/rss.xml", "/feeds/atom.xml", "/feeds/feed.json")
DOORS: Final = (
    "/staff/",
    "/staff/pages/1/",
    "/staff/api/main/pages/",
    "/api/v2/pages/",
    "/api/v2/pages/?fields=*",
    "/documents/1/",
    "/llms.txt",
    "/oembed/",
    "/search/?q=the",
)
"""Addresses that no page names, at which other software has given text away."""
BEHIND_A_STORY: Final = ("?print", "?amp", "?preview", "?format=json", "amp/", "feed/", "index.md", "x.css")
METERED: Final = "metered"
FEWEST: Final = 300
"""A walk of fewer addresses in all has not seen the site."""
QUERIES: Final = 4
"""So many queries of one path are followed; more lead round in circles."""
NEVER: Final = ("/sign-out/", "/mailbox/")
FILES: Final = ("/media/", "/static/", "/assets/")


@dataclass(frozen=True, slots=True)
class Walker:
    """A kind of reader and what such a reader may read.

    `reads` are the levels that are open everywhere; of metered stories `meter` more are open, each at its own
    address alone, and with `is_always_new` every one of them, since every request comes from a new device.
    `spends` is whether the meter is spent before the walk begins.
    """

    name: str
    reads: frozenset[str]
    meter: int = 0
    spends: bool = False
    is_always_new: bool = False
    cookies: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Leak:
    """A reader found at an address what stands below the line of a story that is closed to them."""

    reader: str
    address: str
    coding: str
    story: str


@dataclass(slots=True)
class Walked:
    """What one reader read: the addresses, the metered stories that were opened, and what leaked."""

    reader: str
    addresses: list[str] = field(default_factory=list)
    opened: set[str] = field(default_factory=set)
    leaks: list[Leak] = field(default_factory=list)


class MeterIsBroken(RuntimeError):
    """A reader could not spend the meter before the walk: nothing would be learnt from walking on."""


class Walk:
    """One walk over one site, for any number of readers."""

    def __init__(self, base: str, stories: Iterable[Story], finder: Finder, *, most: int) -> None:
        self._base, self._most = base.rstrip("/"), most
        self._stories = {story.path: story for story in stories}
        self._finder = finder
        self._files: set[str] = set()

    def by(self, walker: Walker) -> Walked:
        """Let one reader walk. Raises SiteIsAway and MeterIsBroken."""
        asking = Asking(self._base, walker.cookies, keeps_cookies=not walker.is_always_new)
        walked = Walked(walker.name)
        try:
            if walker.spends:
                self._spend(asking, walker, walked)
            for address in self._addresses(asking, walker, walked):
                walked.addresses.append(address)
        finally:
            asking.close()
        return walked

    def _spend(self, asking: Asking, walker: Walker, walked: Walked) -> None:
        for story in [each for each in self._stories.values() if each.level == METERED][: walker.meter]:
            heard = asking.get(story.path)
            self._judge(walker, walked, story.path, "identity", heard)
        if len(walked.opened) != walker.meter:
            raise MeterIsBroken(
                f"{walker.name}: {len(walked.opened)} of {walker.meter} free articles were opened"
            )

    def _addresses(self, asking: Asking, walker: Walker, walked: Walked) -> Iterator[str]:
        waiting, queries = deque(self._first()), dict[str, int]()
        known = set(waiting)
        while waiting and len(walked.addresses) < self._most:
            address = waiting.popleft()
            heard = self._read(asking, walker, walked, address)
            yield address
            for found in links(self._base + address, heard.text, heard.headers):
                if found not in known and self._is_wanted(found, queries):
                    known.add(found)
                    waiting.append(found)

    def _first(self) -> Iterator[str]:
        yield from (*STARTS, *self._stories, *DOORS)
        for level in dict.fromkeys(story.level for story in self._stories.values()):
            path = next(story.path for story in self._stories.values() if story.level == level)
            yield from (path + end for end in BEHIND_A_STORY)

    def _is_wanted(self, address: str, queries: dict[str, int]) -> bool:
        path, mark, _query = address.partition("?")
        if path.startswith(NEVER):
            return False
        if path.startswith(FILES):  # the same for everybody, so one reader fetches them
            is_new = path not in self._files
            self._files.add(path)
            return is_new
        queries[path] = queries.get(path, 0) + bool(mark)
        return queries[path] <= QUERIES

    def _read(self, asking: Asking, walker: Walker, walked: Walked, address: str) -> Heard:
        """In every coding, unless the answer says that it is the same in all of them."""
        for coding in CODINGS:
            heard = asking.get(address, coding)
            self._judge(walker, walked, address, coding, heard)
            if "accept-encoding" not in heard.headers.get("vary", "").lower():
                break
        return heard

    def _judge(self, walker: Walker, walked: Walked, address: str, coding: str, heard: Heard) -> None:
        for owners in self._finder.found_in(heard.head) | self._finder.found_in(heard.text):
            stories = [self._stories[path] for path in sorted(owners)]
            if any(story.level in walker.reads for story in stories):
                continue
            if not any(self._is_counted(walker, walked, address, story) for story in stories):
                walked.leaks.append(Leak(walker.name, address, coding, stories[0].path))

    def _is_counted(self, walker: Walker, walked: Walked, address: str, story: Story) -> bool:
        """Whether the meter opened this story here; from now on it stays open to this reader."""
        if story.level != METERED or unquote(address.partition("?")[0]) != story.path:
            return False
        if walker.is_always_new:
            return walker.meter > 0
        if story.path in walked.opened or len(walked.opened) < walker.meter:
            walked.opened.add(story.path)
            return True
        return False
