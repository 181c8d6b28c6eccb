"""The databases of the suite: migrated, empty, and rolled back or copied, so that no test meets another's rows."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connections, transaction


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.django_db
def test_a_transaction_is_rolled_back(attempt: int) -> None:
    assert not get_user_model().objects.exists()
    get_user_model().objects.create(email=f"reader-{attempt}@tidemark.example")


@pytest.mark.parametrize("attempt", [1, 2])
@pytest.mark.usefixtures("real_commits")
def test_a_real_commit_stays_with_its_test(attempt: int) -> None:
    heard = []
    with transaction.atomic():
        get_user_model().objects.create(email=f"reader-{attempt}@tidemark.example")
        transaction.on_commit(lambda: heard.append(attempt))
    assert heard == [attempt]
    assert get_user_model().objects.count() == 1


@pytest.mark.django_db(databases=["default", "sandbox"])
def test_the_sandbox_has_its_own_tables_and_no_others() -> None:
    tables = set(connections["sandbox"].introspection.table_names())
    assert any(name.startswith("sandbox_") for name in tables)
    assert not any(name.startswith("wagtail") for name in tables)


def test_nothing_is_asked_without_being_marked() -> None:
    with pytest.raises(RuntimeError, match="Database access not allowed"):
        get_user_model().objects.count()
