"""What happens to one demo ticket: a generator that acts through the real verbs and yields when it acts next.

Every act goes through `issues.engine.actions`; a story only chooses who acts, when and with which words. Delays
are shares of the ticket's own limits, so overdue and punctual cases come out of the same rule. It begins here, with
the grid; the whistle and its departments are told by `calling`, how it ends by `closing`.
"""

from datetime import timedelta

from core import clock
from core.races.idempotency import Once
from duties.models import DutyItem, FirstLevel
from gateway.demo.setting.places import FAMILY, invented_phone
from gateway.demo.telling import words
from gateway.demo.telling.calling import whistled
from gateway.demo.telling.closing import self_handled
from gateway.demo.telling.tale import Halted, Plan, Story, Tale
from gateway.demo.telling.world import World
from issues.engine.actions import place
from issues.engine.actors import resident, staff
from issues.engine.lateness import would_hide
from issues.engine.new_ticket import Contact, NewTicket
from issues.finding.families import same_matter
from issues.models import OPEN, Source, Ticket
from issues.workflow import State
from members.models import User

MOST_TRIED = 20


def tell(world: World, plan: Plan, key: str) -> Story:
    """The story of one ticket; ends by itself, or where the plan halts it."""
    tale = Tale(world, plan, key)
    try:
        yield from _placed(tale)
    except Halted:
        return


def _placed(tale: Tale) -> Story:
    world, rng = tale.world, tale.rng
    is_order = tale.plan.brisk or world.happens(0.45)
    worker = rng.choice(world.workers[tale.ground.area.pk])
    actor = resident() if is_order else staff(worker)
    tale.ticket = place(_new(tale, is_order=is_order), actor=actor, once=Once("demo", tale.key, {"key": tale.key}))
    if tale.plan.halt_at == State.PLACED:
        raise Halted
    yield tale.later("accept") if is_order else clock.now() + timedelta(minutes=2)
    if tale.plan.halt_at == State.DECLINED or (is_order and tale.strays(0.03)):
        tale.act("decline", staff(tale.chief), reason="unfounded", note=world.choose(words.UNFOUNDED))
        return
    if _joined(tale, worker):
        return
    tale.subject.refresh_from_db(fields=["raised"])
    tale.act("accept", staff(tale.secretary if tale.subject.raised else worker), item=tale.item)
    if is_order and tale.strays(0.06):
        yield tale.pause(20, 300)
        tale.act("supplement", resident(), note=world.choose(words.ADDED))
    yield tale.pause(5, 90)
    route = tale.plan.route or ("self" if world.happens(_self_share(tale.item)) else "whistle")
    yield from (self_handled(tale, worker) if route == "self" else whistled(tale, worker))


def _new(tale: Tale, *, is_order: bool) -> NewTicket:
    world, rng, ground, item = tale.world, tale.rng, tale.ground, tale.item
    matter = world.matters.tell(item.code, village=ground.village, lie=ground.lie, by_resident=is_order, rng=rng)
    caller = f"{rng.choice(FAMILY)}{rng.choice(('先生', '女士'))}"
    return NewTicket(
        area=ground.area,
        source=Source.ORDER if is_order else Source.WORKER,
        item=item if not is_order or tale.in_haste or world.happens(0.8) else None,
        title=matter.title,
        description=matter.words,
        where="" if tale.plan.brisk else matter.where,
        contact=Contact(caller, invented_phone(rng)) if is_order and world.happens(0.6) else None,
        pictures=world.shots(rng.choices((0, 1, 2), (5, 4, 1))[0]),
    )


def _joined(tale: Tale, worker: User) -> bool:
    """Whether it turned out to be the same as an earlier one and was merged into it."""
    if tale.plan.halt_at != State.MERGED and not tale.strays(0.02):
        return False
    told = same_matter(tale.subject)
    if not told and tale.plan.brisk:
        near = Ticket.objects.filter(OPEN, township=tale.subject.township_id).exclude(pk=tale.subject.pk)
        told = list(near[:MOST_TRIED])
    first = next((one for one in told if not would_hide(tale.subject, one, clock.now())), None)
    if first is None:
        return False
    tale.act("merge", staff(worker), into=first, note="与先前一件说的是同一件事，一并办理。")
    return True


def _self_share(item: DutyItem) -> float:
    return {FirstLevel.GRID: 0.9, FirstLevel.VILLAGE: 0.65}.get(FirstLevel(item.first_level), 0.2)
