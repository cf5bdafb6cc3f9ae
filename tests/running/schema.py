"""What a database is made of, said so that two of one engine can be compared: by table, in no order."""

import re
from collections import defaultdict
from typing import Any

Schema = dict[str, list[str]]
"""Table, or kind of what lies in none -> what belongs to it."""
POSTGRES = (
    """
    SELECT c.relname, concat_ws(' ', a.attname, format_type(a.atttypid, a.atttypmod), a.attidentity,
                                CASE WHEN a.attnotnull THEN 'not null' END, pg_get_expr(d.adbin, d.adrelid))
      FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r'
      LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
     WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
    """,
    """
    SELECT conrelid::regclass::text, concat_ws(' ', conname, pg_get_constraintdef(oid), convalidated)
      FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT tgrelid::regclass::text, concat_ws(' ', pg_get_triggerdef(t.oid), tgenabled)
      FROM pg_trigger t WHERE NOT tgisinternal
    """,
    "SELECT 'functions', pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT 'sequences', relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace",
    "SELECT 'views', relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace",
    "SELECT 'extensions', extname FROM pg_extension",
)


def of_postgres(connection: Any) -> Schema:
    found: Schema = defaultdict(list)
    for query in POSTGRES:
        for name, said in connection.execute(query).fetchall():
            found[name].append(said)
    return {name: sorted(said) for name, said in found.items()}


def of_sqlite(connection: Any) -> Schema:
    found: Schema = defaultdict(list)
    rows = connection.execute("SELECT tbl_name, type, sql FROM sqlite_master WHERE sql IS NOT NULL")
    for table, kind, said in rows.fetchall():
        found[table] += _parts(said) if kind == "table" else [said]
    return {name: sorted(said) for name, said in found.items()}


def _parts(statement: str) -> list[str]:
    """Columns and constraints of a table."""
    inner = statement[statement.index("(") + 1 : statement.rindex(")")]
    parts, depth = [""], 0
    for piece in re.split(r"([(),])", inner):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and not depth:
            parts.append("")
        else:
            parts[-1] += piece
    return sorted(part.strip() for part in parts)
