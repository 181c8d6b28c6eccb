"""The sandbox must not stand in for a real gateway by mistake."""

from collections.abc import Sequence

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Advice

from newsstand.office.billing.gateways.sandbox.permit import is_allowed
from newsstand.office.billing.gateways.sandbox.router import ALIAS


@register()
def sandbox_is_allowed(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """A word to who runs a site that takes no payments at all; the gateway itself refuses to run there."""
    if is_allowed():
        return []
    return [
        Advice(
            "This site takes no payments: its only gateway is the sandbox, which takes no money and is not allowed.",
            hint="Set allow_sandbox_payments if trying out is what you want, as on a demo site.",
            id="sandbox.W001",
        )
    ]


@register()
def sandbox_has_its_database(app_configs: Sequence[AppConfig] | None, **kwargs: object) -> list[CheckMessage]:
    """An error where the sandbox's tables would lie in the newsroom's own database."""
    if ALIAS in settings.DATABASES:
        return []
    return [Error('DATABASES has no "sandbox": the sandbox keeps its own database.', id="sandbox.E002")]
