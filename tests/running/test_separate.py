"""Web, worker and beat as processes of their own on PostgreSQL and Redis, started as the systemd units say."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from tests import databases
from tests.run import PRODUCTION
from tests.running.installation import beside
from tests.running.test_serve import Served, alive, answers, children, command_line, free_port, wait_for


@pytest.fixture
def database_url() -> Iterator[str]:
    """A new, empty database beside the one of the tests."""
    with beside("template1") as url:
        yield url


@pytest.fixture
def migrated_url(django_db_setup: None) -> Iterator[str]:
    """A new database beside the one of the tests, migrated if there is one to copy."""
    plain = os.environ["DATABASE_URL"].rpartition("/")[2]
    with beside(databases.template_name(plain) if databases.GIVEN else "template1") as url:
        yield url


def commands(root: Path, name: str, key: str) -> list[list[str]]:
    """The commands of a unit, with the program taken from this virtual environment."""
    lines = (root / "deploy" / "systemd" / f"shanzhi-{name}.service").read_text().splitlines()
    found = [shlex.split(line.partition("=")[2]) for line in lines if line.startswith(f"{key}=")]
    return [[str(Path(sys.executable).parent / Path(program).name), *rest] for program, *rest in found]


@pytest.mark.services
def test_the_units_run_an_installation(project_root: Path, tmp_path: Path, database_url: str) -> None:
    port = free_port()
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPYCACHEPREFIX") if name in os.environ}
    mode = {**PRODUCTION, "ALLOWED_HOSTS": "127.0.0.1", "HTTPS": "0", "LOG_FORMAT": "json"}
    links = {"DATA_DIR": str(tmp_path), "DATABASE_URL": database_url, "REDIS_URL": settings.REDIS_URL}
    env = {**kept, **mode, **links}
    (prepare,) = commands(project_root, "web", "ExecStartPre")
    subprocess.run(prepare, cwd=project_root, env=env, check=True, stdout=subprocess.DEVNULL)
    started = []
    with (tmp_path / "log").open("wb") as log:
        for name in ("web", "worker", "beat"):
            (argv,) = commands(project_root, name, "ExecStart")
            argv = [str(port) if part == "8000" else part for part in argv]
            started.append(subprocess.Popen(argv, cwd=project_root, env=env, stdout=log, stderr=log))
    try:
        wait_for(lambda: status(port, "/readyz") == 200, "the installation to be ready")
    finally:
        family = {child for process in started for child in children(process.pid)}
        for process in started:
            process.send_signal(signal.SIGTERM)
        codes = [ended(process, tmp_path / "log") for process in started]
    assert codes == [0, 0, 0], (tmp_path / "log").read_text()[-3000:]
    wait_for(lambda: not any(map(alive, family)), "their children to end", 10)


def ended(process: subprocess.Popen[bytes], log: Path) -> int:
    """Its exit code; one that does not end in time fails with what it said and what of it still runs."""
    try:
        return process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        left = [command_line(pid) for pid in (process.pid, *children(process.pid)) if alive(pid)]
        pytest.fail(f"still running: {left}\n{log.read_text()[-3000:]}")


@pytest.mark.services
def test_serve_with_a_given_redis_starts_no_broker(project_root: Path, tmp_path: Path, migrated_url: str) -> None:
    installation = Served(project_root, tmp_path, DATABASE_URL=migrated_url, REDIS_URL=settings.REDIS_URL)
    try:
        wait_for(lambda: answers(installation), "the web", 120)
        wait_for(lambda: installation.get("/readyz")[0] == 200, "the engine's first tick")
        assert installation.child("valkey") is None
        assert not (tmp_path / "broker-url").exists()
        assert not list(tmp_path.glob("shanzhi.sqlite3*"))
    finally:
        installation.end()


def status(port: int, path: str) -> int:
    import http.client

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
