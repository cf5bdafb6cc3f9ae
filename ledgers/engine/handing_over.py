"""交接: what a department that is retired had to put right or to reach is its heir's, by the same days."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.process.transitions import HANDED_OVER, Doing
from ledgers.engine.actions import PROCESSES
from ledgers.models import Milestone, Project, Rectification
from members.extensions import Held, of_departments_only
from members.models import Department, User

MOVES = frozenset({"ledgers.Rectification.owner_department", "ledgers.Milestone.department"})


def of_department(department: Department) -> list[Any]:
    """The problems and projects that are not over and wait for a department."""
    waiting = Milestone.objects.filter(department=department, done_on=None).values("project")
    problems = Rectification.objects.filter(owner_department=department, ended_at=None).order_by("pk")
    return [*problems, *Project.objects.filter(pk__in=waiting, ended_at=None).order_by("pk")]


def give_to_heir(department: Department, heir: Department, actor: User | None) -> int:
    matters = of_department(department)
    for matter in matters:
        row = type(matter).objects.select_for_update(of=("self",)).get(pk=matter.pk)
        if isinstance(row, Rectification):
            row.owner_department = heir
        else:
            row.milestones.filter(department=department, done_on=None).update(department=heir)
        note = _("%(gone)s停用，由%(heir)s接续") % {"gone": department, "heir": heir}
        PROCESSES[row.kind].befall(row, HANDED_OVER, Doing(actor, clock.now(), {"note": note}))
    return len(matters)


def _listed(department: Department) -> Sequence[Held]:
    return [Held(f"{matter.number} {matter.title}") for matter in of_department(department)]


OWNED = of_departments_only(MOVES, _listed, give_to_heir)
