"""The way through the gate on one screen: states, hats, guards, and one tuple of steps. Knows no database."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from admission.workflow.facts import GuardContext
from admission.workflow.rules import PASS_MOST, SUNSET_MOST, TOWNS_AT_LEAST, WORKERS_AT_LEAST
from core.process.steps import StateInfo, Step, Table
from core.text import Text


class State(StrEnum):
    CHECKED = "checked"
    CONSULTING = "consulting"
    REVIEWING = "reviewing"
    JOINT = "joint"
    APPROVED = "approved"
    WAITING = "waiting"
    IN_FORCE = "in_force"
    PASSING = "passing"
    EVALUATING = "evaluating"
    EXITING = "exiting"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXITED = "exited"


STATES: dict[State, StateInfo] = {
    State.CHECKED: StateInfo(_("答复查重"), "placed", todo=_("主办部门请逐条答复查重结果")),
    State.CONSULTING: StateInfo(_("征求意见"), "consulting", todo=_("被征求的乡镇和网格员请提意见")),
    State.REVIEWING: StateInfo(_("合法性审查"), "handling", todo=_("编办、司法局请审查")),
    State.JOINT: StateInfo(_("三部门联审"), "handling", todo=_("组织部、社会工作部、政法委请表态")),
    State.APPROVED: StateInfo(_("待公布"), "verified", todo=_("社会工作部请公布")),
    State.WAITING: StateInfo(_("待签发临时通行"), "placed", todo=_("县领导请签发，或不予通行")),
    State.IN_FORCE: StateInfo(_("已准入"), "closed"),
    State.PASSING: StateInfo(_("临时通行"), "handling"),
    State.EVALUATING: StateInfo(_("退出评估"), "verified", todo=_("请评估要不要退出")),
    State.EXITING: StateInfo(_("拟退出"), "returned", todo=_("主办部门请补依据，逾期退出")),
    State.REFUSED: StateInfo(_("不予准入"), "declined", is_open=False),
    State.WITHDRAWN: StateInfo(_("已撤回"), "declined", is_open=False),
    State.EXITED: StateInfo(_("已退出"), "merged", is_open=False),
}
ON_THE_WAY = frozenset({State.CHECKED, State.CONSULTING, State.REVIEWING, State.JOINT, State.APPROVED, State.WAITING})
FORCE = frozenset({State.IN_FORCE, State.PASSING, State.EVALUATING, State.EXITING})
"""May be asked of a grid, and counts towards its minutes."""
SHOWN = FORCE | {State.EXITED}
"""Known to everybody: the register and what has left it."""


class Hat(StrEnum):
    """How an actor stands to an application."""

    APPLICANT = "applicant"  # of the department that asks
    OFFICE = "office"  # of the department that keeps the gate
    LEGAL = "legal"  # of 编办, 司法局
    JOINT = "joint"  # of 组织部, 社会工作部, 政法委
    TOWN = "town"  # speaks for a township that was asked
    WORKER = "worker"  # a grid worker who was asked
    LEADER = "leader"  # of the county
    SYSTEM = "system"  # time


class Audience(StrEnum):
    APPLICANT = "applicant"
    OFFICE = "office"
    LEGAL = "legal"
    JOINT = "joint"
    ASKED = "asked"
    TOWNS = "towns"  # all townships it touches
    LEADER = "leader"


def answered_all(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    if not facts.hits_open:
        return None
    return _("还有 %(n)d 处查重结果没有答复，请主办部门先逐条答复") % {"n": facts.hits_open}


def enough_towns(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    chosen = fields.get("townships")
    if chosen is None or len(chosen) >= TOWNS_AT_LEAST:
        return None
    return _("至少选 %(n)d 个乡镇") % {"n": TOWNS_AT_LEAST}


def has_quorum(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    """Stays shut, however late it is, until enough have spoken."""
    if facts.towns_said >= TOWNS_AT_LEAST and facts.workers_said >= WORKERS_AT_LEAST:
        return None
    return _("还没有达到法定人数：已答复 %(towns)d 个乡镇（须 %(t)d 个）、%(workers)d 名网格员（须 %(w)d 名）") % {
        "towns": facts.towns_said, "workers": facts.workers_said, "t": TOWNS_AT_LEAST, "w": WORKERS_AT_LEAST,
    }  # fmt: skip


def not_said_yet(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    return _("本部门已经表态，等其他部门") if facts.has_said else None


def says_why(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    if fields.get("stance") in (None, "for") or fields.get("note"):
        return None
    return _("反对或有意见的，请写明理由")


def ends_in_time(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    day = fields.get("ends_on")
    if day is None or facts.today < day <= facts.today + SUNSET_MOST:
        return None
    return _("日落日期须在今天之后、%(n)d 天之内") % {"n": SUNSET_MOST.days}


def pass_in_time(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    day = fields.get("ends_on")
    if day is None or facts.today <= day <= facts.today + PASS_MOST:
        return None
    return _("临时通行最长 %(n)d 天") % {"n": PASS_MOST.days}


def was_used(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    day = fields.get("used_on")
    return _("不能晚于今天") if day and day > facts.today else None


H, A = Hat, Audience
SYSTEM = frozenset({H.SYSTEM})
STEPS: tuple[Step, ...] = (
    Step(
        "answer", _("答复查重"), frozenset({State.CHECKED}), None, frozenset({H.APPLICANT}),
        needs=("answers",), tell=(A.OFFICE,), icon="reply", rank=10,
    ),
    Step(
        "consult", _("发起征求意见"), frozenset({State.CHECKED}), State.CONSULTING, frozenset({H.OFFICE}),
        guards=(answered_all, enough_towns), needs=("townships",), tell=(A.ASKED, A.APPLICANT), icon="users", rank=11,
    ),
    Step(
        "opine", _("提意见"), frozenset({State.CONSULTING}), None, frozenset({H.TOWN, H.WORKER}), guards=(says_why,),
        needs=("stance",), takes=("estimate", "note"), icon="talk", rank=10, overtakes=False,
    ),
    Step(
        "review", _("送合法性审查"), frozenset({State.CONSULTING}), State.REVIEWING, frozenset({H.OFFICE}),
        guards=(has_quorum,), takes=("note",), tell=(A.LEGAL, A.APPLICANT), icon="send", rank=12,
    ),
    Step(
        "ask_more", _("增补征询对象"), frozenset({State.CONSULTING}), None, frozenset({H.OFFICE}),
        needs=("townships",), tell=(A.ASKED,), icon="plus", rank=40,
    ),
    Step(
        "pass_law", _("审查通过"), frozenset({State.REVIEWING}), None, frozenset({H.LEGAL}), guards=(not_said_yet,),
        onward=State.JOINT, needs=("note",), tell=(A.OFFICE,), rank=10, overtakes=False,
    ),
    Step(
        "fail_law", _("审查不通过"), frozenset({State.REVIEWING}), State.REFUSED, frozenset({H.LEGAL}),
        guards=(not_said_yet,), needs=("note",), tell=(A.APPLICANT, A.OFFICE), icon="x", rank=31,
    ),
    Step(
        "agree", _("同意入格"), frozenset({State.JOINT}), None, frozenset({H.JOINT}), guards=(not_said_yet,),
        onward=State.APPROVED, takes=("note",), tell=(A.OFFICE,), rank=10, overtakes=False,
    ),
    Step(
        "disagree", _("不同意入格"), frozenset({State.JOINT}), State.REFUSED, frozenset({H.JOINT}),
        guards=(not_said_yet,), needs=("note",), tell=(A.APPLICANT, A.OFFICE), icon="x", rank=31,
    ),
    Step(
        "publish", _("公布生效"), frozenset({State.APPROVED}), State.IN_FORCE, frozenset({H.OFFICE}),
        guards=(ends_in_time,), needs=("ends_on", "minutes"), takes=("note",), tell=(A.APPLICANT, A.TOWNS),
        icon="send", rank=10,
    ),
    Step(
        "grant_pass", _("签发临时通行"), frozenset({State.WAITING}), State.PASSING, frozenset({H.LEADER, H.OFFICE}),
        guards=(pass_in_time,), needs=("ends_on",), takes=("note",), tell=(A.APPLICANT, A.TOWNS), rank=10,
    ),
    Step(
        "deny_pass", _("不予签发"), frozenset({State.WAITING}), State.REFUSED, frozenset({H.LEADER, H.OFFICE}),
        needs=("note",), tell=(A.APPLICANT,), icon="x", rank=31,
    ),
    Step(
        "record_use", _("登记使用"), FORCE, None, frozenset({H.APPLICANT}), guards=(was_used,),
        needs=("used_on", "note"), icon="edit", rank=35, overtakes=False,
    ),
    Step(
        "rebase", _("补充依据"), frozenset({State.EXITING}), State.IN_FORCE, frozenset({H.APPLICANT}),
        needs=("policy", "note"), tell=(A.OFFICE,), icon="doc", rank=10,
    ),
    Step(
        "propose_exit", _("提请退出评估"), frozenset({State.IN_FORCE}), State.EVALUATING,
        frozenset({H.OFFICE, H.JOINT, H.LEADER}), needs=("note",), tell=(A.JOINT, A.APPLICANT), icon="warn", rank=60,
    ),
    Step(
        "drop", _("评估：应退出"), frozenset({State.EVALUATING}), None, frozenset({H.JOINT}), guards=(not_said_yet,),
        onward=State.EXITED, needs=("note",), tell=(A.OFFICE,), icon="x", rank=20, overtakes=False,
    ),
    Step(
        "keep", _("评估：应保留"), frozenset({State.EVALUATING}), State.IN_FORCE, frozenset({H.JOINT}),
        guards=(not_said_yet,), needs=("note",), tell=(A.APPLICANT, A.OFFICE), rank=21,
    ),
    Step(
        "leave", _("主动退出"), FORCE, State.EXITED, frozenset({H.APPLICANT}),
        needs=("note",), tell=(A.OFFICE, A.TOWNS), icon="out", rank=62,
    ),
    Step(
        "withdraw", _("撤回申请"), ON_THE_WAY, State.WITHDRAWN, frozenset({H.APPLICANT}),
        needs=("note",), tell=(A.OFFICE,), icon="undo", rank=64,
    ),
    # what time does by itself
    Step(
        "lose_basis", _("依据废止"), frozenset({State.IN_FORCE}), State.EXITING, SYSTEM,
        tell=(A.APPLICANT, A.OFFICE), icon="warn",
    ),
    Step("expire", _("到期退出"), FORCE, State.EXITED, SYSTEM, tell=(A.APPLICANT, A.OFFICE, A.TOWNS), icon="clock"),
    Step(
        "drop_unbased", _("依据废止退出"), frozenset({State.EXITING}), State.EXITED, SYSTEM,
        tell=(A.APPLICANT, A.OFFICE, A.TOWNS), icon="out",
    ),
    Step(
        "drop_idle", _("长期未发生退出"), frozenset({State.IN_FORCE}), State.EXITED, SYSTEM,
        tell=(A.APPLICANT, A.OFFICE, A.TOWNS), icon="out",
    ),
    Step("replace", _("由新件接替"), FORCE, State.EXITED, SYSTEM, tell=(A.APPLICANT,), icon="ext"),
)  # fmt: skip
TABLE = Table(_("申请"), STATES, STEPS)
