"""Writer of the inbox: sends notices, and what follows beside it, and marks them read. Knows no ticket."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Count, QuerySet

from core import clock
from core.rows.composed import Counting, counting
from core.trust.freetext import written
from members.models import User
from notices.models import Notice
from notices.outgoing import planning

MAX_KEY = 2**63 - 1


def send(
    *,
    user_ids: Iterable[int],
    kind: str,
    text: str,
    url: str,
    key: str,
    urgent: bool = False,
    number: str = "",
    state: str = "",
) -> int:
    """Tell each person once: the same `key` never makes a second notice for the same person.

    `number` and `state` are all that channels outside may say of it beside its kind; `text` never leaves the inbox.
    """
    moment, ids, text = clock.now(), sorted(set(user_ids)), written(text)
    rows = [
        Notice(
            user_id=pk, kind=kind, text=text, url=url, key=key, is_urgent=urgent, number=number, state=state,
            created_at=moment,
        )
        for pk in ids
    ]  # fmt: skip
    with transaction.atomic():
        made = Notice.objects.bulk_create(rows, ignore_conflicts=True)
        planning.plan(planning.Told(kind, key, number, state, url, urgent), ids)
    return len(made)


def unread(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, read_at__isnull=True)


def unread_count(user: User) -> int:
    """How many of them there are, for the bell of every page."""
    return _unread(user=user.pk)["n"]


@counting(user=BigIntegerField())
def _unread(*, user: Any) -> Counting:
    return Notice.objects.filter(user=user, read_at__isnull=True), {"n": Count("pk")}


def of(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user)


def open_one(*, user: User, pk: int) -> Notice | None:
    """Mark one of the user's own notices read; None when there is none with this key."""
    notice = of(user).filter(pk=pk).first() if pk <= MAX_KEY else None
    if notice is not None:
        unread(user).filter(pk=pk).update(read_at=clock.now())
    return notice


def read_all(*, user: User) -> int:
    """Mark everything that has arrived read; answers how many that were."""
    return unread(user).update(read_at=clock.now())
