"""What a judge knows, and what it may say."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Draft:
    """A comment that is about to be written, and what its reader wrote lately.

    `written_at` are the moments of the reader's comments of the last hour, the newest first;
    `said_elsewhere` is whether the same words stand under another story, by anyone, since a day.
    """

    text: str
    now: datetime
    is_silenced: bool
    written_at: tuple[datetime, ...]
    said_elsewhere: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """`shown`, `waiting` (staff look first) or `refused` (nothing is kept), and which judge said so.

    `number` belongs to the sentence that the reader is told: characters, or seconds to wait.
    """

    outcome: Literal["shown", "waiting", "refused"]
    judge: str = ""
    number: int = 0
