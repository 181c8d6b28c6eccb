from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "newsstand.office.accounts"
    label = "accounts"
    verbose_name = "Accounts"
