from django.urls import path, re_path

from newsstand.office.edition import views

urlpatterns = [
    path("assets/<str:name>", views.asset, name="asset"),
    path("search/", views.search_page, name="search"),
    path("my-feed/<str:key>/<str:name>", views.readers_own_feed, name="readers_own_feed"),
    path("account/feed/", views.new_feed_address, name="new_feed_address"),
    path("robots.txt", views.sheet),
    path("sitemap.xml", views.sheet),
    re_path(r"^sitemaps/[a-z0-9-]+\.xml$", views.sheet),
    re_path(r"^feeds/(?:[^/]+/){0,2}(?:rss\.xml|atom\.xml|feed\.json)$", views.sheet),
]
