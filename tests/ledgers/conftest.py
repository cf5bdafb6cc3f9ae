"""Matters of every kind in any state, brought there by the real verbs."""

import uuid
from datetime import timedelta
from typing import Any

from core import clock
from core.races.idempotency import Once
from grids import households
from grids.households import NewHousehold
from issues.engine.new_ticket import Contact
from ledgers.campaigns import targets
from ledgers.campaigns.targets import Plan
from ledgers.engine import actions, projects, rectifications
from ledgers.engine.projects import NewMilestone
from ledgers.models import Campaign, Project, Proposal, Rectification, Target
from ledgers.rules import Aim, Source
from ledgers.workflow import Kind
from ledgers.workflow.campaign import State as CampaignState
from ledgers.workflow.project import State as ProjectState
from ledgers.workflow.rectification import State as ProblemState
from members.models import User
from tests.cast import Cast
from tests.tickets import PIXEL

WORDS = "村口到小学的路想装几盏灯"
QUESTIONS = ["电线有没有老化", "煤气瓶放在哪里"]


def once(key: str = "") -> Once:
    return Once("tests", key or str(uuid.uuid4()), {})


def in_days(days: int) -> Any:
    return clock.today() + timedelta(days=days)


# ---- problems --------------------------------------------------------------------------------------------------------
def problem(cast: Cast, **changes: Any) -> Rectification:
    """A problem in the village that the township gave to its office."""
    given: dict[str, Any] = {
        "user": cast.town_dispatcher,
        "office": cast.township,
        "area": cast.village,
        "title": "村级挂牌过多",
        "source": Source.INSPECTION,
        "problem": "村委会门口挂牌 17 块",
        "owner": cast.office,
        "due_on": in_days(20),
        "once": once(),
    }
    return rectifications.open_problem(**(given | changes))


def act(matter: Any, name: str, user: User, /, *, pictures: Any = (), **fields: Any) -> Any:
    fields.setdefault("note", "有据可查")
    return actions.PROCESSES[matter.kind].apply(matter.pk, name, user=user, fields=fields, pictures=pictures)


def problem_at(cast: Cast, state: str, **changes: Any) -> Rectification:
    row = problem(cast, **changes)
    if state in (ProblemState.APPLIED, ProblemState.STRUCK):
        row = act(row, "apply", cast.handler, pictures=[PIXEL])
    if state == ProblemState.STRUCK:
        row = act(row, "strike", cast.town_leader)
    if state == ProblemState.REVOKED:
        row = act(row, "revoke", cast.town_dispatcher)
    assert row.state == state
    return row


# ---- projects --------------------------------------------------------------------------------------------------------
def proposal(cast: Cast, **changes: Any) -> Proposal:
    given = {"area": cast.microgrid, "words": WORDS, "contact": Contact("陈先生", "10000006021"), "once": once()}
    return projects.propose(**(given | changes))


def project(cast: Cast, **changes: Any) -> Project:
    given: dict[str, Any] = {
        "user": cast.town_dispatcher,
        "village": cast.village,
        "title": "小学路装路灯",
        "goal": "村口到小学装十二盏太阳能路灯",
        "milestones": [NewMilestone("选点", in_days(5)), NewMilestone("安装", in_days(30), cast.office)],
        "once": once(),
    }
    return projects.start(**(given | changes))


def reach_all(row: Project, user: User) -> Project:
    for milestone in row.milestones.filter(done_on=None):
        row = act(row, "reach", user, milestone=milestone, done_on=clock.today())
    return row


def project_at(cast: Cast, state: str, **changes: Any) -> Project:
    row = project(cast, **changes)
    if state in (ProjectState.FINISHED, ProjectState.ANSWERED):
        row = reach_all(row, cast.town_dispatcher)
        row = act(row, "finish", cast.town_dispatcher, pictures=[PIXEL])
    if state == ProjectState.ANSWERED:
        row = act(row, "answer", cast.town_dispatcher, answer="十二盏灯都亮了")
    if state == ProjectState.STOPPED:
        row = act(row, "stop", cast.town_dispatcher, answer="线路要改，先停")
    assert row.state == state
    return row


# ---- campaigns -------------------------------------------------------------------------------------------------------
def plan(cast: Cast, **changes: Any) -> Plan:
    given: dict[str, Any] = {
        "title": "冬季用电用气安全排查",
        "basis": "沙安委〔2026〕12号",
        "starts_on": clock.today(),
        "ends_on": in_days(20),
        "item": cast.items["E01"],
        "questions": QUESTIONS,
        "aim": Aim.HOUSEHOLDS,
        "places": [cast.village],
    }
    return Plan(**(given | changes))


def campaign(cast: Cast, **changes: Any) -> Campaign:
    own = {name: changes.pop(name) for name in ("user", "office", "once") if name in changes}
    given = {"user": cast.town_dispatcher, "office": cast.township, "once": once()} | own
    return targets.start(plan=plan(cast, **changes), **given)


def campaign_at(cast: Cast, state: str, **changes: Any) -> Campaign:
    row = campaign(cast, **changes)
    if state == CampaignState.ENDED:
        row = act(row, "end", cast.town_dispatcher)
    assert row.state == state
    return row


def target(cast: Cast, row: Campaign | None = None) -> Target:
    return Target.objects.get(campaign=row or campaign(cast), household=cast.household)


def look(row: Target, name: str, user: User, **changes: Any) -> Target:
    return targets.look(row.pk, name, user=user, **({"once": once(), "remark": "看过"} | changes))


def settle(area: Any, count: int, *tags: str) -> None:
    """More households in a grid."""
    rows = [NewHousehold(area, f"长庆里{n}号", head_name="李阿喜", tags=tags) for n in range(1, count + 1)]
    households.register_many(rows=rows, actor=None)


AT = {Kind.RECTIFICATION: problem_at, Kind.PROJECT: project_at, Kind.CAMPAIGN: campaign_at}
