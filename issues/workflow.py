"""The workflow on one screen: states, and one tuple of transitions.

Buttons, forms, permissions, the diagram in docs/workflow.md and the exhaustive test matrix are read
from `TRANSITIONS`. This module knows no database: guards are pure functions over a `Case` (the ticket
as it stands) and an `Act` (who wants what) and answer None or a reason in Chinese.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from members.roles import Role

Text = str | Promise


class State(StrEnum):
    PLACED = "placed"
    ACCEPTED = "accepted"
    SELF_HANDLING = "self_handling"
    WHISTLED = "whistled"
    DISPATCHED = "dispatched"
    RETURNED = "returned"
    HANDLING = "handling"
    REWORK = "rework"
    REPORTED = "reported"
    VERIFIED = "verified"
    CLOSED = "closed"
    DECLINED = "declined"


class ClockKind(StrEnum):
    ACCEPT = "accept"
    DISPATCH = "dispatch"
    CLAIM = "claim"
    HANDLE = "handle"
    VERIFY = "verify"
    CALLBACK = "callback"


class Relation(StrEnum):
    """How an actor stands to a ticket."""

    AREA = "area"  # holds a post whose area covers the ticket
    LEAD = "lead"  # holds a post in the leading department
    ASSIST = "assist"  # holds a post in an assisting department
    REPORTER = "reporter"  # the resident, by the tracking code
    SYSTEM = "system"  # the engine


@dataclass(frozen=True)
class StateInfo:
    label: Text
    whose: Text  # whose move it is
    resident_word: Text
    governed_by: ClockKind | None
    step: int  # place on the five-step track: 点单 吹哨 领办 办结 核验

    @property
    def is_open(self) -> bool:
        return self.governed_by is not None


STATES: dict[State, StateInfo] = {
    State.PLACED: StateInfo(_("待受理"), _("网格员"), _("已收到"), ClockKind.ACCEPT, 1),
    State.ACCEPTED: StateInfo(_("已受理"), _("网格员"), _("已收到"), ClockKind.HANDLE, 1),
    State.SELF_HANDLING: StateInfo(_("自办中"), _("网格员"), _("办理中"), ClockKind.HANDLE, 3),
    State.WHISTLED: StateInfo(_("待派哨"), _("乡镇分拨员"), _("已收到"), ClockKind.DISPATCH, 2),
    State.DISPATCHED: StateInfo(_("待领办"), _("牵头部门"), _("已收到"), ClockKind.CLAIM, 2),
    State.RETURNED: StateInfo(_("退回待改派"), _("乡镇分拨员"), _("已收到"), ClockKind.DISPATCH, 2),
    State.HANDLING: StateInfo(_("办理中"), _("承办人"), _("办理中"), ClockKind.HANDLE, 3),
    State.REWORK: StateInfo(_("重办中"), _("承办人"), _("办理中"), ClockKind.HANDLE, 3),
    State.REPORTED: StateInfo(_("待核查"), _("核查人"), _("办理中"), ClockKind.VERIFY, 4),
    State.VERIFIED: StateInfo(_("待回访"), _("回访人"), _("请评价"), ClockKind.CALLBACK, 4),
    State.CLOSED: StateInfo(_("已销号"), _("无"), _("已办结"), None, 5),
    State.DECLINED: StateInfo(_("不予受理"), _("无"), _("不予受理"), None, 5),
}
OPEN_STATES = frozenset(s for s, info in STATES.items() if info.is_open)
ENDED_STATES = frozenset(STATES) - OPEN_STATES

CLOCK_LABELS: dict[ClockKind, Text] = {
    ClockKind.ACCEPT: _("受理"),
    ClockKind.DISPATCH: _("派哨"),
    ClockKind.CLAIM: _("领办"),
    ClockKind.HANDLE: _("办结"),
    ClockKind.VERIFY: _("核查"),
    ClockKind.CALLBACK: _("回访"),
}


class Audience(StrEnum):
    """Who is told; resolved to people by `issues.notify`."""

    GRID = "grid"
    SECRETARY = "secretary"
    TOWN_DISPATCHER = "town_dispatcher"
    LEAD = "lead"
    ASSISTING = "assisting"
    HANDLER = "handler"
    VERIFIERS = "verifiers"
    PLACER = "placer"


DECLINE_REASONS: dict[str, Text] = {
    "not_a_duty": _("不属于责任清单事项，已告知去处"),
    "unfounded": _("信息不实，查无此事"),
    "unlawful": _("诉求违法或违背公序良俗"),
    "malicious": _("恶意重复"),
    "in_court": _("已进入诉讼、仲裁或信访终结"),
}
SATISFACTION: dict[int, Text] = {4: _("非常满意"), 3: _("满意"), 2: _("基本满意"), 1: _("不满意")}
SOLVED: dict[str, Text] = {"solved": _("已解决"), "partly": _("部分解决"), "not": _("未解决")}
MAX_RETURNS = 1
UNREACHABLE_CALLS = 3
REOPEN_WINDOW = timedelta(days=15)

Hat = tuple[str, Relation]
SYSTEM: Hat = ("system", Relation.SYSTEM)
RESIDENT: Hat = ("resident", Relation.REPORTER)


@dataclass(frozen=True)
class Case:
    """What guards may know of a ticket."""

    state: State
    source: str
    urgent: bool
    has_item: bool
    needs_photo: bool
    has_lead: bool
    route: str  # "", "self" or "whistle"
    holder_id: int | None
    handled_by_id: int | None
    reported_by_id: int | None
    returns: int
    return_until: datetime | None
    unreachable_calls: int
    closed_at: datetime | None
    now: datetime


@dataclass(frozen=True)
class Act:
    """Who wants to act, in which hats, with what."""

    actor_id: int | None
    hats: frozenset[Hat]
    fields: Mapping[str, Any] = field(default_factory=dict)
    photos: int = 0


Guard = Callable[[Case, Act], Text | None]


def is_holder(case: Case, act: Act) -> Text | None:
    return None if case.holder_id == act.actor_id else _("只有当前承办人可以操作")


def takes_part(case: Case, act: Act) -> Text | None:
    if case.holder_id == act.actor_id or act.hats & (LEAD_STAFF | ASSIST_STAFF):
        return None
    return _("由承办人报进展，您可以用“补充”")


def colleague(case: Case, act: Act) -> Text | None:
    """The grid's own ticket passes within the grid, a department's within the department."""
    if case.holder_id == act.actor_id:
        return _("您已是承办人")
    side = LEAD_STAFF if case.route == "whistle" else GRID_STAFF
    return None if act.hats & side else _("只有同一承办方的同事可以接手")


def differs_from_handler(case: Case, act: Act) -> Text | None:
    """Closing rule: nobody checks what they handled or reported themselves."""
    mine = act.actor_id in (case.handled_by_id, case.reported_by_id)
    return _("承办人不能核查自己办的件") if mine else None


def returnable(case: Case, act: Act) -> Text | None:
    if case.returns >= MAX_RETURNS:
        return _("每件只能退回一次，请与分拨员商定")
    if case.return_until and case.now > case.return_until:
        return _("已过退单时限")
    return None


def urgent_only(case: Case, act: Act) -> Text | None:
    return None if case.urgent else _("只有紧急事项可以直接派到部门")


def not_urgent(case: Case, act: Act) -> Text | None:
    return _("紧急事项直接派到部门，不经派哨") if case.urgent else None


def has_item(case: Case, act: Act) -> Text | None:
    return None if case.has_item or act.fields.get("item") else _("请先对上责任清单事项")


def grid_route(case: Case, act: Act) -> Text | None:
    return _("已由部门承办，不能再吹哨") if case.route == "whistle" else None


def is_order(case: Case, act: Act) -> Text | None:
    return None if case.source == "order" else _("没有点单居民可回访")


def nobody_to_ask(case: Case, act: Act) -> Text | None:
    """A resident's order closes on the resident's word, or after three unreachable calls."""
    if case.source != "order" or case.unreachable_calls >= UNREACHABLE_CALLS:
        return None
    return _("须先回访点单居民（三次联系不上除外）")


def reopenable(case: Case, act: Act) -> Text | None:
    if case.closed_at and case.now - case.closed_at <= REOPEN_WINDOW:
        return None
    return _("办结已超过 15 日，请重新点单")


def at_area(*roles: Role) -> frozenset[Hat]:
    return frozenset((role.value, Relation.AREA) for role in roles)


GRID_STAFF = at_area(Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY)
DISPATCHERS = at_area(Role.TOWNSHIP_DISPATCHER, Role.COUNTY_DISPATCHER)
LEAD_STAFF = frozenset((r.value, Relation.LEAD) for r in (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEADER))
ASSIST_STAFF = frozenset((r.value, Relation.ASSIST) for r in (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEADER))
CHECKERS = at_area(Role.VERIFIER, Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY)
CALLERS = at_area(Role.VILLAGE_SECRETARY, Role.VERIFIER, Role.TOWNSHIP_DISPATCHER)

S, K, A = State, ClockKind, Audience


@dataclass(frozen=True)
class Transition:
    """One row of the table. `target` None keeps the state; `needs` are fields that must be given."""

    name: str
    label: Text
    sources: frozenset[State]
    target: State | None
    who: frozenset[Hat]
    guards: tuple[Guard, ...] = ()
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()  # optional fields
    effects: tuple[str, ...] = ()
    stops: tuple[ClockKind, ...] = ()
    starts: tuple[ClockKind, ...] = ()
    tell: tuple[Audience, ...] = ()
    icon: str = "check"
    rank: int = 50  # lowest rank first in the action bar; the first offered is the primary button
    public: bool = True  # shown on the resident's track
    moves_holder: bool = False

    @property
    def moves(self) -> bool:
        """Whether it changes whose move it is; notes and reminders do not, and never make a page stale."""
        return self.target is not None or self.moves_holder


IN_HAND = frozenset({S.SELF_HANDLING, S.HANDLING, S.REWORK})


def states(*names: State) -> frozenset[State]:
    return frozenset(names)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "accept", _("受理"), states(S.PLACED), S.ACCEPTED, GRID_STAFF | DISPATCHERS,
        takes=("item", "note"), effects=("accept",), stops=(K.ACCEPT,), starts=(K.HANDLE,), icon="check", rank=10,
    ),
    Transition(
        "self_handle", _("我来办"), states(S.ACCEPTED), S.SELF_HANDLING, GRID_STAFF,
        guards=(has_item,), takes=("item", "note"), effects=("self_handle",), icon="hand", rank=20,
    ),
    Transition(
        "whistle", _("吹哨"), states(S.ACCEPTED, S.SELF_HANDLING, S.REWORK), S.WHISTLED, GRID_STAFF,
        guards=(grid_route, has_item, not_urgent), needs=("note",), takes=("item",), effects=("whistle",),
        stops=(K.HANDLE,), starts=(K.DISPATCH,), tell=(A.TOWN_DISPATCHER,), icon="whistle", rank=21,
    ),
    Transition(
        "whistle_urgent", _("紧急吹哨"), states(S.ACCEPTED, S.SELF_HANDLING, S.REWORK), S.DISPATCHED, GRID_STAFF,
        guards=(grid_route, has_item, urgent_only), needs=("note",), takes=("item",),
        effects=("whistle", "dispatch_decided"), stops=(K.HANDLE,), starts=(K.CLAIM, K.HANDLE),
        tell=(A.LEAD, A.ASSISTING, A.TOWN_DISPATCHER), icon="whistle", rank=19,
    ),
    Transition(
        "dispatch", _("派哨"), states(S.WHISTLED, S.RETURNED), S.DISPATCHED, DISPATCHERS,
        needs=("lead",), takes=("assisting", "note"), effects=("dispatch",), stops=(K.DISPATCH,),
        starts=(K.CLAIM, K.HANDLE), tell=(A.LEAD, A.ASSISTING), icon="arrow", rank=10,
    ),
    Transition(
        "redispatch", _("改派"), states(S.DISPATCHED), S.DISPATCHED, DISPATCHERS,
        needs=("lead", "note"), takes=("assisting",), effects=("dispatch",), stops=(K.CLAIM,),
        starts=(K.CLAIM,), tell=(A.LEAD, A.ASSISTING), icon="arrow", rank=40,
    ),
    Transition(
        "claim", _("领办"), states(S.DISPATCHED), S.HANDLING, LEAD_STAFF,
        takes=("note",), effects=("claim",), stops=(K.CLAIM,), tell=(A.PLACER,), icon="hand", rank=10,
    ),
    Transition(
        "return", _("退单"), states(S.DISPATCHED), S.RETURNED, LEAD_STAFF,
        guards=(returnable,), needs=("evidence", "suggested", "note"), effects=("send_back",), stops=(K.CLAIM,),
        starts=(K.DISPATCH,), tell=(A.TOWN_DISPATCHER,), icon="undo", rank=30, public=False,
    ),
    Transition(
        "progress", _("报进展"), IN_HAND, None, GRID_STAFF | LEAD_STAFF | ASSIST_STAFF,
        guards=(takes_part,), needs=("note",), takes=("photos",), effects=(), icon="reply", rank=30,
    ),
    Transition(
        "take_over", _("接手"), IN_HAND, None, GRID_STAFF | LEAD_STAFF,
        guards=(colleague,), takes=("note",), effects=("take_over",), tell=(A.HANDLER,), icon="hand", rank=35,
        public=False, moves_holder=True,
    ),
    Transition(
        "report_done", _("报办结"), IN_HAND, S.REPORTED, GRID_STAFF | LEAD_STAFF,
        guards=(is_holder,), needs=("note",), takes=("photos",), effects=("report_done",), stops=(K.HANDLE,),
        starts=(K.VERIFY,), tell=(A.VERIFIERS,), icon="check", rank=15,
    ),
    Transition(
        "verify_pass", _("核查通过"), states(S.REPORTED), S.VERIFIED, CHECKERS,
        guards=(differs_from_handler,), takes=("note", "photos"), effects=("verify_pass",), stops=(K.VERIFY,),
        starts=(K.CALLBACK,), tell=(A.HANDLER, A.SECRETARY), icon="check", rank=10,
    ),
    Transition(
        "verify_fail", _("核查不通过"), states(S.REPORTED), S.REWORK, CHECKERS,
        guards=(differs_from_handler,), needs=("note",), takes=("photos",), effects=("new_round",), stops=(K.VERIFY,),
        starts=(K.HANDLE,), tell=(A.HANDLER, A.LEAD), icon="undo", rank=20,
    ),
    Transition(
        "callback_solved", _("回访：已解决"), states(S.VERIFIED), S.CLOSED, CALLERS | {RESIDENT},
        guards=(is_order,), needs=("satisfaction", "solved"), takes=("note",), effects=("rate", "close"),
        stops=(K.CALLBACK,), tell=(A.HANDLER, A.PLACER), icon="phone", rank=10,
    ),
    Transition(
        "callback_unsolved", _("回访：未解决"), states(S.VERIFIED), S.REWORK, CALLERS | {RESIDENT},
        guards=(is_order,), needs=("satisfaction", "solved", "note"), effects=("rate", "new_round"),
        stops=(K.CALLBACK,), starts=(K.HANDLE,), tell=(A.HANDLER, A.LEAD, A.SECRETARY), icon="undo", rank=11,
    ),
    Transition(
        "callback_unreachable", _("回访：联系不上"), states(S.VERIFIED), None, CALLERS,
        guards=(is_order,), takes=("note",), effects=("count_call",), icon="phone", rank=30, public=False,
    ),
    Transition(
        "close", _("销号"), states(S.VERIFIED), S.CLOSED, CALLERS | {SYSTEM},
        guards=(nobody_to_ask,), takes=("note",), effects=("close",), stops=(K.CALLBACK,), tell=(A.HANDLER, A.PLACER),
        icon="check", rank=12,
    ),
    Transition(
        "reopen", _("要求重办"), states(S.CLOSED), S.REWORK, frozenset({RESIDENT}),
        guards=(is_order, reopenable), needs=("satisfaction", "solved", "note"), effects=("rate", "new_round"),
        starts=(K.HANDLE,), tell=(A.HANDLER, A.LEAD, A.SECRETARY), icon="undo", rank=90,
    ),
    Transition(
        "decline", _("不予受理"), states(S.PLACED, S.ACCEPTED), S.DECLINED,
        at_area(Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER),
        needs=("reason", "note"), effects=("close",), stops=(K.ACCEPT, K.HANDLE), tell=(A.PLACER,), icon="x", rank=60,
    ),
    Transition(
        "supplement", _("补充"), OPEN_STATES, None, GRID_STAFF | at_area(Role.TOWNSHIP_DISPATCHER) | {RESIDENT},
        needs=("note",), takes=("photos",), effects=(), tell=(A.GRID, A.HANDLER), icon="camera", rank=45,
    ),
    Transition(
        "escalate", _("到时提醒"), OPEN_STATES, None, frozenset({SYSTEM}),
        needs=("clock", "step"), effects=("escalate",), icon="bell", rank=99, public=False,
    ),
)  # fmt: skip
BY_NAME: dict[str, Transition] = {t.name: t for t in TRANSITIONS}

PLACE_ROLES = frozenset({Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER})
"""Staff who may log a ticket in their area; residents place orders without an account."""


def refusal(transition: Transition, case: Case, act: Act) -> Text | None:
    """Why `act` may not take `transition` now: wrong state, wrong person or a guard; None when it may."""
    if case.state not in transition.sources:
        return _("当前是“%(state)s”，不能%(verb)s") % {"state": STATES[case.state].label, "verb": transition.label}
    if not (act.hats & transition.who):
        return _("您的岗位不能%(verb)s此件") % {"verb": transition.label}
    for guard in transition.guards:
        reason = guard(case, act)
        if reason:
            return reason
    return None


def missing(transition: Transition, case: Case, act: Act) -> dict[str, Text]:
    """Required fields that are empty, each with its message."""
    lacking: dict[str, Text] = {name: _("请填写") for name in transition.needs if not act.fields.get(name)}
    if transition.name == "report_done" and case.needs_photo and not act.photos:
        lacking["photos"] = _("此事项办结须附现场照片")
    return lacking


def offers(case: Case, act: Act) -> list[Transition]:
    """What this actor may do now, the primary action first."""
    return sorted((t for t in TRANSITIONS if refusal(t, case, act) is None), key=lambda t: t.rank)
