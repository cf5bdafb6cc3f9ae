"""What the ORM does not say: rows made from a query in one statement. Both engines."""

from collections.abc import Sequence
from typing import Any, cast

from django.db import connection, models
from django.db.models import QuerySet


def insert_from(model: type[models.Model], columns: Sequence[str], rows: "QuerySet[Any, Any]") -> int:
    """Insert what `rows` (a values_list in the order of `columns`) selects; what breaks a unique rule is left out.

    Returns how many rows there are more.
    """
    sql, params = rows.query.get_compiler(connection=connection).as_sql()
    quote = connection.ops.quote_name
    fields = [cast("models.Field[Any, Any]", model._meta.get_field(name)) for name in columns]
    names = ", ".join(quote(field.get_attname_column()[1] or "") for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) {sql} ON CONFLICT DO NOTHING",
            params,
        )
        return int(cursor.rowcount)
