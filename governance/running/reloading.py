"""What `make dev` watches: the newest change among the sources of this installation.

Owns the question only; `governance.running.supervisor` asks it every second and starts its children anew. It knows no
Django and must not run in service (`serve` asks for it by RELOAD=1 alone).
"""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WATCHED = (".py", ".html")
LEFT_ALONE = {"var", "tests", "benchmarks", "docs", "staticfiles", "__pycache__"}


def sources(folder: Path = ROOT) -> Iterator[os.DirEntry[str]]:
    """Python files and templates below `folder`; hidden folders, tests and data are passed over."""
    with os.scandir(folder) as found:
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                if entry.name not in LEFT_ALONE and not entry.name.startswith("."):
                    yield from sources(Path(entry.path))
            elif entry.name.endswith(WATCHED):
                yield entry


def newest_change(folder: Path = ROOT) -> tuple[int, float]:
    """How many sources there are and when one changed last; either moves when something was edited."""
    times = []
    for entry in sources(folder):
        with suppress(FileNotFoundError):  # an editor has just replaced it
            times.append(entry.stat().st_mtime)
    return len(times), max(times, default=0.0)
