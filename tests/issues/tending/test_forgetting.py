"""Who placed an order is forgotten a year after its end; what was done about it stays."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from core import clock
from issues.models import Reporter, Ticket, TicketEvent
from issues.tending import forgetting
from issues.workflow import State
from tests.tickets import at_state

pytestmark = pytest.mark.django_db
NUMBER = "13800006021"


@pytest.fixture
def ended(cast):
    return at_state(cast, State.CLOSED, description=f"井盖坏了，打{NUMBER}")


def aged(ticket, days):
    Ticket.objects.filter(pk=ticket.pk).update(closed_at=clock.now() - timedelta(days=days))


def test_a_year_after_the_end_nobody_knows_who_it_was(ended):
    aged(ended, 366)
    assert forgetting.forget() == 1
    reporter = Reporter.objects.get(ticket=ended)
    assert (reporter.name, reporter.phone, reporter.phone_index) == ("", "", "")
    ticket = Ticket.objects.get(pk=ended.pk)
    assert ticket.description == ticket.description.full == "井盖坏了，打138****6021"
    assert all(event.note.full == event.note for event in TicketEvent.objects.filter(ticket=ended))
    assert forgetting.forget() == 0


def test_before_that_everything_stays(ended, cast):
    aged(ended, 364)
    running = at_state(cast, State.HANDLING)
    assert forgetting.forget() == 0
    assert Reporter.objects.get(ticket=ended).phone
    assert Reporter.objects.get(ticket=running).phone
    assert Ticket.objects.get(pk=ended.pk).description.full.endswith(NUMBER)


def test_a_night_looks_at_what_has_come_of_age_of_late(ended, capsys):
    aged(ended, 365 + 91)
    assert forgetting.forget() == 0
    call_command("forget_contacts")
    assert capsys.readouterr().out == "contacts past their time: 1\n"
    call_command("forget_contacts", "--now")
    assert capsys.readouterr().out == "forgotten: 1\n"


def test_the_code_alone_opens_no_words_after_that(ended, client):
    aged(ended, 366)
    forgetting.forget()
    page = client.get(reverse("issues:track", args=[ended.code])).content.decode()
    assert "井盖坏了" not in page
    answer = client.post(reverse("issues:open_words", args=[ended.code]), {"tail": ""})
    assert "井盖坏了" not in answer.content.decode()


def test_every_model_with_words_is_looked_through():
    from issues.models import EngineSwitch, Reply

    known = {model for model, _path in forgetting.HANGING} | {Ticket}
    assert forgetting.written_models() - {Reply, EngineSwitch} == known
