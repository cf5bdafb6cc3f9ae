"""Whistles, and the departments they call: called, claimed, arrived, reported, excused, called off."""

from collections.abc import Iterable, Mapping

from core.days import calendar
from core.days.calendar import Limit
from core.rows.prepared import Insert
from duties.models import DutyItem
from duties.routing.deciding import Decision, decide
from issues.engine import clocks, lateness, sheets
from issues.engine.effects.base import Applied, effect, in_time
from issues.engine.effects.grid import take_item
from issues.models import Call, Clock, Party, Route, Sheet, Ticket, Whistle
from issues.workflow import WHISTLE_CAUSES, ClockKind, State, WhistleType
from members.models import Department

_NEW_CALL = Insert(Call)
IN_DEPARTMENT = frozenset({State.HANDLING, State.REWORK, State.SUSPENDED})
AS_FAR_AS = (
    "is_lead", "share", "called_at", "claimed_by", "claimed_at", "claimed_on_time", "arrived_by", "arrived_at",
    "arrived_on_time", "reported_at", "done_on_time", "sheets",
)  # fmt: skip
"""What a department that takes over finds done."""
CALL_CLOCKS = (ClockKind.CLAIM, ClockKind.ARRIVE, ClockKind.HANDLE)


# ---- whistles -----------------------------------------------------------------------------------------------
@effect
def whistle(ticket: Ticket, step: Applied) -> None:
    """服务哨: the village confirms it, the dispatcher confirms or corrects the lead."""
    _blow(ticket, step, WhistleType.SERVICE)


@effect
def whistle_urgent(ticket: Ticket, step: Applied) -> None:
    """应急哨: departments come first, list evidence and own measures may be written up afterwards."""
    _blow(ticket, step, WhistleType.EMERGENCY)
    if not ticket.is_complete:
        clocks.start(ticket, step.running, (ClockKind.WRITE_UP,), now=step.now)


@effect
def whistle_law(ticket: Ticket, step: Applied) -> None:
    _blow(ticket, step, WhistleType.ENFORCEMENT)


@effect
def whistle_hard(ticket: Ticket, step: Applied) -> None:
    _blow(ticket, step, WhistleType.HARD)


def _blow(ticket: Ticket, step: Applied, kind: WhistleType) -> None:
    take_item(ticket, step)
    measures = str(step.fields.get("measures") or "")
    cause = step.fields.get("cause")
    running = Whistle.objects.filter(ticket=ticket, withdrawn_at=None)
    measures = measures or next((earlier.measures for earlier in running), "")
    running.update(withdrawn_at=step.now)
    Whistle.objects.create(
        ticket=ticket,
        type=kind,
        item_code=ticket.item_code,
        reason="：".join(filter(None, [str(WHISTLE_CAUSES[cause]) if cause else "", step.note])),
        measures=measures,
        blown_by=step.actor.user,
        blown_at=step.now,
    )
    ticket.route, ticket.holder, ticket.handled_by = Route.WHISTLE, None, None
    ticket.whistle_type, ticket.is_complete = kind, bool(measures)
    if ticket.is_complete:
        clocks.settle(step.running, (ClockKind.WRITE_UP,))
    ticket.limits = {**ticket.limits, ClockKind.ARRIVE: clocks.arrival_limit(ticket, kind)}
    ticket.whistled_at = ticket.whistled_at or step.now
    step.data["whistle"] = kind
    if cause:
        step.data["cause"] = cause


@effect
def confirm(ticket: Ticket, step: Applied) -> None:
    running = Whistle.objects.get(ticket=ticket, withdrawn_at=None)
    running.confirmed_by, running.confirmed_at = step.actor.user, step.now
    running.measures = str(step.fields.get("measures") or "") or running.measures
    running.save(update_fields=["confirmed_by", "confirmed_at", "measures"])
    ticket.is_complete = bool(running.measures)


@effect
def write_up(ticket: Ticket, step: Applied) -> None:
    measures = str(step.fields["measures"])
    Whistle.objects.filter(ticket=ticket, withdrawn_at=None).update(measures=measures)
    ticket.is_complete = True
    step.data["measures"] = measures


@effect
def withdraw_whistle(ticket: Ticket, step: Applied) -> None:
    """Back to the grid; what a department has been called for so far costs it nothing."""
    lateness.acquit(ticket, step.calls)
    clocks.stop_departments(step.running, now=step.now)
    call_off(ticket, step, step.calls, counts=False)
    _uncall(ticket)
    ticket.route, ticket.whistle_type, ticket.is_complete = Route.UNDECIDED, "", True
    running = Whistle.objects.select_related("blown_by").filter(ticket=ticket, withdrawn_at=None).first()
    if running is not None:
        running.withdrawn_at = step.now
        running.save(update_fields=["withdrawn_at"])
        ticket.holder = running.blown_by or ticket.accepted_by


# ---- calling departments ------------------------------------------------------------------------------------
@effect
def call_listed(ticket: Ticket, step: Applied) -> None:
    """Straight to the departments that the list names."""
    decision = Decision.from_json(ticket.decision)
    _call(ticket, step, decision.lead.id, [unit.id for unit in decision.assisting])


@effect
def call(ticket: Ticket, step: Applied) -> None:
    """To the departments that the step names; `shares` says who does what."""
    lead, assisting = step.fields["lead"], step.fields.get("assisting") or []
    step.data["lead"] = {"id": lead.pk, "name": str(lead), "was": ticket.lead_id}
    _call(ticket, step, lead.pk, [d.pk for d in assisting], step.fields.get("shares") or {})


def _call(
    ticket: Ticket, step: Applied, lead_id: int, assisting: Iterable[int], shares: Mapping[int, str] | None = None
) -> None:
    wanted = {department_id: False for department_id in assisting if department_id != lead_id} | {lead_id: True}
    kept = [c for c in step.calls if not c.is_lead and wanted.get(c.department_id) is False]
    call_off(ticket, step, [c for c in step.calls if c not in kept])
    clocks.stop_grids_own(step.running, now=step.now)
    if ticket.lead_id not in (None, lead_id) and ticket.sheets:
        sheets.settle(ticket, now=step.now)
    ticket.lead_id, ticket.holder, ticket.handled_by = lead_id, None, None
    ticket.claimed_at = ticket.arrived_on_time = None
    ticket.claimed_on_time = None if ticket.claimed_on_time else ticket.claimed_on_time
    ticket.dispatched_at, ticket.recall_until = step.now, None
    ticket.return_until = calendar.add(step.now, Limit.parse(ticket.limits["return"]))
    known = {c.department_id for c in kept}
    fresh = {pk: is_lead for pk, is_lead in wanted.items() if pk not in known}
    _open_calls(ticket, step, fresh, shares or {})


def _open_calls(ticket: Ticket, step: Applied, wanted: Mapping[int, bool], shares: Mapping[int, str]) -> None:
    """Call departments, each with whether it leads; an assisting one has limits of its own."""
    local = set(Department.objects.filter(pk__in=wanted, township__isnull=False).values_list("pk", flat=True))
    for pk, is_lead in wanted.items():
        made = Call(
            ticket=ticket,
            department_id=pk,
            is_lead=is_lead,
            is_local=pk in local,
            share=shares.get(pk, ""),
            called_at=step.now,
        )
        _NEW_CALL.run(made)
        step.calls.append(made)
        if not is_lead:
            clocks.start(ticket, step.running, CALL_CLOCKS, now=step.now, call=made)


def call_off(ticket: Ticket, step: Applied, calls: Iterable[Call], *, counts: bool = True) -> None:
    """End calls with their limits."""
    ended = list(calls)
    if not ended:
        return
    Call.objects.filter(pk__in=[c.pk for c in ended]).update(ended_at=step.now, counts=counts)
    Sheet.objects.filter(call__in=[c.pk for c in ended], closed_at=None).update(closed_at=step.now)
    clocks.stop_calls(step.running, ended, now=step.now)
    step.calls[:] = [c for c in step.calls if c not in ended]


@effect
def add_assisting(ticket: Ticket, step: Applied) -> None:
    known = {c.department_id for c in step.calls}
    fresh = [d for d in step.fields["assisting"] if d.pk not in known]
    _open_calls(ticket, step, dict.fromkeys((d.pk for d in fresh), False), {d.pk: step.note[:200] for d in fresh})
    step.data["assisting"] = [str(d) for d in fresh]


@effect
def excuse(ticket: Ticket, step: Applied) -> None:
    """An assisting department is let go; what it has not done does not count against it."""
    helper: Department = step.fields["helper"]
    call_off(ticket, step, [c for c in step.calls if c.department_id == helper.pk and not c.is_lead], counts=False)
    step.data["excused"] = str(helper)


@effect
def recall(ticket: Ticket, step: Applied) -> None:
    """What the engine sent comes back to the dispatcher; the departments it called had nothing of it."""
    lateness.acquit(ticket, step.calls)
    clocks.stop_departments(step.running, now=step.now)
    call_off(ticket, step, step.calls, counts=False)
    if ticket.dispatched_at is not None:
        clocks.revive(ticket, step.running, stopped_at=ticket.dispatched_at, dispatch=True)
    _uncall(ticket)


@effect
def succeed(ticket: Ticket, step: Applied) -> None:
    """Its heir has all that a retired department had in hand, with the limits as they run."""
    gone, heir = step.fields["gone"], step.fields["heir"]
    for old in [call for call in step.calls if call.department_id == gone.pk]:
        _inherit(ticket, step, old, heir)
    asked = Party.objects.filter(consultation__ticket=ticket, consultation__decided_at=None)
    known = asked.filter(department=heir).exists()
    if not known:
        asked.filter(department=gone, stated_at=None).update(department=heir)
    if ticket.lead_id == gone.pk:
        ticket.lead = heir
        for row in step.running.own.values():
            row.department_id = heir.pk if row.department_id == gone.pk else row.department_id
        if ticket.state in IN_DEPARTMENT:
            ticket.holder = ticket.handled_by = step.fields.get("to")
    step.data["heir"] = {"gone": str(gone), "name": str(heir)}


def _inherit(ticket: Ticket, step: Applied, old: Call, heir: Department) -> None:
    """One call becomes the heir's; where the heir is called already, one of both ends."""
    twin = next((call for call in step.calls if call.department_id == heir.pk), None)
    if twin is not None:
        call_off(ticket, step, [twin if old.is_lead else old], counts=False)
        if not old.is_lead:
            return
    Call.objects.filter(pk=old.pk).update(ended_at=step.now, counts=False)
    was = {name: getattr(old, name) for name in AS_FAR_AS}
    new = Call(ticket=ticket, department=heir, is_local=heir.township_id is not None, **was)
    _NEW_CALL.run(new)
    theirs = {"ticket": ticket, "department": old.department_id, "call": None if old.is_lead else old}
    moved = {"department": heir, "call": None if old.is_lead else new}
    Clock.objects.filter(stopped_at=None, **theirs).update(**moved)
    Sheet.objects.filter(closed_at=None, **theirs).update(**moved)
    for row in [row for row in step.running.helpers if row.call_id == old.pk]:
        row.call, row.department = new, heir
    step.calls[:] = [new if call is old else call for call in step.calls]


def _uncall(ticket: Ticket) -> None:
    """Nobody is called any more."""
    ticket.lead = ticket.holder = ticket.handled_by = None
    ticket.dispatched_at = ticket.return_until = ticket.claimed_at = ticket.recall_until = None
    ticket.claimed_on_time = ticket.arrived_on_time = None


@effect
def send_back(ticket: Ticket, step: Applied) -> None:
    """Returned with list evidence: lands with the dispatcher, the handling limit runs on."""
    ticket.returns += 1
    ticket.holder = ticket.lead = None
    lead = step.lead_call
    call_off(ticket, step, [lead] if lead else [], counts=False)
    keep_evidence(ticket, step)


def keep_evidence(ticket: Ticket, step: Applied) -> None:
    """What a return rests on; a line that does not name the suggested unit here is said to whoever dispatches."""
    suggested: Department = step.fields["suggested"]
    cited: DutyItem = step.fields["evidence"]
    named = decide(cited, ticket.area)
    step.data["evidence"] = str(cited)
    step.data["suggested"] = {"id": suggested.pk, "name": str(suggested)}
    listed = {cited.lead_id, *(unit.id for unit in (named.lead, *named.assisting))}
    if suggested.pk not in listed:
        step.data["unnamed"] = named.lead.name


# ---- what departments do ------------------------------------------------------------------------------------
@effect
def claim(ticket: Ticket, step: Applied) -> None:
    ticket.holder = ticket.handled_by = step.actor.user
    ticket.claimed_at = step.now
    own = in_time(step.stopped.get(ClockKind.CLAIM), step.now)
    # Claimed late, whoever let the limit run out before it was passed on; the department is late by its own alone.
    ticket.claimed_on_time = ticket.claimed_on_time is not False and own and not step.running.owes(ClockKind.CLAIM)
    _claimed(step.lead_call, step, on_time=own)


def _claimed(row: Call | None, step: Applied, *, on_time: bool | None) -> None:
    if row is not None:
        row.claimed_by, row.claimed_at, row.claimed_on_time = step.actor.user, step.now, on_time
        row.save(update_fields=["claimed_by", "claimed_at", "claimed_on_time"])


@effect
def arrive(ticket: Ticket, step: Applied) -> None:
    """报到: the moment counts, never a track."""
    row = step.own_call()
    if row.is_lead:
        arrival = (ClockKind.ARRIVE,)
        stopped = clocks.stop(step.running, arrival, now=step.now, settled=arrival).get(ClockKind.ARRIVE)
        clocks.settle(step.running, arrival)
    else:
        stopped = clocks.stop_of(step.running, row, ClockKind.ARRIVE, now=step.now)
    row.arrived_by, row.arrived_at, row.arrived_on_time = step.actor.user, step.now, in_time(stopped, step.now)
    row.save(update_fields=["arrived_by", "arrived_at", "arrived_on_time"])
    if row.is_lead:
        ticket.arrived_on_time = row.arrived_on_time
    step.data["arrived"] = {"on_time": row.arrived_on_time}


@effect
def assist_claim(ticket: Ticket, step: Applied) -> None:
    row = step.own_call(lead=False)
    _claimed(row, step, on_time=in_time(clocks.stop_of(step.running, row, ClockKind.CLAIM, now=step.now), step.now))


@effect
def assist_report(ticket: Ticket, step: Applied) -> None:
    row = step.own_call(lead=False)
    row.reported_at = step.now
    row.done_on_time = in_time(clocks.stop_of(step.running, row, ClockKind.HANDLE, now=step.now), step.now)
    missed_arrival(row, clocks.stop_of(step.running, row, ClockKind.ARRIVE, now=step.now), step)
    row.save(update_fields=["reported_at", "done_on_time", "arrived_on_time"])


def missed_arrival(row: Call, stopped: Clock | None, step: Applied) -> None:
    """Who reports without ever having arrived is late, if the limit for that has run out."""
    if stopped is not None and clocks.has_run_out(stopped, step.now):
        row.arrived_on_time = False
