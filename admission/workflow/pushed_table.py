"""The way of a report of a pushed-down task (转嫁反映) on one screen. Knows no database."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from admission.workflow.facts import GuardContext
from admission.workflow.rules import Answer
from core.process.steps import StateInfo, Step, Table
from core.text import Text


class State(StrEnum):
    REPORTED = "reported"
    ANSWERED = "answered"
    DISPUTED = "disputed"
    SETTLED = "settled"
    TAKEN_BACK = "taken_back"


STATES: dict[State, StateInfo] = {
    State.REPORTED: StateInfo(_("待答复"), "placed", todo=_("台账部门请答复，被反映的部门请说明")),
    State.ANSWERED: StateInfo(_("已答复"), "verified", todo=_("反映人请看答复：认可，或请县领导裁定")),
    State.DISPUTED: StateInfo(_("待县领导裁定"), "consulting", todo=_("县领导请裁定")),
    State.SETTLED: StateInfo(_("已办结"), "closed", is_open=False),
    State.TAKEN_BACK: StateInfo(_("已收回"), "declined", is_open=False),
}


class Hat(StrEnum):
    REPORTER = "reporter"
    OWNER = "owner"  # keeps the ledger; never of the department that is reported
    REPORTED = "reported"  # of the department that is said to have pushed it down
    LEADER = "leader"  # of the county
    SYSTEM = "system"


class Audience(StrEnum):
    REPORTER = "reporter"
    OWNER = "owner"
    REPORTED = "reported"
    LEADER = "leader"


def grounded_by_a_line(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    if fields.get("answer") == Answer.GROUNDED and not fields.get("line"):
        return _("答复“有依据”的，请写明是清单或准入目录的哪一条")
    return None


def only_once(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    return _("只能提出一次异议") if facts.has_objected else None


H, A = Hat, Audience
STEPS: tuple[Step, ...] = (
    Step(
        "explain", _("部门说明"), frozenset({State.REPORTED}), None, frozenset({H.REPORTED}),
        needs=("note",), tell=(A.OWNER,), icon="reply", rank=20, overtakes=False,
    ),
    Step(
        "answer", _("答复"), frozenset({State.REPORTED}), State.ANSWERED, frozenset({H.OWNER}),
        guards=(grounded_by_a_line,), needs=("answer", "note"), takes=("line",), tell=(A.REPORTER, A.REPORTED),
        icon="reply", rank=10,
    ),
    Step(
        "accept", _("认可答复"), frozenset({State.ANSWERED}), State.SETTLED, frozenset({H.REPORTER}),
        takes=("note",), tell=(A.OWNER,), rank=10,
    ),
    Step(
        "object", _("不同意，请县领导裁定"), frozenset({State.ANSWERED}), State.DISPUTED, frozenset({H.REPORTER}),
        guards=(only_once,), needs=("note",), tell=(A.LEADER, A.OWNER), icon="undo", rank=31,
    ),
    Step(
        "decide", _("裁定"), frozenset({State.DISPUTED}), State.SETTLED, frozenset({H.LEADER}),
        guards=(grounded_by_a_line,), needs=("answer", "note"), takes=("line",),
        tell=(A.REPORTER, A.OWNER, A.REPORTED), rank=10,
    ),
    Step(
        "take_back", _("收回反映"), frozenset({State.REPORTED}), State.TAKEN_BACK, frozenset({H.REPORTER}),
        needs=("note",), tell=(A.OWNER,), icon="x", rank=60,
    ),
    Step(
        "stand", _("无异议办结"), frozenset({State.ANSWERED}), State.SETTLED, frozenset({H.SYSTEM}),
        tell=(A.REPORTER,), icon="clock",
    ),
)  # fmt: skip
TABLE = Table(_("反映"), STATES, STEPS)
