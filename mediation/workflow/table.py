"""The way of a dispute on one screen: states, hats, guards, and one tuple of steps. Knows no database.

Buttons, forms, permissions and the test matrix are read from `STEPS`. Guards are pure functions over `GuardContext`
(the dispute as it stands) and the fields given; they answer None or a reason in Chinese.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.process.steps import FORWARD_RANK, StateInfo, Step, Table, missing
from core.text import Text
from mediation.workflow.rules import PARTIES_AT_LEAST

__all__ = [
    "BY_NAME",
    "ENDED_STATES",
    "FORWARD_RANK",
    "IN_MEDIATION",
    "OPEN_STATES",
    "STATES",
    "STEPS",
    "Audience",
    "GuardContext",
    "Hat",
    "State",
    "StateInfo",
    "Step",
    "Text",
    "missing",
    "offers",
    "refusal",
]


class State(StrEnum):
    OPENED = "opened"
    MEDIATING = "mediating"
    AGREED = "agreed"
    FULFILLED = "fulfilled"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


STATES: dict[State, StateInfo] = {
    State.OPENED: StateInfo(_("待调解"), "placed", todo=_("请定好调解员和调解时间")),
    State.MEDIATING: StateInfo(_("调解中"), "handling", todo=_("调解员请接着调解，每次都记下来")),
    State.AGREED: StateInfo(_("待回访"), "verified", todo=_("请到日子回访，看协议履行了没有")),
    State.FULFILLED: StateInfo(_("已履行"), "closed", is_open=False),
    State.FAILED: StateInfo(_("未达成"), "declined", is_open=False),
    State.WITHDRAWN: StateInfo(_("已撤回"), "declined", is_open=False),
    State.TRANSFERRED: StateInfo(_("已转办"), "merged", is_open=False),
}
OPEN_STATES = frozenset(state for state, info in STATES.items() if info.is_open)
ENDED_STATES = frozenset(STATES) - OPEN_STATES
IN_MEDIATION = frozenset({State.OPENED, State.MEDIATING})


class Hat(StrEnum):
    """How an actor stands to a dispute."""

    PRINCIPAL = "principal"  # the mediator who is responsible
    MEDIATOR = "mediator"  # another of its mediators
    OPENER = "opener"  # who opened it, while a post of theirs covers it
    SECRETARY = "secretary"  # of the village
    TOWN = "town"  # dispatcher or leader of the township
    JUSTICE = "justice"  # 司法、综治 department of the place


MEDIATORS = frozenset({Hat.PRINCIPAL, Hat.MEDIATOR, Hat.SECRETARY, Hat.JUSTICE})
"""Who records what happens at the table."""
IN_CHARGE = frozenset({Hat.SECRETARY, Hat.TOWN, Hat.JUSTICE})
"""Who answers for the disputes of a place."""
EVERYBODY = MEDIATORS | IN_CHARGE | {Hat.OPENER}


class Audience(StrEnum):
    MEDIATORS = "mediators"
    OPENER = "opener"
    SECRETARY = "secretary"
    TOWN_LEADERS = "town_leaders"
    RECEIVER = "receiver"


@dataclass(frozen=True)
class GuardContext:
    """What guards may know of a dispute."""

    state: State
    now: datetime
    today: date
    parties: int = PARTIES_AT_LEAST
    sessions: int = 1
    has_principal: bool = True
    risk: str = "plain"


def two_parties(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    if facts.parties >= PARTIES_AT_LEAST:
        return None
    return _("当事人不足两方，请先补充当事人")


def spare_party(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    return None if facts.parties > PARTIES_AT_LEAST else _("至少保留两方当事人")


def has_sat(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    return None if facts.sessions else _("还没有调解记录，请先记录一次调解")


def has_principal(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    return None if facts.has_principal else _("请先确定负责的调解员")


def was_held(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    """A sitting is recorded after it has begun."""
    held = fields.get("held_at")
    return _("调解时间不能晚于现在") if held and held > facts.now else None


def comes_later(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    """A sitting is arranged for a time to come."""
    at = fields.get("next_at")
    return _("约定的时间须在现在之后") if at and at <= facts.now else None


def was_agreed(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    day = fields.get("agreed_on")
    return _("签订日期不能晚于今天") if day and day > facts.today else None


def another_risk(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    return _("风险没有变化") if fields.get("risk") == facts.risk else None


A = Audience
AT_WORK = frozenset({State.MEDIATING})
STEPS: tuple[Step, ...] = (
    Step(
        "sit", _("记录调解"), IN_MEDIATION, State.MEDIATING, MEDIATORS, guards=(has_principal, was_held, comes_later),
        needs=("held_at", "where", "said"), takes=("attended", "others", "next_step", "next_at"),
        tell=(A.MEDIATORS,), icon="talk", rank=10,
    ),
    Step(
        "agree", _("达成协议"), AT_WORK, State.AGREED, MEDIATORS, guards=(has_sat, two_parties, was_agreed),
        needs=("terms", "agreed_on"), takes=("manner",), tell=(A.MEDIATORS, A.OPENER, A.SECRETARY), rank=20,
    ),
    Step(
        "draft", _("起草协议"), AT_WORK, None, MEDIATORS, guards=(two_parties,),
        needs=("terms",), takes=("manner",), icon="edit", rank=21,
    ),
    Step(
        "visit_kept", _("回访：已履行"), frozenset({State.AGREED}), State.FULFILLED, EVERYBODY,
        needs=("note",), tell=(A.MEDIATORS, A.OPENER), icon="check", rank=12,
    ),
    Step(
        "visit_partly", _("回访：部分履行"), frozenset({State.AGREED}), None, EVERYBODY,
        needs=("note",), tell=(A.MEDIATORS,), icon="clock", rank=31,
    ),
    Step(
        "visit_broken", _("回访：未履行"), frozenset({State.AGREED}), State.MEDIATING, EVERYBODY,
        guards=(comes_later,), needs=("note",), takes=("next_at",), tell=(A.MEDIATORS, A.SECRETARY),
        icon="undo", rank=32,
    ),
    Step(
        "arrange", _("约定调解时间"), IN_MEDIATION, None, EVERYBODY, guards=(comes_later,),
        needs=("next_at",), takes=("where",), tell=(A.MEDIATORS,), icon="clock", rank=30,
    ),
    Step(
        "appoint", _("确定调解员"), OPEN_STATES, None, IN_CHARGE | {Hat.PRINCIPAL, Hat.OPENER},
        needs=("mediators",), tell=(A.MEDIATORS,), icon="users", rank=40,
    ),
    Step(
        "fail", _("未达成协议"), AT_WORK, State.FAILED, MEDIATORS, guards=(has_sat,),
        needs=("guidance", "note"), tell=(A.MEDIATORS, A.OPENER, A.SECRETARY), icon="x", rank=60,
    ),
    Step(
        "assess", _("调整风险"), OPEN_STATES, None, EVERYBODY, guards=(another_risk,),
        needs=("risk", "note"), tell=(A.MEDIATORS, A.SECRETARY), icon="warn", rank=61,
    ),
    Step(
        "add_party", _("补充当事人"), IN_MEDIATION, None, EVERYBODY,
        needs=("name",), takes=("phone", "household"), icon="plus", rank=62,
    ),
    Step(
        "drop_party", _("减去当事人"), IN_MEDIATION, None, EVERYBODY, guards=(spare_party,),
        needs=("party", "note"), icon="x", rank=66,
    ),
    Step(
        "transfer", _("转办"), IN_MEDIATION, State.TRANSFERRED, IN_CHARGE | {Hat.PRINCIPAL},
        needs=("department", "note"), tell=(A.RECEIVER, A.MEDIATORS, A.OPENER), icon="send", rank=63,
    ),
    Step(
        "withdraw", _("撤回"), IN_MEDIATION, State.WITHDRAWN, MEDIATORS | {Hat.OPENER},
        needs=("note",), tell=(A.MEDIATORS, A.SECRETARY), icon="undo", rank=64,
    ),
    Step(
        "reopen", _("重新调解"), frozenset({State.FAILED, State.WITHDRAWN}), State.MEDIATING,
        IN_CHARGE | {Hat.PRINCIPAL},
        guards=(comes_later,), needs=("note",), takes=("next_at",), tell=(A.MEDIATORS,), icon="undo", rank=50,
    ),
    Step(
        "add_note", _("补充情况"), OPEN_STATES, None, EVERYBODY,
        needs=("note",), icon="reply", rank=65, overtakes=False,
    ),
)  # fmt: skip
TABLE = Table(_("纠纷"), STATES, STEPS)
BY_NAME = TABLE.by_name
refusal, offers = TABLE.refusal, TABLE.offers
