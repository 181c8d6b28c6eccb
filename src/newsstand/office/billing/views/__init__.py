"""What readers meet of billing."""

from newsstand.office.billing.views.account import account_section as account_section
