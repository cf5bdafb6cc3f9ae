"""Standard replies: kept for the county or for oneself, offered where they fit, taken without JavaScript too."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import Reply, TicketEvent
from issues.stepping import replies
from issues.workflow import State
from tests.tickets import at_state

pytestmark = pytest.mark.django_db
COUNTY, OWN = "已到现场处理完毕。", "灯已换新，今晚看亮灯。"


def add(client, **fields):
    given = {"step": "progress", "item_code": "", "text": OWN, "idempotency_key": str(uuid.uuid4())}
    return client.post("/t/replies/new/", given | fields)


def offered(client, ticket, step="progress") -> list[str]:
    page = client.get(f"/t/{ticket.number}/do/{step}/")
    field = page.context["form"].fields.get("reply")
    return [text for _pk, text in field.choices][1:] if field else []


def test_list_admins_keep_the_countys_and_everybody_their_own(cast, login):
    ticket = at_state(cast, State.HANDLING)
    assert add(login(cast.list_admin), text=COUNTY).status_code == 302
    assert add(login(cast.handler)).status_code == 302
    assert Reply.objects.get(text=COUNTY).county_id == cast.county.pk
    assert Reply.objects.get(text=OWN).owner_id == cast.handler.pk
    assert offered(login(cast.handler), ticket) == [OWN, COUNTY]
    assert OWN not in login(cast.colleague).get("/t/replies/").content.decode()
    assert OWN not in login(cast.list_admin).get("/t/replies/").content.decode()


def test_they_are_offered_for_their_step_and_item_that_of_the_item_first(cast, login):
    ticket, client = at_state(cast, State.HANDLING), login(cast.handler)
    for text, step, item in (
        ("所有事项", "progress", ""), ("路灯", "progress", "C02"), ("别的事项", "progress", "F01"),
        ("办结", "report_done", ""),
    ):  # fmt: skip
        add(client, text=text, step=step, item_code=item)
    assert offered(client, ticket) == ["路灯", "所有事项"]
    assert offered(client, ticket, "report_done") == ["办结"]
    assert offered(client, ticket, "ask_extension") == []


def test_choosing_one_with_an_empty_note_uses_its_words(cast, login):
    ticket, client = at_state(cast, State.HANDLING), login(cast.handler)
    add(client)
    reply = Reply.objects.get()
    given = {"version": ticket.version, "note": " ", "reply": reply.pk, "idempotency_key": str(uuid.uuid4())}
    for _again in range(2):
        assert client.post(f"/t/{ticket.number}/do/progress/", given).status_code == 302
    assert TicketEvent.objects.get(ticket=ticket, action="progress").note == OWN


def test_what_was_written_is_not_overwritten_and_a_foreign_reply_is_none(cast, login):
    ticket, client = at_state(cast, State.HANDLING), login(cast.handler)
    add(client)
    add(login(cast.colleague), text="别人的话")
    own, foreign = Reply.objects.get(text=OWN), Reply.objects.get(text="别人的话")
    address, seen = f"/t/{ticket.number}/do/progress/", {"version": ticket.version}
    assert client.post(address, seen | {"note": "自己写的", "reply": own.pk}).status_code == 302
    assert TicketEvent.objects.get(ticket=ticket, action="progress").note == "自己写的"
    for wrong in (foreign.pk, 999_999, "x"):
        assert client.post(address, seen | {"note": "", "reply": wrong}).status_code == 422
    assert TicketEvent.objects.filter(ticket=ticket, action="progress").count() == 1


def test_they_are_changed_and_deleted_by_their_keeper_only(cast, login):
    add(login(cast.list_admin), text=COUNTY)
    add(login(cast.handler))
    county, own = Reply.objects.get(text=COUNTY), Reply.objects.get(text=OWN)
    changed = {"step": "report_done", "item_code": "C02", "text": "灯已修好。"}
    for user, reply in ((cast.handler, county), (cast.colleague, own), (cast.list_admin, own)):
        assert login(user).post(f"/t/replies/{reply.pk}/", changed).status_code == 404
        assert login(user).post(f"/t/replies/{reply.pk}/delete/").status_code == 404
    assert login(cast.list_admin).post(f"/t/replies/{county.pk}/", changed).status_code == 302
    county.refresh_from_db()
    assert (county.step, county.item_code, county.text) == ("report_done", "C02", "灯已修好。")
    assert login(cast.handler).post(f"/t/replies/{own.pk}/delete/").status_code == 302
    assert list(Reply.objects.all()) == [county]


def test_sent_twice_it_is_kept_once_and_there_is_an_end(cast, login, monkeypatch):
    client, key = login(cast.handler), str(uuid.uuid4())
    assert [add(client, idempotency_key=key).status_code for _ in range(2)] == [302, 302]
    assert Reply.objects.count() == 1
    assert "已经有这一条了" in add(client).content.decode()
    monkeypatch.setattr(replies, "MOST", 1)
    assert "最多保存 1 条" in add(client, text="另一条").content.decode()
    assert add(client, text="甲" * 301).status_code == 422
    assert add(client, text="另一条", step="escalate").status_code == 422
    assert Reply.objects.count() == 1


@pytest.mark.parametrize("name", ["auditor", "system_admin"])
def test_who_takes_no_step_keeps_no_reply(cast, login, name):
    assert login(cast.users[name]).get("/t/replies/").status_code == 403
    assert add(login(cast.users[name])).status_code == 403


def test_the_price_does_not_grow_with_the_replies(cast, login):
    ticket, client = at_state(cast, State.HANDLING), login(cast.handler)
    add(client)

    def price(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    paths = (f"/t/{ticket.number}/do/progress/", "/t/replies/")
    before = [price(path) for path in paths]
    for n in range(9):
        Reply.objects.create(owner=cast.handler, step="progress", text=f"第 {n} 句")
    assert [price(path) for path in paths] == before
