"""The tables of the desk."""

from newsstand.office.access.models.counts import ReaderCount as ReaderCount
from newsstand.office.access.models.gifts import Gift as Gift
from newsstand.office.access.models.groups import ReaderGroup as ReaderGroup
from newsstand.office.access.models.hand_offers import HandOffer as HandOffer
from newsstand.office.access.models.policy import AccessPolicy as AccessPolicy
