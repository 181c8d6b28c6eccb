"""Mail to readers: an outbox row of the change that asks for it, one mail per key, ever."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from newsstand.office.kit import outbox, queries
from newsstand.office.kit.language import in_language_of_publication
from newsstand.office.kit.models import SentNotice

TOPIC = "kit.mail"


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to be sent after the commit. `template` + `.txt` and `.html` are rendered with `context` (JSON values)."""

    to: str
    subject: str
    template: str
    context: dict[str, Any]
    key: str


def send_notice(
    *, to: str, subject: str, template: str, context: dict[str, Any], key: str, now: datetime
) -> None:
    """Have a mail sent after the commit. The same key never makes a second mail, whatever is retried."""
    send_notices([Notice(to, subject, template, context, key)], now=now)


def send_notices(notices: Sequence[Notice], *, now: datetime) -> None:
    """Have several mails sent after the commit, each key once, ever.

    Should another transaction write the same key at this moment, both ask for the mail, and it is sent once.
    """
    with transaction.atomic():
        keys = [notice.key for notice in notices]
        known = set(SentNotice.objects.filter(key__in=keys).values_list("key", flat=True))
        news = {notice.key: notice for notice in notices if notice.key not in known}
        if not news:
            return
        SentNotice.objects.bulk_create(
            (SentNotice(key=row.key, template=row.template, created_at=now) for row in news.values()),
            ignore_conflicts=True,
        )
        outbox.add_new(TOPIC, {key: asdict(notice) for key, notice in news.items()})


def deliver(payload: dict[str, Any], now: datetime) -> None:
    """The outbox handler: render and send, unless it was sent before."""
    notice = SentNotice.objects.get(key=payload["key"])
    if notice.sent_at is not None:
        return
    context = {**payload["context"], "publication": queries.publication(), "site_url": settings.SITE_URL}
    with in_language_of_publication():
        text = render_to_string(f"{payload['template']}.txt", context)
        html = render_to_string(f"{payload['template']}.html", context)
    message = EmailMultiAlternatives(
        subject=" ".join(payload["subject"].split()),
        body=text,
        to=[payload["to"]],
        headers={
            "Message-ID": make_msgid(idstring=f"notice-{notice.pk}", domain="newsstand"),
            "Date": _date(now),
        },
    )
    message.attach_alternative(html, "text/html")
    message.send()
    notice.sent_at = now
    notice.save(update_fields=["sent_at"])


def _date(now: datetime) -> str:
    return now.strftime("%a, %d %b %Y %H:%M:%S +0000")
