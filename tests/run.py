"""`make test`: every part of the verdict, in lanes side by side, and one table at the end.

A part is run, failed or left out; what a part needs but does not find (PostgreSQL, Redis, a browser) leaves
it out with one line, or fails it under REQUIRE_ALL=1, as `.ci/run` asks. It writes only to a temporary
folder and to the virtual environment.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TextIO
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.engines import on_sqlite
from tests.needs import LeftOut, chromium, services, sweep

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CACHE = BIN.parent / "cache"
PACKAGES = [
    "governance", "core", "grids", "members", "notices", "places", "duties", "issues", "mediation", "ledgers",
    "admission", "households", "insights", "gateway",
]  # fmt: skip
TWO = ("-n", "auto", "--dist", "worksteal")
SERIAL = "services or concurrency"  # they start processes, kill them and race: one at a time
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "k3Z9-check-only-7hQvT2mXw8LrB5nYc1JdF6sPaG4uEoKi0RtNVyWz",
    "FIELD_KEYS": "check-only-b7Jx2QmV9tLr4WnYc8ZdF1sPaG6uEo",
    "ALLOWED_HOSTS": "example.gov.cn",
}


@dataclass
class Part:
    """One row of the table. Parts of a lane follow each other; what waits much stands beside what counts much."""

    key: str
    title: str
    body: Callable[["Run"], bool]
    lane: int = 0
    outcome: str = "not asked for"
    note: str = ""
    seconds: float = 0.0
    worked: float = 0.0


@dataclass
class Run:
    """What a part is given: a scratch folder of its own, the environment of its processes, where it says what."""

    scratch: Path
    pytest_args: list[str]
    env: dict[str, str]
    output: TextIO = sys.stdout
    note: str = ""
    worked: float = 0.0  # processor seconds of what was called and of what that started, without services

    def say(self, text: str) -> None:
        self.output.write(text + "\n")
        self.output.flush()

    def call(self, *argv: str | Path, **extra: str) -> bool:
        """Run a command with its output on ours; true when it succeeds."""
        self.say(f"$ {' '.join(Path(part).name if index == 0 else str(part) for index, part in enumerate(argv))}")
        command, env = [str(part) for part in argv], {**self.env, **extra}
        done = subprocess.Popen(command, cwd=ROOT, env=env, stdout=self.output, stderr=subprocess.STDOUT)
        _pid, status, used = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
        self.worked += used.ru_utime + used.ru_stime
        return done.returncode == 0

    def manage(self, *argv: str, **extra: str) -> bool:
        return self.call(sys.executable, "manage.py", *argv, **extra)

    def pytest(self, marks: str, *argv: str, **extra: str) -> bool:
        cache = f"cache_dir={CACHE / 'pytest'}"
        report = self.scratch / "report.xml"
        base = (sys.executable, "-m", "pytest", "-q", "-o", cache, "-m", marks, "--durations=5", f"--junitxml={report}")
        passed = self.call(*base, *argv, *self.pytest_args, **extra)
        self.note = counts(report)
        return passed


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def counts(report: Path) -> str:
    """What pytest counted, for the table."""
    suite = ElementTree.parse(report).getroot().find("testsuite") if report.exists() else None
    if suite is None:
        return "no report"
    failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return f"{suite.get('tests')} tests, {failed} failed, {suite.get('skipped')} skipped"


# ---- the parts ---------------------------------------------------------------------------------------------


def lint(run: Run) -> bool:
    cache = ("--cache-dir", CACHE / "ruff")
    ruff = BIN / "ruff"
    checked = run.call(ruff, "check", *cache, ".")
    formatted = run.call(ruff, "format", "--check", *cache, ".")
    return run.call(BIN / "djhtml", "--check", *indentation(), "templates") and checked and formatted


def indentation() -> list[str]:
    """What djhtml needs to know of templates: their step, and which tags of ours have an end."""
    source = (ROOT / "core" / "templatetags" / "parts.py").read_text()
    tags = [*re.findall(r"@register\.simple_block_tag\b.*\ndef (\w+)", source), "kept"]
    return ["--tabwidth", "2", *(word for tag in tags for word in ("--extra-block", f"{tag},end{tag}"))]


def imports(run: Run) -> bool:
    return run.call(BIN / "lint-imports", "--cache-dir", CACHE / "imports")


def types(run: Run) -> bool:
    return run.call(BIN / "mypy", "--cache-dir", CACHE / "mypy", *PACKAGES)


def deploy(run: Run) -> bool:
    return run.manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)


def migrations(run: Run) -> bool:
    return run.manage("makemigrations", "--check", "--dry-run")


def sqlite(run: Run) -> bool:
    return run.pytest(f"not browser and not ({SERIAL})", "-n", "auto", "--dist", "loadgroup", *on_sqlite())


def postgres(run: Run) -> bool:
    with services("__suite") as extra:
        # What starts a whole installation brings its own database: once, beside SQLite, is enough.
        once = ("--deselect", "tests/running/test_serve.py", "--deselect", "tests/running/test_prepare.py")
        return run.pytest(f"not browser and not ({SERIAL})", *TWO, *once, **extra)


def engine(run: Run) -> bool:
    with services("__engine") as extra:
        return run.pytest(f"({SERIAL}) and not browser", "-n", "0", *marked(SERIAL), **extra)


def browser(run: Run) -> bool:
    return run.pytest("browser", *TWO, *marked("browser"), CHROMIUM=chromium(partial(fetched_chromium, run)))


def marked(expression: str) -> list[str]:
    """The modules that name one of these marks: the others need not be read."""
    named = re.compile("|".join(rf"mark\.{word}\b" for word in expression.split(" or ")))
    found = (ROOT / "tests").rglob("test_*.py")
    return sorted(str(path.relative_to(ROOT)) for path in found if named.search(path.read_text()))


def fetched_chromium(run: Run) -> str | None:
    """The one that Playwright can fetch, into the virtual environment."""
    folder = str(BIN.parent / "browsers")
    install = (sys.executable, "-m", "playwright", "install", "--only-shell", "chromium")
    if not run.call(*install, PLAYWRIGHT_BROWSERS_PATH=folder):
        return None
    run.env["PLAYWRIGHT_BROWSERS_PATH"] = folder
    return "playwright"


def cover(run: Run) -> bool:
    """Lines and branches of ours that the suite on PostgreSQL runs; what it does not run stands in the table."""
    with services("__cover") as extra:
        counted = ("--cov", "--cov-report=term-missing:skip-covered", "--deselect", "tests/running/test_serve.py")
        return run.pytest(
            f"not browser and not ({SERIAL})", *TWO, *counted, **extra, COVERAGE_FILE=str(run.scratch / "coverage")
        )


def changed(run: Run) -> bool:
    """The tests of the rooms that were edited since the last commit, else of those that it touched."""
    folders = sorted({folder for name in edited() if (folder := tests_of(name))})
    if not folders:
        raise LeftOut("nothing that has tests was changed")
    inner = [one for one in folders if not any(one.startswith(f"{other}/") for other in folders)]
    return run.pytest(f"not browser and not ({SERIAL})", "-n", "auto", *inner)


def edited() -> list[str]:
    """Files that git sees as changed or new; of a clean tree those of the newest commit."""
    say_of = partial(subprocess.run, cwd=ROOT, capture_output=True, text=True, check=True)
    found = say_of(["git", "status", "--porcelain", "--untracked-files=all", "--no-renames"]).stdout.splitlines()
    if found:
        return [line[3:] for line in found]
    return say_of(["git", "show", "--name-only", "--no-renames", "--format=", "HEAD"]).stdout.split()


def tests_of(name: str) -> str | None:
    """The nearest folder of tests that mirrors the room of a file: tests/issues/queue of issues/queue/bulk.py."""
    path = PurePosixPath(name)
    if path.suffix not in (".py", ".html"):
        return None
    parts = path.parts[1:-1] if path.parts[0] in ("tests", "templates") else path.parts[:-1]
    while parts:
        folder = "/".join(("tests", *parts))
        if (ROOT / folder).is_dir():
            return folder
        parts = parts[:-1]
    return None


def all_parts() -> list[Part]:
    return [
        Part("lint", "ruff: lint and format; templates", lint),
        Part("imports", "import contracts", imports),
        Part("types", "mypy strict", types),
        Part("deploy", "check --deploy, as in production", deploy, lane=1),
        Part("migrations", "makemigrations --check", migrations, lane=1),
        Part("postgres", "suite on PostgreSQL", postgres),
        Part("sqlite", "what differs on SQLite", sqlite, lane=1),
        Part("engine", "real Redis, workers, races", engine, lane=2),
        Part("browser", "journeys in Chromium", browser, lane=1),
        Part("changed", "tests of what was changed", changed),
        Part("cover", "lines and branches covered", cover),
    ]


ASKED_FOR = {"changed", "cover"}
"""Parts that are no part of the verdict."""


# ---- the run -----------------------------------------------------------------------------------------------


def perform(part: Part, run: Run, *, require_all: bool) -> None:
    run.say(f"\n==== {part.title} " + "=" * max(4, 90 - len(part.title)))
    started = time.monotonic()
    try:
        part.outcome = "run" if part.body(run) else "FAILED"
    except LeftOut as reason:
        part.outcome = "FAILED" if require_all else "left out"
        run.note = f"left out: {reason}"
        run.say(run.note)
    part.note, part.worked = run.note, run.worked
    part.seconds = time.monotonic() - started


@dataclass
class Verdict:
    """The lanes side by side. What a part says is kept and told in one piece when it ends; one lane alone talks on."""

    scratch: Path
    pytest_args: list[str]
    require_all: bool
    telling: threading.Lock = field(default_factory=threading.Lock)

    def of(self, parts: list[Part]) -> None:
        lanes = [[part for part in parts if part.lane == lane] for lane in sorted({part.lane for part in parts})]
        with ThreadPoolExecutor(len(lanes)) as pool:
            for done in [pool.submit(self._lane, lane, aloud=len(lanes) == 1) for lane in lanes]:
                done.result()

    def _lane(self, parts: list[Part], *, aloud: bool) -> None:
        for part in parts:
            folder = self.scratch / part.key
            folder.mkdir()
            env = environment(folder, require_all=self.require_all) | {"TEST_TEMPLATES": str(self.scratch / "migrated")}
            if aloud:
                perform(part, Run(folder, self.pytest_args, env), require_all=self.require_all)
                continue
            say(f"begun: {part.title}")
            with (folder / "output").open("w+") as output:
                perform(part, Run(folder, self.pytest_args, env, output), require_all=self.require_all)
                output.seek(0)
                with self.telling:
                    say(output.read())


def table(parts: list[Part], wall: float) -> str:
    """What came of each part, its minutes, and the seconds that the processor worked for it.

    The last row is the time that passed, with lanes side by side.
    """
    width = max(len(part.title) for part in parts)

    def row(title: str, outcome: str, seconds: float, worked: float, note: str = "") -> str:
        return f"  {title:<{width}}  {outcome:<13} {seconds / 60:6.2f} min {worked:6.0f} s  {note}".rstrip()

    rows = [row(part.title, part.outcome, part.seconds, part.worked, part.note) for part in parts]
    total = row("from beginning to end", "", wall, sum(part.worked for part in parts))
    return "\n".join(["", "=" * 96, *rows, "  " + "-" * (width + 36), total])


def environment(scratch: Path, *, require_all: bool) -> dict[str, str]:
    """Ours without the settings of an installation: tests must not depend on, or touch, a real one."""
    ignored = {
        "DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "PRODUCTION", "DEBUG", "HOST", "PORT", "DEMO",
        "PYTHONDONTWRITEBYTECODE",  # hundreds of processes would compile everything anew
    }  # fmt: skip
    env = {name: value for name, value in os.environ.items() if name not in ignored}
    defaults = {
        "HYPOTHESIS_STORAGE_DIRECTORY": str(CACHE / "hypothesis"),
        "PYTHONPYCACHEPREFIX": str(BIN.parent / "pycache"),
        "PYTHONUNBUFFERED": "1",
        "LOG_LEVEL": "WARNING",
    }
    return {
        **defaults,
        **env,
        "DATA_DIR": str(scratch),
        "TEST_TEMPLATES": str(scratch / "databases"),
        "REQUIRE_ALL": "1" if require_all else "",
    }


def shuffled(seed: str, pytest_args: list[str]) -> list[str]:
    """What pytest is given; in another order if there is a seed."""
    order = ["--random-order-bucket=global", f"--random-order-seed={seed}"] if seed else []
    return [*order, *pytest_args]


def main() -> int:
    parts = all_parts()
    known = ", ".join(part.key for part in parts)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", help=f"comma separated parts: {known}", default=os.environ.get("ONLY", ""))
    parser.add_argument("--require-all", action="store_true", help="a part that is left out fails the run")
    parser.add_argument("--at", help="move the clock of the tests: 23:59 or 12-31", default="")
    parser.add_argument("--shuffle", help="tests in the random order of this seed", default="")
    parser.add_argument("pytest_args", nargs="*", help="after --, passed on to pytest")
    asked = parser.parse_args()
    if asked.at:
        os.environ["TEST_AT"] = asked.at
    require_all = asked.require_all or os.environ.get("REQUIRE_ALL", "") not in ("", "0")
    whole = [part for part in parts if part.key not in ASKED_FOR]
    chosen = [part for part in parts if part.key in asked.only.split(",")] if asked.only else whole
    if not chosen:
        parser.error(f"no such part: {asked.only} (known: {known})")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="shanzhi-test-") as scratch:
        try:
            Verdict(Path(scratch), shuffled(asked.shuffle, asked.pytest_args), require_all).of(chosen)
        finally:
            sweep()
    failed = [part for part in chosen if part.outcome == "FAILED"]
    say(table(chosen, time.monotonic() - started))
    say(
        f"  {len(failed)} of {len(chosen)} parts failed: {', '.join(p.title for p in failed)}"
        if failed
        else "  all good"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
