"""Many people and engines on one ticket at once, on PostgreSQL: one wins, nothing happens twice."""

from datetime import timedelta

import pytest

from core import clock
from core.errors import NotNow
from core.races.idempotency import Once
from issues.doctor import log_replays
from issues.engine.actions import apply, place
from issues.engine.actors import resident, staff
from issues.engine.errors import StaleTicket
from issues.engine.new_ticket import NewTicket
from issues.models import Clock, Source, Ticket, TicketEvent
from issues.tending.reminding import due_steps, fire_due
from issues.workflow import State
from members.models import User
from tests.concurrency.crowd import at_once
from tests.tickets import at_state, placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_sixteen_claims_one_wins_and_fifteen_see_who(cast):
    ticket = at_state(cast, State.DISPATCHED)
    people = [cast.handler.pk, cast.colleague.pk]

    def claim(n: int) -> str:
        user = User.objects.get(pk=people[n % 2])
        return apply(ticket.pk, "claim", actor=staff(user), version=ticket.version).holder.name

    results = at_once(16, claim)
    winners = [r for r in results if isinstance(r, str)]
    losers = [r for r in results if isinstance(r, StaleTicket)]
    assert (len(winners), len(losers)) == (1, 15)
    assert all(winners[0] in loser.message for loser in losers)
    assert TicketEvent.objects.filter(ticket=ticket, action="claim").count() == 1


def test_one_form_sent_sixteen_times_makes_one_ticket(cast):

    def send(n: int) -> str:
        new = NewTicket(area=cast.microgrid, source=Source.ORDER, item=cast.items["C02"])
        return place(new, actor=resident(), once=Once("resident:one", "the-key", {"words": "灯坏了"})).number

    results = at_once(16, send)
    assert len(set(results)) == 1
    assert Ticket.objects.count() == 1


def test_sixteen_orders_at_once_get_sixteen_numbers(cast):
    results = at_once(16, lambda n: placed(cast).number)
    assert sorted(r[-3:] for r in results) == [f"{n:03d}" for n in range(1, 17)]


def test_two_moves_and_notes_at_once_leave_a_whole_log(cast):
    ticket = at_state(cast, State.ACCEPTED)

    def act(n: int) -> str:
        name = ("self_handle", "supplement", "supplement", "whistle")[n % 4]
        fields = {"note": f"第 {n} 条", "cause": "beyond"}
        return apply(ticket.pk, name, actor=staff(cast.worker), version=ticket.version, fields=fields).state

    results = at_once(12, act)
    refused = [r for r in results if isinstance(r, Exception)]
    assert all(isinstance(r, StaleTicket | NotNow) for r in refused)
    assert len([r for r in results if r in (State.SELF_HANDLING, State.CONFIRMING)]) >= 1
    ticket.refresh_from_db()
    assert list(ticket.events.order_by("version").values_list("version", flat=True)) == list(
        range(1, ticket.version + 1)
    )
    assert log_replays(False) == []


def test_notes_at_once_wait_for_each_other_and_none_is_turned_away(cast):
    ticket = at_state(cast, State.ACCEPTED)

    def note(n: int) -> str:
        return apply(ticket.pk, "supplement", actor=staff(cast.worker), fields={"note": f"第 {n} 条"}).state

    assert at_once(8, note) == [State.ACCEPTED] * 8
    assert TicketEvent.objects.filter(ticket=ticket, action="supplement").count() == 8


def test_six_engines_fire_each_reminder_once(cast):
    tickets = [placed(cast) for _ in range(10)]
    late = Clock.objects.order_by("-due_at").first().due_at + timedelta(days=1)

    def engine(n: int) -> int:
        taken = 0
        with clock.at(late):
            while due_steps(1):  # an engine that meets only tickets which others hold takes none and comes again
                taken += fire_due()
        return taken

    results = at_once(6, engine)
    assert sum(results) == 3 * len(tickets)
    for ticket in tickets:
        steps = TicketEvent.objects.filter(ticket=ticket, action="escalate").order_by("version")
        assert [e.data["step"] for e in steps] == ["remind", "warn", "overdue"]


def test_merging_into_a_ticket_that_joins_the_other_way_never_deadlocks(cast):
    """B is merged into A by hand while A, whistled, joins B: one of the two speaks for both."""
    for turn in range(6):
        where = f"村口第 {turn} 根灯杆"
        first = at_state(cast, State.WHISTLED, where=where)
        second = at_state(cast, State.CONFIRMING, where=where)

        def act(n: int, first: Ticket = first, second: Ticket = second) -> str:
            if n % 2:
                into = Ticket.objects.get(pk=second.pk)
                return apply(first.pk, "merge", actor=staff(cast.chief), fields={"into": into, "note": "同一件"}).state
            return apply(second.pk, "confirm", actor=staff(cast.secretary), fields={}).state

        results = at_once(2, act)
        assert all(isinstance(r, str | NotNow | StaleTicket) for r in results), results
        states = set(Ticket.objects.filter(pk__in=[first.pk, second.pk]).values_list("state", flat=True))
        assert State.MERGED in states
        assert len(states) == 2
    assert log_replays(False) == []
