"""The outbox: what must happen after a transaction, as rows of the same transaction.

Owns OutboxRow and its guarantees: a committed row is handled, its effect is committed exactly once,
and a row that keeps failing is parked where a person sees it. Handlers live in `<app>/handlers.py`,
take ids, run inside the transaction that marks their row done, and must not talk to the network.

What must talk to the network is a *sender*: `handles(topic, sends=True)`, enqueued in the queue SEND. It runs
outside any transaction under a lease longer than it may take, so that it happens at least once: what it sends
carries an id by which the other side knows it again. What a person does with parked rows is `core.jobs.parked`.
"""

import secrets
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import Min
from django.utils.module_loading import autodiscover_modules

from core import sql
from core.clock import now
from core.locks import require_atomic
from core.models import OutboxRow
from core.registry import Registry
from core.rows.prepared import Insert, Update
from core.text import Text, printable

Work = Callable[[dict[str, object]], None]


@dataclass(frozen=True)
class Handler:
    """What handles the rows of a topic; `label` says so on the page of parked rows."""

    topic: str
    run: Work
    label: Text
    sends: bool = False


HANDLERS: Registry[Handler] = Registry("handlers of the outbox", key=attrgetter("topic"))
SEND, BULK = OutboxRow.Queue.SEND, OutboxRow.Queue.BULK
SINGLY = frozenset({SEND, BULK})
"""Queues whose rows take long, so that each is leased when it is run and workers share them out."""
QUEUES = tuple(str(queue) for queue in OutboxRow.Queue)

# Short, because a lease only spares double work: the fence and the row lock keep effects single.
LEASE = timedelta(seconds=15)
MAX_ATTEMPTS = 5
BATCH = 20
BACKOFF_SECONDS, BACKOFF_CAP_SECONDS = 5.0, 3600.0
# Senders wait for others: a lease no shorter than a task may run, singly, and patience over hours.
SEND_LEASE = timedelta(seconds=180)
SEND_ATTEMPTS = 12
SEND_WAIT_SECONDS = 30.0
MAX_ERROR_TEXT = 2000

_NEW = Insert(OutboxRow, ignore_conflicts=True)
_MINE = Update(OutboxRow.objects.filter(done_at=None, parked_at=None), "pk", "token")

log = structlog.get_logger(__name__)


class NoHandler(Exception):
    """No module registered a handler for the row's topic."""


class Later(Exception):
    """Raised by a sender: not now, but from `at` on; this try does not count."""

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


class GiveUp(Exception):
    """Raised by a sender that no further try can help: the row is parked at once."""


def handles(topic: str, *, label: Text, sends: bool = False) -> Callable[[Work], Work]:
    """Add the decorated `fn(payload)` as the handler of `topic`; one handler a topic.

    With `sends` it is a sender: it may talk to the network and runs at least once.
    """

    def register(fn: Work) -> Work:
        HANDLERS.add(Handler(topic, fn, label, sends))
        return fn

    return register


def enqueue(
    topic: str,
    payload: Mapping[str, object],
    *,
    key: str,
    at: datetime | None = None,
    queue: str = OutboxRow.Queue.DEFAULT,
) -> None:
    """Add one row to the caller's transaction; a key that exists already makes this a no-op.

    `payload` holds ids, codes and flags only, so that nothing personal lies in the queue.
    """
    require_atomic("outbox.enqueue")
    _NEW.run(_row(topic, payload, key, queue, at))


def enqueue_all(topic: str, payloads: Mapping[str, Mapping[str, object]], *, queue: str) -> None:
    """`enqueue` for many rows at once, given by their keys."""
    require_atomic("outbox.enqueue")
    rows = [_row(topic, payload, key, queue, None) for key, payload in payloads.items()]
    OutboxRow.objects.bulk_create(rows, ignore_conflicts=True)


def _row(topic: str, payload: Mapping[str, object], key: str, queue: str, at: datetime | None) -> OutboxRow:
    if queue not in QUEUES:
        raise ValueError(f"no such queue: {queue!r}")
    _require_ids_only(payload)
    moment = now()
    return OutboxRow(topic=topic, payload=dict(payload), key=key, queue=queue, created_at=moment, next_at=at or moment)


def drain(queue: str, limit: int = 5000, *, seconds: float = 5.0, strict: bool = False, batch: int = BATCH) -> int:
    """Handle up to `limit` due rows of `queue` within about `seconds`; returns how many were done.

    With `strict` the first failing handler raises, as tests and the demo want.
    """
    discover()
    if queue == SEND and _somebody_sends():
        return 0
    if queue in SINGLY:
        batch = 1
    ends, done, seen = monotonic() + seconds, 0, 0
    while seen < limit and monotonic() < ends:
        # Rows tried before come singly: what kills its worker takes no neighbour's attempt with it.
        rows = _claim(queue, min(batch, limit - seen), retries=False) + _claim(queue, 1, retries=True)
        if not rows:
            break
        seen += len(rows)
        done += sum(_run(row, strict=strict) for row in rows)
    return done


def _somebody_sends() -> bool:
    """One sender at a time: slow machines outside must not hold up every worker of ours."""
    leased = OutboxRow.objects.filter(queue=SEND, done_at=None, parked_at=None, attempts__gt=0)
    return leased.filter(leased_until__gt=now()).exists()


@cache
def discover() -> None:
    """Import every app's handlers, once a process."""
    autodiscover_modules("handlers")


def drain_inline() -> int:
    """Run every due row of every queue in this process until none is left (tests, demo data)."""
    total = 0
    while round_total := sum(drain(queue, 10_000, seconds=3600, strict=True, batch=500) for queue in QUEUES):
        total += round_total
    return total


def _claim(queue: str, limit: int, *, retries: bool) -> list[OutboxRow]:
    """Lease due rows to a fresh token and commit; execution decides, never the enqueuer."""
    token, moment = uuid.uuid4().hex, now()
    ids = sql.claim(queue, moment, limit, retries=retries, token=token, leased_until=moment + _lease(queue))
    if not ids:
        return []
    return list(OutboxRow.objects.filter(id__in=ids, token=token).order_by("next_at", "id"))


def _run(row: OutboxRow, *, strict: bool) -> bool:
    """Run one leased row; True when its effect and its done mark were committed together."""
    if row.attempts > _most_attempts(row.queue):
        _park(row, row.last_error or "its worker died every time")
        return False
    try:
        handler = HANDLERS.get(row.topic)
        return _sent(row) if handler is not None and handler.sends else _handled(row)
    except Later as later:
        _postpone(row, later.at)
        return False
    except Exception as error:
        _failed(row, error)
        if strict:
            raise
        return False


def _handled(row: OutboxRow) -> bool:
    with transaction.atomic():
        # Marking first takes the row lock: a lost lease is found before any work, and nobody
        # can take the row over while the handler runs.
        if not _mark_done(row):
            return False
        _handler(row.topic).run(row.payload)
    return True


def _sent(row: OutboxRow) -> bool:
    """Nothing is locked while the other side takes its time; a worker that dies meanwhile sends again."""
    _handler(row.topic).run(row.payload)
    return _mark_done(row)


def _mark_done(row: OutboxRow) -> bool:
    if not _MINE.run(row.pk, row.token, done_at=now(), token="", leased_until=None, last_error=""):
        log.warning("outbox_lease_lost", row=row.pk, topic=row.topic)
        return False
    return True


def _handler(topic: str) -> Handler:
    handler = HANDLERS.get(topic)
    if handler is None:
        raise NoHandler(topic)
    return handler


def _lease(queue: str) -> timedelta:
    return SEND_LEASE if queue == SEND else LEASE


def _most_attempts(queue: str) -> int:
    return SEND_ATTEMPTS if queue == SEND else MAX_ATTEMPTS


def _failed(row: OutboxRow, error: Exception) -> None:
    named = str(error) if isinstance(error, GiveUp) else f"{type(error).__name__}: {error}"
    text = printable(named)[:MAX_ERROR_TEXT]
    log.warning("outbox_failed", row=row.pk, topic=row.topic, attempts=row.attempts, error=type(error).__name__)
    if isinstance(error, GiveUp) or row.attempts >= _most_attempts(row.queue):
        _park(row, text)
        return
    wait = backoff(row.attempts, SEND_WAIT_SECONDS if row.queue == SEND else BACKOFF_SECONDS)
    OutboxRow.objects.filter(pk=row.pk, token=row.token).update(
        token="", leased_until=None, next_at=now() + wait, last_error=text
    )


def _postpone(row: OutboxRow, at: datetime) -> None:
    OutboxRow.objects.filter(pk=row.pk, token=row.token).update(
        token="", leased_until=None, next_at=at, attempts=max(row.attempts - 1, 0)
    )


def _park(row: OutboxRow, reason: str) -> None:
    parked = OutboxRow.objects.filter(pk=row.pk, token=row.token).update(
        token="", leased_until=None, parked_at=now(), last_error=reason
    )
    if parked:
        log.error("outbox_parked", row=row.pk, topic=row.topic)


def backoff(attempts: int, first: float = BACKOFF_SECONDS) -> timedelta:
    """Return the wait after `attempts` failures: doubling from `first` seconds, capped, spread by half either way."""
    base = min(first * 2 ** max(attempts - 1, 0), BACKOFF_CAP_SECONDS)
    return timedelta(seconds=base * (0.5 + secrets.randbelow(1000) / 1000))


def rerun(row: OutboxRow) -> bool:
    """Let a parked row start over; False when it is no longer parked."""
    return bool(
        OutboxRow.objects.filter(pk=row.pk, done_at=None, parked_at__isnull=False).update(
            parked_at=None, attempts=0, next_at=now(), token="", leased_until=None
        )
    )


def lag() -> float:
    """Return for how many seconds the oldest due row has been waiting; 0 when none is due.

    Rows that wait for a machine outside do not count: they say nothing about this installation.
    """
    open_rows = OutboxRow.objects.filter(done_at=None, parked_at=None)
    oldest: list[datetime] = []
    for tried in ({"attempts": 0}, {"attempts__gt": 0}):
        for queue in [name for name in QUEUES if name != SEND]:
            first = open_rows.filter(queue=queue, **tried).aggregate(first=Min("next_at"))["first"]
            if first is not None:
                oldest.append(first)
    return max((now() - min(oldest)).total_seconds(), 0.0) if oldest else 0.0


def parked() -> int:
    """Return how many rows wait for a person."""
    return OutboxRow.objects.filter(parked_at__isnull=False).count()


def purge(before: datetime, limit: int = 10_000) -> int:
    """Delete up to `limit` rows done before `before`; their keys are free again afterwards."""
    ids = list(OutboxRow.objects.filter(done_at__lt=before).order_by("done_at").values_list("pk", flat=True)[:limit])
    return OutboxRow.objects.filter(pk__in=ids).delete()[0]


def _require_ids_only(payload: Mapping[str, object]) -> None:
    for name, value in payload.items():
        for part in value if isinstance(value, list | tuple) else (value,):
            short = isinstance(part, str) and len(part) <= 64
            if not (part is None or isinstance(part, bool | int) or short):
                raise ValueError(f"payload {name!r} must hold ids or short codes only, not {type(part).__name__}")
