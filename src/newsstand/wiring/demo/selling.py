"""What the demo sells, what it gives away, and its house advertisements."""

from datetime import datetime
from pathlib import Path

from newsstand.office.access.actions import change_policy
from newsstand.office.access.queries import rules_of_site
from newsstand.office.ads.actions import found_slot, place_creative
from newsstand.office.articles.actions import keep_picture
from newsstand.office.billing.actions import found_offer
from newsstand.rules.billing.periods import Rhythm
from newsstand.rules.gate.facts import Level, Right
from newsstand.rules.gate.policy import MONTH, REGISTER, SUBSCRIBE
from newsstand.rules.money import Money

PRODUCT = "news"

SLOTS = (
    ("story-middle", "Story, after the opening"),
    ("story-end", "Story, at the end"),
    ("front", "Front page"),
    ("listing", "Sections and other lists"),
)
# Slot, headline, words, link, picture.
HOUSE_ADS = (
    (
        "story-middle",
        "The Lantern on your doorstep",
        "The Saturday paper is printed at the end of Cooper Street and carried out before seven.",
        "/subscribe/",
        "the-lantern",
    ),
    (
        "story-middle",
        "Roth, Baker",
        "Rye, plaice rolls and the long loaf. Quay Street, when the lamp is lit.",
        "/culture/bakery-that-opens-when-ready/",
        "roth-bakery",
    ),
    (
        "story-end",
        "Roth, Baker",
        "There is bread. Quay Street, when the lamp is lit.",
        "/culture/bakery-that-opens-when-ready/",
        "roth-bakery",
    ),
    (
        "front",
        "A lamp in every window",
        "Five people make this paper. Two thousand readers pay for it.",
        "/subscribe/",
        "the-lantern",
    ),
    (
        "listing",
        "The Lantern on your doorstep",
        "On Saturdays, before seven. In the office at 4 Quay Street from eight.",
        "/subscribe/",
        "the-lantern",
    ),
)


def set_rules(*, by: str, now: datetime) -> None:
    """Three free articles a month for a device, six for a reader; a story without a level is metered."""
    rules = rules_of_site()
    rules.default_level = Level.METERED.value
    rules.window = MONTH
    rules.device_allowance, rules.reader_allowance = 3, 6
    rules.ways = f"{SUBSCRIBE} {REGISTER}"
    change_policy(row=rules, by=by, now=now)


def put_on_sale(*, by: str, now: datetime) -> None:
    """One plan at one price: everything, for $1.99 every four weeks."""
    found_offer(
        code="full",
        plan_name="The Brackwater Lantern",
        product_code=PRODUCT,
        rights=[Right.READ, Right.AD_FREE, Right.COMMENT, Right.ARCHIVE],
        price=Money(199, "USD"),
        rhythm=Rhythm("day", 28),
        benefits=["Support independent journalism in Brackwater"],
        by=by,
        now=now,
    )


def place_house_ads(pictures: dict[str, Path], *, by: str, now: datetime) -> None:
    """Fill every slot; `pictures` are the drawn files by their names."""
    kept = {
        name: keep_picture(data=path.read_bytes(), title=name, alt="", by=by, now=now).picture
        for name, path in pictures.items()
    }
    for code, name in SLOTS:
        found_slot(code=code, name=name, by=by, now=now)
    for slot, headline, words, link, picture in HOUSE_ADS:
        place_creative(
            slot=slot, headline=headline, words=words, link=link, picture=kept[picture], by=by, now=now
        )
