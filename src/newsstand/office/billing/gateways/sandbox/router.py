"""Keeps the sandbox's tables in the sandbox's own database, and everything else out of it.

What a bank has done must not be undone when the newsroom's transaction is rolled back.
"""

from django.db.models import Model

ALIAS = "sandbox"
LABEL = "sandbox"


class SandboxRouter:
    """Django's router: named in DATABASE_ROUTERS, with a database called "sandbox" in DATABASES."""

    def db_for_read(self, model: type[Model], **hints: object) -> str | None:
        return ALIAS if model._meta.app_label == LABEL else None

    def db_for_write(self, model: type[Model], **hints: object) -> str | None:
        return ALIAS if model._meta.app_label == LABEL else None

    def allow_relation(self, first: Model, second: Model, **hints: object) -> bool | None:
        ours = [row._meta.app_label == LABEL for row in (first, second)]
        return all(ours) if any(ours) else None

    def allow_migrate(self, db: str, app_label: str, **hints: object) -> bool | None:
        if app_label == LABEL or db == ALIAS:
            return app_label == LABEL and db == ALIAS
        return None
