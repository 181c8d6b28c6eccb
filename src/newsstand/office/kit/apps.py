from django.apps import AppConfig


class KitConfig(AppConfig):
    name = "newsstand.office.kit"
    label = "kit"
    verbose_name = "Kit"

    def ready(self) -> None:
        from newsstand.office.kit import receivers, tasks

        receivers.connect()
        tasks.register()
