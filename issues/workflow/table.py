"""The one tuple of transitions: who takes which step from where to where, under which guards, with which effects.

A step of rank below 30 carries the ticket on, so that it is the next move of those who may take it.
"""

from django.utils.translation import gettext_lazy as _

from issues.workflow import guards as g
from issues.workflow.guards import RESIDENT, SYSTEM, at_area
from issues.workflow.states import OPEN_STATES, Audience, ClockKind, State
from issues.workflow.transition import Transition
from members.roles import Role


def states(*names: State) -> frozenset[State]:
    return frozenset(names)


S, K, A = State, ClockKind, Audience
IN_HAND = states(S.SELF_HANDLING, S.HANDLING, S.REWORK)
BEFORE_WHISTLE = states(S.ACCEPTED, S.SELF_HANDLING, S.REWORK)
PASSABLE = states(S.ACCEPTED, S.CONFIRMING, S.WHISTLED, S.RETURNED, S.HANDLING, S.REWORK)
CALLED = states(S.DISPATCHED, S.HANDLING, S.REWORK)
MERGEABLE = states(S.PLACED, S.ACCEPTED, S.SELF_HANDLING, S.CONFIRMING, S.WHISTLED, S.DISPATCHED, S.RETURNED)
RUNNING = (
    K.ACCEPT,
    K.CONFIRM,
    K.DISPATCH,
    K.CLAIM,
    K.ARRIVE,
    K.WRITE_UP,
    K.CONSULT,
    K.HANDLE,
    K.REVIEW,
    K.VERIFY,
    K.CALLBACK,
)
DEPARTMENT = (K.CLAIM, K.ARRIVE, K.HANDLE)
HANDLED = (K.ACCEPT, K.CONFIRM, K.DISPATCH, K.CLAIM, K.ARRIVE, K.CONSULT, K.HANDLE)
"""Limits that ask for nothing any more once the matter is reported done."""
TOWN_APPROVERS = g.TOWN_LEADER | at_area(Role.TOWNSHIP_DISPATCHER)
SUPERVISORS = TOWN_APPROVERS | g.COUNTY

TRANSITIONS: tuple[Transition, ...] = (
    # ---- the grid -------------------------------------------------------------------------------------------
    Transition(
        "accept", _("受理"), states(S.PLACED), S.ACCEPTED, g.GRID_STAFF | g.DISPATCHERS,
        takes=("item", "note"), effects=("accept",), stops=(K.ACCEPT,), settles=(K.ACCEPT,),
        starts=(K.HANDLE,), icon="check", rank=10,
    ),
    Transition(
        "self_handle", _("我来办"), states(S.ACCEPTED), S.SELF_HANDLING, g.GRID_STAFF,
        guards=(g.has_item,), takes=("item", "note"), effects=("self_handle",), icon="hand", rank=20,
    ),
    Transition(
        "settle", _("当场办结"), states(S.ACCEPTED, S.SELF_HANDLING), S.CLOSED, g.GRID_STAFF,
        guards=(g.has_item, g.own_finding, g.is_holder, g.children_ended), takes=("note", "photos"),
        effects=("self_handle", "report_done", "close"), stops=(K.HANDLE,), settles=RUNNING, after=("tell_parent",),
        icon="check", rank=14,
    ),
    Transition(
        "decline", _("不予受理"), states(S.PLACED, S.ACCEPTED), S.DECLINED,
        at_area(Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER),
        guards=(g.children_ended,), needs=("reason", "note"), effects=("close",), stops=(K.ACCEPT, K.HANDLE),
        settles=RUNNING, after=("tell_parent",), tell=(A.PLACER,), icon="x", rank=60,
    ),
    Transition(
        "hand_up", _("转村社受理"), states(S.PLACED), None, frozenset({SYSTEM}),
        guards=(g.unanswered,), needs=("why",), effects=("hand_up",), tell=(A.SECRETARY, A.GRID, A.TOWN_DISPATCHER),
        icon="up", rank=99, moves_holder=True,
    ),
    Transition(
        "hand_back", _("退回网格受理"), states(S.PLACED), None, g.DISPATCHERS,
        guards=(g.handed_up, g.recallable), needs=("note",), effects=("hand_back",), tell=(A.GRID, A.SECRETARY),
        icon="undo", rank=33, public=False, moves_holder=True,
    ),
    # ---- whistles -------------------------------------------------------------------------------------------
    Transition(
        "whistle", _("吹哨"), BEFORE_WHISTLE, S.CONFIRMING, at_area(Role.GRID_WORKER, Role.GRID_CHIEF),
        guards=(g.grid_route, g.has_item), needs=("cause",), takes=("item", "measures", "note"), effects=("whistle",),
        pauses=(K.HANDLE,), starts=(K.CONFIRM,), tell=(A.SECRETARY,), icon="whistle", rank=21,
    ),
    Transition(
        "whistle_village", _("吹哨"), BEFORE_WHISTLE, S.WHISTLED, g.SECRETARY,
        guards=(g.grid_route, g.has_item, g.not_urgent), needs=("cause",), takes=("item", "measures", "note"),
        effects=("whistle",), pauses=(K.HANDLE,), starts=(K.DISPATCH,), after=("join_first",),
        tell=(A.TOWN_DISPATCHER,), icon="whistle", rank=21,
    ),
    Transition(
        "whistle_urgent", _("应急吹哨"), BEFORE_WHISTLE | {S.CONFIRMING}, S.DISPATCHED,
        at_area(Role.GRID_CHIEF, Role.VILLAGE_SECRETARY) | g.TOWN_LEADER,
        guards=(g.grid_route, g.has_item, g.urgent_only), takes=("note", "item", "measures"),
        effects=("whistle_urgent", "call_listed"), stops=(K.HANDLE, K.CONFIRM), settles=(K.CONFIRM,),
        starts=DEPARTMENT, after=("join_first",), tell=(A.LEAD, A.ASSISTING, A.TOWN_DISPATCHER),
        icon="whistle", rank=19,
    ),
    Transition(
        "confirm", _("确认吹哨"), states(S.CONFIRMING), S.WHISTLED, g.SECRETARY,
        guards=(g.not_urgent,), takes=("note", "measures"), effects=("confirm",), stops=(K.CONFIRM,),
        settles=(K.CONFIRM,), starts=(K.DISPATCH,), after=("join_first",), tell=(A.TOWN_DISPATCHER, A.PLACER),
        icon="check", rank=10,
    ),
    Transition(
        "keep", _("退回网格"), states(S.CONFIRMING), S.ACCEPTED, g.SECRETARY,
        needs=("note",), effects=("withdraw_whistle",), stops=(K.CONFIRM,), settles=(K.CONFIRM,),
        resumes=(K.HANDLE,), starts=(K.HANDLE,), tell=(A.HANDLER,),
        icon="undo", rank=31, public=False,
    ),
    Transition(
        "whistle_law", _("执法哨"), PASSABLE, S.DISPATCHED, g.TOWN_LEADER | g.LEAD_LEADER,
        guards=(g.has_item, g.lacks_power), needs=("lead", "note"), takes=("assisting", "measures"),
        effects=("whistle_law", "call"), stops=(K.HANDLE, K.CONFIRM, K.DISPATCH, K.CLAIM, K.ARRIVE),
        settles=(K.CONFIRM, K.DISPATCH), starts=DEPARTMENT, tell=(A.LEAD, A.ASSISTING, A.SECRETARY),
        icon="whistle", rank=40,
    ),
    Transition(
        "whistle_hard", _("攻坚哨"), PASSABLE, S.CONSULTING, g.TOWN_LEADER,
        guards=(g.has_item, g.is_hard), needs=("invited", "note"), takes=("measures",),
        effects=("whistle_hard", "open_consultation"), stops=(K.CONFIRM, K.DISPATCH, K.CLAIM, K.ARRIVE),
        pauses=(K.HANDLE,), starts=(K.CONSULT,), tell=(A.INVITED, A.COUNTY_DISPATCHER), icon="whistle", rank=41,
    ),
    Transition(
        "send_whistle_back", _("退回补充"), states(S.WHISTLED, S.DISPATCHED), S.ACCEPTED,
        g.DISPATCHERS | g.LEAD_STAFF,
        guards=(g.whistle_lacks,), needs=("note",), effects=("withdraw_whistle",),
        stops=(K.DISPATCH, K.CLAIM, K.ARRIVE, K.WRITE_UP), resumes=(K.HANDLE,), starts=(K.HANDLE,),
        tell=(A.HANDLER, A.GRID), icon="undo", rank=32, public=False,
    ),
    Transition(
        "write_up", _("补录"), states(S.WHISTLED, S.DISPATCHED, S.HANDLING, S.REPORTED), None,
        g.GRID_STAFF | g.TOWN_LEADER,
        guards=(g.whistle_lacks,), needs=("measures",), takes=("note",), effects=("write_up",), stops=(K.WRITE_UP,),
        settles=(K.WRITE_UP,), icon="edit", rank=13, public=False, is_duty=True,
    ),
    # ---- departments ----------------------------------------------------------------------------------------
    Transition(
        "dispatch", _("派哨"), states(S.WHISTLED, S.RETURNED), S.DISPATCHED, g.DISPATCHERS,
        needs=("lead",), takes=("assisting", "note"), effects=("call",), stops=(K.DISPATCH,),
        settles=(K.CONFIRM, K.DISPATCH), starts=DEPARTMENT, tell=(A.LEAD, A.ASSISTING), icon="arrow", rank=10,
    ),
    Transition(
        "dispatch_listed", _("按清单派哨"), states(S.WHISTLED), S.DISPATCHED, frozenset({SYSTEM}),
        needs=("lead", "why"), takes=("assisting",), effects=("call", "keep_why"), stops=(K.DISPATCH,),
        settles=(K.CONFIRM, K.DISPATCH), starts=DEPARTMENT, tell=(A.LEAD, A.ASSISTING, A.TOWN_DISPATCHER),
        icon="arrow", rank=99,
    ),
    Transition(
        "leave_whistle", _("留给分拨员派哨"), states(S.WHISTLED), None, frozenset({SYSTEM}),
        needs=("why",), effects=("say_why",), icon="info", rank=99, public=False,
    ),
    Transition(
        "recall", _("撤回派哨"), states(S.DISPATCHED, S.HANDLING), S.WHISTLED, g.DISPATCHERS,
        guards=(g.recallable,), needs=("note",), effects=("recall",), stops=(K.CLAIM, K.ARRIVE),
        starts=(K.DISPATCH,), tell=(A.GRID,), icon="undo", rank=31, public=False,
    ),
    Transition(
        "redispatch", _("改派"), CALLED, S.DISPATCHED, g.DISPATCHERS,
        guards=(g.department_route,), needs=("lead", "note"), takes=("assisting",), effects=("call",),
        stops=(K.CLAIM, K.ARRIVE), starts=(K.CLAIM, K.ARRIVE), tell=(A.LEAD, A.ASSISTING), icon="arrow", rank=40,
    ),
    Transition(
        "claim", _("领办"), states(S.DISPATCHED), S.HANDLING, g.LEAD_STAFF,
        takes=("note",), effects=("claim",), stops=(K.CLAIM,), settles=(K.CLAIM,), tell=(A.PLACER,),
        icon="hand", rank=10,
    ),
    Transition(
        "arrive", _("报到"), CALLED, None, g.LEAD_STAFF | g.ASSIST_STAFF,
        guards=(g.not_arrived,), takes=("note", "photos"), effects=("arrive",), tell=(A.GRID,), icon="pin", rank=16,
        is_duty=True,
    ),
    Transition(
        "assist_claim", _("领办配合"), CALLED, None, g.ASSIST_STAFF,
        guards=(g.share_unclaimed,), takes=("note",), effects=("assist_claim",), tell=(A.HANDLER,), icon="hand",
        rank=10, public=False, is_duty=True,
    ),
    Transition(
        "assist_report", _("报配合情况"), CALLED, None, g.ASSIST_STAFF,
        guards=(g.share_unreported,), needs=("note",), takes=("photos",), effects=("assist_report",),
        tell=(A.HANDLER,), icon="reply", rank=14, is_duty=True,
    ),
    Transition(
        "add_assisting", _("加配合"), CALLED, None, g.DISPATCHERS | g.LEAD_STAFF,
        guards=(g.department_route,), needs=("assisting", "note"), effects=("add_assisting",), tell=(A.ASSISTING,),
        icon="plus", rank=42, public=False,
    ),
    Transition(
        "excuse", _("免去配合"), CALLED, None, g.DISPATCHERS | g.LEAD_STAFF,
        guards=(g.has_helpers,), needs=("helper", "note"), effects=("excuse",), icon="x", rank=43, public=False,
    ),
    Transition(
        "return", _("退单"), states(S.DISPATCHED), S.RETURNED, g.LEAD_STAFF,
        guards=(g.returnable, g.suggests_another), needs=("evidence", "suggested", "note"), effects=("send_back",),
        stops=(K.CLAIM, K.ARRIVE), starts=(K.DISPATCH,), tell=(A.TOWN_DISPATCHER,), icon="undo", rank=30,
        public=False,
    ),
    # ---- consultations --------------------------------------------------------------------------------------
    Transition(
        "dispute", _("再次争议"), states(S.DISPATCHED), S.CONSULTING, g.LEAD_STAFF,
        guards=(g.disputable, g.suggests_another), needs=("evidence", "suggested", "note"), effects=("open_dispute",),
        stops=(K.CLAIM, K.ARRIVE), pauses=(K.HANDLE,), starts=(K.CONSULT,),
        tell=(A.INVITED, A.COUNTY_DISPATCHER, A.TOWN_DISPATCHER), icon="talk", rank=30, public=False,
    ),
    Transition(
        "consult", _("提请会商"), states(S.ACCEPTED, S.WHISTLED, S.DISPATCHED, S.RETURNED, S.HANDLING, S.REWORK),
        S.CONSULTING, g.DISPATCHERS | g.TOWN_LEADER | g.LEAD_LEADER,
        guards=(g.has_item,), needs=("invited", "note"), effects=("open_consultation",),
        stops=(K.DISPATCH, K.CLAIM, K.ARRIVE), pauses=(K.HANDLE,), starts=(K.CONSULT,),
        tell=(A.INVITED, A.TOWN_LEADER, A.COUNTY_DISPATCHER), icon="talk", rank=44,
    ),
    Transition(
        "position", _("书面意见"), states(S.CONSULTING), None, g.INVITED_STAFF,
        needs=("note",), takes=("photos",), effects=("position",), tell=(A.COUNTY_DISPATCHER,), icon="edit", rank=15,
        public=False, is_duty=True,
    ),
    Transition(
        "decide", _("会商定论"), states(S.CONSULTING), S.DISPATCHED, TOWN_APPROVERS | g.COUNTY,
        guards=(g.convenes,), needs=("lead", "note"), takes=("assisting", "shares", "limit", "keep_rule"),
        effects=("decide", "call"), stops=(K.CONSULT,), settles=(K.CONFIRM, K.DISPATCH, K.CONSULT),
        resumes=(K.HANDLE,), starts=DEPARTMENT,
        after=("keep_rule",), tell=(A.LEAD, A.ASSISTING, A.INVITED, A.SECRETARY), icon="check", rank=10,
    ),
    # ---- in hand --------------------------------------------------------------------------------------------
    Transition(
        "progress", _("报进展"), IN_HAND, None, g.GRID_STAFF | g.LEAD_STAFF | g.ASSIST_STAFF,
        guards=(g.takes_part,), needs=("note",), takes=("photos",), icon="reply", rank=30,
    ),
    Transition(
        "take_over", _("接手"), IN_HAND, None, g.GRID_STAFF | g.LEAD_STAFF,
        guards=(g.colleague,), takes=("note",), effects=("take_over",), tell=(A.HANDLER,), icon="hand", rank=35,
        public=False, moves_holder=True,
    ),
    Transition(
        "report_done", _("报办结"), IN_HAND, S.REPORTED, g.GRID_STAFF | g.LEAD_STAFF,
        guards=(g.is_holder, g.children_ended, g.helpers_reported), needs=("note",), takes=("photos",),
        effects=("report_done",), stops=(K.HANDLE, K.ARRIVE), settles=HANDLED, starts=(K.VERIFY,), tell=(A.VERIFIERS,),
        icon="check", rank=15,
    ),
    Transition(
        "supplement", _("补充"), OPEN_STATES, None, g.GRID_STAFF | at_area(Role.TOWNSHIP_DISPATCHER) | {RESIDENT},
        needs=("note",), takes=("photos",), tell=(A.GRID, A.HANDLER), icon="camera", rank=45,
    ),
    # ---- time: extension, suspension, supervision -----------------------------------------------------------
    Transition(
        "ask_extension", _("申请延期"), IN_HAND, None, g.GRID_STAFF | g.LEAD_STAFF,
        guards=(g.is_holder, g.extends_once, g.before_due), needs=("days", "note"), effects=("ask_extension",),
        tell=(A.TOWN_DISPATCHER, A.TOWN_LEADER), icon="ext", rank=36, public=False,
    ),
    Transition(
        "agree_extension", _("同意延期"), IN_HAND, None, TOWN_APPROVERS,
        guards=(g.awaits_township,), takes=("note",), effects=("agree_extension",),
        tell=(A.HANDLER, A.COUNTY_DISPATCHER), icon="check", rank=11, public=False, is_duty=True,
    ),
    Transition(
        "grant_extension", _("批准延期"), IN_HAND, None, g.COUNTY,
        guards=(g.awaits_county,), takes=("note",), effects=("grant_extension",), tell=(A.HANDLER, A.GRID),
        icon="check", rank=11, is_duty=True,
    ),
    Transition(
        "refuse_extension", _("不同意延期"), IN_HAND, None, TOWN_APPROVERS | g.COUNTY,
        guards=(g.awaits_answer,), needs=("note",), effects=("refuse_extension",), tell=(A.HANDLER,), icon="x",
        rank=31, public=False,
    ),
    Transition(
        "ask_suspension", _("申请挂账"), IN_HAND, None, g.GRID_STAFF | g.LEAD_STAFF,
        guards=(g.is_holder, g.suspends_once, g.before_due), needs=("suspension_reason", "note"),
        effects=("ask_suspension",), tell=(A.COUNTY_LEADER, A.TOWN_DISPATCHER), icon="clock", rank=37, public=False,
    ),
    Transition(
        "suspend", _("批准挂账"), IN_HAND, S.SUSPENDED, at_area(Role.COUNTY_LEADER),
        guards=(g.suspension_asked,), takes=("note",), effects=("suspend",), pauses=(K.HANDLE, K.ARRIVE),
        starts=(K.REVIEW,), tell=(A.HANDLER, A.GRID, A.TOWN_DISPATCHER), icon="clock", rank=11,
    ),
    Transition(
        "refuse_suspension", _("不批准挂账"), IN_HAND, None, at_area(Role.COUNTY_LEADER),
        guards=(g.suspension_asked,), needs=("note",), effects=("refuse_suspension",), tell=(A.HANDLER,), icon="x",
        rank=31, public=False,
    ),
    Transition(
        "review_suspension", _("继续挂账"), states(S.SUSPENDED), None, g.COUNTY,
        needs=("note",), effects=("review_suspension",), stops=(K.REVIEW,), settles=(K.REVIEW,), starts=(K.REVIEW,),
        tell=(A.HANDLER, A.GRID), icon="clock", rank=20, moves_holder=True,
    ),
    Transition(
        "resume", _("恢复办理"), states(S.SUSPENDED), S.HANDLING,
        g.COUNTY | g.LEAD_STAFF | at_area(Role.TOWNSHIP_DISPATCHER, Role.VILLAGE_SECRETARY),
        needs=("note",), effects=("resume",), stops=(K.REVIEW,), settles=(K.REVIEW,), resumes=(K.HANDLE, K.ARRIVE),
        tell=(A.HANDLER, A.GRID), icon="arrow", rank=21,
    ),
    Transition(
        "remind", _("催办"), OPEN_STATES, None,
        g.GRID_STAFF | at_area(Role.TOWNSHIP_DISPATCHER) | {RESIDENT},
        guards=(g.review_overdue, g.once_a_day),
        takes=("note",), effects=("remind",), tell=(A.HANDLER, A.LEAD), icon="bell", rank=46,
    ),
    Transition(
        "supervise", _("督办"), OPEN_STATES, None, SUPERVISORS,
        guards=(g.review_overdue,),
        needs=("note",), takes=("limit",), effects=("supervise",), tell=(A.HANDLER, A.LEAD, A.LEAD_LEADER),
        icon="warn", rank=47, public=False,
    ),
    Transition(
        "answer_sheet", _("回复督办"), OPEN_STATES, None, g.LEAD_STAFF,
        guards=(g.sheet_open,), needs=("note",), takes=("promise", "photos"), effects=("answer_sheet",),
        tell=(A.TOWN_DISPATCHER, A.COUNTY_DISPATCHER), icon="reply", rank=12, public=False, is_duty=True,
    ),
    Transition(
        "answer_sheet_share", _("回复督办"), CALLED, None, g.ASSIST_STAFF,
        guards=(g.share_asked,), needs=("note",), takes=("photos",), effects=("answer_share",),
        tell=(A.TOWN_DISPATCHER, A.HANDLER), icon="reply", rank=13, public=False, is_duty=True,
    ),
    Transition(
        "answer_sheet_grid", _("回复督办"), OPEN_STATES, None, g.GRID_STAFF,
        guards=(g.sheet_open, g.grid_route), needs=("note",), takes=("promise", "photos"), effects=("answer_sheet",),
        tell=(A.TOWN_DISPATCHER, A.COUNTY_DISPATCHER), icon="reply", rank=12, public=False, is_duty=True,
    ),
    Transition(
        "answer_sheet_town", _("回复督办"), states(S.WHISTLED, S.RETURNED, S.CONSULTING), None,
        at_area(Role.TOWNSHIP_DISPATCHER),
        guards=(g.sheet_open,), needs=("note",), takes=("photos",), effects=("answer_sheet",),
        tell=(A.TOWN_DISPATCHER, A.COUNTY_DISPATCHER), icon="reply", rank=12, public=False, is_duty=True,
    ),
    # ---- a true close ---------------------------------------------------------------------------------------
    Transition(
        "verify_pass", _("核查通过"), states(S.REPORTED), S.VERIFIED, g.CHECKERS,
        guards=(g.differs_from_handler, g.another_verifier), takes=("note", "photos"), effects=("verify_pass",),
        stops=(K.VERIFY,), settles=(K.VERIFY,), starts=(K.CALLBACK,), tell=(A.HANDLER, A.SECRETARY),
        icon="check", rank=10,
    ),
    Transition(
        "verify_fail", _("核查不通过"), states(S.REPORTED), S.REWORK, g.CHECKERS,
        guards=(g.differs_from_handler, g.another_verifier), needs=("note",), takes=("photos",),
        effects=("found_untrue", "new_round"), stops=(K.VERIFY,), settles=(K.VERIFY,), starts=(K.HANDLE,),
        tell=(A.HANDLER, A.LEAD), icon="undo", rank=20,
    ),
    Transition(
        "open_callback", _("请评价"), states(S.VERIFIED), None, frozenset({SYSTEM}),
        guards=(g.is_order,), needs=("why",), takes=("to",), effects=("open_callback",), tell=(A.CALLER,),
        icon="phone", rank=99, moves_holder=True,
    ),
    Transition(
        "callback_solved", _("回访：已解决"), states(S.VERIFIED), S.CLOSED, g.CALLERS | {RESIDENT},
        guards=(g.is_order, g.differs_from_handler, g.differs_from_checker, g.children_ended),
        needs=("satisfaction", "solved"), takes=("note",), effects=("rate", "close"), stops=(K.CALLBACK, K.WRITE_UP),
        settles=RUNNING, after=("tell_parent",), tell=(A.HANDLER, A.PLACER), icon="phone", rank=10,
    ),
    Transition(
        "callback_unsolved", _("回访：未解决"), states(S.VERIFIED), S.REWORK, g.CALLERS | {RESIDENT},
        guards=(g.is_order, g.differs_from_handler, g.differs_from_checker),
        needs=("satisfaction", "solved", "note"), effects=("rate", "new_round"), stops=(K.CALLBACK,),
        settles=(K.CALLBACK,), starts=(K.HANDLE,), tell=(A.HANDLER, A.LEAD, A.SECRETARY), icon="undo", rank=11,
    ),
    Transition(
        "callback_unreachable", _("回访：联系不上"), states(S.VERIFIED), None, g.CALLERS,
        guards=(g.is_order, g.differs_from_handler, g.differs_from_checker, g.another_hour),
        takes=("note",), effects=("count_call",), icon="phone", rank=30, public=False,
    ),
    Transition(
        "close", _("销号"), states(S.VERIFIED), S.CLOSED, g.CALLERS | {SYSTEM},
        guards=(g.nobody_to_ask, g.differs_from_handler, g.differs_from_checker, g.children_ended),
        takes=("note",), effects=("close",), stops=(K.CALLBACK, K.WRITE_UP), settles=RUNNING, after=("tell_parent",),
        tell=(A.HANDLER, A.PLACER), icon="check", rank=12,
    ),
    Transition(
        "reopen", _("要求重办"), states(S.CLOSED), S.REWORK, frozenset({RESIDENT}),
        guards=(g.is_order, g.reopenable), needs=("satisfaction", "solved", "note"), effects=("rate", "new_round"),
        starts=(K.HANDLE,), tell=(A.HANDLER, A.LEAD, A.SECRETARY), icon="undo", rank=90,
    ),
    Transition(
        "review_true", _("复看属实"), states(S.CLOSED), None, g.CHECKERS | TOWN_APPROVERS,
        guards=(g.review_open, g.differs_from_handler, g.differs_from_verifier), takes=("note", "photos"),
        effects=("review_true",), icon="check", rank=13, public=False, is_duty=True,
    ),
    Transition(
        "review_false", _("复看不属实"), states(S.CLOSED), S.REWORK, g.CHECKERS | TOWN_APPROVERS,
        guards=(g.review_open, g.differs_from_handler, g.differs_from_verifier), needs=("note",), takes=("photos",),
        effects=("review_false", "found_untrue", "new_round"), starts=(K.HANDLE,),
        tell=(A.HANDLER, A.LEAD, A.SECRETARY), icon="undo", rank=23,
    ),
    Transition(
        "rate_whistle", _("评哨"), states(S.CLOSED), None, TOWN_APPROVERS,
        guards=(g.rateable,), needs=("stars",), takes=("note",), effects=("rate_whistle",), tell=(A.LEAD_LEADER,),
        icon="star", rank=20, public=False, is_duty=True,
    ),
    Transition(
        "ask_exclusion", _("申请剔除"), states(S.CLOSED, S.DECLINED), None,
        at_area(Role.TOWNSHIP_DISPATCHER, Role.VILLAGE_SECRETARY) | g.LEAD_LEADER,
        guards=(g.unexcluded,), needs=("exclusion_reason", "note"), effects=("ask_exclusion",),
        tell=(A.TOWN_LEADER, A.COUNTY_DISPATCHER), icon="filter", rank=48, public=False,
    ),
    Transition(
        "agree_exclusion", _("同意剔除"), states(S.CLOSED, S.DECLINED), None, g.TOWN_LEADER | g.COUNTY,
        guards=(g.another_reviewer,), takes=("note",), effects=("agree_exclusion",), tell=(A.COUNTY_DISPATCHER,),
        icon="check", rank=21, public=False, is_duty=True,
    ),
    Transition(
        "refuse_exclusion", _("不同意剔除"), states(S.CLOSED, S.DECLINED), None, g.TOWN_LEADER | g.COUNTY,
        guards=(g.another_reviewer,), needs=("note",), effects=("refuse_exclusion",), icon="x", rank=31, public=False,
    ),
    # ---- families -------------------------------------------------------------------------------------------
    Transition(
        "merge", _("并入"), MERGEABLE, S.MERGED, g.GRID_STAFF | g.DISPATCHERS | {SYSTEM},
        guards=(g.childless,), needs=("into",), takes=("note",), effects=("merge",), stops=RUNNING,
        after=("absorb", "tell_parent"), tell=(A.PLACER,), icon="copy", rank=55,
    ),
    Transition(
        "absorb", _("并入了同一件事"), OPEN_STATES, None, frozenset({SYSTEM}),
        needs=("merged",), effects=("absorb",), tell=(A.HANDLER, A.GRID), icon="copy", rank=99,
    ),
    Transition(
        "unmerge", _("撤销并入"), states(S.MERGED), S.ACCEPTED, g.GRID_STAFF | g.DISPATCHERS,
        guards=(g.just_merged,), needs=("note",), effects=("unmerge",), resumes=(K.HANDLE,), starts=(K.HANDLE,),
        tell=(A.GRID,), icon="undo", rank=40,
    ),
    Transition(
        "split", _("拆分"), states(S.ACCEPTED, S.WHISTLED, S.RETURNED) | IN_HAND, None, g.GRID_STAFF | g.DISPATCHERS,
        guards=(g.may_split,), needs=("part", "note"), takes=("where",), effects=("split",), after=("spawn",),
        icon="diff", rank=56, public=False,
    ),
    # ---- the engine -----------------------------------------------------------------------------------------
    Transition(
        "escalate", _("到时提醒"), OPEN_STATES, None, frozenset({SYSTEM}),
        needs=("clock",), effects=("escalate",), icon="bell", rank=99, public=False,
    ),
    Transition(
        "flag", _("转请复看"), (OPEN_STATES | {S.CLOSED}) - states(S.SUSPENDED), None, frozenset({SYSTEM}),
        needs=("kind",), effects=("flag",), tell=(A.VERIFIERS,), icon="search", rank=99, public=False,
    ),
    Transition(
        "hand_over", _("交接"), states(S.PLACED, S.ACCEPTED, S.SUSPENDED, S.VERIFIED) | IN_HAND, None,
        frozenset({SYSTEM}),
        takes=("to", "note"), effects=("hand_over",), tell=(A.HANDLER, A.GRID), icon="users", rank=99, public=False,
        moves_holder=True,
    ),
    Transition(
        "succeed", _("部门接续"), OPEN_STATES, None, frozenset({SYSTEM}),
        needs=("gone", "heir"), takes=("to", "note"), effects=("succeed",), tell=(A.LEAD, A.ASSISTING, A.HANDLER),
        icon="users", rank=99, public=False, moves_holder=True,
    ),
)  # fmt: skip
BY_NAME: dict[str, Transition] = {t.name: t for t in TRANSITIONS}

PLACE_ROLES = frozenset({Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY, Role.TOWNSHIP_DISPATCHER})
"""Staff who may log a ticket in their area; residents place orders without an account."""
