"""Periods read from an address, and figures: rates, places, lamps, lengths of time."""

from dataclasses import dataclass
from datetime import date

import pytest

from core.templatetags.charts import wilson
from insights.board.comparison import Row as ComparedRow
from insights.board.comparison import Table
from insights.board.figures import Count, Share, amount, change, difference, placed_in_order, speed_of
from insights.counting.period import LONGEST_DAYS, read
from insights.counting.tally import bucket_of

TODAY = date(2026, 11, 22)  # a Sunday


@pytest.mark.parametrize(
    ("kind", "first", "before_first", "before_last"),
    [
        ("today", date(2026, 11, 22), date(2026, 11, 21), date(2026, 11, 21)),
        ("week", date(2026, 11, 16), date(2026, 11, 9), date(2026, 11, 15)),
        ("lately", date(2026, 10, 24), date(2026, 9, 24), date(2026, 10, 23)),
        ("month", date(2026, 11, 1), date(2026, 10, 1), date(2026, 10, 22)),
        ("quarter", date(2026, 10, 1), date(2026, 7, 1), date(2026, 8, 22)),
    ],
)
def test_a_running_period_is_compared_with_the_same_days_before(kind, first, before_first, before_last):
    period = read({"period": kind}, TODAY)
    assert (period.first, period.last, period.hint) == (first, TODAY, "")
    assert (period.before_first, period.before_last) == (before_first, before_last)


def test_the_days_before_never_reach_into_the_period():
    period = read({"period": "month"}, date(2026, 3, 31))
    assert (period.before_first, period.before_last) == (date(2026, 2, 1), date(2026, 2, 28))


def test_a_chosen_period_is_compared_with_as_many_days_before():
    period = read({"period": "custom", "from": "2026-11-10", "to": "2026-11-12"}, TODAY)
    assert (period.before_first, period.before_last) == (date(2026, 11, 7), date(2026, 11, 9))
    assert read(period.query, TODAY) == period
    for first, last in (
        ("2026-11-12", "2026-11-10"),
        ("2026/11/10", "2026年11月12日"),
        ("２０２６-11-10", "2026.11.12"),
    ):
        said = read({"from": first, "to": last}, TODAY)
        assert (said.first, said.last) == (period.first, period.last)


BAD = [
    {"period": "custom", "from": "0001-01-01", "to": "2026-11-01"},
    {"period": "custom", "from": "2026-11-01", "to": ""},
    {"period": "custom", "from": "2026-02-30", "to": "2026-11-01"},
    {"period": "custom", "from": "\x00", "to": "9" * 100_000},
    {"period": "custom", "from": "26-11-01", "to": "2026-11-02"},
    {"period": "custom", "from": "2027-01-01", "to": "2027-01-02"},
    {"period": "\x00"},
    {"period": "x" * 100_000},
]


@pytest.mark.parametrize("params", BAD)
def test_what_cannot_be_read_becomes_the_last_days_and_a_hint(params):
    period = read(params, TODAY)
    assert (period.kind, period.first, period.last) == ("lately", date(2026, 10, 24), TODAY)
    assert "近 30 天" in period.hint


def test_too_long_and_unfinished_periods_are_cut_with_a_hint():
    long = read({"from": "2000-01-01", "to": "2100-12-31"}, TODAY)
    assert long.last == TODAY
    assert (long.last - long.first).days == LONGEST_DAYS - 1
    assert long.hint
    assert read({"from": "2026-11-01", "to": "2026-12-31"}, TODAY).hint == "只统计到今天"


def test_days_in_words():
    assert read({"period": "month"}, TODAY).text == "2026年11月1日至22日"
    assert read({"period": "quarter"}, TODAY).text == "2026年10月1日至11月22日"
    assert read({"period": "today"}, TODAY).text == "2026年11月22日"
    assert read({"from": "2025-12-31", "to": "2026-01-02"}, TODAY).text == "2025年12月31日至2026年1月2日"


def share(hits: int, total: int) -> Share:
    return Share(Count(hits, ""), (Count(hits, ""), Count(total - hits, "")))


@dataclass
class Row:
    name: str
    rate: Share


def test_equal_rates_share_a_place_and_few_cases_take_none():
    rows = [Row("a", share(10, 10)), Row("b", share(8, 9)), Row("c", share(24, 24)), Row("d", share(19, 20))]
    ranked = [(place, row.name) for place, row in placed_in_order(rows)]
    assert ranked == [(1, "c"), (1, "a"), (3, "d"), (None, "b")]


def test_only_the_first_places_are_told_and_the_rest_stay_in_their_order():
    rows = [Row(name, share(hits, 20)) for name, hits in (("a", 11), ("b", 20), ("c", 13), ("d", 18), ("e", 12))]
    ranked = [(place, row.name) for place, row in placed_in_order(rows)]
    assert ranked == [(1, "b"), (2, "d"), (3, "c"), (None, "a"), (None, "e")]


def test_the_line_of_an_interval_begins_below_all_of_them():
    """Clipped at half, the weakest looked as if they had been measured most exactly."""
    few, weak, strong = ComparedRow("", "", Count(0, ""), share(1, 2), share(0, 0)), share(6, 20), share(90, 100)
    rows = [ComparedRow("", "", Count(0, ""), rate, share(0, 0)) for rate in (weak, strong)]
    assert Table("", "", [few, *rows]).low == 0.1
    assert wilson(6, 20)[0] > 0.1
    assert Table("", "", [few, rows[1]]).low == 0.5


@pytest.mark.parametrize(
    ("hits", "total", "lamp"),
    [(10, 10, "b"), (9, 10, "b"), (89, 100, "y"), (15, 20, "y"), (74, 100, "r"), (0, 10, "r"), (9, 9, ""), (0, 0, "")],
)
def test_the_lamp_of_a_rate(hits, total, lamp):
    assert share(hits, total).lamp == lamp
    assert (share(hits, total).value is None) == (total < 10)


def test_changes_in_words():
    assert share(95, 100).change_from(share(90, 100)) == "▲ 5.0 点"
    assert share(90, 100).change_from(share(95, 100)) == "▼ 5.0 点"
    assert share(90, 100).change_from(share(18, 20)) == "持平"
    assert share(9, 9).change_from(share(90, 100)) == ""
    assert (change(12, 10), change(9, 10), change(10, 10), change(5, 9)) == ("▲ 20.0%", "▼ 10.0%", "持平", "")
    assert (difference(5, 2), difference(2, 5), difference(2, 2)) == ("▲ 3", "▼ 3", "持平")


def test_median_and_ninth_tenth_are_read_from_buckets():
    minutes = list(range(10, 1010, 10))
    buckets: dict[int, int] = {}
    for m in minutes:
        buckets[bucket_of(m)] = buckets.get(bucket_of(m), 0) + 1
    speed = speed_of(buckets)
    assert speed.n == 100
    assert abs(speed.median / 500 - 1) < 0.15
    assert abs(speed.p90 / 900 - 1) < 0.15
    assert speed_of({}).is_few


def test_lengths_of_working_time():
    assert amount(40) == ("40", "分")
    assert amount(192) == ("3.2", "时")
    assert amount(390) == ("1.0", "天")
    assert amount(624) == ("1.6", "天")
