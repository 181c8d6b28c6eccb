"""The first rows of an installation."""

from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext
from wagtail.models import Page, Site

from newsstand.office.accounts.actions.products import keep_product
from newsstand.office.articles.actions.announce import add_live
from newsstand.office.articles.actions.hand import acting
from newsstand.office.articles.models import AuthorIndexPage, FrontPage, TagIndexPage
from newsstand.office.articles.models.story import NEWSPAPER
from newsstand.office.kit import publication
from newsstand.office.kit.language import in_language_of_publication


def found_publication(
    *,
    name: str,
    support_email: str,
    by: str,
    now: datetime,
    zone: str = "UTC",
    currency: str = "USD",
    language: str = "en",
    tagline: str = "",
) -> None:
    """The publication, its product, and the pages under which everything else is made.

    The rights of staff come from Wagtail's groups: Editors write, Moderators publish as well.
    """
    with transaction.atomic(), acting(by, now):
        publication.found(
            name=name,
            support_email=support_email,
            zone=zone,
            currency=currency,
            language=language,
            tagline=tagline,
            by=by,
            now=now,
        )
        with in_language_of_publication():
            keep_product(code=NEWSPAPER, name=name, by=by, now=now)
            _make_pages(name)


def _make_pages(name: str) -> None:
    """The front page in the place of Wagtail's welcome page, and the lists of authors and tags."""
    root = Page.get_first_root_node()
    Site.objects.all().delete()
    for welcome in root.get_children():
        welcome.delete()
    root = Page.objects.get(pk=root.pk)
    front = FrontPage(title=name, slug="home")
    add_live(root, front)
    add_live(front, AuthorIndexPage(title=gettext("Authors"), slug="authors"))
    add_live(front, TagIndexPage(title=gettext("Tags"), slug="tags"))
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    Site.objects.create(
        hostname=address.hostname, port=port, site_name=name, root_page=front, is_default_site=True
    )
