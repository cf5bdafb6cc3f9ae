"""The outbox: what must happen after a transaction, as rows of the same transaction.

Owns OutboxRow and its guarantees: a committed row is handled, its effect is committed exactly once,
and a row that keeps failing is parked where a person sees it. Handlers live in `<app>/handlers.py`,
take ids, run inside the transaction that marks their row done, and must not talk to the network.
"""

import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cache
from time import monotonic

import structlog
from django.db import transaction
from django.db.models import Min
from django.utils.module_loading import autodiscover_modules

from core import sql
from core.clock import now
from core.locks import require_atomic
from core.models import OutboxRow
from core.prepared import Insert, Update
from core.text import printable

Handler = Callable[[dict[str, object]], None]
HANDLERS: dict[str, Handler] = {}
QUEUES = tuple(str(queue) for queue in OutboxRow.Queue)

# Short, because a lease only spares double work: the fence and the row lock keep effects single.
LEASE = timedelta(seconds=15)
MAX_ATTEMPTS = 5
BATCH = 20
BACKOFF_SECONDS, BACKOFF_CAP_SECONDS = 5.0, 3600.0
MAX_ERROR_TEXT = 2000

_NEW = Insert(OutboxRow, ignore_conflicts=True)
_MINE = Update(OutboxRow.objects.filter(done_at=None, parked_at=None), "pk", "token")

log = structlog.get_logger(__name__)


class NoHandler(Exception):
    """No module registered a handler for the row's topic."""


def handles(topic: str) -> Callable[[Handler], Handler]:
    """Register the decorated `fn(payload)` as the handler of `topic`; one handler a topic."""

    def register(fn: Handler) -> Handler:
        known = HANDLERS.setdefault(topic, fn)
        if (known.__module__, known.__qualname__) != (fn.__module__, fn.__qualname__):
            raise ValueError(f"topic {topic!r} already has the handler {known.__module__}.{known.__qualname__}")
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
    if queue not in QUEUES:
        raise ValueError(f"no such queue: {queue!r}")
    _require_ids_only(payload)
    moment = now()
    _NEW.run(
        OutboxRow(topic=topic, payload=dict(payload), key=key, queue=queue, created_at=moment, next_at=at or moment)
    )


def drain(queue: str, limit: int = 5000, *, seconds: float = 5.0, strict: bool = False, batch: int = BATCH) -> int:
    """Handle up to `limit` due rows of `queue` within about `seconds`; returns how many were done.

    With `strict` the first failing handler raises, as tests and the demo want.
    """
    _discover()
    ends, done, seen = monotonic() + seconds, 0, 0
    while seen < limit and monotonic() < ends:
        # Rows tried before come singly: what kills its worker takes no neighbour's attempt with it.
        rows = _claim(queue, min(batch, limit - seen), retries=False) + _claim(queue, 1, retries=True)
        if not rows:
            break
        seen += len(rows)
        done += sum(_run(row, strict=strict) for row in rows)
    return done


@cache
def _discover() -> None:
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
    ids = sql.claim(queue, moment, limit, retries=retries, token=token, leased_until=moment + LEASE)
    if not ids:
        return []
    return list(OutboxRow.objects.filter(id__in=ids, token=token).order_by("next_at", "id"))


def _run(row: OutboxRow, *, strict: bool) -> bool:
    """Run one leased row; True when its effect and its done mark were committed together."""
    if row.attempts > MAX_ATTEMPTS:
        _park(row, row.last_error or "its worker died every time")
        return False
    try:
        with transaction.atomic():
            # Marking first takes the row lock: a lost lease is found before any work, and nobody
            # can take the row over while the handler runs.
            if not _MINE.run(row.pk, row.token, done_at=now(), token="", leased_until=None, last_error=""):
                log.warning("outbox_lease_lost", row=row.pk, topic=row.topic)
                return False
            _handler(row.topic)(row.payload)
    except Exception as error:
        _failed(row, error)
        if strict:
            raise
        return False
    return True


def _handler(topic: str) -> Handler:
    try:
        return HANDLERS[topic]
    except KeyError:
        raise NoHandler(topic) from None


def _failed(row: OutboxRow, error: Exception) -> None:
    text = printable(f"{type(error).__name__}: {error}")[:MAX_ERROR_TEXT]
    log.warning("outbox_failed", row=row.pk, topic=row.topic, attempts=row.attempts, error=type(error).__name__)
    if row.attempts >= MAX_ATTEMPTS:
        _park(row, text)
        return
    OutboxRow.objects.filter(pk=row.pk, token=row.token).update(
        token="", leased_until=None, next_at=now() + backoff(row.attempts), last_error=text
    )


def _park(row: OutboxRow, reason: str) -> None:
    parked = OutboxRow.objects.filter(pk=row.pk, token=row.token).update(
        token="", leased_until=None, parked_at=now(), last_error=reason
    )
    if parked:
        log.error("outbox_parked", row=row.pk, topic=row.topic)


def backoff(attempts: int) -> timedelta:
    """Return the wait after `attempts` failures: doubling, capped, spread by half either way."""
    base = min(BACKOFF_SECONDS * 2 ** max(attempts - 1, 0), BACKOFF_CAP_SECONDS)
    return timedelta(seconds=base * (0.5 + secrets.randbelow(1000) / 1000))


def rerun(row: OutboxRow) -> bool:
    """Let a parked row start over; False when it is no longer parked."""
    return bool(
        OutboxRow.objects.filter(pk=row.pk, done_at=None, parked_at__isnull=False).update(
            parked_at=None, attempts=0, next_at=now(), token="", leased_until=None
        )
    )


def lag() -> float:
    """Return for how many seconds the oldest due row has been waiting; 0 when none is due."""
    open_rows = OutboxRow.objects.filter(done_at=None, parked_at=None)
    oldest: list[datetime] = []
    for tried in ({"attempts": 0}, {"attempts__gt": 0}):
        for queue in QUEUES:
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
