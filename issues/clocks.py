"""Limits that run on tickets: start, stop, what governs a state, lamps, and due steps.

A clock keeps the rule as it stood when it started. Lamps are computed at read time from the copied
`warn_at`/`due_at`, so they are right even when every background process is down. `fire_due` gives each
reminder step (50 %, 80 %, overdue) exactly once and catches up after downtime.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils.translation import gettext_lazy as _

from core import calendar, clock
from core.calendar import Limit
from core.prepared import Insert, Read, Update
from duties.models import DutyItem, GradeCode, ListVersion
from duties.rules import Rules
from issues.models import Clock, Ticket
from issues.workflow import STATES, ClockKind, State

REMIND_SHARE = 0.5
WARN_SHARE = 0.8
RETRY_AFTER = timedelta(minutes=5)
STEPS = ("remind", "warn", "overdue")
STEP_LABELS = {"remind": _("时限过半提醒"), "warn": _("临期预警"), "overdue": _("超期督办")}
BLUE, YELLOW, RED, NONE = "b", "y", "r", "n"
LAMP_WORDS = {BLUE: _("蓝灯"), YELLOW: _("黄灯"), RED: _("红灯"), NONE: _("已结束")}
# What every step runs, composed once (`core.prepared`).
_RUNNING = Clock.objects.filter(stopped_at__isnull=True)
_ON_TICKET = Read(_RUNNING, "ticket")
_DUE = Read(_RUNNING.filter(next_at__isnull=False), "pk", "fired")
_CHANGE, _ADVANCE = Update(Clock.objects.all(), "pk"), Update(_RUNNING, "pk", "fired")
_NEW = Insert(Clock)


def limits_for(version: ListVersion, item: DutyItem | None) -> dict[str, str]:
    """The limit of each clock kind for an item (or, while none is set, for the general grade)."""
    grade = item.grade if item else version.grades.get(code=GradeCode.GENERAL)
    rules = Rules.from_json(version.rules)
    urgent = grade.code == GradeCode.URGENT
    return {
        ClockKind.ACCEPT: grade.accept,
        ClockKind.DISPATCH: grade.accept,
        ClockKind.CLAIM: grade.accept,
        ClockKind.HANDLE: (item.resolve if item else "") or grade.resolve,
        ClockKind.VERIFY: str(rules.verify_within),
        ClockKind.CALLBACK: str(rules.callback_within),
        "return": str(rules.return_window_urgent if urgent else rules.return_window),
    }


Running = dict[str, Clock]
"""Clocks of one ticket by kind."""


def running_on(ticket: Ticket) -> Running:
    return {row.kind: row for row in _ON_TICKET.all(ticket.pk)}


def stop(running: Running, kinds: Iterable[ClockKind], *, now: datetime) -> Running:
    """Stop the clocks of `kinds` among `running`, take them out of it and return them."""
    stopped: Running = {kind: running.pop(kind) for kind in kinds if kind in running}
    for row in stopped.values():
        _CHANGE.run(row.pk, stopped_at=now, next_at=None)
    return stopped


def planned(ticket: Ticket, kinds: Iterable[ClockKind], *, now: datetime) -> Running:
    """Clocks of `kinds` that start now, not yet stored. One that already runs is never planned again:
    a return does not reset the department's limit."""
    return {kind: _new(ticket, kind, now) for kind in kinds}


def keep(fresh: Iterable[Clock]) -> None:
    """Store planned clocks."""
    for row in fresh:
        _NEW.run(row)


def _new(ticket: Ticket, kind: ClockKind, now: datetime) -> Clock:
    limit = Limit.parse(ticket.limits[kind])
    due = calendar.add(now, limit)
    remind, warn = calendar.shares(now, due, (REMIND_SHARE, WARN_SHARE), limit.unit)
    return Clock(
        ticket=ticket,
        kind=kind,
        round=ticket.round,
        department_id=ticket.lead_id if kind in (ClockKind.CLAIM, ClockKind.HANDLE) else None,
        limit=str(limit),
        rule={"list_version": ticket.list_version_id, "item": ticket.item_code, "grade": ticket.grade},
        started_at=now,
        remind_at=remind,
        warn_at=warn,
        due_at=due,
        next_at=remind,
    )


def copy_governing(ticket: Ticket, running: Running) -> None:
    """Copy the clock that the present state answers to onto the ticket, where lists sort and lamps read it."""
    kind = STATES[State(ticket.state)].governed_by
    row = running.get(kind) if kind else None
    if row is not None:
        ticket.clock_kind = row.kind
        ticket.clock_started_at, ticket.warn_at, ticket.due_at = row.started_at, row.warn_at, row.due_at


def lamp(ticket: Ticket, now: datetime | None = None) -> str:
    """Blue, yellow from the warn share on, red when overdue; none once the ticket has ended."""
    if not ticket.is_open:
        return NONE
    return lamp_at(ticket.warn_at, ticket.due_at, now or clock.now())


def lamp_at(warn_at: datetime, due_at: datetime, now: datetime) -> str:
    if now >= due_at:
        return RED
    return YELLOW if now >= warn_at else BLUE


def due_steps(limit: int) -> list[tuple[int, int, int]]:
    """Clocks whose next step is due, oldest first: (ticket id, clock id, steps already fired)."""
    rows = Clock.objects.filter(next_at__lte=clock.now()).order_by("next_at", "id")
    return list(rows.values_list("ticket_id", "id", "fired")[:limit])


def postpone(clock_id: int) -> None:
    """Try a clock's step again later, after it failed for a reason of its own."""
    Clock.objects.filter(pk=clock_id, stopped_at__isnull=True).update(next_at=clock.now() + RETRY_AFTER)


def advance(clock_id: int, *, fired: int) -> Clock | None:
    """Take the step after `fired` on a running clock; None when somebody else already took it."""
    for row in _DUE.all(clock_id, fired):
        moments = (row.remind_at, row.warn_at, row.due_at)
        following = moments[fired + 1] if fired + 1 < len(moments) else None
        if _ADVANCE.run(clock_id, fired, fired=fired + 1, next_at=following):
            return row
    return None
