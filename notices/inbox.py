"""Writer of the inbox: sends notices and marks them read. Knows no ticket."""

from collections.abc import Iterable

from django.db.models import QuerySet

from core import clock
from members.models import User
from notices.models import Notice


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
