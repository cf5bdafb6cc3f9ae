"""What differs between the engines: the index of the words that households are found by, and many rows at once."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import connection, models

from core import wordindex

BATCH: Final = 2000

TABLE: Final = "grids_household"
LAY: Final = wordindex.lay(TABLE, id="id", column="words")
LIFT: Final = wordindex.lift(TABLE, id="id", column="words")


def holding(phrases: Sequence[str]) -> wordindex.Found:
    """Households whose words hold all of these phrases (`core.pairs.phrases_of`)."""
    return wordindex.Found("pk", TABLE, phrases, id="id", column="words", own=True)


def insert(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    """Many new rows: PostgreSQL reads them as a stream, SQLite takes them in batches. They get no primary keys here."""
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create(rows, batch_size=BATCH)
        return
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    columns = [(field.attname, None if _is_plain(field) else field.get_db_prep_save) for field in fields]
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            values = ((getattr(row, name), prepare) for name, prepare in columns)
            copy.write_row([prepare(value, connection) if prepare else value for value, prepare in values])


def _is_plain(field: Any) -> bool:
    """Whether the database takes the value as it stands in the row."""
    return isinstance(field, models.ForeignKey) or type(field) in (models.CharField, models.TextField)
