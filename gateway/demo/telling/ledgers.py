"""A few matters of each special ledger, told through the real verbs in the order of time: problems in three states,
two projects (one in progress, one answered) with the proposals they came of, and a campaign that runs in 红岭村."""

import random
import uuid
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from core import clock
from core.files.images import Picture
from core.races.idempotency import Once
from duties.models import DutyItem
from duties.routing.deciding import version_in_force
from gateway.demo.setting import pictures
from gateway.demo.telling.turns import in_order
from grids.models import Area
from issues.engine.actions import apply
from issues.engine.actors import staff
from issues.engine.new_ticket import Contact
from ledgers.campaigns import targets
from ledgers.campaigns.targets import Plan
from ledgers.engine import actions, projects, rectifications
from ledgers.engine.projects import NewMilestone
from ledgers.models import Matter, Milestone, Target
from ledgers.rules import Aim, Source
from members.models import Department, User
from members.roles import Role

TOWNSHIP, VILLAGE, GRID = "440783103000", "440783103229", "440783103229002"
OFFICE, SAFETY = "440783103-GJ", "440783103-YG"
PEOPLE = ("fenbo", "zhenzhang", "shuji", "chengban", "wangge", "hecha")
SEED = 229
QUESTIONS = ("电线有没有老化、私拉乱接", "煤气瓶是不是放在通风处", "取暖器旁有没有易燃物", "有没有装烟雾报警器")
FINDINGS = (
    (("电线有没有老化、私拉乱接",), "厨房插座发黑，已提醒先停用"),
    (("煤气瓶是不是放在通风处",), "煤气瓶放在卧室，胶管已过期"),
    (("取暖器旁有没有易燃物", "有没有装烟雾报警器"), "老人用旧电炉取暖，旁边堆着衣物"),
)
Turn = tuple[float, Callable[[], None]]


class Teller:
    """The people and places of the stories, and the verbs with what they need."""

    def __init__(self, now: datetime) -> None:
        self.now, self.rng = now, random.Random(SEED)  # noqa: S311  (demo data, not a secret)
        self.people = {user.username: user for user in User.objects.filter(username__in=PEOPLE)}
        self.area = {area.code: area for area in Area.objects.filter(code__in=(TOWNSHIP, VILLAGE, GRID))}
        self.photos: list[Picture] = pictures.draw(2, self.rng)

    def day(self, ahead: int) -> date:
        return clock.local(self.now).date() + timedelta(days=ahead)

    def once(self) -> Once:
        return Once("demo", str(uuid.uuid4()), {})

    def act(self, matter: Any, name: str, who: str, *, photos: int = 0, **fields: Any) -> None:
        user = self.people[who]
        actions.PROCESSES[matter.kind].apply(matter.pk, name, user=user, fields=fields, pictures=self.photos[:photos])


def write(now: datetime) -> int:
    """Tell everything up to `now`, with the notices of each step at its time; returns how many matters there are."""
    teller = Teller(now)
    turns = [*_problems(teller), *_answered(teller), *_moving(teller), *_campaign(teller)]
    in_order(turns, now)
    return Matter.objects.count()


# ---- problems --------------------------------------------------------------------------------------------------------
def _problems(t: Teller) -> list[Turn]:
    office, safety = Department.objects.get(code=OFFICE), _safety()
    made: dict[str, Any] = {}

    def enter(key: str, who: str, **more: Any) -> Callable[[], None]:
        def turn() -> None:
            given: dict[str, Any] = {
                "user": t.people[who],
                "office": t.area[TOWNSHIP],
                "area": t.area[VILLAGE],
                "once": t.once(),
            }
            made[key] = rectifications.open_problem(**(given | more))

        return turn

    def act(key: str, name: str, who: str, **fields: Any) -> Callable[[], None]:
        return lambda: t.act(made[key], name, who, **fields)

    return [
        (45, enter("signs", "fenbo", title="村级组织牌子过多过滥", source=Source.CLINIC, owner=office,
                   problem="会诊清查发现红岭村党群服务中心门口挂牌 17 块，其中 9 块没有文件依据。", due_on=t.day(-10))),
        (43, act("signs", "plan", "chengban", measures="一、对照清单逐块核对；\n二、9 块月底前摘除。")),
        (22, act("signs", "progress", "chengban", note="已摘除 6 块，剩 3 块等上级部门回函。")),
        (14, act("signs", "apply", "chengban", note="9 块已全部摘除，门口只留规定的 3 块。", photos=1)),
        (13, act("signs", "strike", "zhenzhang", note="现场看过，属实。")),
        (30, enter("staff", "fenbo", title="借调村干部到镇长期跟班", source=Source.INSPECTION, owner=t.area[TOWNSHIP],
                   problem="巡察反馈：镇里借调 3 名村干部超过半年，村里值班缺人。", due_on=t.day(5))),
        (6, act("staff", "apply", "fenbo", note="3 人已回村任职，附名单照片。", photos=1)),
        (40, enter("sheds", "fenbo", title="村道两侧违规搭棚", source=Source.RESIDENTS, owner=office,
                   problem="群众反映南安里村道两侧搭棚占道，消防车进不去。", due_on=t.day(-2))),
        (35, act("sheds", "plan", "chengban", measures="先劝后拆：本月做完 5 户工作，剩余的联合执法。")),
        (9, act("sheds", "progress", "chengban", note="拆除 3 户，还有 2 户没谈拢。")),
        (8, enter("wells", "fenbo", title="沙井盖破损未及时更换", source=Source.SELF, owner=safety,
                  problem="自查发现红岭村主村道 4 个沙井盖破损，有行人跌倒风险。", due_on=t.day(12))),
    ]  # fmt: skip


def _safety() -> Department:
    found = Department.objects.filter(code=SAFETY).first()
    return found or Department.objects.get(code=OFFICE)


# ---- projects --------------------------------------------------------------------------------------------------------
def _propose(t: Teller, words: str, made: list[Any], user: User | None = None) -> Callable[[], None]:
    contact = Contact("" if user else "村民", "" if user else "10000006031")
    return lambda: made.append(
        projects.propose(area=t.area[GRID], words=words, contact=contact, user=user, once=t.once())
    )


def _answered(t: Teller) -> list[Turn]:
    """路灯: proposed twice, done, answered."""
    asked: list[Any] = []
    made: list[Any] = []

    def start() -> None:
        steps = [NewMilestone("选点公示", t.day(-60)), NewMilestone("安装通电", t.day(-30))]
        made.append(
            projects.start(
                user=t.people["fenbo"], village=t.area[VILLAGE], title="村口到小学装太阳能路灯", milestones=steps,
                goal="从村口牌坊到红岭小学装 12 盏太阳能路灯，晚自习回家有灯。", proposals=asked, once=t.once(),
            )
        )  # fmt: skip

    def reach(position: int, ahead: int) -> Callable[[], None]:
        def turn() -> None:
            milestone = Milestone.objects.get(project=made[0].pk, position=position)
            t.act(made[0], "reach", "shuji", milestone=milestone, done_on=t.day(ahead))

        return turn

    answer = "12 盏路灯已装好通电，晚上六点自动亮。坏了请扫网格二维码点单，网格员来修。"
    return [
        (80, _propose(t, "小学那条路晚上太黑，孩子下晚自习怕，想装几盏灯。", asked)),
        (78, _propose(t, "村口到小学要装路灯，老人晚上走路跌过。", asked, t.people["shuji"])),
        (72, start),
        (61, reach(1, -61)),
        (33, reach(2, -33)),
        (31, lambda: t.act(made[0], "finish", "fenbo", note="验收合格。", photos=2)),
        (30, lambda: t.act(made[0], "answer", "fenbo", answer=answer)),
    ]


def _moving(t: Teller) -> list[Turn]:
    """水渠: in progress, the next milestone near; one proposal declined, one waiting."""
    asked: list[Any] = []
    others: list[Any] = []
    made: list[Any] = []
    office = Department.objects.get(code=OFFICE)

    def start() -> None:
        steps = [
            NewMilestone("现场测量", t.day(-18)),
            NewMilestone("清淤砌边", t.day(2), office),
            NewMilestone("通水验收", t.day(30)),
        ]
        made.append(
            projects.start(
                user=t.people["fenbo"], village=t.area[VILLAGE], title="长庆里排水渠清淤砌边", milestones=steps,
                goal="把长庆里 380 米土渠清淤、两边砌石，下大雨不再进屋。", proposals=asked, once=t.once(),
            )
        )  # fmt: skip

    def measured() -> None:
        milestone = Milestone.objects.get(project=made[0].pk, position=1)
        t.act(made[0], "reach", "fenbo", milestone=milestone, done_on=t.day(-17), note="量好了，长 380 米。")

    reason = "镇里今年没有这项资金，已列入明年申报；先请村里用公共小院放健身器材。"
    return [
        (29, _propose(t, "长庆里的水沟年年堵，下大雨水漫进屋，想砌一下。", asked)),
        (26, _propose(t, "想在村里建一个室内游泳池。", others)),
        (24, start),
        (23, lambda: _decline(t, others[0], reason)),
        (17, measured),
        (7, lambda: t.act(made[0], "progress", "shuji", note="沟边两户的杂物已经请网格员帮忙清走。")),
        (2, _propose(t, "村卫生站的台阶太高，轮椅上不去，想做个坡道。", others)),
    ]


def _decline(t: Teller, proposal: Any, reason: str) -> None:
    projects.decline(proposal.pk, user=t.people["fenbo"], reason=reason)


# ---- campaign --------------------------------------------------------------------------------------------------------
def _campaign(t: Teller) -> list[Turn]:
    made: list[Any] = []

    def start() -> None:
        item = DutyItem.objects.filter(version=version_in_force(), code="A09")[0]
        plan = Plan(
            title="冬季用电用气安全排查", basis="沙安委〔2026〕12号", starts_on=t.day(-9), ends_on=t.day(12), item=item,
            questions=QUESTIONS, aim=Aim.HOUSEHOLDS, places=[t.area[VILLAGE]],
        )  # fmt: skip
        made.append(targets.start(user=t.people["fenbo"], office=t.area[TOWNSHIP], plan=plan, once=t.once()))

    def look() -> None:
        """One evening's round of each worker of the village."""
        waiting = Target.objects.filter(campaign=made[0]).exclude(result__in=("normal", "found")).order_by("id")
        for target in list(waiting)[::5]:
            _look(t, target, "absent" if t.rng.random() < 0.12 else "normal")

    def find(n: int) -> Callable[[], None]:
        def turn() -> None:
            target = Target.objects.filter(campaign=made[0], area=t.area[GRID], result="waiting").order_by("id")[0]
            marks, remark = FINDINGS[n]
            _look(t, target, "found", marks=marks, remark=remark)

        return turn

    def step(n: int, name: str, who: str, **fields: Any) -> Callable[[], None]:
        def turn() -> None:
            ticket = Target.objects.filter(campaign=made[0], ticket__isnull=False).order_by("looked_at")[n].ticket
            shots = t.photos[:1] if name == "report_done" else ()
            if ticket is not None:
                apply(ticket.pk, name, actor=staff(t.people[who]), fields=fields, pictures=shots)

        return turn

    rounds = [(7.6, look), (5.6, look), (3.6, look)]
    found = [(ago, find(n)) for n, ago in enumerate((7.5, 2.5, 0.3))]
    solved = [
        (7.4, step(0, "accept", "wangge")),
        (7.3, step(0, "self_handle", "wangge")),
        (6.4, step(0, "report_done", "wangge", note="村里电工换了插座和一段老线，已复查。")),
        (5.4, step(0, "verify_pass", "hecha", note="到户看过，属实。")),
        (2.4, step(1, "accept", "wangge")),
        (2.3, step(1, "self_handle", "wangge")),
    ]
    return [(9, start), *rounds, *found, *solved]


def _look(t: Teller, target: Target, name: str, **more: Any) -> None:
    targets.look(target.pk, name, user=_worker(t, target), once=t.once(), **more)


def _worker(t: Teller, target: Target) -> User:
    """Who works where the target lies."""
    if target.area_id == t.area[GRID].pk:
        return t.people["wangge"]
    found: User = User.objects.filter(posts__area=target.area_id, posts__role=Role.GRID_WORKER).order_by("pk")[0]
    return found
