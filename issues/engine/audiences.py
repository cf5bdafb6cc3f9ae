"""Who is told of a ticket: the people behind each audience that the workflow table names. Reads only."""

from collections.abc import Iterable, Mapping

from django.db.models import Q

from core.rows import marks
from core.text import Text
from issues.engine.actors import path_ids
from issues.models import Call, Party, Ticket, TicketEvent
from issues.workflow import BY_NAME, HANDED_UP, STATES, Audience, ClockKind, State
from members.models import Post
from members.roles import Role

A = Audience
AREA_ROLES: dict[Audience, tuple[Role, ...]] = {
    A.GRID: (Role.GRID_WORKER, Role.GRID_CHIEF),
    A.SECRETARY: (Role.VILLAGE_SECRETARY,),
    A.TOWN_DISPATCHER: (Role.TOWNSHIP_DISPATCHER,),
    A.TOWN_LEADER: (Role.TOWNSHIP_LEADER,),
    A.COUNTY_DISPATCHER: (Role.COUNTY_DISPATCHER,),
    A.COUNTY_LEADER: (Role.COUNTY_LEADER,),
    A.VERIFIERS: (Role.VERIFIER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY),
    A.CALLER: (Role.VILLAGE_SECRETARY, Role.VERIFIER, Role.TOWNSHIP_DISPATCHER),
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
    ClockKind.CALLBACK: A.CALLER,
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


def owner_of(ticket: Ticket, kind: ClockKind) -> Audience:
    """Whose limit a clock of this ticket is: the village's of an order that the grid left unanswered, the township's
    of a consultation that it convened.
    """
    if kind == ClockKind.ACCEPT and ticket.raised == HANDED_UP:
        return A.SECRETARY
    if kind == ClockKind.CONSULT and ticket.convener == "township":
        return A.TOWN_DISPATCHER
    return OWNERS[kind]


def whose(ticket: Ticket) -> Text:
    """Whose move it is, as a role."""
    if ticket.state == State.PLACED and ticket.raised == HANDED_UP:
        return Role.VILLAGE_SECRETARY.label
    return STATES[State(ticket.state)].whose


def audiences_of(event: TicketEvent) -> Iterable[Audience]:
    """Whom the table names for the step behind `event`; of a limit, its owner and who stands above."""
    if event.action == "place":
        return (A.GRID,)
    if event.action != "escalate":
        return BY_NAME[event.action].tell
    kind = ClockKind(event.data["kind"])
    owner = A.ASSISTING if "department" in event.data else owner_of(event.ticket, kind)
    return (owner, *LADDER[kind in BY_DEPARTMENT][event.data["step"]])


UPWARD: Mapping[Audience, Audience] = {A.GRID: A.SECRETARY, A.SECRETARY: A.TOWN_DISPATCHER}
"""Who is asked where nobody is on post: an order never waits for an empty chair."""


def on_post(ticket: Ticket, audience: Audience) -> Audience | None:
    """The audience itself or the next above it that has somebody on post today; None where nobody has. One query."""
    ladder = [audience]
    while ladder[-1] in UPWARD:
        ladder.append(UPWARD[ladder[-1]])
    roles = [role for one in ladder for role in AREA_ROLES[one]]
    posts = Post.objects.held().filter(role__in=roles, area__in=path_ids(ticket), user__is_active=True)
    held = set(posts.values_list("role", flat=True))
    return next((one for one in ladder if held.intersection(AREA_ROLES[one])), None)


def recipients(ticket: Ticket, audiences: Iterable[Audience]) -> set[int | None]:
    """The people of `audiences` on `ticket` today: one query for areas, one for departments.

    Where nobody of the grid or of the village is on post it goes up to whoever is (one query more).
    """
    wanted = set(audiences)
    users: set[int | None] = set()
    if A.HANDLER in wanted:
        users.add(ticket.holder_id or ticket.handled_by_id)
    if A.CALLER in wanted and ticket.holder_id:
        users.add(ticket.holder_id)
        wanted.remove(A.CALLER)
    if A.PLACER in wanted:
        users |= {ticket.placed_by_id, ticket.accepted_by_id}
    roles = [role for audience in wanted for role in AREA_ROLES.get(audience, ())]
    q = Q(role__in=roles, area__in=path_ids(ticket)) if roles else Q(pk__in=())
    q |= Q(department__in=_departments(ticket, wanted))
    if A.LEAD_LEADER in wanted and ticket.lead_id:
        q |= Q(department=ticket.lead_id, role=Role.DEPARTMENT_LEADER)
    active = Post.objects.held().filter(q, user__is_active=True)
    found = list(active.values_list("user_id", "role"))
    held = {role for _user, role in found}
    vacant = [one for one in (A.GRID, A.SECRETARY) if one in wanted and not held.intersection(AREA_ROLES[one])]
    above = {up for one in vacant if (up := on_post(ticket, one))} - wanted
    return users | {user for user, _role in found} | (recipients(ticket, above) if above else set())


def barred(ticket: Ticket) -> set[int]:
    """Who may not check or call back: who handled or reported it, who checked before, who verified what is called."""
    if ticket.state not in (State.REPORTED, State.VERIFIED):
        return set()
    had = {*map(int, marks.read(ticket.hands)), ticket.handled_by_id, ticket.reported_by_id, ticket.verified_by_id}
    if ticket.state == State.REPORTED:
        had |= set(map(int, marks.read(ticket.checked_before)))
    return {pk for pk in had if pk is not None}


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
