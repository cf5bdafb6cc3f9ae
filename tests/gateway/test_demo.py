"""The demo county: real verbs, every state and lamp, and an account for every role with ids to try."""

import io
import json
from collections import Counter
from datetime import datetime, timedelta

import pyotp
import pytest
from django.core.management import CommandError, call_command
from django.db.models import Q
from django.test import Client

from core import clock
from core.doctor import examine
from duties.models import GradeCode
from gateway.demo import build
from gateway.demo.setting import places
from gateway.demo.setting.people import PASSWORD
from gateway.demo.telling import history, staging
from grids import history as history_of
from grids.levels import Level
from grids.models import Area, Household
from households.models import Liaison
from insights.counting import tally
from issues.engine import clocks
from issues.models import Clock, Ticket, TicketEvent
from issues.workflow import OPEN_STATES, State
from members.models import Department, Post, User
from members.roles import Role
from places.models import Boundary

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]
FEW = 320
AFTER_HOLIDAYS = "2026-10-08T09:05"
RECENT = timedelta(days=14)
TOWN = "440783103"
SOON = timedelta(days=1)
DONE = {State.REPORTED, State.VERIFIED}
MOSTLY_BLUE = 0.7


@pytest.fixture
def county(db, monkeypatch):
    """The whole county with as much going on these days as in the demo, and nothing before."""
    of_all = history.placing_times
    monkeypatch.setattr(history, "TICKETS", FEW)
    monkeypatch.setattr(history, "placing_times", lambda rng, _start, now: of_all(rng, now - RECENT, now))
    missing, told = staging.missing, Counter()

    def noted(world, now):
        told.update(clocks.lamp(ticket) for ticket in Ticket.objects.filter(state__in=OPEN_STATES))
        return missing(world, now)

    monkeypatch.setattr(staging, "missing", noted)
    with clock.at(_moment(AFTER_HOLIDAYS)):
        build.build(lambda _line: None)
        yield told


def test_the_demo_is_what_it_says(county, settings):
    levels = {level: Area.objects.filter(level=level).count() for level in (Level.TOWNSHIP, Level.VILLAGE)}
    assert levels == {Level.TOWNSHIP: 16, Level.VILLAGE: 270}
    in_town = Area.objects.in_use().filter(code__startswith=TOWN)
    assert in_town.filter(level=Level.GRID).count() == 16
    assert in_town.filter(level=Level.MICROGRID).count() == 22
    then = history_of.counts_as_of(Area.objects.get(code=f"{TOWN}000"), clock.now() - timedelta(days=140))
    assert then == {"village": 16, "grid": 20}, "before they were reshaped"
    assert Boundary.objects.filter(is_synthetic=False).count() == 0
    assert Boundary.objects.count() == Area.objects.in_use().count()
    assert 1900 < Household.objects.count() < 2200
    lamps = _lamps_of_every_state()
    assert {"b", "y", "r", "n"} == set().union(*lamps.values())
    assert TicketEvent.objects.filter(action="escalate", data__step="overdue").exists()
    _lamps_are_mostly_blue(county)
    _what_is_urgent_is_done()
    assert Ticket.objects.filter(grade=GradeCode.URGENT).exists()
    _every_township_is_alive()
    _titles_lie_in_their_village()
    _posts_are_held_on_both_sides()
    _most_households_are_kept_in_touch_with()
    tally.catch_up()
    assert {name: found for name, found in examine(fix=False).items() if found} == {}
    _accounts_open_what_they_list()
    with pytest.raises(CommandError, match="已有数据"):
        call_command("demo")
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="正式环境"):
        call_command("demo")


@pytest.mark.parametrize("moment", ["2026-12-31T16:30", "2027-02-20T22:00"])
def test_it_can_be_built_on_any_day(db, monkeypatch, moment):
    """At the end of a year, on a Saturday night; the whole county stands on a morning after a week of holidays."""
    monkeypatch.setattr(history, "TICKETS", 40)
    with clock.at(_moment(moment)):
        build.build(lambda _line: None)
        _lamps_of_every_state()
        _what_is_urgent_is_done()
        tally.catch_up()
        assert {name: found for name, found in examine(fix=False).items() if found} == {}


def _moment(text):
    return datetime.fromisoformat(f"{text}+08:00")


def _lamps_of_every_state():
    lamps = {state: {clocks.lamp(ticket) for ticket in Ticket.objects.filter(state=state)} for state in State}
    for state, shown in lamps.items():
        assert shown >= ({"b", "r"} if state in OPEN_STATES else {"n"}), state
    return lamps


def _lamps_are_mostly_blue(told):
    """What chance has left lying; what is staged beside it are a few of each."""
    assert told["b"] >= MOSTLY_BLUE * told.total()
    assert told["r"] <= told["y"] + told["b"] // 5


def _what_is_urgent_is_done():
    """Done within hours; at most the resident is still to be asked. None has ever been late."""
    urgent = Ticket.objects.filter(Q(grade=GradeCode.URGENT) | Q(item__is_sensitive=True))
    assert not urgent.filter(state__in=OPEN_STATES - DONE, placed_at__lt=clock.now() - SOON).exists()
    assert Clock.objects.filter(ticket__in=urgent).exclude(late_by="").count() == 0
    assert {clocks.lamp(ticket) for ticket in urgent.filter(state__in=OPEN_STATES)} <= {"b", "y"}


def _every_township_is_alive():
    for town in Area.objects.filter(level=Level.TOWNSHIP):
        tickets = Ticket.objects.filter(township=town)
        assert tickets.exists(), town.name
        roles = set(Post.objects.filter(area__code__startswith=town.code[:9]).values_list("role", flat=True))
        assert roles >= {Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER, Role.GRID_WORKER, Role.GRID_CHIEF}, town.name
    assert Ticket.objects.filter(grid__code__startswith=TOWN).count() > Ticket.objects.count() / 2


def _titles_lie_in_their_village():
    """Whatever village a title begins with is the ticket's own; many name none."""
    names = {village.pk: village.short_name for village in Area.objects.filter(level=Level.VILLAGE)}
    every = tuple(names.values())
    named = [row for row in Ticket.objects.all() if row.title.startswith(every)]
    assert named
    assert [row.title for row in named if not row.title.startswith(names[row.village_id])] == []


def _posts_are_held_on_both_sides():
    for department in Department.objects.all():
        assert department.phone.startswith("0750-"), department.code
        handlers = Post.objects.filter(department=department, role=Role.DEPARTMENT_HANDLER)
        assert set(handlers.values_list("side", flat=True)) == {"A", "B"}, department.code
    workers = Post.objects.filter(role=Role.GRID_WORKER, area__code__startswith=TOWN, side="B")
    assert workers.count() == len(places.filing_areas())


def _most_households_are_kept_in_touch_with():
    homes = Household.objects.filter(township__code=f"{TOWN}000", retired_at=None)
    kept = Liaison.objects.filter(household__in=homes, ended_on=None).values("household").distinct()
    assert kept.count() > 0.8 * homes.count()
    assert sum(bool(home.phone) for home in homes) > 0.99 * homes.count()


def _accounts_open_what_they_list():
    said = io.StringIO()
    call_command("demo_accounts", "--json", stdout=said)
    shown = json.loads(said.getvalue())
    assert {code for account in shown["accounts"] for code in account["role_codes"]} == {role.value for role in Role}
    for account in shown["accounts"]:
        client = Client()
        client.force_login(
            User.objects.get(username=account["username"]), backend="django.contrib.auth.backends.ModelBackend"
        )
        for number in account["tickets_inside"]:
            assert client.get(f"/t/{number}/").status_code == 200, (account["username"], number)
        for number in account["tickets_outside"][:1]:
            assert client.get(f"/t/{number}/").status_code in (403, 404), (account["username"], number)
        for code in account["households_inside"][:1]:
            assert client.get(f"/households/{code}/").status_code == 200
        for code in account["households_outside"][:1]:
            assert client.get(f"/households/{code}/").status_code in (403, 404)
    worker = shown["accounts"][0]
    assert worker["password"] == PASSWORD
    assert Client().post("/login/", {"username": worker["username"], "password": PASSWORD}).status_code == 302
    (admin,) = shown["with_second_factor"]
    client = Client()
    client.post("/login/", {"username": admin["username"], "password": PASSWORD})
    assert client.get("/people/").status_code == 302
    client.post("/login/code/", {"code": pyotp.TOTP(admin["secret"]).at(clock.now())})
    assert client.get("/people/").status_code == 200
    assert Client().get(shown["samples"]["order_page"]).status_code == 200
    assert Client().get(f"/c/{shown['samples']['track_codes'][0]}/").status_code == 200


def test_without_demo_accounts_nothing_is_shown(db):
    said = io.StringIO()
    call_command("demo_accounts", "--json", stdout=said)
    assert json.loads(said.getvalue()) == {}
