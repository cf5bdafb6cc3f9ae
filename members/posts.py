"""Writer of posts: who holds which role where, from when to when."""

from datetime import date

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from core import clock, locks
from core.errors import Refused
from core.trust import audit
from core.trust.audit import Actor
from grids.models import Area
from members import extensions
from members.models import Department, Post, Side, User
from members.roles import DEPARTMENT, MOST_CHIEFS, PLACE, Role

LOCK = "members.posts"


class PostRefused(Refused):
    """A post that the rules forbid; `field` names the form field it belongs to."""

    code = "post_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def assign(
    *,
    user: User,
    role: Role,
    area: Area | None = None,
    department: Department | None = None,
    side: str = Side.A,
    starts_on: date | None = None,
    ends_on: date | None = None,
    actor: User | None,
) -> Post:
    """Give `user` a role at an area or a department. Raises PostRefused."""
    if actor is not None and actor.pk == user.pk:
        raise PostRefused(_("不能给自己安排岗位"))
    _check_place(role, area, department)
    post = Post(
        user=user,
        role=role,
        area=area,
        department=department,
        side=side,
        starts_on=starts_on or clock.today(),
        ends_on=ends_on,
    )
    if ends_on and ends_on < post.starts_on:
        raise PostRefused(_("离岗日不能早于到岗日"), "ends_on")
    try:
        with transaction.atomic():
            locks.hold(LOCK)
            if area is not None:  # it may have retired since it was read
                _check_place(role, Area.objects.get(pk=area.pk), None)
            if _overlaps(post):
                raise _held_already(user)
            _check_chiefs(post)
            post.save(force_insert=True)
            _sync_staff(user)
            audit.record("post.assigned", post, actor=actor, user=user, role=role)
    except IntegrityError:
        raise _held_already(user) from None
    return post


def end(*, post: Post, on: date | None = None, actor: User) -> Post:
    """End a post from a day on; from today on bites with the next request. Raises PostRefused.

    What it let its holder have in hand passes on in the same act; of a later day the engine sees to it then.
    """
    if post.user_id == actor.pk:
        raise PostRefused(_("不能结束自己的岗位"))
    day = on or clock.today()
    with transaction.atomic():
        locks.hold(LOCK)
        row = Post.objects.select_for_update().get(pk=post.pk)
        if row.ends_on is not None and row.ends_on <= day:
            raise PostRefused(_("这个岗位已经结束"))
        if row.role == Role.SYSTEM_ADMIN and not _others(row, day):
            raise PostRefused(_("至少须保留一名系统管理员"))
        row.ends_on = max(day, row.starts_on)
        row.save(update_fields=["ends_on"])
        _sync_staff(row.user)
        passed = extensions.hand_on(row.user, row, actor) if row.ends_on <= clock.today() else 0
        told = {"user": row.user_id, "role": row.role, "on": str(row.ends_on), "count": passed}
        audit.record("post.ended", row, actor=actor, **told)
    return row


def move(*, post_id: int, area: Area, actor: Actor | None) -> Post | None:
    """End a post today and begin the same one at another area that takes over from its own; None when it is over.

    Returns the new one, or the ended one of a person who holds that post there already. Raises PostRefused. More
    chiefs than a grid should have are a gap to fill and no reason to leave them without a post.
    """
    with transaction.atomic():
        locks.hold(LOCK)
        row = Post.objects.not_over().select_for_update().filter(pk=post_id).first()
        if row is None:
            return None
        _check_place(Role(row.role), area, None)
        today = clock.today()
        new = Post(
            user_id=row.user_id, role=row.role, area=area, side=row.side,
            starts_on=max(today, row.starts_on), ends_on=row.ends_on,
        )  # fmt: skip
        row.ends_on = max(today, row.starts_on)
        row.save(update_fields=["ends_on"])
        if _overlaps(new):
            audit.record("post.moved", row, actor=actor, user=row.user_id, role=row.role, area=area.pk)
            return row
        new.save(force_insert=True)
        audit.record("post.moved", new, actor=actor, user=row.user_id, role=row.role, before=row.pk)
        return new


def reopen(*, post_id: int, actor: Actor | None) -> Post | None:
    """Take the end of a post back; None when it is not over or the person holds the same one there again."""
    with transaction.atomic():
        locks.hold(LOCK)
        row = Post.objects.select_for_update().get(pk=post_id)
        if row.ends_on is None or row.ends_on > clock.today() or _overlaps(row):
            return None
        row.ends_on = None
        row.save(update_fields=["ends_on"])
        audit.record("post.reopened", row, actor=actor, user=row.user_id, role=row.role)
        return row


def is_last_admin(user: User) -> bool:
    """Whether nobody else who can sign in is a system admin today. Call it while holding LOCK."""
    held = Post.objects.held().filter(role=Role.SYSTEM_ADMIN, user__is_active=True)
    return held.filter(user=user).exists() and not held.exclude(user=user).exists()


def _others(post: Post, day: date) -> bool:
    """Whether somebody else who can sign in holds the role on `day`; one who starts later does not count."""
    return Post.objects.held(day).filter(role=post.role, user__is_active=True).exclude(user=post.user_id).exists()


def _overlaps(post: Post) -> bool:
    """Whether the person holds the same post on any day of this one; the constraints see open-ended ones only."""
    rows = Post.objects.filter(user=post.user, role=post.role, area=post.area, department=post.department)
    rows = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=post.starts_on))
    return (rows.filter(starts_on__lt=post.ends_on) if post.ends_on else rows).exists()


def _held_already(user: User) -> PostRefused:
    return PostRefused(_("%(name)s已经担任这个岗位") % {"name": user.name}, "role")


def _check_place(role: Role, area: Area | None, department: Department | None) -> None:
    if (area is None) == (department is None):
        raise PostRefused(_("岗位须设在一个区域或一个部门"), "place")
    level = DEPARTMENT if area is None else area.level
    if level not in PLACE[Role(role)]:
        raise PostRefused(_("“%(role)s”不能设在这一层") % {"role": Role(role).label}, "place")
    if (area is not None and area.retired_at) or (department is not None and department.retired_at):
        raise PostRefused(_("所选区域或部门已停用"), "place")


def _check_chiefs(post: Post) -> None:
    """No grid gets more chiefs on the A side than MOST_CHIEFS on any day from today on. Call it while holding LOCK."""
    if post.role != Role.GRID_CHIEF or post.side != Side.A:
        return
    rows = Post.objects.not_over().filter(area=post.area, role=post.role, side=Side.A).exclude(user=post.user)
    others = list(rows.select_related("user").order_by("starts_on", "id"))
    first = max(clock.today(), post.starts_on)
    days = {first} | {one.starts_on for one in others if one.starts_on > first}
    for day in sorted(day for day in days if post.ends_on is None or day < post.ends_on):
        held = {one.user_id: one.user.name for one in others if _holds(one, day)}
        if len(held) >= MOST_CHIEFS:
            words = {"grid": post.area, "n": len(held), "names": "、".join(held.values()), "most": MOST_CHIEFS}
            said = _("“%(grid)s”已有 %(n)d 名网格长（%(names)s），一个网格最多 %(most)d 名；请先给其中一名定离岗日")
            raise PostRefused(said % words, "place")


def _holds(post: Post, day: date) -> bool:
    return post.starts_on <= day and (post.ends_on is None or day < post.ends_on)


def _sync_staff(user: User) -> None:
    """Mark who may ever enter Django's admin; its door also asks for a post held today (governance.urls)."""
    is_admin = Post.objects.not_over().filter(user=user, role=Role.SYSTEM_ADMIN).exists()
    User.objects.filter(pk=user.pk).exclude(is_staff=is_admin).update(is_staff=is_admin, is_superuser=is_admin)
