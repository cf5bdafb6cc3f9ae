"""Reads of tickets that lists share: whose move it is, the saved tabs and their counts, the rows of the queue.

Every queryset starts from `visible_to`; what a condition means is said here and in `issues.filters` only.
Writes nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Case, Count, IntegerField, Q, QuerySet, Value, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core import clock
from issues import workflow
from issues.models import OPEN, Ticket
from issues.workflow import TRANSITIONS, Guard, Hat, Relation, State, Transition
from members.access import Scope, scope_for
from members.models import User
from members.roles import Role

Text = str | Promise
NOTHING = Q(pk__in=())
FORWARD_RANK = 30
"""Steps of a lower rank carry a ticket on; from here on stand returns, corrections and refusals."""


def day_start(day: date) -> datetime:
    """The first moment of a county day."""
    return datetime.combine(day, time.min, clock.COUNTY_TIME)


def lamp_q(key: str, now: datetime) -> Q:
    """Open tickets whose lamp (`issues.clocks.lamp`) is `key` at `now`."""
    conditions = {
        "r": Q(due_at__lte=now),
        "y": Q(due_at__gt=now, warn_at__lte=now),
        "b": Q(due_at__gt=now, warn_at__gt=now),
    }
    return OPEN & conditions[key]


# ---- whose move it is ---------------------------------------------------------------------------------------

GUARD_Q: dict[Guard, Callable[[int], Q]] = {
    workflow.is_holder: lambda me: Q(holder=me),
    workflow.differs_from_handler: lambda me: (
        (Q(handled_by__isnull=True) | ~Q(handled_by=me)) & (Q(reported_by__isnull=True) | ~Q(reported_by=me))
    ),
    workflow.urgent_only: lambda _me: Q(grade="urgent"),
    workflow.not_urgent: lambda _me: ~Q(grade="urgent"),
    workflow.grid_route: lambda _me: ~Q(route="whistle"),
    workflow.is_order: lambda _me: Q(source="order"),
    workflow.nobody_to_ask: lambda _me: ~Q(source="order") | Q(unreachable_calls__gte=workflow.UNREACHABLE_CALLS),
    # The list item is chosen in the same form, so its absence keeps nobody from moving.
    workflow.has_item: lambda _me: Q(),
}
"""The guards of forward steps as conditions on the ticket, for the person `me`."""


def is_forward(transition: Transition) -> bool:
    """Whether the step carries a ticket on, so that it is the next move of those who may take it."""
    return transition.moves and transition.rank < FORWARD_RANK


def my_move_q(scope: Scope) -> Q:
    """Tickets whose next move is that of the holder of these posts, read from the transition table."""
    if not scope.posts:
        return NOTHING
    me = scope.posts[0].user_id
    places = _places(scope)
    found = NOTHING
    for transition in filter(is_forward, TRANSITIONS):
        where = [places[hat] for hat in sorted(transition.who & places.keys())]
        if where:
            condition = Q(state__in=sorted(transition.sources)) & _any_of(where)
            for guard in transition.guards:
                condition &= GUARD_Q[guard](me)
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


def _places(scope: Scope) -> dict[Hat, Q]:
    """Where each hat of these posts fits, as `issues.actors.standing` sees it."""
    places: dict[Hat, Q] = {}
    for role in sorted(scope.roles):
        posts = tuple(post for post in scope.posts if post.role == role)
        if any(post.area_id is not None for post in posts):
            places[role, Relation.AREA] = Scope(posts).path_q()
        departments = sorted({post.department_id for post in posts if post.department_id is not None})
        if departments:
            places[role, Relation.LEAD] = Q(lead__in=departments)
    return places


# ---- saved tabs ---------------------------------------------------------------------------------------------

DISPATCH_ROLES = frozenset({Role.TOWNSHIP_DISPATCHER, Role.COUNTY_DISPATCHER})
STAGE_VIEWS: dict[str, frozenset[State]] = {
    "dispatch": frozenset({State.WHISTLED, State.RETURNED}),
    "claim": frozenset({State.DISPATCHED}),
    "handling": workflow.IN_HAND,
    "verify": frozenset({State.REPORTED}),
    "callback": frozenset({State.VERIFIED}),
}
VIEWS: Mapping[str, Text] = {
    "open": _("全部在办"),
    "mine": _("待我处理"),
    "overdue": _("已超时"),
    "soon": _("快到期"),
    "dispatch": _("待派哨"),
    "claim": _("待领办"),
    "handling": _("办理中"),
    "verify": _("待核查"),
    "callback": _("待回访"),
    "today": _("今日新单"),
    "done": _("已办结"),
    "all": _("全部工单"),
}
UNCOUNTED = frozenset({"done", "all"})


def view_q(view: str, scope: Scope, now: datetime) -> Q:
    """What a saved tab shows."""
    if view in STAGE_VIEWS:
        return OPEN & Q(state__in=sorted(STAGE_VIEWS[view]))
    ways: dict[str, Callable[[], Q]] = {
        "open": lambda: OPEN,
        "mine": lambda: OPEN & my_move_q(scope),
        "overdue": lambda: lamp_q("r", now),
        "soon": lambda: lamp_q("y", now),
        "today": lambda: OPEN & Q(placed_at__gte=day_start(clock.local(now).date())),
        "done": lambda: ~OPEN,
        "all": Q,
    }
    return ways[view]()


@dataclass(frozen=True)
class Tab:
    view: str
    text: Text
    count: int | None


def tabs(user: User, now: datetime) -> list[Tab]:
    """The saved tabs of `user` with their counts: one query over the open tickets."""
    scope = scope_for(user)
    shown = [v for v in VIEWS if v != "dispatch" or scope.roles & DISPATCH_ROLES]
    counted = [v for v in shown if v not in UNCOUNTED]
    counts: dict[str, int] = (
        Ticket.objects.visible_to(user)
        .filter(OPEN)
        .aggregate(**{v: Count("pk", filter=view_q(v, scope, now)) for v in counted})
    )
    return [Tab(v, VIEWS[v], counts.get(v)) for v in shown]


# ---- rows ---------------------------------------------------------------------------------------------------

ROW_FIELDS = (
    "number", "title", "is_sensitive", "state", "grade", "route", "warn_at", "due_at", "placed_at", "closed_at",
    "area__name", "item__name", "lead__name", "lead__short_name", "holder__name",
)  # fmt: skip
LAMPS = ("r", "y", "b")


def queue(user: User) -> QuerySet[Ticket]:
    """Visible tickets with exactly what a row of the queue shows."""
    return Ticket.objects.visible_to(user).select_related("area", "item", "lead", "holder").only(*ROW_FIELDS)


def by_lamp(rows: QuerySet[Ticket], now: datetime) -> QuerySet[Ticket]:
    """Rows with `lamp_rank`, the place of their lamp in LAMPS."""
    rank = Case(
        When(due_at__lte=now, then=Value(0)),
        When(warn_at__lte=now, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.annotate(lamp_rank=rank)


def lamp_counts(rows: QuerySet[Ticket], now: datetime) -> dict[str, int]:
    """How many of these tickets are under each lamp, and "all": one query."""
    plain = rows.select_related(None).order_by()
    counts = {key: Count("pk", filter=lamp_q(key, now)) for key in LAMPS}
    found: dict[str, int] = plain.aggregate(all=Count("pk"), **counts)
    return found
