"""A comment full of links is mostly an advertisement."""

import re

from newsstand.office.comments.moderation.draft import Draft, Verdict

MOST = 2
_LINK = re.compile(r"https?://|\bwww\.", re.IGNORECASE)


def judge(draft: Draft) -> Verdict | None:
    """Let staff look at a comment with more than two links."""
    return Verdict("waiting", "links") if len(_LINK.findall(draft.text)) > MOST else None
