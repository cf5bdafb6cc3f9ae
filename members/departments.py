"""The only writer of departments: of the county, and the offices and stations of townships."""

from collections.abc import Iterable

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import audit
from core.errors import Conflict, Refused
from grids.levels import Level
from grids.models import Area
from members.models import Department, DepartmentKind, User

LOCAL_KINDS = frozenset({DepartmentKind.OFFICE, DepartmentKind.STATION})


def add(
    *,
    code: str,
    name: str,
    kind: str,
    short_name: str = "",
    township: Area | None = None,
    stands_in_for: Iterable[Department] = (),
    phone: str = "",
    actor: User | None,
) -> Department:
    """Add a department; with `township` an office or station there. Raises Conflict on a used code."""
    if (kind in LOCAL_KINDS) != (township is not None):
        raise Refused(_("内设机构和站所须属于一个乡镇，县级部门不属于乡镇"))
    if township is not None and township.level != Level.TOWNSHIP:
        raise Refused(_("%(area)s不是乡镇") % {"area": township.name})
    behind = list(stands_in_for)
    if any(d.township_id is not None for d in behind):
        raise Refused(_("只能对应县级部门"))
    with atomic():
        if Department.objects.filter(code=code).exists():
            raise Conflict(_("代码 %(code)s 已有部门使用") % {"code": code})
        department = Department.objects.create(
            code=code, name=name, short_name=short_name, kind=kind, township=township, phone=phone
        )
        department.stands_in_for.set(behind)
        audit.record("departments.add", department, actor=actor, code=code)
    return department
