"""The only code that writes a ticket's state.

`place` makes a ticket; `apply` takes one transition of the table: lock, check state, role and guards,
compare-and-swap on (state, version), log one event, stop and start clocks, keep the words the ticket is
found by, enqueue outbox rows, all in one transaction. Replaying a ticket's events gives its state.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock, locks
from core.codes import random_code
from core.errors import Incomplete, NotNow, NotYours
from core.files.images import Announced, Picture
from core.jobs import outbox
from core.models import OutboxRow
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.registry import Registry
from core.rows import marks
from core.rows.prepared import Insert, Read, Update
from core.trust.keys import name_key, phone_key
from duties.models import GradeCode
from duties.routing.deciding import version_in_force
from grids.models import Area
from grids.scope import ancestors, path_keys
from issues.engine import clocks, lateness, photos, words
from issues.engine.actors import Actor, Standing, standing
from issues.engine.effects import EFFECTS, Applied, set_item
from issues.engine.errors import StaleTicket
from issues.engine.guard_context import case_of, open_calls
from issues.engine.new_ticket import NewTicket
from issues.engine.numbering import next_number
from issues.engine.snapshots import facts_of
from issues.models import Reporter, Source, Ticket, TicketEvent
from issues.workflow import (
    BY_NAME,
    PLACE_ROLES,
    STATES,
    Act,
    ClockKind,
    GuardContext,
    State,
    Transition,
    missing,
    refusal,
)
from members.access import posts_covering

NOTIFY, CLOSE_UNASKED = "issues.notify", "issues.close_unasked"  # outbox topics, handled in issues.handlers
DISPATCH_LISTED, OPEN_CALLBACK = "issues.dispatch_listed", "issues.open_callback"
URGENT = OutboxRow.Queue.URGENT
# What every step runs, composed once (`core.rows.prepared`).
_LOCKED = Read(Ticket.objects.select_for_update(), "pk")
_SWAP = Update(Ticket.objects.all(), "pk", "state", "version")
_COLUMNS = tuple(field.attname for field in Ticket._meta.concrete_fields)
_values_of = attrgetter(*_COLUMNS)
_NEW, _NEW_EVENT, _NEW_REPORTER = Insert(Ticket), Insert(TicketEvent), Insert(Reporter)
CONFIRMED = frozenset({"confirm", "whistle_village"})
"""The village stands behind a whistle: the engine dispatches it where the list leaves no doubt."""
JOINING = frozenset({"join_first", "absorb"})
"""Follow-ups that write a second ticket in the same transaction."""
Follow = Callable[[Ticket, Applied], None]
FOLLOWS: Registry[Follow] = Registry("what a step brings about", key=attrgetter("__name__"))
"""What the table's `after` column names (`issues.engine.follow`, added in `issues.hooks`); run inside the step's
transaction.
"""


def place(new: NewTicket, *, actor: Actor, once: Once) -> Ticket:
    """Place an order or log a finding.

    Sent twice with the same key it is made once and the first ticket is returned. Raises `KeyReused`
    (same key, other content), `NotYours` (staff outside their area), `NotNow` (retired grid), `NoListInForceError`.
    """
    now = clock.now()
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Ticket.objects.get(number=slot.result)
        path = ancestors(new.area, include_self=True)
        ticket = Ticket(
            **_keys_for(actor, new.area, path, is_part=new.parent is not None),
            **new.columns,
            code=random_code(8),
            placed_by=actor.user,
            state=State.PLACED,
            placed_at=now,
            last_event_at=now,
        )
        ticket.area = new.area
        _start(ticket, new, path)
        stand = standing(actor, ticket, ())
        event = _log(
            ticket, "place", "", actor, stand, now, note=new.description,
            data=photos.told(new.pictures), public=True, device_at=once.device_at,
        )  # fmt: skip
        if new.pictures:
            photos.attach(ticket, event, new.pictures)
        outbox.enqueue(NOTIFY, {"event": event.pk}, key=notice_key(event))
        slot.finish(ticket.number)
    return ticket


def _start(ticket: Ticket, new: NewTicket, path: Sequence[Area]) -> None:
    """Put a new ticket under its list and its first limit, and write it with what hangs on it.

    It is numbered last, since everybody else who places in the township waits from there on.
    """
    item, contact = new.item, new.contact
    ticket.list_version = item.version if item is not None else version_in_force(ticket.county_id)
    if item is not None:
        set_item(ticket, item, path)
    else:
        ticket.grade, ticket.limits = GradeCode.GENERAL, clocks.limits_for(ticket.list_version, None)
    running = clocks.Running(clocks.planned(ticket, (ClockKind.ACCEPT,), now=ticket.placed_at))
    clocks.copy_governing(ticket, running)
    ticket.number = next_number(ticket.township_id, ticket.placed_at)
    _NEW.run(ticket)
    words.write(ticket)
    clocks.keep(running.own.values())
    if contact and (contact.name or contact.phone):
        keys = {"name_index": name_key(contact.name), "phone_index": phone_key(contact.phone)}
        _NEW_REPORTER.run(Reporter(ticket=ticket, name=contact.name, phone=contact.phone, **keys))


def _keys_for(actor: Actor, area: Area, path: Iterable[Area], *, is_part: bool) -> dict[str, int]:
    """The path keys of a grid in which the actor may place; whoever may split a ticket may make the parts."""
    if not area.is_grid or area.retired_at:
        raise NotNow(_("该网格已停用，请在新网格点单"))
    keys = path_keys(area, path)
    if actor.user is not None and not is_part:
        covering = posts_covering(actor.user, area_ids=set(keys.values()), department_ids=set())
        if not any(role in PLACE_ROLES for role, _kind, _post in covering):
            raise NotYours(_("您的岗位不能在该网格上报"))
    return keys


def apply(
    ticket_id: int,
    name: str,
    *,
    actor: Actor,
    version: int | None = None,
    fields: Mapping[str, Any] | None = None,
    pictures: Sequence[Picture | Announced] = (),
    once: Once | None = None,
) -> Ticket:
    """Take transition `name` on a ticket and return it as written.

    `version` is the version the actor saw; None means "as it stands" (residents, the engine). What was sent
    before under the same `once` is not done again. Raises `StaleTicket` (moved since), `NotYours` (no post
    for it), `NotNow` (state or guard), `Incomplete`, `KeyReused` (same key, other content).
    """
    transition = BY_NAME[name]
    now = clock.now()
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body) if once else None
        _hold_families(ticket_id, transition, fields or {})
        ticket, given = _locked(ticket_id, fields or {})
        if slot is not None and slot.result is not None:
            return ticket
        if version is not None and version < ticket.moved_version:
            raise StaleTicket(faster(ticket))
        calls = open_calls(ticket)
        stand = standing(actor, ticket, calls)
        act = Act(actor.user_id, stand.hats, given, len(pictures), stand.departments)
        _check(transition, case_of(ticket, now, calls), act)
        step = Applied(actor, stand, now, given, calls, {}, clocks.running_on(ticket))
        _write(ticket, transition, step, pictures, once)
        for follow in transition.after:
            FOLLOWS[follow](ticket, step)
        if transition.after:
            ticket = _LOCKED.get(ticket.pk)
        if slot is not None:
            slot.finish(str(ticket.version))
    return ticket


def _hold_families(ticket_id: int, transition: Transition, fields: Mapping[str, Any]) -> None:
    """One at a time in a grid for steps that may join tickets, before any ticket is locked.

    Which whistle a ticket joins is known only once it is written, so rows alone cannot be locked in one order: somebody
    merging the first into this one would hold it already. Waiting here also lets two whistles at once see each other.
    """
    if not JOINING.intersection(transition.after):
        return
    into = fields.get("into")
    grids = {into.grid_id} if isinstance(into, Ticket) else set()
    grids.update(Ticket.objects.filter(pk=ticket_id).values_list("grid_id", flat=True))
    for grid in sorted(grids):
        locks.hold(f"issues.family:{grid}")


def _locked(ticket_id: int, fields: Mapping[str, Any]) -> tuple[Ticket, dict[str, Any]]:
    """The ticket, and the one it is to be merged into, locked in one order whoever merges which into which."""
    into = fields.get("into")
    if not isinstance(into, Ticket):
        return _LOCKED.get(ticket_id), dict(fields)
    rows = {pk: _LOCKED.get(pk) for pk in sorted({ticket_id, into.pk})}
    return rows[ticket_id], {**fields, "into": rows[into.pk]}


def _check(transition: Transition, case: GuardContext, act: Act) -> None:
    reason = refusal(transition, case, act)
    if reason:
        in_state = case.state in transition.sources
        raise (NotYours if in_state and not act.hats & transition.who else NotNow)(str(reason))
    lacking = missing(transition, case, act)
    if lacking:
        raise Incomplete({name: str(text) for name, text in lacking.items()})


def _write(
    ticket: Ticket, transition: Transition, step: Applied, pictures: Sequence[Picture | Announced], once: Once | None
) -> None:
    before, seen, was = ticket.state, ticket.version, _values_of(ticket)
    running, now = step.running, step.now
    lateness.note(ticket, running, now=now, settled=transition.settles)
    step.stopped = clocks.stop(running, transition.stops, now=now, settled=transition.settles)
    for effect in transition.effects:
        EFFECTS[effect](ticket, step)
    if ticket.handled_by_id is not None:
        ticket.hands = marks.add(ticket.hands, ticket.handled_by_id)
    ticket.state = transition.target or State(before)
    clocks.settle(running, transition.settles)
    clocks.pause(running, transition.pauses, now=now)
    clocks.resume(ticket, running, transition.resumes, now=now)
    clocks.start(ticket, running, transition.starts, now=now)
    clocks.copy_governing(ticket, running)
    ticket.version, ticket.last_event_at = seen + 1, now
    if transition.moves:
        ticket.moved_version = ticket.version
    pairs = zip(_COLUMNS, was, _values_of(ticket), strict=True)
    changed = {name: value for name, old, value in pairs if value != old}
    if not _SWAP.run(ticket.pk, before, seen, **changed):
        raise StaleTicket(faster(ticket))
    if changed.keys() & words.SOURCES:
        words.rewrite(ticket)
    event = _log(
        ticket, transition.name, before, step.actor, step.stand, now, note=step.note,
        data=step.data | photos.told(pictures), public=transition.public, device_at=once.device_at if once else None,
    )  # fmt: skip
    if pictures:
        photos.attach(ticket, event, pictures)
    _enqueue(ticket, transition, event)


def _log(
    ticket: Ticket,
    action: str,
    before: str,
    actor: Actor,
    stand: Standing,
    now: datetime,
    *,
    note: str,
    data: dict[str, Any],
    public: bool,
    device_at: datetime | None,
) -> TicketEvent:
    shown = {"actor_post": stand.post_label, "department": stand.department, "note": note, "is_public": public}
    event = event_of(ticket, action, actor, now, from_state=before, data=data, device_at=device_at, **shown)
    _NEW_EVENT.run(event)
    return event


def event_of(ticket: Ticket, action: str, actor: Actor, now: datetime, **more: Any) -> TicketEvent:
    """The entry in the log, not yet stored, for a step that has led to `ticket` as it stands in memory."""
    return TicketEvent(
        ticket=ticket,
        version=ticket.version,
        action=action,
        to_state=ticket.state,
        round=ticket.round,
        actor_kind=actor.kind,
        actor=actor.user,
        actor_name=actor.name,
        facts=facts_of(ticket),
        at=now,
        **more,
    )


def _enqueue(ticket: Ticket, transition: Transition, event: TicketEvent) -> None:
    if transition.tell or transition.name == "escalate":
        outbox.enqueue(NOTIFY, {"event": event.pk}, key=notice_key(event), queue=URGENT)
    for topic in _engine_next(ticket, transition):
        seen = {"ticket": ticket.pk, "version": ticket.version}
        outbox.enqueue(topic, seen, key=f"ticket:{ticket.pk}:{ticket.version}:{topic}", queue=URGENT)


def _engine_next(ticket: Ticket, transition: Transition) -> tuple[str, ...]:
    """What the engine does about the ticket as this step leaves it."""
    if transition.name == "verify_pass":
        return (OPEN_CALLBACK,) if ticket.source == Source.ORDER else (CLOSE_UNASKED,)
    return (DISPATCH_LISTED,) if transition.name in CONFIRMED else ()


def notice_key(event: TicketEvent) -> str:
    """Under which the notices of one event are queued, once."""
    return f"ticket:{event.ticket_id}:{event.version}:notify"


def faster(ticket: Ticket) -> str:
    """Who moved the ticket last, as a sentence for the one who came too late."""
    last = TicketEvent.objects.filter(ticket=ticket, version=ticket.moved_version).first()
    verb = BY_NAME[last.action].label if last and last.action in BY_NAME else _("点单")
    state = STATES[State(ticket.state)].label
    if last is None:
        return _("此件刚刚有变动，现在是“%(state)s”") % {"state": state}
    return _("%(name)s 刚刚已%(verb)s，现在是“%(state)s”") % {"name": last.actor_name, "verb": verb, "state": state}
