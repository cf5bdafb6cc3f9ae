"""What a ticket has is said once, and all that reads it finds it."""

from dataclasses import fields

import pytest

from issues.attributes import ATTRIBUTES, BY_NAME
from issues.engine.new_ticket import NewTicket
from issues.finding.conditions import CHOICES
from issues.finding.filters import TicketFilter
from issues.models import Source, Ticket
from issues.queue.exporting import COLUMNS

COLUMNS_OF_A_TICKET = {field.attname for field in Ticket._meta.concrete_fields}


def test_each_is_a_column_and_said_once():
    names = [attribute.name for attribute in ATTRIBUTES]
    assert len(names) == len(set(names)) == len(BY_NAME)
    assert set(names) <= COLUMNS_OF_A_TICKET


@pytest.mark.parametrize("attribute", [a for a in ATTRIBUTES if a.narrows], ids=lambda a: a.name)
def test_what_narrows_lists_is_a_condition_with_each_of_its_values(attribute):
    assert attribute.name in {field.name for field in fields(TicketFilter)}
    label, values = CHOICES[attribute.name]
    assert label == attribute.label
    assert set(values) == {str(value) or "none" for value in attribute.words}


def test_words_of_a_sensitive_ticket_stay_with_those_who_may_read_them():
    ticket = Ticket(title="王某打人", place="王家巷", description="昨晚", is_sensitive=True)
    said = {a.name: a.said(ticket, is_readable=False) for a in ATTRIBUTES if a.veil}
    assert said == {"title": "涉敏感信息的工单", "place": "", "description": ""}
    assert BY_NAME["place"].said(ticket, is_readable=True) == "王家巷"
    assert BY_NAME["place"].cell(ticket, None) == ""


def test_a_file_to_keep_holds_what_has_a_width():
    labels = [str(column.label) for column in COLUMNS]
    assert [label for label in labels if label != "灯色"] == [str(a.label) for a in ATTRIBUTES if a.width]


def test_what_is_given_goes_into_columns():
    assert {f"{name}_id" if f"{name}_id" in COLUMNS_OF_A_TICKET else name for name in _given()} <= COLUMNS_OF_A_TICKET


def _given() -> set[str]:
    return set(NewTicket(area=None, source=Source.ORDER, description="路灯不亮").columns)
