"""Each reason in words: for the reader, for an editor, and for who answers a reader's mail.

The words in braces are filled by `explain`. The reader's sentence is in plain English and is
translated by its reason; it holds no word that only the newsroom knows.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from newsstand.rules.gate.gates import Reason


class Sentences(NamedTuple):
    """The same reason three times."""

    reader: str
    editor: str
    support: str


SENTENCES: Final[Mapping[Reason, Sentences]] = MappingProxyType(
    {
        Reason.TAKEN_DOWN: Sentences(
            "This story is no longer available.",
            "The story was taken down at {gone_from}. Nobody sees it on the site.",
            "Taken down at {gone_from}; the address answers “not found”. No plan and no gift opens it.",
        ),
        Reason.EMBARGO: Sentences(
            "There is no story at this address.",
            "The story is under embargo until {embargo_until}. Until then only previews show it.",
            "Under embargo until {embargo_until}; the address answers “not found”, for staff as well.",
        ),
        Reason.NOT_YET: Sentences(
            "There is no story at this address.",
            "The story is not published yet; its time is {published_at}.",
            "Not published yet ({published_at}); the address answers “not found”.",
        ),
        Reason.FREE: Sentences(
            "This story is free for everyone.",
            "The story has the level “free” at this moment.",
            "Level free: open to everyone, nothing is counted.",
        ),
        Reason.OPEN_HOUSE: Sentences(
            "This story is open to everyone for the time being.",
            "Open house: staff opened {house} until {house_until}. Without it the level is “{level}”.",
            "Open house for {house} until {house_until}; nothing is counted meanwhile.",
        ),
        Reason.STAFF: Sentences(
            "You can read this story because you work here.",
            "Staff read everything that is published.",
            "The account is a staff account; it says nothing about what readers see.",
        ),
        Reason.GRANT: Sentences(
            "You can read this story with your account.",
            "The reader holds a right to read it: {grant}.",
            "Opened by the grant {grant}.",
        ),
        Reason.GRACE: Sentences(
            "You can go on reading while your payment is being sorted out.",
            "The reader's right is over, and its grace is not: {grant}.",
            "Opened in grace by the grant {grant}. If the grace ends without a payment, there is a wall.",
        ),
        Reason.NETWORK: Sentences(
            "You can read this story through the network that you are using.",
            "The reader's network belongs to a group that reads {network}.",
            "Opened by the network's right for {network}. Elsewhere the same reader may meet a wall.",
        ),
        Reason.GIFT: Sentences(
            "A subscriber gave you this story.",
            "A valid gift opens this one story.",
            "Opened by a gift for this story; it opens no other.",
        ),
        Reason.CRAWLER: Sentences(
            "Search engines may read this story in full.",
            "The policy lets the verified crawler “{crawler}” read in full.",
            "Opened for the crawler “{crawler}”, whose address was verified.",
        ),
        Reason.REGISTERED: Sentences(
            "You can read this story because you are signed in.",
            "The level is “registered”, and the reader is signed in.",
            "Level registered: every signed-in reader reads it, nothing is counted.",
        ),
        Reason.COUNTED: Sentences(
            "You have opened this story before; reading it again is free.",
            "The story was counted before in the window {window} and stays open until {window_ends}.",
            "Counted before in the window {window} ({counted} of {allowance}); open until {window_ends}.",
        ),
        Reason.METER: Sentences(
            "This is one of your free stories.",
            "The meter opens it: {counted_after} of {allowance} are counted now, until {window_ends}.",
            "Counted now: {counted_after} of {allowance} in the window {window}, until {window_ends}.",
        ),
        Reason.PREFETCH: Sentences(
            "This story was not loaded ahead of time.",
            "The browser asked ahead of a click. That is refused, so that no free story is used up unread.",
            "A prefetch was refused; a click on the same link opens the story and counts it.",
        ),
        Reason.MUST_REGISTER: Sentences(
            "This story is for readers with an account.",
            "The level is “registered”, and nobody is signed in.",
            "Level registered, not signed in. The wall offers: {ways}.",
        ),
        Reason.SUBSCRIBERS_ONLY: Sentences(
            "This story is for subscribers.",
            "The level is “subscribers”, and no right of this reader covers the product “{product}”.",
            "Level subscribers, no grant covers “{product}”. The wall offers: {ways}.",
        ),
        Reason.METER_SPENT: Sentences(
            "You have read your free stories.",
            "The meter is spent: {counted} counted, {allowance} allowed, until {window_ends}.",
            "Meter spent ({counted} of {allowance}, window {window}). The wall offers: {ways}.",
        ),
        Reason.NO_METER: Sentences(
            "This story is for readers with an account or a subscription.",
            "The policy gives {identity} no free stories: the allowance is 0.",
            "The allowance of {identity} is 0. The wall offers: {ways}.",
        ),
        Reason.NETWORK_BRAKE: Sentences(
            "Very many people read here without an account today. With a free account you can read on.",
            "The reader's network brought more new devices today than the policy lets in: {new_devices}.",
            "Stopped by the network brake ({new_devices} new devices a day). The wall offers: {ways}.",
        ),
        Reason.OFF_METER: Sentences(
            "This story is for subscribers.",
            "The story is metered, but is marked as not to be counted, so that the meter never opens it.",
            "Metered and not to be counted, so only a right opens it. The wall offers: {ways}.",
        ),
        Reason.DECLARED_HEAD: Sentences(
            "Only the beginning of this story was asked for.",
            "A request without a body counts nothing, so that it is told what the opening is like.",
            "A HEAD request is answered as the opening; a real visit opens the story and counts it.",
        ),
        Reason.DECLARED_CRAWLER: Sentences(
            "Automatic visitors see the beginning of this story.",
            "The client says that it is a crawler. Nothing is counted for it, so that it sees the opening.",
            "The client declared itself a crawler. A person stopped so has a browser with such a name.",
        ),
        Reason.PAGE: Sentences(
            "This page is open to everyone.",
            "The page is no story; the gate has nothing to ask.",
            "A page without a wall.",
        ),
    }
)
