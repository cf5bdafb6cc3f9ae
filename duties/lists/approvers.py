"""Which departments approve a list (三部门联审), and who may sign for them. The rule is `APPROVERS` of the settings."""

from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import Refused
from members.access import Scope
from members.models import Department, Post, PostQuerySet
from members.roles import Role

SIGNER = Role.DEPARTMENT_LEADER
"""Who signs for a department: its leaders on post, side A or B."""


def approver_codes() -> list[str]:
    return list(dict.fromkeys(settings.APPROVERS))


def approving_departments() -> list[Department]:
    """In the order of the rule; raises Refused where the rule names none that is in use, or one without a leader."""
    found = {d.code: d for d in Department.objects.filter(code__in=approver_codes(), township=None, retired_at=None)}
    missing = [code for code in approver_codes() if code not in found]
    if missing or not found:
        raise Refused(
            _("审核部门 %(codes)s 不存在或已停用，请系统管理员改设置 APPROVERS") % {"codes": "、".join(missing)}
        )
    departments = [found[code] for code in approver_codes()]
    signed_for = set(signers(departments).values_list("department_id", flat=True))
    if vacant := [str(d) for d in departments if d.pk not in signed_for]:
        raise Refused(_("%(names)s没有在岗负责人，送审后没人能审") % {"names": "、".join(vacant)})
    return departments


def signers(departments: Iterable[Department]) -> PostQuerySet:
    return Post.objects.held().filter(role=SIGNER, department__in=list(departments), user__is_active=True)


def signs_for(scope: Scope) -> frozenset[int]:
    """The departments for which the holder of these posts may sign."""
    return frozenset(p.department_id for p in scope.posts if p.role == SIGNER and p.department_id is not None)
