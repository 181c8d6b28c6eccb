"""Somebody who thinks about what they write does not write four comments in a minute."""

from datetime import timedelta

from newsstand.office.comments.moderation.draft import Draft, Verdict

# So many comments within this time; the next one has to wait until the oldest of them is out of it.
PACES = ((3, timedelta(minutes=1)), (20, timedelta(hours=1)))


def judge(draft: Draft) -> Verdict | None:
    """Refuse the fourth comment within a minute and the 21st within an hour, and say how many seconds to wait."""
    waits = [
        int((draft.written_at[most - 1] + within - draft.now).total_seconds()) + 1
        for most, within in PACES
        if len(draft.written_at) >= most and draft.written_at[most - 1] > draft.now - within
    ]
    return Verdict("refused", "too_fast", max(waits)) if waits else None
