"""What happens to stories and the pages that list them."""

from newsstand.office.articles.actions.announce import page_changed as page_changed
from newsstand.office.articles.actions.announce import page_withdrawn as page_withdrawn
from newsstand.office.articles.actions.announce import picture_changed as picture_changed
from newsstand.office.articles.actions.found import found_publication as found_publication
from newsstand.office.articles.actions.schedule import publish_scheduled as publish_scheduled
