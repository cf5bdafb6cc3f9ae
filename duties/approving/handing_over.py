"""交接: a version that a retired department was asked to review is reviewed by its heir.

Lines in force, rules and powers that name a department stand as they were decided; pages show them among the gaps.
"""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.trust import audit
from duties.approving import actions
from duties.drafting.editing import hold
from duties.models import Approval, Outcome, VersionState
from members.extensions import Held, of_departments_only
from members.models import Department, User

WAITING = {"outcome": Outcome.OPEN, "version__state": VersionState.SUBMITTED}


def of_department(department: Department) -> "QuerySet[Approval]":
    return Approval.objects.filter(department=department, **WAITING).select_related("version__duty_list").order_by("pk")


def give_to_heir(department: Department, heir: Department, actor: User | None) -> int:
    """Where the heir was asked as well the version goes back to the desk: it would wait for who is gone."""
    rows = list(of_department(department))
    for row in rows:
        version = hold(row.version_id)
        if version.approvals.filter(round=row.round, department=heir).exists():
            if version.state == VersionState.SUBMITTED and actor is not None:
                actions.withdraw(version_id=version.pk, round_seen=version.round, actor=actor)
            continue
        row.department = heir
        row.save(update_fields=["department"])
        said = {"number": version.number, "round": version.round, "code": heir.code}
        audit.record("duties.approval_passed", version, actor=actor, **said)
    return len(rows)


def _listed(department: Department) -> Sequence[Held]:
    return [Held(_("审核%(version)s") % {"version": row.version}) for row in of_department(department)]


APPROVALS = of_departments_only(frozenset({"duties.Approval.department"}), _listed, give_to_heir)
