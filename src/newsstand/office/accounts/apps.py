from django.apps import AppConfig
from wagtail.users.apps import WagtailUsersAppConfig


class StaffUsersConfig(WagtailUsersAppConfig):
    """Wagtail's pages about users, with our one name in place of its two."""

    user_viewset = "newsstand.office.accounts.wagtail_hooks.Users"


class AccountsConfig(AppConfig):
    default = True
    name = "newsstand.office.accounts"
    label = "accounts"
    verbose_name = "Accounts"

    def ready(self) -> None:
        from newsstand.office.accounts import receivers, tasks, views

        receivers.connect()
        tasks.register()
        views.register()
