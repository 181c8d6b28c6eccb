"""Every setting of an installation, declared in one place: name, type, default, meaning.

A value is looked for in the environment (`NEWSSTAND_<NAME>`), then in `settings.toml` of the
installation's directory, then the default holds. The page `docs/settings.md` is made from this list.
"""

import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlsplit

from newsstand.rules.gate.networks import Range, proxy_range


class SettingError(Exception):
    """A setting is missing or cannot be read; the message says which, where, and what to do."""


def _text(value: Any) -> str:
    return str(value)


def _switch(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in {"1", "true", "yes", "on"}:
        return True
    if word in {"0", "false", "no", "off", ""}:
        return False
    raise ValueError("write true or false")


def _whole(value: Any) -> int:
    return int(value)


def _words(value: Any) -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value]
    return [part.strip() for part in str(value).split(",") if part.strip()]


def _ranges(value: Any) -> tuple[Range, ...]:
    return tuple(proxy_range(word) for word in _words(value))


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting; `read` turns the text of the environment or the file into its value."""

    name: str
    read: Callable[[Any], Any]
    default: Any
    meaning: str


SQLITE_PATIENCE: Final = 60  # seconds for which a change waits for its turn to write, before it is given up

SETTINGS: tuple[Setting, ...] = (
    Setting("secret_key", _text, None, "Signs sessions and forms. Made when the installation is made."),
    Setting(
        "pass_keys", _words, None, "Keys of readers' passes, newest first: the first signs, all are checked."
    ),
    Setting(
        "site_url",
        _text,
        "http://127.0.0.1:8000",
        "The public address of the site, without a slash at the end.",
    ),
    Setting("hosts", _words, ["127.0.0.1", "localhost"], "Host names that the office answers to."),
    Setting(
        "database_url", _text, "", "PostgreSQL address; empty means SQLite in the installation's directory."
    ),
    Setting("sandbox_database_url", _text, "", "The sandbox gateway's own database, likewise."),
    Setting(
        "demo", _switch, False, "This is the demo publication: its clock can be moved, its mail is shown."
    ),
    Setting("debug", _switch, False, "Show errors in detail. Never on a public site."),
    Setting("allow_sandbox_payments", _switch, False, "Let the sandbox gateway, which takes no money, run."),
    Setting(
        "mail_url", _text, "mailbox:", "`mailbox:` keeps mail as files, or `smtp://user:password@host:587`."
    ),
    Setting("mail_from", _text, "Newsstand <post@newsstand.example>", "The sender of every mail."),
    Setting(
        "demo_password", _text, "", "The password of the demo's staff account, shown when the demo starts."
    ),
    Setting(
        "trusted_proxies",
        _ranges,
        (),
        "Addresses or ranges of the proxies in front of the site, such as 127.0.0.1. Only what these say in "
        "`X-Forwarded-For` is taken for a reader's address; empty means that nobody's word is.",
    ),
    Setting("web_workers", _whole, 2, "Web worker processes."),
    Setting(
        "office_url",
        _text,
        "http://127.0.0.1:8001",
        "Where a kiosk in its own processes reaches the office to renew passes.",
    ),
)


class Environment:
    """The settings of one installation; `environment.site_url` and so on."""

    def __init__(self, data: Path) -> None:
        self.data = data
        from_file = read_settings(data)
        self._values = {setting.name: self._look_up(setting, from_file) for setting in SETTINGS}

    def _look_up(self, setting: Setting, from_file: dict[str, Any]) -> Any:
        variable = f"NEWSSTAND_{setting.name.upper()}"
        raw = os.environ.get(variable, from_file.get(setting.name))
        if raw is None:
            return setting.default
        try:
            return setting.read(raw)
        except (TypeError, ValueError) as error:
            raise SettingError(f"the setting {setting.name} ({variable}) cannot be used: {error}") from error

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def required(self, name: str) -> Any:
        """A setting without which nothing can start."""
        value = self._values[name]
        if not value:
            raise SettingError(
                f"{self.data / 'settings.toml'} has no {name}: this directory is no installation yet. "
                f"Make one with `newsstand init`, or name another directory in NEWSSTAND_DATA."
            )
        return value


def read_settings(data: Path) -> dict[str, Any]:
    """What the file of an installation says; nothing where there is none. Raises SettingError."""
    path = data / "settings.toml"
    try:
        return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}
    except (OSError, ValueError) as error:
        raise SettingError(f"{path} cannot be read: {error}") from error


def data_directory() -> Path:
    """The installation that every command works on: NEWSSTAND_DATA, else `var/demo` below here."""
    return Path(os.environ.get("NEWSSTAND_DATA") or "var/demo").absolute()


def database(url: str, sqlite_file: Path) -> dict[str, Any]:
    """Django's description of a database: PostgreSQL by its address, else the SQLite file."""
    if not url:
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": SQLITE_PATIENCE,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(sqlite_file), "OPTIONS": options}
    parts = urlsplit(url)
    if parts.scheme not in {"postgresql", "postgres"}:
        raise SettingError(f"a database address begins with postgresql://, not {parts.scheme}://")
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or query.pop("user", "")),
        "PASSWORD": unquote(parts.password or query.pop("password", "")),
        "HOST": parts.hostname or query.pop("host", ""),
        "PORT": str(parts.port or query.pop("port", "")),
        "OPTIONS": query,
    }


def mail_server(url: str) -> dict[str, Any]:
    """Django's mail settings of `smtp://user:password@host:587` (STARTTLS) or `smtps://…` (TLS from the start)."""
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise SettingError("mail_url is `mailbox:`, or like smtp://user:password@host:587")
    is_tls = parts.scheme == "smtps"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": parts.port or (465 if is_tls else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": is_tls,
        "EMAIL_USE_TLS": not is_tls and parts.hostname not in {"localhost", "127.0.0.1", "::1"},
        "EMAIL_TIMEOUT": 20,
    }


def settings_page() -> str:
    """The text of `docs/settings.md`."""
    head = (
        "# Settings\n\nEvery setting of an installation. A value is taken from the environment variable, else from "
        "`settings.toml` in the installation's directory, else the default holds. This page is made from "
        "`wiring/env.py`; a test keeps the two alike.\n\n| setting | environment | default | meaning |\n"
        "| --- | --- | --- | --- |\n"
    )
    rows = [
        f"| `{one.name}` | `NEWSSTAND_{one.name.upper()}` | {_shown(one.default)} | {one.meaning} |"
        for one in SETTINGS
    ]
    return head + "\n".join(rows) + "\n\n`NEWSSTAND_DATA` names the directory itself (default `var/demo`).\n"


def _shown(default: Any) -> str:
    return "none, required" if default is None else f"`{default}`" if default not in ("", ()) else "empty"
