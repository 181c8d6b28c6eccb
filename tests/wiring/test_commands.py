"""The command line: clear refusals, nothing half made."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from newsstand.office.kit.one_worker import only_worker
from newsstand.wiring import cli, installation
from newsstand.wiring.commands.audit import base_of
from newsstand.wiring.commands.demo import parse_span
from newsstand.wiring.env import SettingError


def run(data: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NEWSSTAND_")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.run(
        [sys.executable, "-m", "newsstand.wiring.cli", *words],
        env={**environment, "NEWSSTAND_DATA": str(data)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    "command", ["demo", "serve", "work", "init", "publish", "explain", "access", "print"]
)
def test_each_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert f"newsstand {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["serve", "--port", "99999"], "'99999' is no port; a port is a number from 1 to 65535"),
        (["demo", "--port", "0"], "'0' is no port"),
        (["kiosk", "--port", "http"], "'http' is no port"),
        (["audit", "leaks", "--most", "0"], "'0' is no whole number from 1 on"),
    ],
)
def test_a_number_that_is_none_is_one_sentence(
    words: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(words)
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err


@pytest.mark.parametrize(
    "given", ["nonsense", "lantern.example", "ftp://lantern.example", "http://", "http://["]
)
def test_a_walk_needs_the_address_of_a_site(given: str) -> None:
    with pytest.raises(SettingError, match="is no address of a site"):
        base_of(given)


def test_a_walk_goes_where_the_site_was_started(tmp_path: Path, settings: Any) -> None:
    settings.SHELF_DIR, settings.SITE_URL = tmp_path, "https://lantern.example"
    assert base_of(None) == "https://lantern.example"
    (tmp_path / "site_url").write_text("http://127.0.0.1:8471")
    assert base_of(None) == "http://127.0.0.1:8471"
    assert base_of("http://127.0.0.1:9000") == "http://127.0.0.1:9000"


def test_an_installation_is_not_made_anew(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("")
    with pytest.raises(SettingError, match="holds an installation already; nothing was changed"):
        installation.make(tmp_path, {}, [])
    assert [path.name for path in tmp_path.iterdir()] == ["settings.toml"]


def test_a_used_port_is_one_sentence_and_nothing_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run(tmp_path / "demo", "demo", "--port", str(port))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"port {port} on 127.0.0.1 cannot be used" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "demo", "demo", "--prepare")
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
    assert done.stderr.count("\n") == 1


def test_commands_need_an_installation(tmp_path: Path) -> None:
    done = run(tmp_path, "publish", "story.md")
    assert done.returncode == 2
    assert "no installation yet" in done.stderr
    assert done.stderr.count("\n") == 1


def test_only_a_demo_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text('secret_key = "x"\n')
    with pytest.raises(SettingError, match="is not a demo"):
        installation.throw_away(tmp_path)
    assert (tmp_path / "settings.toml").exists()
    (tmp_path / "settings.toml").write_text("demo = true\n")
    installation.throw_away(tmp_path)
    assert not tmp_path.exists()


def test_a_demo_that_runs_is_not_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("demo = true\n")
    with only_worker(tmp_path), pytest.raises(SettingError, match="stop it first"):
        installation.throw_away(tmp_path)
    assert (tmp_path / "settings.toml").exists()


def test_settings_that_cannot_be_read_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("demo = maybe\n")
    for words in (["demo"], ["serve"], ["publish", "story.md"]):
        done = run(tmp_path, *words)
        assert done.returncode == 2
        assert "settings.toml cannot be read" in done.stderr
        assert done.stderr.count("\n") == 1


def test_who_is_told_to_stop_while_making_leaves_nothing(tmp_path: Path) -> None:
    code = "from newsstand.wiring import cli; cli.main()"
    making = subprocess.Popen(
        [sys.executable, "-c", code, "demo", "--prepare"],
        env={**os.environ, "NEWSSTAND_DATA": str(tmp_path / "demo")},
        stdout=subprocess.DEVNULL,
    )
    begun = tmp_path / "demo.unfinished" / "settings.toml"
    until = time.monotonic() + 300
    while not begun.exists() and time.monotonic() < until:
        time.sleep(0.05)
    making.terminate()
    assert making.wait(300) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


def test_an_installation_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    code = installation.make(tmp_path / "site", {"secret_key": "x", "pass_keys": ["y"]}, [["explain"]])
    assert code != 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "span"),
    [("+28d", timedelta(days=28)), ("6h", timedelta(hours=6)), ("+30m", timedelta(minutes=30))],
)
def test_spans(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", ["-1d", "0d", "28", "+1y", "", "+12345d"])
def test_spans_that_are_none(text: str) -> None:
    with pytest.raises(SettingError):
        parse_span(text)


def test_settings_are_written_so_that_they_can_be_read(tmp_path: Path) -> None:
    import tomllib

    values = {"a": 'quo"te\\', "b": True, "c": 3, "d": ["x", "y"]}
    path = tmp_path / "settings.toml"
    installation._write_settings(path, values)
    assert tomllib.loads(path.read_text()) == values
    assert path.stat().st_mode & 0o077 == 0
