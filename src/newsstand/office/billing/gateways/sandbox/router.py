"""Keeps the sandbox gateway's tables in a database of their own, as if it were another company's."""

from typing import Any


class SandboxRouter:
    """Sends the app `sandbox`, and nothing else, to the database `sandbox`."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "sandbox" if model._meta.app_label == "sandbox" else None

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        if app_label == "sandbox" or db == "sandbox":
            return (app_label == "sandbox") == (db == "sandbox")
        return None
