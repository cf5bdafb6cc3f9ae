"""专项行动: a list of households or grids that are looked at one by one; and what a look may find."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.process.steps import StateInfo, Step, Table
from core.text import Text
from ledgers.workflow.facts import Audience, GuardContext, Hat


class State(StrEnum):
    RUNNING = "running"
    ENDED = "ended"


STATES = {
    State.RUNNING: StateInfo(_("进行中"), "handling", todo=_("网格员请按名单去看，看一个记一个")),
    State.ENDED: StateInfo(_("已结束"), "closed", is_open=False),
}


class Result(StrEnum):
    """What came of a target so far."""

    WAITING = "waiting"
    ABSENT = "absent"
    NORMAL = "normal"
    FOUND = "found"


RESULTS = {
    Result.WAITING: StateInfo(_("未入户"), "placed"),
    Result.ABSENT: StateInfo(_("没人，待再访"), "returned"),
    Result.NORMAL: StateInfo(_("正常"), "closed", is_open=False),
    Result.FOUND: StateInfo(_("发现问题"), "reported", is_open=False),
}


def is_built(facts: GuardContext, _fields: Mapping[str, Any]) -> Text | None:
    return None if facts.is_built else _("名单还在生成，请稍后再试")


def is_later(facts: GuardContext, fields: Mapping[str, Any]) -> Text | None:
    day = fields.get("ends_on")
    if day is None:
        return None
    return _("结束日期须晚于原来的") if facts.due_on and day <= facts.due_on else None


A, H = Audience, Hat
RUNNING, KEEPER = frozenset({State.RUNNING}), frozenset({H.KEEPER})
STEPS = (
    Step(
        "end", _("结束行动"), RUNNING, State.ENDED, KEEPER, guards=(is_built,),
        needs=("note",), tell=(A.GRID,), rank=35,
    ),
    Step(
        "prolong", _("延长行动"), RUNNING, None, KEEPER, guards=(is_later,),
        needs=("ends_on", "note"), tell=(A.GRID,), icon="clock", rank=40,
    ),
)  # fmt: skip
TABLE = Table(_("行动"), STATES, STEPS)

OPEN = frozenset({Result.WAITING, Result.ABSENT})
STAFF = frozenset({"staff"})
"""Who may log tickets where the target lies."""
LOOKS = (
    Step("normal", _("正常"), OPEN, Result.NORMAL, STAFF, icon="check", rank=10),
    Step("found", _("发现问题"), OPEN | {Result.NORMAL}, Result.FOUND, STAFF, icon="warn", rank=11),
    Step("absent", _("没人"), OPEN, Result.ABSENT, STAFF, icon="clock", rank=12),
)
LOOK_TABLE = Table(_("对象"), RESULTS, LOOKS)
