from django.apps import AppConfig


class InsightsConfig(AppConfig):
    name = "newsstand.office.insights"
    label = "insights"
    verbose_name = "Insights"

    def ready(self) -> None:
        from newsstand.office.insights import tasks

        tasks.register()
