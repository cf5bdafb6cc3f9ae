"""How often something may be tried: a count by name and window of time, kept in the database.

For doors that need no account (orders, tracking codes). Names hold codes and digests, never personal data.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _

from core import sql
from core.clock import now
from core.errors import DomainError
from core.models import Allowance


class TooMany(DomainError):
    """Tried too often; worth trying again once the window is over."""

    status = 429
    code = "too_many"


def take(name: str, *, limit: int, per: timedelta) -> None:
    """Count one try of `name`. Raises TooMany when `limit` tries lie in this window of length `per`."""
    take_each({name: limit}, per=per)


def take_each(limits: Mapping[str, int], *, per: timedelta) -> dict[str, int]:
    """Count one try of every name with its limit, in one statement; returns how many each has had in this window.

    Raises TooMany when one of them is spent.
    """
    used = sql.count_tries(limits, _window_end(per))
    if len(used) < len(limits):
        raise TooMany(_("操作过于频繁，请稍后再试，或直接打电话。"))
    return used


def used(names: Iterable[str], *, per: timedelta) -> dict[str, int]:
    """How many tries each of `names` has had in this window; counts nothing."""
    rows = Allowance.objects.filter(name__in=list(names), ends_at=_window_end(per))
    return dict(rows.values_list("name", "used"))


def is_spent(name: str, *, limit: int, per: timedelta) -> bool:
    """Whether `take` would refuse now; counts nothing."""
    return Allowance.objects.filter(name=name, ends_at=_window_end(per), used__gte=limit).exists()


def purge() -> int:
    """Forget windows that are over; returns how many."""
    return Allowance.objects.filter(ends_at__lt=now()).delete()[0]


def _window_end(per: timedelta) -> datetime:
    length = int(per.total_seconds())
    return datetime.fromtimestamp((int(now().timestamp()) // length + 1) * length, UTC)
