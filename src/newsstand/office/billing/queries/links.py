"""Signed links in mails, which work without signing in."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.http import urlencode

from newsstand.office.billing.models import Subscription

_SALT = "billing.cancel"


def cancel_token(subscription: Subscription) -> str:
    """What names this one subscription on the cancel pages; it opens nothing else."""
    return signing.dumps(subscription.ref, salt=_SALT)


def subscription_of_token(token: str) -> Subscription | None:
    """The subscription that a cancel link names; None for a link that is not ours."""
    try:
        public_id = UUID(hex=signing.loads(token, salt=_SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
    return Subscription.objects.select_related("plan", "account").filter(public_id=public_id).first()


def cancel_link(subscription: Subscription) -> str:
    """The address in mails that leads to the cancel page."""
    return address(f"{reverse('cancel_subscription')}?{urlencode({'link': cancel_token(subscription)})}")


def address(path: str) -> str:
    """A path of this site as a whole address; a whole address stays as it is."""
    return path if "://" in path else f"{settings.SITE_URL}{path}"
