"""Readers, and the way in by form and mail as a browser goes it."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from newsstand.office.accounts.models import Account
from newsstand.office.kit.models import Publication

HERE = {"HTTP_SEC_FETCH_SITE": "same-origin"}


@pytest.fixture
def ann(db: None) -> Account:
    """A reader who has an account."""
    return Account.objects.create_user("ann@example.com", name="Ann")


@dataclass
class Visitor:
    """Somebody at the sign-in form."""

    client: Client

    def ask(self, email: str, address: str = "/sign-in/", onward: str = "/", **more: Any) -> Any:
        return self.client.post(address, {"email": email, "next": onward}, **{**HERE, **more})

    def type(self, code: str, onward: str = "/") -> Any:
        return self.client.post("/sign-in/code/", {"code": code, "next": onward}, **HERE)

    def newest_code(self) -> str:
        found = re.search(r"^ {4}(\d{6})$", str(mail.outbox[-1].body), re.MULTILINE)
        assert found is not None
        return found[1]

    def come_in(self, email: str, onward: str = "/") -> Any:
        self.ask(email, onward=onward)
        return self.type(self.newest_code(), onward)


@pytest.fixture
def visitor(publication: Publication) -> Visitor:
    """A browser without any cookie."""
    return Visitor(Client())


def other_than(code: str) -> str:
    """Six digits that are not this code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"
