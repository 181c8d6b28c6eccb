from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "newsstand.office.billing"
    label = "billing"
    verbose_name = "Billing"
