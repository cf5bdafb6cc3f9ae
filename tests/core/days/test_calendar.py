"""Limits against a calendar checked by hand, and properties over random moments."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import clock
from core.days import calendar
from core.days.calendar import Limit, add, elapsed_minutes, is_working_day, share

SH = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SH)


FIRST, LAST = (datetime.fromisoformat(day) for day in ("2025-01-01", "2026-12-01"))
moments = st.datetimes(FIRST, LAST, timezones=st.just(SH))
units = st.sampled_from(["m", "h", "wh", "wd", "d"])
limits = st.builds(Limit, st.integers(1, 60), units)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2025-01-26", True),  # Sunday, make-up day before Spring Festival
        ("2025-01-28", False),
        ("2025-02-04", False),
        ("2025-02-05", True),
        ("2025-02-08", True),  # Saturday, make-up day
        ("2025-09-28", True),  # Sunday, make-up day before National Day
        ("2025-10-08", False),
        ("2025-10-09", True),
        ("2025-10-11", True),  # Saturday, make-up day
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-02-28", True),
        ("2026-10-10", True),
        ("2031-01-01", False),  # beyond the package: off by law
        ("2031-01-02", True),  # else a Thursday is a Thursday
        ("2031-01-04", False),
    ],
)
def test_days_checked_by_hand(day: str, works: bool) -> None:
    assert is_working_day(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("start", "limit", "due"),
    [
        ("2025-09-30T16:30", "4wh", "2025-10-09T12:00"),  # one hour today, eight days off, three hours
        ("2025-09-30T10:00", "3wd", "2025-10-11T17:30"),  # 9th, 10th and the made-up Saturday
        ("2025-09-27T10:00", "1wd", "2025-09-28T17:30"),  # Saturday off, made-up Sunday
        ("2025-01-27T17:30", "1wh", "2025-02-05T10:00"),
        ("2025-01-27T12:30", "2wh", "2025-01-27T16:00"),  # lunch is not working time
        ("2025-01-27T11:00", "1wh", "2025-01-27T12:00"),
        ("2025-01-27T03:00", "1wh", "2025-01-27T10:00"),
        ("2026-02-13T17:00", "6wd", "2026-02-28T17:30"),  # 14, 24, 25, 26, 27 and the made-up 28
        ("2025-12-31T17:00", "1wh", "2026-01-04T09:30"),  # New Year, then a made-up Sunday
        ("2028-02-28T20:00", "24h", "2028-02-29T20:00"),
        ("2025-10-01T23:50", "30m", "2025-10-02T00:20"),
        ("2025-12-28T08:00", "7d", "2026-01-04T08:00"),
    ],
)
def test_due_times_checked_by_hand(start: str, limit: str, due: str) -> None:
    assert add(at(start), Limit.parse(limit)) == at(due)


def test_the_countys_word_comes_first() -> None:
    calendar.prime({date(2025, 10, 9): False, date(2025, 10, 12): True})
    assert add(at("2025-09-30T17:00"), Limit(1, "wd")) == at("2025-10-10T17:30")
    assert is_working_day(date(2025, 10, 12))


def test_a_year_without_work_is_an_error_not_a_hang() -> None:
    start = date(2025, 1, 1)
    calendar.prime({start + timedelta(days=n): False for n in range(800)})
    for limit in (Limit(1, "wd"), Limit(1, "wh")):
        with pytest.raises(ValueError, match="no working day"):
            add(at("2025-01-01T10:00"), limit)


@given(moments, moments, limits)
def test_a_later_start_is_never_due_earlier(one: datetime, other: datetime, limit: Limit) -> None:
    earlier, later = sorted((one, other))
    assert earlier < add(earlier, limit) <= add(later, limit)


@given(moments, st.integers(1, 40), st.integers(1, 40), units)
def test_limits_add_up(start: datetime, one: int, other: int, unit: calendar.Unit) -> None:
    assert add(start, Limit(one + other, unit)) == add(add(start, Limit(one, unit)), Limit(other, unit))


@given(moments, st.integers(1, 60))
def test_working_hours_take_exactly_their_working_time(start: datetime, hours: int) -> None:
    assert elapsed_minutes(start, add(start, Limit(hours, "wh")), "wh") == hours * 60


@given(moments, limits, st.floats(0, 1), st.floats(0, 1))
def test_shares_lie_in_order_between_start_and_due(start: datetime, limit: Limit, a: float, b: float) -> None:
    due = add(start, limit)
    low, high = (share(start, due, part, limit.unit) for part in sorted((a, b)))
    assert start <= low <= high <= due
    assert share(start, due, 1.0, limit.unit) <= due


def test_half_of_a_working_day_limit_skips_nights_and_holidays() -> None:
    start = at("2025-09-30T14:00")
    due = add(start, Limit(1, "wd"))
    assert due == at("2025-10-09T17:30")
    assert share(start, due, 0.5, "wd") == at("2025-10-09T10:30")  # 10 h of work, half of it
    assert elapsed_minutes(start, due, "wd") == 600


def test_the_answer_keeps_the_zone_it_was_asked_in() -> None:
    start = at("2025-09-30T16:30").astimezone(ZoneInfo("UTC"))
    assert add(start, Limit(4, "wh")).tzinfo == start.tzinfo


@pytest.mark.parametrize("text", ["4wh", "3wd", "24h", "30m", "7d"])
def test_limits_read_and_write(text: str) -> None:
    assert str(Limit.parse(text)) == text


@pytest.mark.parametrize("text", ["", "4", "wh", "0h", "-1h", "4 wh", "4.5h", "４h", "9999999h", "1y", "1h\x00"])
def test_what_is_not_a_limit(text: str) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limit.parse(text)


def test_labels() -> None:
    labels = [Limit.parse(text).label for text in ("4wh", "3wd", "24h", "30m", "7d")]
    assert labels == ["4 个工时", "3 个工作日", "24 小时", "30 分钟", "7 天"]


def test_the_local_day_is_ahead_of_utc_until_eight() -> None:
    with clock.at(at("2025-12-31T07:59")):
        assert clock.today() == date(2025, 12, 31)
        assert clock.now().date() == date(2025, 12, 30)
        with clock.at(at("2024-02-29T00:00")):
            assert clock.today() == date(2024, 2, 29)
        assert clock.today() == date(2025, 12, 31)


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="aware"), clock.at(datetime(2025, 1, 1)):  # noqa: DTZ001 - the point
        pass
