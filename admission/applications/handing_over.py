"""交接: a worker who leaves is asked no more, another of the township is drawn; what a retired department asked for or
has in force, and what is reported of it, is its heir's.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from admission.applications.actions import PROCESS
from admission.models import Admission, Asked, PushedTask
from admission.people import draw_workers
from admission.transitions import process_of
from admission.workflow.application_table import State
from core import clock
from core.process.transitions import HANDED_OVER, Doing
from members.extensions import Held, Holdings
from members.models import Department, Post, User
from members.roles import Role

MOVES = frozenset({"admission.Asked.user", "admission.Admission.department", "admission.PushedTask.department"})


def asked_of_leaver(user: User, post: Post | None = None) -> list[Asked]:
    """Where somebody is asked and has not answered; nothing while another post of theirs lets them be asked."""
    kept = Post.objects.held().filter(user=user, role=Role.GRID_WORKER)
    if post is not None and (post.role != Role.GRID_WORKER or kept.exclude(pk=post.pk).exists()):
        return []
    rows = Asked.objects.filter(user=user, answered_at=None, admission__state=State.CONSULTING)
    return list(rows.select_related("admission", "township").order_by("pk"))


def _hand_on(user: User, post: Post | None, actor: User | None) -> int:
    return sum(_ask_another(row, user, actor) for row in asked_of_leaver(user, post))


def _ask_another(row: Asked, user: User, actor: User | None) -> bool:
    """Another worker is drawn; where there is none left, the question stays and its time runs out."""
    admission = Admission.objects.select_for_update(of=("self",)).get(pk=row.admission_id)
    asked = set(admission.asked.exclude(user=None).values_list("user", flat=True))
    drawn = draw_workers(admission.number, [row.township], asked)
    if not drawn or admission.state != State.CONSULTING:
        return False
    row.user = drawn[0][1]
    row.save(update_fields=["user"])
    note = _("征询对象%(name)s离岗，另抽一名网格员") % {"name": user.name}
    doing = Doing(actor, clock.now(), {"note": note}, {"workers": [row.user_id]})
    PROCESS.befall(admission, HANDED_OVER, doing)
    return True


def _listed(user: User, post: Post | None) -> Sequence[Held]:
    return [Held(f"{row.admission.number}", _("另抽一名网格员")) for row in asked_of_leaver(user, post)]


def of_department(department: Department) -> list[Any]:
    found: list[Any] = []
    for model in (Admission, PushedTask):
        found += model.objects.filter(department=department, ended_at=None).order_by("pk")
    return found


def _give_to_heir(department: Department, heir: Department, actor: User | None) -> int:
    rows = of_department(department)
    for one in rows:
        row = type(one).objects.select_for_update(of=("self",)).get(pk=one.pk)
        row.department = heir
        note = _("%(gone)s停用，由%(heir)s接续") % {"gone": department, "heir": heir}
        process = process_of({"way": "admission" if isinstance(row, Admission) else "pushed"})
        process.befall(row, HANDED_OVER, Doing(actor, clock.now(), {"note": note}))
    return len(rows)


def _listed_of_department(department: Department) -> Sequence[Held]:
    return [Held(row.number) for row in of_department(department)]


GATE = Holdings(MOVES, _listed, _hand_on, _listed_of_department, _give_to_heir)
