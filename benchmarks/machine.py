"""What the figures were measured on, and what the processes of an installation take."""

import importlib.metadata
import os
import platform
import sqlite3
import sys
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
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            peak = next(x for x in (process / "status").read_text().splitlines() if x.startswith("VmHWM"))
        except (OSError, StopIteration):
            continue
        kind = next((name for part, name in NAMES.items() if part in command), "other")
        found.setdefault(kind, []).append(int(peak.split()[1]) // 1024)
    return found


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
