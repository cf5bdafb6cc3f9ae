"""An installation of earlier becomes what a fresh one is: squashed migrations lead where those before them do."""

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import databases
from tests.running import schema
from tests.running.installation import beside, manage, python

FOLDED_ANEW = "insights_"
"""Tallies, which upgrades forget on purpose."""
APPLIED = "SELECT app, name FROM django_migrations"
SQUASHED = f"{APPLIED} WHERE name LIKE '%squashed%'"


@dataclass
class Database:
    """One of an installation of its own; `address` is empty where SQLite lies in its folder."""

    root: Path
    folder: Path
    address: str

    def program(self, run: Callable[..., Any], *argv: str) -> str:
        env = {"DATABASE_URL": self.address} if self.address else {}
        done = run(self.root, self.folder, *argv, **env)
        assert done.returncode == 0, done.stderr
        return str(done.stdout)

    def migrate(self) -> str:
        return self.program(manage, "migrate", "--no-color")

    def schema(self) -> schema.Schema:
        with closing(self._open()) as connection:
            return schema.of_postgres(connection) if self.address else schema.of_sqlite(connection)

    def rows(self, query: str) -> set[tuple[Any, ...]]:
        with closing(self._open()) as connection:
            return set(connection.execute(query).fetchall())

    def write(self, statement: str) -> None:
        with closing(self._open()) as connection:
            connection.execute(statement)
            connection.commit()

    def _open(self) -> Any:
        return psycopg.connect(self.address) if self.address else sqlite3.connect(self.folder / "shanzhi.sqlite3")


@pytest.fixture(params=["sqlite", "postgresql"])
def make(
    request: pytest.FixtureRequest, project_root: Path, tmp_path: Path, django_db_setup: None
) -> Iterator[Callable[..., Database]]:
    with ExitStack() as stack:

        def made(name: str, template: str = "template1") -> Database:
            address = stack.enter_context(beside(template, name)) if request.param == "postgresql" else ""
            folder = tmp_path / name
            folder.mkdir()
            return Database(project_root, folder, address)

        yield made


@pytest.mark.services
def test_an_installation_of_earlier_becomes_what_a_fresh_one_is(make: Callable[..., Database]) -> None:
    old, fresh = make("earlier"), make("fresh", _migrated())
    had = json.loads(old.program(python, "-m", "tests.running.earlier"))
    assert had["issues_ticket"] == had["grids_household"] == 1
    old.migrate()
    fresh.migrate()
    assert old.schema() == fresh.schema()
    lost = {table for table in had.keys() & old.schema().keys() if not old.rows(f"SELECT 1 FROM {table}")}
    assert {table for table in lost if not table.startswith(FOLDED_ANEW)} == set()

    # At the head of before nothing is left to run, and what replaces it counts as applied.
    assert old.rows(APPLIED) == fresh.rows(APPLIED)
    squashed = old.rows(SQUASHED)
    assert squashed
    old.write("DELETE FROM django_migrations WHERE name LIKE '%squashed%'")
    assert "No migrations to apply" in old.migrate()
    assert old.rows(SQUASHED) == squashed


def _migrated() -> str:
    """A copy saves a migration; where there is none to copy the command runs it."""
    return databases.template_name(os.environ["DATABASE_URL"].rpartition("/")[2]) if databases.GIVEN else "template1"
