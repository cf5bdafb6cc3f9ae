"""`make bench`: measure on SQLite and, where it answers, on PostgreSQL and Redis; print one table.

Each engine is measured by a process of its own, as the settings are read from the environment. Slow figures
never fail it; a measurement that breaks does.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import scratch, table
from benchmarks.machine import header

SQLITE, POSTGRES = "sqlite", "postgres"


def main() -> int:
    asked = _parse()
    if asked.into:
        _write(asked)
        return 0
    began = time.monotonic()
    columns: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory(prefix="shanzhi-bench-") as folder:
        for engine in [SQLITE, POSTGRES] if asked.engine == "all" else [asked.engine]:
            try:
                with scratch.environment(engine, Path(folder) / engine) as extra:
                    columns |= _measure(extra, Path(folder) / f"{engine}.json", asked)
            except scratch.Missing as reason:
                print(f"{engine} is left out: {reason}", file=sys.stderr)
                if asked.engine == engine:
                    return 1
    print(table.text(header(), columns, minutes=(time.monotonic() - began) / 60))
    return 0


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--engine", choices=("all", SQLITE, POSTGRES), default="all", help="what to measure on")
    parser.add_argument("--quick", action="store_true", help="a shorter history and fewer requests: does it work?")
    parser.add_argument("--tickets", type=int, help="how many tickets to grow to, instead of 100,000")
    parser.add_argument("--into", type=Path, help=argparse.SUPPRESS)  # the process of one engine
    return parser.parse_args()


def _measure(extra: dict[str, str], result: Path, asked: argparse.Namespace) -> dict[str, dict[str, str]]:
    argv = [sys.executable, "-m", "benchmarks", "--into", str(result), *(["--quick"] if asked.quick else [])]
    argv += ["--tickets", str(asked.tickets)] if asked.tickets else []
    subprocess.run(argv, env={**os.environ, **extra}, check=True)
    found: dict[str, dict[str, str]] = json.loads(result.read_text())
    return found


def _write(asked: argparse.Namespace) -> None:
    import django

    django.setup()
    from benchmarks import trial

    asked.into.write_text(json.dumps(trial.run(quick=asked.quick, tickets=asked.tickets)))


if __name__ == "__main__":
    sys.exit(main())
