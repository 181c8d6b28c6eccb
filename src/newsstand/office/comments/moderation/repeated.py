"""The same words under many stories are mostly no contribution to any."""

from newsstand.office.comments.moderation.draft import Draft, Verdict

SHORTEST = 40  # characters: "Thank you!" may be said everywhere


def judge(draft: Draft) -> Verdict | None:
    """Let staff look at words that stand under another story already."""
    is_long = len(draft.text) >= SHORTEST
    return Verdict("waiting", "repeated") if draft.said_elsewhere and is_long else None
