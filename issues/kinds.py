"""The kinds of notices that tickets send, in the groups of `notices.kinds`.

A kind is the name of the step that is told (`place` for a new ticket, `escalate_<step>` for a reminder of the
engine); its label is the step's own. A test holds the groups against the workflow table.
"""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from core.text import Text
from issues.engine.clocks import STEP_LABELS
from issues.workflow import BY_NAME
from notices import kinds

TURN = (
    "whistle", "whistle_village", "whistle_urgent", "confirm", "keep", "whistle_law", "whistle_hard",
    "send_whistle_back", "dispatch", "redispatch", "add_assisting", "return", "dispute", "consult", "decide",
    "report_done", "verify_fail", "callback_unsolved", "reopen", "ask_extension", "ask_suspension", "ask_exclusion",
    "hand_over", "unmerge", "flag", "review_false", "hand_up", "hand_back", "dispatch_listed", "recall",
    "open_callback", "succeed",
)  # fmt: skip
SUPERVISION = ("remind", "supervise", "answer_sheet", "answer_sheet_grid", "answer_sheet_town", "answer_sheet_share")
PROGRESS = (
    "claim", "arrive", "assist_claim", "assist_report", "position", "take_over", "supplement", "agree_extension",
    "grant_extension", "refuse_extension", "suspend", "refuse_suspension", "review_suspension", "resume", "absorb",
)  # fmt: skip
RESULT = ("verify_pass", "callback_solved", "close", "decline", "merge", "rate_whistle", "agree_exclusion")
STEPS: dict[kinds.Group, tuple[str, ...]] = {
    kinds.TURN: TURN, kinds.SUPERVISION: SUPERVISION, kinds.PROGRESS: PROGRESS, kinds.RESULT: RESULT,
}  # fmt: skip
PLACED, CHILD_ENDED = "place", "child_ended"


def escalation(step: str) -> str:
    """The kind of a reminder step of the engine."""
    return f"escalate_{step}"


def all_kinds() -> list[kinds.Kind]:
    """What hooks add to `notices.extensions.KINDS`."""
    found = [kind for group, names in STEPS.items() for kind in kinds.of(group, _labels(names))]
    found += kinds.of(kinds.TURN, {PLACED: _("新点单")})
    found += kinds.of(kinds.TIME, {escalation(step): label for step, label in STEP_LABELS.items()})
    return found + kinds.of(kinds.RESULT, {CHILD_ENDED: _("拆分件已结束")})


def _labels(names: tuple[str, ...]) -> Mapping[str, Text]:
    return {name: BY_NAME[name].label for name in names}
