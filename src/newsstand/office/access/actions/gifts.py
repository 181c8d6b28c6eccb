"""Giving a story away, and taking it back."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from newsstand.office.access import queries
from newsstand.office.access.models import Gift
from newsstand.office.kit import audit, clock, outbox, shelf

if TYPE_CHECKING:
    from newsstand.office.accounts.models import Account
    from newsstand.office.articles.models import ArticlePage

REVOKE = "access.revoke_gift"


class NoGift(ValueError):
    """This reader may not give this story away now: `why` is `not_yours` or `none_left`."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def make_gift(*, account: "Account", article: "ArticlePage", by: str, now: datetime) -> Gift:
    """A link for one story. Raises NoGift for who has no right of their own, or none left this month."""
    row = queries.rules_of_site()
    if row.pk is not None:
        # Two clicks at once must not make one link more than there are.
        type(row)._default_manager.select_for_update().filter(pk=row.pk).first()
    if not queries.may_give(account, article, now):
        raise NoGift("not_yours")
    if queries.gifts_left(account, now).left == 0:
        raise NoGift("none_left")
    gift = Gift.objects.create(
        public_id=uuid4(),
        giver=account,
        article=article.article_id,
        title=article.title,
        address=article.address,
        made_at=now,
        until=now + timedelta(days=row.gift_days),
    )
    after = {"article": gift.article, "until": gift.until.isoformat()}
    audit.record(by=by, verb="make_gift", subject=f"gift:{gift.gift_id}", after=after, now=now)
    return gift


@transaction.atomic
def revoke_gift(*, gift: Gift, by: str, now: datetime) -> int | None:
    """Let a gift open nothing any more; returns the outbox row, to wait for, or None where it was taken back before."""
    kept = Gift.objects.select_for_update().get(pk=gift.pk)
    if kept.revoked_at is not None:
        return None
    kept.revoked_at = now
    kept.save(update_fields=["revoked_at"])
    audit.record(by=by, verb="revoke_gift", subject=f"gift:{kept.gift_id}", now=now)
    return end_gift(gift=kept, now=now)


@transaction.atomic
def revoke_gifts_of(*, account: "Account", by: str, now: datetime) -> None:
    """Whoever is shut out, or left, gives nothing any more: take back all that still opens."""
    for gift in queries.gifts_of(account).filter(revoked_at__isnull=True, until__gt=now):
        revoke_gift(gift=gift, by=by, now=now)


@transaction.atomic
def end_gift(*, gift: Gift, now: datetime) -> int:
    """Let no kiosk open this gift, whether or not its row stays; returns the outbox row, to wait for.

    Before the commit, and again after it: what is taken back opens nothing, whatever happens in between.
    """
    until = clock.to_unix(gift.until)
    close_gift(gift_id=gift.gift_id, until=until, now=now)
    return outbox.add(REVOKE, {"id": gift.gift_id, "until": until}, key=gift.gift_id)


def close_gift(*, gift_id: str, until: int, now: datetime) -> None:
    """Put a revoked gift onto the board, where every kiosk finds it."""
    shelf.handle().board.revoke_gift(gift_id, until, clock.to_unix(now))
