"""The bell of both frames: how many notices the reader has not opened."""

from collections.abc import Callable
from functools import cache

from django.http import HttpRequest

from members.models import User
from notices import inbox


def bell(request: HttpRequest) -> dict[str, Callable[[], int]]:
    """Counted at most once a page, and only where a frame asks."""

    @cache
    def count() -> int:
        user = getattr(request, "user", None)
        return inbox.unread_count(user) if isinstance(user, User) else 0

    return {"unread": count}
