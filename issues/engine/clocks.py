"""Limits that run on tickets: start, stop, pause, extend, what is owed, lamps, and their steps.

A clock keeps the rule as it stood when it started. One that has run out and is stopped by a step that does not do what
it asked for stays owed: it counts on the lamp until it is done (docs/adr/0016-the-worst-limit-lights-the-lamp.md).
Lamps are computed at read time from the copied `warn_at`/`due_at`, so they are right even when every background process
is down. Each reminder step (50 %, 80 %, overdue, and later to the county) is taken exactly once and catches up after
downtime.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from core import clock
from core.days import calendar
from core.days.calendar import Limit
from core.rows.prepared import Insert, Read, Update
from duties.models import DutyItem, GradeCode, ListVersion
from duties.shapes.rules import Rules
from issues.models import Call, Clock, Ticket
from issues.workflow import STATES, ClockKind, State, WhistleType

REMIND_SHARE, WARN_SHARE = 0.5, 0.8
STEPS = ("remind", "warn", "overdue", "again")
STEP_LABELS = {
    "remind": _("时限过半提醒"),
    "warn": _("临期预警"),
    "overdue": _("超期督办"),
    "again": _("超期未办，县级通报"),
}
LEADS = frozenset({ClockKind.CLAIM, ClockKind.ARRIVE, ClockKind.HANDLE})
SUPERVISED = LEADS | {ClockKind.REVIEW}
"""Limits whose end issues a supervision sheet and, if nothing happens, a report to the county."""
BLUE, YELLOW, RED, NONE = "b", "y", "r", "n"
LAMP_WORDS = {BLUE: _("蓝灯"), YELLOW: _("黄灯"), RED: _("红灯"), NONE: _("已结束")}
# What every step runs, composed once (`core.rows.prepared`).
RUNNING = Clock.objects.filter(stopped_at__isnull=True)
COUNTS = Q(stopped_at__isnull=True) | Q(is_owed=True)
"""Limits that a ticket still has to do with."""
_COUNTING = Read(Clock.objects.filter(COUNTS), "ticket")
_DUE = Read(RUNNING.filter(next_at__isnull=False), "pk", "fired")
_CHANGE, _ADVANCE = Update(Clock.objects.all(), "pk"), Update(RUNNING, "pk", "fired")
_NEW = Insert(Clock)
STORED = ("remind_at", "warn_at", "due_at", "again_at", "next_at", "paused_at", "paused_spans", "rule")


def limits_for(version: ListVersion, item: DutyItem | None) -> dict[str, str]:
    """The limit of each clock kind for an item (or, while none is set, for the general grade).

    Also how soon each whistle's departments must arrive, and when an overdue limit goes to the county.
    """
    grade = item.grade if item else version.grades.get(code=GradeCode.GENERAL)
    rules = Rules.from_json(version.rules)
    urgent = grade.code == GradeCode.URGENT
    return {
        ClockKind.ACCEPT: grade.accept,
        ClockKind.CONFIRM: grade.accept,
        ClockKind.DISPATCH: grade.accept,
        ClockKind.CLAIM: grade.accept,
        ClockKind.WRITE_UP: str(rules.write_up_within),
        ClockKind.CONSULT: str(rules.dispute_within),
        ClockKind.HANDLE: (item.resolve if item else "") or grade.resolve,
        ClockKind.REVIEW: str(rules.suspension_review_every),
        ClockKind.VERIFY: str(rules.verify_within),
        ClockKind.CALLBACK: str(rules.callback_within),
        "return": str(rules.return_window_urgent if urgent else rules.return_window),
        "again": str(rules.supervise_again_after),
        "extend": "" if grade.extend_max.startswith("0") else grade.extend_max,
        "settle": "photo" if rules.settle_needs_photo else "",
        **rules.whistle_arrivals,
    }


def arrival_limit(ticket: Ticket, whistle_type: str) -> str:
    """How soon called departments must be on site; without a whistle as for a service whistle."""
    return str(ticket.limits[whistle_type or WhistleType.SERVICE])


@dataclass
class Running:
    """The limits that count on one ticket.

    `own` are its own by kind, running or paused; `helpers` those of assisting departments; `owed` are stopped ones of
    either that had run out before what they asked for was done.
    """

    own: dict[str, Clock] = field(default_factory=dict)
    helpers: list[Clock] = field(default_factory=list)
    owed: list[Clock] = field(default_factory=list)

    @property
    def lit(self) -> list[Clock]:
        """What the lamp is made of: all but limits that were paused in time."""
        on = [row for row in (*self.own.values(), *self.helpers) if row.paused_at is None or has_run_out(row)]
        return [*on, *self.owed]

    def owes(self, kind: ClockKind) -> list[Clock]:
        """Own limits of `kind` that are owed."""
        return [row for row in self.owed if row.kind == kind and row.call_id is None]


def running_on(ticket: Ticket) -> Running:
    """The limits that count on a ticket. One query."""
    return sorted_out(_COUNTING.all(ticket.pk))


def sorted_out(rows: Iterable[Clock]) -> Running:
    """The rows of `COUNTS` of one ticket by what they are to it."""
    found = Running()
    for row in rows:
        if row.stopped_at is not None:
            found.owed.append(row)
        elif row.call_id is not None:
            found.helpers.append(row)
        else:
            found.own[row.kind] = row
    return found


def has_run_out(row: Clock, now: datetime | None = None) -> bool:
    """Whether the limit has ended, or had when it was paused."""
    return row.due_at <= (row.paused_at or now or clock.now())


# ---- start, stop --------------------------------------------------------------------------------------------
def stop(
    running: Running, kinds: Iterable[ClockKind], *, now: datetime, settled: Collection[ClockKind] = ()
) -> dict[str, Clock]:
    """Stop the ticket's own clocks of `kinds`, take them out of `running` and return them.

    What has run out stays owed, unless its kind is among `settled`: what it asked for is done by this step.
    """
    stopped: dict[str, Clock] = {kind: running.own.pop(kind) for kind in kinds if kind in running.own}
    for row in stopped.values():
        _end(running, row, now, is_done=row.kind in settled)
    return stopped


def _end(running: Running, row: Clock, now: datetime, *, is_done: bool) -> None:
    row.is_owed = not is_done and has_run_out(row, now)
    row.stopped_at, row.next_at = now, None
    _CHANGE.run(row.pk, stopped_at=now, next_at=None, is_owed=row.is_owed)
    if row.is_owed:
        running.owed.append(row)


def settle(running: Running, kinds: Collection[ClockKind]) -> None:
    """What limits of `kinds` asked for has been done: nothing of it is owed any more."""
    for row in [row for row in running.owed if row.kind in kinds]:
        running.owed.remove(row)
        _CHANGE.run(row.pk, is_owed=False)


def stop_of(running: Running, call: Call, kind: ClockKind, *, now: datetime) -> Clock | None:
    """Stop one limit of an assisting department, which has done what it asked for."""
    for row in running.helpers:
        if row.call_id == call.pk and row.kind == kind:
            running.helpers.remove(row)
            _end(running, row, now, is_done=True)
            return row
    return None


def stop_calls(running: Running, calls: Iterable[Call], *, now: datetime) -> None:
    """Stop every limit of these assisting departments; what has run out stays owed by the ticket."""
    ended = {call.pk for call in calls}
    for row in [row for row in running.helpers if row.call_id in ended]:
        running.helpers.remove(row)
        _end(running, row, now, is_done=False)


def stop_grids_own(running: Running, *, now: datetime) -> None:
    """The grid's own time to handle ends where a department's begins."""
    row = running.own.get(ClockKind.HANDLE)
    if row is not None and row.department_id is None:
        stop(running, [ClockKind.HANDLE], now=now)


def stop_departments(running: Running, *, now: datetime) -> None:
    """A department's time to handle ends where the grid takes the ticket back."""
    row = running.own.get(ClockKind.HANDLE)
    if row is not None and row.department_id is not None:
        stop(running, [ClockKind.HANDLE], now=now)


def revive(ticket: Ticket, running: Running, *, stopped_at: datetime, dispatch: bool = False) -> None:
    """Let the grid's own time to handle, and that for a `dispatch`, run on as if it had not stopped at `stopped_at`.

    Of two that ended at one moment the last runs on.
    """
    which = Q(kind=ClockKind.HANDLE, department=None) | (Q(kind=ClockKind.DISPATCH) if dispatch else Q(pk__in=()))
    stopped = Clock.objects.filter(which, ticket=ticket, call=None, stopped_at=stopped_at)
    ended = {row.kind: row for row in stopped.order_by("pk")}
    for row in ended.values():
        running.owed = [other for other in running.owed if other.pk != row.pk]
        running.own[row.kind] = row
        row.stopped_at, row.is_owed = None, False
        _CHANGE.run(row.pk, stopped_at=None, is_owed=False)
        if row.paused_at is None:
            _store_steps(row)


LATE = Q(stopped_at__gt=F("due_at"))


def owe_again(ticket: Ticket, running: Running, which: Q = LATE) -> None:
    """What was reported done is not: of the limits to handle it that had ended, `which` are owed again."""
    for row in Clock.objects.filter(which, ticket=ticket, kind=ClockKind.HANDLE, call=None, is_owed=False):
        _CHANGE.run(row.pk, is_owed=True)
        running.owed.append(row)


def planned(ticket: Ticket, kinds: Iterable[ClockKind], *, now: datetime, call: Call | None = None) -> dict[str, Clock]:
    """Clocks of `kinds` that start now, not yet stored."""
    return {kind: _new(ticket, kind, now, call) for kind in kinds}


def keep(fresh: Iterable[Clock]) -> None:
    """Store planned clocks."""
    for row in fresh:
        _NEW.run(row)


def start(
    ticket: Ticket, running: Running, kinds: Iterable[ClockKind], *, now: datetime, call: Call | None = None
) -> None:
    """Start limits, of an assisting department those of its `call`.

    One of the ticket's own that already runs is not started again: a return does not reset the department's limit.
    """
    wanted = [kind for kind in kinds if call is not None or kind not in running.own]
    fresh = planned(ticket, wanted, now=now, call=call)
    keep(fresh.values())
    if call is None:
        running.own |= fresh
    else:
        running.helpers += fresh.values()


def _new(ticket: Ticket, kind: ClockKind, now: datetime, call: Call | None) -> Clock:
    limit = Limit.parse(ticket.limits[kind])
    due = calendar.add(now, limit)
    lead = ticket.lead_id if kind in LEADS else None
    row = Clock(
        ticket=ticket,
        kind=kind,
        round=ticket.round,
        department_id=call.department_id if call else lead,
        call=call,
        limit=str(limit),
        rule={"list_version": ticket.list_version_id, "item": ticket.item_code, "grade": ticket.grade},
        started_at=now,
        due_at=due,
    )
    _set_steps(row, limit, ticket.limits.get("again", ""))
    row.next_at = row.remind_at
    return row


def _set_steps(row: Clock, limit: Limit, again: str) -> None:
    """When each step of a limit falls due, from its start and its end."""
    row.remind_at, row.warn_at = calendar.shares(row.started_at, row.due_at, (REMIND_SHARE, WARN_SHARE), limit.unit)
    row.again_at = calendar.add(row.due_at, Limit.parse(again)) if again and row.kind in SUPERVISED else None


# ---- extend, pause, resume ----------------------------------------------------------------------------------
def extend(running: Running, kind: ClockKind, by: Limit, *, now: datetime) -> Clock:
    """Let a running limit end later by `by`; steps already taken are not taken again.

    One that has run out meanwhile stays owed, and a new promise of `by` from now runs beside it.
    """
    row = running.own[kind]
    if has_run_out(row, now):
        return _promise_anew(running, row, by, now)
    again = row.again_at
    before = row.due_at
    row.due_at = calendar.add(row.due_at, by)
    row.remind_at, row.warn_at = calendar.shares(row.started_at, row.due_at, (REMIND_SHARE, WARN_SHARE), by.unit)
    row.again_at = calendar.shift(again, before, row.due_at, "wd") if again else None
    row.rule = {**row.rule, "extended": str(by)}
    _store_steps(row)
    return row


def _promise_anew(running: Running, old: Clock, by: Limit, now: datetime) -> Clock:
    stop(running, [ClockKind(old.kind)], now=now)
    row = Clock(
        ticket=old.ticket,
        kind=old.kind,
        round=old.round,
        department_id=old.department_id,
        limit=old.limit,
        rule={**old.rule, "promised": str(by)},
        started_at=now,
        due_at=calendar.add(now, by),
    )
    _set_steps(row, by, old.ticket.limits.get("again", ""))
    row.next_at = row.remind_at
    keep([row])
    running.own[row.kind] = row
    return row


def reckon(row: Clock, again: str) -> bool:
    """Reckon the end of a limit that has not run out by the calendar as it is now; whether it has moved.

    `again` is how much later an overdue limit goes to the county. Steps already taken are not taken again.
    """
    limit = _limit_of(row)
    due = calendar.add(row.started_at, limit)
    for since, until in row.paused_spans:
        due = calendar.shift(due, datetime.fromisoformat(since), datetime.fromisoformat(until), limit.unit)
    if "extended" in row.rule:
        due = calendar.add(due, Limit.parse(row.rule["extended"]))
    if due == row.due_at:
        return False
    row.due_at = due
    _set_steps(row, limit, again)
    _store_steps(row)
    return True


def pause(running: Running, kinds: Iterable[ClockKind], *, now: datetime) -> None:
    """Let limits stand still; nothing falls due meanwhile."""
    for row in _among(running, kinds):
        if row.paused_at is None:
            row.paused_at, row.next_at = now, None
            _CHANGE.run(row.pk, paused_at=now, next_at=None)


def resume(ticket: Ticket, running: Running, kinds: Iterable[ClockKind], *, now: datetime) -> None:
    """Let paused limits run on with exactly what was left of them; an overdue one stays overdue.

    An own limit that belongs to another department by now, or has been set anew, ends instead.
    """
    for row in _among(running, kinds):
        if row.paused_at is None:
            continue
        if row.call_id is None and (row.department_id != ticket.lead_id or row.limit != ticket.limits[row.kind]):
            stop(running, [ClockKind(row.kind)], now=now)
            continue
        unit, since = _limit_of(row).unit, row.paused_at
        for name in ("remind_at", "warn_at", "due_at", "again_at"):
            if (moment := getattr(row, name)) is not None:
                setattr(row, name, calendar.shift(moment, since, now, unit))
        row.paused_spans = [*row.paused_spans, [since.isoformat(), now.isoformat()]]
        row.paused_at = None
        _store_steps(row)


def _among(running: Running, kinds: Iterable[ClockKind]) -> list[Clock]:
    wanted = set(kinds)
    return [row for row in (*running.own.values(), *running.helpers) if row.kind in wanted]


def _limit_of(row: Clock) -> Limit:
    return Limit.parse(row.rule.get("promised") or row.limit)


def _store_steps(row: Clock) -> None:
    steps = _moments(row)
    row.next_at = steps[row.fired] if row.fired < len(steps) and row.paused_at is None else None
    row.save(update_fields=STORED)


# ---- what governs a state, lamps ----------------------------------------------------------------------------
def copy_governing(ticket: Ticket, running: Running) -> None:
    """Copy onto an open ticket what lists sort by and lamps read.

    `due_at` and `warn_at` are the earliest of all limits that count, so that the lamp is at any moment the worst of
    theirs; `clock_kind` says which ends first (of two at once the present state's), `move_by` when that one does.
    """
    kind = STATES[State(ticket.state)].governed_by
    if kind is None:
        return
    first = min(running.lit, key=lambda row: (row.due_at, row.kind != kind, row.kind, row.started_at))
    ticket.clock_kind, ticket.clock_started_at, ticket.due_at = first.kind, first.started_at, first.due_at
    ticket.warn_at = min(row.warn_at for row in running.lit)
    ticket.move_by = running.own[kind].due_at


def lamp(ticket: Ticket, now: datetime | None = None) -> str:
    """Blue, yellow from the warn share on, red when overdue; none once the ticket has ended."""
    if not ticket.is_open:
        return NONE
    return lamp_at(ticket.warn_at, ticket.due_at, now or clock.now())


def lamp_at(warn_at: datetime, due_at: datetime, now: datetime) -> str:
    if now >= due_at:
        return RED
    return YELLOW if now >= warn_at else BLUE


# ---- due steps ----------------------------------------------------------------------------------------------
def advance(clock_id: int, *, fired: int) -> Clock | None:
    """Take the step after `fired` on a running clock; None when somebody else already took it."""
    for row in _DUE.all(clock_id, fired):
        moments = _moments(row)
        following = moments[fired + 1] if fired + 1 < len(moments) else None
        if _ADVANCE.run(clock_id, fired, fired=fired + 1, next_at=following):
            return row
    return None


def told_of(row: Clock) -> dict[str, Any]:
    """What the log keeps of the step that a clock takes next, or took just now as read before it."""
    told = {"clock": row.pk, "kind": row.kind, "step": STEPS[row.fired]}
    return told | {"department": row.department_id} if row.call_id else told


def _moments(row: Clock) -> list[datetime]:
    return [moment for moment in (row.remind_at, row.warn_at, row.due_at, row.again_at) if moment is not None]
