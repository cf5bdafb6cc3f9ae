"""What happens to one demo ticket: a generator that acts through the real verbs and yields when it acts next.

Every act goes through `issues.engine.actions`; a story only chooses who acts, when and with which words. Delays
are shares of the ticket's own limits, so overdue and punctual cases come out of the same rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from core import clock
from core.days import calendar
from core.days.calendar import Limit
from core.files.images import Picture
from core.races.idempotency import Once
from core.rows import marks
from duties.models import DutyItem, FirstLevel, GradeCode
from duties.routing.deciding import Decision
from gateway.demo.telling import words
from gateway.demo.telling.world import World
from issues.engine.actions import apply, place
from issues.engine.actors import Actor, resident, staff
from issues.engine.lateness import would_hide
from issues.engine.new_ticket import Contact, NewTicket
from issues.finding.families import same_matter
from issues.models import OPEN, Call, Route, Source, Ticket
from issues.tending import automatic
from issues.workflow import State
from members.models import Department, User

Story = Iterator[datetime]
ENGINE_TAKES = timedelta(seconds=2)
CONFIRMED = frozenset({State.WHISTLED, State.DISPATCHED})  # with a dispatcher, or sent by the engine
FOLLOWED = {"confirm": automatic.dispatch, "verify_pass": automatic.open_callback}
"""What the engine does right after a step; its own row for it (`gateway.demo.telling.history`) is done then."""


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
        self._engine(name)
        if self.plan.halt_at == self.subject.state:
            raise Halted

    def _engine(self, name: str) -> None:
        """What the engine does about it within seconds."""
        follows = FOLLOWED.get(name)
        if follows is None or (name == "verify_pass" and self.subject.source != Source.ORDER):
            return
        with clock.at(clock.now() + ENGINE_TAKES):
            if follows(self.subject.pk, self.subject.moved_version):
                self.subject.refresh_from_db()

    def _pictures(self, name: str) -> list[Picture]:
        share = {"report_done": 1.0 if self.subject.needs_photo else 0.3, "progress": 0.2}.get(name, 0.0)
        return self.world.shots(1) if self.world.happens(share) else []

    def strays(self, share: float) -> bool:
        """Whether a story leaves the straight way here; a brisk one never does."""
        return not self.plan.brisk and self.world.happens(share)

    def pause(self, least: int, most: int) -> datetime:
        """A moment `least` to `most` minutes from now; at once when the story is brisk."""
        return clock.now() + timedelta(minutes=1 if self.plan.brisk else self.rng.randint(least, most))

    def item(self) -> DutyItem:
        """The planned item, else one by how common it is."""
        return self.plan.item or self.rng.choices(self.world.items, self.world.item_weights)[0]

    # ---- who acts -------------------------------------------------------------------------------------------------
    @property
    def chief(self) -> User:
        return self.world.chiefs[self.subject.grid_id]

    @property
    def secretary(self) -> User:
        return self.world.secretaries[self.subject.village_id]

    def of(self, department: Department) -> Actor:
        """Somebody of a department."""
        return staff(self.rng.choice(self.world.handlers[department.pk]))

    def another(self, department: Department) -> Department:
        """Some department that is not this one."""
        others = Department.objects.filter(pk__in=self.world.handlers).exclude(pk=department.pk)
        return self.rng.choice(list(others.order_by("code")))

    def handler(self) -> Actor:
        """Somebody of the department that leads."""
        assert self.subject.lead_id is not None
        return staff(self.rng.choice(self.world.handlers[self.subject.lead_id]))

    @property
    def holder(self) -> Actor:
        assert self.subject.holder is not None
        return staff(self.subject.holder)

    @property
    def caller(self) -> Actor:
        """Into whose hands the engine put the callback; the resident alone where nobody may call."""
        return staff(self.subject.holder) if self.subject.holder else resident()

    def checkers(self) -> list[User]:
        """Who neither handled it nor checked an earlier round."""
        seen = {*map(int, marks.read(self.subject.checked_before)), self.subject.reported_by_id}
        return [user for user in (self.world.verifier, self.secretary, self.chief) if user.pk not in seen]

    def checker(self) -> Actor:
        return staff(self.rng.choice(self.checkers()))

    def fails(self, share: float) -> bool:
        """Whether it goes wrong once in a while, as long as somebody else is left to check what comes of it."""
        return self.strays(share) and len(self.checkers()) > 1

    # ---- when -----------------------------------------------------------------------------------------------------
    def is_late(self) -> bool:
        return clock.now() >= self.subject.due_at

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
    spot = world.choose(words.SPOTS)
    said = rng.choice(item.aliases or [item.name])
    new = NewTicket(
        area=area,
        source=Source.ORDER if order else Source.WORKER,
        item=item if not order or world.happens(0.8) else None,
        title=f"{spot}{said}",
        description=f"{spot}{said}，{world.choose(words.TAILS)}",
        where="" if tale.plan.brisk else f"{spot}{rng.randint(1, 60)}号",
        contact=Contact(name=f"{rng.choice('陈梁黄李张吴')}先生", phone=f"1000000{rng.randrange(10_000):04d}")
        if order and world.happens(0.6)
        else None,
        pictures=world.shots(rng.choices((0, 1, 2), (5, 4, 1))[0]),
    )
    actor = resident() if order else staff(worker)
    tale.ticket = place(new, actor=actor, once=Once("demo", tale.key, {"key": tale.key}))
    if tale.plan.halt_at == State.PLACED:
        raise Halted
    yield tale.later("accept") if order else clock.now() + timedelta(minutes=2)
    if tale.plan.halt_at == State.DECLINED or (order and tale.strays(0.03)):
        tale.act("decline", staff(tale.chief), reason="unfounded", note="到场查看，未见所述情况。")
        return
    if tale.plan.halt_at == State.MERGED or tale.strays(0.02):
        told = same_matter(tale.subject) or list(Ticket.objects.filter(OPEN).exclude(pk=tale.subject.pk)[:1])
        is_same = told and (told[0].item_code == tale.subject.item_code or tale.plan.brisk)
        if is_same and not would_hide(tale.subject, told[0], clock.now()):
            tale.act("merge", staff(worker), into=told[0], note="与先前一件是同一处。")
            return
    tale.subject.refresh_from_db(fields=["raised"])
    tale.act("accept", staff(tale.secretary if tale.subject.raised else worker), item=item)
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
    yield from _reported(tale, staff(worker))


def _whistled(tale: Tale, worker: User, item: DutyItem) -> Story:
    world, at_once = tale.world, item.grade.code == GradeCode.URGENT
    measures = "" if tale.strays(0.1) else world.choose(words.MEASURES)
    if at_once:
        tale.act("whistle_urgent", staff(tale.chief), note=world.choose(words.MEASURES), measures=measures)
        if not measures:
            yield tale.pause(60, 600)
            tale.act("write_up", staff(worker), measures=world.choose(words.MEASURES))
    else:
        yield from _confirmed(tale, worker, measures)
        if tale.subject.state in CONFIRMED:
            yield tale.later("dispatch") if tale.subject.state == State.WHISTLED else tale.pause(2, 20)
            yield from _dispatched(tale, worker, measures)
    if tale.subject.state == State.DISPATCHED:
        yield from _claimed(tale)


def _confirmed(tale: Tale, worker: User, measures: str) -> Story:
    """The village secretary stands behind a whistle, or hands it back to the grid."""
    secretary = staff(tale.secretary)
    tale.act("whistle", staff(worker), cause="beyond", note=tale.world.choose(words.MEASURES), measures=measures)
    yield tale.later("confirm")
    if tale.strays(0.04):
        tale.act("keep", secretary, note="村里有工具，网格先办。")
        yield from _self_handled(tale, worker)
    else:
        tale.act("confirm", secretary)


def _dispatched(tale: Tale, worker: User, measures: str) -> Story:
    """The dispatcher calls departments; a bare whistle goes back first."""
    world, dispatcher = tale.world, staff(tale.world.dispatcher)
    if not measures and world.happens(0.6):
        by = dispatcher if tale.subject.state == State.WHISTLED else tale.handler()
        tale.act("send_whistle_back", by, note="请写明村里已做了什么。")
        yield tale.pause(60, 400)
        yield from _confirmed(tale, worker, world.choose(words.MEASURES))
        if tale.subject.state not in CONFIRMED:
            return
    lead, helpers = _listed(tale)
    if tale.subject.state == State.DISPATCHED and tale.strays(0.02):
        tale.act("recall", dispatcher, note="现场还要别的部门配合，重新派。")
        yield tale.pause(2, 20)
    if tale.subject.state == State.WHISTLED:
        tale.act("dispatch", dispatcher, lead=lead, assisting=helpers if tale.strays(0.3) else [])
    if tale.plan.halt_at == State.CONSULTING or tale.strays(0.01):
        tale.act("consult", dispatcher, invited=[lead, *helpers], note=world.choose(words.QUESTIONS))
        yield from _decided(tale, dispatcher, lead, helpers)
    elif tale.plan.returned or tale.strays(0.06):
        yield from _returned(tale, dispatcher, lead, helpers)


def _listed(tale: Tale) -> tuple[Department, list[Department]]:
    """Whom the list names."""
    decision = Decision.from_json(tale.subject.decision)
    known = Department.objects.in_bulk([decision.lead.id, *(unit.id for unit in decision.assisting)])
    return known[decision.lead.id], [known[unit.id] for unit in decision.assisting]


def _returned(tale: Tale, dispatcher: Actor, lead: Department, helpers: list[Department]) -> Story:
    """Sent back once; a second dispute is for the county to decide."""
    given = {"evidence": tale.subject.item, "suggested": tale.another(lead)}
    yield tale.pause(3, 15)
    tale.act("return", tale.handler(), **given, note=words.WHY_BACK)
    yield tale.later("dispatch")
    tale.act("dispatch", dispatcher, lead=lead, note="经核对清单，仍由你单位牵头。")
    if tale.strays(0.2):
        yield tale.pause(3, 15)
        tale.act("dispute", tale.handler(), **given, note=tale.world.choose(words.DISPUTES))
        yield from _decided(tale, staff(tale.world.county_dispatcher), lead, helpers)


def _decided(tale: Tale, convener: Actor, lead: Department, helpers: list[Department]) -> Story:
    """Departments say where they stand, the convener decides."""
    yield tale.pause(60, 300)
    tale.act("position", tale.of(lead), note=tale.world.choose(words.DISPUTES))
    yield tale.later("consult", pace=0.8)
    shares = {helper.pk: "按职责到场配合" for helper in helpers[:1]}
    note = tale.world.choose(words.MINUTES)
    tale.act("decide", convener, lead=lead, assisting=helpers[:1], shares=shares, note=note)


def _claimed(tale: Tale) -> Story:
    """The lead takes it in hand and reports; assisting departments do their share."""
    world = tale.world
    yield tale.later("claim")
    handler = tale.handler()
    tale.act("claim", handler)
    helpers = [tale.of(call.department) for call in _helping(tale)]
    for helper in helpers:
        tale.act("assist_claim", helper)
    if tale.plan.halt_at == State.SUSPENDED or tale.strays(0.015):
        yield from _suspended(tale, handler)
    if world.happens(0.85):
        yield tale.later("arrive", pace=0.7)
        for one in (handler, *helpers):
            tale.act("arrive", one)
    if world.happens(0.4):
        yield tale.later("handle", pace=0.3)
        tale.act("progress", handler, note=world.choose(words.PROGRESS))
    for helper in helpers:
        yield tale.pause(30, 200)
        tale.act("assist_report", helper, note=world.choose(words.SHARES))
    if tale.subject.limits["extend"] and tale.strays(0.07):
        yield from _extended(tale, handler)
    yield from _reported(tale, handler)


def _helping(tale: Tale) -> list[Call]:
    calls = Call.objects.filter(ticket=tale.subject, is_lead=False, ended_at=None, claimed_at=None)
    return list(calls.select_related("department").order_by("id")) if tale.subject.lead_id else []


def _suspended(tale: Tale, handler: Actor) -> Story:
    """On the ledger until money or law allows it."""
    if tale.is_late():
        return
    tale.act("ask_suspension", handler, suspension_reason="需立项资金", note="已报年度预算，批复后开工。")
    yield tale.pause(10, 60)
    tale.act("suspend", staff(tale.world.county_leader))
    yield clock.now() + timedelta(days=tale.rng.randint(5, 70))
    tale.act("resume", handler, note="资金已到位。")


def _extended(tale: Tale, handler: Actor) -> Story:
    if tale.is_late():
        return
    tale.act("ask_extension", handler, days=Limit(2, "wd"), note=tale.world.choose(words.EXTENSIONS))
    yield tale.pause(20, 120)
    tale.act("agree_extension", staff(tale.world.dispatcher))
    yield tale.pause(20, 120)
    if tale.world.happens(0.8):
        tale.act("grant_extension", staff(tale.world.county_dispatcher))
    else:
        tale.act("refuse_extension", staff(tale.world.county_dispatcher), note="未说明计划，请按原时限办。")


def _reported(tale: Tale, handler: Actor) -> Story:
    """Reported done, after whatever sheet came meanwhile has been answered; then checked."""
    world = tale.world
    yield tale.later("handle", pace=1.1)
    if tale.strays(0.02):
        tale.act("supervise", staff(world.dispatcher), note=world.choose(words.PRESSED))
        yield tale.pause(30, 240)
    if Ticket.objects.filter(pk=tale.subject.pk, sheets__gt=0).exists() and world.happens(0.8):
        tale.act(
            "answer_sheet" if tale.subject.lead_id else "answer_sheet_grid", handler, note=world.choose(words.ANSWERS)
        )
    tale.act("report_done", handler, note=world.choose(words.DONE))
    yield from _checked(tale, handler)


def _checked(tale: Tale, handler: Actor) -> Story:
    """Verification on site, failed once in a while, then the resident's word."""
    yield tale.later("verify")
    if tale.plan.rework or tale.fails(0.05):
        tale.act("verify_fail", tale.checker(), note=tale.world.choose(words.FAILS))
        yield from _again(tale, handler)
    tale.act("verify_pass", tale.checker(), note="现场查看，符合结案标准。")
    if tale.subject.source == Source.ORDER:
        yield from _called_back(tale, handler)
    if tale.subject.route == Route.WHISTLE and tale.strays(0.6):
        yield from _judged(tale)


def _again(tale: Tale, handler: Actor) -> Story:
    yield tale.later("handle", pace=0.6)
    tale.act("report_done", handler, note="已按要求返工，" + tale.world.choose(words.DONE))
    yield tale.later("verify")


def _called_back(tale: Tale, handler: Actor) -> Story:
    world = tale.world
    yield tale.later("callback")
    caller = resident() if world.happens(0.55) else tale.caller
    if caller.user is not None and tale.strays(0.1):
        for hour in (10, 15, 19):
            yield _next(hour)
            tale.act("callback_unreachable", caller, note="无人接听。")
        tale.act("close", caller, note="三个时段各打一次，都联系不上。")
        return
    if tale.fails(0.05):
        tale.act("callback_unsolved", caller, satisfaction=1, solved="not", note=world.choose(words.UNSOLVED))
        yield from _again(tale, handler)
        tale.act("verify_pass", tale.checker(), note="复查通过。")
        yield tale.later("callback")
        caller = tale.caller
    rating = tale.rng.choices((4, 3, 2, 1), (45, 40, 12, 3))[0]
    solved = "solved" if rating > 1 and world.happens(0.93) else "partly"
    tale.act("callback_solved", caller, satisfaction=rating, solved=solved, note="")


def _next(hour: int) -> datetime:
    """The next full hour of this name on the county's clock."""
    now = clock.local(clock.now())
    at = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    return (at if at > now else at + timedelta(days=1)).astimezone(UTC)


def _judged(tale: Tale) -> Story:
    """The township rates the departments it called; now and then a case is taken out of the rates."""
    world = tale.world
    yield tale.pause(600, 6000)
    if Ticket.objects.filter(pk=tale.subject.pk, state=State.CLOSED).exists():
        stars = tale.rng.choices((5, 4, 3, 2), (40, 35, 18, 7))[0]
        tale.act("rate_whistle", staff(world.dispatcher), stars=stars, note="")
        if tale.strays(0.02):
            reason = {"exclusion_reason": "信息不实查无此事", "note": "复看照片，地点有误。"}
            tale.act("ask_exclusion", staff(world.dispatcher), **reason)
            for reviewer in (world.town_leader, world.county_dispatcher):
                yield tale.pause(60, 600)
                tale.act("agree_exclusion", staff(reviewer))


def looked_at(world: World, ticket: Ticket) -> Story:
    """A drawn ticket is looked at by somebody else; once in a while it is not as it was reported."""
    tale = Tale(world, Plan(), f"review-{ticket.pk}")
    tale.ticket = ticket
    yield tale.pause(600, 5000)
    tale.subject.refresh_from_db()
    if tale.subject.state != State.CLOSED or not tale.subject.reviews:
        return
    if tale.fails(0.06):
        tale.act("review_false", staff(world.dispatcher), note="现场仍有残留，请再处理。")
        yield from _reported(tale, tale.holder)
    else:
        tale.act("review_true", staff(world.dispatcher), note="与上报一致。")
