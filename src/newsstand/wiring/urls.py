"""The addresses of the site: the staff's pages, the readers' pages of the office, then the edition's pages."""

from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

urlpatterns = [
    path("staff/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("", include("newsstand.office.accounts.urls")),
    path("", include("newsstand.office.billing.urls")),
    path("sandbox/", include("newsstand.office.billing.gateways.sandbox.urls")),
    path("", include("newsstand.office.access.urls")),
    path("comments/", include("newsstand.office.comments.urls")),
    path("", include("newsstand.office.edition.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("", include("newsstand.office.kit.demo_urls")))
urlpatterns.append(path("", include(wagtail_urls)))
handler404 = "newsstand.office.edition.views.not_found"
