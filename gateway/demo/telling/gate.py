"""The gate in the demo: one thing admitted, one in its opinion round, one refused, one emergency pass; two reports of
pushed-down tasks; three documents; a few uses of the five rights. All by the real verbs, in the order of time."""

import random
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from admission.applications import actions
from admission.applications.actions import NewApplication
from admission.library import actions as policies
from admission.library.actions import Document
from admission.models import Admission, Asked
from admission.pushed import actions as ledger
from admission.pushed.actions import NewReport
from admission.rights import actions as rights
from admission.rights.actions import Used
from admission.workflow.rules import Channel, Kind, Outcome, Right, half_of
from core import clock
from core.races.idempotency import Once
from gateway.demo.setting.people import OTHER_TOWNSHIP
from gateway.demo.setting.places import TOWNSHIP, person_name
from gateway.demo.telling.turns import in_order
from grids.models import Area
from members import accounts, posts
from members.models import Department, Post, User
from members.roles import Role

THIRD = "440783108000"
SEED = 108
FOUNDED = 100
GAS_SINCE, OLD_SINCE = date(2011, 3, 1), date(2019, 6, 1)
Turn = tuple[float, Callable[[], Any]]


def write(now: datetime) -> int:
    """Tell everything up to `now`; returns how many applications there are."""
    story = Story(now)
    in_order(story.turns(), now)
    return Admission.objects.count()


class Story:
    """Who acts, and what happened how many days ago."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.made: dict[str, Any] = {}

    def turns(self) -> list[Turn]:
        return [*self._policies(), *self._gas(), *self._survey(), *self._others(), *self._pushed(), *self._rights()]

    # ---- documents -------------------------------------------------------------------------------------------------
    def _policies(self) -> list[Turn]:
        notice, since = "开办发〔2026〕12号", date(2026, 3, 1)
        return [
            (FOUNDED, self._third_township),
            (
                90,
                lambda: self._document("gas", "城镇燃气管理条例", "国务院", "国务院令第583号", GAS_SINCE, GAS, ["A03"]),
            ),
            (89, lambda: self._document("gate", "网格事项准入办法（试行）", "市委办公室", notice, since, GATE, [])),
            (88, lambda: self._document("old", "村级台账报送规定", "市民政局", "开民〔2019〕31号", OLD_SINCE, OLD, [])),
            (60, lambda: self._repeal("old", notice)),
        ]

    def _repeal(self, key: str, by: str) -> None:
        given: dict[str, Any] = {"on": clock.today(), "note": by, "version": 1, "user": _user("qingdan")}
        policies.repeal(policy=self.made[key], once=_once(), **given)

    def _document(
        self, key: str, title: str, issuer: str, number: str, since: date, text: str, codes: list[str]
    ) -> None:
        document = Document(title, issuer, number, since, text=text, item_codes=codes)
        self.made[key] = policies.add(document=document, user=_user("qingdan"), once=_once())

    def _third_township(self) -> None:
        """Somebody who speaks for a third township."""
        rng = random.Random(SEED)  # noqa: S311  (demo data, not a secret)
        user = accounts.create_user(username="t108", name=person_name(rng), password=None, is_demo=True, actor=None)
        posts.assign(user=user, role=Role.TOWNSHIP_DISPATCHER, area=Area.objects.get(code=THIRD), actor=None)

    # ---- applications ----------------------------------------------------------------------------------------------
    def _ask(self, key: str, code: str, **given: Any) -> None:
        usual: dict[str, Any] = {
            "department": Department.objects.get(code=code),
            "starts_on": clock.today(),
            "wanted_until": clock.today() + timedelta(days=365),
            "budget": "由主办部门按每格每年 300 元列支，随事拨付",
            "reuse": "户数、门牌、网格员名单由系统带出",
        }
        wanted = NewApplication(**(usual | given))
        self.made[key] = actions.apply_for(user=_of(code), wanted=wanted, once=_once())

    def _do(self, key: str, name: str, user: User, **fields: Any) -> None:
        actions.PROCESS.apply(self.made[key].pk, name, user=user, fields=fields)

    def _consult(self, key: str) -> None:
        for hit in self.made[key].hits.all():
            self._do(key, "answer", _of(self.made[key].department.code), answers={hit.pk: "口径不同，不重复填报"})
        towns = list(Area.objects.filter(code__in=(TOWNSHIP, OTHER_TOWNSHIP, THIRD)).order_by("code"))
        self._do(key, "consult", _of("SGB"), townships=towns)

    def _opinions(self, key: str, most: int) -> None:
        for n, row in enumerate(Asked.objects.filter(admission=self.made[key]).order_by("pk")[:most]):
            speaker = row.user or _speaker(row.township)
            if n % 4 == 3:
                self._do(key, "opine", speaker, stance="comment", estimate=60, note="建议每季一次，与走访合并")
            else:
                self._do(key, "opine", speaker, stance="for", estimate=35 + 5 * (n % 3))

    def _gas(self) -> list[Turn]:
        """Admitted and in force."""
        verdict = "权责清楚，执法由住建部门承担，网格只宣传和报告"
        return [
            (70, lambda: self._ask(
                "g", "ZJ", kind=Kind.FORM, title="燃气用户安全宣传核对表", minutes=45,
                content="每季入户宣传一次燃气安全，核对胶管和报警器情况；隐患报住建部门处理",
                basis="《城镇燃气管理条例》第六条", policies=[self.made["gas"]],
                fields=("胶管更换年份", "报警器是否通电"), consequence="老旧胶管无法及时发现",
            )),
            (69, lambda: self._consult("g")),
            (66, lambda: self._opinions("g", 12)),
            (64, lambda: self._do("g", "review", _of("SGB"), note="基层赞成，建议每季一次，已采纳")),
            (62, lambda: self._do("g", "pass_law", _of("BB"), note=verdict)),
            (61, lambda: self._do("g", "pass_law", _of("SF"), note="有条例依据，不涉执法")),
            *[(59 - n * 0.5, lambda code=code: self._do("g", "agree", _of(code), note="同意"))
              for n, code in enumerate(("ZZB", "SGB", "ZFW"))],
            (56, lambda: self._do("g", "publish", _of("SGB"), minutes=40,
                                  ends_on=clock.today() + timedelta(days=365))),
            (20, lambda: self._do("g", "record_use", _of("ZJ"), used_on=clock.today(), note="四季度入户宣传")),
        ]  # fmt: skip

    def _survey(self) -> list[Turn]:
        """In its opinion round."""
        return [
            (3, lambda: self._ask(
                "s", "NY", kind=Kind.FORM, title="秋冬种面积统计表", minutes=60,
                content="每月底填报一次本网格秋冬种面积和主要作物", basis="《农业统计工作办法》",
                fields=("秋冬种亩数", "主要作物", "撂荒亩数"), consequence="补贴面积无法核定",
            )),
            (2.5, lambda: self._consult("s")),
            (1.5, lambda: self._opinions("s", 4)),
        ]  # fmt: skip

    def _others(self) -> list[Turn]:
        """One refused at once, and a pass for the flood season."""
        return [
            (33, lambda: self._ask(
                "r", "XCB", kind=Kind.APP, title="理论学习小程序推广", minutes=90,
                content="网格员每天登录小程序打卡并转发", basis="上级工作通知",
                consequence="推广进度受影响", declared={"check_in": True},
            )),
            (6, lambda: self._ask(
                "p", "YJ", kind=Kind.CAMPAIGN, emergency="flood", title="低洼户转移清点", minutes=120,
                content="风雨预警期间清点低洼处住户是否转移，发现未转移的报镇三防办",
                basis="《广东省防汛防旱防风条例》", consequence="可能漏转移",
                wanted_until=clock.today() + timedelta(days=20), townships=[Area.objects.get(code=TOWNSHIP)],
            )),
            (5.9, lambda: self._do("p", "grant_pass", _user("xianling"),
                                   ends_on=clock.today() + timedelta(days=20))),
        ]  # fmt: skip

    # ---- reports ---------------------------------------------------------------------------------------------------
    def _pushed(self) -> list[Turn]:
        return [
            (15, lambda: self._tell("a", "shuji", "WJ", Channel.GROUP, "每户关注公众号并截图\n群里说要统计关注率")),
            (13, lambda: self._on("a", "explain", _of("WJ"), note="系科室自行要求，已通知停止")),
            (12, lambda: self._on("a", "answer", _of("SGB"), answer="withdrawn", note="没有清单依据，已由部门撤回")),
            (11, lambda: self._on("a", "accept", _user("shuji"))),
            (2, lambda: self._tell("b", "fenbo", "TJ", Channel.PAPER, "村级小微企业用工情况月报\n来文要求每月5日前报",
                                   is_refusal=True)),
        ]  # fmt: skip

    def _tell(self, key: str, who: str, code: str, channel: Channel, what: str, **more: Any) -> None:
        told = NewReport(what, Department.objects.get(code=code), channel, clock.today(), **more)
        self.made[key] = ledger.report(user=_user(who), told=told, once=_once())

    def _on(self, key: str, name: str, user: User, **fields: Any) -> None:
        ledger.PROCESS.apply(self.made[key].pk, name, user=user, fields=fields)

    # ---- rights ----------------------------------------------------------------------------------------------------
    def _rights(self) -> list[Turn]:
        plan = "对红岭村片区村庄规划提出保留旧墟骑楼的意见"
        funds = "建议把农路养护资金与人居环境整治资金合并安排"
        return [
            (40, lambda: self._use(Right.PLAN, "ZR", plan, Outcome.TAKEN, "已纳入规划草案")),
            (25, lambda: self._use(Right.FUNDS, "NY", funds, Outcome.OPEN, "")),
            (18, self._review),
        ]

    def _use(self, right: Right, code: str, what: str, outcome: Outcome, note: str) -> None:
        used = Used(right, clock.today(), Department.objects.get(code=code), what, outcome, note)
        rights.record(user=_user("fenbo"), township=Area.objects.get(code=TOWNSHIP), used=used, once=_once())

    def _review(self) -> None:
        found = {right.value: {"kept": "kept", "note": ""} for right in Right}
        found[Right.FUNDS] = {"kept": "partly", "note": "建议一件，农业农村局尚未答复"}
        rights.review(
            user=_user("xianling"), township=Area.objects.get(code=TOWNSHIP), half=half_of(clock.today()),
            found=found, summary="规划参与落实较好；资金统筹建议须在本月内答复。", version=0, once=_once(),
        )  # fmt: skip


GAS = (
    "第六条 国务院建设主管部门负责全国的燃气管理工作。"
    "县级以上地方人民政府燃气管理部门负责本行政区域内的燃气管理工作。\n"
    "（演示摘录，以正式文本为准）"
)
GATE = (
    "一、新增网格事项、报表台账、APP 或账号、考核指标、挂牌和临时专项任务，一律先准入后进格。\n"
    "二、依次经查重、征求意见、合法性审查、三部门联审和公布，并设日落日期。\n"
    "三、未经准入的，乡镇可以拒收。"
)
OLD = "村（社区）按月报送村级台账。"


def _once() -> Once:
    return Once("demo", str(uuid.uuid4()), {})


def _user(username: str) -> User:
    return User.objects.get(username=username)


def _of(code: str) -> User:
    """Somebody of a department, with the scope of today."""
    return User.objects.get(pk=User.objects.filter(posts__department__code=code).order_by("pk")[0].pk)


def _speaker(town: Area) -> User:
    held = Post.objects.held().filter(role=Role.TOWNSHIP_DISPATCHER, area=town)
    return held.select_related("user").order_by("pk")[0].user
