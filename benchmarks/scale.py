"""Grow a demo database to many tickets by copying those that went through the real workflow, inside the database.

Each copy of the ended tickets lies some days further back, so that a hundred thousand fill about a year and two
million two years; the open ones are copied as they stand, ten times, so that lists of open work are as long as that
makes them.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Max, QuerySet

from insights.counting import tally
from insights.models import DailyTally, SpeedTally, StepTally, Watermark
from issues.models import Clock, GuardedWords, Ticket, TicketEvent, TicketWords
from issues.workflow import ENDED_STATES, OPEN_STATES

HANGING: tuple[tuple[type[models.Model], str], ...] = (
    (Ticket, "id"), (TicketEvent, "ticket_id"), (Clock, "ticket_id"), (TicketWords, "ticket_id"),
    (GuardedWords, "ticket_id"),
)  # fmt: skip
DAYS_APART, SPAN = 10, 730  # days between copies, and at most from the first to the last
OPEN_COPIES = 10
# How a column is written for the copy: {c} the column, {d} days back, {k} which copy, {s} what ids are raised by.
# Words end in the marks of their day (`issues.engine.words`).
MOVED = {
    "sqlite": {
        "moment": "strftime('%Y-%m-%d %H:%M:%f', {c}, '-{d} days')",
        "facts": "json_set({c}, '$.day', date(json_extract({c}, '$.day'), '-{d} days'))",
        "code": "printf('0%07d', id + {s})",
        "day": "date({c}, -{d} || ' days')",
        "text": (
            "substr({c}, 1, instr({c}, char(57346)) - 1) || (SELECT char(57346) || substr(strftime('%Y%m%d', day), 3)"
            " || ' ' || char(57347) || substr(strftime('%Y%m', day), 3) FROM (SELECT date('20'"
            " || substr({c}, instr({c}, char(57346)) + 1, 2) || '-' || substr({c}, instr({c}, char(57346)) + 3, 2)"
            " || '-' || substr({c}, instr({c}, char(57346)) + 5, 2), '-{d} days') AS day))"
        ),
    },
    "postgresql": {
        "moment": "{c} - interval '{d} days'",
        "facts": "jsonb_set({c}, '{{day}}', to_jsonb((({c}->>'day')::date - {d})::text))",
        "code": "'0' || lpad((id + {s})::text, 7, '0')",
        "day": "{c} - {d}",
        "text": (
            "split_part({c}, chr(57346), 1) || (SELECT chr(57346) || to_char(day, 'YYMMDD') || ' ' || chr(57347)"
            " || to_char(day, 'YYMM') FROM (SELECT to_date(left(split_part({c}, chr(57346), 2), 6), 'YYMMDD') - {d}"
            " AS day) AS moved)"
        ),
    },
}
NUMBER = "'C{k}' || substr({c}, 5)"
RAISED = "{c} + {s}"


def grow(total: int, story: QuerySet[Ticket]) -> None:
    """Copy the tickets of `story`, with their log and clocks, until there are about `total`, and count them.

    What the bench itself has placed by the hundred, all in one place, is not a county's and stays as it is.
    """
    step = (Ticket.objects.aggregate(last=Max("id"))["last"] or 0) + 1
    # what a paper hangs on is not copied with it
    bare = story.filter(exclusion="", extension="", pk__lt=step)
    once = Ticket.objects.filter(pk__lt=step).exclude(pk__in=bare.values("pk"))
    ended = bare.filter(state__in=sorted(ENDED_STATES))
    still_open = bare.filter(state__in=sorted(OPEN_STATES))
    copies = max(total - Ticket.objects.count() - OPEN_COPIES * still_open.count(), 0) // ended.count()
    apart = max(min(DAYS_APART, SPAN // max(copies, 1)), 1)
    with _unburdened():
        _set_apart(still_open)
        for copy in range(1, OPEN_COPIES + 1):
            _copy(copy, step, days=0)
        _set_apart(ended)
        for copy in range(1, copies + 1):
            _copy(OPEN_COPIES + copy, step, days=apart * copy)
    _count(ended, still_open, once, copies, apart)
    _settle()


@contextmanager
def _unburdened() -> Iterator[None]:
    """Without indexes and foreign keys: PostgreSQL lays them quicker afterwards, and no copy breaks a whole key."""
    if connection.vendor != "postgresql":
        yield
        return
    tables = [model._meta.db_table for model, _key in HANGING]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)",
            [tables],
        )
        indexes = cursor.fetchall()
        cursor.execute("SET session_replication_role = replica")
        for name, _made in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
        yield
        for _name, made in indexes:
            cursor.execute(made)
        cursor.execute("RESET session_replication_role")


def _set_apart(tickets: QuerySet[Ticket]) -> None:
    """The originals in tables of their own, which do not grow while they are copied.

    A clock of a single department is left out, as what it hangs on is not copied.
    """
    sql, params = tickets.values("pk").query.sql_with_params()
    with connection.cursor() as cursor:
        for model, key in HANGING:
            table = model._meta.db_table
            where = f"{key} IN ({sql})" + (" AND call_id IS NULL" if model is Clock else "")
            cursor.execute(f"DROP TABLE IF EXISTS original_{table}")
            cursor.execute(f"CREATE TEMPORARY TABLE original_{table} AS SELECT * FROM {table} WHERE {where}", params)


@transaction.atomic
def _copy(copy: int, step: int, *, days: int) -> None:
    with connection.cursor() as cursor:
        for model, _key in HANGING:
            columns = [f for f in model._meta.concrete_fields if model is Ticket or not isinstance(f, models.AutoField)]
            written = ", ".join(_written(field, copy, step, days) for field in columns)
            names, table = ", ".join(f'"{field.column}"' for field in columns), model._meta.db_table
            cursor.execute(f"INSERT INTO {table} ({names}) SELECT {written} FROM original_{table}")


def _written(field: Any, copy: int, step: int, days: int) -> str:
    moved = MOVED[connection.vendor]
    ways = {"number": NUMBER, "code": moved["code"], "facts": moved["facts"], "ticket_id": RAISED}
    if field.model in (TicketWords, GuardedWords):
        ways["text"] = moved["text"]
    way = ways.get(field.column, "{c}")
    if field.primary_key:
        way = RAISED
    elif isinstance(field, models.DateTimeField) and days:
        way = moved["moment"]
    return way.format(c=f'"{field.column}"', d=days, k=copy, s=step * copy)


def _settle() -> None:
    """What a live database has done by then: sequences stand behind the last id, autovacuum has been round."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            table = Ticket._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))")
            cursor.execute("VACUUM ANALYZE")


@transaction.atomic
def _count(
    ended: QuerySet[Ticket], still_open: QuerySet[Ticket], once: QuerySet[Ticket], copies: int, apart: int
) -> None:
    """The tallies that folding the whole log would end in: those of the originals, copied and moved like them."""
    DailyTally.objects.all().delete()
    SpeedTally.objects.all().delete()
    StepTally.objects.all().delete()
    _add(ended, 1)
    _spread(DailyTally, ("area_id", "facet", "day", "value"), copies, apart)
    _spread(SpeedTally, ("area_id", "day", "bucket"), copies, apart)
    _spread_steps(copies, apart)
    _add(still_open, 1 + OPEN_COPIES)
    _add(once, 1)
    last = TicketEvent.objects.aggregate(last=Max("id"))["last"]
    Watermark.objects.update_or_create(name=tally.NAME, defaults={"event_id": last})


def _add(tickets: QuerySet[Ticket], times: int) -> None:
    delta = tally.Delta()
    for ticket in tally.with_logs(tickets):
        delta.add(tally.log_of(ticket), times)
    tally._write(delta)


def _spread_steps(copies: int, apart: int) -> None:
    """The same of the times by step, which lie together in one value and are added here."""
    moved: dict[tuple[int, date], tally.StepCounts] = {}
    for row in StepTally.objects.all():
        counts = tally.counted_steps(row.counts)
        for copy in range(1, copies + 1):
            key = row.area_id, row.day - timedelta(days=apart * copy)
            moved.setdefault(key, Counter()).update(counts)
    tally._write_steps(moved)


def _spread(model: type[models.Model], keys: tuple[str, ...], copies: int, apart: int) -> None:
    """Add what is counted already once more for each copy, on its days."""
    table, day = model._meta.db_table, MOVED[connection.vendor]["day"]
    columns = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    moved = {"day": day.format(c="day", d=f"({apart} * n)")}
    grouped = ", ".join(moved.get(key, key) for key in keys)
    chosen = ", ".join(moved.get(c, c) if c in keys else f"sum({c})" for c in columns)
    summed = ", ".join(f"{c} = {table}.{c} + excluded.{c}" for c in columns if c not in keys)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE spread AS SELECT {', '.join(columns)} FROM {table}")
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {copies})"
            f" SELECT {chosen} FROM spread CROSS JOIN copies WHERE n <= {copies} GROUP BY {grouped}"
            f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {summed}"
        )
        cursor.execute("DROP TABLE spread")
