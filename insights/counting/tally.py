"""Keeps the tallies up with the ticket log; their only writer.

`fold` counts the events after the watermark: what a ticket stood for before comes out, what it stands for
now goes in, and the watermark moves in the same transaction. The result equals `expected` at any time.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from time import monotonic, sleep
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch, QuerySet

from core import locks
from insights.counting import sql, steps
from insights.counting.metrics import BUCKET_RATIO, METRICS
from insights.counting.steps import Move
from insights.models import DailyTally, Facet, SpeedTally, StepTally, Watermark
from issues.engine.lateness import departments_of
from issues.engine.snapshots import complete, facts_of, is_counted
from issues.models import Ticket, TicketEvent

NAME = "tickets"
BATCH = 1000
PATH = ("area", "grid", "village", "township", "county")
PATIENCE_SECONDS, LOOK_SECONDS = 0.25, 0.01
"""How long a fold stays with writers that are still at work, and how often it looks; else it comes again later."""

Key = tuple[int, date, str, str]
SpeedKey = tuple[int, date, int]
StepCounts = Counter[tuple[str, int]]
Snapshot = Mapping[str, Any]
Entry = tuple[Snapshot, Move]
"""One event of a ticket: its standing after it, and how it moved."""
COLUMNS = ("ticket_id", "facts", "from_state", "to_state", "at")


class Delta:
    """Changes to the tallies, gathered before they are written."""

    def __init__(self) -> None:
        self.counts: dict[Key, Counter[str]] = {}
        self.speeds: Counter[SpeedKey] = Counter()
        self.steps: dict[tuple[int, date], StepCounts] = {}

    def add(self, log: Sequence[Entry], sign: int) -> None:
        """Count a ticket with this log in (+1) or out (-1), at every level of its path."""
        if log:
            self._add(log[-1][0], [move for _facts, move in log], sign)

    def _add(self, facts: Snapshot, moves: Sequence[Move], sign: int) -> None:
        if not is_counted(facts):
            return
        facts = complete(facts)
        day = date.fromisoformat(facts["day"])
        gained = {m.name: sign * m.counts(facts) for m in METRICS}
        minutes = facts["done_minutes"] if facts["scored"] else None
        stays = steps.minutes_by_step(moves) if facts["scored"] else {}
        buckets = [(step, steps.bucket_of(stay)) for step, stay in stays.items()]
        facets = [(Facet.WHOLE, "", gained), (Facet.ITEM, facts["item"], gained), *_by_department(facts, gained)]
        for area in {facts[level] for level in PATH}:
            for facet, value, amounts in facets:
                row = self.counts.setdefault((area, day, facet.value, value), Counter())
                for name, amount in amounts.items():
                    row[name] += amount
            if minutes is not None:
                self.speeds[area, day, bucket_of(minutes)] += sign
            if buckets:
                self.steps.setdefault((area, day), Counter()).update(dict.fromkeys(buckets, sign))


def _by_department(facts: Snapshot, gained: Mapping[str, int]) -> Iterable[tuple[Facet, str, Mapping[str, int]]]:
    """The ticket whole for its lead; for each department its own lateness as lead, whoever leads by now."""
    late, lead = departments_of(facts["late_by"]), str(facts["lead"] or "")
    if lead:
        yield Facet.LEAD, lead, {**gained, "dept_late": gained["dept_late"] if lead in late else 0}
    for key in late:
        if key != lead:
            yield Facet.LEAD, key, {"dept_late": gained["dept_late"]}


def bucket_of(minutes: int) -> int:
    """The bucket of a handling time: bucket n ends at BUCKET_RATIO ** n minutes."""
    return 0 if minutes <= 1 else math.ceil(math.log(minutes) / math.log(BUCKET_RATIO))


def minutes_of(bucket: int) -> float:
    """The middle of a bucket, in working minutes."""
    return float(BUCKET_RATIO ** (bucket - 0.5)) if bucket else 1.0


def fold() -> int:
    """Count one batch of events after the watermark; returns how many (0: up to date, or busy)."""
    newest: int | None = TicketEvent.objects.aggregate(newest=Max("id"))["newest"]
    if newest is None or Watermark.objects.filter(name=NAME, event_id__gte=newest).exists() or not _is_settled():
        return 0
    with transaction.atomic():
        locks.hold("insights.fold")
        mark, _created = Watermark.objects.get_or_create(name=NAME)
        events = list(
            TicketEvent.objects.filter(id__gt=mark.event_id, id__lte=newest)
            .order_by("id")
            .values_list("id", *COLUMNS)[:BATCH]
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
        StepTally.objects.all().delete()
        Watermark.objects.filter(name=NAME).delete()
    return catch_up()


def _is_settled() -> bool:
    """Whether no event can appear any more below the newest that was seen before this was asked.

    Ids are given out before commit, so the log can still get an id below its maximum: from a transaction that was
    writing when the maximum was read, and from no later one. Those are awaited, and nobody is made to wait for them;
    False while one of them goes on.
    """
    table, ends = TicketEvent._meta.db_table, monotonic() + PATIENCE_SECONDS
    writing = sql.writers_of(table)
    while writing and monotonic() < ends:
        sleep(LOOK_SECONDS)
        writing &= sql.writers_of(table)
    return not writing


def _delta(events: Iterable[tuple[Any, ...]], mark: int) -> Delta:
    """What a batch of events changes: out with each ticket as it was counted, in with it as it stands now."""
    fresh = _logs(event[1:] for event in events)
    earlier = TicketEvent.objects.filter(ticket__in=fresh, id__lte=mark).order_by("id")
    counted = _logs(earlier.values_list(*COLUMNS))
    delta = Delta()
    for ticket, log in fresh.items():
        delta.add(counted[ticket], -1)
        delta.add([*counted[ticket], *log], 1)
    return delta


def _logs(rows: Iterable[tuple[Any, ...]]) -> dict[int, list[Entry]]:
    """Events by ticket, in the order they come."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for ticket, facts, before, after, at in rows:
        found[ticket].append((facts, (before, after, at)))
    return found


def _write(delta: Delta) -> None:
    areas, days = {key[0] for key in delta.counts}, {key[1] for key in delta.counts}
    rows = {(r.area_id, r.day, r.facet, r.value): r for r in DailyTally.objects.filter(area__in=areas, day__in=days)}
    touched = []
    for key, gained in delta.counts.items():
        if not any(gained.values()):
            continue
        row = rows.get(key) or DailyTally(area_id=key[0], day=key[1], facet=key[2], value=key[3])
        for name, amount in gained.items():
            setattr(row, name, getattr(row, name) + amount)
        row.pk = None
        touched.append(row)
    DailyTally.objects.bulk_create(
        touched,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["area", "facet", "day", "value"],
        update_fields=[m.name for m in METRICS],
    )
    _write_speeds(delta.speeds)
    _write_steps(delta.steps)


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


def _write_steps(changes: Mapping[tuple[int, date], StepCounts]) -> None:
    areas, days = {key[0] for key in changes}, {key[1] for key in changes}
    rows = {(r.area_id, r.day): r for r in StepTally.objects.filter(area__in=areas, day__in=days)}
    touched = []
    for key, amounts in changes.items():
        row = rows.get(key) or StepTally(area_id=key[0], day=key[1])
        counts = counted_steps(row.counts)
        counts.update(amounts)
        row.counts, row.pk = _nested(counts), None
        touched.append(row)
    StepTally.objects.bulk_create(
        touched, batch_size=500, update_conflicts=True, unique_fields=["area", "day"], update_fields=["counts"]
    )


def counted_steps(stored: Mapping[str, Mapping[str, int]]) -> StepCounts:
    """The counts of a row, by step and bucket."""
    return Counter({(step, int(b)): n for step, buckets in stored.items() for b, n in buckets.items()})


def _nested(counts: StepCounts) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (step, bucket), n in sorted(counts.items()):
        if n:
            found.setdefault(step, {})[str(bucket)] = n
    return found


def with_logs(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Tickets with what `log_of` reads of their events."""
    events = TicketEvent.objects.order_by("id").only("ticket_id", "from_state", "to_state", "at")
    return tickets.prefetch_related(Prefetch("events", events))


def log_of(ticket: Ticket) -> list[Entry]:
    """The log of a ticket read by `with_logs`, with its standing as it is now."""
    facts = facts_of(ticket)
    return [(facts, (event.from_state, event.to_state, event.at)) for event in ticket.events.all()]


def expected() -> Delta:
    """What the tallies must say: the standing is counted from the tickets themselves, their steps from their logs."""
    delta = Delta()
    for ticket in with_logs(Ticket.objects.all()).iterator(chunk_size=2000):
        delta.add(log_of(ticket), 1)
    return delta
