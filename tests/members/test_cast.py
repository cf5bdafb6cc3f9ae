"""The cast and the helpers that other tests stand on keep their promises."""

import pytest

from issues.workflow import STATES, State
from tests.cast import PEOPLE
from tests.tickets import at_state


def test_everybody_holds_the_post_that_their_name_says(cast):
    for attribute, (name, role, _place) in PEOPLE.items():
        user = getattr(cast, attribute)
        assert user.name == name
        assert [post.role for post in user.posts.all()] == [role]


@pytest.mark.parametrize("state", list(STATES))
def test_any_state_can_be_reached(cast, state):
    assert at_state(cast, state).lead in (None, cast.office)


@pytest.mark.parametrize("state", [State.REPORTED, State.VERIFIED, State.CLOSED, State.REWORK])
def test_a_grid_keeps_its_own_ticket(cast, state):
    ticket = at_state(cast, state, route="self", source="worker")
    assert ticket.lead is None


def test_an_urgent_ticket_skips_the_dispatcher(cast):
    assert at_state(cast, State.DISPATCHED, item=cast.items["C01"]).whistled_at
