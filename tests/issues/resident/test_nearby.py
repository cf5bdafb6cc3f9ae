"""附近有同类: what a resident is told of the orders of neighbours, and joins."""

import re
import uuid

import pytest

from issues.engine.actors import resident, staff
from issues.models import Ticket
from issues.workflow import State
from tests.issues.resident.test_pages import form
from tests.tickets import act, at_state

pytestmark = pytest.mark.django_db


def test_a_neighbour_joins_what_is_already_in_hand_and_follows_it(cast, client, page):
    first = at_state(cast, State.SELF_HANDLING, route="self", area=cast.microgrid, item=cast.items["B01"])
    shown = client.get(page).content.decode()
    assert first.item.name in shown
    assert first.place not in shown
    assert first.title not in shown
    answer = client.post(page, {"same_as": first.number, "phone": "10000006022", "idempotency_key": uuid.uuid4().hex})
    ticket = Ticket.objects.order_by("-pk").first()
    assert answer["Location"].endswith(f"/d/done/{ticket.code}/")
    assert (ticket.state, ticket.merged_into, ticket.item) == (State.MERGED, first, first.item)
    track = f"/c/{ticket.code}/"
    assert "同一件事，已并在一起办。网格员正在办" in client.get(track).content.decode()
    act(first, "report_done", staff(cast.worker), note="已清运")
    act(first, "verify_pass", staff(cast.verifier))
    assert "已经办完并核查过" in client.get(track).content.decode()
    act(first, "callback_solved", resident(), satisfaction=4, solved="solved")
    closed = client.get(track).content.decode()
    assert "办结。" in closed
    assert "提交评价" not in closed


def test_neighbours_of_the_chosen_tile_are_a_list_of_what_where_how_far_and_since_when(cast, client, page):
    first = at_state(cast, State.SELF_HANDLING, route="self", area=cast.microgrid, item=cast.items["B01"])
    other = at_state(cast, State.ACCEPTED, route="self", area=cast.microgrid, item=cast.items["C02"])
    before = client.get(page).content.decode()
    assert before.index("<noscript>") < before.index(f'value="{first.number}"') < before.index("</noscript>")
    assert f'value="{other.number}"' in before, "without JavaScript all are offered at once"
    html = client.get(page, {"item": "B01"}).content.decode()
    part = html[html.index('id="nearby"') : html.index("</fieldset>", html.index('id="nearby"'))]
    assert "<noscript>" not in html
    for words in (
        "附近有 1 件同类的事正在办",
        first.item.name,
        cast.microgrid.short_name,
        "办理中",
        "我也遇到",
        "并到那一件",
    ):
        assert words in part, words
    assert f'value="{other.number}"' not in html
    assert first.title not in html
    assert first.place not in html


def test_neighbours_are_not_told_of_quarrels_and_of_who_is_cared_for(cast, client, page):
    quarrel = at_state(cast, State.SELF_HANDLING, route="self", area=cast.microgrid, item=cast.items["F01"])
    assert f'value="{quarrel.number}"' not in client.get(page).content.decode()
    assert "附近有" not in client.get(page, {"item": "F01"}).content.decode()
    assert client.post(page, form(item="F01", same_as=quarrel.number)).status_code == 422


def test_an_address_presses_a_tile_and_fills_in_nothing_else(cast, client, page):
    asked = {"item": "B01", "words": "请打 13800006022", "phone": "13800006022", "where": "村口", "same_as": "x"}
    html = client.get(page, asked).content.decode()
    shown = html[html.index('id="chooser"') : html.index("</form>", html.index('id="chooser"'))]
    assert "13800006022" not in shown
    assert "村口" not in re.findall(r'value="([^"]*)"', shown)
    assert client.get(page, {"item": "%00"}).status_code == 200


def test_who_chose_a_neighbour_and_then_another_tile_still_joins_it(cast, client, page):
    first = at_state(cast, State.SELF_HANDLING, route="self", area=cast.microgrid, item=cast.items["B01"])
    assert client.post(page, form(item="A01", same_as=first.number)).status_code == 302
    assert Ticket.objects.order_by("-pk")[0].merged_into == first
