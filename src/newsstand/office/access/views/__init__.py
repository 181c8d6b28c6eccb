"""The pages of the desk: readers' own, and the staff's."""

from newsstand.office.access.views.readers import gifts_section as gifts_section
from newsstand.office.access.views.readers import give as give
from newsstand.office.access.views.readers import take_back as take_back
from newsstand.office.access.views.readers import why as why
from newsstand.office.access.views.rules import RulesView as RulesView
from newsstand.office.access.views.staff import history as history
from newsstand.office.access.views.staff import report as report
from newsstand.office.access.views.staff import revert as revert
from newsstand.office.access.views.staff import revoke as revoke
from newsstand.office.access.views.staff import why_for_staff as why_for_staff
from newsstand.office.access.views.staff import why_of_reader as why_of_reader
from newsstand.office.access.views.staff import why_of_story as why_of_story
