from django.apps import AppConfig


class EditionConfig(AppConfig):
    name = "newsstand.office.edition"
    label = "edition"
    verbose_name = "Edition"
