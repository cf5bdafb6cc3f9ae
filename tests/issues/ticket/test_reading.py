"""The dossier of a ticket: what its statements read is what the ORM reads, for every reader."""

import pytest

from core import clock
from issues.dossier import reading
from issues.models import Ticket
from issues.workflow import State
from members.access import scope_for
from tests.cast import PEOPLE
from tests.tickets import at_state, placed

pytestmark = pytest.mark.django_db


def rows(found):
    return [(row.pk, row.area.name, row.item and row.item.grade.name, row.lead and row.lead.name) for row in found]


def test_a_ticket_is_read_for_those_who_see_it(cast):
    tickets = [at_state(cast, State.CLOSED), placed(cast), placed(cast, area=cast.other_grid, item=None)]
    since = clock.now().replace(year=2020)
    seen = set()
    for name in PEOPLE:
        user = getattr(cast, name)
        scope = scope_for(user).bare
        for ticket in tickets:
            found = reading._numbered(scope, reading.JOINED, number=ticket.number)
            assert rows(found) == rows(reading._numbered.plain(scope, reading.JOINED, number=ticket.number))
            assert rows(found) == rows(Ticket.objects.visible_to(user).filter(number=ticket.number))
            at = {"item": ticket.item_code, "grid": ticket.grid_id, "since": since}
            assert reading._alike(scope, 99, **at) == reading._alike.plain(scope, 99, **at)
            seen.add(bool(found))
    assert seen == {True, False}
    story = reading._history(ticket=tickets[0].pk)
    assert story == list(tickets[0].events.order_by("-version"))
    assert len(story) > 5
