"""What a builder writes into an empty database, kept as rows so that it need be built but once in a process."""

import pickle
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction

from core import clock

T = TypeVar("T")
Rows = list[tuple[Any, ...]]
FRESH = timedelta(hours=3)
LAST = "duties_listversion"
"""A version in force lets no item in (`duties.sql`): it comes after what it holds. Foreign keys are looked at later."""


class Snapshot(Generic[T]):
    """Builds by `build` the first time, then writes the same rows and returns an equal object.

    What is kept was made as of now, so for a test whose clock stands elsewhere it is built anew.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._kept: tuple[dict[type[models.Model], Rows], bytes] | None = None

    def __call__(self) -> T:
        if abs(clock.now() - datetime.now(UTC)) > FRESH:
            return self._build()
        if self._kept is None:
            return self._first()
        tables, pickled = self._kept
        with transaction.atomic():
            for model in sorted(tables, key=lambda model: model._meta.db_table == LAST):
                _write(model, tables[model])
            with connection.cursor() as cursor:
                for statement in connection.ops.sequence_reset_sql(no_style(), list(tables)):
                    cursor.execute(statement)
        made: T = pickle.loads(pickled)
        return made

    def _first(self) -> T:
        before = {model: len(_rows(model)) for model in _models()}
        made = self._build()
        after = {model: _rows(model) for model in _models()}
        grown = {model: rows for model, rows in after.items() if len(rows) != before[model]}
        # rows that were there before, of another builder or test, would be kept as well
        if not any(before[model] for model in grown):
            self._kept = grown, pickle.dumps(made)
        return made


def _models() -> list[type[models.Model]]:
    return [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]


def _columns(model: type[models.Model]) -> str:
    return ", ".join(connection.ops.quote_name(field.column) for field in model._meta.local_concrete_fields)


def _rows(model: type[models.Model]) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_columns(model)} FROM {connection.ops.quote_name(model._meta.db_table)}")
        return list(cursor.fetchall())


def _write(model: type[models.Model], rows: Rows) -> None:
    places = ", ".join(["%s"] * len(model._meta.local_concrete_fields))
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {table} ({_columns(model)}) VALUES ({places})", rows)
