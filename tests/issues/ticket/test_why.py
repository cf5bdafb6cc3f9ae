"""Why a ticket went where it went: what was decided then, what would be decided today, and whom people chose."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from duties import extensions
from duties.extensions import Alike
from duties.models import DutyItem, Kind
from duties.routing import dispatching, powers
from issues.engine.actors import staff
from issues.learning import past
from issues.models import Ticket
from issues.ticket.why import RELATED, kept_of, why_of
from issues.workflow import State
from tests.tickets import act, at_state, placed


def assign(cast, *, code="C02", to="NN", kind=Kind.HANDLING):
    return powers.assign(
        kind=kind, township=cast.township, item_code=code, office=cast.departments[f"440783103-{to}"],
        basis="镇府〔2026〕3 号", starts_on=clock.today(), ends_on=None, actor=cast.list_admin,
    )  # fmt: skip


def why(ticket):
    return why_of(Ticket.objects.select_related(*RELATED).get(pk=ticket.pk))


def test_what_was_decided_stays_and_today_is_decided_anew(cast):
    ticket = placed(cast)
    assert not why(ticket).differs
    assign(cast)
    told = why(ticket)
    assert told.differs
    lead = told.lines[0]
    assert (lead.kept, lead.now) == ("规划建设办", "农业农村办")
    assert next(step.text for step in told.kept if step.decides).startswith("沙塘镇设有规划建设办")
    assert next(step.text for step in told.now if step.decides).startswith("赋权办理：县住建局")
    assert placed(cast).decision["lead"]["name"] == "农业农村办"


def test_a_new_ticket_goes_where_the_power_says(cast):
    """An urgent whistle calls whom the decision names."""
    assign(cast, code="C01")
    ticket = at_state(cast, State.DISPATCHED, item=cast.items["C01"])
    assert ticket.lead == cast.departments["440783103-NN"]
    assert why(ticket).led_by == ""


def test_people_may_have_decided_otherwise(cast):
    ticket = at_state(cast, State.HANDLING)
    Ticket.objects.filter(pk=ticket.pk).update(lead=cast.departments["JT"])
    assert why(ticket).led_by == "县交通局"


def test_an_item_that_the_list_in_force_lacks(cast):
    ticket = placed(cast)
    Ticket.objects.filter(pk=ticket.pk).update(item_code="Z99")
    told = why(ticket)
    assert "Z99" in told.refusal
    assert told.now == []
    assert told.kept
    assert not told.differs


@pytest.mark.parametrize("stored", [{}, {"shape": 99}, {"shape": 1}, {"shape": 1, "lead": 3}])
def test_a_decision_of_another_shape_is_passed_over(cast, stored):
    ticket = placed(cast)
    Ticket.objects.filter(pk=ticket.pk).update(decision=stored)
    ticket.refresh_from_db()
    assert kept_of(ticket) is None
    assert why(ticket).lines[0].now == "规划建设办"


# ---- the page -----------------------------------------------------------------------------------------------
def test_desk_and_phone_read_it_and_strangers_find_nothing(cast, login):
    ticket = at_state(cast, State.HANDLING)
    assign(cast)
    url = f"/t/{ticket.number}/why/"
    desk, phone = login(cast.town_dispatcher).get(url), login(cast.secretary).get(url)
    for page in (desk, phone):
        html = page.content.decode()
        assert all(words in html for words in ("决定去向", "农业农村办", "今天会派给别的单位", "镇府〔2026〕3 号"))
    assert login(cast.other_town_dispatcher).get(url).status_code == 404
    assert login(cast.town_dispatcher).get(f"/t/{ticket.number}/why").status_code == 301
    assert f'href="{url}"' in login(cast.town_dispatcher).get(f"/t/{ticket.number}/").content.decode()


def test_a_sensitive_ticket_gives_away_no_words(cast, login):
    ticket = placed(cast, item=cast.items["F04"], title="某某家里的事", description="不能外传")
    html = login(cast.auditor).get(f"/t/{ticket.number}/why/").content.decode()
    assert "F04" in html
    assert "某某" not in html
    assert "不能外传" not in html


def test_the_cost_stays_the_same(cast, login):
    ticket, client = at_state(cast, State.CLOSED), login(cast.auditor)

    def price():
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/t/{ticket.number}/why/")
        return len(queries)

    price()
    plain = price()
    assign(cast)
    assign(cast, kind=Kind.OVERRIDE, to="ZF")
    assert price() == plain
    dispatching.keep(
        township_id=cast.township.pk,
        item_code="C02",
        lead=cast.departments["JT"],
        assisting=(),
        source="ST",
        actor=None,
    )
    assert price() == plain + 1


# ---- what the lists may know --------------------------------------------------------------------------------
def test_the_past_is_counted_by_what_routing_can_tell_apart(cast):
    placed(cast)
    placed(cast, area=cast.sibling_grid)
    at_state(cast, State.HANDLING)
    placed(cast, item=cast.items["A01"])
    placed(cast, area=cast.other_grid)
    into, gone = placed(cast, item=cast.items["B01"]), placed(cast, item=cast.items["B01"])
    act(gone, "merge", staff(cast.chief), into=into, note="同一件")
    found = {(row.item_code, row.township_id): row for row in extensions.past(cast.county.pk, None)}
    here, there = cast.township.pk, cast.other_township.pk
    assert found["C02", here] == Alike("C02", here, False, 3, 1)
    assert found["A01", here].count == 1
    assert found["C02", there].count == 1
    assert found["B01", here].count == 1
    assert extensions.past(cast.other_township.pk, None) == []


def test_only_since_a_day(cast):
    with clock.at(clock.now() - timedelta(days=40)):
        placed(cast)
    placed(cast)
    assert sum(row.count for row in extensions.past(cast.county.pk, clock.today() - timedelta(days=39))) == 1
    assert sum(row.count for row in extensions.past(cast.county.pk, clock.today() - timedelta(days=40))) == 2


def test_one_query_however_many(cast, django_assert_num_queries):
    for code in ("C02", "A01", "B01"):
        placed(cast, item=DutyItem.objects.get(code=code))
    with django_assert_num_queries(1):
        list(past.alike(cast.county.pk, None))
