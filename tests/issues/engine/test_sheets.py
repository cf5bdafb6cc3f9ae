"""督办单: one for a unit and a ticket at a time, saying what the matter is; also of what is suspended."""

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from core import clock
from core.errors import NotNow
from core.models import AuditEntry
from issues.engine.actors import staff
from issues.models import Sheet
from issues.tending.reminding import fire_due
from issues.workflow import State
from tests.tickets import act, at_state, placed, ready_for

pytestmark = pytest.mark.django_db


def ran_out(ticket, *, days=0):
    with clock.at(ticket.due_at + timedelta(days=days, minutes=1)):
        while fire_due():
            continue
    ticket.refresh_from_db()
    return ticket


def pressed(cast, ticket, note="请尽快办"):
    return act(ticket, "supervise", staff(cast.town_dispatcher), note=note)


def test_what_a_unit_is_asked_while_a_sheet_waits_joins_it(cast):
    ticket = pressed(cast, pressed(cast, at_state(cast, State.HANDLING)), note="明天前说明原因")
    sheet = Sheet.objects.get()
    assert sheet.text == "请尽快办\n明天前说明原因"
    assert ticket.sheets == 1
    ticket = act(ticket, "answer_sheet", staff(cast.handler), note="配件明天到")
    pressed(cast, ticket, note="再催一次")
    assert Sheet.objects.count() == 2


def test_nothing_that_is_asked_is_cut_off_and_asking_again_pardons_no_late_answer(cast):
    ticket = pressed(cast, at_state(cast, State.HANDLING), note="请尽快办" * 240)
    due = Sheet.objects.get().due_at
    with clock.at(due + timedelta(hours=1)):
        pressed(cast, ticket, note="说明原因" * 240)
    sheet = Sheet.objects.get()
    assert sheet.text.endswith("说明原因")
    assert len(sheet.text) == 1921
    pressed(cast, ticket, note="再说一次" * 240)
    assert Sheet.objects.get().text.endswith("再说一次")
    assert Sheet.objects.get().due_at == due


def test_the_database_holds_to_it(cast):
    pressed(cast, at_state(cast, State.HANDLING))
    sheet = Sheet.objects.get()
    sheet.pk, sheet.number = None, "ST督〔2026〕999号"
    with pytest.raises(IntegrityError), transaction.atomic():
        sheet.save(force_insert=True)


def test_two_limits_that_run_out_make_one_sheet_that_says_what_the_matter_is(cast):
    ticket = ran_out(at_state(cast, State.DISPATCHED), days=20)
    (sheet,) = Sheet.objects.filter(ticket=ticket)
    assert sheet.text.count("时限已过") >= 2
    assert ticket.title in sheet.text
    assert ticket.village.short_name in sheet.text


def test_a_sensitive_ticket_is_named_by_the_list_on_its_sheet(cast):
    ticket = ran_out(at_state(cast, State.ACCEPTED, item=cast.items["F04"], title="邻居家有打骂声"), days=10)
    assert "打骂声" not in Sheet.objects.filter(ticket=ticket)[0].text


def test_who_gets_the_ticket_next_is_not_asked_what_the_one_before_was_asked(cast):
    ticket = pressed(cast, at_state(cast, State.DISPATCHED))
    ticket = act(ticket, "redispatch", staff(cast.town_dispatcher), lead=cast.departments["WL"], note="改派")
    assert ticket.sheets == 0
    assert not Sheet.objects.filter(closed_at=None).exists()


def test_a_suspended_ticket_is_supervised_from_the_day_its_review_is_due(cast):
    ticket = at_state(cast, State.SUSPENDED)
    with pytest.raises(NotNow, match="复查"):
        pressed(cast, ticket)
    ticket = ran_out(ticket)
    assert Sheet.objects.get(ticket=ticket).cause == "review"
    with clock.at(ticket.due_at + timedelta(hours=1)):
        pressed(cast, ticket, note="请报县里复查")
        act(ticket, "answer_sheet", staff(cast.handler), note="资金还没到位")
    assert Sheet.objects.get(ticket=ticket).answer == "资金还没到位"


def test_many_are_answered_at_once_each_by_the_step_that_is_theirs(cast, login):
    led, helped = pressed(cast, at_state(cast, State.HANDLING)), ready_for(cast, "answer_sheet_share")
    own = pressed(cast, at_state(cast, State.SELF_HANDLING))

    def answer(who, *tickets):
        given = {
            "n": [f"{one.number}:{one.version}" for one in tickets],
            "note": "正在办",
            "idempotency_key": uuid.uuid4(),
        }
        return login(who).post("/t/bulk/answer_sheet/", given)

    helped.refresh_from_db()
    for who, ticket in ((cast.handler, led), (cast.other_handler, helped), (cast.worker, own)):
        assert [one.is_done for one in answer(who, ticket).context["outcomes"]] == [True], ticket.state
    assert Sheet.objects.filter(answer="正在办").count() == 3


def test_the_list_is_taken_away_as_a_file_without_words_of_sensitive_tickets(cast, login):
    ticket = pressed(cast, at_state(cast, State.HANDLING))
    secret = pressed(cast, at_state(cast, State.ACCEPTED, item=cast.items["F04"]), note="快去王家")
    answer = login(cast.town_dispatcher).get("/t/sheets/export/csv/?state=waiting")
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert ticket.number in text
    assert secret.number in text
    assert "请尽快办" in text
    assert "王家" not in text
    assert AuditEntry.objects.get(verb="sheets.exported").detail["count"] == 2
    assert placed(cast).number not in text
