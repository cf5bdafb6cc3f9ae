"""The kinds of notices that disputes send: one for each step that is told and for each reminder."""

from django.utils.translation import gettext_lazy

from core.process.transitions import BEFALLS, HANDED_OVER, OPENED
from mediation.workflow.table import BY_NAME
from notices import kinds


def kind_of(name: str) -> str:
    """Named apart from the steps of tickets."""
    return f"dispute_{name}"


def all_kinds() -> list[kinds.Kind]:
    """What hooks add to `notices.extensions.KINDS`."""
    steps = {name: step.label for name, step in BY_NAME.items() if step.tell} | {OPENED: gettext_lazy("新立纠纷")}
    steps[HANDED_OVER] = BEFALLS[HANDED_OVER]
    reminders = {"sitting_near": gettext_lazy("调解提醒"), "follow_up_due": gettext_lazy("协议回访到期")}
    turns = kinds.of(kinds.TURN, {kind_of(name): label for name, label in steps.items()})
    return turns + kinds.of(kinds.TIME, {kind_of(name): label for name, label in reminders.items()})
