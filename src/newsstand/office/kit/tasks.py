"""What the kit does after a commit and from time to time."""

from datetime import datetime

from newsstand.office.kit import mail, outbox
from newsstand.office.kit.registry import registry


def register() -> None:
    """Called once, when the application is ready."""
    registry.on(mail.TOPIC, mail.deliver, can_wait=True)
    registry.every("kit.prune_outbox", 3600, _prune)


def _prune(now: datetime) -> None:
    outbox.prune()
