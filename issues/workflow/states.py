"""States, the clocks that run in them, and who is told: what each is called and whose move it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.text import Text


class State(StrEnum):
    PLACED = "placed"
    ACCEPTED = "accepted"
    SELF_HANDLING = "self_handling"
    CONFIRMING = "confirming"
    WHISTLED = "whistled"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    CONSULTING = "consulting"
    HANDLING = "handling"
    SUSPENDED = "suspended"
    REWORK = "rework"
    REPORTED = "reported"
    VERIFIED = "verified"
    CLOSED = "closed"
    DECLINED = "declined"
    MERGED = "merged"


class ClockKind(StrEnum):
    ACCEPT = "accept"
    CONFIRM = "confirm"
    DISPATCH = "dispatch"
    CLAIM = "claim"
    ARRIVE = "arrive"
    WRITE_UP = "write_up"
    CONSULT = "consult"
    HANDLE = "handle"
    REVIEW = "review"
    VERIFY = "verify"
    CALLBACK = "callback"


class Tier(StrEnum):
    """级: who answers for a limit that is no department's own."""

    VILLAGE = "village"  # the village with its grids
    TOWNSHIP = "township"
    COUNTY = "county"


@dataclass(frozen=True)
class StateInfo:
    label: Text
    whose: Text  # whose move it is
    resident_word: Text
    governed_by: ClockKind | None
    step: int  # place on the five-step track: 点单 吹哨 领办 办结 核验
    ring: int  # how full the ring of its sign is, in quarters

    @property
    def is_open(self) -> bool:
        return self.governed_by is not None


K = ClockKind
SENT_BACK = 9  # a ring that turns back
STATES: dict[State, StateInfo] = {
    State.PLACED: StateInfo(_("待受理"), _("网格员"), _("已收到"), K.ACCEPT, 1, 0),
    State.ACCEPTED: StateInfo(_("已受理"), _("网格员"), _("已收到"), K.HANDLE, 1, 1),
    State.SELF_HANDLING: StateInfo(_("自办中"), _("网格员"), _("办理中"), K.HANDLE, 3, 2),
    State.CONFIRMING: StateInfo(_("待村社确认"), _("村社书记"), _("已收到"), K.CONFIRM, 1, 1),
    State.WHISTLED: StateInfo(_("待派哨"), _("乡镇分拨员"), _("已收到"), K.DISPATCH, 2, 1),
    State.DISPATCHED: StateInfo(_("待领办"), _("牵头部门"), _("已收到"), K.CLAIM, 2, 1),
    State.RETURNED: StateInfo(_("退回待改派"), _("乡镇分拨员"), _("已收到"), K.DISPATCH, 2, SENT_BACK),
    State.CONSULTING: StateInfo(_("会商中"), _("会商召集人"), _("办理中"), K.CONSULT, 2, 1),
    State.HANDLING: StateInfo(_("办理中"), _("承办人"), _("办理中"), K.HANDLE, 3, 2),
    State.SUSPENDED: StateInfo(_("挂账"), _("分管县领导"), _("暂缓办理"), K.REVIEW, 3, 2),
    State.REWORK: StateInfo(_("重办中"), _("承办人"), _("办理中"), K.HANDLE, 3, 2),
    State.REPORTED: StateInfo(_("待核查"), _("核查人"), _("办理中"), K.VERIFY, 4, 3),
    State.VERIFIED: StateInfo(_("待回访"), _("回访人"), _("请评价"), K.CALLBACK, 4, 3),
    State.CLOSED: StateInfo(_("已销号"), _("无"), _("已办结"), None, 5, 4),
    State.DECLINED: StateInfo(_("不予受理"), _("无"), _("不予受理"), None, 5, SENT_BACK),
    State.MERGED: StateInfo(_("已并入"), _("无"), _("办理中"), None, 5, 4),
}
OPEN_STATES = frozenset(s for s, info in STATES.items() if info.is_open)
ENDED_STATES = frozenset(STATES) - OPEN_STATES

CLOCK_LABELS: dict[ClockKind, Text] = {
    K.ACCEPT: _("受理"),
    K.CONFIRM: _("确认"),
    K.DISPATCH: _("派哨"),
    K.CLAIM: _("领办"),
    K.ARRIVE: _("报到"),
    K.WRITE_UP: _("补录"),
    K.CONSULT: _("会商定论"),
    K.HANDLE: _("办结"),
    K.REVIEW: _("挂账复查"),
    K.VERIFY: _("核查"),
    K.CALLBACK: _("回访"),
}


class Audience(StrEnum):
    """Who is told; resolved to people by `issues.handlers`."""

    GRID = "grid"
    SECRETARY = "secretary"
    TOWN_DISPATCHER = "town_dispatcher"
    TOWN_LEADER = "town_leader"
    COUNTY_DISPATCHER = "county_dispatcher"
    COUNTY_LEADER = "county_leader"
    LEAD = "lead"
    LEAD_LEADER = "lead_leader"
    ASSISTING = "assisting"
    INVITED = "invited"
    HANDLER = "handler"
    VERIFIERS = "verifiers"
    CALLER = "caller"
    PLACER = "placer"


def pairs(labels: Mapping[Any, Text]) -> list[tuple[str | int, Text]]:
    """The choices of a database column: plain values, so that migrations name no class of ours."""
    return [(key.value if isinstance(key, Enum) else key, label) for key, label in labels.items()]
