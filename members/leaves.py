"""请假 and AB 岗: who is away, and who covers each of their posts meanwhile. Writer of leaves."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import clock, locks
from core.errors import Refused
from core.trust import audit
from members.models import Leave, Post, User

LOCK = "members.leaves"
LONGEST = timedelta(days=180)
SHOWN_DAYS = 30


class LeaveRefused(Refused):
    """A leave that cannot be; `field` names the form field it belongs to."""

    code = "leave_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def take(*, user: User, starts_on: date, ends_on: date, actor: User) -> Leave:
    """Put `user` on leave, both days included. Raises LeaveRefused. Asked twice it is one leave."""
    if ends_on < starts_on:
        raise LeaveRefused(_("结束日不能早于开始日"), "ends_on")
    if ends_on < clock.today():
        raise LeaveRefused(_("这几天已经过去了"), "ends_on")
    if ends_on - starts_on > LONGEST:
        raise LeaveRefused(_("一次最多请 180 天，更长请调整岗位"), "ends_on")
    with transaction.atomic():
        locks.hold(LOCK)
        overlapping = Leave.objects.filter(user=user, cancelled_at=None, starts_on__lte=ends_on, ends_on__gte=starts_on)
        for leave in overlapping:
            if (leave.starts_on, leave.ends_on) == (starts_on, ends_on):
                return leave
            raise LeaveRefused(_("和已登记的请假重叠，请先销假"), "starts_on")
        leave = Leave.objects.create(user=user, starts_on=starts_on, ends_on=ends_on, created_at=clock.now())
        audit.record("members.leave", leave, actor=actor, user=user.username, starts_on=starts_on, ends_on=ends_on)
    return leave


def cancel(leave: Leave, *, actor: User) -> None:
    """销假: from this moment on the person is back. Done twice it is done once."""
    if Leave.objects.filter(pk=leave.pk, cancelled_at=None).update(cancelled_at=clock.now()):
        audit.record("members.leave_cancel", leave, actor=actor)


def away(day: date | None = None) -> set[int]:
    """Who is on leave on a day, today by default: one query."""
    return set(Leave.objects.on(day or clock.today()).values_list("user_id", flat=True))


def cover_for(post: Post, absent: set[int]) -> User | None:
    """Who covers a post: the other side of the same post, then its own side; never somebody who is away."""
    same = Post.objects.held().filter(
        role=post.role, area=post.area_id, department=post.department_id, user__is_active=True
    )
    others = same.exclude(user__in=absent | {post.user_id}).select_related("user")
    order = sorted(others, key=lambda other: (other.side == post.side, other.pk))
    return order[0].user if order else None


def own(user: User) -> QuerySet[Leave]:
    """The leaves of a person that are not over."""
    return user.leaves.filter(cancelled_at=None, ends_on__gte=clock.today()).order_by("starts_on")


def colleagues_away(user: User) -> list[Leave]:
    """Leaves of the next thirty days of those who hold a post where `user` holds one."""
    mine = list(Post.objects.held().filter(user=user))
    places = Post.objects.held().filter(area__in=[p.area_id for p in mine if p.area_id]) | Post.objects.held().filter(
        department__in=[p.department_id for p in mine if p.department_id]
    )
    rows = Leave.objects.filter(
        cancelled_at=None,
        ends_on__gte=clock.today(),
        starts_on__lte=clock.today() + timedelta(days=SHOWN_DAYS),
        user__in=places.values("user_id"),
    )
    return list(rows.exclude(user=user).select_related("user").order_by("starts_on", "pk")[:50])
