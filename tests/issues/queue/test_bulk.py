"""One step on many tickets: each by its own rules, each with its own answer, none twice."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.engine.actors import staff
from issues.models import Reply, Sheet, TicketEvent
from issues.queue import bulk
from issues.workflow import State
from tests.tickets import act, at_state, placed

pytestmark = pytest.mark.django_db


def send(client, action, tickets, key=None, **fields):
    given = {"n": [f"{t.number}:{t.version}" for t in tickets], "idempotency_key": key or str(uuid.uuid4())}
    return client.post(f"/t/bulk/{action}/", given | fields)


def outcomes(answer) -> dict[str, tuple[bool, str]]:
    assert answer.status_code == 200, answer.content.decode()
    return {one.number: (one.is_done, str(one.text)) for one in answer.context["outcomes"]}


def test_each_ticket_is_sent_where_its_own_decision_points(cast, login):
    lamp, other = at_state(cast, State.WHISTLED), at_state(cast, State.WHISTLED, item=cast.items["F01"])
    assert lamp.decision["lead"] != other.decision["lead"]
    done = outcomes(send(login(cast.town_dispatcher), "dispatch", [lamp, other], lead="", note="请尽快"))
    for ticket in (lamp, other):
        ticket.refresh_from_db()
        assert done[ticket.number] == (True, f"已派哨：{ticket.lead}")
        assert ticket.state == State.DISPATCHED
        assert ticket.lead_id == ticket.decision["lead"]["id"]
        assert TicketEvent.objects.filter(ticket=ticket, action="dispatch", note="请尽快").exists()


def test_one_department_for_all_is_asked_once(cast, login):
    tickets = [at_state(cast, State.WHISTLED) for _ in range(2)]
    page = login(cast.town_dispatcher).get("/t/bulk/dispatch/", {"n": [t.number for t in tickets]}).content.decode()
    assert page.count('name="lead"') == 1
    assert "各按派单建议" in page
    assert all(f'value="{t.number}:{t.version}"' in page for t in tickets)
    client = login(cast.town_dispatcher)
    shown = send(client, "dispatch", tickets, lead="WL")
    assert shown.status_code == 422
    assert shown.content.decode().count("与清单不同：清单载明规划建设办") == 2
    send(client, "dispatch", tickets, lead="WL", agreed="WL")
    for ticket in tickets:
        ticket.refresh_from_db()
        assert ticket.lead == cast.departments["WL"]


def test_where_each_ticket_goes_is_shown_and_what_departs_from_the_list_is_marked(cast, login):
    plain, returned = at_state(cast, State.WHISTLED), at_state(cast, State.RETURNED)
    numbers = {"n": [plain.number, returned.number]}
    page = login(cast.town_dispatcher).get("/t/bulk/dispatch/", numbers)
    shown = {one.ticket.number: one for one in page.context["chosen"]}
    assert (shown[plain.number].goes_to, shown[plain.number].listed) == ("规划建设办", "")
    assert shown[returned.number].goes_to == str(cast.departments["WL"])
    assert shown[returned.number].listed == "规划建设办"
    assert page.content.decode().count("与清单不同") == 1


def test_what_cannot_be_done_is_said_for_each_and_holds_up_nothing(cast, login):
    ready, closed = at_state(cast, State.DISPATCHED), at_state(cast, State.CLOSED)
    taken = at_state(cast, State.DISPATCHED)
    act(taken, "claim", staff(cast.colleague))
    far = placed(cast, area=cast.other_grid)
    client = login(cast.handler)
    found = outcomes(send(client, "claim", [closed, taken, far, ready]))
    assert found[ready.number][0]
    assert "已办结" in found[closed.number][1] or "不能领办" in found[closed.number][1]
    assert "罗达明 刚刚已领办" in found[taken.number][1]
    assert found[far.number] == (False, "没有找到，或不在您的管辖范围内")
    page = send(client, "claim", [closed]).content.decode()
    assert "0 件成功，1 件未办" in page


def test_sent_again_nothing_is_done_twice_and_the_answer_is_the_same(cast, login):
    ready, closed = at_state(cast, State.HANDLING), at_state(cast, State.CLOSED)
    client, key = login(cast.town_dispatcher), str(uuid.uuid4())
    fields = {"limit": "1wd", "note": "请尽快办结"}
    first = outcomes(send(client, "supervise", [ready, closed], key, **fields))
    assert outcomes(send(client, "supervise", [ready, closed], key, **fields)) == first
    assert Sheet.objects.filter(ticket=ready).count() == 1
    other = outcomes(send(client, "supervise", [ready], key, limit="1wd", note="别的话"))
    assert not other[ready.number][0]
    assert Sheet.objects.count() == 1


def test_a_dispatch_sent_again_is_one_dispatch(cast, login):
    ticket, client, key = at_state(cast, State.WHISTLED), login(cast.town_dispatcher), str(uuid.uuid4())
    first = outcomes(send(client, "dispatch", [ticket], key, lead="", note=""))
    assert outcomes(send(client, "dispatch", [ticket], key, lead="", note="")) == first
    assert TicketEvent.objects.filter(ticket=ticket, action="dispatch").count() == 1


def test_a_ticket_is_reminded_once_a_day(cast, login):
    tickets = [at_state(cast, State.HANDLING) for _ in range(2)]
    client = login(cast.town_dispatcher)
    assert all(is_done for is_done, _text in outcomes(send(client, "remind", tickets)).values())
    assert not any(is_done for is_done, _text in outcomes(send(client, "remind", tickets)).values())


def test_what_is_lacking_is_asked_once_with_everything_kept(cast, login):
    ticket = at_state(cast, State.HANDLING)
    answer = send(login(cast.town_dispatcher), "supervise", [ticket], note="", limit="1wd")
    assert answer.status_code == 422
    assert f"{ticket.number}:{ticket.version}" in answer.content.decode()
    assert not Sheet.objects.exists()


def test_no_more_than_a_hundred_at_once_and_nothing_without_a_choice(cast, login, monkeypatch):
    tickets = [at_state(cast, State.DISPATCHED) for _ in range(3)]
    client = login(cast.handler)
    monkeypatch.setattr(bulk, "MOST", 2)
    page = client.get("/t/bulk/claim/", {"n": [t.number for t in tickets]}).content.decode()
    assert "一次最多 2 件" in page
    assert len(outcomes(send(client, "claim", tickets))) == 2
    assert "没有选到可办的工单" in client.get("/t/bulk/claim/").content.decode()
    assert client.post("/t/bulk/claim/").status_code == 422


def test_the_queue_offers_what_the_posts_allow(cast, login):
    placed(cast)
    offered = {
        "town_dispatcher": {"dispatch", "remind", "supervise", "answer_sheet"}, "handler": {"claim", "answer_sheet"},
        "county_leader": {"supervise"}, "worker": {"remind", "answer_sheet"}, "auditor": set(),
    }  # fmt: skip
    at_state(cast, State.DISPATCHED)
    for name, expected in offered.items():
        page = login(cast.users[name]).get("/t/").content.decode()
        assert {step for step in bulk.SHARED if f"/t/bulk/{step}/" in page} == expected, name
        assert ('name="n"' in page) is bool(expected), name
    assert login(cast.handler).get("/t/bulk/dispatch/").status_code == 403
    assert login(cast.handler).get("/t/bulk/close/").status_code == 404


def test_the_form_costs_the_same_however_many_are_chosen(cast, login):
    tickets = [at_state(cast, State.WHISTLED) for _ in range(4)]
    client = login(cast.town_dispatcher)

    def price(count: int) -> int:
        numbers = [t.number for t in tickets[:count]]
        client.get("/t/bulk/dispatch/", {"n": numbers})
        with CaptureQueriesContext(connection) as queries:
            client.get("/t/bulk/dispatch/", {"n": numbers})
        return len(queries)

    assert price(1) == price(4)


def test_standard_replies_are_offered_for_many_as_for_one(cast, login):
    """For every item, and those of an item where all are of it; a chosen one is the note, without JavaScript too."""
    lamps, other = [at_state(cast, State.HANDLING) for _ in range(2)], at_state(
        cast, State.HANDLING, item=cast.items["F01"]
    )  # fmt: skip
    whole, lamp = (
        Reply.objects.create(owner=cast.town_dispatcher, step="supervise", item_code=code, text=text)
        for code, text in (("", "请今天办结"), ("C02", "今晚须亮灯"))
    )
    client = login(cast.town_dispatcher)
    for tickets, expected in ((lamps, [lamp.text, whole.text]), ([lamps[0], other], [whole.text])):
        page = client.get("/t/bulk/supervise/", {"n": [t.number for t in tickets]})
        assert [text for _pk, text in page.context["form"].fields["reply"].choices][1:] == expected
    done = outcomes(send(client, "supervise", lamps, limit="1wd", note="", reply=lamp.pk))
    assert all(is_done for is_done, _text in done.values())
    assert set(Sheet.objects.values_list("text", flat=True)) == {lamp.text}
