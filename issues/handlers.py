"""Tell people what a ticket's step means for them. Runs from the outbox; idempotent by key."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from core import clock
from core.outbox import handles
from issues import clocks
from issues.actions import CLOSE_UNASKED, NOTIFY, apply
from issues.actors import path_ids, system
from issues.errors import NotNow
from issues.models import Assist, Ticket, TicketEvent
from issues.workflow import BY_NAME, CLOCK_LABELS, STATES, Audience, ClockKind, State
from members.models import Post
from members.roles import Role
from notices import inbox

A = Audience
AREA_ROLES: dict[Audience, tuple[Role, ...]] = {
    A.GRID: (Role.GRID_WORKER, Role.GRID_CHIEF),
    A.SECRETARY: (Role.VILLAGE_SECRETARY,),
    A.TOWN_DISPATCHER: (Role.TOWNSHIP_DISPATCHER,),
    A.VERIFIERS: (Role.VERIFIER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY),
}
OWNERS: dict[ClockKind, Audience] = {
    ClockKind.ACCEPT: A.GRID,
    ClockKind.DISPATCH: A.TOWN_DISPATCHER,
    ClockKind.CLAIM: A.LEAD,
    ClockKind.HANDLE: A.HANDLER,
    ClockKind.VERIFY: A.VERIFIERS,
    ClockKind.CALLBACK: A.SECRETARY,
}
"""Whose limit each clock is: they are reminded; from the warning on their leader hears of it too."""


@handles(NOTIFY)
def notify(payload: dict[str, object]) -> None:
    """Send the notices of one event."""
    event = TicketEvent.objects.select_related("ticket").get(pk=int(str(payload["event"])))
    ticket = event.ticket
    audiences = _audiences(event)
    users = recipients(ticket, audiences) - {event.actor_id}
    inbox.send(
        user_ids=sorted(u for u in users if u is not None),
        kind=event.action,
        text=_text(event, ticket),
        url=reverse("issues:ticket", args=[ticket.number]),
        key=f"ticket:{ticket.pk}:{event.version}",
        urgent=ticket.grade == "urgent" or event.data.get("step") == "overdue",
    )


def _audiences(event: TicketEvent) -> Iterable[Audience]:
    if event.action == "place":
        return (A.GRID,)
    if event.action != "escalate":
        return BY_NAME[event.action].tell
    owner = OWNERS[ClockKind(event.data["kind"])]
    above = {"remind": (), "warn": (A.SECRETARY,), "overdue": (A.SECRETARY, A.TOWN_DISPATCHER)}[event.data["step"]]
    return (owner, *above)


def recipients(ticket: Ticket, audiences: Iterable[Audience]) -> set[int | None]:
    """The people of `audiences` on `ticket` today: one query for areas, one for departments."""
    wanted = set(audiences)
    users: set[int | None] = set()
    if A.HANDLER in wanted:
        users.add(ticket.holder_id or ticket.handled_by_id)
    if A.PLACER in wanted:
        users |= {ticket.placed_by_id, ticket.accepted_by_id}
    roles = [role for audience in wanted for role in AREA_ROLES.get(audience, ())]
    q = Q(role__in=roles, area__in=path_ids(ticket)) if roles else Q(pk__in=())
    departments = {ticket.lead_id} if A.LEAD in wanted else set()
    if A.ASSISTING in wanted:
        departments |= set(Assist.objects.filter(ticket=ticket).values_list("department_id", flat=True))
    q |= Q(department__in=departments - {None})
    today = clock.today()
    active = Post.objects.filter(q, starts_on__lte=today, user__is_active=True).filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=today)
    )
    return users | set(active.values_list("user_id", flat=True))


def _text(event: TicketEvent, ticket: Ticket) -> str:
    if event.action == "escalate":
        kind = CLOCK_LABELS[ClockKind(event.data["kind"])]
        step = clocks.STEP_LABELS[event.data["step"]]
        return _("%(step)s：%(number)s 的%(kind)s时限") % {"step": step, "number": ticket.number, "kind": kind}
    verb = BY_NAME[event.action].label if event.action in BY_NAME else _("新点单")
    state = STATES[State(ticket.state)].label
    return _("%(verb)s：%(number)s，现在%(state)s") % {"verb": verb, "number": ticket.number, "state": state}


@handles(CLOSE_UNASKED)
def close_unasked(payload: dict[str, object]) -> None:
    """Close a verified ticket that no resident placed: there is nobody to call back."""
    try:
        apply(int(str(payload["ticket"])), "close", actor=system())
    except NotNow:
        return
