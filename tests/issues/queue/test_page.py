"""The queue as people see it: one price whatever the number of rows, groups, pane, pages, chips, who may read it."""

import base64
import json
import re
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.races.idempotency import Once
from issues.engine.snapshots import COUNTED
from issues.finding.lists import PAGE_SIZE
from issues.finding.search import SPANS
from issues.models import Ticket
from issues.workflow import State
from members.roles import SEES
from tests.cast import PEOPLE
from tests.issues.crowd import crowd
from tests.tickets import at_state, placed

pytestmark = pytest.mark.django_db
MOST_QUERIES = 10


def numbers_on(page: str) -> list[str]:
    return re.findall(r'data-row data-number="([^"]+)"', page)


def price(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


def copies(ticket: Ticket, count: int) -> None:
    """Many rows like this one, without their history: only lists look at them."""
    rows = []
    for n in range(count):
        row = Ticket.objects.get(pk=ticket.pk)
        row.pk, row.number, row.code = None, f"ST26-0101-{n:03d}", uuid.uuid4().hex[:8]
        row.due_at = ticket.due_at + timedelta(minutes=n // 2)
        rows.append(row)
    Ticket.objects.bulk_create(rows)


def test_the_price_does_not_grow_with_the_rows(cast, login):
    ticket = at_state(cast, State.HANDLING)
    for user in (cast.town_dispatcher, cast.handler, cast.county_leader):
        assert price(login(user), "/t/") <= MOST_QUERIES
    one = price(login(cast.town_dispatcher), "/t/")
    copies(ticket, 60)
    assert price(login(cast.town_dispatcher), "/t/") == one
    with_chips = f"/t/?area={cast.village.code}&dept={cast.office.code}&grade=important&q=路灯"
    # a search asks what its words name, looks once more for each of the longer times, and counts nothing
    assert price(login(cast.town_dispatcher), with_chips) <= MOST_QUERIES + 1 + len(SPANS) - 1


def test_who_sees_tickets_reads_the_queue_and_nobody_else(cast, login):
    for name, (_name, role, _place) in PEOPLE.items():
        status = login(getattr(cast, name)).get("/t/").status_code
        assert status == (200 if "tickets" in SEES[role] else 403), name


def test_rows_stand_under_their_lamps_with_the_counts_of_the_whole_list(cast, login):
    with clock.at(clock.now() - timedelta(days=60)):
        late = placed(cast)
    fresh = placed(cast)
    page = login(cast.town_dispatcher).get("/t/").content.decode()
    assert page.index("已超时</span>1 件") < page.index(late.number) < page.index("正常</span>1 件")
    assert numbers_on(page) == [late.number, fresh.number]
    assert "沙塘镇" in re.search(r"<title>(.*?)</title>", page, re.S)[1]
    assert "数据到" in re.search(r"<title>(.*?)</title>", page, re.S)[1]


def test_pages_hold_every_ticket_once_and_lead_back(cast, login):
    with clock.at(clock.now() - timedelta(days=60)):
        copies(placed(cast), PAGE_SIZE)
    copies_in_time = placed(cast)
    client = login(cast.town_dispatcher)
    first = client.get("/t/?source=order&view=open")
    after = first.context["page"].next
    second = client.get("/t/", {"source": "order", "view": "open", "after": after})
    seen = [*numbers_on(first.content.decode()), *numbers_on(second.content.decode())]
    assert len(seen) == PAGE_SIZE + 2 == len(set(seen))
    assert seen[-1] == copies_in_time.number
    back = client.get("/t/", {"source": "order", "view": "open", "after": second.context["page"].previous})
    assert numbers_on(back.content.decode()) == numbers_on(first.content.decode())
    assert "view=open&amp;source=order&amp;after=" in first.content.decode()


@pytest.mark.parametrize("backwards", [0, 1])
@pytest.mark.parametrize("lamp", [["s", "red"], ["v", None], ["v", 10**18], ["v", -1], ["v", 1.5], ["v", True]])
@pytest.mark.parametrize("due", [["v", 3], ["v", None], ["t", "2026-11-27T00:00:00+00:00"]])
def test_a_cursor_of_no_lamp_or_moment_is_no_error(cast, login, backwards, lamp, due):
    placed(cast)
    text = json.dumps([backwards, lamp, due, ["v", 1]])
    cursor = base64.urlsafe_b64encode(text.encode()).decode()
    assert login(cast.town_dispatcher).get("/t/", {"view": "open", "after": cursor}).status_code == 200


@pytest.mark.parametrize("cursor", ["junk", "甲" * 3000, "WzAsWyJ2IiwxXV0"])
def test_a_cursor_of_no_sense_is_the_first_page(cast, login, cursor):
    ticket = placed(cast)
    page = login(cast.town_dispatcher).get("/t/", {"after": cursor})
    assert numbers_on(page.content.decode()) == [ticket.number]


def test_the_pane_shows_the_named_ticket_without_javascript(cast, login):
    ticket, foreign = placed(cast), placed(cast, area=cast.other_grid, once=Once("tests", "far", {}))
    client = login(cast.town_dispatcher)
    page = client.get("/t/", {"peek": ticket.number}).content.decode()
    pane = page[page.index('id="peek"') :]
    assert ticket.title in pane
    assert f"/t/{ticket.number}/" in pane
    assert 'aria-current="true"' in page
    for number in (foreign.number, "nothing", "a/b", "甲" * 5000):
        answer = client.get("/t/", {"peek": number})
        assert answer.status_code == 200
        assert "没有找到这件工单" in answer.content.decode()
        assert foreign.title not in answer.content.decode()[answer.content.decode().index('id="peek"') :]


def test_conditions_are_added_without_javascript(cast, login):
    ticket = placed(cast)
    client = login(cast.town_dispatcher)
    form = client.get("/t/?view=open&more=1").content.decode()
    assert 'name="state"' in form
    assert "红岭村" in form
    answer = client.get("/t/?view=open&grade=important&lamp=&state=placed&q=&apply=1")
    assert answer.status_code == 302
    assert answer["Location"] == "/t/?view=open&grade=important&state=placed"
    page = client.get(answer["Location"]).content.decode()
    assert ticket.grade != "important" or ticket.number in page
    assert "去掉条件：级别" in page


def test_what_cannot_be_read_is_said_on_the_page(cast, login):
    ticket = placed(cast)
    page = login(cast.town_dispatcher).get("/t/", {"grade": "<b>", "lamp": "\x7f", "placed_from": "0001-01-01"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "“&lt;b&gt;”看不懂" in text
    assert text.count("看不懂，已略过</b>") == 3
    assert ticket.number in text


def test_an_empty_list_says_why_and_what_next(cast, login):
    client = login(cast.town_dispatcher)
    assert "现在没有在办的工单" in client.get("/t/").content.decode()
    assert "现在没有等您处理的工单" in client.get("/t/?view=mine").content.decode()
    page = client.get("/t/?lamp=r").content.decode()
    assert "没有符合条件的工单" in page
    assert 'href="/t/?view=all"' in page


def test_only_the_dispatcher_of_a_township_is_offered_to_log_for_others(cast, login):
    assert "/t/new/" in login(cast.town_dispatcher).get("/t/").content.decode()
    for user in (cast.auditor, cast.county_leader, cast.handler):
        assert "/t/new/" not in login(user).get("/t/").content.decode()


def test_the_words_of_a_sensitive_ticket_are_not_in_the_list(cast, login):
    item = next(item for item in cast.items.values() if item.is_sensitive)
    ticket = placed(cast, item=item, title="王某打人", where="王家巷")
    client = login(cast.town_dispatcher)
    page = client.get("/t/").content.decode()
    assert "王某打人" not in page
    assert item.name in page
    assert numbers_on(client.get(f"/t/?q={ticket.number}").content.decode()) == [ticket.number]
    # Who may read it finds it by its words, and the list still does not say them (tests/issues/test_search).
    found = client.get("/t/?q=王家巷").content.decode()
    assert numbers_on(found) == [ticket.number]
    assert "王某打人" not in found
    assert numbers_on(login(cast.town_leader).get("/t/?q=王家巷").content.decode()) == []


def test_nobody_reads_a_row_from_elsewhere(cast, login):
    made = crowd(cast)
    for user in (cast.town_dispatcher, cast.secretary, cast.handler, cast.other_worker):
        own = set(Ticket.objects.visible_to(user).filter(COUNTED).values_list("number", flat=True))
        page = login(user).get("/t/?view=all").content.decode()
        assert set(numbers_on(page)) == own
        assert own < {t.number for t in made}
