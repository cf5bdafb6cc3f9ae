"""What the pages of moving things have in common, without a thing."""

from datetime import UTC, datetime, timedelta

from core.process.detail import short_day, track_of

NOW = datetime(2026, 11, 20, 1, 30, tzinfo=UTC)  # 09:30 in the county


def test_a_day_is_told_as_shortly_as_it_can_be() -> None:
    assert short_day(NOW, NOW + timedelta(hours=3)) == "09:30"
    assert short_day(NOW, NOW + timedelta(days=3)) == "20日"
    assert short_day(NOW, NOW + timedelta(days=30)) == "11月20日"
    assert short_day(NOW - timedelta(hours=10), NOW) == "19日"  # yesterday in the county, whatever UTC says


def test_a_track_says_what_is_reached_what_is_on_and_nothing_of_what_comes() -> None:
    marks = (("立案", NOW), ("调解", NOW), ("协议", NOW), ("履行", None))
    on = track_of(marks, 1, "调解中", NOW)
    assert [(step.text, step.note, step.state) for step in on] == [
        ("立案", "09:30", "done"),
        ("调解", "调解中", "now"),
        ("协议", "", ""),  # agreed once, and being mediated again
        ("履行", "", ""),
    ]
    assert [step.state for step in track_of(marks, -1, "", NOW)] == ["done", "done", "done", ""]
