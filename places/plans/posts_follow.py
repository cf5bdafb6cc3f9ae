"""Posts held at a grid that retires go to the grid that takes most of its households, from today on."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.trust.audit import Actor
from grids.models import Area
from members import posts
from members.models import Post, Side
from members.roles import Role
from places.following import Follower, Going, Shift

KEY = "posts"


def found(shift: Shift) -> list[Going]:
    """Posts not over that go, and on the way back those that had ended for one held already."""
    named = Post.objects.select_related("user").order_by("id")
    going = [_going(shift, post) for post in named.not_over().filter(area__in=shift.sources)]
    for post in named.filter(pk__in=shift.returning(KEY)).exclude(area__in=shift.sources):
        put, was = shift.back[KEY][post.pk]
        if post.area_id == was:
            going.append(Going(post.pk, _text(post), put, was))
    return [one for one in going if one is not None]


def _going(shift: Shift, post: Post) -> Going | None:
    after = shift.goes_to(KEY, post.pk, post.area_id or 0)
    return None if after is None else Going(post.pk, _text(post), post.area_id or 0, after)


def _text(post: Post) -> str:
    return f"{post.get_role_display()} {post.user.name}"


def carry(going: Sequence[Going], areas: Mapping[int, Area], actor: Actor | None) -> list[Going]:
    """Each post ends today and a new one begins; `row` then names what an undoing has to take back."""
    moved = []
    places = dict(Post.objects.filter(pk__in=[one.row for one in going]).values_list("pk", "area_id"))
    for one in going:
        if places.get(one.row) == one.after:
            done = posts.reopen(post_id=one.row, actor=actor)
        else:
            done = posts.move(post_id=one.row, area=areas[one.after], actor=actor)
        if done is not None:
            moved.append(Going(done.pk, one.text, one.before, one.after))
    return moved


def chiefs_after(shift: Shift, areas: Collection[int]) -> dict[int, int]:
    """How many people on the A side will be chief of each of these grids once what `shift` says has gone."""
    goes = {one.row: one.after for one in found(shift)}
    chiefs = Post.objects.held().filter(Q(area__in=areas) | Q(pk__in=goes), role=Role.GRID_CHIEF, side=Side.A)
    people: dict[int, set[int]] = defaultdict(set)
    for pk, user, area in chiefs.values_list("pk", "user", "area"):
        people[goes.get(pk, area or 0)].add(user)
    return {area: len(people[area]) for area in areas}


POSTS = Follower(KEY, _("岗位"), found, carry, posts.LOCK)
