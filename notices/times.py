"""Quiet hours and the moments of the digests, on the county's wall clock. Pure but for the work calendar.

The county's own times are what `notices.county` knows; a person may keep other quiet hours.
"""

from datetime import date, datetime, time, timedelta

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from core.clock import COUNTY_TIME, local
from core.days.calendar import MAX_IDLE_DAYS, is_working_day
from notices import county
from notices.county import Hours

GRACE = timedelta(minutes=1)
"""A notice this close to a digest waits for the next one: it may not be committed when that one is worded."""


def county_quiet() -> Hours | None:
    """The county's quiet hours; None when it keeps none."""
    return county.in_force().quiet


def digest_times() -> tuple[time, ...]:
    return county.in_force().digests


def check() -> None:
    """Refuse to start with settings that cannot be read, rather than with every notice failing later."""
    try:
        readable = county.shipped().digests
    except ValueError:
        readable = ()
    if not readable:
        raise ImproperlyConfigured(_("NOTICE_QUIET 写成 20:00-8:00（可以留空），NOTICE_DIGESTS 写成 8:30,14:30"))


def is_quiet(moment: datetime, hours: Hours | None) -> bool:
    """Whether `moment` lies in quiet hours, which may reach over midnight; their end is no longer quiet."""
    if hours is None or hours[0] == hours[1]:
        return False
    begin, end = hours
    at = local(moment).time()
    return begin <= at < end if begin < end else at >= begin or at < end


def quiet_ends(moment: datetime, hours: Hours | None) -> datetime:
    """When the quiet hours around `moment` end; `moment` itself when it is not quiet."""
    if hours is None or not is_quiet(moment, hours):
        return moment
    there = local(moment)
    end = datetime.combine(there.date(), hours[1], COUNTY_TIME)
    return end if end > there else end + timedelta(days=1)


def quiet_began(moment: datetime, hours: Hours) -> datetime:
    """When the quiet hours around `moment`, which is quiet, began."""
    there = local(moment)
    begin = datetime.combine(there.date(), hours[0], COUNTY_TIME)
    return begin if begin <= there else begin - timedelta(days=1)


def slot_after(moment: datetime) -> datetime:
    """The digest that tells of what happens at `moment`: the next one that is more than `GRACE` away."""
    earliest = moment + GRACE
    day = local(earliest).date()
    for _day in range(MAX_IDLE_DAYS):
        for slot in _slots_of(day):
            if slot > earliest:
                return slot
        day += timedelta(days=1)
    raise ValueError("the calendar has no working day within a year")


def slot_before(slot: datetime) -> datetime:
    """The digest before the digest `slot`."""
    day = local(slot).date()
    for _day in range(MAX_IDLE_DAYS):
        for earlier in reversed(_slots_of(day)):
            if earlier < slot:
                return earlier
        day -= timedelta(days=1)
    raise ValueError("the calendar has no working day within a year")


def window_of(slot: datetime) -> tuple[datetime, datetime]:
    """What the digest `slot` tells of: notices from the first moment (included) to the second."""
    return slot_before(slot) - GRACE, slot - GRACE


def _slots_of(day: date) -> list[datetime]:
    if not is_working_day(day):
        return []
    return [datetime.combine(day, at, COUNTY_TIME) for at in digest_times()]
