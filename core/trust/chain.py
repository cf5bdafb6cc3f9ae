"""The chain over the trail: every row gets a link that hangs on the link before (docs/adr/0015).

Whoever writes a row waits for nobody: `seal` links what is committed a few seconds later, in order of id. A link's
digest is SHA-256 over the digest before it and the row, so it can be followed without any secret; the last link of
each turn is signed with a key that the database does not hold, and `core.trust.heads` takes it out of the house.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet

from core import clock, locks
from core.models import AuditEntry, TrailLink
from core.trust.privacy import sign, signature_fits

LOCK: Final = "trail.chain"
BATCH: Final = 500
"""Rows linked in one transaction: some ten milliseconds of the only writer of SQLite."""
MOST_A_TURN: Final = 10_000
LATE: Final = 20_000
"""How many newer rows may be linked while a row's own transaction is open; beyond that it counts as slipped in."""
A_NIGHT: Final = 500_000
"""Links read of the newest, and of the older ones, in one night: well within what a task may take."""
COLUMNS: Final = (
    "pk", "at", "verb", "actor_id", "actor_label", "object_type", "object_id", "detail", "request_id",
)  # fmt: skip
START: Final = ""
"""What the first link hangs on."""


@dataclass(frozen=True)
class Head:
    """How far the chain reaches, and the digest that says everything before it."""

    position: int
    digest: str
    signature: str
    at: datetime
    """When the row was written that hangs there."""


def fingerprint(before: str, row: tuple[Any, ...]) -> str:
    """The digest (64 hex digits) of a row, given as COLUMNS, that hangs on the digest `before`."""
    pk, at, *rest = row
    told = [before, pk, at.astimezone(UTC).isoformat(timespec="microseconds"), *rest]
    text = json.dumps(told, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def seal() -> int:
    """Link the committed rows that stand in no link yet; returns how many. Takes no lock when there are none."""
    done = 0
    while done < MOST_A_TURN and _unlinked().exists():
        done += _seal_batch()
    return done


def _seal_batch() -> int:
    with transaction.atomic():
        locks.hold(LOCK)
        last = TrailLink.objects.order_by("-position").first()
        position, digest = (last.position, last.digest) if last else (0, START)
        links = []
        for row in _unlinked().order_by("pk").values_list(*COLUMNS)[:BATCH]:
            position, digest = position + 1, fingerprint(digest, row)
            links.append(TrailLink(position=position, entry_id=row[0], digest=digest))
        if links:
            links[-1].signature = sign(_signed(position, digest))
        TrailLink.objects.bulk_create(links)
        return len(links)


def _floor() -> int:
    """Rows up to this id are linked, or were not there in time."""
    newest = TrailLink.objects.aggregate(newest=Max("entry_id"))["newest"] or 0
    return int(newest - LATE)


def _unlinked() -> QuerySet[AuditEntry]:
    floor = _floor()
    links = TrailLink.objects.filter(entry_id=OuterRef("pk"), entry_id__gt=floor)
    return AuditEntry.objects.filter(~Exists(links), pk__gt=floor)


def _signed(position: int, digest: str) -> str:
    return f"trail:{position}:{digest}"


def head() -> Head | None:
    """The newest link, as it stands; None before the first."""
    link = TrailLink.objects.order_by("-position").first()
    if link is None:
        return None
    row = AuditEntry.objects.filter(pk=link.entry_id).values_list("at", flat=True).first()
    return Head(link.position, link.digest, link.signature, row or clock.now())


def waiting() -> int:
    """How many committed rows stand in no link yet."""
    return _unlinked().count()


def agrees(position: int, digest: str) -> bool:
    """Whether the link at `position` has a digest that begins like this: what somebody wrote down still holds."""
    if not 0 < position < 2**63 or not digest:
        return False
    return TrailLink.objects.filter(position=position, digest__startswith=digest).exists()


# ---- has anybody touched it? -----------------------------------------------------------------------------------------
def faults() -> Iterator[str]:
    """Every row or link that is not what it was: edited, removed, reordered, slipped in; reads the whole trail."""
    yield from _broken_links(1, _length())
    yield from _unsigned_end()
    yield from _slipped_in(0)


def faults_tonight(night: int) -> Iterator[str]:
    """`faults` of the newest A_NIGHT links and of as many older ones, another part each `night`."""
    length = _length()
    recent = max(length - A_NIGHT, 0)
    parts = -(-recent // A_NIGHT)
    if parts:
        first = night % parts * A_NIGHT + 1
        yield from _broken_links(first, min(first + A_NIGHT - 1, recent))
    yield from _broken_links(recent + 1, length)
    yield from _unsigned_end()
    yield from _slipped_in(_floor() - A_NIGHT)


def _length() -> int:
    return TrailLink.objects.aggregate(last=Max("position"))["last"] or 0


def _broken_links(first: int, last: int) -> Iterator[str]:
    """What does not fit among the links from `first` to `last`."""
    expected, before = first, _digest_at(first - 1)
    for links, rows in _walk(first, last):
        for position, entry_id, digest in links:
            if position != expected:
                yield f"links {expected} to {position - 1} are gone"
            elif entry_id not in rows:
                yield f"row {entry_id} is gone (link {position})"
            elif fingerprint(before, rows[entry_id]) != digest:
                yield f"row {entry_id} or link {position} is not what was linked"
            expected, before = position + 1, digest
    if expected <= last:
        yield f"links {expected} to {last} are gone"


def _digest_at(position: int) -> str:
    return TrailLink.objects.filter(position=position).values_list("digest", flat=True).first() or START


def _unsigned_end() -> Iterator[str]:
    last = head()
    if last and not signature_fits(_signed(last.position, last.digest), last.signature):
        yield f"link {last.position}, the last, is not signed by this installation"


def _walk(first: int, last: int) -> Iterator[tuple[list[tuple[int, int, str]], dict[int, tuple[Any, ...]]]]:
    """Links in order, a batch at a time, with the rows that they name by id."""
    while True:
        links = TrailLink.objects.filter(position__gte=first, position__lte=last).order_by("position")
        batch = list(links.values_list("position", "entry_id", "digest")[:BATCH])
        if not batch:
            return
        rows = AuditEntry.objects.filter(pk__in=[link[1] for link in batch]).values_list(*COLUMNS)
        yield batch, {row[0]: row for row in rows}
        first = batch[-1][0] + 1


def _slipped_in(after: int) -> Iterator[str]:
    """Rows above the id `after` that appeared when their neighbours had long been linked."""
    floor = _floor()
    while after < floor:
        rows = AuditEntry.objects.filter(pk__gt=after, pk__lte=floor).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:BATCH])
        if not ids:
            return
        linked = set(TrailLink.objects.filter(entry_id__in=ids).values_list("entry_id", flat=True))
        yield from (f"row {pk} stands in no link" for pk in ids if pk not in linked)
        after = ids[-1]
