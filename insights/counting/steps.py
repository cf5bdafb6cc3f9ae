"""环节用时: how long tickets stay in each step of the workflow, read from their log. Pure: no database, no clock.

A step is one or more states of the workflow. Its time runs around the clock from when a ticket enters such a state
until it leaves it again; several stays of one ticket add up. Times are counted in the fixed buckets of `BOUNDS`, so a
median is said as the bucket that it lies in, never more exactly than it is known.
"""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from issues.workflow import State

S = State
STEPS: Mapping[str, tuple[Promise, frozenset[State]]] = {
    "accept": (_("受理"), frozenset({S.PLACED})),
    "first": (_("首办"), frozenset({S.ACCEPTED})),
    "confirm": (_("确认"), frozenset({S.CONFIRMING})),
    "dispatch": (_("派哨"), frozenset({S.WHISTLED, S.RETURNED})),
    "claim": (_("领办"), frozenset({S.DISPATCHED})),
    "consult": (_("会商"), frozenset({S.CONSULTING})),
    "handle": (_("办理"), frozenset({S.SELF_HANDLING, S.HANDLING, S.REWORK})),
    "verify": (_("核查"), frozenset({S.REPORTED})),
    "callback": (_("回访"), frozenset({S.VERIFIED})),
}
"""What each step is called and its states; 挂账 is nobody's step."""
STEP_OF = {state: name for name, (_label, states) in STEPS.items() for state in states}
HOUR, DAY = 60, 24 * 60
BOUNDS = (
    5, 15, 30, HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR,
    DAY, 2 * DAY, 3 * DAY, 5 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 90 * DAY,
)  # fmt: skip
"""Upper ends of the buckets in minutes, each included; one more bucket holds what is longer."""

Move = tuple[str, str, datetime]
"""One event of a log: the state before, the state after, and when."""


def minutes_by_step(log: Iterable[Move]) -> dict[str, float]:
    """How long a ticket stayed in each step that it has left, from its whole log in order."""
    entered: datetime | None = None
    spent: dict[str, timedelta] = {}
    for before, after, at in log:
        if before == after:
            continue
        step = STEP_OF.get(State(before)) if before else None
        if step is not None and entered is not None:
            spent[step] = spent.get(step, timedelta()) + max(at - entered, timedelta())
        entered = at
    return {step: time.total_seconds() / 60 for step, time in spent.items()}


def bucket_of(minutes: float) -> int:
    return bisect_left(BOUNDS, minutes)
