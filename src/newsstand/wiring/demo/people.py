"""The demo's people: one of the staff, and readers who comment."""

from datetime import datetime

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction

from newsstand.office.kit import audit

STAFF_EMAIL = "editor@demo.example"
STAFF_NAME = "Hanna Brandt, Editor"


def open_staff_account(*, by: str, now: datetime) -> None:
    """The account that may do everything; its password stands in the installation's settings file."""
    with transaction.atomic():
        account = get_user_model().objects.create_superuser(
            STAFF_EMAIL, settings.ENVIRONMENT.demo_password, name=STAFF_NAME
        )
        audit.record(by=by, verb="open_account", subject=f"account:{account.reader_id}", now=now)
