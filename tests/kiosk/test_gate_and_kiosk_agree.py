"""Whatever is asked, the kiosk opens exactly what the gate opens, and nothing that was not counted."""

from hypothesis import given, settings
from hypothesis import strategies as st

from newsstand.kiosk.answer import Answer, Miss
from newsstand.kiosk.ready import ReadyEntries
from newsstand.rules.gate.decide import decide
from newsstand.rules.gate.facts import Grant, Level, Visit
from tests.kiosk.site import (
    NOW,
    POLICY,
    Site,
    article_id,
    make_site,
    pass_cookie,
    shows_paid_text,
    subscription,
    visit_of,
)

AGENTS = {"": "Mozilla/5.0 Firefox/140", "crawler": "Googlebot/2.1"}
GRANTS: dict[str, tuple[Grant, ...]] = {
    "free account": (),
    "subscriber": (subscription(),),
    "lapsed": (subscription(until=NOW - 1),),
    "other product": (Grant("product:chess", frozenset({"read"}), 0, None, None, "comp"),),
    "this article": (Grant(f"article:{article_id(1)}", frozenset({"read"}), 0, None, None, "single"),),
    "no right to read": (Grant("site", frozenset({"ad_free"}), 0, None, None, "comp"),),
}
READERS = st.sampled_from([None, *GRANTS])
CODINGS = st.sampled_from(["br", "gzip", "identity"])
SITES: dict[bool, Site] = {}
LEVEL_OF_STORY = dict(enumerate([*Level, *Level], start=1))
STORIES = st.sampled_from(list(LEVEL_OF_STORY))


def printed_site(keeps: bool) -> Site:
    """Two stories of each level, kept in memory or not; what one question counts is pruned before the next."""
    if keeps not in SITES:
        site = SITES[keeps] = make_site()
        for number, level in LEVEL_OF_STORY.items():
            site.print_story(number, level)
        if not keeps:
            site.house.ready = ReadyEntries(site.shelf.entries, limit_entries=0)
    return SITES[keeps]


@given(
    keeps=st.booleans(),
    number=STORIES,
    reader=READERS,
    counted=st.sets(st.integers(0, 4), max_size=4),
    device=st.integers(0, 2**128 - 1),
    method=st.sampled_from(["GET", "HEAD"]),
    declares=st.sampled_from(["", "crawler", "prefetch"]),
    coding=CODINGS,
)
@settings(max_examples=400, deadline=None)
def test_the_kiosk_opens_what_the_gate_opens(
    keeps: bool,
    number: int,
    reader: str | None,
    counted: set[int],
    device: int,
    method: str,
    declares: str,
    coding: str,
) -> None:
    site, path = printed_site(keeps), f"/harbour/story-{number}/"
    site.shelf.visits.prune(())
    held = None if reader is None else site.pass_of(*GRANTS[reader])
    articles = tuple(article_id(number) for number in sorted(counted))
    cookies = [site.visit_cookie(*articles, device=f"{device:032x}")]
    if held is not None:
        cookies.append(pass_cookie(held))
    headers = {"user_agent": AGENTS.get(declares, AGENTS[""]), "accept_encoding": coding}
    if declares == "prefetch":
        headers["sec_purpose"] = "prefetch"
    answer = site.ask(path, method=method, cookie="; ".join(cookies), **headers)

    entry = site.shelf.entries.get(path)
    assert entry is not None
    assert entry.facts is not None
    visit = Visit(frozenset() if held is not None else frozenset(articles), declares)
    decision = decide(entry.facts, None if held is None else held.reader, visit, POLICY, NOW)
    assert not isinstance(answer, Miss)
    assert isinstance(answer, Answer)
    assert shows_paid_text(answer) == (decision.show == "full" and method == "GET")
    is_counted_on_device = decision.visit_after is not None and held is None and method == "GET"
    assert (visit_of(answer) is not None) == is_counted_on_device
