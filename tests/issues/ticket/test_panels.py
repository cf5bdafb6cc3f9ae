"""What hangs on a ticket, and the pages of supervision sheets and minutes."""

import pytest
from django.urls import reverse

from issues.dossier.panels import panels_of
from issues.dossier.reading import open_dossier
from issues.engine.actors import staff
from issues.models import Consultation, Sheet
from issues.workflow import State
from tests.tickets import act, at_state, placed, ready_for

pytestmark = pytest.mark.django_db


def panels(user, ticket):
    return {panel.key: panel.rows for panel in panels_of(open_dossier(user, ticket.number))}


def test_a_plain_ticket_has_none_and_costs_nothing(cast, django_assert_num_queries):
    dossier = open_dossier(cast.worker, at_state(cast, State.HANDLING).number)
    assert [event.action for event in dossier.events][-1] == "place"  # the history is read for the timeline
    with django_assert_num_queries(0):
        assert panels_of(dossier) == []


def test_called_departments_say_how_far_each_is(cast):
    ticket = ready_for(cast, "assist_report")
    rows = panels(cast.town_dispatcher, ticket)["calls"]
    assert [(row.tag, row.title) for row in rows] == [("牵头", str(cast.office)), ("配合", str(cast.departments["WL"]))]
    assert "待领办" in str(rows[0].note)
    assert "办理中" in str(rows[1].note)
    act(ticket, "assist_report", staff(cast.other_handler), note="已配合")
    assert "已报" in str(panels(cast.town_dispatcher, ticket)["calls"][1].note)


def decided(cast):
    ticket = at_state(cast, State.CONSULTING)
    act(ticket, "position", staff(cast.handler), note="产权未移交")
    act(ticket, "decide", staff(cast.town_dispatcher), lead=cast.office, note="先修后议")
    return ticket, Consultation.objects.get(ticket=ticket)


def test_a_consultation_is_told_and_its_minutes_can_be_printed(cast, login):
    ticket, held = decided(cast)
    question, party = panels(cast.secretary, ticket)["consultation"]
    assert question.lines == ["议题：由谁牵头", "定论：先修后议"]
    assert party.lines == ["产权未移交"]
    html = login(cast.secretary).get(question.url).content.decode()
    assert f"由{cast.office}牵头" in html
    assert "产权未移交" in html
    assert held.decided_by.name in html


def test_minutes_of_a_sensitive_matter_are_for_those_who_carry_it(cast, login):
    ticket, held = decided(cast)
    type(ticket).objects.filter(pk=ticket.pk).update(is_sensitive=True)
    url = reverse("issues:minutes", args=[ticket.number, held.pk])
    assert login(cast.auditor).get(url).status_code == 404
    assert login(cast.secretary).get(url).status_code == 200
    assert "由谁牵头" not in str(panels(cast.auditor, ticket)["consultation"][0].lines)


def test_only_the_sheets_that_are_the_readers_to_answer_can_be_ticked(cast, login):
    """Who has the ticket in hand answers for it; dispatchers, auditors and other offices read only."""
    ticket, url = ready_for(cast, "answer_sheet"), reverse("issues:sheets")
    box = f'name="n" value="{ticket.number}"'
    assert box in login(cast.handler).get(url).content.decode()
    for other in (cast.town_dispatcher, cast.auditor):
        html = login(other).get(url).content.decode()
        assert ticket.number in html
        assert box not in html
        assert "勾选的一起回复" not in html


def test_sheets_are_listed_for_who_sees_the_ticket_by_what_they_wait_for(cast, login, django_assert_max_num_queries):
    ticket = ready_for(cast, "answer_sheet")
    sheet = Sheet.objects.get(ticket=ticket)
    url = reverse("issues:sheets")
    town = login(cast.town_dispatcher)
    with django_assert_max_num_queries(12):
        assert sheet.number in town.get(url).content.decode()
    assert sheet.number not in login(cast.other_town_dispatcher).get(url).content.decode()
    act(ticket, "answer_sheet", staff(cast.handler), note="配件明天到")
    assert sheet.number not in town.get(url).content.decode()
    answered = town.get(url, {"state": "answered"}).content.decode()
    assert "配件明天到" in answered
    assert town.get(url, {"state": "nonsense"}).status_code == 200
    rows = panels(cast.handler, ticket)["sheets"]
    assert rows[0].lines == ["请尽快办", rows[0].lines[1]]
    assert "配件明天到" in rows[0].lines[1]


def test_papers_and_relatives_are_shown(cast):
    ticket = ready_for(cast, "agree_extension")
    (paper,) = panels(cast.town_dispatcher, ticket)["papers"]
    assert paper.title == "延期 2 个工作日"
    first = placed(cast)
    second = placed(cast)
    act(second, "merge", staff(cast.worker), into=first)
    (joined,) = panels(cast.worker, first)["related"]
    assert (joined.title, joined.tag) == (second.number, "并来")
    (leading,) = panels(cast.worker, second)["related"]
    assert (leading.title, leading.tag, bool(leading.url)) == (first.number, "并入", True)
