"""A comment is neither empty nor an essay."""

from newsstand.office.comments.moderation.draft import Draft, Verdict

SHORTEST = 2
LONGEST = 3000


def judge(draft: Draft) -> Verdict | None:
    """Refuse fewer than 2 characters and more than 3000."""
    if len(draft.text) < SHORTEST:
        return Verdict("refused", "too_short", SHORTEST)
    if len(draft.text) > LONGEST:
        return Verdict("refused", "too_long", LONGEST)
    return None
