"""Who stands how to a dispute, who may open one where, and who can be asked to mediate. Reads only."""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from grids.levels import GRID_LEVELS
from grids.models import Area
from grids.scope import at_or_below
from mediation.models import Dispute, Mediator, justice_departments
from mediation.workflow.table import Hat
from members.access import posts_covering, scope_for
from members.models import Department, Post, User
from members.roles import Role, who_sees

READERS = (*who_sees("mediation"), Role.GRID_CHIEF, Role.GRID_WORKER)
"""Roles that may have a dispute in sight: by their post, or because they mediate it."""
WRITERS = tuple(role for role in READERS if role != Role.AUDITOR)
OPEN_ROLES = frozenset({Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER})
"""Roles that open disputes in their area; staff of the township's justice offices do in the township."""
OPENERS = tuple(role for role in WRITERS if role != Role.GRID_WORKER)
MEDIATING_ROLES = (*OPEN_ROLES, Role.GRID_WORKER)
AREA_HATS = {
    Role.VILLAGE_SECRETARY: Hat.SECRETARY,
    Role.TOWNSHIP_DISPATCHER: Hat.TOWN,
    Role.TOWNSHIP_LEADER: Hat.TOWN,
}


def hats_of(user: User, dispute: Dispute, mediators: Collection[Mediator]) -> frozenset[Hat]:
    """Which hats `user` wears on a dispute; a query only for people of departments."""
    hats: set[Hat] = set()
    for mediator in mediators:
        if mediator.user_id == user.pk and scope_for(user).posts:
            hats.add(Hat.PRINCIPAL if mediator.is_principal else Hat.MEDIATOR)
    covering = posts_covering(user, area_ids=dispute.path_ids, department_ids=())
    hats |= {AREA_HATS[Role(role)] for role, _kind, _post in covering if role in AREA_HATS}
    if dispute.opened_by_id == user.pk and covering:
        hats.add(Hat.OPENER)
    if is_justice(user, dispute.township_id):
        hats.add(Hat.JUSTICE)
    return frozenset(hats)


def is_justice(user: User, township_id: int) -> bool:
    """Whether the user works for a justice department of the county, or of this township."""
    mine = scope_for(user).departments
    return bool(mine) and justice_departments(township_id).filter(pk__in=mine).exists()


def post_label(user: User | None, dispute: Dispute) -> str:
    """The post shown beside a name in the history: one that covers the dispute before any other."""
    if user is None:
        return ""
    covering = posts_covering(user, area_ids=dispute.path_ids, department_ids=scope_for(user).departments)
    posts = [post for _role, _kind, post in covering] or list(scope_for(user).posts)
    return f"{posts[0].department or posts[0].area} {Role(posts[0].role).label}"[:60] if posts else ""


def may_open_in(user: User, path: Collection[int], township_id: int) -> bool:
    """Whether `user` may open a dispute in an area with these path keys."""
    covering = posts_covering(user, area_ids=path, department_ids=())
    return any(role in OPEN_ROLES for role, _kind, _post in covering) or _is_of_office(user, township_id)


def _is_of_office(user: User, township_id: int) -> bool:
    mine = scope_for(user).departments
    return bool(mine) and justice_departments(township_id).filter(pk__in=mine, township=township_id).exists()


def opening_areas(user: User) -> list[Area]:
    """Grids and microgrids in use in which `user` may open a dispute, by code; at most two queries."""
    scope = scope_for(user)
    where = at_or_below(post.area for post in scope.posts if post.role in OPEN_ROLES and post.area is not None)
    towns = _office_townships(scope.departments)
    if towns:
        where |= at_or_below(towns)
    rows = Area.objects.in_use().filter(where, level__in=GRID_LEVELS)
    return list(rows.select_related("parent").order_by("code"))


def _office_townships(departments: Collection[int]) -> list[Area]:
    if not departments:
        return []
    offices = Department.objects.filter(pk__in=departments, township__isnull=False).select_related("township")
    return [
        office.township
        for office in offices
        if office.township and justice_departments(office.township.pk).filter(pk=office.pk).exists()
    ]


def mediating_in(dispute: Dispute) -> Q:
    """The posts that let somebody mediate in the place of a dispute."""
    offices = justice_departments(dispute.township_id).filter(township=dispute.township_id)
    return Q(area__in=dispute.path_ids, role__in=MEDIATING_ROLES) | Q(department__in=offices.values("pk"))


def possible_mediators(dispute: Dispute) -> "QuerySet[User]":
    """Staff of the place: its grid, village and township, and the justice offices of the township."""
    posts = Post.objects.held().filter(mediating_in(dispute))
    return User.objects.filter(pk__in=posts.values("user"), is_active=True).order_by("name", "pk")


def receivers(dispute: Dispute) -> "QuerySet[Department]":
    """Departments that a dispute may be passed on to: offices of its township first, then the county's."""
    rows = Department.objects.filter(Q(township=dispute.township_id) | Q(township__isnull=True), retired_at=None)
    return rows.order_by("township__code", "code")
