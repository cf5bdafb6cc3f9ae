"""What a ticket's page shows of the dispute opened from it: to each reader what they may see, read as the ORM reads."""

import pytest

from issues.extensions import links_of
from issues.models import Ticket
from mediation.hooks import _opened_from
from mediation.models import Dispute
from members.access import scope_for
from tests.cast import PEOPLE
from tests.mediation.conftest import opened
from tests.tickets import placed

pytestmark = pytest.mark.django_db


def test_a_ticket_leads_to_its_dispute_for_those_who_see_it(cast):
    ticket, alone = placed(cast, item=cast.items["F04"]), placed(cast)
    dispute = opened(cast, ticket=ticket)
    seen = set()
    for name in PEOPLE:
        user = getattr(cast, name)
        found = _opened_from(scope_for(user).bare, ticket=ticket.pk)
        assert found == list(_opened_from.plain(scope_for(user).bare, ticket=ticket.pk))
        assert found == list(Dispute.objects.visible_to(user).filter(ticket=ticket))
        assert not _opened_from(scope_for(user).bare, ticket=alone.pk)
        if name in ("secretary", "chief", "town_leader", "other_worker", "handler"):
            here = Ticket.objects.get(pk=ticket.pk)
            shown = [str(link.text) for link in links_of(user, here) if dispute.number in str(link.text)]
            assert bool(shown) == bool(found), name
        seen.add(bool(found))
    assert seen == {True, False}
