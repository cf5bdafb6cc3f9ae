"""One parent for the processes of a small installation: broker, web server, worker, beat.

Owns starting, restarting and ending them and merging their output into one log. It knows no Django (the
command `serve` prepares the installation and then becomes this program), touches no data, and must never
leave a child behind: every child leads its own process group and asks the kernel for SIGTERM should its parent
vanish, and `guardian` ends what does not heed it.
"""

import asyncio
import ctypes
import http.client
import os
import platform
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from governance.running.embedded import Broker, choose_broker
from governance.running.guardian import Guardian
from governance.running.joined_log import JoinedLog
from governance.running.reloading import newest_change

GRACE_SECONDS = 10.0
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
STABLE_SECONDS = 30.0
STARTUP_SECONDS = 60.0
POLL_SECONDS = 0.1
RELOAD_SECONDS = 1.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Program:
    """A child to keep alive. `ready` is awaited before the next program is started."""

    name: str
    argv: Sequence[str]
    ready: Callable[[], bool] | None = None
    env: dict[str, str] = field(default_factory=dict)


def python(*arguments: str) -> list[str]:
    return [sys.executable, "-m", *arguments]


def programs(host: str, port: int, broker: Broker, data_dir: Path) -> list[Program]:
    """The children of an installation, in the order of their start."""
    cores = os.cpu_count() or 1
    env = {"SUPERVISED": "1"} if broker.external else {"SUPERVISED": "1", "CELERY_BROKER_URL": broker.url}
    celery = python("celery", "--quiet", "-A", "governance.celery")
    level = os.environ.get("LOG_LEVEL", "INFO")
    web = python(
        *("granian", "--interface", "asginl", "--host", host, "--port", str(port), "--workers", str(min(cores, 2))),
        *("--backpressure", "1024", "--http1-header-read-timeout", "10000", "--no-ws"),
        *("--respawn-failed-workers", "--respawn-interval", "1", "--workers-kill-timeout", "5"),
        *("--log-level", "warning", "governance.asgi:application"),
    )
    kindly = ["nice", "-n", "5"]  # who waits for a page comes before what follows from it
    queues = ["-Q", "urgent,default,bulk", "-c", "2"]
    worker = [*kindly, *celery, "worker", *queues, "-l", level, "-n", f"shanzhi-{os.getpid()}@%h"]
    beat = [*celery, "beat", "-l", level, "--pidfile="]
    first = [Program("broker", broker.argv, broker.is_ready)] if broker.argv else []
    return [*first, Program("web", web, env=env), Program("worker", worker, env=env), Program("beat", beat, env=env)]


def _in_child(parent: int) -> Callable[[], None] | None:
    if platform.system() != "Linux":
        return None
    libc = ctypes.CDLL(None)

    def die_with_parent() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return die_with_parent


class Child:
    """Keeps one program running until `stop`."""

    def __init__(self, program: Program, log: JoinedLog, guardian: Guardian) -> None:
        self.program, self.log, self.guardian = program, log, guardian
        self.process: asyncio.subprocess.Process | None = None
        self.stopping = asyncio.Event()

    async def keep(self) -> None:
        """Start the program again whenever it ends, waiting longer each time it dies young."""
        delay = FIRST_DELAY
        while not self.stopping.is_set():
            started = time.monotonic()
            code = await self._run_once()
            if self.stopping.is_set():
                return
            if time.monotonic() - started > STABLE_SECONDS:
                delay = FIRST_DELAY
            self.log.write("house", f"{self.program.name} 退出（{_reason(code)}），{delay:.0f} 秒后重新启动")
            await asyncio.wait([asyncio.ensure_future(self.stopping.wait())], timeout=delay)
            delay = min(delay * 2, LONGEST_DELAY)

    async def _run_once(self) -> int:
        self.process = process = await asyncio.create_subprocess_exec(
            *self.program.argv,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            env={**os.environ, **self.program.env},
            start_new_session=True,
            preexec_fn=_in_child(os.getpid()),
            limit=1 << 20,
        )
        self.guardian.started(process.pid)
        reader = asyncio.create_task(self._copy_output(process))
        code = await _exit_code(process)
        self._signal_group(signal.SIGKILL)  # what the child left behind, such as web workers holding the port
        self.guardian.ended(process.pid)
        await asyncio.wait([reader], timeout=2)
        return code

    async def _copy_output(self, process: asyncio.subprocess.Process) -> None:
        if process.stdout is None:
            return
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:  # longer than the limit: dropped, the next line is read
                continue
            if not line:
                return
            self.log.write(self.program.name, line.decode(errors="replace").rstrip("\r\n"))

    async def stop(self) -> None:
        """Ask politely, then insist."""
        self.stopping.set()
        process = self.process
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(_exit_code(process), GRACE_SECONDS)
        except TimeoutError:
            self.log.write("house", f"{self.program.name} 没有按时结束，强制结束")
        self._signal_group(signal.SIGKILL)

    def again(self) -> None:
        """End the program; `keep` starts it again."""
        if self.process is not None and self.process.returncode is None:
            self.process.terminate()

    def _signal_group(self, number: signal.Signals) -> None:
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


async def _exit_code(process: asyncio.subprocess.Process) -> int:
    """When the process itself ends; `Process.wait` also waits for whoever still holds its output pipe."""
    while process.returncode is None:
        await asyncio.sleep(POLL_SECONDS)
    return process.returncode


def _reason(code: int) -> str:
    return f"信号 {signal.Signals(-code).name}" if code < 0 else f"代码 {code}"


class Supervisor:
    """Starts the children, tells when the web answers, ends them all."""

    def __init__(self, host: str, port: int, broker: Broker, data_dir: Path, greeting: str) -> None:
        self.log = JoinedLog(sys.stdout, as_json=os.environ.get("LOG_FORMAT") == "json")
        self.address = ("127.0.0.1" if host in ("0.0.0.0", "::", "") else host, port)  # noqa: S104 (compared, not bound)
        self.greeting = greeting
        guardian = Guardian(GRACE_SECONDS)  # before any thread exists, as it forks
        self.children = [Child(program, self.log, guardian) for program in programs(host, port, broker, data_dir)]

    async def run(self) -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)
        tasks = [asyncio.create_task(self._start_all()), asyncio.create_task(self._greet())]
        if os.environ.get("RELOAD") == "1":
            tasks.append(asyncio.create_task(self._reload()))
        await stop.wait()
        self.log.write("house", "正在停止……")
        for child in self.children:
            child.stopping.set()
        broker = [child for child in self.children if child.program.name == "broker"]
        await asyncio.gather(*(child.stop() for child in self.children if child not in broker))
        await asyncio.gather(*(child.stop() for child in broker))
        for task in tasks:
            task.cancel()
        self.log.write("house", "已停止")

    async def _start_all(self) -> None:
        keepers = []
        for child in self.children:
            keepers.append(asyncio.create_task(child.keep()))
            deadline = time.monotonic() + 5
            while child.program.ready and not child.program.ready() and time.monotonic() < deadline:
                await asyncio.sleep(0.05)
        await asyncio.gather(*keepers)

    async def _reload(self) -> None:
        """Start all but the broker anew when a source has changed (`make dev`)."""
        seen = await asyncio.to_thread(newest_change)
        while True:
            await asyncio.sleep(RELOAD_SECONDS)
            now = await asyncio.to_thread(newest_change)
            if now != seen:
                self.log.write("house", "源文件有改动，重新启动")
                for child in self.children:
                    if child.program.name != "broker":
                        child.again()
            seen = now

    async def _greet(self) -> None:
        deadline = time.monotonic() + STARTUP_SECONDS
        while not await asyncio.to_thread(self._web_answers):
            if time.monotonic() > deadline:
                self.log.write("house", "网页服务还没有应答，请查看上面的日志")
                return
            await asyncio.sleep(0.3)
        self.log.block(self.greeting)

    def _web_answers(self) -> bool:
        connection = http.client.HTTPConnection(*self.address, timeout=2)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse().read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        return True


def main() -> None:
    """Entry of `python -m governance.running.supervisor`; `serve` passes everything through the environment."""
    data_dir = Path(os.environ["DATA_DIR"])
    broker = choose_broker(data_dir, given_url=os.environ.get("REDIS_URL") or os.environ.get("CELERY_BROKER_URL", ""))
    greeting_file = data_dir / "greeting"
    greeting = greeting_file.read_text() if greeting_file.exists() else ""
    try:
        supervisor = Supervisor(os.environ["HOST"], int(os.environ["PORT"]), broker, data_dir, greeting)
        asyncio.run(supervisor.run())
    finally:
        broker.forget()


if __name__ == "__main__":
    main()
