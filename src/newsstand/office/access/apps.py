from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "newsstand.office.access"
    label = "access"
    verbose_name = "Access"
