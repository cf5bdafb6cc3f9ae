"""What may stand in the way of a step: who acts, in which hats, and pure guards over the ticket as it stands.

A guard answers None or a reason in Chinese.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.text import Text
from issues.workflow.choices import (
    HANDED_UP,
    HARD_DEPARTMENTS,
    MAX_CHILDREN,
    MAX_RETURNS,
    RATE_WINDOW,
    REOPEN_WINDOW,
    UNMERGE_WINDOW,
    UNREACHABLE_CALLS,
)
from issues.workflow.states import State
from members.roles import Role


class Relation(StrEnum):
    """How an actor stands to a ticket."""

    AREA = "area"  # holds a post whose area covers the ticket
    LEAD = "lead"  # holds a post in the leading department
    ASSIST = "assist"  # holds a post in an assisting department
    INVITED = "invited"  # holds a post in a department that the running consultation asks
    REPORTER = "reporter"  # the resident, by the tracking code
    SYSTEM = "system"  # the engine


Hat = tuple[str, Relation]
SYSTEM: Hat = ("system", Relation.SYSTEM)
RESIDENT: Hat = ("resident", Relation.REPORTER)


@dataclass(frozen=True)
class Share:
    """What a called department has done of its part."""

    department_id: int
    is_lead: bool
    is_claimed: bool = False
    has_arrived: bool = False
    has_reported: bool = False
    sheets: int = 0


@dataclass(frozen=True)
class GuardContext:
    """What guards may know of a ticket."""

    state: State
    source: str
    urgent: bool
    has_item: bool
    needs_photo: bool
    lead_id: int | None
    route: str  # "", "self" or "whistle"
    holder_id: int | None
    handled_by_id: int | None
    reported_by_id: int | None
    returns: int
    return_until: datetime | None
    unreachable_calls: int
    closed_at: datetime | None
    now: datetime
    move_by: datetime  # the end of the limit that the present state answers to
    today: date
    day_part: str  # of now: "morning", "afternoon" or "evening"
    shares: tuple[Share, ...] = ()
    is_complete: bool = True  # the whistle states list evidence and the grid's own measures
    is_designated: bool = False  # a consultation has named the lead, who may not return it
    is_local: bool = False  # the lead is an office of the township
    can_punish: bool = True  # the list names an enforcement body
    departments_named: int = 0  # lead and assisting departments of the list line
    is_complex: bool = False
    convener: str = ""  # "county" or "township" while a consultation runs
    extension: str = ""  # "", "township", "county" (whose answer is awaited), "granted" or "refused"
    may_extend: bool = True  # the grade allows it
    suspension: str = ""  # "", "asked", "granted" or "refused"
    reminded_on: date | None = None
    sheets: int = 0  # supervision sheets without an answer
    call_parts: frozenset[str] = frozenset()
    hands: frozenset[int] = frozenset()  # who has handled it in this round, also while covering for somebody
    checked_before: frozenset[int] = frozenset()  # who verified earlier rounds
    open_children: int = 0
    children: int = 0
    is_child: bool = False
    exclusion: str = ""  # "", "asked", "first", "granted" or "refused"
    excluders: frozenset[int] = frozenset()  # who asked and who has already agreed
    is_rated: bool = False
    reviews: int = 0  # what somebody should look at once more
    verified_by_id: int | None = None
    placed_by_id: int | None = None
    settling_needs_photo: bool = False  # the county wants to see what is settled on the spot
    raised: str = ""  # "", "village" (the grid left it unanswered) or "back"
    recall_until: datetime | None = None  # what the engine passed on may be taken back until then


@dataclass(frozen=True)
class Act:
    """Who wants to act, in which hats and for which departments, with what."""

    actor_id: int | None
    hats: frozenset[Hat]
    fields: Mapping[str, Any] = field(default_factory=dict)
    photos: int = 0
    departments: frozenset[int] = frozenset()


Guard = Callable[[GuardContext, Act], Text | None]


def at_area(*roles: Role) -> frozenset[Hat]:
    return frozenset((role.value, Relation.AREA) for role in roles)


def _staff(relation: Relation) -> frozenset[Hat]:
    return frozenset((role.value, relation) for role in (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEADER))


GRID_STAFF = at_area(Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY)
SECRETARY = at_area(Role.VILLAGE_SECRETARY)
TOWN_LEADER = at_area(Role.TOWNSHIP_LEADER)
DISPATCHERS = at_area(Role.TOWNSHIP_DISPATCHER, Role.COUNTY_DISPATCHER)
COUNTY = at_area(Role.COUNTY_DISPATCHER, Role.COUNTY_LEADER)
LEAD_STAFF, ASSIST_STAFF, INVITED_STAFF = _staff(Relation.LEAD), _staff(Relation.ASSIST), _staff(Relation.INVITED)
LEAD_LEADER = frozenset({(Role.DEPARTMENT_LEADER.value, Relation.LEAD)})
CHECKERS = at_area(Role.VERIFIER, Role.GRID_WORKER, Role.GRID_CHIEF, Role.VILLAGE_SECRETARY)
CALLERS = at_area(Role.VILLAGE_SECRETARY, Role.VERIFIER, Role.TOWNSHIP_DISPATCHER)


# ---- who holds it -------------------------------------------------------------------------------------------
def is_holder(case: GuardContext, act: Act) -> Text | None:
    return None if case.holder_id == act.actor_id else _("只有当前承办人可以操作")


def takes_part(case: GuardContext, act: Act) -> Text | None:
    if case.holder_id == act.actor_id or act.hats & (LEAD_STAFF | ASSIST_STAFF):
        return None
    return _("由承办人报进展，您可以用“补充”")


def colleague(case: GuardContext, act: Act) -> Text | None:
    """The grid's own ticket passes within the grid, a department's within the department."""
    if case.holder_id == act.actor_id:
        return _("您已是承办人")
    side = LEAD_STAFF if case.route == "whistle" else GRID_STAFF
    return None if act.hats & side else _("只有同一承办方的同事可以接手")


# ---- whistles -----------------------------------------------------------------------------------------------
def has_item(case: GuardContext, act: Act) -> Text | None:
    return None if case.has_item or act.fields.get("item") else _("请先对上责任清单事项")


def grid_route(case: GuardContext, act: Act) -> Text | None:
    waits = case.state == State.CONFIRMING
    return _("已由部门承办，不能再吹哨") if case.route == "whistle" and not waits else None


def department_route(case: GuardContext, act: Act) -> Text | None:
    return _("由网格自办，没有派给部门") if case.route == "self" else None


def urgent_only(case: GuardContext, act: Act) -> Text | None:
    return None if case.urgent else _("只有紧急事项可以吹应急哨")


def not_urgent(case: GuardContext, act: Act) -> Text | None:
    return _("紧急事项请吹应急哨，直接派到部门") if case.urgent else None


def lacks_power(case: GuardContext, act: Act) -> Text | None:
    """An enforcement whistle calls those who may punish; of departments only a township's own office blows it."""
    if not case.can_punish:
        return _("清单载明此事项不涉及执法，不能吹执法哨")
    by_department = not act.hats & TOWN_LEADER
    return _("只有乡镇机构可以把手上的件转吹执法哨") if by_department and not case.is_local else None


def is_hard(case: GuardContext, act: Act) -> Text | None:
    if case.is_complex or case.returns or case.departments_named >= HARD_DEPARTMENTS:
        return None
    return _("攻坚哨用于涉及三个以上部门、历史遗留或有争议的事项")


def whistle_lacks(case: GuardContext, act: Act) -> Text | None:
    return _("哨已写明清单依据和本级措施，无须补充") if case.is_complete else None


# ---- what the engine passed on --------------------------------------------------------------------------------
def unanswered(case: GuardContext, act: Act) -> Text | None:
    """Handed up once, when the limit for accepting it is over."""
    if case.raised:
        return _("已转过村社")
    return _("还没到受理期限") if case.now < case.move_by else None


def handed_up(case: GuardContext, act: Act) -> Text | None:
    return None if case.raised == HANDED_UP else _("没有转给村社")


def recallable(case: GuardContext, act: Act) -> Text | None:
    if case.recall_until is None:
        return _("不是系统派出的，请用改派")
    return _("系统派出已超过 30 分钟，请用改派") if case.now > case.recall_until else None


def own_finding(case: GuardContext, act: Act) -> Text | None:
    """What somebody found and settled themselves; a resident's order ends with the resident's word."""
    if case.source == "worker" and act.actor_id is not None and case.placed_by_id == act.actor_id:
        return None
    return _("只有自己上报的可以当场办结")


# ---- shares -------------------------------------------------------------------------------------------------
def own_share(case: GuardContext, act: Act, *, lead: bool | None = None) -> Share | None:
    """The part of the actor's department; with `lead` False only an assisting one."""
    mine = [s for s in case.shares if s.department_id in act.departments and lead in (None, s.is_lead)]
    return min(mine, key=lambda s: not s.is_lead, default=None)


def not_arrived(case: GuardContext, act: Act) -> Text | None:
    share = own_share(case, act)
    if share is None:
        return _("没有叫您的单位到场")
    return _("您的单位已报到") if share.has_arrived else None


def share_unclaimed(case: GuardContext, act: Act) -> Text | None:
    share = own_share(case, act, lead=False)
    if share is None:
        return _("您的单位不是配合部门")
    return _("您的单位已领办配合事项") if share.is_claimed else None


def share_asked(case: GuardContext, act: Act) -> Text | None:
    share = own_share(case, act, lead=False)
    return None if share is not None and share.sheets else _("没有待您单位回复的督办单")


def share_unreported(case: GuardContext, act: Act) -> Text | None:
    share = own_share(case, act, lead=False)
    if share is None or not share.is_claimed:
        return _("请先领办配合事项")
    return _("您的单位已报配合情况") if share.has_reported else None


def has_helpers(case: GuardContext, act: Act) -> Text | None:
    return None if any(not s.is_lead for s in case.shares) else _("没有配合部门")


def helpers_reported(case: GuardContext, act: Act) -> Text | None:
    waiting = any(not (s.is_lead or s.has_reported) for s in case.shares)
    return _("配合部门还没报完情况，可催办或免去配合") if waiting else None


# ---- returns, consultations ---------------------------------------------------------------------------------
def returnable(case: GuardContext, act: Act) -> Text | None:
    if case.is_designated:
        return _("会商指定承办的件不能退回")
    if case.returns >= MAX_RETURNS:
        return _("每件只能退回一次，仍有争议请提交会商")
    return _in_return_window(case)


def suggests_another(case: GuardContext, act: Act) -> Text | None:
    suggested = act.fields.get("suggested")
    own = suggested is not None and suggested.pk == case.lead_id
    return _("建议改派的单位不能是本单位") if own else None


def disputable(case: GuardContext, act: Act) -> Text | None:
    if case.is_designated:
        return _("会商指定承办的件不能再争议")
    if case.returns < MAX_RETURNS:
        return _("第一次请用退单")
    return _in_return_window(case)


def _in_return_window(case: GuardContext) -> Text | None:
    over = case.return_until is not None and case.now > case.return_until
    return _("已过退单时限") if over else None


def convenes(case: GuardContext, act: Act) -> Text | None:
    """The county decides everything; what a township convened it decides itself."""
    if act.hats & COUNTY or case.convener == "township":
        return None
    return _("由县指挥中心召集，请等会商定论")


# ---- time ---------------------------------------------------------------------------------------------------
def before_due(case: GuardContext, act: Act) -> Text | None:
    return _("已到期限，不能再申请") if case.now >= case.move_by else None


def extends_once(case: GuardContext, act: Act) -> Text | None:
    if not case.may_extend:
        return _("此级别的事项不能延期")
    return _("每件只能申请一次延期") if case.extension else None


def awaits_township(case: GuardContext, act: Act) -> Text | None:
    return None if case.extension == "township" else _("没有等乡镇审批的延期")


def awaits_county(case: GuardContext, act: Act) -> Text | None:
    return None if case.extension == "county" else _("没有等县里审批的延期")


def awaits_answer(case: GuardContext, act: Act) -> Text | None:
    """Each stage is answered by those whose stage it is."""
    if case.extension not in ("township", "county"):
        return _("没有待审批的延期")
    side = COUNTY if case.extension == "county" else TOWN_LEADER | SECRETARY | at_area(Role.TOWNSHIP_DISPATCHER)
    return None if act.hats & side else _("还没轮到您审批")


def suspends_once(case: GuardContext, act: Act) -> Text | None:
    return _("已申请挂账，正等审批") if case.suspension == "asked" else None


def suspension_asked(case: GuardContext, act: Act) -> Text | None:
    return None if case.suspension == "asked" else _("没有待审批的挂账")


def review_overdue(case: GuardContext, act: Act) -> Text | None:
    """What is suspended rests until its review is due; from then on it may be pressed for like everything else."""
    rests = case.state == State.SUSPENDED and case.now < case.move_by
    return _("挂账期内不催办，复查到期后再催") if rests else None


def once_a_day(case: GuardContext, act: Act) -> Text | None:
    return _("今天已催过一次") if case.reminded_on == case.today else None


def sheet_open(case: GuardContext, act: Act) -> Text | None:
    return None if case.sheets else _("没有待回复的督办单")


def review_open(case: GuardContext, act: Act) -> Text | None:
    return None if case.reviews else _("没有待复看的事项")


def differs_from_verifier(case: GuardContext, act: Act) -> Text | None:
    """Who passed it does not judge whether that was right."""
    mine = act.actor_id is not None and act.actor_id == case.verified_by_id
    return _("复看由另一人进行") if mine else None


# ---- a true close -------------------------------------------------------------------------------------------
def differs_from_handler(case: GuardContext, act: Act) -> Text | None:
    """Closing rule: nobody checks or closes what they reported, or handled in this round even if they passed it on."""
    mine = act.actor_id is not None and act.actor_id in {case.handled_by_id, case.reported_by_id, *case.hands}
    return _("承办人不能核查或销号自己办的件") if mine else None


def differs_from_checker(case: GuardContext, act: Act) -> Text | None:
    """Who verified it does not also take the resident's word for it."""
    mine = act.actor_id is not None and act.actor_id == case.verified_by_id
    return _("核查人不能再回访或销号，请换人") if mine else None


def another_verifier(case: GuardContext, act: Act) -> Text | None:
    return _("重办件须换人核查") if act.actor_id in case.checked_before else None


def children_ended(case: GuardContext, act: Act) -> Text | None:
    return _("拆分出的件还没都办结") if case.open_children else None


def is_order(case: GuardContext, act: Act) -> Text | None:
    return None if case.source == "order" else _("没有点单居民可回访")


def another_hour(case: GuardContext, act: Act) -> Text | None:
    return _("请换一个时段再打（上午、下午、晚上各一次）") if case.day_part in case.call_parts else None


def nobody_to_ask(case: GuardContext, act: Act) -> Text | None:
    """A resident's order closes on the resident's word, or after three unreachable calls."""
    if case.source != "order" or case.unreachable_calls >= UNREACHABLE_CALLS:
        return None
    return _("须先回访点单居民（三次联系不上除外）")


def reopenable(case: GuardContext, act: Act) -> Text | None:
    if case.closed_at and case.now - case.closed_at <= REOPEN_WINDOW:
        return None
    return _("办结已超过 15 日，请重新点单")


def rateable(case: GuardContext, act: Act) -> Text | None:
    if case.route != "whistle" or case.is_rated:
        return _("已评哨") if case.is_rated else _("没有吹哨，无须评哨")
    recent = case.closed_at is not None and case.now - case.closed_at <= RATE_WINDOW
    return None if recent else _("办结已超过 30 日，不再评哨")


def unexcluded(case: GuardContext, act: Act) -> Text | None:
    return _("已申请过剔除") if case.exclusion else None


def another_reviewer(case: GuardContext, act: Act) -> Text | None:
    if case.exclusion not in ("asked", "first"):
        return _("没有待复核的剔除申请")
    return _("须由另一人复核") if act.actor_id in case.excluders else None


# ---- families -----------------------------------------------------------------------------------------------
def childless(case: GuardContext, act: Act) -> Text | None:
    return _("已拆分的件不能并入别的件") if case.children else None


def may_split(case: GuardContext, act: Act) -> Text | None:
    if case.is_child:
        return _("拆分出的件不能再拆")
    return _("最多拆成 10 件") if case.children >= MAX_CHILDREN else None


def just_merged(case: GuardContext, act: Act) -> Text | None:
    if case.closed_at and case.now - case.closed_at <= UNMERGE_WINDOW:
        return None
    return _("并入已超过一天，不能再拆开")
