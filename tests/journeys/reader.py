"""A person at a browser without JavaScript: keeps cookies, follows links, fills in forms as they are printed."""

import time
from typing import Any
from urllib.parse import urljoin, urlsplit

import requests
from bs4 import BeautifulSoup, Tag

from tests.journeys.site import Site

PATIENCE = 300.0  # seconds: a second is promised on a machine with time to spare, and tests share theirs


class Reader:
    """Plain HTTP with cookies. `page` is the last page as a soup, `response` as it came."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session = requests.Session()
        self.session.headers["Accept-Encoding"] = "gzip, br"
        self.response: requests.Response = requests.Response()
        self.page = BeautifulSoup("", "html.parser")

    @property
    def path(self) -> str:
        parts = urlsplit(self.response.url)
        return parts.path

    @property
    def text(self) -> str:
        return self.page.get_text(" ", strip=True)

    def get(self, path: str, **headers: str) -> "Reader":
        return self._keep(self.session.get(urljoin(self.site.url, path), headers=headers, timeout=PATIENCE))

    def follow(self, words: str) -> "Reader":
        """Follow the link with these words."""
        for link in self.page.find_all("a", href=True):
            if words in link.get_text(" ", strip=True):
                return self.get(urljoin(self.response.url, str(link["href"])))
        raise AssertionError(f"no link says {words!r} on {self.response.url}: {self.text[:600]}")

    def send(self, button: str, **fields: Any) -> "Reader":
        """Fill in and send the form whose button says this; fields are given by name."""
        form = self._form(button)
        values = self._values(form, button)
        unknown = set(fields) - {
            str(field.get("name")) for field in form.find_all(["input", "textarea", "select"])
        }
        assert not unknown, f"the form has no {unknown}"
        values.update({name: value for name, value in fields.items() if value is not None})
        target = urljoin(self.response.url, str(form.get("action") or self.response.url))
        if str(form.get("method", "get")).lower() != "post":
            return self._keep(self.session.get(target, params=values, timeout=PATIENCE))
        headers = {"Origin": self.site.url, "Sec-Fetch-Site": "same-origin", "Referer": self.response.url}
        return self._keep(self.session.post(target, data=values, headers=headers, timeout=PATIENCE))

    def sign_in(self, email: str, path: str = "/sign-in/") -> "Reader":
        """Sign in by the code from the mail."""
        self.get(path)
        self.send_only_form(email=email)
        return self.send_only_form(code=self.site.code_for(email))

    def send_only_form(self, **fields: Any) -> "Reader":
        """Send the form that has these fields, whatever its button says."""
        for form in self.page.find_all("form"):
            names = {str(field.get("name")) for field in form.find_all(["input", "textarea", "select"])}
            if set(fields) <= names:
                button = form.find("button")
                assert isinstance(button, Tag)
                return self.send(button.get_text(" ", strip=True), **fields)
        raise AssertionError(f"no form with {set(fields)} on {self.response.url}: {self.text[:600]}")

    def _form(self, button: str) -> Tag:
        for form in self.page.find_all("form"):
            for pressed in form.find_all(["button", "input"]):
                words = pressed.get_text(" ", strip=True) or str(pressed.get("value", ""))
                if pressed.name == "button" and button in words:
                    return form
        raise AssertionError(f"no button says {button!r} on {self.response.url}: {self.text[:600]}")

    def _values(self, form: Tag, button: str) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for field in form.find_all(["input", "textarea", "select"]):
            name, kind = str(field.get("name", "")), str(field.get("type", "text"))
            if (
                not name
                or kind in {"submit", "button"}
                or (kind in {"checkbox", "radio"} and not field.has_attr("checked"))
            ):
                continue
            values[name] = field.get_text() if field.name == "textarea" else str(field.get("value", ""))
        for pressed in form.find_all("button"):
            if button in pressed.get_text(" ", strip=True) and pressed.get("name"):
                values[str(pressed["name"])] = str(pressed.get("value", ""))
        return values

    def _keep(self, response: requests.Response) -> "Reader":
        self.response = response
        self.page = BeautifulSoup(response.text, "html.parser")
        return self


def eventually(question: Any, seconds: float = PATIENCE) -> Any:
    """Ask until the answer is true, at most for this long; returns the last answer."""
    limit = time.monotonic() + seconds
    while not (answer := question()) and time.monotonic() < limit:
        time.sleep(0.05)
    return answer
