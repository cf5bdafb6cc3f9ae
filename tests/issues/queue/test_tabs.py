"""The saved tabs: each count is the length of its list, and "mine" is what the workflow offers."""

from collections import Counter
from datetime import timedelta

import pytest

from core import clock
from issues.engine.actors import staff
from issues.engine.guard_context import situation
from issues.finding.filters import TicketFilter
from issues.finding.queries import GUARD_Q, UNCOUNTED, VIEWS, my_move_q, tabs
from issues.models import Ticket
from issues.workflow import TRANSITIONS, offers
from members.access import scope_for
from members.roles import SEES, Role
from tests import worlds
from tests.cast import PEOPLE
from tests.issues.crowd import CROWD
from tests.tickets import ready_for

READERS = [name for name, (_n, role, _p) in PEOPLE.items() if "tickets" in SEES[role]]


@pytest.fixture
@worlds.on(CROWD)
def tickets(db):
    return CROWD()


def test_every_guard_of_a_forward_step_can_be_asked_of_the_database():
    assert {guard for t in TRANSITIONS if t.is_forward for guard in t.guards} <= GUARD_Q.keys()


def test_the_next_move_is_what_the_workflow_offers(cast, tickets):
    moves = 0
    for name in PEOPLE:
        user = getattr(cast, name)
        found = set(Ticket.objects.filter(my_move_q(scope_for(user))).values_list("pk", flat=True))
        for ticket in Ticket.objects.all():
            # The list item is chosen in the form of the step itself.
            possible = offers(*situation(staff(user), ticket, clock.now(), {"item": object()}))
            expected = any(t.is_forward for t in possible if ticket.is_open)
            assert (ticket.pk in found) == expected, (name, ticket.state, ticket.route)
            moves += expected
    assert moves > 30


def test_people_without_a_post_have_no_next_move(cast, tickets, django_user_model):
    stranger = django_user_model.objects.create(username="stranger", name="路人", created_at=clock.now())
    assert not Ticket.objects.filter(my_move_q(scope_for(stranger))).exists()


def test_every_count_is_the_length_of_its_list(cast, tickets, django_assert_num_queries):
    now = clock.now() + timedelta(hours=30)
    for name in READERS:
        user = getattr(cast, name)
        scope_for(user)
        with django_assert_num_queries(1):
            shown = tabs(user, now)
        for tab in shown:
            rows = TicketFilter(view=tab.view).apply(Ticket.objects.visible_to(user), now, user)
            if tab.count is not None:
                assert rows.count() == tab.count, (name, tab.view)
        dispatches = PEOPLE[name][1] in (Role.TOWNSHIP_DISPATCHER, Role.COUNTY_DISPATCHER)
        assert ("dispatch" in {tab.view for tab in shown}) == dispatches


def test_every_tab_has_something_to_show_at_some_hour(cast, tickets):
    ready_for(cast, "recall")
    seen: Counter[str] = Counter()
    moments = {clock.now()} | {ticket.warn_at for ticket in Ticket.objects.all()}
    for moment in sorted(moments):
        for tab in tabs(cast.town_dispatcher, moment):
            seen[tab.view] += tab.count or 0
    assert all(seen[view] for view in VIEWS if view not in UNCOUNTED), seen
