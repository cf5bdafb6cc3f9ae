"""What the demo tells of single files happens by day, and in the order of time."""

from datetime import datetime, timedelta

import pytest

from core import clock
from gateway.demo.telling.turns import by_day, in_order

NOON = datetime.fromisoformat("2026-12-01T12:00+08:00")


@pytest.mark.parametrize(
    ("moment", "taken"),
    [
        ("2026-12-01T02:09", "2026-11-30T18:00"),
        ("2026-12-01T08:30", "2026-12-01T08:30"),
        ("2026-12-01T17:59", "2026-12-01T17:59"),
        ("2026-12-01T23:30", "2026-12-01T18:00"),
    ],
)
def test_what_would_be_at_night_was_before(moment, taken):
    assert by_day(datetime.fromisoformat(f"{moment}+08:00")) == datetime.fromisoformat(f"{taken}+08:00")


def test_nothing_is_told_before_what_was_earlier(db):
    told = []
    turns = [(ago / 16, lambda ago=ago: told.append((clock.now(), -ago))) for ago in (3, 40, 11, 7, 21, 1)]
    in_order(turns, NOON)
    assert told == sorted(told)
    assert all(at <= NOON - timedelta(days=-ago / 16) for at, ago in told)
