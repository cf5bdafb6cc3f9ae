"""Limits and working time.

Owns what "4 个工时" or "3 个工作日" means on the calendar: the national arrangement of holidays and
make-up days (chinesecalendar) plus the county's own `CalendarException` rows, always on the county's
wall clock. Knows no ticket. In years that the package does not cover yet the days off by law are off
(`core.days.statutory`) and else Monday to Friday is worked, until the official days have been entered
(`core.days.workdays`); the county's exceptions lie on top.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from time import monotonic
from typing import Literal, cast, get_args

import chinese_calendar
from django.utils.translation import gettext as _

from core.clock import COUNTY_TIME, local
from core.days import statutory

Unit = Literal["m", "h", "wh", "wd", "d"]
SESSIONS = ((time(9), time(12)), (time(14), time(17, 30)))
CLOSE = SESSIONS[-1][1]
EXCEPTIONS_TTL_SECONDS = 60.0
MAX_AMOUNT = 100_000
MAX_IDLE_DAYS = 400
_SPANS: dict[str, timedelta] = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1)}


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time in one unit: m minutes, h hours, d days (around the clock), wh, wd (working)."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.unit not in get_args(Unit) or not 0 < self.amount <= MAX_AMOUNT:
            raise ValueError(f"not a limit: {self.amount!r}{self.unit!r}")

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read "30m", "24h", "4wh", "3wd", "7d"; raises ValueError for anything else."""
        found = re.fullmatch(r"([1-9][0-9]{0,5})(m|h|wh|wd|d)", text.strip(), re.ASCII)
        if found is None:
            raise ValueError(f"not a limit: {text!r}")
        return cls(int(found[1]), cast(Unit, found[2]))

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def label(self) -> str:
        """The limit as people say it."""
        names = {
            "m": _("%(n)d 分钟"),
            "h": _("%(n)d 小时"),
            "wh": _("%(n)d 个工时"),
            "wd": _("%(n)d 个工作日"),
            "d": _("%(n)d 天"),
        }
        return names[self.unit] % {"n": self.amount}


class _Exceptions:
    """The county's exceptions as this process last read them."""

    days: dict[date, bool] = {}
    good_until: float = 0.0


def prime(days: dict[date, bool], seconds: float = EXCEPTIONS_TTL_SECONDS) -> None:
    """Take `days` (date -> is a working day) as the county's exceptions for the next `seconds`."""
    _Exceptions.days = dict(days)
    _Exceptions.good_until = monotonic() + seconds


def forget() -> None:
    """Read the exceptions anew at the next question."""
    _Exceptions.good_until = 0.0


def _exceptions() -> dict[date, bool]:
    if monotonic() >= _Exceptions.good_until:
        from core.models import CalendarException  # calendar stays importable without the app registry

        prime(dict(CalendarException.objects.values_list("day", "is_working")))
    return _Exceptions.days


@lru_cache(maxsize=20_000)
def _nationally_working(day: date) -> bool:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and not statutory.is_off(day)


@lru_cache(maxsize=64)
def is_covered(year: int) -> bool:
    """Whether the package knows the official days of `year`."""
    try:
        chinese_calendar.is_workday(date(year, 12, 31))
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Say whether offices work on `day`: the county's word first, then the national arrangement."""
    own = _exceptions().get(day)
    return _nationally_working(day) if own is None else own


@lru_cache(maxsize=20_000)
def _sessions_of(day: date) -> tuple[tuple[datetime, datetime], ...]:
    """The sessions of `day`, were it worked, in UTC: reckoning there is several times quicker than in a zone."""
    moments = [[datetime.combine(day, at, COUNTY_TIME).astimezone(UTC) for at in session] for session in SESSIONS]
    return tuple((opens, closes) for opens, closes in moments)


def _sessions_from(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield working sessions (UTC, clipped to begin no earlier than `start`) without end."""
    begin = start.astimezone(UTC)
    day, idle = local(start).date(), 0
    while idle < MAX_IDLE_DAYS:
        if is_working_day(day):
            idle = 0
            for opens, closes in _sessions_of(day):
                if begin < closes:
                    yield max(begin, opens), closes
        else:
            idle += 1
        day += timedelta(days=1)
    raise ValueError("the calendar has no working day within a year")


def _add_working(start: datetime, span: timedelta) -> datetime:
    """Return the earliest moment at which `span` of working time has passed since `start`."""
    for left, right in _sessions_from(start):
        if span <= right - left:
            return left + span
        span -= right - left
    raise AssertionError("sessions never end")


def _close_of_nth_working_day_after(day: date, count: int) -> datetime:
    idle = 0
    while count:
        day += timedelta(days=1)
        idle += 1
        if is_working_day(day):
            count, idle = count - 1, 0
        elif idle > MAX_IDLE_DAYS:
            raise ValueError("the calendar has no working day within a year")
    return datetime.combine(day, CLOSE, COUNTY_TIME)


def add(start: datetime, limit: Limit) -> datetime:
    """Return when `limit`, started at `start`, runs out (aware, in the zone of `start`).

    Working hours run 9:00-12:00 and 14:00-17:30 on working days. A limit of n working days ends at
    the close of the n-th working day after the day of `start`.
    """
    if limit.unit == "wh":
        due = _add_working(start, timedelta(hours=limit.amount))
    elif limit.unit == "wd":
        due = _close_of_nth_working_day_after(local(start).date(), limit.amount)
    else:
        due = start + limit.amount * _SPANS[limit.unit]
    return due.astimezone(start.tzinfo)


def _working(start: datetime, end: datetime) -> timedelta:
    spent = timedelta()
    for left, right in _sessions_from(start):
        if left >= end:
            return spent
        spent += min(right, end) - left
    raise AssertionError("sessions never end")


def share(start: datetime, due: datetime, fraction: float, unit: Unit) -> datetime:
    """Return the moment at which `fraction` of the time between `start` and `due` is used.

    For wh and wd only working time counts; never later than `due`.
    """
    return shares(start, due, (fraction,), unit)[0]


def shares(start: datetime, due: datetime, fractions: Sequence[float], unit: Unit) -> list[datetime]:
    """Return `share` for each of `fractions`, reckoning the time between `start` and `due` once."""
    if due <= start:
        return [due for _fraction in fractions]
    if unit not in ("wh", "wd"):
        return [start + (due - start) * fraction for fraction in fractions]
    total = _working(start, due)
    if not total:
        return [due for _fraction in fractions]
    return [min(due, _after(start, total * fraction)) for fraction in fractions]


def _after(start: datetime, spent: timedelta) -> datetime:
    """When `spent` working time has passed since `start`; `start` itself when that is none."""
    return _add_working(start, spent).astimezone(start.tzinfo) if spent else start


def shift(moment: datetime, since: datetime, until: datetime, unit: Unit) -> datetime:
    """Where `moment` comes to lie when the clock stood still from `since` to `until`.

    What was left at `since`, in the time that `unit` counts, is left at `until`; what had passed stays.
    """
    if moment <= since:
        return moment
    if unit in ("wh", "wd"):
        return _after(until, _working(since, moment))
    return moment + (until - since)


def day_part(moment: datetime) -> str:
    """The part of the county's day in which `moment` lies: "morning", "afternoon" (from 12:00), "evening" (18:00)."""
    hour = local(moment).hour
    if hour < 12:
        return "morning"
    return "afternoon" if hour < 18 else "evening"


def elapsed_minutes(start: datetime, end: datetime, unit: Unit) -> int:
    """Return whole minutes from `start` to `end` as `unit` counts them; 0 when `end` is not later."""
    if end <= start:
        return 0
    span = _working(start, end) if unit in ("wh", "wd") else end - start
    return int(span.total_seconds() // 60)
