"""The kinds of notices that the gate sends: of applications and of reports, each step that is told and each limit."""

from django.utils.translation import gettext_lazy

from admission.models import Admission, PushedTask
from admission.workflow import application_table, pushed_table
from core.process.transitions import BEFALLS, HANDED_OVER, OPENED
from notices import kinds

PREFIX = {Admission: "adm", PushedTask: "push"}
TIMES = {"due_soon": gettext_lazy("快到期"), "overdue": gettext_lazy("已超期"), "sunset_near": gettext_lazy("临近日落")}


def all_kinds() -> list[kinds.Kind]:
    """What hooks add to `notices.extensions.KINDS`."""
    found: list[kinds.Kind] = []
    for model, steps, opened in (
        (Admission, application_table.TABLE.by_name, gettext_lazy("申请准入")),
        (PushedTask, pushed_table.TABLE.by_name, gettext_lazy("反映转嫁")),
    ):
        prefix = PREFIX[model]
        told = {name: step.label for name, step in steps.items() if step.tell} | {OPENED: opened}
        told[HANDED_OVER] = BEFALLS[HANDED_OVER]
        found += kinds.of(kinds.TURN, {f"{prefix}_{name}": label for name, label in told.items()})
        found += kinds.of(kinds.TIME, {f"{prefix}_{name}": label for name, label in TIMES.items()})
    return found
