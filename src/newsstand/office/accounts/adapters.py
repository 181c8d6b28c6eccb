"""What allauth is told about this house."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Accounts open by one form and a code; allauth's own sign-up stays shut, and its flash messages unsaid."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """No: an account is opened by the code that proves its address, and by nothing else."""
        return False

    def add_message(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        """Say nothing: the page that a reader lands on shows that they are signed in."""
