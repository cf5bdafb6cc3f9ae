"""`make test`: every part of the verdict, one after the other, and one table at the end.

A part is run, failed or left out; what a part needs but does not find (PostgreSQL, Redis, a browser) leaves
it out with one line, or fails it under REQUIRE_ALL=1, as `.ci/run` asks. It writes only to a temporary
folder and to the virtual environment.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CACHE = BIN.parent / "cache"
PACKAGES = [
    "governance", "core", "grids", "members", "notices", "places", "duties", "issues", "mediation", "ledgers",
    "admission", "households", "insights", "gateway",
]  # fmt: skip
POSTGRES_URL = "postgres://postgres@127.0.0.1:5432/postgres"
REDIS_URL = "redis://127.0.0.1:6379"
SERIAL = "services or concurrency"  # they start processes, kill them and race: one at a time
PRODUCTION = {
    "PRODUCTION": "1",
    "SECRET_KEY": "k3Z9-check-only-7hQvT2mXw8LrB5nYc1JdF6sPaG4uEoKi0RtNVyWz",
    "FIELD_KEYS": "check-only-b7Jx2QmV9tLr4WnYc8ZdF1sPaG6uEo",
    "ALLOWED_HOSTS": "example.gov.cn",
}


class LeftOut(Exception):
    """The part cannot run here; the message says why."""


@dataclass
class Part:
    """One row of the table."""

    key: str
    title: str
    body: Callable[["Run"], bool]
    outcome: str = "not asked for"
    note: str = ""
    seconds: float = 0.0


@dataclass
class Run:
    """What the parts share: a scratch folder and the environment of their processes."""

    scratch: Path
    pytest_args: list[str]
    env: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def call(self, *argv: str | Path, **extra: str) -> bool:
        """Run a command with its output on ours; true when it succeeds."""
        say(f"$ {' '.join(Path(part).name if index == 0 else str(part) for index, part in enumerate(argv))}")
        done = subprocess.run([str(part) for part in argv], cwd=ROOT, env={**self.env, **extra}, check=False)
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
    return run.pytest(f"not browser and not ({SERIAL})", "-n", "auto", "--dist", "loadgroup")


def postgres(run: Run) -> bool:
    with services() as extra:
        # What starts a whole installation brings its own database: once is enough.
        once = ("--deselect", "tests/house/test_serve.py")
        return run.pytest(f"not browser and not ({SERIAL})", "-n", "auto", "--dist", "loadgroup", *once, **extra)


def engine(run: Run) -> bool:
    with services() as extra:
        return run.pytest(f"({SERIAL}) and not browser", "-n", "0", **extra)


def browser(run: Run) -> bool:
    return run.pytest("browser", "-n", "0", CHROMIUM=find_chromium(run))


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
        Part("deploy", "check --deploy, as in production", deploy),
        Part("migrations", "makemigrations --check", migrations),
        Part("sqlite", "suite on SQLite", sqlite),
        Part("postgres", "suite on PostgreSQL", postgres),
        Part("engine", "real Redis, workers, races", engine),
        Part("browser", "journeys in Chromium", browser),
        Part("changed", "tests of what was changed", changed),
    ]


# ---- what they need ----------------------------------------------------------------------------------------


@contextmanager
def services() -> Iterator[Mapping[str, str]]:
    """A database name and a Redis number of our own on the servers that answer; both emptied afterwards."""
    import psycopg
    import redis

    server = os.environ.get("TEST_DATABASE_URL") or POSTGRES_URL
    try:
        admin = psycopg.connect(server, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError as error:
        raise LeftOut(f"PostgreSQL does not answer ({_first_line(error)})") from None
    with admin:
        try:
            store = _free_redis()
        except redis.RedisError as error:
            raise LeftOut(f"Redis does not answer ({_first_line(error)})") from None
        name = f"shanzhi_{os.getpid()}"
        try:
            yield {"DATABASE_URL": f"{server.partition('?')[0].rpartition('/')[0]}/{name}", "REDIS_URL": store}
        finally:
            redis.Redis.from_url(store).flushdb()
            _drop_databases(admin, name)


def _free_redis() -> str:
    """The given TEST_REDIS_URL, else the highest database number that is empty."""
    import redis

    given = os.environ.get("TEST_REDIS_URL")
    if given:
        redis.Redis.from_url(given, socket_connect_timeout=3).ping()
        return given
    for number in range(15, -1, -1):
        url = f"{REDIS_URL}/{number}"
        if redis.Redis.from_url(url, socket_connect_timeout=3).dbsize() == 0:
            return url
    raise LeftOut("Redis has no empty database; name one with TEST_REDIS_URL")


def _drop_databases(admin: "object", name: str) -> None:
    import psycopg
    from psycopg import sql

    assert isinstance(admin, psycopg.Connection)
    pattern = f"%{name}%".replace("_", r"\_")
    for (found,) in admin.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [pattern]).fetchall():
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(found)))


def find_chromium(run: Run) -> str:
    """Path of an installed Chromium, else of the one that Playwright can fetch."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        found = shutil.which(name)
        if found:
            return found
    folder = str(BIN.parent / "browsers")
    if run.call(
        sys.executable, "-m", "playwright", "install", "--only-shell", "chromium", PLAYWRIGHT_BROWSERS_PATH=folder
    ):
        run.env["PLAYWRIGHT_BROWSERS_PATH"] = folder
        return "playwright"
    raise LeftOut("no Chromium installed, and Playwright could not fetch one")


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


# ---- the run -----------------------------------------------------------------------------------------------


def perform(part: Part, run: Run, *, require_all: bool) -> None:
    say(f"\n==== {part.title} " + "=" * max(4, 90 - len(part.title)))
    started = time.monotonic()
    run.note = ""
    try:
        part.outcome = "run" if part.body(run) else "FAILED"
    except LeftOut as reason:
        part.outcome = "FAILED" if require_all else "left out"
        run.note = f"left out: {reason}"
        say(run.note)
    part.note = run.note
    part.seconds = time.monotonic() - started


def table(parts: list[Part]) -> str:
    width = max(len(part.title) for part in parts)
    rows = [
        f"  {part.title:<{width}}  {part.outcome:<13} {part.seconds:6.1f} s  {part.note}".rstrip() for part in parts
    ]
    total = sum(part.seconds for part in parts)
    return "\n".join(["", "=" * 96, *rows, "  " + "-" * (width + 24), f"  {'total':<{width}}  {'':<13} {total:6.1f} s"])


def environment(scratch: Path, *, require_all: bool) -> dict[str, str]:
    """Ours without the settings of an installation: tests must not depend on, or touch, a real one."""
    ignored = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "FIELD_KEYS", "PRODUCTION", "DEBUG", "HOST", "PORT", "DEMO"}
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


def main() -> int:
    parts = all_parts()
    known = ", ".join(part.key for part in parts)
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--only", help=f"comma separated parts: {known}", default=os.environ.get("ONLY", ""))
    parser.add_argument("--require-all", action="store_true", help="a part that is left out fails the run")
    parser.add_argument("pytest_args", nargs="*", help="after --, passed on to pytest")
    asked = parser.parse_args()
    require_all = asked.require_all or os.environ.get("REQUIRE_ALL", "") not in ("", "0")
    whole = [part for part in parts if part.key != "changed"]
    chosen = [part for part in parts if part.key in asked.only.split(",")] if asked.only else whole
    if not chosen:
        parser.error(f"no such part: {asked.only} (known: {known})")
    with tempfile.TemporaryDirectory(prefix="shanzhi-test-") as scratch:
        run = Run(Path(scratch), asked.pytest_args, environment(Path(scratch), require_all=require_all))
        for part in chosen:
            perform(part, run, require_all=require_all)
    failed = [part for part in chosen if part.outcome == "FAILED"]
    say(table(chosen))
    say(
        f"  {len(failed)} of {len(chosen)} parts failed: {', '.join(p.title for p in failed)}"
        if failed
        else "  all good"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
