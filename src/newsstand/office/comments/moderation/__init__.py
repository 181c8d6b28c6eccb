"""The judges of a new comment, in their order: the first that has something to say decides.

A judge is one file with one function of a draft. To add one: write its file, put it into the list, test it.
"""

from collections.abc import Callable

from newsstand.office.comments.moderation import length, links, pace, repeated, silenced
from newsstand.office.comments.moderation.draft import Draft, Verdict

JUDGES: tuple[Callable[[Draft], Verdict | None], ...] = (
    silenced.judge,
    length.judge,
    pace.judge,
    repeated.judge,
    links.judge,
)


def judged(draft: Draft) -> Verdict:
    """What becomes of a draft: shown, unless a judge holds it back or refuses it."""
    verdicts = (judge(draft) for judge in JUDGES)
    return next((verdict for verdict in verdicts if verdict is not None), Verdict("shown"))
