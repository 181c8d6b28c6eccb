"""Things that happen in billing."""

from newsstand.office.billing.actions.audit_books import audit_and_keep as audit_and_keep
from newsstand.office.billing.actions.audit_books import audit_books as audit_books
from newsstand.office.billing.actions.cancel_subscription import cancel_subscription as cancel_subscription
from newsstand.office.billing.actions.cancel_subscription import undo_cancel as undo_cancel
from newsstand.office.billing.actions.end_sale import end_sale as end_sale
from newsstand.office.billing.actions.finish_card import finish_card as finish_card
from newsstand.office.billing.actions.finish_card import pay_now as pay_now
from newsstand.office.billing.actions.found_offer import found_offer as found_offer
from newsstand.office.billing.actions.parking import park as park
from newsstand.office.billing.actions.parking import unpark as unpark
from newsstand.office.billing.actions.receive_webhook import WEBHOOK_REFUSED as WEBHOOK_REFUSED
from newsstand.office.billing.actions.receive_webhook import receive_webhook as receive_webhook
from newsstand.office.billing.actions.reconcile import reconcile as reconcile
from newsstand.office.billing.actions.record_gateway_event import record_gateway_event as record_gateway_event
from newsstand.office.billing.actions.refund_invoice import RefundRefused as RefundRefused
from newsstand.office.billing.actions.refund_invoice import refund_invoice as refund_invoice
from newsstand.office.billing.actions.rehearse import NotEmpty as NotEmpty
from newsstand.office.billing.actions.rehearse import rehearse as rehearse
from newsstand.office.billing.actions.serve_due import serve_due as serve_due
from newsstand.office.billing.actions.start_checkout import change_card as change_card
from newsstand.office.billing.actions.start_checkout import start_checkout as start_checkout
from newsstand.office.billing.actions.start_purchase import start_purchase as start_purchase
from newsstand.office.billing.actions.stop_charging import go_on_charging as go_on_charging
from newsstand.office.billing.actions.stop_charging import stop_charging as stop_charging
from newsstand.office.billing.actions.sweep_attempt import sweep_attempt as sweep_attempt
from newsstand.office.billing.actions.withdraw import withdraw as withdraw
