"""The county's quiet hours and digest times: as the system admin set them, else as the settings say. Their writer.

Every process keeps what it read for a minute at most, so a change takes effect without a restart.
"""

from dataclasses import dataclass
from datetime import time
from time import monotonic

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import clock, locks
from core.errors import Conflict
from core.trust import audit
from members.models import User
from notices.models import CountyTimes

KEPT_SECONDS = 60.0
ONE = 1
Hours = tuple[time, time]


@dataclass(frozen=True)
class Times:
    """Quiet hours (None: none are kept) and when digests go out, the earlier one first."""

    quiet: Hours | None
    digests: tuple[time, ...]

    @property
    def said(self) -> str:
        """20:00-08:00；08:30,14:30, as the trail keeps it."""
        quiet = f"{self.quiet[0]:%H:%M}-{self.quiet[1]:%H:%M}" if self.quiet else ""
        return f"{quiet}；{','.join(f'{at:%H:%M}' for at in self.digests)}"


class _Known:
    """What was set, as this process last read it; None while nothing was."""

    times: Times | None = None
    good_until: float = 0.0


def prime(times: Times | None, seconds: float = KEPT_SECONDS) -> None:
    """Take `times` as what was set (None: nothing) for the next `seconds`."""
    _Known.times, _Known.good_until = times, monotonic() + seconds


def forget() -> None:
    """Read anew at the next question."""
    _Known.good_until = 0.0


def in_force() -> Times:
    """What holds now."""
    if monotonic() >= _Known.good_until:
        row = stored()
        prime(times_of(row) if row else None)
    return _Known.times or shipped()


def shipped() -> Times:
    """What the settings say; ValueError for times that cannot be read."""
    quiet = None
    if settings.NOTICE_QUIET:
        begin, end = settings.NOTICE_QUIET.split("-")
        quiet = read_time(begin), read_time(end)
    return Times(quiet, tuple(sorted(read_time(text) for text in settings.NOTICE_DIGESTS)))


def read_time(text: str) -> time:
    """8:30 as a time; raises ValueError."""
    hour, minute = text.strip().split(":")
    return time(int(hour), int(minute))


def stored() -> CountyTimes | None:
    """The row of the county, if its times were ever set."""
    return CountyTimes.objects.select_related("changed_by").filter(pk=ONE).first()


def times_of(row: CountyTimes) -> Times:
    begin, end = row.quiet_from, row.quiet_until
    quiet = (begin, end) if begin is not None and end is not None else None
    return Times(quiet, tuple(at for at in (row.first_digest, row.second_digest) if at is not None))


def put(*, times: Times, seen: int, actor: User) -> None:
    """Set the county's times; `seen` is the version that the page showed (0: nothing was set)."""
    with transaction.atomic():
        locks.hold("notices.county")
        row = CountyTimes.objects.select_for_update().filter(pk=ONE).first() or CountyTimes(pk=ONE, version=0)
        if row.version != seen:
            raise Conflict(_("通知时间刚刚被别人改过，下面是现在的，请核对后再存"))
        before = times_of(row) if row.version else shipped()
        row.quiet_from, row.quiet_until = times.quiet or (None, None)
        row.first_digest, row.second_digest = times.digests[0], times.digests[1] if times.digests[1:] else None
        row.version, row.changed_at, row.changed_by = seen + 1, clock.now(), actor
        row.save()
        audit.record("county_times.changed", row, actor=actor, before=before.said, after=times.said)
        transaction.on_commit(forget)
