"""What a person does with parked rows of the outbox: look, let them start over, or void them with a reason.

Every act leaves an audit entry. Rows of every topic are handled alike; nothing here knows what they do.
"""

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.jobs import outbox
from core.models import OutboxRow
from core.text import Text
from core.trust import audit

MAX_REASON = 200


def rows() -> QuerySet[OutboxRow]:
    """All parked rows."""
    return OutboxRow.objects.filter(done_at=None, parked_at__isnull=False)


def counts() -> dict[str, int]:
    """How many are parked of each topic, the most first."""
    found = rows().values_list("topic").annotate(n=Count("pk")).order_by("-n", "topic")
    return dict(found)


def waiting_to_be_sent() -> int:
    """How many rows wait for a machine outside, retries included."""
    return OutboxRow.objects.filter(queue=outbox.SEND, done_at=None, parked_at=None).count()


def label_of(topic: str) -> Text:
    """What rows of `topic` do, in words."""
    outbox.discover()
    handler = outbox.HANDLERS.get(topic)
    return _("本版本不认得的事项") if handler is None else handler.label


def rerun(row: OutboxRow, *, actor: audit.Actor) -> bool:
    """Let one row start over; False when somebody was faster."""
    with transaction.atomic():
        again = outbox.rerun(row)
        if again:
            audit.record("outbox.rerun", row, actor=actor, topic=row.topic)
    return again


def rerun_all(topic: str, *, actor: audit.Actor) -> int:
    """Let every parked row of `topic` start over; returns how many."""
    with transaction.atomic():
        again = rows().filter(topic=topic).update(
            parked_at=None, attempts=0, next_at=now(), token="", leased_until=None
        )  # fmt: skip
        if again:
            audit.record("outbox.rerun_all", None, actor=actor, topic=topic, count=again)
    return again


def void(row: OutboxRow, *, reason: str, actor: audit.Actor) -> bool:
    """Leave a row undone for good; False when it is no longer parked."""
    with transaction.atomic():
        voided = _void(rows().filter(pk=row.pk))
        if voided:
            audit.record("outbox.void", row, actor=actor, topic=row.topic, reason=reason)
    return bool(voided)


def void_all(topic: str, *, reason: str, actor: audit.Actor) -> int:
    """Leave every parked row of `topic` undone for good; returns how many."""
    with transaction.atomic():
        voided = _void(rows().filter(topic=topic))
        if voided:
            audit.record("outbox.void_all", None, actor=actor, topic=topic, count=voided, reason=reason)
    return voided


def void_keys(prefix: str, *, reason: str, actor: audit.Actor) -> int:
    """Leave every parked row whose key begins with `prefix` undone for good; returns how many."""
    with transaction.atomic():
        voided = _void(rows().filter(key__startswith=prefix))
        if voided:
            audit.record("outbox.void_all", None, actor=actor, key=prefix, count=voided, reason=reason)
    return voided


def _void(parked: QuerySet[OutboxRow]) -> int:
    return parked.update(parked_at=None, done_at=now(), token="", leased_until=None)
