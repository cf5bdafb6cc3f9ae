"""An installation of its own, brought up to date once for all tests that start one; each starts a copy of it."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Prepared:
    """What the first `manage.py prepare` made of an empty folder, and what it said."""

    folder: Path
    said: "subprocess.CompletedProcess[str]"


def manage(root: Path, data_dir: Path, *argv: str, **env: str) -> "subprocess.CompletedProcess[str]":
    ignored = {"DATABASE_URL", "REDIS_URL", "PRODUCTION"}
    kept = {name: value for name, value in os.environ.items() if name not in ignored}
    return subprocess.run(
        [sys.executable, "manage.py", *argv],
        cwd=root,
        env={**kept, "DATA_DIR": str(data_dir), "DEMO": "0", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def prepare(root: Path, folder: Path) -> Prepared:
    """From a start of the demo that did not come to its end."""
    (folder / "demo-unfinished").touch()
    (folder / "shanzhi.sqlite3").write_bytes(b"")
    return Prepared(folder, manage(root, folder, "prepare"))
