"""New keys for old data: encrypted columns under the newest key, blind indexes under the one that is left.

Works through every table in batches, each in a transaction of its own, and skips what is done already, so that it may
be stopped and started at will and run beside the installation. A value that somebody writes meanwhile is left to them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from core.registry import Registry
from core.trust import audit
from core.trust.freetext import FreeJSONField, FreeTextField
from core.trust.privacy import EncryptedTextField, decrypt, reencrypted

BATCH = 1000
Normal = Callable[[str], str]


@dataclass(frozen=True)
class BlindIndex:
    """An index that follows from an encrypted column, and what makes the one of the other."""

    model: type[models.Model]
    column: str
    index: str
    make: Normal

    @property
    def key(self) -> str:
        return f"{self.model._meta.label}.{self.index}"


INDEXES: Registry[BlindIndex] = Registry("blind indexes", key=attrgetter("key"))


@dataclass(frozen=True)
class Turned:
    """How far one column is: values looked at and values written anew."""

    table: str
    column: str
    seen: int
    written: int


def rekey() -> Iterator[Turned]:
    """Every encrypted value under the newest key. Raises UnreadableField where no configured key fits."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, EncryptedTextField):
                yield rewrite(model, field.attname, field.attname, reencrypted)
            elif isinstance(field, FreeTextField | FreeJSONField):
                yield rewrite(model, field.attname, field.attname, field.rekeyed)
    with transaction.atomic():
        audit.record("core.rekeyed", None, actor=None)


def reindex() -> Iterator[Turned]:
    """Every blind index under the oldest key that is configured; searches miss until it is through."""
    for one in INDEXES:
        yield reindex_one(one.model, one.column, one.index, one.make)
    with transaction.atomic():
        audit.record("core.reindexed", None, actor=None)


def rewrite(model: type[models.Model], source: str, target: str, turn: Callable[[str], str]) -> Turned:
    """The column `target` of every row anew, as `turn` makes it of `source`, both as they are stored."""
    last, seen, written = 0, 0, 0
    while rows := _some(model, source, target, last):
        with transaction.atomic(), connection.cursor() as cursor:
            for pk, stored, held in rows:
                new = turn(stored)
                if new != held:
                    cursor.execute(_statement(model, source, target), [new, pk, stored])
                    written += cursor.rowcount
        last, seen = rows[-1][0], seen + len(rows)
    return Turned(model._meta.db_table, target, seen, written)


def reindex_one(model: type[models.Model], column: str, index: str, make: Normal) -> Turned:
    """One blind index anew, as `make` makes it of what `column` holds."""
    return rewrite(model, column, index, _indexed(make))


def _indexed(make: Normal) -> Callable[[str], str]:
    return lambda stored: make(decrypt(stored))


def _some(model: type[models.Model], source: str, target: str, last: int) -> list[tuple[Any, str, str]]:
    key, *columns = (connection.ops.quote_name(name) for name in (model._meta.pk.column or "", source, target))
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"SELECT {key}, {columns[0]}, {columns[1]} FROM {table} WHERE {key} > %s AND CAST({columns[0]} AS text) <> ''"  # noqa: S608 (names)
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} ORDER BY {key} LIMIT {BATCH}", [last])
        return list(cursor.fetchall())


def _statement(model: type[models.Model], source: str, target: str) -> str:
    quote = connection.ops.quote_name
    table, key = quote(model._meta.db_table), quote(model._meta.pk.column or "")
    return f"UPDATE {table} SET {quote(target)} = %s WHERE {key} = %s AND CAST({quote(source)} AS text) = %s"  # noqa: S608 (names)
