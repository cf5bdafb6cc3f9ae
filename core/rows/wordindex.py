"""SQL that differs between SQLite and PostgreSQL, both variants side by side: the index of words.

Both find the rows of a table whose column of words holds a sequence of pairs (`core.rows.bigrams`): SQLite by a
phrase in an FTS5 index that triggers keep, PostgreSQL by a GIN index over the pairs and a look at their sequence. A
migration that rebuilds such a table on SQLite drops its triggers and has to lay the index anew.
`tests/issues/finding/test_search.py` and `tests/households/test_search.py` are the contract both fulfil.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import BooleanField, F, Func

# Pairs hold no ASCII but letters and digits (`core.rows.bigrams.normal`): nothing here has to be quoted or escaped.
_FOUND: Final = {
    "sqlite": "{key} IN (SELECT rowid FROM {table}_index WHERE {table}_index MATCH %s)",
    "postgresql": "{key} IN (SELECT {id} FROM {table} WHERE {tests})",
}
_HOLDS: Final = "string_to_array({column}, ' ') @> string_to_array(%s, ' ')"
_HOLDS_ANY: Final = "string_to_array({column}, ' ') && string_to_array(%s, ' ')"
_IN_SEQUENCE: Final = "{column} LIKE %s"
_LEARN: Final = "INSERT INTO {table}_index(rowid, {column}) VALUES (new.{id}, new.{column});"
_FORGET: Final = "INSERT INTO {table}_index({table}_index, rowid, {column}) VALUES ('delete', old.{id}, old.{column});"
_LAY: Final = {
    "sqlite": (
        "CREATE VIRTUAL TABLE {table}_index USING fts5("
        "{column}, content='{table}', content_rowid='{id}', tokenize='ascii')",
        "CREATE TRIGGER {table}_insert AFTER INSERT ON {table} BEGIN " + _LEARN + " END",
        "CREATE TRIGGER {table}_delete AFTER DELETE ON {table} BEGIN " + _FORGET + " END",
        "CREATE TRIGGER {table}_update AFTER UPDATE OF {column} ON {table} BEGIN " + _FORGET + _LEARN + " END",
    ),
    "postgresql": ("CREATE INDEX {table}_index ON {table} USING gin (string_to_array({column}, ' '))",),
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


def lay(*tables: str, id: str, column: str) -> dict[str, list[str]]:
    """What makes the index of these tables, by engine."""
    return _of_each(_LAY, tables, id, column)


def lift(*tables: str, id: str, column: str) -> dict[str, list[str]]:
    """What takes it away again."""
    return _of_each(_LIFT, tables, id, column)


def _of_each(
    statements: dict[str, tuple[str, ...]], tables: Sequence[str], id: str, column: str
) -> dict[str, list[str]]:
    return {
        vendor: [one.format(table=table, id=id, column=column) for table in tables for one in each]
        for vendor, each in statements.items()
    }


class Found(Func):
    """Whether the row of `table` whose `id` is the value of the field `key` holds all of `phrases` in `column`.

    With `among` it must also hold one of these words of one pair each, which the index looks up along with the others.
    With `own` the table is the one that is read: PostgreSQL then tests the column itself, so that it may choose
    between this index and the others of the query.
    """

    output_field = BooleanField()

    def __init__(
        self,
        key: str,
        table: str,
        phrases: Sequence[str],
        *,
        id: str,
        column: str,
        own: bool = False,
        among: Sequence[str] = (),
    ) -> None:
        super().__init__(*((F(key), F(column)) if own else (F(key),)))
        self.table, self.phrases, self.among = table, tuple(phrases), tuple(among)
        self.id, self.column, self.own = id, column, own

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, Any]:
        """A phrase in quotes is a sequence of tokens."""
        key, params = compiler.compile(self.source_expressions[0])
        wanted = " AND ".join(_quoted(self.phrases))
        if self.among:
            wanted += f" AND ({' OR '.join(_quoted(self.among))})"
        return _FOUND["sqlite"].format(key=key, table=self.table), [*params, wanted]

    def as_postgresql(self, compiler: Any, connection: Any, **_extra: Any) -> tuple[str, Any]:
        """The index knows which pairs a row has; in which sequence is looked up in the rows that have them all."""
        longer = [phrase for phrase in self.phrases if " " in phrase]
        values = [" ".join(self.phrases), *(f"%{phrase}%" for phrase in longer)]
        tests = [_HOLDS, *[_IN_SEQUENCE] * len(longer)]
        if self.among:
            tests, values = [*tests, _HOLDS_ANY], [*values, " ".join(self.among)]
        column = compiler.compile(self.source_expressions[1])[0] if self.own else self.column
        test = " AND ".join(tests).format(column=column)
        if self.own:
            return f"({test})", values
        key, params = compiler.compile(self.source_expressions[0])
        return _FOUND["postgresql"].format(key=key, id=self.id, table=self.table, tests=test), [*params, *values]


def _quoted(phrases: Sequence[str]) -> list[str]:
    return [f'"{phrase}"' for phrase in phrases]
