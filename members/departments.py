"""The only writer of departments: of the county, and the offices and stations of townships."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import clock
from core.errors import Conflict, Refused
from core.trust import audit
from grids.levels import Level
from grids.models import Area
from members import extensions
from members.extensions import RETIRE_GUARDS
from members.models import Department, DepartmentKind, Post, User

LOCAL_KINDS = frozenset({DepartmentKind.OFFICE, DepartmentKind.STATION})
EDITABLE = ("short_name", "phone")


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
        department = _created(
            Department(code=code, name=name, short_name=short_name, kind=kind, township=township, phone=phone)
        )
        department.stands_in_for.set(behind)
        audit.record("departments.add", department, actor=actor, code=code)
    return department


def update(*, department: Department, actor: User, **changes: Any) -> Department:
    """Change short name or duty phone. Raises Refused for any other column and for a retired department."""
    if set(changes) - set(EDITABLE):
        raise Refused(_("只能修改简称和值班电话"))
    with atomic():
        row = Department.objects.select_for_update().get(pk=department.pk)
        if row.retired_at:
            raise Refused(_("“%(name)s”已停用，不能修改") % {"name": row.name})
        changed = [key for key, value in changes.items() if getattr(row, key) != value]
        for key in changed:
            setattr(row, key, changes[key])
        if changed:
            row.save(update_fields=changed)
            audit.record("departments.update", row, actor=actor, code=row.code, fields=changed)
    return row


def retire(*, department: Department, actor: User, heir: Department | None = None) -> Department:
    """Take a department out of use and give what it has in hand to its heir; its code stays taken. Raises Refused."""
    with atomic():
        row = Department.objects.select_for_update().get(pk=department.pk)
        refusal = retire_refusal(row)
        if refusal:
            raise Refused(refusal)
        passed = _given_to(heir, row, actor)
        row.retired_at = clock.now()
        row.save(update_fields=["retired_at"])
        audit.record("departments.retire", row, actor=actor, code=row.code, count=passed)
    return row


def _given_to(heir: Department | None, row: Department, actor: User) -> int:
    """How much of what `row` has in hand its heir has taken over. Raises Refused."""
    if heir is None:
        held = extensions.held_by_department(row)
        if held:
            raise Refused(_("手上还有 %(n)d 件，请选由哪个部门接续") % {"n": len(held)})
        return 0
    if heir.pk == row.pk or heir.retired_at is not None or heir.township_id not in (None, row.township_id):
        raise Refused(_("请选在用的县级部门或本镇机构来接续"))
    return extensions.give_to_heir(row, heir, actor)


def retire_refusal(department: Department) -> str | None:
    """Why the department cannot be retired now, in Chinese; None when it can."""
    if department.retired_at:
        return _("该部门已停用")
    posts = Post.objects.not_over().filter(department=department).count()
    if posts:
        return _("还有 %(n)d 个在岗的岗位设在这里，请先结束它们") % {"n": posts}
    return next((reason for reason in (guard(department) for guard in RETIRE_GUARDS) if reason), None)


def _created(department: Department) -> Department:
    try:
        with atomic():
            department.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("代码 %(code)s 已有部门使用") % {"code": department.code}) from None
    return department
