"""Things that happen to accounts."""

from newsstand.office.accounts.actions.closing import close_passes as close_passes
from newsstand.office.accounts.actions.closing import close_session as close_session
from newsstand.office.accounts.actions.grants import Given as Given
from newsstand.office.accounts.actions.grants import end_grant as end_grant
from newsstand.office.accounts.actions.grants import give_grant as give_grant
from newsstand.office.accounts.actions.grants import give_grants as give_grants
from newsstand.office.accounts.actions.meter import take_in_device as take_in_device
from newsstand.office.accounts.actions.person import close_account as close_account
from newsstand.office.accounts.actions.person import follow_closing as follow_closing
from newsstand.office.accounts.actions.person import open_account as open_account
from newsstand.office.accounts.actions.person import rename as rename
from newsstand.office.accounts.actions.person import reopen_account as reopen_account
from newsstand.office.accounts.actions.products import keep_product as keep_product
from newsstand.office.accounts.actions.products import rename_product as rename_product
from newsstand.office.accounts.actions.sign_in import may_be_typed as may_be_typed
from newsstand.office.accounts.actions.sign_in import redeem_code as redeem_code
from newsstand.office.accounts.actions.sign_in import send_code as send_code
