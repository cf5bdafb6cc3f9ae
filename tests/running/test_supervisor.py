"""The parent of the processes, tried on small children."""

import asyncio
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from governance.running import supervisor
from governance.running.embedded import choose_broker
from governance.running.guardian import Guardian
from governance.running.joined_log import JoinedLog
from governance.running.supervisor import Child, Program
from tests.patience import patient


class Silent(Guardian):
    """A guardian without a process: nothing here outlives the test."""

    def __init__(self) -> None:
        self.groups: set[int] = set()

    def _tell(self, line: str) -> None:
        (self.groups.add if line[0] == "+" else self.groups.remove)(int(line[1:]))


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


async def until(condition: Callable[[], object], seconds: float = 10) -> None:
    deadline = time.monotonic() + patient(seconds)
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


def gone(pid: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


def keep(text: str, until_log: Callable[[str], object]) -> tuple[str, float]:
    """Keep a script running until its log satisfies the condition, then stop it; log and time to stop."""
    out = io.StringIO()
    child = Child(Program("web", script(text)), JoinedLog(out, as_json=False), Silent())

    async def run() -> float:
        task = asyncio.create_task(child.keep())
        await until(lambda: until_log(out.getvalue()))
        started = time.monotonic()
        await child.stop()
        await asyncio.wait_for(task, 5)
        return time.monotonic() - started

    seconds = asyncio.run(run())
    assert not child.guardian.groups, "every child that was started was reported as ended"
    return out.getvalue(), seconds


def test_a_child_that_dies_is_started_again_with_growing_delay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 0.1)
    log, _seconds = keep("import sys; print('up'); sys.exit(3)", lambda log: log.count("| up") >= 3)
    assert "web 退出（代码 3）" in log


def test_what_a_dead_child_leaves_behind_is_ended(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 5.0)
    note = tmp_path / "pid"
    text = (
        "import subprocess, sys, os\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"open({str(note)!r}, 'w').write(str(child.pid))\n"
        "os._exit(1)"
    )
    keep(text, lambda log: "退出" in log)
    deadline = time.monotonic() + 5
    while not gone(int(note.read_text())) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert gone(int(note.read_text()))


def test_a_child_deaf_to_sigterm_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "GRACE_SECONDS", 0.3)
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(600)"
    )
    log, seconds = keep(deaf, lambda log: "| up" in log)
    assert "强制结束" in log
    assert seconds < 3


def test_a_stop_during_the_delay_does_not_wait_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_DELAY", 30.0)
    _log, seconds = keep("raise SystemExit(1)", lambda log: "退出" in log)
    assert seconds < 2


def test_a_line_without_end_does_not_stop_the_log() -> None:
    text = "import sys, time\nsys.stdout.write('x' * 5_000_000 + '\\nafter\\n')\nsys.stdout.flush()\ntime.sleep(600)"
    log, _seconds = keep(text, lambda log: "| after" in log)
    assert "退出" not in log


def test_json_lines_get_their_process_and_others_become_json() -> None:
    out = io.StringIO()
    log = JoinedLog(out, as_json=True)
    log.write("web", '{"event": "request", "status": 200}')
    log.write("broker", 'plain "text"')
    log.write("beat", "17")
    log.write("beat", "   ")
    first, second, third = (json.loads(line) for line in out.getvalue().splitlines())
    assert first == {"event": "request", "status": 200, "process": "web"}
    assert second["event"] == 'plain "text"'
    assert second["process"] == "broker"
    assert third["event"] == "17"


def test_a_given_broker_needs_no_process_of_ours(tmp_path: Path) -> None:
    broker = choose_broker(tmp_path, given_url="redis://example:6379/1")
    assert broker.external
    assert not broker.argv
    assert os.listdir(tmp_path) == []


def test_where_a_socket_file_cannot_be_the_broker_is_folders(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    broker = choose_broker(deep, given_url="")
    assert broker.url == "filesystem://"
    assert (deep / "broker-url").read_text() == "filesystem://"
    broker.forget()
    assert not (deep / "broker-url").exists()
