"""The paywall's rules as one value, checked when it is made."""

import json
import re
from dataclasses import dataclass, field, fields
from typing import Any, Final
from zoneinfo import ZoneInfo

MONTH: Final = "month"
WEEK: Final = "week"
DAYS: Final = re.compile(r"([1-9][0-9]{0,2})d")
LONGEST_WINDOW: Final = 366
LARGEST_ALLOWANCE: Final = 100
MOST_GIFT_DEVICES: Final = 1000
MOST_NEW_DEVICES: Final = 1000

SUBSCRIBE: Final = "subscribe"
REGISTER: Final = "register"
DAY_PASS: Final = "day_pass"
ARTICLE: Final = "article"
WIN_BACK: Final = "win_back"
MEND_CARD: Final = "mend_card"
UPGRADE: Final = "upgrade"
ASK_GROUP: Final = "ask_group"
WAYS: Final = (SUBSCRIBE, REGISTER, DAY_PASS, ARTICLE, WIN_BACK, MEND_CARD, UPGRADE, ASK_GROUP)

ANY_ACCOUNT: Final = "account"
COMMENT_RIGHT: Final = "comment"
_SETS_OF_NAMES: Final = (
    "plan_products",
    "crawlers",
    "day_pass_products",
    "article_products",
    "win_back_products",
)


class PolicyError(ValueError):
    """A paywall rule that makes no sense; the text names the field and what would be right."""


@dataclass(frozen=True, slots=True)
class OpenHouse:
    """Staff opened a section, or with an empty section the whole site, until a moment."""

    section: str
    until: int

    def applies(self, section: str, now: int) -> bool:
        """Whether a story of this section is open by it: until 200 it is at 199, and at 200 no more."""
        return now < self.until and self.section in ("", section)


@dataclass(frozen=True, slots=True)
class Policy:
    """The publication's rules for its gate.

    `window` is `month`, `week` or a number of days such as `30d`, in the zone of the publication.
    The allowances are free articles in a window for a device and for a signed-in reader; zero
    means that this identity has no meter. `ways` are the ways that this site offers, in the order
    in which they stand on a wall. `plan_products` are the products for which a plan is sold.
    `comment_needs` is the right that a comment needs, or `account` for every signed-in reader.
    `crawlers` are the verified crawlers that read in full, and `network_access` is true while any
    group's network is let in; both are off unless set. `day_pass_products`, `article_products` and
    `win_back_products` are the products for which a day pass, a single story, or an offer for who once
    subscribed is sold. A gift opens its story on so many devices as `gift_devices` says. So many
    `new_devices` may one network bring in a day before the next is asked to register; zero is no brake.
    """

    zone: str = "UTC"
    window: str = MONTH
    device_allowance: int = 3
    reader_allowance: int = 6
    ways: tuple[str, ...] = (SUBSCRIBE, REGISTER)
    plan_products: frozenset[str] = frozenset()
    registering_open: bool = True
    open_house: tuple[OpenHouse, ...] = ()
    comment_needs: str = COMMENT_RIGHT
    crawlers: frozenset[str] = field(default=frozenset())
    network_access: bool = False
    day_pass_products: frozenset[str] = frozenset()
    article_products: frozenset[str] = frozenset()
    win_back_products: frozenset[str] = frozenset()
    gift_devices: int = 50
    new_devices: int = 0

    def __post_init__(self) -> None:
        _check_zone(self.zone)
        _check_window(self.window)
        _check_number("device_allowance", self.device_allowance, LARGEST_ALLOWANCE)
        _check_number("reader_allowance", self.reader_allowance, LARGEST_ALLOWANCE)
        _check_ways(self.ways)
        for name in _SETS_OF_NAMES:
            _check_names(name, getattr(self, name))
        _check_number("gift_devices", self.gift_devices, MOST_GIFT_DEVICES)
        _check_number("new_devices", self.new_devices, MOST_NEW_DEVICES)
        _check_switch("registering_open", self.registering_open)
        _check_switch("network_access", self.network_access)
        _check_open_house(self.open_house)
        if self.comment_needs not in (COMMENT_RIGHT, ANY_ACCOUNT):
            raise PolicyError(f"comment_needs: {self.comment_needs!r} is neither 'comment' nor 'account'")

    @property
    def has_brake(self) -> bool:
        """Whether networks are counted: a number is set, and an account would open what is held back."""
        return (
            self.new_devices > 0
            and self.registering_open
            and REGISTER in self.ways
            and self.reader_allowance > 0
        )

    def to_json(self) -> str:
        """The policy as text; equal policies give equal text."""
        value = {
            "zone": self.zone,
            "window": self.window,
            "device_allowance": self.device_allowance,
            "reader_allowance": self.reader_allowance,
            "ways": list(self.ways),
            **{name: sorted(getattr(self, name)) for name in _SETS_OF_NAMES},
            "registering_open": self.registering_open,
            "open_house": [{"section": o.section, "until": o.until} for o in self.open_house],
            "comment_needs": self.comment_needs,
            "network_access": self.network_access,
            "gift_devices": self.gift_devices,
            "new_devices": self.new_devices,
        }
        return json.dumps(value, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Policy":
        """The policy that `to_json` wrote; raises PolicyError for anything else.

        A field that is missing gets its default; a field that is unknown is refused.
        """
        try:
            value = json.loads(text)
        except ValueError as error:
            raise PolicyError(f"the policy is not JSON: {error}") from error
        if not isinstance(value, dict):
            raise PolicyError("the policy is not a JSON object")
        known = {f.name for f in fields(cls)}
        unknown = sorted(set(value) - known)
        if unknown:
            raise PolicyError(f"{unknown[0]}: no such field in a policy")
        return cls(**_values_from_json(value))


def _values_from_json(value: dict[str, Any]) -> dict[str, Any]:
    values = dict(value)
    for name in ("ways", "open_house", *_SETS_OF_NAMES):
        if name in values and not isinstance(values[name], list):
            raise PolicyError(f"{name}: {values[name]!r} is not a list")
    for name in _SETS_OF_NAMES:
        if name in values:
            _check_names(name, values[name])
            values[name] = frozenset(values[name])
    if "ways" in values:
        values["ways"] = tuple(values["ways"])
    if "open_house" in values:
        values["open_house"] = tuple(_open_house_from_json(entry) for entry in values["open_house"])
    return values


def _open_house_from_json(entry: object) -> OpenHouse:
    if not isinstance(entry, dict) or set(entry) != {"section", "until"}:
        raise PolicyError(f"open_house: {entry!r} is not an object with section and until")
    return OpenHouse(section=entry["section"], until=entry["until"])


def _check_zone(zone: object) -> None:
    if not isinstance(zone, str):
        raise PolicyError(f"zone: {zone!r} is not the name of a time zone")
    try:
        ZoneInfo(zone)
    except (ValueError, OSError, KeyError) as error:
        raise PolicyError(f"zone: {zone!r} is not a known time zone, such as 'Europe/London'") from error


def _check_window(window: object) -> None:
    if window in (MONTH, WEEK):
        return
    match = DAYS.fullmatch(window) if isinstance(window, str) else None
    if match is None or int(match[1]) > LONGEST_WINDOW:
        raise PolicyError(
            f"window: {window!r} is not 'month', 'week' or a number of days from '1d' to '366d'"
        )


def _check_number(name: str, number: object, most: int) -> None:
    if type(number) is not int or not 0 <= number <= most:
        raise PolicyError(f"{name}: {number!r} is not a whole number from 0 to {most}")


def _check_ways(ways: tuple[object, ...]) -> None:
    for way in ways:
        if way not in WAYS:
            raise PolicyError(f"ways: {way!r} is not one of {', '.join(WAYS)}")
    if len(set(ways)) != len(ways):
        raise PolicyError("ways: the same way stands there twice")


def _check_names(name: str, values: object) -> None:
    if not isinstance(values, (frozenset, list)):
        raise PolicyError(f"{name}: {values!r} is not a set of names")
    for value in values:
        if not isinstance(value, str) or not value:
            raise PolicyError(f"{name}: {value!r} is not a name")


def _check_switch(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise PolicyError(f"{name}: {value!r} is neither true nor false")


def _check_open_house(entries: tuple[OpenHouse, ...]) -> None:
    for entry in entries:
        if not isinstance(entry.section, str):
            raise PolicyError(f"open_house: {entry.section!r} is not the name of a section")
        if type(entry.until) is not int:
            raise PolicyError(f"open_house: {entry.until!r} is not a moment in whole seconds")
