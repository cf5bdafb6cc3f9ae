"""Who is still writing: SQL of the tallies that differs between SQLite and PostgreSQL, both variants side by side."""

from typing import Final

from django.db import connection

_WRITING: Final = """
    SELECT virtualtransaction FROM pg_locks
     WHERE locktype = 'relation' AND relation = %s::regclass AND mode = 'RowExclusiveLock'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND pid IS DISTINCT FROM pg_backend_pid()
"""


def writers_of(table: str) -> frozenset[str]:
    """The transactions of others that have written to `table`, or are about to, and have not ended.

    PostgreSQL: whoever writes holds a lock of this mode on the table from before it draws its first id until its rows
    are seen by all; looking at the locks takes none. SQLite: nobody, since there is one writer at a time and the next
    begins where its rows are seen.
    """
    if connection.vendor == "sqlite":
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_WRITING, [table])
        return frozenset(row[0] for row in cursor.fetchall())
