"""Keeps the tallies up with the ticket log; their only writer.

`fold` counts the events after the watermark: what a ticket stood for before comes out, what it stands for
now goes in, and the watermark moves in the same transaction. The result equals `expected` at any time.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Max

from core import locks
from insights.metrics import BUCKET_RATIO, METRICS
from insights.models import DailyTally, SpeedTally, Watermark
from issues.facts import complete, facts_of, is_counted
from issues.models import Ticket, TicketEvent

NAME = "tickets"
BATCH = 1000
PATH = ("area", "grid", "village", "township", "county")
LOCK_TIMEOUT_MS = 250

Key = tuple[int, date, str, int]
SpeedKey = tuple[int, date, int]
Facts = Mapping[str, Any]


class Delta:
    """Changes to the tallies, gathered before they are written."""

    def __init__(self) -> None:
        self.counts: dict[Key, Counter[str]] = {}
        self.speeds: Counter[SpeedKey] = Counter()

    def add(self, facts: Facts, sign: int) -> None:
        """Count a ticket's standing in (+1) or out (-1), at every level of its path."""
        if not is_counted(facts):
            return
        facts = complete(facts)
        day = date.fromisoformat(facts["day"])
        gained = {m.name: sign * m.counts(facts) for m in METRICS}
        minutes = facts["done_minutes"] if facts["scored"] else None
        for area in {facts[level] for level in PATH}:
            row = self.counts.setdefault((area, day, facts["item"], facts["lead"] or 0), Counter())
            for name, amount in gained.items():
                row[name] += amount
            if minutes is not None:
                self.speeds[area, day, bucket_of(minutes)] += sign


def bucket_of(minutes: int) -> int:
    """The bucket of a handling time: bucket n ends at BUCKET_RATIO ** n minutes."""
    return 0 if minutes <= 1 else math.ceil(math.log(minutes) / math.log(BUCKET_RATIO))


def minutes_of(bucket: int) -> float:
    """The middle of a bucket, in working minutes."""
    return float(BUCKET_RATIO ** (bucket - 0.5)) if bucket else 1.0


def fold() -> int:
    """Count one batch of events after the watermark; returns how many (0: up to date, or busy)."""
    newest = _settled()
    if newest is None:
        return 0
    with transaction.atomic():
        locks.hold("insights.fold")
        mark, _created = Watermark.objects.get_or_create(name=NAME)
        events = list(
            TicketEvent.objects.filter(id__gt=mark.event_id, id__lte=newest)
            .order_by("id")
            .values_list("id", "ticket_id", "facts")[:BATCH]
        )
        if not events:
            return 0
        _write(_delta(events, mark.event_id))
        Watermark.objects.filter(name=NAME).update(event_id=events[-1][0])
    return len(events)


def catch_up() -> int:
    """Fold until nothing is left; returns how many events were counted."""
    total = 0
    while counted := fold():
        total += counted
    return total


def rebuild() -> int:
    """Forget all tallies and count the whole log again."""
    with transaction.atomic():
        locks.hold("insights.fold")
        DailyTally.objects.all().delete()
        SpeedTally.objects.all().delete()
        Watermark.objects.filter(name=NAME).delete()
    return catch_up()


def _settled() -> int | None:
    """The newest event id below which no transaction is still writing; None when the log is busy.

    Ids are given out before commit, so the log could still get an id below its maximum. On PostgreSQL a
    SHARE lock waits for the writers of the moment and is let go at once; SQLite has one writer at a time.
    """
    try:
        with transaction.atomic():
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT_MS}")
                    cursor.execute(f"LOCK TABLE {TicketEvent._meta.db_table} IN SHARE MODE")
            newest: int | None = TicketEvent.objects.aggregate(newest=Max("id"))["newest"]
            return newest
    except OperationalError:
        return None


def _delta(events: Iterable[tuple[int, int, Facts]], mark: int) -> Delta:
    latest = {ticket: facts for _id, ticket, facts in events}
    counted: dict[int, Facts] = dict(
        TicketEvent.objects.filter(ticket__in=latest, id__lte=mark).order_by("id").values_list("ticket_id", "facts")
    )
    delta = Delta()
    for ticket, facts in latest.items():
        if ticket in counted:
            delta.add(counted[ticket], -1)
        delta.add(facts, 1)
    return delta


def _write(delta: Delta) -> None:
    areas, days = {key[0] for key in delta.counts}, {key[1] for key in delta.counts}
    rows = {
        (r.area_id, r.day, r.item_code, r.lead_id): r for r in DailyTally.objects.filter(area__in=areas, day__in=days)
    }
    touched = []
    for key, gained in delta.counts.items():
        if not any(gained.values()):
            continue
        row = rows.get(key) or DailyTally(area_id=key[0], day=key[1], item_code=key[2], lead_id=key[3])
        for name, amount in gained.items():
            setattr(row, name, getattr(row, name) + amount)
        row.pk = None
        touched.append(row)
    DailyTally.objects.bulk_create(
        touched,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["area", "day", "item_code", "lead_id"],
        update_fields=[m.name for m in METRICS],
    )
    _write_speeds(delta.speeds)


def _write_speeds(speeds: Counter[SpeedKey]) -> None:
    areas, days = {key[0] for key in speeds}, {key[1] for key in speeds}
    rows = {(r.area_id, r.day, r.bucket): r for r in SpeedTally.objects.filter(area__in=areas, day__in=days)}
    touched = []
    for key, amount in speeds.items():
        row = rows.get(key) or SpeedTally(area_id=key[0], day=key[1], bucket=key[2])
        row.tickets += amount
        row.pk = None
        touched.append(row)
    SpeedTally.objects.bulk_create(
        touched,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["area", "day", "bucket"],
        update_fields=["tickets"],
    )


def expected() -> Delta:
    """What the tallies must say, counted from the tickets themselves."""
    delta = Delta()
    for ticket in Ticket.objects.iterator(chunk_size=2000):
        delta.add(facts_of(ticket), 1)
    return delta
