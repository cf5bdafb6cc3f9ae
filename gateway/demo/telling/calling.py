"""The whistle: confirmed by the village, dispatched, disputed now and then, claimed and handled by departments."""

from datetime import timedelta

from core import clock
from core.days.calendar import Limit
from duties.routing.deciding import Decision
from gateway.demo.telling import words
from gateway.demo.telling.closing import reported, self_handled
from gateway.demo.telling.tale import Story, Tale
from issues.engine.actors import Actor, staff
from issues.models import Call
from issues.workflow import State
from members.models import Department, User

LONGEST_WAIT = 26
"""Days on the ledger at most: before it is looked at again."""
CONFIRMED = frozenset({State.WHISTLED, State.DISPATCHED})  # with a dispatcher, or sent by the engine


def whistled(tale: Tale, worker: User) -> Story:
    is_bare = not tale.plan.brisk and tale.world.happens(0.1)
    measures = "" if is_bare else tale.say(words.MEASURES)
    if tale.is_urgent:
        tale.act("whistle_urgent", staff(tale.chief), note=tale.say(words.MEASURES), measures=measures)
        if not measures:
            yield tale.pause(10, 40)
            tale.act("write_up", staff(worker), measures=tale.say(words.MEASURES))
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
    tale.act("whistle", staff(worker), cause="beyond", note=tale.say(words.MEASURES), measures=measures)
    yield tale.later("confirm")
    if tale.strays(0.04):
        tale.act("keep", secretary, note="村里有工具，网格先办。")
        yield from self_handled(tale, worker)
    else:
        tale.act("confirm", secretary)


def _dispatched(tale: Tale, worker: User, measures: str) -> Story:
    """The dispatcher calls departments; a bare whistle goes back first."""
    world, dispatcher = tale.world, staff(tale.town.dispatcher)
    if not measures and world.happens(0.6):
        by = dispatcher if tale.subject.state == State.WHISTLED else tale.handler()
        tale.act("send_whistle_back", by, note="请写明村里已做了什么。")
        yield tale.pause(60, 400)
        yield from _confirmed(tale, worker, tale.say(words.MEASURES))
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
    if tale.plan.halt_at == State.SUSPENDED or (tale.item.code in words.SUSPENDABLE and tale.strays(0.05)):
        yield from _suspended(tale, handler)
    if tale.in_haste or world.happens(0.95):
        yield tale.later("arrive", pace=0.7)
        for one in (handler, *helpers):
            tale.act("arrive", one)
    if world.happens(0.4):
        yield tale.later("handle", pace=0.25)
        tale.act("progress", handler, note=tale.say(words.PROGRESS))
    for helper in helpers:
        yield tale.pause(30, 200)
        tale.act("assist_report", helper, note=tale.say(words.SHARES))
    if tale.subject.limits["extend"] and tale.strays(0.07):
        yield from _extended(tale, handler)
    yield from reported(tale, handler)


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
    yield clock.now() + timedelta(days=tale.rng.randint(4, LONGEST_WAIT))
    tale.act("resume", handler, note="资金已到位。")


def _extended(tale: Tale, handler: Actor) -> Story:
    if tale.is_late():
        return
    tale.act("ask_extension", handler, days=Limit(2, "wd"), note=tale.say(words.EXTENSIONS))
    yield tale.pause(20, 120)
    tale.act("agree_extension", staff(tale.town.dispatcher))
    yield tale.pause(20, 120)
    if tale.world.happens(0.8):
        tale.act("grant_extension", staff(tale.world.county_dispatcher))
    else:
        tale.act("refuse_extension", staff(tale.world.county_dispatcher), note="未说明计划，请按原时限办。")
