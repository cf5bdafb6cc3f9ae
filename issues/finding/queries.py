"""Reads of tickets that lists share: whose move it is, the saved tabs and their counts, the rows of the queue.

Every queryset starts from `visible_to`; what a condition means is said here and in `issues.finding.filters` only.
Writes nothing.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Any

from django.db.models import Case, Count, DateTimeField, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from core import clock
from core.rows import marks
from core.rows.composed import Counting, counting
from core.text import Text
from issues import workflow
from issues.models import OPEN, Call, Party, Ticket
from issues.workflow import ENDED_STATES, OPEN_STATES, TRANSITIONS, Guard, Hat, Relation, State, Transition
from issues.workflow import guards as g
from members.access import Scope, scope_for
from members.models import User
from members.roles import Role

NOTHING = Q(pk__in=())


def day_start(day: date) -> datetime:
    """The first moment of a county day."""
    return datetime.combine(day, time.min, clock.COUNTY_TIME)


@dataclass(frozen=True)
class Moment:
    """The present as conditions ask for it; of a statement that is kept, the slots for it (`core.rows.composed`)."""

    now: Any
    today: Any  # the first moment of the county day
    rateable: Any  # what has been closed since can still be rated

    @classmethod
    def of(cls, now: datetime) -> "Moment":
        return cls(now, day_start(clock.local(now).date()), now - workflow.RATE_WINDOW)


MOMENT = {field.name: DateTimeField() for field in fields(Moment)}
"""The columns of its slots."""


def lamp_q(key: str, now: Any) -> Q:
    """Open tickets whose lamp (`issues.engine.clocks.lamp`) is `key` at `now`."""
    conditions = {
        "r": Q(due_at__lte=now),
        "y": Q(due_at__gt=now, warn_at__lte=now),
        "b": Q(due_at__gt=now, warn_at__gt=now),
    }
    return OPEN & conditions[key]


# ---- whose move it is ---------------------------------------------------------------------------------------


def _calls(scope: Scope, **which: Any) -> Exists:
    """Tickets on which a department of these posts is called in the way `which` says."""
    return Exists(Call.objects.filter(ticket=OuterRef("pk"), ended_at=None, department__in=scope.departments, **which))


def _settled(rows: QuerySet[Any]) -> Q:
    """None of these rows hangs on the ticket."""
    return Q(~Exists(rows))


COUNTY_ROLES = frozenset(role for role, _relation in workflow.COUNTY)
GUARD_Q: dict[Guard, Callable[[Scope, Moment], Q]] = {
    g.is_holder: lambda scope, _at: Q(holder=scope.user_id),
    g.differs_from_handler: lambda scope, _at: (
        (Q(handled_by__isnull=True) | ~Q(handled_by=scope.user_id))
        & (Q(reported_by__isnull=True) | ~Q(reported_by=scope.user_id))
        & ~Q(hands__contains=marks.within(scope.user_id))
    ),
    g.another_verifier: lambda scope, _at: ~Q(checked_before__contains=marks.within(scope.user_id)),
    g.another_reviewer: lambda scope, _at: (
        Q(exclusion__in=["asked", "first"]) & ~Q(excluders__contains=marks.within(scope.user_id))
    ),
    g.own_finding: lambda scope, _at: Q(source="worker", placed_by=scope.user_id) if scope.user_id else NOTHING,
    g.urgent_only: lambda _scope, _at: Q(grade="urgent"),
    g.not_urgent: lambda _scope, _at: ~Q(grade="urgent"),
    g.grid_route: lambda _scope, _at: ~Q(route="whistle") | Q(state=State.CONFIRMING),
    g.is_order: lambda _scope, _at: Q(source="order"),
    g.nobody_to_ask: lambda _scope, _at: ~Q(source="order") | Q(unreachable_calls__gte=workflow.UNREACHABLE_CALLS),
    # The list item is chosen in the same form, so its absence keeps nobody from moving.
    g.has_item: lambda _scope, _at: Q(),
    g.whistle_lacks: lambda _scope, _at: Q(is_complete=False),
    g.not_arrived: lambda scope, _at: Q(_calls(scope, arrived_at=None)),
    g.share_unclaimed: lambda scope, _at: Q(_calls(scope, is_lead=False, claimed_at=None)),
    g.share_asked: lambda scope, _at: Q(_calls(scope, is_lead=False, sheets__gt=0)),
    g.share_unreported: lambda scope, _at: Q(_calls(scope, is_lead=False, claimed_at__isnull=False, reported_at=None)),
    g.helpers_reported: lambda _scope, _at: _settled(
        Call.objects.filter(ticket=OuterRef("pk"), ended_at=None, is_lead=False, reported_at=None)
    ),
    g.children_ended: lambda _scope, _at: Q(children=0) | _settled(Ticket.objects.filter(OPEN, parent=OuterRef("pk"))),
    g.convenes: lambda scope, _at: Q() if scope.roles & COUNTY_ROLES else Q(convener="township"),
    g.awaits_township: lambda _scope, _at: Q(extension="township"),
    g.awaits_county: lambda _scope, _at: Q(extension="county"),
    g.suspension_asked: lambda _scope, _at: Q(suspension="asked"),
    g.sheet_open: lambda _scope, _at: Q(sheets__gt=0),
    g.review_open: lambda _scope, _at: Q(reviews__gt=0),
    g.differs_from_checker: lambda scope, _at: Q(verified_by__isnull=True) | ~Q(verified_by=scope.user_id),
    g.differs_from_verifier: lambda scope, _at: Q(verified_by__isnull=True) | ~Q(verified_by=scope.user_id),
    g.rateable: lambda _scope, at: Q(route="whistle", is_rated=False, closed_at__gte=at.rateable),
}
"""The guards of forward steps as conditions on the ticket, for the holder of these posts."""


def my_move_q(
    scope: Scope,
    among: frozenset[State] = OPEN_STATES,
    steps: tuple[Transition, ...] = TRANSITIONS,
    at: Moment | None = None,
) -> Q:
    """Tickets whose next move is that of the holder of these posts, read from the transition table.

    Among open ones; with ENDED_STATES those that still want a rating or a review. `steps`: by these only.
    """
    if not scope.posts:
        return NOTHING
    at = at or Moment.of(clock.now())
    where_worn = places(scope)
    found = NOTHING
    for transition in steps:
        states = sorted(transition.sources & among) if transition.is_forward else []
        where = [where_worn[hat] for hat in sorted(transition.who & where_worn.keys())] if states else []
        if where:
            condition = Q(state__in=states) & _any_of(where)
            for guard in transition.guards:
                condition &= GUARD_Q[guard](scope, at)
            found |= condition
    return found


def _any_of(conditions: list[Q]) -> Q:
    """The conditions joined by OR; posts of several roles at one place are asked once."""
    found, seen = NOTHING, []
    for condition in conditions:
        if condition not in seen:
            seen.append(condition)
            found |= condition
    return found


def places(scope: Scope) -> dict[Hat, Q]:
    """Where each hat of these posts fits, as `issues.engine.actors.standing` sees it."""
    found: dict[Hat, Q] = {}
    for role in sorted(scope.roles):
        posts = tuple(post for post in scope.posts if post.role == role)
        if any(post.area_id is not None for post in posts):
            found[role, Relation.AREA] = Scope(posts).path_q()
        departments = sorted({post.department_id for post in posts if post.department_id is not None})
        if departments:
            found[role, Relation.LEAD] = Q(lead__in=departments)
            found[role, Relation.ASSIST] = Q(_calls(Scope(posts), is_lead=False))
            asked = Party.objects.filter(
                consultation__ticket=OuterRef("pk"), consultation__decided_at=None, department__in=departments
            )
            found[role, Relation.INVITED] = Q(Exists(asked))
    return found


# ---- saved tabs ---------------------------------------------------------------------------------------------

DISPATCH_ROLES: frozenset[str] = frozenset({Role.TOWNSHIP_DISPATCHER, Role.COUNTY_DISPATCHER})
STAGE_VIEWS: dict[str, frozenset[State]] = {
    "dispatch": frozenset({State.WHISTLED, State.RETURNED}),
    "claim": frozenset({State.DISPATCHED}),
    "handling": workflow.IN_HAND,
    "verify": frozenset({State.REPORTED}),
    "callback": frozenset({State.VERIFIED}),
}
RECALLABLE = sorted(workflow.BY_NAME["recall"].sources | workflow.BY_NAME["hand_back"].sources)
VIEWS: Mapping[str, Text] = {
    "open": _("全部在办"),
    "mine": _("待我处理"),
    "overdue": _("已超时"),
    "soon": _("快到期"),
    "dispatch": _("待派哨"),
    "sent": _("系统已派，可撤回"),
    "claim": _("待领办"),
    "handling": _("办理中"),
    "verify": _("待核查"),
    "callback": _("待回访"),
    "today": _("今日新单"),
    "after": _("待评哨复核"),
    "done": _("已办结"),
    "all": _("全部工单"),
}
UNCOUNTED = frozenset({"after", "done", "all"})
AFTERWARDS = frozenset(
    role for t in TRANSITIONS if t.is_forward and t.sources & ENDED_STATES for role, _relation in t.who
)
"""Roles that something is still asked of once a ticket has ended: ratings, reviews."""
FOR_ROLES: Mapping[str, frozenset[str]] = {"dispatch": DISPATCH_ROLES, "sent": DISPATCH_ROLES, "after": AFTERWARDS}


def view_q(view: str, scope: Scope, at: Moment) -> Q:
    """What a saved tab shows."""
    if view in STAGE_VIEWS:
        return OPEN & Q(state__in=sorted(STAGE_VIEWS[view]))
    ways: dict[str, Callable[[], Q]] = {
        "open": lambda: OPEN,
        "mine": lambda: OPEN & my_move_q(scope, at=at),
        "sent": lambda: OPEN & Q(recall_until__gte=at.now, state__in=RECALLABLE),
        "overdue": lambda: lamp_q("r", at.now),
        "soon": lambda: lamp_q("y", at.now),
        "today": lambda: OPEN & Q(placed_at__gte=at.today),
        "after": lambda: ~OPEN & my_move_q(scope, ENDED_STATES, at=at),
        "done": lambda: ~OPEN,
        "all": Q,
    }
    return ways[view]()


@dataclass(frozen=True)
class Tab:
    view: str
    text: Text
    count: int | None


def tabs(user: User, now: datetime, views: Collection[str] = VIEWS) -> list[Tab]:
    """The saved tabs of `user` among `views` with their counts: one query over the open tickets."""
    scope = scope_for(user)
    shown = [v for v in VIEWS if v in views and (v not in FOR_ROLES or scope.roles & FOR_ROLES[v])]
    counts = tab_counts(scope.bare, tuple(v for v in shown if v not in UNCOUNTED), **vars(Moment.of(now)))
    return [Tab(v, VIEWS[v], counts.get(v)) for v in shown]


@counting(**MOMENT)
def tab_counts(scope: Scope, views: tuple[str, ...], **moment: Any) -> Counting:
    """How many tickets of a scope are in each view, all of them views of open tickets."""
    at = Moment(**moment)
    return Ticket.objects.within(scope).filter(OPEN), {v: Count("pk", filter=view_q(v, scope, at)) for v in views}


# ---- rows ---------------------------------------------------------------------------------------------------

ROW_FIELDS = (
    "number", "title", "is_sensitive", "state", "raised", "grade", "route", "warn_at", "due_at", "placed_at",
    "closed_at", "area__name", "item__name", "lead__name", "lead__short_name", "holder__name",
)  # fmt: skip
LAMPS = ("r", "y", "b")


def queue(user: User) -> QuerySet[Ticket]:
    """Visible tickets with exactly what a row of the queue shows."""
    return as_rows(Ticket.objects.visible_to(user))


def as_rows(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    return tickets.select_related("area", "item", "lead", "holder").only(*ROW_FIELDS)


def under_lamps(rows: QuerySet[Ticket], counts: Mapping[str, "Counted"], now: datetime) -> list[QuerySet[Ticket]]:
    """Open tickets lamp by lamp, with `lamp_rank`, but for lamps that `counts` none under.

    An index by limit holds the order under each lamp, but not that of all.
    """
    return [
        rows.filter(lamp_q(key, now)).annotate(lamp_rank=Value(rank)) for rank, key in enumerate(LAMPS) if counts[key]
    ]


def in_order(rows: QuerySet[Ticket], order: tuple[str, ...], now: datetime | None) -> QuerySet[Ticket]:
    """Rows as the pages of the queue list them: under their lamps as of `now`, unless that is None."""
    if now is None:
        return rows.order_by(*order)
    ranks = (When(lamp_q(key, now), then=Value(rank)) for rank, key in enumerate(LAMPS))
    return rows.annotate(lamp_rank=Case(*ranks, output_field=IntegerField())).order_by("lamp_rank", *order)


MOST_COUNTED = 1_000
"""How far a list is counted; beyond it says "1000+", so that its price does not grow with history."""


@dataclass(frozen=True)
class Counted:
    """How many rows a list has, counted to one beyond `most`, else MOST_COUNTED."""

    n: int
    most: int | None = None

    def __bool__(self) -> bool:
        return self.n > 0

    @property
    def is_cut(self) -> bool:
        """Whether there are more than were counted."""
        return self.n > (self.most or MOST_COUNTED)

    def __str__(self) -> str:
        return f"{self.most or MOST_COUNTED}+" if self.is_cut else str(self.n)


def count_to(rows: QuerySet[Any], most: int | None = None) -> Counted:
    """Count `rows` as far as a page says: one query that reads one row beyond `most`, else MOST_COUNTED, at most."""
    return Counted(_some(rows, most).count(), most)


def _some(rows: QuerySet[Any], most: int | None = None) -> QuerySet[Any]:
    return rows.select_related(None).order_by()[: (most or MOST_COUNTED) + 1]


def lamp_counts(rows: QuerySet[Ticket], now: datetime) -> dict[str, Counted]:
    """How many of these tickets are under each lamp, and "all": one query, or four that are as short each."""
    counts = {key: Count("pk", filter=lamp_q(key, now)) for key in LAMPS}
    found = {key: Counted(n) for key, n in _some(rows).aggregate(all=Count("pk"), **counts).items()}
    if found["all"].n > MOST_COUNTED:
        found |= {key: count_to(rows.filter(lamp_q(key, now))) for key in LAMPS}
    return found
