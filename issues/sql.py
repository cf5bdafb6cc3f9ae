"""SQL that differs between SQLite and PostgreSQL, both variants side by side: the index of words.

Both find the rows of a table of words that hold a sequence of pairs (`issues.words`): SQLite by a phrase in an FTS5
index that triggers keep, PostgreSQL by a GIN index over the pairs and a look at their sequence. A migration that
rebuilds one of these tables on SQLite drops its triggers and has to lay the index anew.
`tests/issues/test_search.py` is the contract both fulfil.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.sql.datastructures import BaseTable

from issues.models import Ticket

TABLES: Final = ("issues_ticketwords", "issues_guardedwords")
# Pairs hold no ASCII but letters and digits (`issues.words.normal`): nothing here has to be quoted or escaped.
_FOUND: Final = {
    "sqlite": "{key} IN (SELECT rowid FROM {table}_index WHERE {table}_index MATCH %s)",
    "postgresql": "{key} IN (SELECT ticket_id FROM {table} WHERE {tests})",
}
_HOLDS: Final = "string_to_array(text, ' ') @> string_to_array(%s, ' ')"
_IN_SEQUENCE: Final = "text LIKE %s"


_LEARN: Final = "INSERT INTO {table}_index(rowid, text) VALUES (new.ticket_id, new.text);"
_FORGET: Final = "INSERT INTO {table}_index({table}_index, rowid, text) VALUES ('delete', old.ticket_id, old.text);"
_LAY: Final = {
    "sqlite": (
        "CREATE VIRTUAL TABLE {table}_index USING fts5("
        "text, content='{table}', content_rowid='ticket_id', tokenize='ascii')",
        "CREATE TRIGGER {table}_insert AFTER INSERT ON {table} BEGIN " + _LEARN + " END",
        "CREATE TRIGGER {table}_delete AFTER DELETE ON {table} BEGIN " + _FORGET + " END",
        "CREATE TRIGGER {table}_update AFTER UPDATE ON {table} BEGIN " + _FORGET + _LEARN + " END",
    ),
    "postgresql": ("CREATE INDEX {table}_index ON {table} USING gin (string_to_array(text, ' '))",),
}
_LIFT: Final = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS {table}_insert",
        "DROP TRIGGER IF EXISTS {table}_delete",
        "DROP TRIGGER IF EXISTS {table}_update",
        "DROP TABLE IF EXISTS {table}_index",
    ),
    "postgresql": ("DROP INDEX IF EXISTS {table}_index",),
}


def _of_each(statements: dict[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {
        vendor: [one.format(table=table) for table in TABLES for one in each] for vendor, each in statements.items()
    }


LAY: Final = _of_each(_LAY)
LIFT: Final = _of_each(_LIFT)


class Found(Func):
    """Whether the row with the key `key` holds all of `phrases` (pairs with blanks between) in `table`."""

    output_field = BooleanField()

    def __init__(self, key: str, table: str, phrases: Sequence[str]) -> None:
        super().__init__(F(key))
        self.table, self.phrases = table, tuple(phrases)

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, Any]:
        """A phrase in quotes is a sequence of tokens."""
        key, params = compiler.compile(self.source_expressions[0])
        wanted = " AND ".join(f'"{phrase}"' for phrase in self.phrases)
        return _FOUND["sqlite"].format(key=key, table=self.table), [*params, wanted]

    def as_postgresql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, Any]:
        """The index knows which pairs a row has; in which sequence is looked up in the rows that have them all."""
        key, params = compiler.compile(self.source_expressions[0])
        longer = [phrase for phrase in self.phrases if " " in phrase]
        tests = " AND ".join([_HOLDS, *[_IN_SEQUENCE] * len(longer)])
        values = [" ".join(self.phrases), *(f"%{phrase}%" for phrase in longer)]
        return _FOUND["postgresql"].format(key=key, table=self.table, tests=tests), [*params, *values]


class _ByKey(BaseTable):
    """A table whose rows are looked up by their key only. SQLite has to be told, PostgreSQL knows its numbers."""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        sql, params = super().as_sql(compiler, connection)
        return (f"{sql} NOT INDEXED" if connection.vendor == "sqlite" else sql), params


def by_key(rows: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """The same tickets, for a list of what a search found.

    Without statistics SQLite takes the index of a county for the shorter way and reads every ticket of it.
    """
    rows = rows.all()
    alias = str(rows.query.get_initial_alias())
    table = rows.query.alias_map[alias]
    rows.query.alias_map = {**rows.query.alias_map, alias: _ByKey(table.table_name, table.table_alias)}
    return rows
