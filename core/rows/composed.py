"""Reads composed once for each key and run with new values: for statements that every page asks for.

Django composes the SQL of a queryset anew every time. For the counts of the tabs over the queue that takes ten times
as long as the database takes to answer. A function that makes such a queryset is decorated with `composed`; it is
called once for each key (its positional arguments), with a slot in place of each value that differs from run to run
(its keyword arguments), and what Django made of it is kept:

    @composed(now=DateTimeField())
    def overdue(scope: Scope, *, now: Value) -> QuerySet[Ticket]:
        return Ticket.objects.within(scope).filter(due_at__lte=now)

    overdue(scope.bare, now=clock.now())  # a list of rows, as the queryset would give them

Only the wording is kept, never a row. That it depends on the key alone is not left to care: while a statement is being
composed nobody may ask what time it is or read the database. A slot can stand where an expression can; in Python it is
no moment and no number.

This module and `core.rows.prepared` are where the house leans on Django's insides. An upgrade of Django has to check:
`Query.get_compiler`, `SQLCompiler.as_sql`, `.select`, `.klass_info`, `.annotation_col_map` and `.get_converters`,
`BaseDatabaseWrapper.make_debug_cursor` and `._prepare_cursor`, `ServerBindingCursor`, `get_related_populators`, and the
order of columns of `values_list`;
tests/core/rows/test_composed.py compares each of them with the ORM on both engines.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Count, Expression, Field, Model, QuerySet
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.db.models.sql import Query
from django.db.models.sql.compiler import SQLCompiler

from core import clock

R = TypeVar("R")
MOST_KEPT = 256
"""Wordings kept of one statement, the last used: about as many as people use one process."""
populators_of: Callable[..., list[Any]] = get_related_populators  # as of 5.2 it takes a third argument
if TYPE_CHECKING:
    Column = Field[Any, Any]
else:  # Django's fields take no type parameters at run time
    Column = Field


class Slot(Expression):
    """Where the value with this index goes; it stands among the parameters until the statement is run."""

    def __init__(self, index: int, column: Column) -> None:
        super().__init__(output_field=column)
        self.index, self.column = index, column

    def as_sql(self, _compiler: SQLCompiler, _connection: Any) -> tuple[str, Any]:
        return "%s", (self,)


def bound(params: Sequence[Any], values: Sequence[Any], connection: Any) -> list[Any]:
    """`params` with the slots filled from `values`."""
    return [p.column.get_db_prep_save(values[p.index], connection) if isinstance(p, Slot) else p for p in params]


@dataclass(frozen=True)
class Compiled:
    """A SELECT with all it takes to make rows of its answer, as Django's own iterables do."""

    sql: str
    params: Sequence[Any]
    converters: Sequence[tuple[int, Any, Any]]
    model: type[Model] | None  # None: the rows are plain tuples
    names: Sequence[str] = ()  # of the model's columns, which come first
    related: Sequence[Any] = ()  # what fills in the rows of select_related
    annotated: Sequence[tuple[str, int]] = ()
    by_key: bool = False

    @classmethod
    def rows_of(cls, query: Query, model: type[Model], *, by_key: bool = False) -> "Compiled":
        """Of a query for whole rows, also with `select_related`, `only` and annotations; for `by_key` see below."""
        compiler, sql, params, converters = _compile(query)
        chosen = [cast(Any, column[0]) for column in compiler.select or ()]
        info = cast(Any, compiler.klass_info)
        names = [chosen[index].target.attname for index in info["select_fields"]]
        related = populators_of(info, compiler.select, DEFAULT_DB_ALIAS)
        annotated = tuple((compiler.annotation_col_map or {}).items())
        return cls(sql, params, converters, model, names, related, annotated, by_key)

    @classmethod
    def tuples_of(cls, query: Query) -> "Compiled":
        """Of a query for plain values."""
        _compiler, sql, params, converters = _compile(query)
        return cls(sql, params, converters, None)

    def run(self, values: Sequence[Any]) -> list[Any]:
        """Its rows with these values in the slots."""
        connection = connections[DEFAULT_DB_ALIAS]
        with planned_once(connection) if self.by_key else connection.cursor() as cursor:
            cursor.execute(self.sql, bound(self.params, values, connection))
            found = cursor.fetchall()
        if self.converters:
            found = [self._converted(list(columns), connection) for columns in found]
        return found if self.model is None else [self._row(self.model, columns) for columns in found]

    def _converted(self, columns: list[Any], connection: Any) -> tuple[Any, ...]:
        for at, converters, expression in self.converters:
            value = columns[at]
            for convert in converters:
                value = convert(value, expression, connection)
            columns[at] = value
        return tuple(columns)

    def _row(self, model: type[Model], columns: Sequence[Any]) -> Model:
        row = model.from_db(DEFAULT_DB_ALIAS, self.names, columns[: len(self.names)])
        for related in self.related:
            related.populate(columns, row)
        for name, at in self.annotated:
            setattr(row, name, columns[at])
        return row


def _compile(query: Query) -> tuple[Any, str, Sequence[Any], Sequence[tuple[int, Any, Any]]]:
    compiler: Any = query.get_compiler(DEFAULT_DB_ALIAS)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([column[0] for column in compiler.select or ()])
    return compiler, sql, params, tuple((at, *rest) for at, rest in converters.items())


class _Kept:
    """What is common to both kinds of statements: the function, its slots, and what was made of it for each key."""

    def __init__(self, compose: Callable[..., Any], columns: Mapping[str, Column]) -> None:
        self._compose, self._columns = compose, columns
        self.__doc__ = compose.__doc__

    def _composed(self, *key: Any) -> Any:
        """What the function makes for a key, with slots for values; it may not look at anything else."""
        slots = {name: Slot(index, column) for index, (name, column) in enumerate(self._columns.items())}
        with clock.unasked(), connections[DEFAULT_DB_ALIAS].execute_wrapper(_refuse):
            return self._compose(*key, **slots)

    def _in_order(self, values: Mapping[str, Any]) -> list[Any]:
        return [values[name] for name in self._columns]


class Statement(_Kept, Generic[R]):
    """What `composed` makes of a function: called with a key and values, it answers with rows."""

    def __init__(
        self, compose: Callable[..., QuerySet[Any, R]], columns: Mapping[str, Column], *, by_key: bool = False
    ) -> None:
        super().__init__(compose, columns)
        self._by_key = by_key
        self._compiled = lru_cache(maxsize=MOST_KEPT)(self._compile)

    def __call__(self, *key: Any, **values: Any) -> list[R]:
        compiled = self._compiled(*key)
        return [] if compiled is None else cast(list[R], compiled.run(self._in_order(values)))

    def plain(self, *key: Any, **values: Any) -> QuerySet[Any, R]:
        """The queryset itself: what a run has to equal."""
        return cast("QuerySet[Any, R]", self._compose(*key, **values))

    def _compile(self, *key: Any) -> Compiled | None:
        """None where no row can ever fit."""
        rows: Any = self._composed(*key)
        with suppress(EmptyResultSet):
            if rows._iterable_class is ValuesListIterable:
                return Compiled.tuples_of(rows.query)
            if rows._iterable_class is ModelIterable and not rows._prefetch_related_lookups:
                return Compiled.rows_of(rows.query, rows.model, by_key=self._by_key)
            raise TypeError("a statement gives whole rows without prefetching, or tuples of values_list")
        return None


Counting = tuple[QuerySet[Any], Mapping[str, Count]]
"""Rows, and what to count of them under which names."""


class Counts(_Kept):
    """What `counting` makes of a function: called with a key and values, it answers as `rows.aggregate` would."""

    def __init__(self, compose: Callable[..., Counting], columns: Mapping[str, Column]) -> None:
        super().__init__(compose, columns)
        self._written = lru_cache(maxsize=MOST_KEPT)(self._write)

    def __call__(self, *key: Any, **values: Any) -> dict[str, int]:
        names, statement = self._written(*key)
        if statement is None:
            return dict.fromkeys(names, 0)
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(statement.sql, bound(statement.params, self._in_order(values), connection))
            return dict(zip(names, cursor.fetchone(), strict=True))

    def plain(self, *key: Any, **values: Any) -> dict[str, int]:
        """What the ORM counts: what a run has to equal."""
        rows, counts = self._compose(*key, **values)
        return cast(dict[str, int], rows.aggregate(**counts))

    def _write(self, *key: Any) -> "tuple[tuple[str, ...], _Caught | None]":
        """Names and statement; no statement where no row can ever fit."""
        rows, counts = self._composed(*key)
        try:
            with connections[DEFAULT_DB_ALIAS].execute_wrapper(_catch), _unlogged():
                rows.aggregate(**counts)
        except _Caught as statement:
            return tuple(counts), statement
        return tuple(counts), None


class _Caught(Exception):
    """A statement on its way to the database. Counts are plain numbers on both engines, so nothing else is needed."""

    def __init__(self, sql: str, params: Sequence[Any]) -> None:
        super().__init__(sql)
        self.sql, self.params = sql, params


def _catch(_execute: Any, sql: str, params: Sequence[Any], *_rest: Any) -> NoReturn:
    raise _Caught(sql, params)


@contextmanager
def _unlogged() -> Iterator[None]:
    """No cursor that keeps a log of statements: it quotes what stands among the parameters, and a slot is no value."""
    connection: Any = connections[DEFAULT_DB_ALIAS]
    connection.make_debug_cursor = connection.make_cursor
    try:
        yield
    finally:
        del connection.make_debug_cursor


def _refuse(_execute: Any, sql: str, *_rest: Any) -> NoReturn:
    raise RuntimeError(f"a statement that is kept may not depend on what the database says: {sql[:80]}")


def composed(**columns: Any) -> Callable[[Callable[..., QuerySet[Any, R]]], Statement[R]]:
    """Keeps what Django makes of a function's queryset; `columns` say of what kind each value is."""
    return lambda compose: Statement(compose, columns)


def found_by_key(**columns: Any) -> Callable[[Callable[..., QuerySet[Any, R]]], Statement[R]]:
    """`composed` for few rows found by a key: PostgreSQL keeps the plan too.

    To plan the read of a ticket with its eleven joins takes ten times as long as to run it. Lists stay with
    `composed`: how they are best read depends on the values.
    """
    return lambda compose: Statement(compose, columns, by_key=True)


def planned_once(connection: Any) -> Any:
    """A cursor whose statements the database plans once for a connection.

    A plain one on SQLite, where planning is cheap, and while statements are logged: run by its name one has no text.
    """
    if connection.vendor != "postgresql" or connection.queries_logged:
        return connection.cursor()
    from django.db.backends.postgresql.base import ServerBindingCursor  # is there on PostgreSQL only

    connection.ensure_connection()
    return connection._prepare_cursor(ServerBindingCursor(connection.connection))  # type: ignore[call-arg]


def counting(**columns: Any) -> Callable[[Callable[..., Counting]], Counts]:
    """The same of a function that says what to count of which rows."""
    return lambda compose: Counts(compose, columns)
