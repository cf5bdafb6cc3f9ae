"""How a ticket ends: reported done, verified on site, the resident called, the departments rated, looked at again."""

from datetime import UTC, datetime, timedelta

from core import clock
from gateway.demo.telling import words
from gateway.demo.telling.tale import Plan, Story, Tale
from gateway.demo.telling.world import World
from issues.engine.actors import Actor, resident, staff
from issues.models import Route, Source, Ticket
from issues.workflow import State
from members.models import User


def self_handled(tale: Tale, worker: User) -> Story:
    tale.act("self_handle", staff(worker))
    yield from reported(tale, staff(worker))


def reported(tale: Tale, handler: Actor) -> Story:
    """Reported done, after whatever sheet came meanwhile has been answered; then checked."""
    world = tale.world
    yield tale.later("handle", pace=0.8)
    if tale.strays(0.02):
        tale.act("supervise", staff(tale.town.dispatcher), note=world.choose(words.PRESSED))
        yield tale.pause(30, 240)
    if Ticket.objects.filter(pk=tale.subject.pk, sheets__gt=0).exists() and world.happens(0.8):
        tale.act("answer_sheet" if tale.subject.lead_id else "answer_sheet_grid", handler, note=tale.say(words.ANSWERS))
    tale.act("report_done", handler, note=tale.done())
    yield from _checked(tale, handler)


def _checked(tale: Tale, handler: Actor) -> Story:
    """Verification on site, failed once in a while, then the resident's word."""
    yield tale.later("verify")
    if tale.plan.rework or tale.fails(0.05):
        tale.act("verify_fail", tale.checker(), note=tale.say(words.FAILS))
        yield from _again(tale, handler)
    tale.act("verify_pass", tale.checker(), note="现场查看，符合结案标准。")
    if tale.subject.source == Source.ORDER:
        yield from _called_back(tale, handler)
    if tale.subject.route == Route.WHISTLE and not tale.plan.brisk and tale.world.happens(0.6):
        yield from _judged(tale)


def _again(tale: Tale, handler: Actor) -> Story:
    yield tale.later("handle", pace=0.6)
    tale.act("report_done", handler, note="已按要求返工，" + tale.done())
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
        tale.act("callback_unsolved", caller, satisfaction=1, solved="not", note=tale.say(words.UNSOLVED))
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
        tale.act("rate_whistle", staff(tale.town.dispatcher), stars=stars, note="")
        if tale.strays(0.02):
            reason = {"exclusion_reason": "信息不实查无此事", "note": "复看照片，地点有误。"}
            tale.act("ask_exclusion", staff(tale.town.dispatcher), **reason)
            for reviewer in (tale.town.leader, world.county_dispatcher):
                yield tale.pause(60, 600)
                tale.act("agree_exclusion", staff(reviewer))


def looked_at(world: World, ticket: Ticket) -> Story:
    """A drawn ticket is looked at by somebody else; once in a while it is not as it was reported."""
    tale = Tale(world, Plan(item=ticket.item), f"review-{ticket.pk}")
    tale.ticket = ticket
    yield tale.pause(600, 5000)
    tale.subject.refresh_from_db()
    if tale.subject.state != State.CLOSED or not tale.subject.reviews:
        return
    if tale.fails(0.06):
        tale.act("review_false", staff(tale.town.dispatcher), note="现场仍有残留，请再处理。")
        yield from reported(tale, tale.holder)
    else:
        tale.act("review_true", staff(tale.town.dispatcher), note="与上报一致。")
