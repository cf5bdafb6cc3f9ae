"""民生实事: 征集 → 立项推动 → 完成 → 回音; and what may become of a proposal."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.process.steps import StateInfo, Step, Table
from core.text import Text
from ledgers.workflow.facts import Audience, GuardContext, Hat


class State(StrEnum):
    MOVING = "moving"
    FINISHED = "finished"
    ANSWERED = "answered"
    STOPPED = "stopped"


STATES = {
    State.MOVING: StateInfo(_("推动中"), "handling", todo=_("请按节点推动，到一个登记一个")),
    State.FINISHED: StateInfo(_("已完成，待回音"), "verified", todo=_("请把结果告诉群众（发布回音）")),
    State.ANSWERED: StateInfo(_("已回音"), "closed", is_open=False),
    State.STOPPED: StateInfo(_("已终止"), "declined", is_open=False),
}


class Proposal(StrEnum):
    """How far a proposal is."""

    WAITING = "waiting"
    ADOPTED = "adopted"
    DECLINED = "declined"


PROPOSALS = {
    Proposal.WAITING: StateInfo(_("待审议"), "placed", todo=_("乡镇请审议：立项，或写明不采纳的理由")),
    Proposal.ADOPTED: StateInfo(_("已立项"), "accepted", is_open=False),
    Proposal.DECLINED: StateInfo(_("未采纳"), "declined", is_open=False),
}


def all_reached(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    if facts.milestones_open:
        return _("还有 %(n)d 个节点没有完成") % {"n": facts.milestones_open}
    return None


def some_open(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    return None if facts.milestones_open else _("没有未完成的节点")


def has_photo(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    """Judged once the form is sent."""
    return None if facts.has_evidence or not fields or fields.get("photos") else _("完成要有佐证：至少一张照片")


def not_after_today(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    day = fields.get("done_on")
    return _("完成日期不能晚于今天") if day and day > facts.today else None


def to_come(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    day = fields.get("planned_on")
    return _("计划日期须在今天之后") if day and day <= facts.today else None


A, H = Audience, Hat
MOVING = frozenset({State.MOVING})
KEEPER = frozenset({H.KEEPER})
EVERYBODY = frozenset({H.KEEPER, H.DOER, H.SECRETARY})
STEPS = (
    Step(
        "finish", _("完成"), MOVING, State.FINISHED, KEEPER, guards=(all_reached, has_photo),
        needs=("note",), takes=("photos",), tell=(A.SECRETARY,), rank=10,
    ),
    Step(
        "answer", _("发布回音"), frozenset({State.FINISHED}), State.ANSWERED, KEEPER,
        needs=("answer",), tell=(A.SECRETARY,), icon="send", rank=11,
    ),
    Step(
        "reach", _("完成节点"), MOVING, None, EVERYBODY, guards=(some_open, not_after_today),
        needs=("milestone", "done_on"), takes=("note", "photos"), tell=(A.KEEPERS,), rank=20,
    ),
    Step(
        "progress", _("登记进展"), MOVING, None, EVERYBODY,
        needs=("note",), takes=("photos",), icon="reply", rank=30, overtakes=False,
    ),
    Step(
        "add_milestone", _("增加节点"), MOVING, None, KEEPER, guards=(to_come,),
        needs=("name", "planned_on"), takes=("department",), tell=(A.DOERS,), icon="plus", rank=40,
    ),
    Step(
        "move_milestone", _("调整节点"), MOVING, None, KEEPER, guards=(some_open, to_come),
        needs=("milestone", "planned_on", "note"), tell=(A.DOERS,), icon="clock", rank=41,
    ),
    Step(
        "stop", _("终止"), MOVING, State.STOPPED, KEEPER,
        needs=("answer",), tell=(A.SECRETARY, A.DOERS), icon="x", rank=60,
    ),
)  # fmt: skip
TABLE = Table(_("项目"), STATES, STEPS)
PROPOSAL_STEPS = (
    Step("adopt", _("立项"), frozenset({Proposal.WAITING}), Proposal.ADOPTED, KEEPER, icon="check", rank=10),
    Step(
        "decline", _("不采纳"), frozenset({Proposal.WAITING}), Proposal.DECLINED, KEEPER,
        needs=("reason",), icon="x", rank=40,
    ),
)  # fmt: skip
PROPOSAL_TABLE = Table(_("建议"), PROPOSALS, PROPOSAL_STEPS)
