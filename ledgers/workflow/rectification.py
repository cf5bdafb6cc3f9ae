"""问题台账: a problem is put right by its owner and struck off (销号) by somebody else."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.process.steps import StateInfo, Step, Table
from core.text import Text
from ledgers.workflow.facts import Audience, GuardContext, Hat


class State(StrEnum):
    FIXING = "fixing"
    APPLIED = "applied"
    STRUCK = "struck"
    REVOKED = "revoked"


STATES = {
    State.FIXING: StateInfo(_("整改中"), "handling", todo=_("责任单位请整改，改好后申请销号")),
    State.APPLIED: StateInfo(_("待核验"), "reported", todo=_("立账单位请核验，销号或退回")),
    State.STRUCK: StateInfo(_("已销号"), "closed", is_open=False),
    State.REVOKED: StateInfo(_("已撤销"), "declined", is_open=False),
}


def has_evidence(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    """Judged once the form is sent: what comes with it counts."""
    if facts.has_evidence or not fields or fields.get("photos") or fields.get("ticket"):
        return None
    return _("申请销号要有佐证：至少一张照片或关联的工单")


def somebody_else(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    return _("申请销号的人不能核验自己的件") if facts.user_id == facts.applicant_id else None


def is_later(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    due_on = fields.get("due_on")
    if due_on is None:
        return None
    if due_on <= facts.today:
        return _("期限须在今天之后")
    return _("新期限须晚于原期限") if facts.due_on and due_on <= facts.due_on else None


A, H = Audience, Hat
OPEN = frozenset({State.FIXING, State.APPLIED})
FIXING, APPLIED = frozenset({State.FIXING}), frozenset({State.APPLIED})
OWNER, KEEPER = frozenset({H.OWNER}), frozenset({H.KEEPER})
STEPS = (
    Step(
        "strike", _("核验销号"), APPLIED, State.STRUCK, KEEPER, guards=(somebody_else,),
        needs=("note",), tell=(A.OWNERS,), rank=10,
    ),
    Step(
        "apply", _("申请销号"), FIXING, State.APPLIED, OWNER, guards=(has_evidence,),
        needs=("note",), takes=("photos", "ticket"), tell=(A.KEEPERS,), icon="send", rank=15,
    ),
    Step("plan", _("制定措施"), FIXING, None, OWNER, needs=("measures",), icon="edit", rank=20),
    Step(
        "progress", _("登记进展"), OPEN, None, OWNER | KEEPER,
        needs=("note",), takes=("photos", "ticket"), icon="reply", rank=30, overtakes=False,
    ),
    Step(
        "send_back", _("退回整改"), APPLIED, State.FIXING, KEEPER,
        needs=("note",), tell=(A.OWNERS,), icon="undo", rank=31,
    ),
    Step(
        "extend", _("延长期限"), OPEN, None, KEEPER, guards=(is_later,),
        needs=("due_on", "note"), tell=(A.OWNERS,), icon="clock", rank=40,
    ),
    Step(
        "revoke", _("撤销"), OPEN, State.REVOKED, KEEPER,
        needs=("note",), tell=(A.OWNERS,), icon="x", rank=60,
    ),
)  # fmt: skip
TABLE = Table(_("问题"), STATES, STEPS)
