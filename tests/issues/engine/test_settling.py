"""自办即结: what a worker found and settled on the spot ends with one press; an order waits for the resident."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import Incomplete, NotNow
from core.jobs import outbox
from issues.engine import clocks
from issues.engine.actions import apply
from issues.engine.actors import staff
from issues.models import Photo, Review, Ticket, TicketEvent
from issues.tending import reviews
from issues.workflow import State
from tests.issues.field.test_pages import NEW, form
from tests.tickets import PIXEL, act, at_state, jpeg

pytestmark = pytest.mark.django_db


def found(cast, state=State.ACCEPTED, **more):
    return at_state(cast, state, route="self", source="worker", **more)


def test_one_press_on_the_ticket_closes_an_own_finding(cast):
    for state in (State.ACCEPTED, State.SELF_HANDLING):
        ticket = act(found(cast, state), "settle", staff(cast.worker))
        assert (ticket.state, ticket.route, ticket.done_on_time) == (State.CLOSED, "self", True)
        assert (ticket.reported_by, ticket.handled_by, ticket.holder) == (cast.worker, cast.worker, None)
        assert not ticket.clocks.filter(stopped_at=None).exists()


def test_one_press_on_the_form_logs_and_closes_it(cast, login):
    answer = login(cast.worker).post(NEW, form(cast, item="", which="F01", do="done"))
    assert answer.status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.state == State.CLOSED
    assert [event.action for event in TicketEvent.objects.order_by("version")] == ["place", "accept", "settle"]


def test_a_residents_order_and_somebody_elses_finding_go_the_long_way(cast):
    order = at_state(cast, State.SELF_HANDLING)
    with pytest.raises(NotNow, match="自己上报"):
        act(order, "settle", staff(cast.worker))
    theirs = act(found(cast, State.SELF_HANDLING), "take_over", staff(cast.chief))
    with pytest.raises(NotNow, match="自己上报"):
        act(theirs, "settle", staff(cast.chief))
    assert act(order, "report_done", staff(cast.worker), note="已修").state == State.REPORTED


def test_a_photo_is_asked_for_where_the_item_or_the_county_wants_to_see_it(cast, login, monkeypatch):
    client = login(cast.worker)
    assert client.post(NEW, form(cast, item="B01", do="done")).status_code == 422
    assert client.post(NEW, form(cast, item="B01", do="done", photos=[jpeg()])).status_code == 302
    assert Photo.objects.get().event.action == "settle"
    wanting = clocks.Rules.from_json({"settle_needs_photo": True})
    monkeypatch.setattr(clocks.Rules, "from_json", lambda _stored: wanting)
    ticket = found(cast, item=cast.items["F01"])
    with pytest.raises(Incomplete):
        act(ticket, "settle", staff(cast.worker))
    ticket.refresh_from_db()
    assert apply(ticket.pk, "settle", actor=staff(cast.worker), pictures=[PIXEL]).state == State.CLOSED


def test_what_was_settled_on_the_spot_is_drawn_and_counted_by_the_alarms(cast):
    for _n in range(reviews.BURST):
        act(found(cast), "settle", staff(cast.worker))
    outbox.drain_inline()
    assert set(Review.objects.values_list("kind", flat=True)) == {Review.Kind.BURST}
    day = clock.local(clock.now()).date() + timedelta(days=1)
    assert reviews.draw_missing(day) >= 1
    drawn = Ticket.objects.filter(review_papers__kind=Review.Kind.SAMPLE).first()
    assert act(drawn, "review_false", staff(cast.town_dispatcher), note="仍有残留").state == State.REWORK
