"""AB 岗: what somebody on leave holds passes to the other side of the post, and back when they return.

An urgent ticket that nobody accepts within thirty minutes passes the same way. Run by the engine; each pass is one
step of the ticket (`hand_over`), so both sides see the trail.
"""

from collections.abc import Iterable
from datetime import timedelta

from core import clock
from core.errors import NotNow
from issues.engine.actions import apply
from issues.engine.actors import path_ids, system
from issues.engine.errors import StaleTicket
from issues.models import OPEN, HandOver, Ticket
from issues.tending import succession
from issues.workflow import BY_NAME, State
from members import leaves
from members.models import Post, User
from members.roles import Role

UNANSWERED_AFTER = timedelta(minutes=30)
HELD = sorted(BY_NAME["hand_over"].sources - {State.SUSPENDED})
GRID_ROLES = (Role.GRID_WORKER, Role.GRID_CHIEF)


def cover() -> int:
    """One turn: hand over, hand back, pass on what is urgent or left behind; returns how many tickets moved."""
    absent = leaves.away()
    return sum([*_leaving(absent), *_returning(absent), *_unanswered(absent)]) + succession.hand_on_of_gone()


def _leaving(absent: set[int]) -> Iterable[bool]:
    held = Ticket.objects.filter(OPEN, holder__in=absent, state__in=HELD).order_by("pk")
    for ticket in held if absent else ():
        to = _other_side(ticket, ticket.holder_id, absent)
        yield to is not None and _pass(ticket, to=to, cause=HandOver.Cause.LEAVE)


def _returning(absent: set[int]) -> Iterable[bool]:
    """Whoever is back gets what the other side has not finished and not passed on."""
    open_rows = HandOver.objects.filter(cause=HandOver.Cause.LEAVE, back_at=None, ticket__closed_at=None)
    for row in open_rows.exclude(from_user__in=absent).select_related("ticket", "from_user").order_by("pk"):
        if row.ticket.holder_id == row.to_user_id and row.from_user is not None and row.from_user.is_active:
            yield _pass(row.ticket, to=row.from_user, back=True)


def _unanswered(absent: set[int]) -> Iterable[bool]:
    waiting = Ticket.objects.filter(
        OPEN, state=State.PLACED, grade="urgent", holder=None, placed_at__lte=clock.now() - UNANSWERED_AFTER
    )
    for ticket in waiting.exclude(handovers__cause=HandOver.Cause.UNANSWERED).order_by("pk"):
        to = _other_side(ticket, None, absent)
        yield to is not None and _pass(ticket, to=to, cause=HandOver.Cause.UNANSWERED)


def _other_side(ticket: Ticket, holder_id: int | None, absent: set[int]) -> User | None:
    """Who covers the post under which a ticket is held, or waits; the nearest area first."""
    if ticket.lead_id and ticket.route == "whistle":
        posts = Post.objects.held().filter(department=ticket.lead_id)
    else:
        posts = Post.objects.held().filter(area__in=path_ids(ticket))
        posts = posts if holder_id else posts.filter(role__in=GRID_ROLES, side="A")
    if holder_id:
        posts = posts.filter(user=holder_id)
    for post in posts.order_by("-area__depth", "pk"):
        found = leaves.cover_for(post, absent)
        if found is not None:
            return found
    return None


def _pass(ticket: Ticket, **fields: object) -> bool:
    try:
        apply(ticket.pk, "hand_over", actor=system(), fields=dict(fields))
    except (NotNow, StaleTicket):
        return False
    return True
