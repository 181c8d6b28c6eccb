from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "newsstand.office.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from newsstand.office.access import receivers, tasks

        receivers.connect()
        tasks.register()
