"""What differs between the engines: the index of the words that households are found by, and many rows at once."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection, models

from core.rows import wordindex

BATCH: Final = 2000

TABLE: Final = "grids_household"
LAY: Final = wordindex.lay(TABLE, id="id", column="words")
LIFT: Final = wordindex.lift(TABLE, id="id", column="words")


def holding(phrases: Sequence[str]) -> wordindex.Found:
    """Households whose words hold all of these phrases (`core.rows.bigrams.phrases_of`)."""
    return wordindex.Found("pk", TABLE, phrases, id="id", column="words", own=True)


def insert(model: type[models.Model], rows: Sequence[Mapping[str, object]]) -> None:
    """Many new rows, column by column; what a row does not name has its default. They get no primary keys here.

    PostgreSQL reads them as a stream, so that it writes the first while the next are prepared; SQLite takes batches.
    """
    if connection.vendor != "postgresql":
        model._default_manager.bulk_create((model(**row) for row in rows), batch_size=BATCH)
        return
    fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    columns = [(field.attname, None if _is_plain(field) else field.get_db_prep_save) for field in fields]
    unnamed = {field.attname: field.get_default() for field in fields}
    with connection.cursor() as cursor, cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:
        for row in rows:
            whole = {**unnamed, **row}
            copy.write_row([prep(whole[name], connection) if prep else whole[name] for name, prep in columns])


_PLAIN: Final = (models.CharField, models.TextField, models.BooleanField, models.DateTimeField)
_NUMBERS: Final = (models.PositiveIntegerField, models.PositiveSmallIntegerField)


def _is_plain(field: Any) -> bool:
    """Whether the database takes the value as it stands in the row."""
    return isinstance(field, models.ForeignKey) or type(field) in (*_PLAIN, *_NUMBERS)
