"""What the ORM does not say of JSON lists: labels in them. Both engines."""

from collections.abc import Sequence

from django.db import connection, models
from django.db.models import F, Func, Q, Value


class _InList(Func):
    """SQLite: whether a JSON list has an element."""

    template = "EXISTS (SELECT 1 FROM json_each(%(expressions)s)"
    arg_joiner = ") WHERE value = "
    output_field = models.BooleanField()


def has_any(column: str, labels: Sequence[str]) -> Q:
    """Rows whose JSON list `column` has one of `labels`."""
    found = Q(pk__in=())
    for label in labels:
        if connection.vendor == "sqlite":
            found |= Q(_InList(F(column), Value(label)))
        else:
            found |= Q(**{f"{column}__contains": [label]})
    return found
