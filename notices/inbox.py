"""Writer of the inbox: sends notices, and what follows beside it, and marks them read. Knows no ticket."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.db.models import BigIntegerField, Count, QuerySet

from core import clock
from core.rows.composed import Counting, counting
from core.trust.freetext import FreeTextField, written
from members.models import User
from notices.models import Notice
from notices.outgoing import planning

MAX_KEY = 2**63 - 1


def send(
    *,
    user_ids: Iterable[int],
    kind: str,
    text: str,
    place: str,
    todo: str,
    url: str,
    key: str,
    urgent: bool = False,
    number: str = "",
    state: str = "",
) -> int:
    """Tell each person once: the same `key` never makes a second notice for the same person.

    `text` says what happened, `place` where and with which number, `todo` what whoever reads it should do, and until
    when (`notices.kinds.until`); `url` is where that is done. `number` and `state` are all that channels outside may
    say of it beside its kind; the sentences never leave the inbox.
    """
    moment, ids = clock.now(), sorted(set(user_ids))
    said = {"text": _fit("text", text), "place": _fit("place", place), "todo": _fit("todo", todo)}
    rows = [
        Notice(
            user_id=pk, kind=kind, url=url, key=key, is_urgent=urgent, number=number, state=state, created_at=moment,
            **said,
        )
        for pk in ids
    ]  # fmt: skip
    with transaction.atomic():
        made = Notice.objects.bulk_create(rows, ignore_conflicts=True)
        planning.plan(planning.Told(kind, key, number, state, url, urgent), ids)
    return len(made)


def _fit(column: str, words: str) -> Any:
    """Words as the column holds them: what is too long ends in an ellipsis."""
    found: Any = Notice._meta.get_field(column)
    most = found.max_length
    cut = words if len(words) <= most else f"{words[: most - 1]}…"
    return written(cut) if isinstance(found, FreeTextField) else cut


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
