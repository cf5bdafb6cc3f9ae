"""交接: what somebody leaves behind passes to the other side of their post, else to who leads there.

Whoever disables an account, ends a post or retires a department reads what is held first and hands it over in the same
act (`members.extensions.HOLDINGS`); what a date or another act ends the engine finds within a minute. Each pass is one
step of the ticket; where nobody is left to take it, it stays with its unit, whose people may take it over.
"""

from collections.abc import Sequence

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.errors import NotNow
from issues.engine.actions import apply
from issues.engine.actors import path_ids, system
from issues.engine.audiences import AREA_ROLES
from issues.engine.errors import StaleTicket
from issues.models import OPEN, Call, HandOver, Party, Route, Ticket
from issues.tending.automatic import caller_of
from issues.workflow import BY_NAME, Audience, State
from members import leaves
from members.extensions import Held, Holdings
from members.models import Department, Post, User
from members.roles import Role

PASSED = sorted(BY_NAME["hand_over"].sources)
LEADING = (
    Role.DEPARTMENT_LEADER, Role.DEPARTMENT_HANDLER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.GRID_WORKER,
)  # fmt: skip
"""Who takes over where there is no other side, the leader first."""


# ---- people -------------------------------------------------------------------------------------------------
def held_by(user: User, post: Post | None = None) -> list[Ticket]:
    """The open tickets in somebody's hands; with `post` those that no other post of theirs lets them keep."""
    rows = Ticket.objects.filter(OPEN, holder=user, state__in=PASSED).select_related("lead").order_by("pk")
    if post is None:
        return list(rows)
    kept = Post.objects.held().filter(user=user).exclude(pk=post.pk)
    return [ticket for ticket in rows if not kept.filter(_holding(ticket)).exists()]


def successor_of(ticket: Ticket, user: User, absent: set[int]) -> User | None:
    """Who takes a ticket over from `user`: the other side of the post, else who leads there; None where nobody is."""
    if ticket.state == State.VERIFIED:
        return caller_of(ticket, but=user)
    held = Post.objects.filter(_holding(ticket), user=user).order_by("-area__depth", "-pk")
    for post in held:
        found = leaves.cover_for(post, absent | {user.pk})
        if found is not None:
            return found
    others = Post.objects.held().filter(_holding(ticket), user__is_active=True)
    return _foremost(others.exclude(user__in=absent | {user.pk}))


def _foremost(posts: QuerySet[Post]) -> User | None:
    """Who leads among `posts`, the A side first."""
    ranked = sorted(posts.select_related("user"), key=lambda one: (LEADING.index(Role(one.role)), one.side, one.pk))
    return ranked[0].user if ranked else None


def _holding(ticket: Ticket) -> Q:
    """The posts that let somebody have this ticket in hand."""
    if ticket.state == State.VERIFIED:
        return Q(role__in=AREA_ROLES[Audience.CALLER], area__in=path_ids(ticket))
    if ticket.lead_id and ticket.route == Route.WHISTLE:
        return Q(role__in=LEADING[:2], department=ticket.lead_id)
    return Q(role__in=LEADING[2:], area__in=path_ids(ticket))


def hand_on(user: User, post: Post | None, actor: User | None) -> int:
    """Pass on what `user` holds (under `post`), in the caller's transaction; returns how many tickets that were."""
    absent = leaves.away()
    note = _("%(name)s离岗，由%(actor)s办理交接") if actor else _("%(name)s离岗，系统交接")
    words = note % {"name": user.name, "actor": actor.name if actor else ""}
    return sum(_pass(ticket, successor_of(ticket, user, absent), words) for ticket in held_by(user, post))


def _pass(ticket: Ticket, to: User | None, note: str) -> bool:
    try:
        apply(ticket.pk, "hand_over", actor=system(), fields={"to": to, "cause": HandOver.Cause.LEFT, "note": note})
    except (NotNow, StaleTicket):
        return False
    return True


def hand_on_of_gone() -> int:
    """What is still in the hands of people who are gone: accounts disabled otherwise, posts that a date has ended."""
    gone = User.objects.filter(
        is_active=False, pk__in=Ticket.objects.filter(OPEN, holder__isnull=False).values("holder")
    )
    passed = sum(hand_on(user, None, None) for user in gone.order_by("pk"))
    holding = Ticket.objects.filter(OPEN, holder__isnull=False).values("holder")
    over = Post.objects.ended_lately().filter(user__in=holding, user__is_active=True).select_related("user")
    return passed + sum(hand_on(post.user, post, None) for post in over.order_by("pk"))


def _listed(user: User, post: Post | None) -> Sequence[Held]:
    absent = leaves.away()
    found = []
    for ticket in held_by(user, post):
        to = successor_of(ticket, user, absent)
        found.append(Held(ticket.number, to.name if to else ""))
    return found


# ---- departments --------------------------------------------------------------------------------------------
def of_department(department: Department) -> list[Ticket]:
    """The open tickets that a department leads, helps with or is asked about."""
    called = Call.objects.filter(department=department, ended_at=None).values("ticket_id")
    asked = Party.objects.filter(department=department, consultation__decided_at=None).values("consultation__ticket_id")
    rows = Ticket.objects.filter(OPEN).filter(Q(lead=department) | Q(pk__in=called) | Q(pk__in=asked))
    return list(rows.order_by("pk"))


def give_to_heir(department: Department, heir: Department, actor: User | None) -> int:
    """All that a department has in hand becomes its heir's, in the hands of who leads there, with the same limits."""
    leader = _foremost(Post.objects.held().filter(department=heir, role__in=LEADING[:2], user__is_active=True))
    note = _("%(gone)s停用，由%(heir)s接续") % {"gone": department, "heir": heir}
    fields = {"gone": department, "heir": heir, "to": leader, "note": note}
    tickets = of_department(department)
    for ticket in tickets:
        apply(ticket.pk, "succeed", actor=system(), fields=fields)
    return len(tickets)


def _listed_of_department(department: Department) -> Sequence[Held]:
    return [Held(ticket.number) for ticket in of_department(department)]


MOVES = frozenset(
    {
        "issues.Ticket.holder", "issues.Ticket.handled_by", "issues.Ticket.lead", "issues.Call.department",
        "issues.Party.department", "issues.Clock.department", "issues.Sheet.department",
    }
)  # fmt: skip
TICKETS = Holdings(MOVES, _listed, hand_on, _listed_of_department, give_to_heir)
