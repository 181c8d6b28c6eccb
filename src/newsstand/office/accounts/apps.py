from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "newsstand.office.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from newsstand.office.accounts import receivers, tasks, views

        receivers.connect()
        tasks.register()
        views.register()
