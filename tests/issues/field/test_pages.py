"""The phone's own pages: what now, logging in one press, one's own numbers."""

import gzip
import re
import uuid
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from issues.engine.actors import resident, staff
from issues.field.queries import Own, own_numbers, tiles_for
from issues.models import Photo, Ticket
from issues.workflow import PLACE_ROLES, State
from tests.tickets import act, at_state, jpeg, placed

pytestmark = pytest.mark.django_db
HOME, NEW, MATCH, ME, COUNTER = (
    reverse(f"issues:{name}") for name in ("phone_home", "phone_new", "match", "phone_me", "new")
)
FIELD = ("worker", "chief", "secretary", "verifier")


def form(cast, **changes):
    given = {
        "idempotency_key": str(uuid.uuid4()),
        "item": "C02",
        "area": cast.microgrid.code,
        "where": "公交站旁",
        "words": "灯杆歪了。要倒了",
        "do": "whistle",
        "cause": "beyond",
    }
    return {**given, **changes}


def logged(client, cast, **changes):
    answer = client.post(NEW, form(cast, **changes))
    return answer, Ticket.objects.order_by("-id").first()


@pytest.mark.parametrize("who", FIELD)
def test_home_shows_whose_move_is_mine_and_costs_the_same_for_many(cast, login, who):
    client, user = login(getattr(cast, who)), getattr(cast, who)
    costs = []
    for count in (1, 8):
        for _n in range(count):
            for state in (State.PLACED, State.ACCEPTED, State.REPORTED, State.HANDLING):
                at_state(cast, state)
        client.get(HOME)
        with CaptureQueriesContext(connection) as seen:
            html = client.get(HOME).content.decode()
        costs.append(len(seen))
        assert "轮到我" in html
        assert ("上报" in html) == (user != cast.verifier)
    assert costs[0] == costs[1] <= 10


def test_an_empty_home_says_what_to_do(cast, login):
    html = login(cast.worker).get(HOME).content.decode()
    assert "没有轮到您的件" in html
    assert reverse("areas:home") in html


def test_home_keeps_the_words_of_sensitive_tickets(cast, login):
    placed(cast, item=cast.items["F04"], title="邻居家有打骂声", description="小孩哭")
    html = login(cast.worker).get(HOME).content.decode()
    assert "打骂声" not in html
    assert cast.items["F04"].name in html


def test_one_press_logs_and_whistles(cast, login):
    answer, ticket = logged(login(cast.worker), cast, photos=[jpeg(), jpeg("b.jpg")])
    assert answer.url == reverse("issues:phone_ticket", args=[ticket.number])
    assert (ticket.state, ticket.lead, ticket.source) == (State.CONFIRMING, None, "worker")
    assert ticket.decision["lead"]["id"] == cast.office.pk
    assert (ticket.title, ticket.accepted_by) == ("灯杆歪了", cast.worker)
    assert Photo.objects.filter(ticket=ticket).count() == 2
    assert [e.action for e in ticket.events.order_by("version")] == ["place", "accept", "whistle"]


def test_one_press_takes_it_on(cast, login):
    _answer, ticket = logged(login(cast.worker), cast, do="self", words="")
    assert (ticket.state, ticket.holder) == (State.SELF_HANDLING, cast.worker)
    assert ticket.title == "公交站旁路灯不亮、灯杆倾斜"


@pytest.mark.parametrize(("who", "state"), [("worker", State.CONFIRMING), ("chief", State.DISPATCHED)])
def test_an_urgent_matter_of_the_chief_goes_straight_to_the_department(cast, login, who, state):
    _answer, ticket = logged(login(getattr(cast, who)), cast, item="", which="井盖没了", which_pick="C01")
    assert (ticket.item_code, ticket.state) == ("C01", state)


def test_words_bind_no_item_that_nobody_has_chosen(cast, login):
    client = login(cast.worker)
    answer = client.post(NEW, form(cast, item="", which="井盖没了"))
    assert (answer.status_code, Ticket.objects.count()) == (422, 0)
    assert 'name="which_pick" value="C01"' in answer.content.decode()
    offered = client.get(MATCH, {"which": "井盖没了"}).content.decode()
    assert 'name="which_pick" value="C01"' in offered
    assert "对上责任清单" not in offered
    assert "对上责任清单 C01" in client.get(MATCH, {"which": "井盖没了", "which_pick": "C01"}).content.decode()
    assert logged(client, cast, item="", which="C02")[1].item_code == "C02"
    assert logged(client, cast, item="", which=cast.items["C03"].name)[1].item_code == "C03"


def test_sent_twice_it_is_logged_once(cast, login):
    client, sent = login(cast.worker), form(cast)
    assert client.post(NEW, sent).url == client.post(NEW, sent).url
    assert Ticket.objects.count() == 1
    assert client.post(NEW, {**sent, "words": "又一处"}).status_code == 422
    assert Ticket.objects.count() == 1


def test_nothing_is_logged_when_the_second_half_fails(cast, login, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("half way")

    monkeypatch.setattr("issues.engine.intake.apply", broken)
    with pytest.raises(RuntimeError):
        login(cast.worker).post(NEW, form(cast))
    assert Ticket.objects.count() == 0


BAD = {
    "nothing chosen": {"item": ""},
    "unknown words": {"item": "", "which": "外星人"},
    "NUL": {"words": "坏\0字"},
    "too long": {"words": "长" * 100_000},
    "foreign grid": {"area": "440783117200001"},
    "no grid": {"area": ""},
    "what to do": {"do": "delete"},
    "key": {"idempotency_key": "?"},
    "item": {"item": "Z99"},
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_and_nothing_is_lost(cast, login, name):
    answer = login(cast.chief).post(NEW, form(cast, **{"where": "祠堂前空地", **BAD[name]}))
    html = answer.content.decode()
    assert (answer.status_code, 'role="alert"' in html, "祠堂前空地" in html) == (422, True, True)
    assert Ticket.objects.count() == 0


def test_the_worker_logs_in_the_own_grid_without_choosing(cast, login):
    html = login(cast.worker).get(NEW).content.decode()
    assert f'type="hidden" name="area" value="{cast.microgrid.code}"' in html
    assert "<select" not in html
    assert "<select" in login(cast.chief).get(NEW).content.decode()


def test_a_household_fills_in_where(cast, login):
    client = login(cast.worker)
    html = client.get(f"{NEW}?household={cast.household.code}").content.decode()
    assert cast.household.address in html
    _answer, ticket = logged(client, cast, household=cast.household.code)
    assert ticket.household == cast.household
    assert client.get(f"{NEW}?household={cast.sibling_household.code}").status_code == 404
    answer = client.post(NEW, form(cast, household=cast.sibling_household.code))
    assert (answer.status_code, Ticket.objects.count()) == (404, 1)


def test_the_match_says_whose_duty_it_is(cast, login):
    client = login(cast.worker)
    html = client.get(MATCH, {"item": "C02", "area": cast.microgrid.code}).content.decode()
    assert "规划建设办" in html
    assert "3 个工作日" in html
    assert "井盖" in client.get(MATCH, {"item": "C02", "which": "井盖没了"}).content.decode()
    assert "换个词" in client.get(MATCH, {"which": "外星人"}).content.decode()
    for junk in ("\x01", "长" * 10_000, "'; drop", "%"):
        assert client.get(MATCH, {"which": junk}).status_code == 200


def test_after_an_error_the_button_says_again_where_it_goes(cast, login):
    """The match is asked for when the page comes back; a page that comes for the first time asks nothing."""
    client = login(cast.worker)
    part = 'id="match"'
    fresh = client.get(NEW).content.decode()
    assert "load, change" not in fresh[fresh.index(part) :][:400]
    back = client.post(NEW, {"do": "whistle", "item": "C02", "idempotency_key": "k" * 32})
    assert back.status_code == 422
    html = back.content.decode()
    assert 'hx-trigger="load, change"' in html[html.index(part) :][:400]


def test_tiles_stand_in_the_order_of_what_this_grid_logs(cast):
    for code in ("C04", "C04", "B01"):
        placed(cast, item=cast.items[code], source="worker")
    assert [tile.code for tile in tiles_for(cast.version, cast.microgrid)][:2] == ["C04", "B01"]


def test_a_dispatcher_logs_for_a_resident_who_then_is_called_back(cast, login):
    client = login(cast.town_dispatcher)
    assert "代录工单" in client.get(COUNTER).content.decode()
    answer = client.post(COUNTER, form(cast, do="wait", name="陈大文", phone="10000006021"))
    ticket = Ticket.objects.get()
    assert answer.url == reverse("issues:ticket", args=[ticket.number])
    assert (ticket.source, ticket.state, ticket.placed_by) == ("order", State.PLACED, cast.town_dispatcher)
    client.post(COUNTER, form(cast, do="wait"))
    assert Ticket.objects.order_by("-id").first().source == "counter"


def test_without_a_list_in_force_nothing_can_be_logged_or_ordered(cast, login, client, monkeypatch):
    monkeypatch.setattr("issues.field.views.current", lambda: None)
    monkeypatch.setattr("issues.resident.offering.list_in_force", lambda: None)
    answer = login(cast.worker).get(NEW)
    assert (answer.status_code, "还没有施行" in answer.content.decode()) == (422, True)
    assert login(cast.worker).get(MATCH).status_code == 404
    assert client.get(reverse("issues:order", args=[cast.microgrid.token])).status_code == 404


def test_own_numbers_are_ones_own(cast, login):
    ticket = placed(cast, source="worker")
    act(ticket, "accept", staff(cast.worker))
    act(ticket, "self_handle", staff(cast.worker))
    at_state(cast, State.CLOSED, route="self")
    at_state(cast, State.PLACED)
    assert own_numbers(cast.worker) == Own(30, logged=1, accepted=2, handled=2, solved=1)
    assert own_numbers(cast.second_worker).accepted == 0
    html = login(cast.worker).get(ME).content.decode()
    assert "不排名" in html
    assert reverse("areas:qr", args=[cast.microgrid.code]) in html


def test_who_may_log_is_who_may_place(cast, login):
    for name, user in cast.users.items():
        answer = login(user).get(NEW)
        role = user.posts.get().role
        assert answer.status_code == (200 if role in PLACE_ROLES else 403), name


def test_a_residents_addition_comes_home(cast, login):
    ticket = at_state(cast, State.ACCEPTED)
    act(ticket, "supplement", resident(), note="水更大了")
    assert ticket.number in login(cast.worker).get(HOME).content.decode()


@pytest.mark.parametrize("path", [HOME, NEW, "order"])
def test_a_first_visit_weighs_at_most_50_kB(cast, login, client, path):
    for state in State:
        at_state(cast, state)
    if path == "order":
        answer = client.get(reverse("issues:order", args=[cast.microgrid.token]), headers={"Accept-Encoding": "gzip"})
    else:
        answer = login(cast.worker).get(path, headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    html = gzip.decompress(answer.content).decode()
    files = set(re.findall(r'(?:href|src)="/static/([^"#]+)', html))
    sizes = [len(gzip.compress(Path(str(finders.find(name))).read_bytes())) for name in files]
    assert len(answer.content) + sum(sizes) <= 50_000
