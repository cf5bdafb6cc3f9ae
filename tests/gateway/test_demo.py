"""The demo county: real verbs, every state and lamp, and an account for every role with ids to try."""

import io
import json
from datetime import timedelta

import pyotp
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from core import clock
from core.doctor import examine
from gateway.demo import build
from gateway.demo.setting.people import PASSWORD
from gateway.demo.telling import history
from grids import history as history_of
from grids.levels import Level
from grids.models import Area, Household
from insights.counting import tally
from issues.engine import clocks
from issues.models import Ticket, TicketEvent
from issues.workflow import OPEN_STATES, State
from members.models import User
from members.roles import Role
from places.models import Boundary

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]
FEW = 120
TOWN = "440783103"


@pytest.fixture
def county(db, monkeypatch):
    """The whole county with a short history."""
    monkeypatch.setattr(history, "TICKETS", FEW)
    build.build(lambda _line: None)


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
    lamps = {state: {clocks.lamp(ticket) for ticket in Ticket.objects.filter(state=state)} for state in State}
    for state, shown in lamps.items():
        assert shown >= ({"b", "r"} if state in OPEN_STATES else {"n"}), state
    assert {"b", "y", "r", "n"} == set().union(*lamps.values())
    assert TicketEvent.objects.filter(action="escalate", data__step="overdue").exists()
    tally.catch_up()
    assert {name: found for name, found in examine(fix=False).items() if found} == {}
    _accounts_open_what_they_list()
    with pytest.raises(CommandError, match="已有数据"):
        call_command("demo")
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="正式环境"):
        call_command("demo")


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
    client.post("/login/code/", {"code": pyotp.TOTP(admin["secret"]).now()})
    assert client.get("/people/").status_code == 200
    assert Client().get(shown["samples"]["order_page"]).status_code == 200
    assert Client().get(f"/c/{shown['samples']['track_codes'][0]}/").status_code == 200


def test_without_demo_accounts_nothing_is_shown(db):
    said = io.StringIO()
    call_command("demo_accounts", "--json", stdout=said)
    assert json.loads(said.getvalue()) == {}
