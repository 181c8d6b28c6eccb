from django.apps import AppConfig


class AdsConfig(AppConfig):
    name = "newsstand.office.ads"
    label = "ads"
    verbose_name = "Ads"

    def ready(self) -> None:
        from newsstand.office.ads import receivers

        receivers.connect()
