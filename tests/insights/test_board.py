"""The board as its readers see it: each in their own area, every number leads to its tickets, one price at any size."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from core import clock
from grids import tree
from grids.levels import Level
from grids.models import Area
from grids.tree import NewArea
from insights.board import comparison, known, places
from insights.board.assembling import board_of
from insights.counting import period, queries, tally
from insights.models import DailyTally
from insights.views import READERS
from issues.engine.actors import staff
from issues.finding import queries as list_queries
from issues.finding.filters import TicketFilter
from issues.models import Ticket
from issues.workflow import State
from members import posts
from members.roles import Role
from tests.cast import PEOPLE
from tests.insights import history
from tests.tickets import act, at_state, placed

pytestmark = pytest.mark.django_db

SEATS = {
    "county_leader": "county",
    "county_dispatcher": "county",
    "auditor": "county",
    "town_leader": "township",
    "town_dispatcher": "township",
    "secretary": "village",
}
"""The area whose board each of its readers opens on."""
INSIDE = {
    "county_leader": ("county", "township", "other_township", "other_village", "microgrid"),
    "town_leader": ("township", "village", "sibling_village", "grid", "microgrid"),
    "secretary": ("village", "grid", "microgrid", "second_microgrid"),
}
OUTSIDE = {
    "town_leader": ("county", "other_township", "other_village", "other_grid"),
    "secretary": ("county", "township", "sibling_village", "sibling_grid", "other_township"),
}
TABLES = ("parts", "dept", "tiles")
PERIODS = (
    {"period": "today"},
    {"period": "month", "by": "dept"},
    {"period": "custom", "from": "2000-01-01", "to": "2100-01-01", "by": "tiles"},
)
MOST_QUERIES = 18


def shown(client, **params: object) -> str:
    answer = client.get("/board/", params)
    assert answer.status_code == 200
    return answer.content.decode()


def count_in(page: str, label: str) -> int:
    """The count that the indicator of this name shows."""
    found = re.search(rf'<span class="l">{label}</span><span class="v"><a href="[^"]+">(\d+)</a>', page)
    assert found
    return int(found[1])


# ---- who reads which board ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "seat"), SEATS.items())
def test_readers_open_on_their_own_area(cast, login, name, seat):
    page = shown(login(getattr(cast, name)))
    assert f"<h1>{getattr(cast, seat).short_name}总览</h1>" in page


def test_nobody_else_reads_a_board(cast, login):
    assert {PEOPLE[name][1] for name in SEATS} == set(READERS)
    for name, (_name, role, _place) in PEOPLE.items():
        expected = 200 if role in READERS else 403
        client = login(getattr(cast, name))
        assert client.get("/board/").status_code == client.get("/board/metrics/").status_code == expected, name


@pytest.mark.parametrize("name", INSIDE)
def test_readers_go_down_from_their_area(cast, login, name):
    client = login(getattr(cast, name))
    for attribute in INSIDE[name]:
        area = getattr(cast, attribute)
        assert f"<h1>{area.short_name}总览</h1>" in shown(client, area=area.code)


@pytest.mark.parametrize("name", OUTSIDE)
def test_what_lies_outside_is_not_there(cast, login, name):
    client = login(getattr(cast, name))
    missing = client.get("/board/?area=440783999999")
    assert missing.status_code == 404
    for attribute in OUTSIDE[name]:
        answer = client.get("/board/", {"area": getattr(cast, attribute).code})
        assert (answer.status_code, answer.content) == (404, missing.content), attribute


@pytest.mark.parametrize("name", INSIDE)
def test_every_board_that_a_board_links_to_is_there(cast, login, name):
    placed(cast)
    tally.catch_up()
    client = login(getattr(cast, name))
    links = {url.replace("&amp;", "&") for url in re.findall(r'href="(/board/[^"#]*)', shown(client))}
    assert len(links) >= 7
    assert {client.get(url).status_code for url in links} == {200}


@pytest.mark.parametrize("code", ["", "x", "-1", "9" * 100_000, "４４０７８３１０３０００", "440783103000 ", "0"])
def test_an_area_of_no_sense_is_not_there(cast, login, code):
    assert login(cast.town_leader).get("/board/", {"area": code}).status_code == 404


@pytest.mark.parametrize("junk", ["甲" * 50_000, "0001-01-01", "9999-12-31", "2026-13-45", "-1", "%", "'; --", "<b>"])
def test_a_period_or_table_of_no_sense_is_said_not_an_error(cast, login, junk):
    client = login(cast.town_leader)
    for name in ("from", "to", "by", "other"):
        shown(client, **{name: junk})
    assert "已改为近 30 天" in shown(client, period=junk)
    shown(client, period="custom", to=junk, by=junk, **{"from": junk})


@pytest.mark.parametrize("raw", ["%00", "%FF", "%ED%A0%80", "%", "a&period=b&period=", "[]"])
@pytest.mark.parametrize("name", ["area", "period", "from", "by"])
def test_no_bytes_break_it(cast, login, name, raw):
    assert login(cast.town_leader).get(f"/board/?{name}={raw}").status_code in (200, 400, 404)


def test_who_holds_two_posts_switches_between_them(cast, login):
    posts.assign(user=cast.secretary, role=Role.VILLAGE_SECRETARY, area=cast.sibling_village, actor=None)
    client = login(cast.secretary)
    assert f"?area={cast.sibling_village.code}&amp;period=week" in shown(client, period="week")
    assert f"?area={cast.village.code}&amp;" in shown(client, area=cast.sibling_village.code)


# ---- numbers lead to their tickets --------------------------------------------------------------------------

LISTED = re.compile(
    r'<a[^>]* href="(?P<url>/t/\?[^"]+)"(?P<marks>[^>]*)>(?P<text>.*?)</a>'
    r'(?:<svg class="bar.*?</svg>(?P<beside><span class="r">\d+</span>))?',
    re.S,
)


def lists_of(page: str) -> list[tuple[str, int]]:
    """Each address of a list on the page with the number it is named by; names of departments carry none."""
    found = []
    for link in LISTED.finditer(page):
        label = re.search(r'aria-label="[^"]*?(\d+)(?: 件|,)', link["marks"])
        said = label[1] if label else _first_number(link["beside"] or link["text"])
        if said:
            found.append((link["url"].replace("&amp;", "&"), int(said)))
    return found


def _first_number(html: str) -> str:
    return (re.findall(r"\d+", re.sub(r"<[^>]*>", " ", html)) or [""])[0]


def length_of(url: str, user) -> int:
    """How many tickets the list at this address holds for `user`."""
    chosen = TicketFilter.parse(QueryDict(urlsplit(url).query))
    assert not chosen.unread
    return chosen.apply(Ticket.objects.visible_to(user), clock.now(), user).count()


@pytest.mark.parametrize("name", INSIDE)
def test_every_number_leads_to_exactly_its_tickets(cast, login, name):
    history.write(cast, random.Random(name), 40)
    tally.catch_up()
    user = getattr(cast, name)
    client, lengths = login(user), {}
    with clock.at(clock.now()):
        for attribute in INSIDE[name]:
            for period in PERIODS:
                for url, said in lists_of(shown(client, area=getattr(cast, attribute).code, **period)):
                    if url not in lengths:
                        lengths[url] = length_of(url, user)
                    assert said == lengths[url], (attribute, period, url)
    assert sum(length > 0 for length in lengths.values()) > 100


def test_the_list_behind_a_number_shows_that_many(cast, login):
    history.write(cast, random.Random(8), 20)
    tally.catch_up()
    client = login(cast.town_leader)
    with clock.at(clock.now()):
        followed = {url: said for url, said in lists_of(shown(client, **PERIODS[2])) if said}
        for url, said in followed.items():
            assert client.get(url).context["total"].n == said, url
    assert len(followed) > 40


PARTS = {
    "关键指标": r'class="card k12 kpis"',
    "流转": r'class="card k7 flow"',
    "超时与预警": r"<h2>超时与预警</h2>",
    "网格热度": r"<h2>网格热度</h2>",
    "评价": r'id="compare"',
    "近 12 周": r"<h2>近 12 周</h2>",
    "问题集中在哪": r"<h2>问题集中在哪</h2>",
}


def test_every_part_of_the_page_leads_to_lists(cast, login):
    at_state(cast, State.HANDLING)
    tally.catch_up()
    page = shown(login(cast.town_leader))
    starts = [re.search(mark, page).start() for mark in PARTS.values()]
    assert starts == sorted(starts)
    links = {part: len(lists_of(page[a:b])) for part, a, b in zip(PARTS, starts, [*starts[1:], None], strict=True)}
    # flow: what is 0 is not drawn, of each level both counts are. Heat: three tiles, and two columns of their table;
    # comparison: three of two villages.
    assert links == {
        "关键指标": 15, "流转": 16, "超时与预警": 14, "网格热度": 9, "评价": 6, "近 12 周": 36, "问题集中在哪": 1,
    }  # fmt: skip


def test_what_a_grid_kept_to_itself_is_a_tile_of_its_own(cast, login):
    placed(cast, area=cast.grid)
    placed(cast)
    tally.catch_up()
    page = shown(login(cast.secretary))
    assert "红岭村网格（未分到微网格）：1 件" in page
    assert "红岭村1号微网格：1 件" in page


def test_a_retired_grid_is_shown_while_it_counts_something(cast, login):
    code = f"{cast.village.code}009"
    tree.add_many(rows=[NewArea(cast.grid.code, Level.MICROGRID, code, "旧街微网格")], actor=None)
    area = Area.objects.get(code=code)
    at_state(cast, State.DECLINED, area=area)
    tally.catch_up()
    tree.retire(area=area, successors=[cast.microgrid], actor=None)
    client = login(cast.secretary)
    assert "旧街微网格：1 件" in shown(client)
    before = clock.today() - timedelta(days=300)
    assert "旧街微网格" not in shown(client, **{"from": before, "to": before})


def test_sensitive_words_stay_off_the_board(cast, login):
    with clock.at(clock.now() - timedelta(days=60)):
        placed(cast, item=cast.items["F04"], title="某家的隐情", source="worker")
        placed(cast, title="村口路灯不亮")
    page = shown(login(cast.town_leader))
    assert "村口路灯不亮" in page
    assert cast.items["F04"].name in page
    assert "某家的隐情" not in page


# ---- up to date, or said ------------------------------------------------------------------------------------


def test_what_is_open_is_live_and_a_late_count_is_said(cast, login):
    noon = clock.local(clock.now()).replace(hour=12, minute=0)
    with clock.at(noon - timedelta(minutes=7)):
        at_state(cast, State.ACCEPTED)
    with clock.at(noon):
        client = login(cast.town_leader)
        page = shown(client)
        assert "统计延迟 7 分钟" in page
        assert (count_in(page, "在办"), count_in(page, "受理")) == (1, 0)
        tally.catch_up()
        page = shown(client)
        assert "统计延迟" not in page
        assert (count_in(page, "在办"), count_in(page, "受理")) == (1, 1)


# ---- nothing to show ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("period", "wider"),
    [("today", "week"), ("week", "lately"), ("lately", "quarter"), ("month", "quarter"), ("quarter", "custom")],
)
def test_a_board_without_tickets_says_so_and_offers_a_longer_period(cast, login, period, wider):
    page = shown(login(cast.town_leader), period=period, by="dept")
    for said in ("这段时间没有点单", "这段时间没有可比的", "没有快到期或超时的工单"):
        assert said in page
    steps = re.findall(r'<a class="btn" href="([^"]+)">看[^<]+</a>', page)
    assert len(steps) == 2
    assert all(f"area={cast.township.code}&amp;period={wider}" in url for url in steps)


def test_a_village_without_grids_leads_to_where_they_are_set_up(cast, login):
    code = "440783103232"
    tree.add_many(rows=[NewArea(cast.township.code, Level.VILLAGE, code, "芙冈村委会")], actor=None)
    page = shown(login(cast.town_leader), area=code)
    assert "还没有网格" in page
    assert f'href="/areas/{code}/"' in page


# ---- price --------------------------------------------------------------------------------------------------


def queries_of(client, **params: object) -> list[str]:
    shown(client, **params)
    with CaptureQueriesContext(connection) as caught:
        shown(client, **params)
    return [query["sql"] for query in caught.captured_queries]


def test_the_price_is_the_same_for_few_and_for_many_tickets(cast, login):
    clients = {name: login(getattr(cast, name)) for name in INSIDE}

    def prices() -> dict[tuple[str, str], int]:
        pairs = ((name, by) for name in clients for by in TABLES)
        return {(name, by): len(queries_of(clients[name], by=by, period="quarter")) for name, by in pairs}

    at_state(cast, State.HANDLING)
    tally.catch_up()
    few = prices()
    assert max(few.values()) <= MOST_QUERIES
    history.write(cast, random.Random(9), 40)
    tally.catch_up()
    assert prices() == few


def test_its_cost_grows_with_days_and_areas_never_with_tickets(cast, login):
    """It reads tallies and open tickets only; three times the tickets of a day are the same tallies."""
    client = login(cast.county_leader)
    with clock.at(clock.now() - timedelta(days=1)):
        at_state(cast, State.CLOSED)
        tally.catch_up()
        few = DailyTally.objects.count()
        for _more in range(2):
            at_state(cast, State.CLOSED)
    tally.catch_up()
    assert DailyTally.objects.count() == few
    for by in TABLES:
        for sql in queries_of(client, by=by, period="quarter"):
            if 'FROM "issues_ticket"' in sql:
                assert re.search(r'WHERE .*"issues_ticket"."closed_at" IS NULL', sql), sql
            if 'FROM "issues_ticketevent"' in sql:
                assert sql.endswith("LIMIT 1"), sql


# ---- figures that are true ----------------------------------------------------------------------------------


def board(cast, user):
    place = places.place_of(cast.township)
    return board_of(user, place, period.read({"period": "custom", "from": "2000-01-01"}, clock.today()), "")


def test_the_funnel_adds_up(cast):
    """Each bar is cut into everything its tickets can be."""
    history.write(cast, random.Random(4), 40)
    for state in (State.CONFIRMING, State.CONSULTING, State.RETURNED, State.SUSPENDED):
        at_state(cast, state)
    tally.catch_up()
    shown = board(cast, cast.town_leader)
    sums = [sum(part["n"] for part in bar["parts"]) for bar in shown.flow]
    whistled = shown.flow[1]["parts"][0]["n"]
    assert sums == [shown.placed.n, shown.placed.n, whistled, shown.placed.n]


def test_the_trend_ends_with_the_last_whole_week(cast):
    with clock.at(datetime(2026, 9, 23, 4, tzinfo=UTC)):  # a Wednesday
        weeks = queries.weeks([cast.township.pk], clock.today())
    assert (weeks[-1].first, weeks[-1].last) == (date(2026, 9, 14), date(2026, 9, 20))
    assert len(weeks) == 12
    assert all((week.last - week.first).days == 6 for week in weeks)


def test_what_a_department_held_is_not_the_villages(cast):
    """Late with the first department, passed on to a second, done there in time."""
    ticket = at_state(cast, State.DISPATCHED)
    wl = cast.departments["WL"]
    with clock.at(ticket.move_by + timedelta(hours=1)):
        act(ticket, "redispatch", staff(cast.town_dispatcher), lead=wl, note="改由它办")
        act(ticket, "claim", staff(cast.other_handler))
        act(ticket, "arrive", staff(cast.other_handler))
        act(ticket, "report_done", staff(cast.other_handler), note="已办")
        tally.catch_up()
        shown = board(cast, cast.town_leader)
        levels = [(share.hits.n, share.total) for _word, share in shown.levels]
        assert levels == [(1, 1), (1, 1), (1, 2)]  # of the departments: the second kept its limits, the first did not
        table = comparison.table_of(places.place_of(cast.township), shown.period, "dept", {})
    rates = {row.name: [part.n for part in row.rate.parts] for row in table.rows}
    assert rates == {str(cast.office): [0, 1], str(wl): [1, 0]}


def test_a_list_that_the_board_has_counted_says_exactly_how_long_it_is(cast, login, monkeypatch):
    """Beyond what is counted row by row the number of the board stands; what no board shows stays "1+"."""
    history.write(cast, random.Random(8), 20)
    tally.catch_up()
    client = login(cast.town_leader)
    monkeypatch.setattr(list_queries, "MOST_COUNTED", 1)
    exact = []
    with clock.at(clock.now()):
        for by in ("", "dept"):
            for url, said in lists_of(shown(client, **{**PERIODS[2], "by": by})):
                assert str(client.get(url).context["total"]) == str(said), url
                exact.append(said > 1)
        assert str(client.get("/t/?view=all&grade=general").context["total"]) == "1+"
    assert sum(exact) > 30


def test_of_a_department_only_its_own_lateness_is_known(cast):
    """What it leads by now and another let run out is in the list of the one, and in the tally of the other."""
    area, code = cast.township.code, cast.office.code
    known_of = lambda **said: known.total_of(cast.town_leader, TicketFilter(view="all", area=area, **said))  # noqa: E731
    assert known_of(dept=code, late="dept", scored="1") is None
    assert known_of(late_of=code, scored="1", item="C02") is None
    assert known_of(late_of=code, scored="1") == known_of(late="dept", scored="1") == 0
