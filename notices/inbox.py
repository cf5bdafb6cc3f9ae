"""Writer of the inbox: sends notices and marks them read. Knows no ticket."""

from collections.abc import Iterable

from django.db.models import QuerySet

from core import clock
from members.models import User
from notices.models import Notice

MAX_KEY = 2**63 - 1


def send(*, user_ids: Iterable[int], kind: str, text: str, url: str, key: str, urgent: bool = False) -> int:
    """Tell each person once: the same `key` never makes a second notice for the same person."""
    moment = clock.now()
    rows = [
        Notice(user_id=pk, kind=kind, text=text, url=url, key=key, is_urgent=urgent, created_at=moment)
        for pk in sorted(set(user_ids))
    ]
    return len(Notice.objects.bulk_create(rows, ignore_conflicts=True))


def unread(user: User) -> QuerySet[Notice]:
    return Notice.objects.filter(user=user, read_at__isnull=True)


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
