"""Writes a checked catalogue: departments, and version 1 of the grid items list, in force.

All or nothing. What is already there stays as it is, so that a second run changes nothing; a list
that has a version is changed through a draft (duties.editing), never by importing again.
"""

from dataclasses import dataclass
from datetime import date

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import audit, clock, locks
from core.errors import Refused
from duties.catalogue import Catalogue, DepartmentRow
from duties.models import Category, DutyItem, DutyList, Grade, ListKind, ListVersion, VersionState
from duties.spelling import initials_of
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
    """Add missing departments and, if the county has no list yet, its version 1 from `starts_on` (today)."""
    if county.level != Level.COUNTY:
        raise Refused(_("%(area)s不是县级区域，清单只能导入到县") % {"area": county.name})
    with atomic():
        locks.hold(LOCK)
        added = add_departments(rows=catalogue.departments, township=None, actor=actor)
        duty_list, _created = DutyList.objects.get_or_create(
            county=county, kind=ListKind.GRID_ITEMS, defaults={"name": str(ListKind.GRID_ITEMS.label)}
        )
        latest = duty_list.versions.order_by("-number").first()
        if latest is not None:
            return Imported(latest, False, added)
        version = _first_version(duty_list, catalogue, actor)
        put_in_force(version=version, starts_on=starts_on or clock.today(), actor=actor)
        audit.record("duties.import", version, actor=actor, items=len(catalogue.items))
        return Imported(version, True, added)


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
    """Close a draft for ever; from `starts_on` on it is the version that tickets are sent under."""
    now = clock.now()
    won = ListVersion.objects.filter(pk=version.pk, state=VersionState.DRAFT).update(
        state=VersionState.PUBLISHED, starts_on=starts_on, published_by=actor, published_at=now
    )
    if won != 1:
        raise Refused(_("%(version)s已经发布，不能再改") % {"version": version})
    version.refresh_from_db()


def _first_version(duty_list: DutyList, catalogue: Catalogue, actor: User | None) -> ListVersion:
    version = ListVersion.objects.create(
        duty_list=duty_list, number=1, rules=catalogue.rules, created_by=actor, created_at=clock.now()
    )
    categories = {
        c.code: c
        for c in Category.objects.bulk_create(
            Category(version=version, code=code, name=name) for code, name in catalogue.categories.items()
        )
    }
    grades = {g.code: g for g in Grade.objects.bulk_create(Grade(version=version, **row) for row in catalogue.grades)}
    by_code = {d.code: d.pk for d in Department.objects.filter(township=None)}
    items = DutyItem.objects.bulk_create(
        DutyItem(
            version=version,
            code=row.code,
            name=row.name,
            category=categories[row.category],
            aliases=list(row.aliases),
            initials=initials_of(row.name, row.aliases),
            lead_id=by_code[row.lead],
            enforcement_body=row.enforcement_body,
            grade=grades[row.grade],
            first_level=row.first_level,
            respond=row.respond,
            resolve=row.resolve,
            closing_standard=row.closing_standard,
            needs_photo=row.needs_photo,
            is_sensitive=row.is_sensitive,
            icon=row.icon,
            is_common=row.is_common,
            is_resident_tile=row.is_resident_tile,
        )
        for row in catalogue.items
    )
    link = DutyItem.assisting.through
    link.objects.bulk_create(
        link(dutyitem_id=item.pk, department_id=by_code[code])
        for item, row in zip(items, catalogue.items, strict=True)
        for code in row.assisting
    )
    return version
