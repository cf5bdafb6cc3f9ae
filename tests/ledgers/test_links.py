"""What a ticket's page shows of ledgers: the campaign that found it, the problem it proves, to whom they are open."""

import pytest

from issues.extensions import links_of
from issues.models import Ticket
from ledgers.hooks import _beside
from ledgers.models import Rectification, Target
from members.access import scope_for
from tests.cast import PEOPLE
from tests.ledgers.conftest import look, problem, target
from tests.tickets import placed

pytestmark = pytest.mark.django_db


def test_a_ticket_leads_to_what_it_was_found_by_and_what_it_proves(cast):
    found = look(target(cast), "found", cast.worker, remark="厨房插座发黑").ticket
    proves, alone = placed(cast), placed(cast)
    row = problem(cast, ticket=proves)
    seen = set()
    for name in PEOPLE:
        user = getattr(cast, name)
        scope = scope_for(user).bare
        for ticket in (found, proves, alone):
            rows = _beside(scope, ticket=ticket.pk)
            assert rows == list(_beside.plain(scope, ticket=ticket.pk))
            visible = Target.objects.visible_to(user).filter(ticket=ticket).count()
            visible += Rectification.objects.visible_to(user).filter(ticket=ticket).count()
            assert len(rows) == visible
            seen.add(visible)
    assert seen == {0, 1}
    shown = [str(link.text) for link in links_of(cast.town_dispatcher, Ticket.objects.get(pk=proves.pk))]
    assert any(row.number in text for text in shown)
