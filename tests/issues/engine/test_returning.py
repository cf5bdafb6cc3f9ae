"""退单: the line that a return cites must name the unit that it suggests, else the dispatcher is warned."""

import pytest
from django.urls import reverse

from core.jobs import outbox
from issues.engine.actors import staff
from issues.models import TicketEvent
from issues.workflow import State
from notices.models import Notice
from tests.tickets import act, at_state

pytestmark = pytest.mark.django_db


def returned(cast, cited, suggested):
    ticket = at_state(cast, State.DISPATCHED)
    given = {"evidence": cast.items[cited], "suggested": cast.departments[suggested], "note": "不归本单位"}
    return act(ticket, "return", staff(cast.handler), **given)


def test_a_line_that_names_the_unit_or_its_office_is_taken_as_it_is(cast):
    for suggested in ("WL", cast.items["C08"].lead.code):
        ticket = returned(cast, "C08", suggested)
        assert "unnamed" not in TicketEvent.objects.get(ticket=ticket, action="return").data


def test_a_line_that_does_not_name_it_warns_whoever_dispatches(cast, login):
    ticket = returned(cast, "C06", "WL")
    warning = "没有写到"
    client = login(cast.town_dispatcher)
    assert warning in client.get(reverse("issues:ticket", args=[ticket.number])).content.decode()
    form = client.get(reverse("issues:act", args=[ticket.number, "dispatch"])).content.decode()
    assert warning in form
    assert "县供电局" in form or "供电" in form
    outbox.drain_inline()
    assert "没有写到" in Notice.objects.get(kind="return", user=cast.town_dispatcher).text
