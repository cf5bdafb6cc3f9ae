"""Writes a checked catalogue: departments, and version 1 of each list that it holds, in force.

All or nothing. What is already there stays as it is, so that a second run changes nothing; a list
that has a version is changed through a draft (duties.drafting.editing) and its approval, never by importing again.
"""

from dataclasses import dataclass
from datetime import date

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import clock, locks
from core.errors import Refused
from core.trust import audit
from duties.catalogue.items_file import Catalogue, DepartmentRow
from duties.models import Category, DutyList, Grade, ListKind, ListVersion, VersionState
from duties.shapes import Known, shape_for
from duties.shapes.base import Stamp
from grids.levels import Level
from grids.models import Area
from members import departments
from members.models import Department, User

LOCK = "duties.lists"


@dataclass(frozen=True)
class Imported:
    version: ListVersion
    is_new: bool
    departments_added: int


def import_catalogue(
    *, catalogue: Catalogue, county: Area, starts_on: date | None = None, actor: User | None = None
) -> Imported:
    """Add missing departments and, of each list that the county has not yet, version 1 from `starts_on` (today).

    The answer is about the grid items.
    """
    if county.level != Level.COUNTY:
        raise Refused(_("%(area)s不是县级区域，清单只能导入到县") % {"area": county.name})
    with atomic():
        locks.hold(LOCK)
        added = add_departments(rows=catalogue.departments, township=None, actor=actor)
        day, found = starts_on or clock.today(), dict[str, tuple[ListVersion, bool]]()
        for kind in (ListKind.GRID_ITEMS, *catalogue.lines):
            found[kind] = _found(kind, catalogue, county, day, actor)
        return Imported(*found[ListKind.GRID_ITEMS], added)


def _found(
    kind: ListKind, catalogue: Catalogue, county: Area, starts_on: date, actor: User | None
) -> tuple[ListVersion, bool]:
    """The newest version of a list, and whether it was made just now."""
    duty_list, _created = DutyList.objects.get_or_create(county=county, kind=kind, defaults={"name": str(kind.label)})
    latest = duty_list.versions.order_by("-number").first()
    if latest is not None:
        return latest, False
    version = _first_version(duty_list, catalogue, actor)
    put_in_force(version=version, starts_on=starts_on, actor=actor)
    audit.record("duties.import", version, actor=actor, items=shape_for(kind).rows(version).count())
    return version, True


def import_offices(*, rows: list[DepartmentRow], township: Area, actor: User | None = None) -> int:
    """Add the missing offices and stations of a township; answers how many were added."""
    if township.level != Level.TOWNSHIP:
        raise Refused(_("%(area)s不是乡镇") % {"area": township.name})
    with atomic():
        locks.hold(LOCK)
        return add_departments(rows=rows, township=township, actor=actor)


def add_departments(*, rows: list[DepartmentRow], township: Area | None, actor: User | None) -> int:
    prefix, owner = (f"{township.code[:9]}-", township.name) if township else ("", "")
    county_departments = {d.code: d for d in Department.objects.filter(township=None)}
    known = set(Department.objects.filter(township=township).values_list("code", flat=True))
    missing = [row for row in rows if prefix + row.code not in known]
    for row in missing:
        departments.add(
            code=prefix + row.code,
            name=owner + row.name,
            short_name=row.short_name,
            kind=row.kind,
            township=township,
            stands_in_for=[county_departments[code] for code in row.stands_in_for],
            actor=actor,
        )
    return len(missing)


def put_in_force(*, version: ListVersion, starts_on: date, actor: User | None) -> None:
    """Close the founding version of a list without approval; every later one goes through
    `duties.approving.actions`.
    """
    now = clock.now()
    won = ListVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT, base=None).update(
        state=VersionState.PUBLISHED, starts_on=starts_on, published_by=actor, published_at=now
    )
    if won != 1:
        raise Refused(_("%(version)s已经发布，不能再改") % {"version": version})
    version.refresh_from_db()


def _first_version(duty_list: DutyList, catalogue: Catalogue, actor: User | None) -> ListVersion:
    is_items = duty_list.kind == ListKind.GRID_ITEMS
    version = ListVersion.objects.create(
        duty_list=duty_list,
        number=1,
        rules=catalogue.rules if is_items else {},
        created_by=actor,
        created_at=clock.now(),
    )
    if is_items:
        Category.objects.bulk_create(
            Category(version=version, code=code, name=name) for code, name in catalogue.categories.items()
        )
        Grade.objects.bulk_create(Grade(version=version, **row) for row in catalogue.grades)
    plains = catalogue.items if is_items else catalogue.lines[ListKind(duty_list.kind)]
    shape_for(duty_list.kind).create(version, plains, Known.of(version), Stamp())
    return version
