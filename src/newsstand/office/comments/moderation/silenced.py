"""Who was silenced by staff writes nothing."""

from newsstand.office.comments.moderation.draft import Draft, Verdict


def judge(draft: Draft) -> Verdict | None:
    """Refuse every draft of a silenced reader."""
    return Verdict("refused", "silenced") if draft.is_silenced else None
