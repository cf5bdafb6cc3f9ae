"""The county's working days: its own exceptions, and the official days of a whole year. The only writer of both.

What changes here changes limits that run: whoever has such limits adds himself to `FOLLOWERS`.
"""

from collections.abc import Callable, Collection
from datetime import date
from operator import attrgetter

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.days import calendar, statutory
from core.errors import Refused
from core.models import CalendarException, OfficialYear
from core.registry import Registry
from core.trust import audit

Follow = Callable[[date, date], None]
FOLLOWERS: Registry[Follow] = Registry("who has limits that follow the calendar", key=attrgetter("__name__"))
"""Each is called in the transaction with the first and the last day between which something changed."""
WARN_FROM_MONTH = 11
"""From the first of November the official days of the coming year are known and can be entered."""


def declare(*, day: date, is_working: bool, note: str = "", actor: audit.Actor | None) -> CalendarException:
    """Say that `day` is (not) worked in this county."""
    with transaction.atomic():
        row, _created = CalendarException.objects.update_or_create(
            day=day, defaults={"is_working": is_working, "note": note, "official": None}
        )
        audit.record("calendar.declare", row, actor=actor, day=day, is_working=is_working)
        _changed(day, day)
    return row


def withdraw(*, day: date, actor: audit.Actor | None) -> None:
    """Return `day` to the national arrangement."""
    with transaction.atomic():
        row = CalendarException.objects.select_for_update().filter(day=day).first()
        if row is None:
            return
        audit.record("calendar.withdraw", row, actor=actor, day=day)
        row.delete()
        _changed(day, day)


def enter(
    *, year: int, off: Collection[date], worked: Collection[date], document: str, actor: audit.Actor | None
) -> OfficialYear:
    """Enter the official days of a whole year: days off, and weekend days that are worked for them.

    Entered again they replace what was entered before; the county's own exceptions stay as they are. Raises `Refused`
    where they cannot be the days of that year.
    """
    _check(year, off, worked)
    with transaction.atomic():
        row, _created = OfficialYear.objects.select_for_update().update_or_create(
            year=year, defaults={"document": document, "entered_at": clock.now()}
        )
        CalendarException.objects.filter(official=row).delete()
        own = set(CalendarException.objects.filter(day__year=year).values_list("day", flat=True))
        CalendarException.objects.bulk_create(
            CalendarException(day=day, is_working=day in worked, note=document[:100], official=row)
            for day in sorted({*off, *worked} - own)
        )
        audit.record("calendar.enter", row, actor=actor, year=year, off=len(off), worked=len(worked))
        _changed(date(year, 1, 1), date(year, 12, 31))
    return row


def _check(year: int, off: Collection[date], worked: Collection[date]) -> None:
    strange = sorted(day for day in {*off, *worked} if day.year != year)
    if strange:
        raise Refused(_("%(day)s 不在 %(year)d 年") % {"day": strange[0], "year": year})
    both = sorted(set(off) & set(worked))
    if both:
        raise Refused(_("%(day)s 又放假又上班") % {"day": both[0]})
    weekdays = sorted(day for day in worked if day.weekday() < 5)
    if weekdays:
        raise Refused(_("%(day)s 不是周末，不用调休上班") % {"day": weekdays[0]})
    forgotten = sorted(statutory.days_of(year) - set(off))
    if forgotten:
        raise Refused(_("%(day)s 是法定节假日，放假里没有") % {"day": forgotten[0]})


def _changed(first: date, last: date) -> None:
    """Read anew, and tell who has limits."""
    transaction.on_commit(calendar.forget)
    for follow in FOLLOWERS:
        follow(first, last)


def years_entered(most: int) -> list[OfficialYear]:
    """The years whose official days are known from this house, the newest first."""
    return list(OfficialYear.objects.order_by("-year")[:most])


def own_exceptions(since: date, most: int) -> list[CalendarException]:
    """Days of the county's own that are still to come."""
    return list(CalendarException.objects.filter(official=None, day__gte=since)[:most])


def missing_year(today: date) -> int | None:
    """The year whose official days are not known and should be: this one, from November the next; None if none."""
    years = [today.year] + ([today.year + 1] if today.month >= WARN_FROM_MONTH else [])
    unknown = [year for year in years if not calendar.is_covered(year)]
    entered = set(OfficialYear.objects.filter(year__in=unknown).values_list("year", flat=True)) if unknown else set()
    return next((year for year in unknown if year not in entered), None)
