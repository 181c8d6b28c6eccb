"""Kiosk, office and worker in processes of their own, behind the proxies and configurations that docs/deploy shows."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
import requests

from tests.journeys.reader import eventually
from tests.journeys.site import Site, command, copied, free_port
from tests.journeys.stories import with_level

DEPLOY = Path(__file__).parents[2] / "docs" / "deploy"
PLACES = "/usr/sbin:/usr/local/sbin"
STORY = """---
title: Soundings apart
section: Soundings
published: 2026-01-03T07:30:00+00:00
level: free
slug: apart
---

The harbour was sounded again on Friday.
"""

pytestmark = pytest.mark.journey


@dataclass
class Apart:
    """The site in its parts; `kiosk` and `office` are their ports."""

    site: Site
    kiosk: int
    office: int


@pytest.fixture(scope="module")
def apart(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    directory = tmp_path_factory.mktemp("apart")
    kiosk, office = free_port(), free_port()
    with copied(made_demo, directory) as (data, environment):
        environment["NEWSSTAND_OFFICE_URL"] = f"http://127.0.0.1:{office}"
        with (
            command(environment, directory, "office", "--port", str(office)),
            command(environment, directory, "work", says="works"),
            command(environment, directory, "kiosk", "--port", str(kiosk)),
        ):
            yield Apart(Site("", data, environment), kiosk, office)


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(
    request: pytest.FixtureRequest, apart: Apart, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The address of the proxy in front of the parts."""
    program = shutil.which(request.param) or shutil.which(request.param, path=PLACES)
    if program is None:
        pytest.skip(f"{request.param} is not installed")
    port = free_port()
    with (nginx if request.param == "nginx" else caddy)(
        program, apart, port, tmp_path_factory.mktemp("proxy")
    ):
        yield Site(f"http://127.0.0.1:{port}", apart.site.data, apart.site.environment)


def configured(name: str, apart: Apart, port: int) -> str:
    """The sample with our ports and our directory in place of those that it names."""
    text = (DEPLOY / name).read_text()
    for sample, ours in (
        ("127.0.0.1:8000", f"127.0.0.1:{apart.kiosk}"),
        ("127.0.0.1:8001", f"127.0.0.1:{apart.office}"),
        ("127.0.0.1:8080", f"127.0.0.1:{port}"),
        ("\n:8080", f"\nhttp://127.0.0.1:{port}"),
        ("/srv/newsstand", str(apart.site.data)),
    ):
        text = text.replace(sample, ours)
    return text


@contextmanager
def nginx(program: str, apart: Apart, port: int, directory: Path) -> Iterator[None]:
    user = "user root;\n" if os.geteuid() == 0 else ""
    places = "".join(
        f"{kind}_temp_path {directory}/tmp; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi")
    )
    text = configured("nginx.conf", apart, port).replace(
        "http {", f"http {{ {places} scgi_temp_path {directory}/tmp;"
    )
    (directory / "nginx.conf").write_text(f"{user}pid {directory}/pid;\n{text}")
    words = ["-c", str(directory / "nginx.conf"), "-e", str(directory / "errors"), "-g", "daemon off;"]
    with proxy([program, *words], port):
        yield


@contextmanager
def caddy(program: str, apart: Apart, port: int, directory: Path) -> Iterator[None]:
    (directory / "Caddyfile").write_text("{\n\tadmin off\n}\n" + configured("Caddyfile", apart, port))
    words = ["run", "--config", str(directory / "Caddyfile"), "--adapter", "caddyfile"]
    with proxy([program, *words], port):
        yield


@contextmanager
def proxy(words: list[str], port: int) -> Iterator[None]:
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        limit = time.monotonic() + 300
        while not answers(port):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < limit
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.communicate()


def answers(port: int) -> bool:
    try:
        return bool(requests.get(f"http://127.0.0.1:{port}/", timeout=300).status_code)
    except requests.ConnectionError:
        return False


def test_a_story_is_printed_by_the_office_and_then_comes_from_the_kiosk(site: Site, apart: Apart) -> None:
    story = with_level("subscribers")[0]
    gzip = {"Accept-Encoding": "gzip"}
    assert requests.get(site.url + story.path).status_code == 200
    direct, through = (
        requests.get(base + story.path, headers=gzip)
        for base in (f"http://127.0.0.1:{apart.kiosk}", site.url)
    )
    assert (direct.status_code, through.status_code) == (200, 200)
    assert through.text == direct.text
    assert story.opening[0] in through.text
    assert story.below[0] not in through.text
    for name in ("ETag", "Cache-Control", "Vary"):
        assert through.headers[name] == direct.headers[name]
    known = gzip | {"If-None-Match": through.headers["ETag"]}
    again = requests.get(site.url + story.path, headers=known)
    assert (again.status_code, again.content) == (304, b"")


def test_what_the_kiosk_lacks_comes_from_the_office(site: Site) -> None:
    assert requests.get(f"{site.url}/sign-in/").status_code == 200
    missing = requests.get(f"{site.url}/harbour/no-such-story/")
    assert (missing.status_code, "<main" in missing.text) == (404, True)
    assert requests.get(f"{site.url}/kiosk/renew/").status_code == 404
    # A form's token is asked for by the office, so the request has come there.
    assert requests.post(f"{site.url}/sign-in/", data={"email": "a@b.example"}).status_code == 403


def test_static_files_and_pictures_are_kept_for_a_year(site: Site) -> None:
    staff = requests.get(f"{site.url}/staff/login/").text
    static = next(
        word.split("?")[0] for word in staff.split('"') if word.startswith("/static/") and ".css" in word
    )
    picture = next(
        f"/media/{file.relative_to(site.data / 'media')}" for file in (site.data / "media").rglob("*.*")
    )
    style = next(word for word in requests.get(site.url).text.split('"') if word.startswith("/assets/"))
    for path in (static, picture, style):
        found = requests.get(site.url + path)
        assert found.status_code == 200, path
        assert found.headers["Cache-Control"] == "public, max-age=31536000, immutable", path
        assert found.headers["X-Content-Type-Options"] == "nosniff", path


@pytest.fixture(scope="module")
def moved(apart: Apart, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A story whose address was changed: the old one and the new one."""
    file = tmp_path_factory.mktemp("moved") / "story.md"
    file.write_text(STORY)
    assert apart.site.command("publish", str(file)).returncode == 0
    change = (
        "from newsstand.office.articles.queries import page_at; story = page_at('/soundings/apart/'); "
        "story.slug = 'moved'; story.save_revision().publish()"
    )
    assert apart.site.command("manage", "shell", "-c", change).returncode == 0
    return "/soundings/apart/", "/soundings/moved/"


def test_an_old_address_redirects(site: Site, moved: tuple[str, str]) -> None:
    old, new = moved
    assert eventually(lambda: requests.get(site.url + old, allow_redirects=False).status_code == 301)
    assert requests.get(site.url + old).url == site.url + new


def test_a_kiosks_worker_stays_small(site: Site, apart: Apart) -> None:
    for _ in range(50):
        assert requests.get(site.url).status_code == 200
    workers = [
        one
        for one in psutil.process_iter(["cmdline"])
        if "newsstand.wiring.kiosk_alone:application" in (words := one.info["cmdline"] or [])
        and str(apart.kiosk) in words
    ]
    assert workers
    assert all(one.memory_full_info().uss < 40 * 1024**2 for one in workers)
