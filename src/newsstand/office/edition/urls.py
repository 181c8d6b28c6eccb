from django.urls import path, re_path

from newsstand.office.edition import views

urlpatterns = [
    path("assets/<str:name>", views.asset, name="asset"),
    path("robots.txt", views.sheet),
    path("sitemap.xml", views.sheet),
    re_path(r"^sitemaps/[a-z0-9-]+\.xml$", views.sheet),
    re_path(r"^feeds/(?:[^/]+/){0,2}(?:rss\.xml|atom\.xml|feed\.json)$", views.sheet),
]
