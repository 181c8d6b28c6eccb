"""Settings: declared once, read from the environment, then from the file, then the default."""

from pathlib import Path

import pytest

from newsstand.wiring import env

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for setting in env.SETTINGS:
        monkeypatch.delenv(f"NEWSSTAND_{setting.name.upper()}", raising=False)


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.toml").write_text('site_url = "https://one.example"\nweb_workers = 3\n')
    monkeypatch.setenv("NEWSSTAND_SITE_URL", "https://two.example")
    found = env.Environment(tmp_path)
    assert (found.site_url, found.web_workers, found.demo) == ("https://two.example", 3, False)


def test_a_bad_value_names_its_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSSTAND_DEBUG", "perhaps")
    with pytest.raises(env.SettingError, match=r"debug.*NEWSSTAND_DEBUG.*true or false"):
        env.Environment(tmp_path)


def test_only_addresses_are_trusted_proxies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSSTAND_TRUSTED_PROXIES", "127.0.0.1, 192.0.2.0/28")
    assert [str(one) for one in env.Environment(tmp_path).trusted_proxies] == ["127.0.0.1/32", "192.0.2.0/28"]
    for wrong in ("0.0.0.0/0", "10.0.0.0/8x", "nginx"):
        monkeypatch.setenv("NEWSSTAND_TRUSTED_PROXIES", wrong)
        with pytest.raises(env.SettingError, match="trusted_proxies"):
            env.Environment(tmp_path)


def test_a_broken_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("site_url = ")
    with pytest.raises(env.SettingError, match=r"settings\.toml cannot be read"):
        env.Environment(tmp_path)


def test_a_directory_that_is_no_installation_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(env.SettingError, match="newsstand init"):
        env.Environment(tmp_path).required("secret_key")


def test_databases(tmp_path: Path) -> None:
    assert env.database("", tmp_path / "a")["ENGINE"].endswith("sqlite3")
    found = env.database("postgresql:///news?host=/run/x&user=n&port=5433&sslmode=disable", tmp_path)
    assert (found["NAME"], found["HOST"], found["USER"], found["PORT"]) == ("news", "/run/x", "n", "5433")
    assert found["OPTIONS"] == {"sslmode": "disable"}
    with pytest.raises(env.SettingError, match="postgresql://"):
        env.database("mysql://x/y", tmp_path)


def test_a_change_on_sqlite_waits_for_its_turn_on_a_slow_disk_too(tmp_path: Path) -> None:
    """Whoever writes holds all others up until the disk has it, which may take seconds, many times in a row."""
    assert env.database("", tmp_path / "a")["OPTIONS"]["timeout"] >= 60


def test_mail_servers() -> None:
    found = env.mail_server("smtps://us%40er:secret@mail.example")
    assert (found["EMAIL_HOST_USER"], found["EMAIL_PORT"], found["EMAIL_USE_SSL"]) == ("us@er", 465, True)
    assert env.mail_server("smtp://mail.example")["EMAIL_USE_TLS"]
    with pytest.raises(env.SettingError):
        env.mail_server("mail.example")


def test_the_page_of_settings_is_what_the_list_says() -> None:
    assert (ROOT / "docs/settings.md").read_text("utf-8") == env.settings_page()
