"""What happens to one demo ticket: a generator that acts through the real verbs and yields when it acts next.

Every act goes through `issues.actions`; a story only chooses who acts, when and with which words. Delays
are shares of the ticket's own limits, so overdue and punctual cases come out of the same rule.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core import calendar, clock
from core.calendar import Limit
from core.images import Picture
from duties.models import DutyItem, FirstLevel, GradeCode
from grids.models import Area
from issues.actions import Contact, Once, apply, place
from issues.actors import Actor, resident, staff
from issues.models import Source, Ticket
from issues.workflow import State
from members.models import User

Story = Iterator[datetime]

SPOTS = [
    "村口公交站旁",
    "祠堂前空地",
    "小学门口",
    "市场后巷",
    "河堤边",
    "文化室旁",
    "榕树头",
    "机耕路口",
    "球场边",
    "老屋巷口",
]
TAILS = [
    "请尽快处理。",
    "老人家出入不便。",
    "已经好几天了。",
    "一下雨更严重。",
    "小孩经常路过，怕出事。",
    "麻烦派人来看看。",
]
DONE = [
    "已到现场处理完毕，恢复原状。",
    "已整改到位，现场已清理。",
    "与当事人沟通后处理好，已交代看护。",
    "维修完成，试用正常。",
]
PROGRESS = [
    "已联系施工队，明早进场。",
    "现场已围护，材料已订。",
    "已上门了解情况，正协调。",
    "处理过半，余下部分今天完成。",
]
MEASURES = [
    "已上门劝导两次，本级没有执法权。",
    "已先行围护，缺设备和专业人员。",
    "网格内无力解决，按清单请主办部门处理。",
]
FAILS = ["现场仍有残留，未达结案标准。", "只处理了一半，请补齐。"]
UNSOLVED = ["第二天又出现同样情况。", "没有真正解决，还是老样子。"]


@dataclass
class World:
    """The people and places a story draws from."""

    rng: random.Random
    areas: list[Area]
    weights: list[int]
    items: list[DutyItem]
    item_weights: list[int]
    workers: dict[int, list[User]]  # by filing area
    chiefs: dict[int, User]  # by grid
    secretaries: dict[int, User]  # by village
    handlers: dict[int, list[User]]  # by department
    dispatcher: User
    verifier: User
    pictures: list[Picture]

    def choose(self, options: list[str]) -> str:
        return self.rng.choice(options)

    def happens(self, share: float) -> bool:
        return self.rng.random() < share


@dataclass(frozen=True)
class Plan:
    """What kind of story: where it must halt, if it must, and how its pace is."""

    halt_at: State | None = None
    brisk: bool = False
    item: DutyItem | None = None
    route: str = ""
    rework: bool = False
    returned: bool = False


class Halted(Exception):
    """The story has reached the state at which it was told to stop."""


class Tale:
    """One running story."""

    def __init__(self, world: World, plan: Plan, key: str) -> None:
        self.world, self.plan, self.key = world, plan, key
        self.rng = world.rng
        self.ticket: Ticket | None = None

    @property
    def subject(self) -> Ticket:
        assert self.ticket is not None
        return self.ticket

    def act(self, name: str, actor: Actor, **fields: Any) -> None:
        pictures = self._pictures(name)
        self.ticket = apply(self.subject.pk, name, actor=actor, fields=fields, pictures=pictures)
        if self.plan.halt_at == self.subject.state:
            raise Halted

    def _pictures(self, name: str) -> list[Picture]:
        share = {"report_done": 1.0 if self.subject.needs_photo else 0.3, "progress": 0.2}.get(name, 0.0)
        return self.rng.sample(self.world.pictures, 1) if self.world.happens(share) else []

    def strays(self, share: float) -> bool:
        """Whether a story leaves the straight way here; a brisk one never does."""
        return not self.plan.brisk and self.world.happens(share)

    def pause(self, least: int, most: int) -> datetime:
        """A moment `least` to `most` minutes from now; at once when the story is brisk."""
        return clock.now() + timedelta(minutes=1 if self.plan.brisk else self.rng.randint(least, most))

    def item(self) -> DutyItem:
        """The planned item, else one by how common it is."""
        return self.plan.item or self.rng.choices(self.world.items, self.world.item_weights)[0]

    def later(self, kind: str, *, pace: float = 1.0) -> datetime:
        """A moment at a random share of the ticket's limit of `kind`: mostly in time, now and then late."""
        if self.plan.brisk:
            return clock.now() + timedelta(minutes=1)
        limit = Limit.parse(self.subject.limits[kind])
        share = min(self.rng.lognormvariate(-1.0, 0.7) * pace, 3.0)
        now = clock.now()
        due = calendar.add(now, limit)
        if share <= 1:
            return max(calendar.share(now, due, share, limit.unit), now + timedelta(minutes=1))
        return due + (due - now) * (share - 1)


def tell(world: World, plan: Plan, key: str) -> Story:
    """The story of one ticket; ends by itself, or where the plan halts it."""
    tale = Tale(world, plan, key)
    try:
        yield from _placed(tale)
    except Halted:
        return


def _placed(tale: Tale) -> Story:
    world, rng = tale.world, tale.rng
    area = rng.choices(world.areas, world.weights)[0]
    item = tale.item()
    order = tale.plan.brisk or world.happens(0.45)
    worker = rng.choice(world.workers[area.pk])
    spot = world.choose(SPOTS)
    words = rng.choice(item.aliases or [item.name])
    tale.ticket = place(
        actor=resident() if order else staff(worker),
        area=area,
        source=Source.ORDER if order else Source.WORKER,
        once=Once("demo", tale.key, {"key": tale.key}),
        item=item if not order or world.happens(0.8) else None,
        title=f"{spot}{words}",
        description=f"{spot}{words}，{world.choose(TAILS)}",
        where=spot,
        contact=Contact(name=f"{rng.choice('陈梁黄李张吴')}先生", phone=f"1000000{rng.randrange(10_000):04d}")
        if order and world.happens(0.6)
        else None,
        pictures=rng.sample(world.pictures, rng.choices((0, 1, 2), (5, 4, 1))[0]),
    )
    if tale.plan.halt_at == State.PLACED:
        raise Halted
    yield tale.later("accept") if order else clock.now() + timedelta(minutes=2)
    if tale.plan.halt_at == State.DECLINED or (order and tale.strays(0.03)):
        chief = staff(world.chiefs[area.parent_id if area.pk not in world.chiefs else area.pk])
        tale.act("decline", chief, reason="unfounded", note="到场查看，未见所述情况。")
        return
    tale.act("accept", staff(worker), item=item)
    if order and tale.strays(0.06):
        yield tale.pause(20, 300)
        tale.act("supplement", resident(), note="又严重了一些，请快点来。")
    yield tale.pause(5, 90)
    route = tale.plan.route or ("self" if world.happens(_self_share(item)) else "whistle")
    yield from (_self_handled(tale, worker) if route == "self" else _whistled(tale, worker, item))


def _self_share(item: DutyItem) -> float:
    return {FirstLevel.GRID: 0.85, FirstLevel.VILLAGE: 0.6}.get(FirstLevel(item.first_level), 0.15)


def _self_handled(tale: Tale, worker: User) -> Story:
    tale.act("self_handle", staff(worker))
    yield tale.later("handle", pace=0.7)
    tale.act("report_done", staff(worker), note=tale.world.choose(DONE))
    yield from _checked(tale, staff(worker))


def _whistled(tale: Tale, worker: User, item: DutyItem) -> Story:
    world = tale.world
    dispatcher = staff(world.dispatcher)
    if item.grade.code == GradeCode.URGENT:
        tale.act("whistle_urgent", staff(worker), note=world.choose(MEASURES))
    else:
        tale.act("whistle", staff(worker), note=world.choose(MEASURES))
        yield tale.later("dispatch")
        tale.act("dispatch", dispatcher, lead=tale.subject.lead)
    if tale.plan.returned or (item.grade.code != GradeCode.URGENT and tale.strays(0.05)):
        yield tale.pause(3, 15)
        lead = tale.subject.lead
        tale.act(
            "return", _handler(tale), evidence=item.code, suggested=lead, note="清单所列事项与现场不符，建议重新核定。"
        )
        yield tale.later("dispatch")
        tale.act("dispatch", dispatcher, lead=lead, note="经核对清单，仍由你单位牵头。")
    yield tale.later("claim")
    handler = _handler(tale)
    tale.act("claim", handler)
    if world.happens(0.5):
        yield tale.later("handle", pace=0.4)
        tale.act("progress", handler, note=world.choose(PROGRESS))
    yield tale.later("handle", pace=1.1)
    tale.act("report_done", handler, note=world.choose(DONE))
    yield from _checked(tale, handler)


def _handler(tale: Tale) -> Actor:
    assert tale.subject.lead_id is not None
    return staff(tale.rng.choice(tale.world.handlers[tale.subject.lead_id]))


def _checked(tale: Tale, handler: Actor) -> Story:
    """Verification on site, failed once in a while, then the resident's word."""
    world = tale.world
    yield tale.later("verify")
    checker = staff(world.verifier if world.happens(0.4) else world.secretaries[tale.subject.village_id])
    if tale.plan.rework or tale.strays(0.05):
        tale.act("verify_fail", checker, note=world.choose(FAILS))
        yield from _again(tale, handler)
        yield tale.later("verify")
    tale.act("verify_pass", checker, note="现场查看，符合结案标准。")
    if tale.subject.source == Source.ORDER:
        yield from _called_back(tale, handler)


def _again(tale: Tale, handler: Actor) -> Story:
    yield tale.later("handle", pace=0.6)
    tale.act("report_done", handler, note="已按要求返工，" + tale.world.choose(DONE))


def _called_back(tale: Tale, handler: Actor) -> Story:
    world = tale.world
    secretary = staff(world.secretaries[tale.subject.village_id])
    yield tale.later("callback")
    caller = resident() if world.happens(0.55) else secretary
    if caller is secretary and tale.strays(0.1):
        for _call in range(3):
            tale.act("callback_unreachable", secretary, note="无人接听。")
            yield tale.pause(240, 360)
        tale.act("close", secretary, note="三次不同时段联系不上。")
        return
    if tale.strays(0.05):
        tale.act("callback_unsolved", caller, satisfaction=1, solved="not", note=world.choose(UNSOLVED))
        yield from _again(tale, handler)
        yield tale.later("verify")
        tale.act("verify_pass", staff(world.verifier), note="复查通过。")
        yield tale.later("callback")
    rating = tale.rng.choices((4, 3, 2, 1), (45, 40, 12, 3))[0]
    solved = "solved" if rating > 1 and world.happens(0.93) else "partly"
    tale.act("callback_solved", caller, satisfaction=rating, solved=solved, note="")
