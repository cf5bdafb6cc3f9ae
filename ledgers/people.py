"""Who stands how to a matter, who may open one where, who is told, and who can be made responsible. Reads only."""

from collections.abc import Iterable

from django.db.models import Q

from grids.levels import GRID_LEVELS, Level
from grids.models import Area
from grids.scope import areas_below
from issues.stepping.fields import department_groups
from ledgers.models import Campaign, Matter, Project, Rectification, Target
from ledgers.workflow import Audience, Hat
from members.access import posts_covering, scope_for
from members.models import Department, Post, User
from members.roles import Role, who_sees

READERS = who_sees("ledgers")
"""Who has problems and projects in sight."""
CAMPAIGN_READERS = who_sees("campaigns")
WRITERS = tuple(role for role in READERS if role != Role.AUDITOR)
KEEPERS = frozenset({Role.COUNTY_DISPATCHER, Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER})
"""Who opens problems and campaigns for their county or township, and strikes off what was put right."""
TOWN_KEEPERS = frozenset({Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER})
"""Who opens projects, and puts right what a township answers for."""
PROPOSERS = frozenset({Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER})
"""Who hands in what people of the village said."""


def hats_of(user: User, matter: Matter) -> frozenset[Hat]:
    """Which hats `user` wears on a matter; a query only for milestones."""
    hats: set[Hat] = set()
    if _holds(user, matter.office_id, KEEPERS):
        hats.add(Hat.KEEPER)
    if matter.village_id and _holds(user, matter.village_id, {Role.VILLAGE_SECRETARY}):
        hats.add(Hat.SECRETARY)
    mine = scope_for(user).departments
    if isinstance(matter, Rectification):
        owns_here = matter.owner_township_id is not None and _holds(user, matter.owner_township_id, TOWN_KEEPERS)
        if owns_here or matter.owner_department_id in mine:
            hats.add(Hat.OWNER)
    elif isinstance(matter, Project) and mine and matter.milestones.filter(department__in=mine, done_on=None).exists():
        hats.add(Hat.DOER)
    return frozenset(hats)


def _holds(user: User, area_id: int, roles: Iterable[str]) -> bool:
    covering = posts_covering(user, area_ids={area_id}, department_ids=())
    return any(role in roles for role, _kind, _post in covering)


def offices_of(user: User, roles: Iterable[str] = KEEPERS) -> list[Area]:
    """The counties and townships for which `user` opens matters, the widest first."""
    held = [p.area for p in scope_for(user).posts if p.role in set(roles) and p.area is not None]
    return sorted({area.pk: area for area in held}.values(), key=lambda area: area.depth)


def places_of(office: Area) -> list[Area]:
    """Where a matter of an office may lie: down to villages for the county, down to grids for a township."""
    levels = [Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]
    if office.level == Level.TOWNSHIP:
        levels = [Level.TOWNSHIP, Level.VILLAGE, *GRID_LEVELS]
    return list(areas_below(office, levels, include_self=True).select_related("parent"))


def owners_for(office: Area) -> dict[str, Department | Area]:
    """Who an office may make responsible, by the value of the choice: its departments, and townships."""
    townships = [office] if office.level == Level.TOWNSHIP else list(areas_below(office, [Level.TOWNSHIP]))
    local = Q(township=office) if office.level == Level.TOWNSHIP else Q(township__isnull=True)
    departments = Department.objects.filter(local, retired_at=None).order_by("code")
    found: dict[str, Department | Area] = {f"a{area.code}": area for area in townships}
    return found | {f"d{department.code}": department for department in departments}


def owner_choices(owners: dict[str, Department | Area], townships: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """The same in groups, for a select."""
    areas = [(value, str(owner)) for value, owner in owners.items() if isinstance(owner, Area)]
    departments = department_groups(owner for owner in owners.values() if isinstance(owner, Department))
    named = [(label, [(f"d{code}", text) for code, text in pairs]) for label, pairs in departments]
    return [(townships, areas), *named]


def doers_for(township_id: int) -> list[Department]:
    """Departments that may answer for a milestone: offices of the township first, then the county's."""
    rows = Department.objects.filter(Q(township=township_id) | Q(township__isnull=True), retired_at=None)
    return sorted(rows, key=lambda d: (d.township_id is None, d.code))


def post_label(user: User, matter: Matter) -> str:
    """The post shown beside a name in the history: one that covers the matter before any other."""
    areas = {matter.office_id, matter.area_id, matter.village_id, matter.township_id, matter.county_id}
    known = {pk for pk in areas if pk is not None}
    covering = posts_covering(user, area_ids=known, department_ids=scope_for(user).departments)
    posts = [post for _role, _kind, post in covering] or list(scope_for(user).posts)
    return f"{posts[0].department or posts[0].area} {Role(posts[0].role).label}"[:60] if posts else ""


def recipients(matter: Matter, audiences: Iterable[Audience]) -> set[int]:
    """The people of `audiences` on a matter today."""
    q = Q(pk__in=())
    for audience in audiences:
        q |= _posts_q(matter, audience)
    held = Post.objects.held().filter(q, user__is_active=True)
    return set(held.values_list("user_id", flat=True))


def _posts_q(matter: Matter, audience: Audience) -> Q:
    nobody = Q(pk__in=())
    if audience == Audience.KEEPERS:
        return Q(area=matter.office_id, role__in=KEEPERS)
    if audience == Audience.SECRETARY:
        return Q(area=matter.village_id, role=Role.VILLAGE_SECRETARY) if matter.village_id else nobody
    if audience == Audience.OWNERS and isinstance(matter, Rectification):
        if matter.owner_department_id:
            return Q(department=matter.owner_department_id)
        return Q(area=matter.owner_township_id, role__in=TOWN_KEEPERS)
    if audience == Audience.DOERS and isinstance(matter, Project):
        waiting = matter.milestones.filter(done_on=None, department__isnull=False)
        return Q(department__in=waiting.values("department"))
    if audience == Audience.GRID and isinstance(matter, Campaign):
        targets = Target.objects.filter(campaign=matter)
        there = Q(area__in=targets.values("area")) | Q(area__in=targets.values("grid"))
        return (there & Q(role__in=(Role.GRID_WORKER, Role.GRID_CHIEF))) | Q(
            area__in=targets.values("village"), role=Role.VILLAGE_SECRETARY
        )
    return nobody
