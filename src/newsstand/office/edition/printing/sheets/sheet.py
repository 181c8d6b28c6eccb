"""A sheet: the bytes that lie at an address for machines, and how long they hold."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is printed at a path. From `fresh_until` on (site time, Unix seconds) it is out of date."""

    path: str
    content_type: str
    data: bytes
    fresh_until: int | None
