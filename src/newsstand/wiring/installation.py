"""Makes the directory of an installation: whole, or not at all."""

import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from newsstand.office.kit.one_worker import WorkerRuns, only_worker
from newsstand.wiring.child import run_command
from newsstand.wiring.env import SettingError, read_settings

Values = Mapping[str, str | int | bool | list[str]]


def new_secrets() -> dict[str, str | int | bool | list[str]]:
    """The keys that every installation has of its own."""
    return {"secret_key": secrets.token_urlsafe(48), "pass_keys": [secrets.token_urlsafe(32)]}


def is_installation(data: Path) -> bool:
    """Whether a whole installation lies there."""
    return (data / "settings.toml").is_file()


def is_demo(data: Path) -> bool:
    """Whether it is a demo, which may be thrown away."""
    if not is_installation(data):
        return False
    return bool(read_settings(data).get("demo"))


def make(data: Path, values: Values, commands: Sequence[Sequence[str]]) -> int:
    """Make an installation beside its place, run commands on it, and move it there when all went well.

    Returns the exit code of the first command that failed, after removing what was begun; 0 when done.
    """
    unfinished = data.with_name(f"{data.name}.unfinished")
    try:
        _begin(data, unfinished, values)
        environment = {**os.environ, "NEWSSTAND_DATA": str(unfinished)}
        for words in commands:
            code = run_command(*words, environment=environment)
            if code != 0:
                return code
        unfinished.rename(data)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return 0


def _begin(data: Path, unfinished: Path, values: Values) -> None:
    """A directory with nothing but settings. Raises SettingError where the installation cannot be made."""
    try:
        if (data / "settings.toml").exists():
            raise SettingError(f"{data} holds an installation already; nothing was changed.")
        if data.exists() and any(data.iterdir()):
            raise SettingError(f"{data} is not empty and is no installation, so nothing was made there.")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _write_settings(unfinished / "settings.toml", values)
    except OSError as error:
        raise SettingError(
            f"{data.parent} cannot be written ({error.strerror}); nothing was made."
        ) from error


def throw_away(data: Path) -> None:
    """Remove a demo installation; refuses anything else, and one that somebody runs."""
    if not data.exists():
        return
    if not is_demo(data):
        raise SettingError(f"{data} is not a demo, so it is not thrown away.")
    try:
        with only_worker(data):
            shutil.rmtree(data)
    except WorkerRuns as running:
        raise SettingError(
            f"another Newsstand runs on {data}: stop it first; nothing was thrown away."
        ) from running
    except OSError as error:
        raise SettingError(f"{data} cannot be thrown away ({error.strerror}).") from error


def _write_settings(path: Path, values: Values) -> None:
    lines = [
        "# The settings of this installation; `newsstand --help` and docs/settings.md tell what there is.",
        "",
    ]
    lines += [f"{name} = {_toml(value)}" for name, value in values.items()]
    path.touch(mode=0o600)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _toml(value: str | int | bool | list[str]) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ", ".join(_toml(item) for item in value) + "]"
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
