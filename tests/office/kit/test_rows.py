"""Many rows are written with one statement, each with values of its own."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from newsstand.office.accounts.actions import give_grant
from newsstand.office.accounts.models import Account, Grant
from newsstand.office.kit.rows import update_each


@pytest.mark.django_db
def test_each_row_gets_its_own_values_and_keeps_the_rest(now: datetime) -> None:
    account = Account.objects.create(email="ada@rows.example")
    for number in range(3):
        give_grant(
            account=account,
            subject="product:news",
            rights=["read"],
            from_at=now,
            until=now + timedelta(days=1),
            grace_until=None,
            source="comp",
            source_ref=f"row {number}",
            by="system",
            now=now,
        )
    rows = list(Grant.objects.order_by("pk"))
    for number, row in enumerate(rows):
        row.until, row.rights, row.subject = now + timedelta(days=number), ["read", "comment"], "site"
    update_each(rows, ["until", "rights"])
    for number, row in enumerate(Grant.objects.order_by("pk")):
        assert (row.until, row.rights) == (now + timedelta(days=number), ["read", "comment"])
        assert row.subject == "product:news"


@pytest.mark.django_db
def test_no_rows_ask_nothing_and_a_strange_field_is_refused() -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        update_each([], ["until"])
    assert len(asked) == 0
    with pytest.raises(LookupError, match="nonsense"):
        update_each([Grant()], ["until", "nonsense"])
