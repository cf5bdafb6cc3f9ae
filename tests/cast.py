"""The cast of most tests: a small county with its list in force and one person for every role.

Made by the real verbs, as of a year ago. Everything centres on microgrid 002 of 红岭村; `sibling_*` is the
neighbouring village of the same township, `other_*` lies outside it.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path

from core import clock
from duties.catalogue.importing import import_catalogue, import_offices
from duties.catalogue.items_file import read
from duties.catalogue.offices import read_offices
from duties.models import DutyItem, ListVersion
from grids import households, tree
from grids.households import NewHousehold
from grids.levels import Level
from grids.models import Area, Household
from grids.tree import NewArea
from members import accounts, posts
from members.models import Department, User
from members.roles import Role
from tests.worlds import World

DATA = Path(__file__).resolve().parents[1] / "data"
COUNTY, TOWNSHIP, OTHER_TOWNSHIP = "440783000000", "440783103000", "440783117000"
VILLAGE, SIBLING, OTHER_VILLAGE, OTHER_VILLAGE2 = "440783103229", "440783103231", "440783117200", "440783117001"
LAND = [
    NewArea("", Level.COUNTY, COUNTY, "开平市"),
    NewArea(COUNTY, Level.TOWNSHIP, TOWNSHIP, "沙塘镇"),
    NewArea(COUNTY, Level.TOWNSHIP, OTHER_TOWNSHIP, "水口镇"),
    NewArea(TOWNSHIP, Level.VILLAGE, VILLAGE, "红岭村委会"),
    NewArea(TOWNSHIP, Level.VILLAGE, SIBLING, "锦星村委会"),
    NewArea(OTHER_TOWNSHIP, Level.VILLAGE, OTHER_VILLAGE, "永安村委会"),
    NewArea(OTHER_TOWNSHIP, Level.VILLAGE, OTHER_VILLAGE2, "人民社区居委会"),
    NewArea(VILLAGE, Level.GRID, f"{VILLAGE}001", "红岭村网格"),
    NewArea(SIBLING, Level.GRID, f"{SIBLING}001", "锦星村网格"),
    NewArea(OTHER_VILLAGE, Level.GRID, f"{OTHER_VILLAGE}001", "永安村网格"),
    NewArea(OTHER_VILLAGE2, Level.GRID, f"{OTHER_VILLAGE2}001", "人民社区网格"),
    NewArea(f"{VILLAGE}001", Level.MICROGRID, f"{VILLAGE}002", "红岭村1号微网格"),
    NewArea(f"{VILLAGE}001", Level.MICROGRID, f"{VILLAGE}003", "红岭村2号微网格"),
]
OFFICE, SIBLING_OFFICE = f"{TOWNSHIP[:9]}-GJ", f"{TOWNSHIP[:9]}-NN"
# attribute: (name, role, area code or department code)
PEOPLE: dict[str, tuple[str, Role, str]] = {
    "worker": ("梁小燕", Role.GRID_WORKER, f"{VILLAGE}002"),
    "second_worker": ("谭美玲", Role.GRID_WORKER, f"{VILLAGE}003"),
    "grid_worker": ("许玉兰", Role.GRID_WORKER, f"{VILLAGE}001"),
    "chief": ("何锦棠", Role.GRID_CHIEF, f"{VILLAGE}001"),
    "secretary": ("陈国栋", Role.VILLAGE_SECRETARY, VILLAGE),
    "verifier": ("吴丽珍", Role.VERIFIER, TOWNSHIP),
    "town_dispatcher": ("黄志豪", Role.TOWNSHIP_DISPATCHER, TOWNSHIP),
    "town_leader": ("余建华", Role.TOWNSHIP_LEADER, TOWNSHIP),
    "handler": ("李志强", Role.DEPARTMENT_HANDLER, OFFICE),
    "colleague": ("罗达明", Role.DEPARTMENT_HANDLER, OFFICE),
    "dept_leader": ("关文锋", Role.DEPARTMENT_LEADER, OFFICE),
    "county_dispatcher": ("谭少芬", Role.COUNTY_DISPATCHER, COUNTY),
    "county_leader": ("张伟明", Role.COUNTY_LEADER, COUNTY),
    "list_admin": ("司徒婉仪", Role.LIST_ADMIN, COUNTY),
    "system_admin": ("周健生", Role.SYSTEM_ADMIN, COUNTY),
    "auditor": ("方秀英", Role.AUDITOR, COUNTY),
    "sibling_worker": ("谢月娥", Role.GRID_WORKER, f"{SIBLING}001"),
    "sibling_secretary": ("胡永康", Role.VILLAGE_SECRETARY, SIBLING),
    "other_town_dispatcher": ("劳炳坤", Role.TOWNSHIP_DISPATCHER, OTHER_TOWNSHIP),
    "other_worker": ("林彩霞", Role.GRID_WORKER, f"{OTHER_VILLAGE}001"),
    "other_handler": ("胡卓贤", Role.DEPARTMENT_HANDLER, "WL"),
}
ROLE_HOLDERS: dict[Role, str] = {}
for _attribute, (_name, _role, _place) in PEOPLE.items():
    ROLE_HOLDERS.setdefault(_role, _attribute)


@dataclass
class Cast:
    """The places and people; see PEOPLE for who holds what where."""

    county: Area
    township: Area
    village: Area
    grid: Area
    microgrid: Area
    second_microgrid: Area
    sibling_village: Area
    sibling_grid: Area
    other_township: Area
    other_village: Area
    other_grid: Area
    office: Department
    version: ListVersion
    items: dict[str, DutyItem]
    departments: dict[str, Department]
    household: Household
    sibling_household: Household
    other_household: Household
    users: dict[str, User] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["users"][name]
        except KeyError:
            raise AttributeError(name) from None

    def holding(self, role: Role) -> User:
        """The central holder of a role."""
        return self.users[ROLE_HOLDERS[role]]


@cache
def starter():
    """The starter files, parsed once per process."""
    catalogue = read((DATA / "starter_lists.yaml").read_text(), (DATA / "item_aliases.yaml").read_text())
    known = {row.code for row in catalogue.departments}
    return catalogue, read_offices((DATA / "township_offices.yaml").read_text(), known)


def _a_year_ago() -> Cast:
    with clock.at(clock.now() - timedelta(days=365)):
        return _build()


build_cast = World(_a_year_ago)
"""Everything on an empty database, as of a year ago; the fixture `cast` lets it stand for a test."""


def _build() -> Cast:
    area = {row.code: row for row in _land()}
    catalogue, offices = starter()
    version = import_catalogue(catalogue=catalogue, county=area[COUNTY], starts_on=clock.today()).version
    import_offices(rows=offices, township=area[TOWNSHIP])
    department = {d.code: d for d in Department.objects.all()}
    items = version.items.select_related("grade", "lead", "category", "version")
    return Cast(
        county=area[COUNTY],
        township=area[TOWNSHIP],
        village=area[VILLAGE],
        grid=area[f"{VILLAGE}001"],
        microgrid=area[f"{VILLAGE}002"],
        second_microgrid=area[f"{VILLAGE}003"],
        sibling_village=area[SIBLING],
        sibling_grid=area[f"{SIBLING}001"],
        other_township=area[OTHER_TOWNSHIP],
        other_village=area[OTHER_VILLAGE],
        other_grid=area[f"{OTHER_VILLAGE}001"],
        office=department[OFFICE],
        version=version,
        items={item.code: item for item in items},
        departments=department,
        household=_household(area[f"{VILLAGE}002"]),
        sibling_household=_household(area[f"{SIBLING}001"]),
        other_household=_household(area[f"{OTHER_VILLAGE}001"]),
        users={name: _person(name, *row, area | department) for name, row in PEOPLE.items()},
    )


def _land() -> list[Area]:
    tree.add_many(rows=LAND, actor=None)
    return list(Area.objects.all())


def _household(area: Area) -> Household:
    row = NewHousehold(area, "南安里1组1号", head_name="陈大文", phone="10000006021", size=3)
    households.register_many(rows=[row], actor=None)
    return Household.objects.get(area=area)


def _person(username: str, name: str, role: Role, place: str, places: dict[str, Area | Department]) -> User:
    user = accounts.create_user(username=username, name=name, password=None, must_change_password=False, actor=None)
    where = places[place]
    at = {"area": where} if isinstance(where, Area) else {"department": where}
    posts.assign(user=user, role=role, actor=None, **at)
    return User.objects.get(pk=user.pk)
