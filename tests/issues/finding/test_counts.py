"""Lists are counted to a thousand and no further: "1000+", at the same price however long the history is."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from issues.finding import queries
from issues.finding.queries import Counted, count_to, lamp_counts, queue
from issues.models import Ticket
from issues.workflow import State
from tests.tickets import at_state, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def three_at_most(monkeypatch):
    monkeypatch.setattr(queries, "MOST_COUNTED", 3)


def test_it_says_a_thousand_and_more_only_beyond():
    assert [str(Counted(n)) for n in (0, 999, 1000, 1001)] == ["0", "999", "1000", "1000+"]
    assert [bool(Counted(n)) for n in (0, 1, 1001)] == [False, True, True]


def test_no_more_rows_are_counted_than_are_said(cast, three_at_most, django_assert_num_queries):
    for _n in range(6):
        placed(cast)
    rows = queue(cast.county_leader)
    with CaptureQueriesContext(connection) as caught:
        assert str(count_to(rows)) == "3+"
    assert len(caught) == 1
    assert "LIMIT 4" in caught[0]["sql"]
    assert "JOIN" not in caught[0]["sql"]
    assert count_to(rows).n == 4
    one = rows.filter(pk=Ticket.objects.first().pk)
    with django_assert_num_queries(1):
        assert str(count_to(one)) == "1"


def test_lamps_are_counted_apart_where_there_are_more(cast, three_at_most, django_assert_num_queries):
    now, rows = clock.now(), queue(cast.county_leader)
    with django_assert_num_queries(1):
        assert {key: str(n) for key, n in lamp_counts(rows, now).items()} == dict.fromkeys(("all", "r", "y", "b"), "0")
    for _n in range(5):
        placed(cast)
    Ticket.objects.filter(pk=Ticket.objects.first().pk).update(warn_at=now, due_at=now)
    with CaptureQueriesContext(connection) as caught:
        found = {key: str(n) for key, n in lamp_counts(rows, now).items()}
    assert found == {"all": "3+", "r": "1", "y": "0", "b": "3+"}
    assert len(caught) == 4
    assert all("LIMIT 4" in query["sql"] for query in caught)


def counts_of(client, url):
    client.get(url)  # what is read once for a session
    with CaptureQueriesContext(connection) as caught:
        page = client.get(url).content.decode()
    counting = [query["sql"] for query in caught if "COUNT(" in query["sql"] and '"issues_ticket"' in query["sql"]]
    return page, len(caught), counting


@pytest.mark.parametrize("url", ["/t/?view=all", "/t/?view=done", "/t/?view=all&q=路灯&sort=old"])
def test_a_list_of_history_is_counted_short(cast, login, three_at_most, url):
    client = login(cast.town_leader)
    at_state(cast, State.CLOSED)
    page, few, _counting = counts_of(client, url)
    assert "<b>1</b> 件" in page
    for _n in range(5):
        at_state(cast, State.CLOSED)
    page, many, counting = counts_of(client, url)
    assert "<b>3+</b> 件" in page
    assert "导出这 3+ 件" in page
    assert many == few
    for sql in counting:
        assert "LIMIT 4" in sql or re.search(r'"issues_ticket"."closed_at" IS NULL', sql), sql


def test_the_open_list_and_its_groups_say_so_too(cast, login, three_at_most):
    for _n in range(5):
        placed(cast)
    page, _all, _counting = counts_of(login(cast.town_leader), "/t/")
    assert "<b>3+</b> 件" in page
    assert page.count("3+") >= 4  # the heading, the group, the tab, the export
