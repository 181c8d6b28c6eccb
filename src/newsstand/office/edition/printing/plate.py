"""A plate: everything that one address needs to be printed, gathered once, before any variant is rendered."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from newsstand.rules.gate.facts import ArticleFacts
from newsstand.rules.gate.variants import Variant
from newsstand.shelf.entry import Kind


@dataclass(frozen=True, slots=True)
class Plate:
    """What is printed at a path.

    `render` makes one variant's HTML and asks the database nothing. `first` are the variants that are printed at
    once. From `fresh_until` on (site time, Unix seconds) the print is out of date; None: only a change makes it so.
    `status` is that of the answer.
    """

    path: str
    kind: Kind
    facts: ArticleFacts | None
    fresh_until: int | None
    first: tuple[Variant, ...]
    render: Callable[[Variant], str]
    status: int = 200


def earliest(moments: Iterable[int | None], *, after: int) -> int | None:
    """The first of these moments that is still to come; None if none is."""
    return min((moment for moment in moments if moment is not None and moment > after), default=None)
