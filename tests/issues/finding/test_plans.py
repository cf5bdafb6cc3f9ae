"""Lists of open tickets read open tickets only, however many lie behind them."""

import pytest
from django.db import connection  # noqa: F401  (named in skipif)

from core import clock
from issues.finding.filters import ENDED_VIEWS, TicketFilter
from issues.finding.queries import VIEWS, queue
from issues.models import OPEN, Ticket
from issues.workflow import ENDED_STATES, OPEN_STATES, State
from tests.tickets import at_state

PLACES = {
    "county_dispatcher": "county",
    "town_dispatcher": "township",
    "secretary": "village",
    "chief": "grid",
    "worker": "area",
}
OPEN_VIEWS = sorted(set(VIEWS) - ENDED_VIEWS - {"today"})  # today's go by the day they were placed


def test_open_is_what_the_states_say(cast):
    for state in State:
        at_state(cast, state, route="self" if state == State.SELF_HANDLING else "whistle")
    assert set(Ticket.objects.filter(OPEN).values_list("state", flat=True)) == OPEN_STATES
    assert set(Ticket.objects.exclude(OPEN).values_list("state", flat=True)) == ENDED_STATES


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL plans by the size of its tables")
@pytest.mark.parametrize(("reader", "place"), PLACES.items())
@pytest.mark.parametrize("view", OPEN_VIEWS)
def test_a_tab_of_open_tickets_goes_by_a_partial_index(cast, reader, place, view):
    user, now = cast.users[reader], clock.now()
    rows = TicketFilter(view=view).apply(queue(user), now, user)
    assert f"ticket_open_{place}" in rows.explain()
    assert f"ticket_open_{place}" in rows.order_by("due_at", "id").explain()


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL plans by the size of its tables")
def test_a_department_goes_by_its_own(cast):
    assert "ticket_open_lead" in queue(cast.handler).filter(OPEN).order_by("due_at", "id").explain()
