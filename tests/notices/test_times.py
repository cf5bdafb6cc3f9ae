"""Quiet hours over midnight and the two digests of a working day, on the county's wall clock."""

from datetime import date, datetime, time, timedelta

import pytest
from django.core.exceptions import ImproperlyConfigured

from core.clock import COUNTY_TIME
from core.days import calendar
from notices import times

NIGHT = (time(20), time(8))
NOON = (time(12), time(14))


def at(day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A moment in November 2026; the 20th is a Friday."""
    return datetime(2026, 11, day, hour, minute, second, tzinfo=COUNTY_TIME)


@pytest.mark.parametrize(
    ("moment", "hours", "quiet"),
    [
        (at(20, 20), NIGHT, True),
        (at(20, 19, 59, 59), NIGHT, False),
        (at(20, 23, 59, 59), NIGHT, True),
        (at(21, 0), NIGHT, True),
        (at(21, 7, 59, 59), NIGHT, True),
        (at(21, 8), NIGHT, False),
        (at(20, 12), NOON, True),
        (at(20, 14), NOON, False),
        (at(20, 3), NOON, False),
        (at(20, 3), (time(8), time(8)), False),
        (at(20, 3), None, False),
    ],
)
def test_what_is_quiet(moment: datetime, hours: times.Hours | None, quiet: bool) -> None:
    assert times.is_quiet(moment, hours) is quiet


def test_a_night_ends_in_its_morning_and_began_in_its_evening() -> None:
    for moment in (at(20, 20), at(20, 23, 30), at(21, 0), at(21, 7, 59)):
        assert times.quiet_ends(moment, NIGHT) == at(21, 8)
        assert times.quiet_began(moment, NIGHT) == at(20, 20)
    assert times.quiet_ends(at(20, 12, 30), NOON) == at(20, 14)
    assert times.quiet_began(at(20, 12, 30), NOON) == at(20, 12)
    assert times.quiet_ends(at(20, 9), NIGHT) == at(20, 9)


def test_digests_come_on_working_days_only() -> None:
    assert times.slot_after(at(20, 7)) == at(20, 8, 30)
    assert times.slot_after(at(20, 9)) == at(20, 14, 30)
    assert times.slot_after(at(20, 15)) == at(23, 8, 30)  # over the weekend
    calendar.prime({date(2026, 11, 21): True, date(2026, 11, 23): False}, seconds=3600)
    assert times.slot_after(at(20, 15)) == at(21, 8, 30)  # a make-up Saturday
    assert times.slot_after(at(21, 15)) == at(24, 8, 30)  # and the Monday off for it


def test_every_moment_belongs_to_exactly_one_digest() -> None:
    for minutes in range(0, 6 * 24 * 60, 7):
        moment = at(19, 0) + timedelta(minutes=minutes)
        slot = times.slot_after(moment)
        since, until = times.window_of(slot)
        assert since <= moment < until < slot
        assert times.window_of(times.slot_before(slot))[1] == since


def test_a_notice_just_before_a_digest_waits_for_the_next() -> None:
    assert times.slot_after(at(20, 8, 28, 59)) == at(20, 8, 30)
    assert times.slot_after(at(20, 8, 29)) == at(20, 14, 30)
    assert times.slot_after(at(20, 8, 30)) == at(20, 14, 30)


def test_the_county_sets_its_times_in_one_place(settings) -> None:
    settings.NOTICE_QUIET, settings.NOTICE_DIGESTS = "21:30-7:00", ["16:00", "9:15"]
    assert times.county_quiet() == (time(21, 30), time(7))
    assert times.digest_times() == (time(9, 15), time(16))
    settings.NOTICE_QUIET = ""
    assert times.county_quiet() is None


@pytest.mark.parametrize(
    ("quiet", "digests"), [("20:00", ["8:30"]), ("eight", ["8:30"]), ("", []), ("", ["25:00"]), ("20:00-8:00", ["x"])]
)
def test_times_that_cannot_be_read_stop_the_start(settings, quiet: str, digests: list[str]) -> None:
    times.check()
    settings.NOTICE_QUIET, settings.NOTICE_DIGESTS = quiet, digests
    with pytest.raises(ImproperlyConfigured):
        times.check()
