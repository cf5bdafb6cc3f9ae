"""复看: alarms and the daily draw ask a person to look; nothing happens to anybody by itself."""

import hashlib
import math
from dataclasses import replace
from datetime import timedelta

import pytest

from core import clock
from core.errors import NotNow, NotYours
from core.jobs import outbox
from issues.engine.actors import staff
from issues.models import Review, SpotDraw
from issues.tending import reviews
from issues.workflow import State
from tests.tickets import NOTE, PIXEL, act, apply, at_state

pytestmark = pytest.mark.django_db
LOOK = (0b1010_1100_0110_0101, 0b0110_0011_1001_1100, 0b1111_0000_1100_0011, 0b0101_0011_0101_1010)


def reported(cast, *, after=timedelta(hours=1), look=(0, 0, 0, 0), route="whistle", **changes):
    """A ticket that was reported `after` it was taken in hand, with a picture of that look."""
    state = State.SELF_HANDLING if route == "self" else State.HANDLING
    ticket = at_state(cast, state, **changes)
    who = cast.worker if route == "self" else cast.handler
    with clock.at(clock.now() + after):
        picture = replace(PIXEL, look=look)
        ticket = apply(ticket.pk, "report_done", actor=staff(who), fields={"note": NOTE}, pictures=[picture])
        outbox.drain_inline()
    ticket.refresh_from_db()
    return ticket


def kinds(ticket):
    return sorted(ticket.review_papers.values_list("kind", flat=True))


def test_a_calm_report_asks_nothing(cast):
    assert kinds(reported(cast)) == []


def test_done_within_two_minutes_is_looked_at_unless_the_grid_settled_it_on_the_spot(cast):
    assert kinds(reported(cast, after=timedelta(seconds=100))) == ["quick"]
    assert kinds(reported(cast, after=timedelta(seconds=100), route="self", source="worker")) == []


def test_many_reports_in_a_row_are_looked_at_once_each(cast):
    tickets = [reported(cast, after=timedelta(minutes=3)) for _ in range(reviews.BURST)]
    assert [kinds(t) for t in tickets] == [[]] * (reviews.BURST - 1) + [["burst"]]


def test_a_picture_that_was_seen_before_is_named(cast):
    first = reported(cast, look=LOOK)
    touched = (LOOK[0] ^ 0b11, LOOK[1], LOOK[2], LOOK[3] ^ 0b1000)
    second = reported(cast, look=touched)
    assert kinds(first) == []
    paper = second.review_papers.get()
    assert (paper.kind, first.number in paper.detail) == ("copied", True)


@pytest.mark.parametrize(
    "other", [(LOOK[0] ^ 0b11, LOOK[1] ^ 0b11, LOOK[2], LOOK[3]), (0, 0, 0, 0)], ids=["four bits", "plain"]
)
def test_pictures_that_only_resemble_are_not(cast, other):
    reported(cast, look=LOOK if any(other) else other)
    assert kinds(reported(cast, look=other)) == []


def test_who_checks_on_site_answers_what_was_asked(cast):
    ticket = reported(cast, after=timedelta(seconds=60))
    assert ticket.reviews == 1
    ticket = act(ticket, "verify_pass", staff(cast.verifier))
    paper = ticket.review_papers.get()
    assert (ticket.reviews, paper.is_true, paper.checked_by) == (0, True, cast.verifier)


def test_a_closed_one_is_judged_by_somebody_else_and_may_open_a_round(cast):
    ticket = at_state(cast, State.CLOSED, route="self")
    assert reviews.ask(ticket.pk, Review.Kind.SAMPLE)
    assert not reviews.ask(ticket.pk, Review.Kind.SAMPLE)
    with pytest.raises((NotNow, NotYours)):
        act(ticket, "review_true", staff(cast.worker))
    with pytest.raises(NotNow, match="另一人"):
        act(ticket, "review_true", staff(cast.verifier))
    ticket = act(ticket, "review_false", staff(cast.town_dispatcher), note="现场还在")
    assert (ticket.state, ticket.round, ticket.reviews) == (State.REWORK, 2, 0)
    assert ticket.review_papers.get().is_true is False


def test_the_draw_takes_a_tenth_rounded_up_and_can_be_repeated_by_anybody(cast):
    closed = [at_state(cast, State.CLOSED, route="self", source="worker") for _ in range(11)]
    at_state(cast, State.CLOSED)  # whistled: not in the draw
    day = clock.local(clock.now()).date()
    tomorrow = day + timedelta(days=1)
    assert reviews.draw_missing(tomorrow) == 2
    assert reviews.draw_missing(tomorrow) == 0
    draw = SpotDraw.objects.get(township=cast.township, day=day)
    numbers = [t.number for t in closed]
    by_hand = sorted(numbers, key=lambda n: hashlib.sha256(f"{cast.township.code} {day} {n}".encode()).hexdigest())
    assert (draw.population, draw.drawn) == (11, sorted(by_hand[: math.ceil(11 * 0.1)]))
    flagged = Review.objects.filter(kind="sample").values_list("ticket__number", flat=True)
    assert sorted(flagged) == draw.drawn


def test_a_missed_day_is_drawn_later(cast):
    at_state(cast, State.CLOSED, route="self")
    day = clock.local(clock.now()).date()
    assert reviews.draw_missing(day + timedelta(days=5)) == 1
    assert SpotDraw.objects.get(township=cast.township, day=day).population == 1
