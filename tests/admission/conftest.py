"""The gate with everybody who has a duty at it, and applications and reports in any state, by the real verbs."""

import uuid
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from admission.applications import actions
from admission.applications.actions import NewApplication
from admission.library import actions as policies
from admission.library.actions import Document
from admission.models import Admission, Asked, Policy, PushedTask
from admission.pushed import actions as ledger
from admission.pushed.actions import NewReport
from admission.workflow.application_table import State
from admission.workflow.rules import Channel, Kind
from core import clock
from core.races.idempotency import Once
from grids import tree
from grids.levels import Level
from grids.models import Area
from grids.tree import NewArea
from members import accounts, posts
from members.models import User
from members.roles import Role
from tests import worlds
from tests.cast import COUNTY, Cast, build_cast
from tests.worlds import World

THIRD = "440783108000"
LAND = [
    NewArea(COUNTY, Level.TOWNSHIP, THIRD, "塘口镇"),
    NewArea(THIRD, Level.VILLAGE, f"{THIRD[:9]}200", "强亚村委会"),
    NewArea(f"{THIRD[:9]}200", Level.GRID, f"{THIRD[:9]}200001", "强亚村网格"),
]
STAFF = ("SGB", "BB", "SF", "ZZB", "ZFW", "NY", "WJ")


@dataclass
class Gate:
    """The cast, a third township, and one person of each department that matters here."""

    cast: Cast
    towns: list[Area]
    staff: dict[str, User] = field(default_factory=dict)

    def of(self, code: str) -> User:
        return User.objects.get(pk=self.staff[code].pk)

    def ask(self, **changes: Any) -> Admission:
        return actions.apply_for(user=self.of("NY"), wanted=self.wanted(**changes), once=once())

    def wanted(self, **changes: Any) -> NewApplication:
        given: dict[str, Any] = {
            "kind": Kind.FORM,
            "title": "秋冬种面积统计表",
            "content": "每月上报一次本网格秋冬种面积",
            "department": self.cast.departments["NY"],
            "minutes": 40,
            "basis": "《农业统计工作办法》第八条",
            "starts_on": clock.today(),
            "wanted_until": clock.today() + timedelta(days=200),
            "budget": "每格每年 200 元，由农业农村局列支",
            "reuse": "户数、门牌",
            "consequence": "无法核定补贴面积",
            "fields": ("秋冬种亩数", "主要作物"),
        }
        return NewApplication(**(given | changes))

    def do(self, admission: Admission, name: str, who: str | User, /, **fields: Any) -> Admission:
        user = self.of(who) if isinstance(who, str) else User.objects.get(pk=who.pk)
        return actions.PROCESS.apply(admission.pk, name, user=user, fields=fields)

    def asked(self, admission: Admission) -> list[tuple[Asked, User]]:
        """Everybody who is asked, with somebody who may answer."""
        held = posts.Post.objects.held()
        found = []
        for row in admission.asked.select_related("user"):
            speaker = row.user or held.filter(role=Role.TOWNSHIP_DISPATCHER, area=row.township).get().user
            found.append((row, speaker))
        return found

    def all_answer(self, admission: Admission, *, but: int = 0) -> None:
        rows = self.asked(admission)
        for _row, user in rows[: len(rows) - but]:
            self.do(admission, "opine", user, stance="for", estimate=30)

    def at(self, state: State, **changes: Any) -> Admission:
        """An application in `state`, brought there by those whose move it is."""
        if state == State.REFUSED:
            return self.ask(declared={"enforces": True}, **changes)
        if state in (State.WAITING, State.PASSING):
            return self._passing(state, **changes)
        row = self.ask(**changes)
        for hit in row.hits.all():
            self.do(row, "answer", "NY", answers={hit.pk: "口径不同"})
        if state == State.WITHDRAWN:
            return self.do(row, "withdraw", "NY", note="不需要了")
        for here, lead in self._leads():
            if state == here:
                break
            row = lead(row)
        else:
            row = self._ended(row, state)
        assert row.state == state
        return row

    def _leads(self) -> list[tuple[State, Any]]:
        day = clock.today() + timedelta(days=200)
        return [
            (State.CHECKED, lambda row: self.do(row, "consult", "SGB", townships=self.towns)),
            (State.CONSULTING, self._review),
            (State.REVIEWING, lambda row: self._both(row, "pass_law", "BB", "SF")),
            (State.JOINT, lambda row: self._both(row, "agree", "ZZB", "SGB", "ZFW")),
            (State.APPROVED, lambda row: self.do(row, "publish", "SGB", ends_on=day, minutes=35)),
            (State.IN_FORCE, lambda row: row),
        ]

    def _review(self, row: Admission) -> Admission:
        self.all_answer(row)
        return self.do(row, "review", "SGB", note="基层多数赞成")

    def _both(self, row: Admission, name: str, *codes: str) -> Admission:
        for code in codes:
            row = self.do(row, name, code, note="合法合规")
        return row

    def _ended(self, row: Admission, state: State) -> Admission:
        if state == State.EVALUATING:
            return self.do(row, "propose_exit", "SGB", note="几乎没人用")
        if state == State.EXITING:
            return actions.PROCESS.apply(row.pk, "lose_basis", user=None, fields={"policy": self.policy()})
        return self.do(row, "leave", "NY", note="任务完成")

    def _passing(self, state: State, **changes: Any) -> Admission:
        given = {"kind": Kind.CAMPAIGN, "emergency": "flood", "title": "台风转移人员清点", "fields": ()}
        row = self.ask(**(given | changes))
        if state == State.WAITING:
            return row
        return self.do(row, "grant_pass", self.cast.county_leader, ends_on=clock.today() + timedelta(days=10))

    def policy(self, **changes: Any) -> Policy:
        given: dict[str, Any] = {
            "title": "农业统计工作办法",
            "issuer": "县人民政府",
            "number": f"开府〔2026〕{Policy.objects.count() + 1}号",
            "valid_from": date(2026, 1, 1),
            "text": "第八条 乡镇可以开展秋冬种面积统计。",
            "item_codes": ["C02"],
        }
        return policies.add(document=Document(**(given | changes)), user=self.cast.list_admin, once=once())

    def report(self, user: User | None = None, **changes: Any) -> PushedTask:
        given: dict[str, Any] = {
            "what": "每天下载指定短视频并截图上传",
            "department": self.cast.departments["WJ"],
            "channel": Channel.GROUP,
            "came_on": clock.today(),
        }
        reporter = User.objects.get(pk=(user or self.cast.secretary).pk)
        return ledger.report(user=reporter, told=NewReport(**(given | changes)), once=once())

    def on(self, task: PushedTask, name: str, who: str | User, /, **fields: Any) -> PushedTask:
        user = self.of(who) if isinstance(who, str) else User.objects.get(pk=who.pk)
        return ledger.PROCESS.apply(task.pk, name, user=user, fields=fields)


def once() -> Once:
    return Once("tests", str(uuid.uuid4()), {})


def build_gate(cast: Cast) -> Gate:
    with clock.at(clock.now() - timedelta(days=360)):
        tree.add_many(rows=LAND, actor=None)
        areas = {area.code: area for area in Area.objects.filter(code__startswith=THIRD[:9])}
        grid = areas[LAND[2].code]
        found = Gate(cast, [cast.township, cast.other_township, areas[THIRD]])
        for n in range(2):
            _person(f"third{n}", Role.GRID_WORKER, area=grid)
        _person("third_town", Role.TOWNSHIP_DISPATCHER, area=areas[THIRD])
        for code in STAFF:
            found.staff[code] = _person(f"of{code}", Role.DEPARTMENT_HANDLER, department=cast.departments[code])
    return found


def _person(username: str, role: Role, **place: Any) -> User:
    user = accounts.create_user(username=username, name=f"{username}某", password=None, actor=None)
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    posts.assign(user=user, role=role, actor=None, **place)
    return user


GATE = World(build_gate, build_cast)


@pytest.fixture
@worlds.on(GATE)
def g(cast: Cast) -> Gate:
    return GATE()
