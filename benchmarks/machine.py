"""What the figures were measured on, and what the processes of an installation take."""

import importlib.metadata
import os
import platform
import sqlite3
import sys
from contextlib import suppress
from pathlib import Path

PACKAGES = ("Django", "granian", "celery", "psycopg")
NAMES = {"granian": "web", " worker ": "worker", " beat ": "beat", "valkey": "broker", "supervisor": "supervisor"}
"""What a command line contains → what the process is called in the table; the first that fits."""


def header() -> list[str]:
    """Cores, memory, load and versions, a line each."""
    load = "/".join(f"{value:.1f}" for value in os.getloadavg())
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    return [
        f"{os.cpu_count()} cores ({_cpu()}), {_memory_gb():.0f} GB, {platform.platform(terse=True)}, load {load}",
        f"Python {sys.version.split()[0]}, SQLite {sqlite3.sqlite_version}, {versions}",
    ]


def _cpu() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def peak_memory(pid: int) -> dict[str, list[int]]:
    """Peak resident MB of `pid` and each process below it, by kind of process; empty without /proc."""
    found: dict[str, list[int]] = {}
    for process in _family(pid):
        try:
            kind = _kind(process)
            peak = next(x for x in (process / "status").read_text().splitlines() if x.startswith("VmHWM"))
        except (OSError, StopIteration):
            continue
        found.setdefault(kind, []).append(int(peak.split()[1]) // 1024)
    return found


def processor_seconds(pid: int) -> dict[str, float]:
    """Seconds that `pid` and the processes below it have worked, by kind; those of our database too where it runs here.

    Empty without /proc.
    """
    found: dict[str, float] = {}
    for process in _family(pid):
        with suppress(OSError):
            found[_kind(process)] = found.get(_kind(process), 0.0) + _worked(process)
    if (backends := _backends()) and found:
        found["database"] = sum(map(_worked, backends))
    return found


def _kind(process: Path) -> str:
    command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return next((name for part, name in NAMES.items() if part in command), "other")


def _worked(process: Path) -> float:
    """Seconds in user and system mode of one process; none of one that has ended."""
    try:
        fields = (process / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def _backends() -> list[Path]:
    """The server processes that work for the database of this environment, on the same machine."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        found = [Path(f"/proc/{pid}") for (pid,) in cursor.fetchall()]
    return [process for process in found if process.exists()]


def _family(pid: int) -> list[Path]:
    parents: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        parents.setdefault(parent, []).append(int(folder.name))
    family, waiting = [], [pid]
    while waiting:
        family.append(waiting.pop())
        waiting += parents.get(family[-1], [])
    return [Path(f"/proc/{one}") for one in family]
