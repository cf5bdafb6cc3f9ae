"""Tell people what a ticket's step means for them. Runs from the outbox; idempotent by key."""

from collections.abc import Iterable

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import NotNow
from core.outbox import handles
from issues import clocks, kinds, reviews
from issues.actions import CLOSE_UNASKED, NOTIFY, apply
from issues.actors import path_ids, system
from issues.effects.closing import EXAMINE
from issues.follow import CHILD_ENDED
from issues.models import Call, Party, Ticket, TicketEvent
from issues.workflow import BY_NAME, CLOCK_LABELS, STATES, Audience, ClockKind, State
from members.models import Post
from members.roles import Role
from notices import inbox

A = Audience
AREA_ROLES: dict[Audience, tuple[Role, ...]] = {
    A.GRID: (Role.GRID_WORKER, Role.GRID_CHIEF),
    A.SECRETARY: (Role.VILLAGE_SECRETARY,),
    A.TOWN_DISPATCHER: (Role.TOWNSHIP_DISPATCHER,),
    A.TOWN_LEADER: (Role.TOWNSHIP_LEADER,),
    A.COUNTY_DISPATCHER: (Role.COUNTY_DISPATCHER,),
    A.COUNTY_LEADER: (Role.COUNTY_LEADER,),
    A.VERIFIERS: (Role.VERIFIER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY),
}
OWNERS: dict[ClockKind, Audience] = {
    ClockKind.ACCEPT: A.GRID,
    ClockKind.CONFIRM: A.SECRETARY,
    ClockKind.DISPATCH: A.TOWN_DISPATCHER,
    ClockKind.CLAIM: A.LEAD,
    ClockKind.ARRIVE: A.LEAD,
    ClockKind.WRITE_UP: A.GRID,
    ClockKind.CONSULT: A.COUNTY_DISPATCHER,
    ClockKind.HANDLE: A.HANDLER,
    ClockKind.REVIEW: A.COUNTY_LEADER,
    ClockKind.VERIFY: A.VERIFIERS,
    ClockKind.CALLBACK: A.SECRETARY,
}
"""Whose limit each clock is: they are reminded; from the warning on their leader hears of it too."""


BY_DEPARTMENT = frozenset({ClockKind.CLAIM, ClockKind.ARRIVE, ClockKind.HANDLE})
LADDER: dict[bool, dict[str, tuple[Audience, ...]]] = {
    True: {
        "remind": (),
        "warn": (A.LEAD_LEADER,),
        "overdue": (A.LEAD_LEADER, A.SECRETARY, A.TOWN_DISPATCHER),
        "again": (A.LEAD_LEADER, A.TOWN_LEADER, A.COUNTY_DISPATCHER, A.COUNTY_LEADER),
    },
    False: {
        "remind": (),
        "warn": (A.SECRETARY,),
        "overdue": (A.SECRETARY, A.TOWN_DISPATCHER),
        "again": (A.TOWN_LEADER, A.COUNTY_DISPATCHER),
    },
}
"""Who hears of each step besides the owner of the limit: of a department's its leader first, then up the tree."""


@handles(EXAMINE, label=gettext_lazy("查办结疑点"))
def examine(payload: dict[str, object]) -> None:
    """Alarms on one report, unless a new round has begun since."""
    ticket = Ticket.objects.get(pk=int(str(payload["ticket"])))
    if ticket.round == payload["round"]:
        reviews.examine(ticket)


@handles(NOTIFY, label=gettext_lazy("发站内消息"))
def notify(payload: dict[str, object]) -> None:
    """Send the notices of one event."""
    event = TicketEvent.objects.select_related("ticket").get(pk=int(str(payload["event"])))
    ticket = event.ticket
    audiences = _audiences(event)
    users = recipients(ticket, audiences) - {event.actor_id}
    inbox.send(
        user_ids=sorted(u for u in users if u is not None),
        kind=kinds.escalation(event.data["step"]) if event.action == "escalate" else event.action,
        text=_text(event, ticket),
        url=reverse("issues:ticket", args=[ticket.number]),
        key=f"ticket:{ticket.pk}:{event.version}",
        urgent=ticket.grade == "urgent" or event.data.get("step") in ("overdue", "again"),
        number=ticket.number,
        state=str(STATES[State(ticket.state)].label),
    )


def _audiences(event: TicketEvent) -> Iterable[Audience]:
    if event.action == "place":
        return (A.GRID,)
    if event.action != "escalate":
        return BY_NAME[event.action].tell
    kind = ClockKind(event.data["kind"])
    owner = A.ASSISTING if "department" in event.data else OWNERS[kind]
    return (owner, *LADDER[kind in BY_DEPARTMENT][event.data["step"]])


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
    q |= Q(department__in=_departments(ticket, wanted))
    if A.LEAD_LEADER in wanted and ticket.lead_id:
        q |= Q(department=ticket.lead_id, role=Role.DEPARTMENT_LEADER)
    active = Post.objects.held().filter(q, user__is_active=True)
    return users | set(active.values_list("user_id", flat=True))


def _departments(ticket: Ticket, wanted: set[Audience]) -> set[int]:
    """The departments whose whole staff is told."""
    found = {ticket.lead_id} if A.LEAD in wanted and ticket.lead_id else set()
    if A.ASSISTING in wanted:
        calls = Call.objects.filter(ticket=ticket, ended_at=None, is_lead=False)
        found |= set(calls.values_list("department_id", flat=True))
    if A.INVITED in wanted:
        parties = Party.objects.filter(consultation__ticket=ticket).order_by("-consultation_id")
        newest = parties.values_list("consultation_id", flat=True)[:1]
        found |= set(Party.objects.filter(consultation__in=list(newest)).values_list("department_id", flat=True))
    return found


def _text(event: TicketEvent, ticket: Ticket) -> str:
    if event.action == "escalate":
        kind = CLOCK_LABELS[ClockKind(event.data["kind"])]
        step = clocks.STEP_LABELS[event.data["step"]]
        return _("%(step)s：%(number)s 的%(kind)s时限") % {"step": step, "number": ticket.number, "kind": kind}
    verb = BY_NAME[event.action].label if event.action in BY_NAME else _("新点单")
    state = STATES[State(ticket.state)].label
    return _("%(verb)s：%(number)s，现在%(state)s") % {"verb": verb, "number": ticket.number, "state": state}


@handles(CLOSE_UNASKED, label=gettext_lazy("自动销号"))
def close_unasked(payload: dict[str, object]) -> None:
    """Close a verified ticket that no resident placed: there is nobody to call back."""
    try:
        apply(int(str(payload["ticket"])), "close", actor=system())
    except NotNow:
        return


@handles(CHILD_ENDED, label=gettext_lazy("拆分件办结"))
def child_ended(payload: dict[str, object]) -> None:
    """Tell who holds the parent; one that only waited for its last part closes by itself."""
    child = Ticket.objects.select_related("parent").get(pk=int(str(payload["ticket"])))
    parent = child.parent
    if parent is None or not parent.is_open:
        return
    inbox.send(
        user_ids=sorted(u for u in recipients(parent, (A.HANDLER, A.PLACER)) if u is not None),
        kind=kinds.CHILD_ENDED,
        text=_("拆分件 %(child)s 已结束，主件 %(parent)s") % {"child": child.number, "parent": parent.number},
        url=reverse("issues:ticket", args=[parent.number]),
        key=f"ticket:{child.pk}:ended",
        number=parent.number,
        state=str(STATES[State(parent.state)].label),
    )
    if parent.state == State.VERIFIED:
        close_unasked({"ticket": parent.pk})
