"""An installation of its own, brought up to date once for all tests that start one; each starts a copy of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from django.conf import settings
from psycopg import sql


@dataclass(frozen=True)
class Prepared:
    """What the first `manage.py prepare` made of an empty folder, and what it said."""

    folder: Path
    said: "subprocess.CompletedProcess[str]"


def manage(root: Path, data_dir: Path, *argv: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return python(root, data_dir, "manage.py", *argv, **env)


def python(root: Path, data_dir: Path, *argv: str, **env: str) -> "subprocess.CompletedProcess[str]":
    """A program of ours on the installation of this folder."""
    ignored = {"DATABASE_URL", "REDIS_URL", "PRODUCTION"}
    kept = {name: value for name, value in os.environ.items() if name not in ignored}
    return subprocess.run(
        [sys.executable, *argv],
        cwd=root,
        env={**kept, "DATA_DIR": str(data_dir), "DEMO": "0", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def beside(template: str, what: str = "separate") -> Iterator[str]:
    """The address of a new PostgreSQL database beside the one of the tests, a copy of `template`."""
    given = settings.DATABASES["default"]
    name = f"{given['NAME'].removeprefix('test_')}_{what}"
    login = {"host": given["HOST"], "port": given["PORT"], "user": given["USER"], "password": given["PASSWORD"]}
    with psycopg.connect(**login, dbname="postgres", autocommit=True) as admin:
        made = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        admin.execute(made.format(sql.Identifier(name), sql.Identifier(template)))
        user = f"{given['USER']}:{given['PASSWORD']}" if given["PASSWORD"] else given["USER"]
        try:
            yield f"postgres://{user}@{given['HOST']}:{given['PORT']}/{name}"
        finally:
            admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def prepare(root: Path, folder: Path) -> Prepared:
    """From a start of the demo that did not come to its end."""
    (folder / "demo-unfinished").touch()
    (folder / "shanzhi.sqlite3").write_bytes(b"")
    return Prepared(folder, manage(root, folder, "prepare"))
