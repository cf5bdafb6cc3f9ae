"""Days, moments and times of day, however they are typed."""

from datetime import date, datetime, time

import pytest

from core.days.typed import day_of, moment_of, time_of

NOVEMBER = date(2026, 11, 30)
DAYS = (
    "2026-11-30", "2026/11/30", "2026.11.30", "2026年11月30日", "2026年11月30号", "20261130", "2026。11。30",
    "２０２６－１１－３０", "２０２６／１１／３０", "２０２６年１１月３０日", "2026 年 11 月 30 日",
    " 2026-11-30\u200b", "2026–11–30",
)  # fmt: skip


@pytest.mark.parametrize("text", DAYS)
def test_a_day_in_every_writing(text: str) -> None:
    assert day_of(text) == NOVEMBER


def test_single_figures_need_no_nought() -> None:
    assert day_of("2026/1/2") == day_of("2026年1月2日") == day_of("2026.01.02") == date(2026, 1, 2)


@pytest.mark.parametrize(
    "text",
    ["", "明天", "11月30日", "26-11-30", "2026-11", "2026-13-01", "2026-02-29", "2026 11 30", "0000-01-01",
     "2026-11-30 9:00", "202611301", "2026-11-30x"],
)  # fmt: skip
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert day_of(text) is None


@pytest.mark.parametrize(
    "text",
    ["2026-11-30T09:05", "2026-11-30 9:05", "2026/11/30 09:05:00", "2026年11月30日 9时5分", "2026年11月30日9点5分",
     "２０２６年１１月３０日　９：０５", "2026.11.30 9:05", "20261130 9:05", "2026-11-30T09:05:59.123"],
)  # fmt: skip
def test_a_moment_in_every_writing(text: str) -> None:
    assert moment_of(text) == datetime.combine(NOVEMBER, time(9, 5))


def test_a_moment_needs_its_time_and_something_between() -> None:
    assert moment_of("2026年11月30日9时") == datetime.combine(NOVEMBER, time(9))
    for text in ("2026-11-30", "9:05", "2026-11-309:05", "2026-11-30 24:00", "2026-11-30 9"):
        assert moment_of(text) is None, text


@pytest.mark.parametrize(
    ("text", "at"),
    [("20:00", (20, 0)), ("８：３０", (8, 30)), ("8点", (8, 0)), ("8时30分", (8, 30)), ("8点5", (8, 5)),
     ("08:30:00", (8, 30))],
)  # fmt: skip
def test_a_time_of_day_in_every_writing(text: str, at: tuple[int, int]) -> None:
    assert time_of(text) == time(*at)


@pytest.mark.parametrize("text", ["", "早上", "8", "25:00", "8:60", "0830", "8:30 9:00"])
def test_what_is_no_time_is_not_guessed(text: str) -> None:
    assert time_of(text) is None
