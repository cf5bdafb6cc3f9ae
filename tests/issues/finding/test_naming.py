"""Searches that name a place, a department, who handles, or a resident: for who sees them, by any spelling."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from grids import households
from grids.households import NewHousehold
from grids.models import Area, Household
from households.models import Resident
from households.registers import search as registers
from issues.engine.actors import staff
from issues.engine.new_ticket import Contact
from issues.finding import naming
from issues.models import Reporter, Ticket
from issues.workflow import State
from members.access import Scope, scope_for
from members.models import Department, User
from tests.issues.finding.test_filters import parsed
from tests.tickets import act, at_state, placed

pytestmark = pytest.mark.django_db


def numbers(user, sought, **more):
    """What a search finds; asserts that the index, each row and every span of days find the same."""
    chosen, now = parsed(q=sought, view="all", **more), clock.now()
    rows = Ticket.objects.visible_to(user)
    today = clock.today()
    ways = [
        set(chosen.apply(rows, now, user, **how).values_list("number", flat=True))
        for how in ({}, {"is_short": True}, {"days": (today, today)})
    ]
    assert ways[0] == ways[1] == ways[2]
    return ways[0]


def test_places_are_found_by_name_and_code_at_every_level(cast):
    near = placed(cast)
    far = placed(cast, area=cast.other_grid)
    Area.objects.filter(pk=cast.township.pk).update(name="沙塘镇")
    Area.objects.filter(pk=cast.microgrid.pk).update(name="第九微网格")
    leader = cast.county_leader
    assert near.number in numbers(leader, "沙塘")
    assert numbers(leader, "第九微网格") == ({near.number} if near.area_id == cast.microgrid.pk else set())
    other = Area.objects.get(pk=cast.other_grid.pk)
    for sought in (other.code, "".join(chr(ord(digit) + 0xFEE0) for digit in other.code)):
        assert numbers(leader, sought) == {far.number}
    assert numbers(cast.worker, other.code) == set(), "out of sight"


def test_departments_are_found_by_name_short_name_and_code(cast):
    ticket, _other = at_state(cast, State.DISPATCHED), placed(cast)
    lead = ticket.lead
    Department.objects.filter(pk=lead.pk).update(name="开平市城市管理和综合执法局", short_name="城管局ab")
    for sought in ("综合执法", "城管局", "ＡＢ", "\u200b城管局", lead.code.lower()):
        assert numbers(cast.town_dispatcher, sought) == {ticket.number}, sought


def test_who_handles_is_found_with_every_middle_dot(cast):
    User.objects.filter(pk=cast.worker.pk).update(name="阿不都·热合曼")
    ticket = placed(cast)
    placed(cast)
    act(ticket, "accept", staff(cast.worker), item=cast.items["C02"])
    for sought in ("阿不都·热合曼", "阿不都•热合曼", "阿不都・热合曼", "热合曼", cast.worker.username.upper()):
        assert numbers(cast.town_dispatcher, sought) == {ticket.number}, sought


def test_names_and_words_of_tickets_are_asked_together(cast):
    User.objects.filter(pk=cast.worker.pk).update(name="梁永康")
    lamp = placed(cast, title="路灯不亮")
    tap = placed(cast, item=cast.items["A03"], title="漏水", description="", where="")
    act(lamp, "accept", staff(cast.worker), item=cast.items["C02"])
    act(tap, "accept", staff(cast.worker), item=cast.items["A03"])
    assert numbers(cast.town_dispatcher, "梁永康") == {lamp.number, tap.number}
    assert numbers(cast.town_dispatcher, "梁永康 路灯") == {lamp.number}
    assert numbers(cast.town_dispatcher, f"漏水 梁永康 {cast.township.name}") == {tap.number}
    assert numbers(cast.town_dispatcher, "梁永康 井盖") == set()


def test_residents_are_found_by_who_may_be_told_of_them(cast):
    ticket = placed(cast, contact=Contact("Ｊohn·陈", "+86 138 0000 6021"), source="order")
    placed(cast, contact=Contact("别人", "13800006022"), source="order")
    assert Reporter.objects.get(ticket=ticket).name_index
    told = {name for name, user in cast.users.items() if numbers(user, "john陈")}
    by_phone = {name for name, user in cast.users.items() if numbers(user, "0086-13800006021")}
    assert told == by_phone
    assert {"secretary", "town_dispatcher", "county_dispatcher"} <= told
    assert told.isdisjoint({"county_leader", "town_leader", "auditor", "system_admin", "neighbour"})
    assert numbers(cast.secretary, "john") == set(), "whole or not at all"
    assert numbers(cast.secretary, "138 0000 6021") == {ticket.number}


def test_a_household_and_who_lives_there_lead_to_its_tickets_and_its_file(cast):
    households.register_many(rows=[NewHousehold(cast.microgrid, "福安里9组1号", "梁永康", "0750-2212345")], actor=None)
    home = Household.objects.get(address="福安里9组1号")
    person = Resident(household=home, name="古丽·娜尔", phone="13900000001", created_at=clock.now())
    person.name_index, person.phone_index = households.name_key(person.name), households.phone_key(person.phone)
    person.save()
    ticket = placed(cast, household=home)
    for sought in ("古丽•娜尔", "+86 139 0000 0001", "梁永康", "(0750) 221-2345"):
        wanted = registers.Wanted.parse({"q": sought}, cast.secretary)
        assert list(registers.rows_of(cast.secretary, wanted, None)) == [home], sought
        assert numbers(cast.secretary, sought) == {ticket.number}, sought
    blind = [name for name, user in cast.users.items() if not Household.objects.visible_to(user).exists()]
    assert blind
    assert not any(numbers(cast.users[name], "古丽·娜尔") for name in blind)


def test_a_word_that_names_nothing_costs_one_query(cast):
    scope = scope_for(cast.town_dispatcher)
    for sought, most in (("路灯", 1), ("路灯 井盖 漏水", 1), ("灯", 0), ("\0", 0)):
        with CaptureQueriesContext(connection) as caught:
            assert naming.ways(sought, scope) == []
        assert len(caught) <= most
    assert naming.ways("路灯", Scope(())) == []


def test_the_queue_finds_by_name(cast, login):
    Department.objects.filter(pk=at_state(cast, State.DISPATCHED).lead_id).update(short_name="城管局")
    page = login(cast.town_dispatcher).get("/t/?q=城管局").content.decode()
    assert "城管局" in page
    assert Ticket.objects.get().number in page
