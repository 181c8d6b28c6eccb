from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "newsstand.office.articles"
    label = "articles"
    verbose_name = "Articles"

    def ready(self) -> None:
        from newsstand.office.articles import receivers, tasks

        receivers.connect()
        tasks.register()
