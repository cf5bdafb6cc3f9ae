"""Grow a demo database to many tickets by copying those that went through the real workflow, inside the database.

Each copy of the ended tickets lies ten days further back, so that a hundred thousand fill about a year; the
open ones are copied as they stand, ten times, so that lists of open work are as long as that makes them.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max, QuerySet

from insights import tally
from insights.models import DailyTally, SpeedTally, Watermark
from issues.models import Assist, Clock, Ticket, TicketEvent
from issues.workflow import ENDED_STATES, OPEN_STATES

DAYS_APART = 10
OPEN_COPIES = 10
BATCH = 5000
# How a column is written for the copy: {c} the column, {d} days back, {k} which copy, {s} what ids are raised by.
MOVED = {
    "sqlite": {
        "moment": "strftime('%Y-%m-%d %H:%M:%f', {c}, '-{d} days')",
        "facts": "json_set({c}, '$.day', date(json_extract({c}, '$.day'), '-{d} days'))",
        "code": "printf('0%07d', id + {s})",
    },
    "postgresql": {
        "moment": "{c} - interval '{d} days'",
        "facts": "jsonb_set({c}, '{{day}}', to_jsonb((({c}->>'day')::date - {d})::text))",
        "code": "'0' || lpad((id + {s})::text, 7, '0')",
    },
}
NUMBER = "'C{k}' || substr({c}, 5)"
RAISED = "{c} + {s}"


def grow(total: int) -> None:
    """Copy tickets, with their log, clocks and assisting departments, until there are about `total`."""
    step = (Ticket.objects.aggregate(last=Max("id"))["last"] or 0) + 1
    ended = Ticket.objects.filter(state__in=sorted(ENDED_STATES), pk__lt=step)
    still_open = Ticket.objects.filter(state__in=sorted(OPEN_STATES), pk__lt=step)
    for copy in range(1, OPEN_COPIES + 1):
        _copy(still_open, copy, step, days=0)
    missing = total - Ticket.objects.count()
    for copy in range(1, max(missing, 0) // ended.count() + 1):
        _copy(ended, OPEN_COPIES + copy, step, days=DAYS_APART * copy)
    _settle()
    recount()


@transaction.atomic
def _copy(tickets: QuerySet[Ticket], copy: int, step: int, *, days: int) -> None:
    bounds: tuple[str, tuple[Any, ...]] = tickets.values("pk").query.sql_with_params()
    for model, key in ((Ticket, "id"), (TicketEvent, "ticket_id"), (Clock, "ticket_id"), (Assist, "ticket_id")):
        columns = [field for field in model._meta.concrete_fields if model is Ticket or not field.primary_key]
        written = ", ".join(_written(field, copy, step, days) for field in columns)
        names = ", ".join(f'"{field.column}"' for field in columns)
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} ({names}) SELECT {written} FROM {table} WHERE {key} IN ({bounds[0]})", bounds[1]
            )


def _written(field: Any, copy: int, step: int, days: int) -> str:
    moved = MOVED[connection.vendor]
    ways = {"number": NUMBER, "code": moved["code"], "facts": moved["facts"], "ticket_id": RAISED}
    way = ways.get(field.column, "{c}")
    if field.primary_key:
        way = RAISED
    elif isinstance(field, models.DateTimeField) and days:
        way = moved["moment"]
    return way.format(c=f'"{field.column}"', d=days, k=copy, s=step * copy).replace("%", "%%")


def _settle() -> None:
    """What a live database has done by then: sequences stand behind the last id, autovacuum has been round."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            table = Ticket._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            cursor.execute("VACUUM ANALYZE")


@transaction.atomic
def recount() -> None:
    """The tallies straight from the tickets, which is what folding the whole log would end in."""
    DailyTally.objects.all().delete()
    SpeedTally.objects.all().delete()
    found = tally.expected()
    keys = ("area_id", "day", "item_code", "lead_id")
    _store(DailyTally, (dict(zip(keys, key, strict=True)) | counts for key, counts in found.counts.items()))
    keys = ("area_id", "day", "bucket")
    _store(SpeedTally, (dict(zip(keys, key, strict=True), tickets=n) for key, n in found.speeds.items()))
    last = TicketEvent.objects.aggregate(last=Max("id"))["last"]
    Watermark.objects.update_or_create(name=tally.NAME, defaults={"event_id": last})


def _store(model: Any, rows: Iterator[dict[str, Any]]) -> None:
    while batch := list(islice(rows, BATCH)):
        model.objects.bulk_create((model(**row) for row in batch), batch_size=BATCH)
