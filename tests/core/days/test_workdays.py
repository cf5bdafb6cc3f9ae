"""Years that the calendar library does not know: off by law is off, it is told in time, a year is entered whole."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from core import clock
from core.days import calendar, workdays
from core.days.calendar import Limit, add, is_working_day
from core.errors import Refused
from core.models import AuditEntry, CalendarException, OfficialYear
from core.web.health import readiness

pytestmark = pytest.mark.django_db

UNKNOWN = 2031
"""A year of which the library knows nothing yet."""
SPRING = [date(UNKNOWN, 1, 22) + timedelta(days=n) for n in range(4)]
STATUTORY = {
    date(UNKNOWN, 1, 1), *SPRING, date(UNKNOWN, 4, 5), date(UNKNOWN, 5, 1), date(UNKNOWN, 5, 2), date(UNKNOWN, 6, 24),
    *(date(UNKNOWN, 10, day) for day in (1, 2, 3)),
}  # fmt: skip


def test_what_is_off_by_law_is_off_in_years_nobody_has_arranged():
    assert not calendar.is_covered(UNKNOWN)
    off = {date(UNKNOWN, 1, 1) + timedelta(days=n) for n in range(365)}
    weekdays_off = {day for day in off if day.weekday() < 5 and not is_working_day(day)}
    assert weekdays_off == {day for day in STATUTORY if day.weekday() < 5}


def test_a_limit_over_a_spring_festival_nobody_has_arranged():
    eve = datetime(UNKNOWN, 1, 21, 2, tzinfo=UTC)  # a Tuesday, the day before the eve
    assert clock.local(add(eve, Limit(1, "wd"))).date() == date(UNKNOWN, 1, 27)


@pytest.mark.parametrize(
    ("today", "year"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2027, 1, 1), 2027),
        (date(2025, 12, 1), None),
    ],
)
def test_a_missing_year_is_told_from_november_on(today, year):
    assert workdays.missing_year(today) == year


def test_readyz_and_doctor_say_so_and_stay_well():
    with clock.at(datetime(2026, 11, 2, tzinfo=UTC)):
        assert readiness()["calendar_missing_year"] == 2027
        told = StringIO()
        call_command("doctor", stdout=told)
    assert "warning: the official working days of 2027 are not entered" in told.getvalue()
    with clock.at(datetime(2026, 10, 2, tzinfo=UTC)):
        assert readiness()["calendar_missing_year"] is None


def entered(**changes):
    given = {"off": STATUTORY | {date(UNKNOWN, 1, 27), date(UNKNOWN, 1, 28)}, "worked": {date(UNKNOWN, 1, 19)}}
    return workdays.enter(**{"year": UNKNOWN, "document": "国办发明电〔2030〕9号", "actor": None, **given, **changes})


def test_a_year_is_entered_whole_and_can_be_entered_again(django_capture_on_commit_callbacks):
    workdays.declare(day=date(UNKNOWN, 1, 28), is_working=True, note="县里照常上班", actor=None)
    with django_capture_on_commit_callbacks(execute=True):
        entered()
    assert not is_working_day(date(UNKNOWN, 1, 27))
    assert is_working_day(date(UNKNOWN, 1, 19))  # a Sunday worked for it
    assert is_working_day(date(UNKNOWN, 1, 28))  # the county's own word stands
    assert workdays.missing_year(date(UNKNOWN - 1, 12, 1)) != UNKNOWN
    with django_capture_on_commit_callbacks(execute=True):
        entered(off=STATUTORY, worked=())
    assert is_working_day(date(UNKNOWN, 1, 27))
    assert not is_working_day(date(UNKNOWN, 1, 19))
    assert is_working_day(date(UNKNOWN, 1, 28))
    assert OfficialYear.objects.count() == 1
    assert AuditEntry.objects.filter(verb="calendar.enter").count() == 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"off": STATUTORY - {date(UNKNOWN, 10, 2)}}, "法定节假日"),
        ({"worked": {date(UNKNOWN, 1, 20)}}, "不是周末"),
        ({"worked": {date(UNKNOWN + 1, 1, 4)}}, "不在"),
        ({"off": STATUTORY | {date(UNKNOWN, 1, 19)}}, "又放假又上班"),
    ],
)
def test_days_that_cannot_be_are_refused_with_the_day_named(changes, said):
    with pytest.raises(Refused, match=said):
        entered(**changes)
    assert not CalendarException.objects.exists()
