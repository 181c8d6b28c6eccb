"""Mail to readers: an outbox row of the change that asks for it, one mail per key, ever."""

from datetime import datetime
from email.utils import make_msgid
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from newsstand.office.kit import outbox, queries
from newsstand.office.kit.models import SentNotice

TOPIC = "kit.mail"


def send_notice(
    *, to: str, subject: str, template: str, context: dict[str, Any], key: str, now: datetime
) -> None:
    """Have a mail sent after the commit. `template` + `.txt` and `.html` are rendered with `context` (JSON values).

    The same key never makes a second mail, whatever is retried.
    """
    defaults = {"template": template, "created_at": now}
    _, is_new = SentNotice.objects.get_or_create(key=key, defaults=defaults)
    if not is_new:
        return
    payload = {"key": key, "to": to, "subject": subject, "template": template, "context": context}
    outbox.add(TOPIC, payload, key=key)


def deliver(payload: dict[str, Any], now: datetime) -> None:
    """The outbox handler: render and send, unless it was sent before."""
    notice = SentNotice.objects.get(key=payload["key"])
    if notice.sent_at is not None:
        return
    context = {**payload["context"], "publication": queries.publication(), "site_url": settings.SITE_URL}
    text = render_to_string(f"{payload['template']}.txt", context)
    message = EmailMultiAlternatives(
        subject=" ".join(payload["subject"].split()),
        body=text,
        to=[payload["to"]],
        headers={
            "Message-ID": make_msgid(idstring=f"notice-{notice.pk}", domain="newsstand"),
            "Date": _date(now),
        },
    )
    message.attach_alternative(render_to_string(f"{payload['template']}.html", context), "text/html")
    message.send()
    notice.sent_at = now
    notice.save(update_fields=["sent_at"])


def _date(now: datetime) -> str:
    return now.strftime("%a, %d %b %Y %H:%M:%S +0000")
