"""Statements composed once and run many times.

Django composes the SQL of every query anew. For a row as wide as a ticket that takes several times as long
as running it, and on SQLite all of it passes while the only write lock is held. The few statements that
every step of a ticket and every outbox row needs are therefore composed once, by Django, from the models
themselves, and run with new values. Everything else stays with the ORM; `tests/core/rows/test_prepared.py`
compares the two on both engines.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import AutoField, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql import InsertQuery, UpdateQuery

from core.locks import require_atomic
from core.rows.composed import Column, Compiled, Slot, bound

M = TypeVar("M", bound=Model)
Sql = tuple[str, Sequence[Any]]


def _slots(model: type[Model], names: Iterable[str], *, first: int = 0) -> dict[str, Any]:
    """A slot for each column of `model` among `names`, numbered from `first`."""
    return {name: Slot(index, _column(model, name)) for index, name in enumerate(names, first)}


def _column(model: type[Model], path: str) -> Column:
    """The column at the end of `path` ("state", "pk", "ticket__number")."""
    name, _dots, rest = path.partition("__")
    column: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
    return _column(column.related_model, rest) if rest else cast(Column, column)


class Read(Generic[M]):
    """Whole rows of `rows` whose `columns` equal the values given at each run; none of them may be null."""

    def __init__(self, rows: QuerySet[M], *columns: str) -> None:
        self._rows, self._columns = rows, columns

    @cached_property
    def _compiled(self) -> Compiled:
        query = self._rows.filter(**_slots(self._rows.model, self._columns)).query
        return Compiled.rows_of(query, self._rows.model, by_key=True)

    def all(self, *values: Any) -> list[M]:
        """Every row that fits, in the order of the queryset, with its `select_related`."""
        if self._rows.query.select_for_update:
            require_atomic("a locking read")
        return self._compiled.run(values)

    def get(self, *values: Any) -> M:
        """The one row that fits; raises the model's DoesNotExist."""
        found = self.all(*values)
        if not found:
            raise self._rows.model.DoesNotExist(f"no row has {values}")  # type: ignore[attr-defined]
        return found[0]


class Insert(Generic[M]):
    """Stores a new row; with `ignore_conflicts` one that breaks a unique constraint is left out and gets no key."""

    def __init__(self, model: type[M], *, ignore_conflicts: bool = False) -> None:
        self._model, self._ignore = model, ignore_conflicts

    @cached_property
    def _compiled(self) -> tuple[str, list[Column]]:
        fields = [f for f in self._model._meta.concrete_fields if not isinstance(f, AutoField)]
        query = InsertQuery(self._model, on_conflict=OnConflict.IGNORE if self._ignore else None)
        query.insert_values(fields, [self._model()])
        compiler = query.get_compiler(DEFAULT_DB_ALIAS)
        compiler.returning_fields = [self._model._meta.pk]
        ((sql, _params),) = compiler.as_sql()
        return sql, fields

    def run(self, row: M) -> bool:
        """Store `row` and give it its key; False when it was left out."""
        sql, fields = self._compiled
        connection = connections[DEFAULT_DB_ALIAS]
        row._prepare_related_fields_for_save("insert")  # type: ignore[attr-defined]  # keys of parents stored since
        given = [(field, field.pre_save(row, True)) for field in fields]
        values = [None if value is None else field.get_db_prep_save(value, connection) for field, value in given]
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            stored = cursor.fetchone()
        if stored is None:
            return False
        row.pk = stored[0]
        row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
        return True


class Update(Generic[M]):
    """Sets columns of those of `rows` whose `columns` equal given values; composed once for each set of columns."""

    def __init__(self, rows: QuerySet[M], *columns: str) -> None:
        self._rows, self._columns = rows, columns
        self._composed: dict[tuple[str, ...], Sql] = {}

    def run(self, *where: Any, **changes: Any) -> int:
        """Write `changes` (`lead_id`, not `lead`); returns how many rows there were."""
        if len(where) != len(self._columns):
            raise TypeError(f"values are needed for {self._columns}")
        names = tuple(changes)
        sql, params = self._composed.get(names) or self._compose(names)
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(sql, bound(params, [*where, *changes.values()], connection))
            return int(cursor.rowcount)

    def _compose(self, names: tuple[str, ...]) -> Sql:
        model = self._rows.model
        where = _slots(model, self._columns)
        query = cast(UpdateQuery, self._rows.filter(**where).query.chain(UpdateQuery))
        query.add_update_values(_slots(model, names, first=len(where)))
        self._composed[names] = query.get_compiler(DEFAULT_DB_ALIAS).as_sql()
        return self._composed[names]
