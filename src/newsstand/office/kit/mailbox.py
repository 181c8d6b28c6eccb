"""The mailbox: mail kept as files in the installation's directory, for the demo and for trying things out."""

from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from newsstand.office.kit import clock


class MailboxBackend(BaseEmailBackend):
    """A mail backend that writes each mail as one `.eml` file."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        directory = Path(settings.MAILBOX_DIR)
        directory.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{clock.real_now():%Y%m%d-%H%M%S-%f}-{uuid4().hex[:8]}"
            unfinished = directory / f"{name}.part"
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(directory / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True, slots=True)
class Mail:
    """One kept mail as it is shown."""

    name: str
    to: str
    subject: str
    date: str
    text: str


def kept(limit: int = 100) -> list[Mail]:
    """The newest mails first."""
    names = sorted(Path(settings.MAILBOX_DIR).glob("*.eml"), reverse=True)[:limit]
    return [_read(path) for path in names]


def find(name: str) -> Mail | None:
    """One mail by the name of its file, which must be one that is there."""
    paths = {path.stem: path for path in Path(settings.MAILBOX_DIR).glob("*.eml")}
    return _read(paths[name]) if name in paths else None


def _read(path: Path) -> Mail:
    parsed = message_from_bytes(path.read_bytes(), policy=policy.default)
    body = parsed.get_body(preferencelist=("plain",))
    text = str(body.get_content()) if body is not None else ""
    return Mail(path.stem, str(parsed["To"]), str(parsed["Subject"]), str(parsed["Date"] or ""), text)
