"""Rows of the queue: punched as the template would be rendered, for every state, lamp and look."""

from dataclasses import replace
from itertools import product

import pytest

from core import clock
from core.web.stencil import Stencil
from issues.engine.clocks import lamp
from issues.finding.queries import queue
from issues.models import Ticket
from issues.queue import rows
from tests.issues.crowd import crowd

pytestmark = pytest.mark.django_db


def test_every_row_is_what_its_template_says(cast):
    crowd(cast)
    first = Ticket.objects.order_by("pk")[0]
    Ticket.objects.filter(pk=first.pk).update(title="<b>路灯</b> 100% \"不亮\" & '坏'")
    now, looks = clock.now(), [rows.Look(*flags, here="") for flags in product((True, False), repeat=2)]
    looks += [replace(looks[0], here="view=all&after=%3D&", shown=first.number)]
    seen = set()
    for ticket in queue(cast.county_leader):
        for look in looks:
            key = lamp(ticket, now)
            flags, values = rows.flags_of(ticket, key, look), rows.values_of(ticket, key, look)
            assert rows.row(ticket, lamp=key, look=look) == rows.ROW.whole(values, **flags)
            seen.add((ticket.state, key))
    assert len(seen) > 12
    assert isinstance(rows.ROW, Stencil)
