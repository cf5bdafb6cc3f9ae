"""Real processes for the engine tests: a Redis of the test's own, Celery workers and beats."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest
import redis
from celery import Celery
from django.conf import settings
from django.db import connection

from governance.running.embedded import _valkey_binary
from tests.patience import patient

REASON = "needs PostgreSQL (DATABASE_URL), REDIS_URL and a redis-server binary"
SERVER = shutil.which("redis-server") or str(_valkey_binary() or "")


class Plant:
    """The engine under test: starts, kills and freezes its parts."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.folder, self.url, self.redis_port = folder, f"redis://127.0.0.1:{port}/0", port
        self.processes: list[subprocess.Popen[bytes]] = []
        self.redis = redis.Redis.from_url(self.url)
        self.serve_redis()
        self.celery = Celery("sender", broker=self.url)

    def serve_redis(self) -> None:
        """Start the Redis of this test, at the same port every time."""
        self.server = self.start(SERVER, "--port", str(self.redis_port), "--save", "", "--dir", str(self.folder))
        wait_for(self.answers, 10)

    def answers(self) -> bool:
        try:
            return bool(self.redis.ping())
        except redis.ConnectionError:
            return False

    def start(self, *command: str, **more: str) -> subprocess.Popen[bytes]:
        database = connection.settings_dict
        place = f"{database['HOST']}:{database['PORT']}/{database['NAME']}"
        environment = {
            **os.environ,
            "DATABASE_URL": f"postgres://{database['USER']}:{database['PASSWORD']}@{place}",
            "REDIS_URL": self.url,
            "DATA_DIR": str(self.folder),
            "SECRET_KEY": settings.SECRET_KEY,
            **more,
        }
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                command, env=environment, stdout=log, stderr=log, start_new_session=True, cwd=settings.BASE_DIR
            )
        self.processes.append(process)
        return process

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        options = ["-Q", "urgent,default,bulk", "-c", "2", "-l", "warning", "-n", f"{name}@test"]
        return self.start(sys.executable, "-m", "celery", "-A", "governance.celery", "worker", *options)

    def beat(self, name: str) -> subprocess.Popen[bytes]:
        options = ["-s", str(self.folder / name), "--pidfile=", "-l", "warning"]
        return self.start(sys.executable, "-m", "celery", "-A", "governance.celery", "beat", *options)

    def collect_and_choose_port(self) -> int:
        """Collect the static files that the web server names, and return a free port for it."""
        collected = self.start(sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0")
        assert collected.wait(120) == 0
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    def web(self, port: int) -> subprocess.Popen[bytes]:
        options = ["--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--workers", "2", "--no-ws"]
        program = [
            sys.executable,
            "-m",
            "granian",
            *options,
            "--respawn-failed-workers",
            "--log-level",
            "warning",
            "governance.asgi:application",
        ]
        return self.start(*program, BEHIND_PROXY="1")

    def serves(self, port: int) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """kill -9 the process and its children."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)

    def freeze(self, process: subprocess.Popen[bytes]) -> None:
        os.kill(process.pid, signal.SIGSTOP)

    def thaw(self, process: subprocess.Popen[bytes]) -> None:
        os.kill(process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.celery.close()
        self.redis.close()
        for process in self.processes:
            self.kill(process)


def wait_for(truth: Callable[[], bool], seconds: float) -> None:
    """Return as soon as `truth()` holds; fail after `seconds`."""
    ends = time.monotonic() + patient(seconds)
    while not truth():
        assert time.monotonic() < ends, f"not within {seconds} s"
        time.sleep(0.05)


@pytest.fixture
def plant(transactional_db: None, tmp_path: Path) -> Iterator[Plant]:
    if connection.vendor != "postgresql" or not settings.REDIS_URL or not SERVER:
        pytest.skip(REASON)
    built = Plant(tmp_path)
    yield built
    built.stop()
