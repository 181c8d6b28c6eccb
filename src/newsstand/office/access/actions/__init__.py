"""What happens at this desk: one function each."""

from newsstand.office.access.actions.by_hand import keep_by_hand as keep_by_hand
from newsstand.office.access.actions.counts import keep_counts as keep_counts
from newsstand.office.access.actions.counts import prune_counts as prune_counts
from newsstand.office.access.actions.counts import restore_counts as restore_counts
from newsstand.office.access.actions.gifts import REVOKE as REVOKE
from newsstand.office.access.actions.gifts import NoGift as NoGift
from newsstand.office.access.actions.gifts import close_gift as close_gift
from newsstand.office.access.actions.gifts import end_gift as end_gift
from newsstand.office.access.actions.gifts import make_gift as make_gift
from newsstand.office.access.actions.gifts import revoke_gift as revoke_gift
from newsstand.office.access.actions.gifts import revoke_gifts_of as revoke_gifts_of
from newsstand.office.access.actions.policy import TOPIC as TOPIC
from newsstand.office.access.actions.policy import NoSuchVersion as NoSuchVersion
from newsstand.office.access.actions.policy import change_policy as change_policy
from newsstand.office.access.actions.policy import follow_change as follow_change
from newsstand.office.access.actions.policy import post_policy as post_policy
from newsstand.office.access.actions.policy import put_policy as put_policy
from newsstand.office.access.actions.policy import put_policy_at_start as put_policy_at_start
from newsstand.office.access.actions.policy import revert_policy as revert_policy
from newsstand.office.access.actions.policy import values_of as values_of
