"""A dry run of a draft over every ticket there is: how long until a list admin sees who would get what."""

import statistics
import time

from duties.drafting import editing
from duties.lists import queries
from duties.models import DutyItem, ListKind, ListVersion
from duties.routing import dryrun
from issues.models import Ticket
from members.models import Department, User
from members.roles import Role

RUNS = 5
MOVED = {"C02": "JT", "B01": "NY", "A01": "YJ", "F01": "ZFW", "C04": "SL", "J01": "CG"}
"""Items of the draft and the departments that lead them there instead."""


def figures() -> dict[str, str]:
    """The median of a few runs, as text; the draft is thrown away again."""
    admin = User.objects.filter(posts__role=Role.LIST_ADMIN).order_by("pk")[0]
    draft = _draft(admin)
    took, outcome = [], dryrun.Outcome()
    for _n in range(RUNS):
        began = time.perf_counter()
        outcome = dryrun.run(draft, 0)
        took.append(time.perf_counter() - began)
    draft.refresh_from_db()
    editing.discard_draft(version_id=draft.pk, revision=draft.revision, actor=admin)
    size = f"{round(Ticket.objects.count(), -2):,}"
    return {
        f"dry run of a draft, {size} tickets": f"{statistics.median(took):.2f} s",
        "its groups decided": f"{outcome.groups:,}",
        "its tickets that would go elsewhere": f"{outcome.elsewhere:,}",
    }


def _draft(admin: User) -> ListVersion:
    draft = queries.open_version(ListKind.GRID_ITEMS) or editing.open_draft(
        duty_list=queries.versions()[0].duty_list, actor=admin
    )
    departments = {department.code: department for department in Department.objects.filter(township=None)}
    for code, lead in MOVED.items():
        DutyItem.objects.filter(version=draft, code=code).update(lead=departments[lead])
    return draft
