"""Residents' pages: ordering, keeping the code, following, adding, rating; and everything strangers may try."""

import io
import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from core import clock
from core.files.images import prepare
from core.models import OutboxRow
from core.races import questions, throttle
from core.races.doors import HOUR, Door, Room
from core.trust import visitor
from grids import tree
from grids.levels import Level
from issues.engine.actions import apply
from issues.engine.actors import resident, staff
from issues.models import Reporter, Ticket
from issues.resident import tracking, views
from issues.workflow import STATES, State
from tests.cast import VILLAGE
from tests.tickets import act, at_state, jpeg, placed, read

pytestmark = pytest.mark.django_db
PHONE = "10000006021"


def form(**changes):
    given = {"idempotency_key": str(uuid.uuid4()), "item": "C02", "words": "村口灯不亮，老人怕黑", "where": "公交站旁"}
    return {**given, **changes}


def order(client, page, **changes):
    """A placed order, as (answer, ticket)."""
    answer = client.post(page, form(**changes))
    return answer, Ticket.objects.order_by("-id").first()


def track(ticket, name="issues:track"):
    return reverse(name, args=[ticket.code])


def test_the_page_offers_what_people_say_and_asks_for_nothing_else(client, page, cast):
    html = client.get(page).content.decode()
    assert cast.microgrid.name in html
    assert "灯坏了" in html
    assert "家暴" not in html
    assert "可不留" in html


def test_an_order_is_in_and_its_code_is_shown(client, page, cast):
    answer, ticket = order(client, page, name="陈大文", phone="100-0000 6021", photos=[jpeg()])
    assert answer.status_code == 302
    assert answer.url == reverse("issues:ordered", args=[ticket.code])
    assert (ticket.state, ticket.source, ticket.item_code, ticket.area) == ("placed", "order", "C02", cast.microgrid)
    assert ticket.title == "村口灯不亮"
    assert ticket.photos.count() == 1
    assert Reporter.objects.get().phone == PHONE
    html = client.get(answer.url).content.decode()
    assert f"{ticket.code[:4]} {ticket.code[4:]}" in html
    assert "个工作日" in html
    assert OutboxRow.objects.filter(topic="issues.notify").exists()


def test_something_else_needs_words(client, page):
    answer = client.post(page, form(item="other", words=""))
    assert answer.status_code == 422
    assert "请说说是什么事" in answer.content.decode()
    assert order(client, page, item="other", words="小区门口有马蜂窝")[1].item is None


def test_sent_twice_it_is_made_once(client, page):
    sent = form()
    first, second = client.post(page, sent), client.post(page, sent)
    assert first.url == second.url
    assert Ticket.objects.count() == 1


def test_the_same_key_with_other_words_asks_once_more_and_keeps_them(client, page):
    sent = form()
    client.post(page, sent)
    answer = client.post(page, {**sent, "words": "另一件事：沟塞了"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "另一件事：沟塞了" in html
    assert sent["idempotency_key"] not in html
    again = re.search(r'name="idempotency_key" value="([^"]+)"', html)[1]
    assert client.post(page, {**sent, "words": "另一件事：沟塞了", "idempotency_key": again}).status_code == 302
    assert Ticket.objects.count() == 2


BAD = {
    "no item": {"item": ""},
    "unknown item": {"item": "Z99"},
    "sensitive item": {"item": "F04"},
    "NUL": {"words": "坏\0字"},
    "too long": {"words": "长" * 100_000},
    "phone": {"phone": "打我电话"},
    "robot": {"website": "http://spam.example"},
    "key": {"idempotency_key": "x"},
    "no key": {"idempotency_key": ""},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_and_nothing_is_stored_or_lost(client, page, name):
    answer = client.post(page, form(**{"where": "祠堂前空地", **BAD[name]}))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert 'role="alert"' in html
    assert "祠堂前空地" in html
    assert Ticket.objects.count() == 0


@pytest.mark.parametrize("token", ["NOPE", "a" * 100, "-", "0"])
def test_an_unknown_token_says_what_to_do(client, cast, token):
    answer = client.get(f"/d/{token}")
    assert answer.status_code == 404
    assert "不能点单" in answer.content.decode()


def test_the_token_of_a_retired_grid_leads_to_who_took_over_or_is_dead(client, cast):
    gone, merged = (
        tree.add(parent=cast.grid, level=Level.MICROGRID, code=f"{VILLAGE}{n:03d}", name=f"{n}号微网格", actor=None)
        for n in (4, 5)
    )
    tree.retire(area=gone, actor=None)
    tree.retire(area=merged, successors=[cast.microgrid], actor=None)
    dead, alive = (reverse("issues:order", args=[area.token]) for area in (gone, merged))
    assert client.get(dead).status_code == client.post(dead, form()).status_code == 404
    assert cast.microgrid.name in client.get(alive).content.decode()
    order(client, alive)
    assert Ticket.objects.get().area == cast.microgrid


def test_an_order_costs_few_statements_and_two_commits(client, page, django_assert_max_num_queries):
    order(client, page)
    with django_assert_max_num_queries(21) as ran:
        assert client.post(page, form()).status_code == 302
    tried = [query["sql"] for query in ran.captured_queries if "core_allowance" in query["sql"]]
    areas = [query["sql"] for query in ran.captured_queries if 'FROM "grids_area"' in query["sql"]]
    assert (len(tried), len(areas)) == (1, 2)  # the code on the wall, the path to the county


def test_orders_are_limited_and_nothing_typed_is_lost(client, page, monkeypatch):
    monkeypatch.setattr(views, "ORDERS", Door("order", device=Room(50, 2), address=Room(50, 50)))
    assert [client.post(page, form()).status_code for _n in range(4)] == [302, 302, 302, 429]
    assert "老人怕黑" in client.post(page, form()).content.decode()
    assert Ticket.objects.count() == 3  # the first was that of a stranger, who is known since
    with clock.at(clock.now() + HOUR):
        assert order(client, page)[0].status_code == 302


def answer_of(html):
    """What a person answers who reads the page."""
    first, second = (questions.NUMERALS.index(one) for one in re.search("([一-龥])加([一-龥])等于几", html).groups())
    return {
        "question": re.search('name="question" value="([^"]*)"', html)[1],
        "answer": str(first + second),
    }


def test_many_behind_one_address_are_asked_before_they_are_refused(page, monkeypatch):
    """A village hall, a mobile carrier: the address alone shuts nobody out."""
    monkeypatch.setattr(views, "ORDERS", Door("order", device=Room(10, 20), address=Room(2, 100)))
    people = [Client() for _n in range(5)]
    assert [one.post(page, form()).status_code for one in people[:2]] == [302, 302]
    for stranger in people[2:]:
        sent = form()
        asked = stranger.post(page, sent)
        html = asked.content.decode()
        assert (asked.status_code, "老人怕黑" in html) == (422, True)
        assert stranger.post(page, sent | answer_of(html) | {"answer": "1"}).status_code == 422
        html = stranger.post(page, sent).content.decode()
        assert stranger.post(page, sent | answer_of(html)).status_code == 302
    assert [one.post(page, form()).status_code for one in people] == [302] * 5  # all are known now
    assert Ticket.objects.count() == 10


def test_an_answer_is_good_once(page, monkeypatch):
    monkeypatch.setattr(views, "ORDERS", Door("order", device=Room(10, 20), address=Room(0, 100)))
    answered = answer_of(Client().post(page, form()).content.decode())
    assert Client().post(page, form() | answered).status_code == 302
    assert Client().post(page, form() | answered).status_code == 422


def test_extra_fields_have_no_effect(client, page, cast):
    _answer, ticket = order(client, page, state="closed", area=cast.other_grid.code, grade="urgent", holder="1")
    assert (ticket.state, ticket.area, ticket.grade, ticket.holder) == ("placed", cast.microgrid, "general", None)


@pytest.mark.parametrize("state", State)
def test_every_state_has_a_word_and_a_next_step(client, cast, state):
    ticket = at_state(cast, state, contact=None)
    html = client.get(track(ticket)).content.decode()
    assert str(STATES[state].resident_word) in html
    assert "%(" not in html
    for person in cast.users.values():
        assert person.name not in html


def test_words_open_to_the_device_or_to_the_tail_of_the_phone(client, page):
    _answer, ticket = order(client, page, phone=PHONE, photos=[jpeg()])
    photo = reverse("issues:resident_photo", args=[ticket.code, ticket.photos.get().pk])
    assert "老人怕黑" in client.get(track(ticket)).content.decode()
    assert read(client.get(photo)).startswith(b"\xff\xd8\xff")
    stranger = Client()
    html = stranger.get(track(ticket)).content.decode()
    assert "老人怕黑" not in html
    assert "村口灯不亮" not in html
    assert stranger.get(photo).status_code == 404
    assert stranger.post(track(ticket, "issues:add"), {"note": "我也来说"}).status_code == 403
    wrong = stranger.post(track(ticket, "issues:open_words"), {"tail": "0000"})
    assert (wrong.status_code, "对不上" in wrong.content.decode()) == (422, True)
    right = stranger.post(track(ticket, "issues:open_words"), {"tail": PHONE[-4:]})
    assert right.status_code == 302
    assert "老人怕黑" in stranger.get(track(ticket)).content.decode()


def test_the_tail_cannot_be_guessed(client, page):
    _answer, ticket = order(client, page, phone=PHONE)
    stranger = Client()
    tries = [{"tail": f"{n:04d}"} for n in range(tracking.TRIES)]
    assert {stranger.post(track(ticket, "issues:open_words"), t).status_code for t in tries} == {422}
    locked = stranger.post(track(ticket, "issues:open_words"), {"tail": PHONE[-4:]})
    assert locked.status_code == 429
    assert "一小时后" in locked.content.decode()


def test_a_forged_cookie_opens_nothing(client, page):
    _answer, ticket = order(client, page, phone=PHONE)
    stranger = Client()
    stranger.cookies[tracking.COOKIE.format(ticket.code)] = "1"
    assert "老人怕黑" not in stranger.get(track(ticket)).content.decode()


@pytest.mark.parametrize("typed", ["{code}", " {lower} ", "{split}", "{code}\u3000"])
def test_the_code_is_found_however_it_is_typed(client, cast, typed):
    ticket = placed(cast)
    code = typed.format(code=ticket.code, lower=ticket.code.lower(), split=f"{ticket.code[:4]}-{ticket.code[4:]}")
    assert client.post(reverse("issues:find"), {"code": code}).url == track(ticket)


@pytest.mark.parametrize("typed", ["", "ABCDEFGH", "a\0b", "9" * 10_000, "../../etc"])
def test_an_unknown_code_is_said_beside_the_field(client, cast, typed):
    answer = client.post(reverse("issues:find"), {"code": typed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()


def test_codes_cannot_be_tried_out(client, cast, monkeypatch):
    monkeypatch.setattr(views, "CODES", Door("code", device=Room(1, 2), address=Room(3, 5)))
    ticket = placed(cast)
    assert [client.get(f"/c/ABCDEFG{n}/").status_code for n in range(2, 6)] == [404, 404, 404, 422]
    asked = client.get(track(ticket))
    assert (asked.status_code, ticket.title in asked.content.decode()) == (422, False)
    photo = reverse("issues:resident_photo", args=[ticket.code, 1])
    assert client.get(photo).status_code == 422  # no way round
    found = client.post(reverse("issues:find"), {"code": ticket.code} | answer_of(asked.content.decode()))
    assert found.url == track(ticket)
    assert client.get(track(ticket)).status_code == 200
    assert [client.get(f"/c/ABCDEFG{n}/").status_code for n in range(2, 5)] == [404, 422, 422]  # its own limit


def test_a_right_code_is_no_guess_and_a_known_device_is_not_shut_out(cast, monkeypatch):
    monkeypatch.setattr(views, "CODES", Door("code", device=Room(10, 20), address=Room(3, 3)))
    ticket, known, guesser = placed(cast), Client(), Client()
    assert {known.get(track(ticket)).status_code for _n in range(10)} == {200}
    assert [guesser.get(f"/c/ABCDEFG{n}/").status_code for n in range(2, 6)] == [404, 404, 404, 429]
    assert known.get(track(ticket)).status_code == 200
    guesser.cookies[visitor.COOKIE] = "made up"
    assert guesser.get(track(ticket)).status_code == 429


def test_an_addition_reaches_the_ticket_once(client, cast):
    ticket = at_state(cast, State.HANDLING, contact=None)
    sent = {"note": "水更大了", "photos": [jpeg()], "idempotency_key": str(uuid.uuid4())}
    for _press in range(2):
        sent["photos"][0].seek(0)
        assert client.post(track(ticket, "issues:add"), sent).status_code == 302
    assert ticket.events.filter(action="supplement").count() == 1
    assert "水更大了" in client.get(track(ticket)).content.decode()


RATING = {"satisfaction": "3", "solved": "solved", "note": "", "idempotency_key": str(uuid.uuid4())}


def test_the_residents_word_closes_the_order(client, cast):
    ticket = at_state(cast, State.VERIFIED, contact=None)
    assert "请评价" in client.get(track(ticket)).content.decode()
    assert client.post(track(ticket, "issues:rate"), RATING).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.satisfaction, ticket.solved) == (State.CLOSED, 3, "solved")
    assert (
        client.post(track(ticket, "issues:rate"), {**RATING, "idempotency_key": str(uuid.uuid4())}).status_code == 422
    )


def test_not_solved_opens_the_next_round_and_says_what_is_missing(client, cast):
    ticket = at_state(cast, State.VERIFIED, contact=None)
    grumble = {**RATING, "solved": "not", "satisfaction": "1"}
    refused = client.post(track(ticket, "issues:rate"), grumble)
    assert (refused.status_code, "还有什么没解决" in refused.content.decode()) == (422, True)
    assert client.post(track(ticket, "issues:rate"), {**grumble, "note": "灯又灭了"}).status_code == 302
    ticket.refresh_from_db()
    assert (ticket.state, ticket.round) == (State.REWORK, 2)


def test_partly_solved_closes(client, cast):
    ticket = at_state(cast, State.VERIFIED, contact=None)
    client.post(track(ticket, "issues:rate"), {**RATING, "solved": "partly"})
    ticket.refresh_from_db()
    assert ticket.state == State.CLOSED


@pytest.mark.parametrize(
    "change", [{"satisfaction": "9"}, {"solved": ""}, {"satisfaction": "\0"}, {"note": "长" * 9999}]
)
def test_a_broken_rating_changes_nothing(client, cast, change):
    ticket = at_state(cast, State.VERIFIED, contact=None)
    assert client.post(track(ticket, "issues:rate"), {**RATING, **change}).status_code == 422
    ticket.refresh_from_db()
    assert ticket.state == State.VERIFIED


def test_a_closed_order_opens_again_within_fifteen_days(client, cast):
    ticket = at_state(cast, State.CLOSED, contact=None)
    assert "要求重办" in client.get(track(ticket)).content.decode()
    again = {**RATING, "solved": "not", "satisfaction": "1", "note": "又坏了"}
    assert client.post(track(ticket, "issues:reopen"), again).status_code == 302
    ticket.refresh_from_db()
    assert ticket.state == State.REWORK


def test_after_fifteen_days_it_does_not(client, cast):
    with clock.at(clock.now() - timedelta(days=16)):
        ticket = at_state(cast, State.CLOSED, contact=None)
    assert "要求重办" not in client.get(track(ticket)).content.decode()
    again = {**RATING, "solved": "not", "note": "又坏了"}
    assert client.post(track(ticket, "issues:reopen"), again).status_code == 422


def test_the_code_as_a_picture(client, cast):
    answer = client.get(track(placed(cast), "issues:code_picture"))
    assert answer["Content-Type"] == "image/png"
    assert Image.open(io.BytesIO(answer.content)).width > 150


def test_a_sensitive_order_keeps_the_staffs_words(client, cast):
    ticket = at_state(cast, State.ACCEPTED, item=cast.items["F04"], contact=None)
    shown = {}
    for who, words in ((resident(), "我自己说的话"), (staff(cast.worker), "上门看到的情况")):
        apply(ticket.pk, "supplement", actor=who, fields={"note": words}, pictures=[prepare(jpeg())])
        photo = ticket.photos.latest("pk")
        answer = client.get(reverse("issues:resident_photo", args=[ticket.code, photo.pk]))
        shown[words] = answer.status_code
        if answer.streaming:
            assert read(answer).startswith(b"\xff\xd8\xff")
    html = client.get(track(ticket)).content.decode()
    assert "我自己说的话" in html
    assert "上门看到的情况" not in html
    assert shown == {"我自己说的话": 200, "上门看到的情况": 404}


def test_throttle_counts_by_window(db):
    name, hour = "try", HOUR
    for _n in range(2):
        throttle.take(name, limit=2, per=hour)
    assert throttle.is_spent(name, limit=2, per=hour)
    with pytest.raises(throttle.TooMany):
        throttle.take(name, limit=2, per=hour)
    throttle.take("other", limit=2, per=hour)
    with clock.at(clock.now() + 2 * hour):
        assert not throttle.is_spent(name, limit=2, per=hour)
        assert throttle.purge() == 2


def test_something_must_be_chosen(client, page):
    answer = client.post(page, {"words": "灯不亮", "idempotency_key": uuid.uuid4().hex})
    assert answer.status_code == 422
    assert "请选一件" in answer.content.decode()


def test_what_ended_meanwhile_is_said_and_nothing_typed_is_lost(cast, client, page):
    first = at_state(cast, State.SELF_HANDLING, route="self", area=cast.microgrid, item=cast.items["B01"])
    act(first, "report_done", staff(cast.worker), note="已清运")
    act(first, "verify_pass", staff(cast.verifier))
    act(first, "callback_solved", resident(), satisfaction=4, solved="solved")
    answer = client.post(page, form(item="", same_as=first.number, words="又满了"))
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "那一件刚刚有了变动" in html
    assert "又满了" in html
