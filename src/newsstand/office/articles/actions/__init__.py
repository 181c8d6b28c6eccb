"""What happens to stories and the pages that list them."""

from newsstand.office.articles.actions.announce import announce_forgotten as announce_forgotten
from newsstand.office.articles.actions.announce import page_changed as page_changed
from newsstand.office.articles.actions.announce import page_withdrawn as page_withdrawn
from newsstand.office.articles.actions.announce import picture_changed as picture_changed
from newsstand.office.articles.actions.announce import story_saved as story_saved
from newsstand.office.articles.actions.found import found_publication as found_publication
from newsstand.office.articles.actions.keep_picture import KeptPicture as KeptPicture
from newsstand.office.articles.actions.keep_picture import PictureRefused as PictureRefused
from newsstand.office.articles.actions.keep_picture import keep_picture as keep_picture
from newsstand.office.articles.actions.publish_story import Fault as Fault
from newsstand.office.articles.actions.publish_story import Lead as Lead
from newsstand.office.articles.actions.publish_story import Published as Published
from newsstand.office.articles.actions.publish_story import Story as Story
from newsstand.office.articles.actions.publish_story import StoryRefused as StoryRefused
from newsstand.office.articles.actions.publish_story import publish_story as publish_story
from newsstand.office.articles.actions.publish_story import slug_of as slug_of
from newsstand.office.articles.actions.schedule import publish_scheduled as publish_scheduled
from newsstand.office.articles.actions.staff_zone import set_staff_zone as set_staff_zone
