"""What `make dev` watches: the newest change among the sources of this installation.

Owns the question only; `governance.running.supervisor` asks it every second and starts its children anew. It knows no
Django and must not run in service (`serve` asks for it by RELOAD=1 alone).
"""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WATCHED = (".py", ".html")
LEFT_ALONE = {"var", "tests", "benchmarks", "docs", "staticfiles", "__pycache__"}


def sources(folder: Path = ROOT) -> Iterator[Path]:
    """Python files and templates below `folder`; hidden folders, tests and data are passed over."""
    for path in folder.iterdir():
        if path.is_dir():
            if path.name not in LEFT_ALONE and not path.name.startswith("."):
                yield from sources(path)
        elif path.suffix in WATCHED:
            yield path


def newest_change(folder: Path = ROOT) -> tuple[int, float]:
    """How many sources there are and when one changed last; either moves when something was edited."""
    times = [path.stat().st_mtime for path in sources(folder) if path.exists()]
    return len(times), max(times, default=0.0)
