"""Serial numbers: the next one of a series that is kept as a row with `last`, without gaps and without doubles."""

from typing import Any

from django.db.models import F, Model

from core.locks import require_atomic


def advance(series: type[Model], **key: Any) -> int:
    """The next serial of the row that `key` names, inside the caller's transaction (locks the row)."""
    require_atomic("series.advance")
    rows = series._default_manager.filter(**key)
    if not rows.update(last=F("last") + 1):
        series._default_manager.bulk_create([series(**key)], ignore_conflicts=True)
        rows.update(last=F("last") + 1)
    return int(rows.values_list("last", flat=True).get())
