"""How often something may be tried: a count by name and window of time, kept in the database.

For doors that need no account (orders, tracking codes). Names hold codes and digests, never personal data.
"""

from datetime import UTC, datetime, timedelta

from django.db.models import F
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import DomainError
from core.models import Allowance


class TooMany(DomainError):
    """Tried too often; worth trying again once the window is over."""

    status = 429
    code = "too_many"


def take(name: str, *, limit: int, per: timedelta) -> None:
    """Count one try of `name`. Raises TooMany when `limit` tries lie in this window of length `per`."""
    ends_at = _window_end(per)
    Allowance.objects.bulk_create([Allowance(name=name, ends_at=ends_at)], ignore_conflicts=True)
    if not Allowance.objects.filter(name=name, ends_at=ends_at, used__lt=limit).update(used=F("used") + 1):
        raise TooMany(_("操作过于频繁，请稍后再试，或直接打电话。"))


def is_spent(name: str, *, limit: int, per: timedelta) -> bool:
    """Whether `take` would refuse now; counts nothing."""
    return Allowance.objects.filter(name=name, ends_at=_window_end(per), used__gte=limit).exists()


def purge() -> int:
    """Forget windows that are over; returns how many."""
    return Allowance.objects.filter(ends_at__lt=now()).delete()[0]


def _window_end(per: timedelta) -> datetime:
    length = int(per.total_seconds())
    return datetime.fromtimestamp((int(now().timestamp()) // length + 1) * length, UTC)
