from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "newsstand.office.comments"
    label = "comments"
    verbose_name = "Comments"

    def ready(self) -> None:
        from newsstand.office.comments import receivers

        receivers.connect()
