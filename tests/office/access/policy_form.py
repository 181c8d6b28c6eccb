"""What a browser sends when staff save the access rules."""

from typing import Any

_EMPTY_RULE = dict.fromkeys(
    ("section", "tag", "author", "product", "younger_than_hours", "older_than_days"), ""
)


def filled(*rules: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The form as it is at the start, with these rules and other changes."""
    posted = {
        "default_level": "metered",
        "window": "month",
        "device_allowance": "3",
        "reader_allowance": "6",
        "ways": "subscribe register",
        "registering_is_open": "on",
        "comment_needs": "comment",
        "wall_line": "",
        "wall_benefits": "",
        "gifts_a_month": "10",
        "gift_days": "14",
        "gift_devices": "50",
        "new_devices": "0",
        "open_until": "",
        "open_section": "",
        "rules-count": str(len(rules)),
    }
    for place, rule in enumerate(rules):
        posted |= {f"rules-{place}-deleted": "", f"rules-{place}-order": str(place)}
        posted |= {f"rules-{place}-type": "rule", f"rules-{place}-id": ""}
        posted |= {f"rules-{place}-value-{name}": text for name, text in {**_EMPTY_RULE, **rule}.items()}
    return {**posted, **changes}
