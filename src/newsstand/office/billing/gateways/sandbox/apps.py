from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "newsstand.office.billing.gateways.sandbox"
    label = "sandbox"
    verbose_name = "Sandbox gateway"
