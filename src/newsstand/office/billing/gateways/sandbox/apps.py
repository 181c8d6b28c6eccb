"""The sandbox as a Django app."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "newsstand.office.billing.gateways.sandbox"
    label = "sandbox"
    verbose_name = "Sandbox payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from newsstand.office.billing.gateways.sandbox import checks  # noqa: F401 - registers itself
