"""Who may do what with households. Reads only."""

from core.errors import NotYours
from grids.levels import Level
from grids.models import Area, Household
from households.rules import GUARDED
from members.access import posts_covering, scope_for
from members.models import User
from members.roles import Role, who_sees

READERS = who_sees("households")
EDITORS = (Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER)
"""Who keeps the file of the households of their area."""
VISITORS = (Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY)
KEEPERS = (Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER)
"""Who answers requests of households, keeps liaisons, imports and exports for their village or township."""
IMPORTERS = (*KEEPERS, Role.SYSTEM_ADMIN)
APPROVERS = (Role.TOWNSHIP_LEADER,)
"""Who lets others have a file with personal data."""


def roles_at(user: User, household: Household) -> frozenset[str]:
    """The roles of `user` whose posts cover the household."""
    path = {household.area_id, household.grid_id, household.village_id, household.township_id, household.county_id}
    return frozenset(role for role, _kind, _post in posts_covering(user, area_ids=path, department_ids=()))


def require(user: User, household: Household, roles: tuple[Role, ...], message: str) -> None:
    """Raise `NotYours` unless one of `roles` is held over the household."""
    if not roles_at(user, household) & set(roles):
        raise NotYours(message)


def guarded_kinds(user: User, household: Household) -> list[str]:
    """The guarded labels that `user` may see and set on this household."""
    held = roles_at(user, household)
    return [kind for kind, label in GUARDED.items() if label.readers & held]


def places_of(user: User, roles: tuple[Role, ...]) -> list[Area]:
    """The areas at which `user` holds one of `roles`, the widest first."""
    held = {p.area.pk: p.area for p in scope_for(user).posts if p.role in roles and p.area is not None}
    return sorted(held.values(), key=lambda area: (area.depth, area.code))


def may_import_areas(user: User) -> bool:
    return Role.SYSTEM_ADMIN in scope_for(user).roles


def township_of(area: Area) -> Area:
    """The township that a village or township lies in."""
    above = area
    while above.level != Level.TOWNSHIP and above.parent is not None:
        above = above.parent
    return above
