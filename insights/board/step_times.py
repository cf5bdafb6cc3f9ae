"""环节用时 as a board says it: the bucket that a median lies in, in words. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from insights.board.figures import FEWEST, reaches
from insights.counting.steps import BOUNDS, DAY, HOUR, STEPS


@dataclass(frozen=True)
class StepTime:
    """The times of one step: how many tickets left it, and in words where median and ninth tenth lie."""

    label: str
    n: int
    median: str
    most: str

    @property
    def is_few(self) -> bool:
        return self.n < FEWEST


def step_times(counts: Mapping[str, Mapping[int, int]]) -> list[StepTime]:
    """Every step in the order of the workflow, from how many tickets fell into each bucket."""
    return [_step_time(str(label), counts.get(name, {})) for name, (label, _states) in STEPS.items()]


def _step_time(label: str, buckets: Mapping[int, int]) -> StepTime:
    n = sum(buckets.values())
    return StepTime(label, n, _between(reaches(buckets, n, 0.5)), _within(reaches(buckets, n, 0.9)))


def _between(bucket: int) -> str:
    """2–4 小时: the bucket that a median lies in."""
    if bucket == 0:
        return _("%(high)s内") % {"high": _length(BOUNDS[0])}
    if bucket == len(BOUNDS):
        return _("%(low)s以上") % {"low": _length(BOUNDS[-1])}
    low, high = BOUNDS[bucket - 1], BOUNDS[bucket]
    (first, unit), (second, same) = _amount(low), _amount(high)
    return f"{first}–{second} {same}" if unit == same else f"{first} {unit}–{second} {same}"


def _within(bucket: int) -> str:
    return _("%(low)s以上") % {"low": _length(BOUNDS[-1])} if bucket == len(BOUNDS) else _length(BOUNDS[bucket])


def _length(minutes: int) -> str:
    return " ".join(map(str, _amount(minutes)))


def _amount(minutes: int) -> tuple[int, str]:
    if minutes < HOUR:
        return minutes, _("分钟")
    return (minutes // HOUR, _("小时")) if minutes < DAY else (minutes // DAY, _("天"))
