"""The one source of the present moment.

Owns "what time is it". Every other module asks here, so that the demo history and the tests can
move time without touching the machine's clock. Moments are aware UTC; only display and working
time are local (Asia/Shanghai).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

COUNTY_TIME = ZoneInfo("Asia/Shanghai")
_frozen: ContextVar[datetime | None] = ContextVar("frozen_now", default=None)
_UNASKED = datetime.max.replace(tzinfo=UTC)  # this very object, whatever moment it is


def now() -> datetime:
    """Return the present moment as aware UTC."""
    moment = _frozen.get()
    if moment is _UNASKED:
        raise RuntimeError("what is composed here is kept and must not depend on the time")
    return moment or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[datetime]:
    """Freeze `now()` at `moment` (aware) inside the block; blocks nest."""
    if moment.tzinfo is None:
        raise ValueError("clock.at needs an aware moment")
    token = _frozen.set(moment.astimezone(UTC))
    try:
        yield now()
    finally:
        _frozen.reset(token)


@contextmanager
def unasked() -> Iterator[None]:
    """Nobody inside the block may ask for the time: what they make is kept for later."""
    token = _frozen.set(_UNASKED)
    try:
        yield
    finally:
        _frozen.reset(token)


def local(moment: datetime) -> datetime:
    """Return `moment` on the county's wall clock."""
    return moment.astimezone(COUNTY_TIME)


def today() -> date:
    """Return the county's current date: between 00:00 and 08:00 it is ahead of the UTC date."""
    return local(now()).date()
