"""How tickets are looked up by what a search found: the index of words (`core.rows.wordindex`) and rows by their
key.
"""

from typing import Any, Final

from django.db.models import QuerySet
from django.db.models.sql.datastructures import BaseTable

from core.rows import wordindex
from issues.models import Ticket

TABLES: Final = ("issues_ticketwords", "issues_guardedwords")
KEY, TEXT = "ticket_id", "text"
LAY: Final = wordindex.lay(*TABLES, id=KEY, column=TEXT)
LIFT: Final = wordindex.lift(*TABLES, id=KEY, column=TEXT)


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
