"""Tries faults one after the other on a copy of the tree: never on the tree itself.

Every try is a child forked from this process, which has the packages of others loaded already. Its database is a
copy of one that was migrated once, before any fault (`tests.databases`).
"""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from tests import databases
from tests.mutants.fault import Fault
from tests.needs import LeftOut, services
from tests.run import environment

ROOT = Path(__file__).resolve().parent.parent.parent
CAUGHT, SURVIVED, BROKEN, LEFT_OUT = "caught", "SURVIVED", "BROKEN", "left out"
LONGEST_SECONDS = 1200
WARM = (
    "pytest", "django.contrib.auth.hashers", "django.forms", "django.test", "openpyxl", "shapely", "PIL.ImageOps",
    "celery", "chinese_calendar", "pypinyin", "structlog", "redis", "cryptography.x509",
)  # fmt: skip
"""Packages of others that every try needs; none that pytest rewrites."""
ARGUMENTS = ("-q", "-n", "0", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Tried:
    """What came of a fault, and the test that told."""

    fault: Fault
    outcome: str
    note: str
    seconds: float


class Bench:
    """A copy of the tree, and what the tries on it share."""

    def __init__(self, scratch: Path, stack: ExitStack) -> None:
        self.scratch, self._stack = scratch, stack
        self.tree, self.temporary, self.output = scratch / "tree", scratch / "tmp", scratch / "output"
        self._unharmed = databases._digest()
        self._postgres: dict[str, str] | None = None
        self._moment = int(time.time())
        self.env = environment(scratch / "data", require_all=True)
        self.env |= {"TMPDIR": str(self.temporary), "PYTHONPYCACHEPREFIX": str(scratch / "bytecode")}
        self.temporary.mkdir(exist_ok=True)
        (scratch / "data").mkdir(exist_ok=True)

    def copy_tree(self) -> None:
        """The files of the working tree that git knows or would take in."""
        listed = subprocess.run(
            ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT, check=True, capture_output=True, text=True,
        )  # fmt: skip
        kept = {name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()}
        for old in [path for path in self.tree.rglob("*") if path.is_file()]:
            if str(old.relative_to(self.tree)) not in kept:
                old.unlink()
        for name in kept:
            target = self.tree / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target)

    def write(self, file: str, text: str) -> None:
        """Each writing has a second of its own, by which Python tells old bytecode."""
        path = self.tree / file
        path.write_text(text)
        self._moment += 2
        os.utime(path, (self._moment, self._moment))

    def pytest(self, tests: Iterable[str], *, postgres: bool, fresh: bool, all_of_them: bool = False) -> int | None:
        """The exit code of pytest; None when it had to be ended. Raises LeftOut where there is no PostgreSQL."""
        env = {**self.env, **(self._on_postgres() if postgres else {})}
        env["TEST_TEMPLATES"] = str(self.scratch / ("fresh" if fresh else "databases"))
        arguments = [*ARGUMENTS, *(() if all_of_them else ("-x",)), *tests]
        child = os.fork()
        if not child:
            os._exit(self._in_child(arguments, env, fresh=fresh))
        try:
            return _waited(child)
        finally:
            for path in self.temporary.iterdir():
                shutil.rmtree(path) if path.is_dir() else path.unlink()

    def _in_child(self, arguments: Sequence[str], env: Mapping[str, str], *, fresh: bool) -> int:
        os.setsid()
        with self.output.open("wb") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        os.environ.clear()
        os.environ.update(env)
        os.chdir(self.tree)
        sys.path[0], sys.pycache_prefix = str(self.tree), env["PYTHONPYCACHEPREFIX"]
        for name in [name for name in sys.modules if name.partition(".")[0] == "tests"]:
            del sys.modules[name]
        if not fresh:  # the fault is no reason to migrate anew
            vars(import_module("tests.databases"))["_digest"] = lambda: self._unharmed
        return int(import_module("pytest").main(list(arguments)))

    def _on_postgres(self) -> Mapping[str, str]:
        if self._postgres is None:
            self._postgres = dict(self._stack.enter_context(services()))
        return self._postgres


def _waited(child: int) -> int | None:
    ends = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < ends:
        pid, status = os.waitpid(child, os.WNOHANG)
        if pid:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.1)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def warm() -> None:
    """Load what every try needs and no fault changes."""
    for name in WARM:
        import_module(name)


def unharmed(bench: Bench, faults: Sequence[Fault]) -> bool:
    """Whether all named tests pass while there is no fault; says what does not."""
    for postgres in (False, True):
        tests = sorted({test for fault in faults if fault.postgres == postgres for test in fault.tests})
        try:
            code = bench.pytest(tests, postgres=postgres, fresh=False, all_of_them=True) if tests else 0
        except LeftOut:
            continue
        if code != 0:
            sys.stdout.write(bench.output.read_text(errors="replace")[-6000:] + "\n")
            return False
    return True


def tried(bench: Bench, faults: Iterable[Fault]) -> Iterator[Tried]:
    """What comes of each fault, one after the other."""
    for fault in faults:
        began = time.monotonic()
        source = (bench.tree / fault.file).read_text()
        bench.write(fault.file, fault.applied(source))
        try:
            outcome, note = _outcome(bench, fault)
        finally:
            bench.write(fault.file, source)
        yield Tried(fault, outcome, note, time.monotonic() - began)


def _outcome(bench: Bench, fault: Fault) -> tuple[str, str]:
    try:
        code = bench.pytest(fault.tests, postgres=fault.postgres, fresh=fault.fresh)
    except LeftOut as reason:
        return LEFT_OUT, str(reason)
    if code is None:
        return CAUGHT, f"nothing came of it in {LONGEST_SECONDS} s"
    said = bench.output.read_text(errors="replace").splitlines()
    told = next((line for line in said if line.startswith(("FAILED tests", "ERROR tests"))), "")
    if code == 0:
        return SURVIVED, ", ".join(fault.tests)
    if code != 1 or not told.startswith("FAILED "):  # what fails before a test begins says nothing of the test
        return BROKEN, told or " ".join(said[-3:])[:300]
    return CAUGHT, told.partition(" - ")[0].removeprefix("FAILED ")
