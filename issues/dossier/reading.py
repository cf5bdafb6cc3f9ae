"""Everything the pages of one ticket show, read in a fixed number of queries whatever its history.

Only reads. Who may see the ticket is decided here, once, for page, pane, forms and photos.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, TypeVar

from django.db.models import (
    BigIntegerField,
    CharField,
    Count,
    DateTimeField,
    Model,
    Prefetch,
    Q,
    QuerySet,
    prefetch_related_objects,
)
from django.http import Http404

from core import clock
from core.rows.composed import Counting, counting, found_by_key
from core.trust.freetext import is_veiled, unveil
from issues.engine.actors import ENTRUSTED, Standing, path_ids, staff, standing
from issues.engine.audiences import AREA_ROLES, UPWARD, barred, on_post, owner_of
from issues.engine.guard_context import case_of, open_calls
from issues.finding.queries import Counted, day_start
from issues.models import Call, Photo, Route, Ticket, TicketEvent
from issues.workflow import (
    BY_NAME,
    IN_HAND,
    RESIDENT,
    STATES,
    SYSTEM,
    Act,
    Audience,
    GuardContext,
    Hat,
    State,
    Transition,
    offers,
    refusal,
)
from members.access import Scope, scope_for
from members.models import Department, Post, User
from members.roles import Role

R = TypeVar("R", bound=Model)
REPEAT_DAYS = 90
JOINED = (
    "area", "grid", "village", "township", "item", "item__grade", "item__version", "lead", "holder", "household",
    "reporter",
)  # fmt: skip
FOR_A_STEP = ("item",)
MOST_REPEATS = 99
MOST_AWAITED, FEW = 30, 5
HELD = frozenset({State.PLACED, State.ACCEPTED, State.VERIFIED}) | IN_HAND
"""States in which whoever holds the ticket has the next move."""
ANY_ITEM = {"item": True}
"""The list item is chosen in the form of the step, so its absence hides no button."""


@dataclass(frozen=True)
class Dossier:
    """A ticket with its history (newest first), the departments and people on it, and what its reader may do.

    What only its page shows is read when it is asked for, once: who sends a form does not wait for it.
    """

    ticket: Ticket
    calls: list[Call]
    reader: User
    stand: Standing
    case: GuardContext
    offered: list[Transition]
    now: datetime
    in_full: bool = False
    """Whether this answer shows the numbers in people's words; the look is on the trail."""

    @cached_property
    def events(self) -> list[TicketEvent]:
        return self.told(events_of(self.ticket))

    def told(self, rows: Iterable[R]) -> list[R]:
        """Rows of this ticket as this answer may read them."""
        found = list(rows)
        if self.in_full:
            unveil(*found)
        return found

    @cached_property
    def assisting(self) -> list[Department]:
        return departments_of(self.calls)

    @cached_property
    def awaited(self) -> list[Post]:
        return awaited(self.ticket)

    @property
    def repeats_since(self) -> date:
        return clock.local(self.now).date() - timedelta(days=REPEAT_DAYS)

    @cached_property
    def repeats(self) -> Counted:
        return _repeats(self.reader, self.ticket, self.repeats_since)

    @property
    def is_entrusted(self) -> bool:
        """Whether the reader carries the ticket, so that numbers of people may be revealed to them."""
        return _carries(self.ticket, self.reader, self.stand)

    @property
    def has_numbers(self) -> bool:
        """Whether a number of somebody is masked on the page."""
        reporter = getattr(self.ticket, "reporter", None)
        return bool(reporter and reporter.phone) or is_veiled(self.ticket, *self.events)

    @property
    def is_readable(self) -> bool:
        """Whether the reader may see the words and pictures of the ticket."""
        return _may_read(self.ticket, self.reader, self.stand, self.offered)

    @property
    def act(self) -> Act:
        return act_of(self.reader, self.stand)

    # ---- as the page of a step asks it (`core.process.transition_views`) ----------------------------------------
    @property
    def row(self) -> Ticket:
        return self.ticket

    @property
    def hats(self) -> frozenset[Hat]:
        return self.stand.hats

    def step(self, action: str) -> Transition | None:
        """The step that is called `action`, if it is one for staff."""
        found = BY_NAME.get(action)
        return found if found and found.who - {SYSTEM, RESIDENT} else None

    def refusal(self, step: Transition) -> str:
        """Why the reader may not take `step` now; empty when they may."""
        return str(refusal(step, self.case, self.act) or "")


def open_dossier(user: User, number: str, *, is_shown: bool = True) -> Dossier:
    """The dossier of ticket `number` if `user` may see it; Http404 otherwise. At most seven queries for all of it.

    Who only takes a step has it without what just its page says (`is_shown`).
    """
    ticket = visible_ticket(user, number, *(JOINED if is_shown else FOR_A_STEP))
    now = clock.now()
    calls = open_calls(ticket)
    stand = standing(staff(user), ticket, calls)
    case = case_of(ticket, now, calls)
    return Dossier(
        ticket=ticket,
        calls=calls,
        reader=user,
        stand=stand,
        case=case,
        offered=offers(case, act_of(user, stand)),
        now=now,
    )


def is_readable_to(user: User, ticket: Ticket) -> bool:
    """`Dossier.is_readable` without the rest of the dossier."""
    if not ticket.is_sensitive:
        return True
    calls = open_calls(ticket)
    stand = standing(staff(user), ticket, calls)
    return _may_read(ticket, user, stand, offers(case_of(ticket, clock.now(), calls), act_of(user, stand)))


def act_of(user: User, stand: Standing) -> Act:
    """What the user might do in these hats, the list item being chosen in the form of the step."""
    return Act(user.pk, stand.hats, ANY_ITEM, departments=stand.departments)


def _carries(ticket: Ticket, user: User, stand: Standing) -> bool:
    return ticket.holder_id == user.pk or bool(stand.hats & ENTRUSTED)


def _may_read(ticket: Ticket, user: User, stand: Standing, offered: list[Transition]) -> bool:
    """Sensitive tickets open to those who carry them, who placed them, and whose move it is now."""
    if not ticket.is_sensitive or ticket.placed_by_id == user.pk or _carries(ticket, user, stand):
        return True
    return any(step.moves for step in offered)


def visible_ticket(user: User, number: str, *related: str) -> Ticket:
    """The ticket with this number in the user's scope, with `related` rows; Http404 otherwise. One query."""
    for ticket in _numbered(scope_for(user).bare, related, number=number):
        return ticket
    raise Http404


@found_by_key(number=CharField())
def _numbered(scope: Scope, related: Sequence[str], *, number: Any) -> QuerySet[Ticket]:
    rows = Ticket.objects.within(scope).filter(number=number)
    return rows.select_related(*related) if related else rows


def events_of(ticket: Ticket) -> list[TicketEvent]:
    """The history, newest first, with departments and photos: two queries."""
    events = _history(ticket=ticket.pk)
    prefetch_related_objects(events, Prefetch("photos", queryset=Photo.objects.order_by("pk")))
    return events


@found_by_key(ticket=BigIntegerField())
def _history(*, ticket: Any) -> QuerySet[TicketEvent]:
    return TicketEvent.objects.filter(ticket=ticket).select_related("department").order_by("-version")


def departments_of(calls: Iterable[Call]) -> list[Department]:
    """The assisting departments among open calls."""
    return sorted((call.department for call in calls if not call.is_lead), key=lambda department: department.code)


def acts(ticket: Ticket) -> bool:
    """Whether the next move is that of whoever holds the ticket: who has reported it waits like everybody else."""
    return ticket.holder_id is not None and State(ticket.state) in HELD


def awaited(ticket: Ticket) -> list[Post]:
    """The posts the next move waits for, whose it is in the first place and the nearest area first; nobody who may not
    take it, and nobody while its holder is to act. Where nobody is on post it waits for whoever stands in above.
    """
    kind = STATES[State(ticket.state)].governed_by
    if kind is None or acts(ticket):
        return []
    audience = owner_of(ticket, kind)
    found = _held(ticket, audience)
    if not found and audience in UPWARD:
        above = on_post(ticket, audience)
        found = _held(ticket, above) if above else []
    return found


def _held(ticket: Ticket, audience: Audience) -> list[Post]:
    roles, where = _awaited_at(ticket, audience)
    posts = Post.objects.held().filter(where, role__in=roles, user__is_active=True).exclude(user__in=barred(ticket))
    near = posts.select_related("user", "area", "department").order_by("side", "-area__depth", "pk")
    found = list(near[:MOST_AWAITED])
    first = min((roles.index(Role(post.role)) for post in found), default=0)
    return [post for post in found if post.role == roles[first]][:FEW]


def _awaited_at(ticket: Ticket, audience: Audience) -> tuple[Sequence[Role], Q]:
    """The roles that may take the next move, those whose it is in the first place first, and where."""
    in_department = audience == Audience.LEAD or (audience == Audience.HANDLER and ticket.route == Route.WHISTLE)
    if in_department and ticket.lead_id:
        return (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEADER), Q(department=ticket.lead_id)
    roles = AREA_ROLES[Audience.GRID] if audience == Audience.HANDLER else AREA_ROLES[audience]
    return roles, Q(area__in=path_ids(ticket))


def _repeats(user: User, ticket: Ticket, since: date) -> Counted:
    """How many visible tickets of the same item and grid the linked list shows, this one included."""
    if not ticket.item_code:
        return Counted(0)
    at = {"item": ticket.item_code, "grid": ticket.grid_id, "since": day_start(since)}
    return Counted(_alike(scope_for(user).bare, MOST_REPEATS + 1, **at)["all"], MOST_REPEATS)


@counting(item=CharField(), grid=BigIntegerField(), since=DateTimeField())
def _alike(scope: Scope, most: int, *, item: Any, grid: Any, since: Any) -> Counting:
    rows = Ticket.objects.within(scope).filter(item_code=item, grid=grid, placed_at__gte=since)
    return rows.order_by()[:most], {"all": Count("pk")}
