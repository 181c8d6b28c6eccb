from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    name = "newsstand.office.articles"
    label = "articles"
    verbose_name = "Articles"
