"""The installation as a person starts it: every process up, every death answered, nothing left behind."""

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from tests.patience import patient
from tests.running.installation import Prepared

STARTED = "善治已启动"


class Served:
    """A `manage.py serve` of our own: its log, its children, its address."""

    def __init__(self, root: Path, data_dir: Path, **env: str) -> None:
        """`data_dir` may be new."""
        self.port, self.log_path = free_port(), data_dir / "log"
        data_dir.mkdir(parents=True, exist_ok=True)
        ignored = {"DATABASE_URL", "REDIS_URL", "PRODUCTION", "LOG_LEVEL"}
        kept = {name: value for name, value in os.environ.items() if name not in ignored}
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=root,
                env={**kept, "DATA_DIR": str(data_dir), "PORT": str(self.port), "DEMO": "0", **env},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def log(self) -> str:
        return self.log_path.read_text()

    def get(self, path: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def child(self, needle: str) -> int | None:
        """Process id of our direct child whose command line contains `needle`."""
        return next((pid for pid in children(self.process.pid) if needle in command_line(pid)), None)

    def family(self) -> set[int]:
        found, fresh = set(), {self.process.pid}
        while fresh:
            found |= fresh
            fresh = {child for pid in fresh for child in children(pid)} - found
        return found

    def end(self) -> None:
        if self.process.poll() is None:
            family = self.family()
            self.process.kill()
            self.process.wait()
            wait_for(lambda: not any(map(alive, family)), "children to follow")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except (FileNotFoundError, ProcessLookupError):  # ended before or while it was read
        return ""


def alive(pid: int) -> bool:
    try:
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False


def wait_for(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + patient(seconds)
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain for {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def served(project_root: Path, tmp_path_factory: pytest.TempPathFactory, prepared: Prepared) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("serve")
    shutil.copytree(prepared.folder, folder, dirs_exist_ok=True)
    installation = Served(project_root, folder)
    try:
        wait_for(lambda: STARTED in installation.log or installation.process.poll() is not None, "the greeting", 120)
        assert STARTED in installation.log, installation.log[-4000:]
        yield installation
    finally:
        installation.end()


@pytest.mark.xdist_group("serve")
class TestServed:
    def test_it_answers_and_its_engine_ticks(self, served: Served) -> None:
        assert served.get("/healthz")[0] == 200
        wait_for(lambda: served.get("/readyz")[0] == 200, "the engine's first tick")
        assert isinstance(json.loads(served.get("/readyz")[1]), dict)

    def test_static_files_are_served_under_a_hashed_name(self, served: Served) -> None:
        manifest = json.loads((served.log_path.parent / "static" / "staticfiles.json").read_text())
        hashed = manifest["paths"]["css/tokens.css"]
        assert re.fullmatch(r"css/tokens\.[0-9a-f]{12}\.css", hashed)
        assert served.get(f"/static/{hashed}")[0] == 200

    def test_its_log_names_the_process_on_every_line(self, served: Served) -> None:
        lines = served.log.partition("启动\n")[2].replace("\n\n", "\n").splitlines()
        named = [line for line in lines if re.match(r"\d\d:\d\d:\d\d (web|worker|beat|broker|house) +\| ", line)]
        assert named
        assert all(line in named or line.startswith("  ") or not line for line in lines)

    def test_a_second_start_on_the_same_data_is_refused(self, served: Served, project_root: Path) -> None:
        second = subprocess.run(
            [sys.executable, "manage.py", "serve"],
            cwd=project_root,
            env={**os.environ, "DATA_DIR": str(served.log_path.parent), "PORT": str(free_port())},
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert "已有一个实例在使用" in second.stderr

    @pytest.mark.parametrize("needle", ["granian", " worker ", " beat "])
    def test_a_killed_child_comes_back(self, served: Served, needle: str) -> None:
        before = served.child(needle)
        assert before
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: served.child(needle) not in (None, before), f"a new{needle}")
        wait_for(lambda: answers(served), "the web to answer again")

    def test_a_killed_broker_comes_back_and_the_engine_with_it(self, served: Served) -> None:
        before = served.child("valkey-server")
        if before is None:
            pytest.skip("no embedded Valkey on this platform")
        os.kill(before, signal.SIGKILL)
        wait_for(lambda: served.child("valkey-server") not in (None, before), "a new broker")
        wait_for(lambda: served.get("/readyz")[0] == 200, "the engine to tick again", 90)

    def test_sigterm_ends_the_whole_family(self, served: Served) -> None:
        family = served.family()
        assert len(family) >= 6
        served.process.terminate()
        assert served.process.wait(timeout=30) == 0
        wait_for(lambda: not any(map(alive, family)), "the family to end", 5)
        assert "已停止" in served.log


def answers(served: Served) -> bool:
    try:
        return served.get("/healthz")[0] == 200
    except (OSError, http.client.HTTPException):
        return False


@pytest.mark.xdist_group("serve")
def test_a_killed_supervisor_leaves_no_orphan(project_root: Path, tmp_path: Path, prepared: Prepared) -> None:
    shutil.copytree(prepared.folder, tmp_path, dirs_exist_ok=True)
    installation = Served(project_root, tmp_path)
    try:
        wait_for(lambda: STARTED in installation.log, "the greeting", 120)
    finally:
        installation.end()


def run_serve(root: Path, data_dir: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=root,
        env={**os.environ, "DATA_DIR": str(data_dir), "DEMO": "0", **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_port_in_use_is_said_in_one_line(project_root: Path, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = run_serve(project_root, tmp_path, PORT=str(port))
    assert done.returncode == 1
    assert done.stderr.strip() == f"CommandError: 端口 {port} 已被占用，换一个试试：make run PORT={port + 1}"


@pytest.mark.parametrize("port", ["0", "65536", "80a", "-1", "８０００"])
def test_a_bad_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)
    with pytest.raises(CommandError, match="PORT 不是有效的端口号"):
        call_command("serve")
