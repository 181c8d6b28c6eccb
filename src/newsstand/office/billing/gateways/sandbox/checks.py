"""The sandbox must not stand in for a real gateway by mistake."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from newsstand.office.billing.gateways.sandbox.router import ALIAS


@register()
def sandbox_is_allowed(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """An error where DEBUG is off and ALLOW_SANDBOX_PAYMENTS does not say that no money shall be taken."""
    if settings.DEBUG or getattr(settings, "ALLOW_SANDBOX_PAYMENTS", False):
        return []
    return [
        Error(
            "The sandbox gateway takes no money and is installed on a site that is not for development.",
            hint="Set ALLOW_SANDBOX_PAYMENTS if that is what you want, as on a demo site.",
            id="sandbox.E001",
        )
    ]


@register()
def sandbox_has_its_database(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """An error where the sandbox's tables would lie in the newsroom's own database."""
    if ALIAS in settings.DATABASES:
        return []
    return [Error('DATABASES has no "sandbox": the sandbox keeps its own database.', id="sandbox.E002")]
