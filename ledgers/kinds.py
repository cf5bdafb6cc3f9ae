"""The kinds of notices that special ledgers send: one for each step that is told, for each kind of matter."""

from django.utils.translation import gettext_lazy

from core.process.transitions import BEFALLS, HANDED_OVER, OPENED
from ledgers.workflow import TABLES, Kind
from notices import kinds

NEW = {
    Kind.RECTIFICATION: gettext_lazy("新交办问题"),
    Kind.PROJECT: gettext_lazy("新立民生实事"),
    Kind.CAMPAIGN: gettext_lazy("新开专项行动"),
}


def kind_of(kind: str, name: str) -> str:
    return f"{kind[:7]}_{name}"


def all_kinds() -> list[kinds.Kind]:
    """What hooks add to `notices.extensions.KINDS`."""
    found = kinds.of(kinds.TURN, {kind_of(Kind.PROJECT, "proposed"): gettext_lazy("民生实事建议")})
    for kind, table in TABLES.items():
        steps = {step.name: step.label for step in table.steps if step.tell} | {OPENED: NEW[Kind(kind)]}
        steps[HANDED_OVER] = BEFALLS[HANDED_OVER]
        found += kinds.of(kinds.TURN, {kind_of(kind, name): label for name, label in steps.items()})
        found += kinds.of(kinds.TIME, {kind_of(kind, "day_near"): gettext_lazy("到期提醒")})
    return found
