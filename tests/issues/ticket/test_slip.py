"""The slip on paper: what the ticket page says, a code that leads back, and no word more than its reader may read."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.files import qr
from issues.workflow import State
from tests.tickets import at_state, placed

pytestmark = pytest.mark.django_db
MOST_QUERIES = 14


def test_the_slip_says_where_what_by_when_and_whose(cast, login):
    ticket = at_state(cast, State.HANDLING)
    page = login(cast.handler).get(f"/t/{ticket.number}/print/").content.decode()
    for text in (
        ticket.number,
        ticket.title,
        ticket.place,
        "红岭村",
        "C02",
        str(cast.office),
        "李志强",
        "办结",
        "签名",
    ):
        assert text in page
    assert cast.items["C02"].closing_standard in page
    assert str(qr.svg(f"http://testserver/t/{ticket.number}/")) in page


def test_an_ended_ticket_says_how_it_ended(cast, login):
    ticket = at_state(cast, State.CLOSED)
    page = login(cast.town_dispatcher).get(f"/t/{ticket.number}/print/").content.decode()
    assert "结果" in page
    assert "要做什么" not in page


def test_nothing_of_the_resident_is_on_paper(cast, login):
    ticket = placed(cast)
    page = login(cast.town_dispatcher).get(f"/t/{ticket.number}/print/").content.decode()
    for secret in ("陈先生", "陈**", "10000006021", "6021", ticket.code):
        assert secret not in page


def test_sensitive_words_are_printed_only_for_those_who_may_read_them(cast, login):
    item = next(item for item in cast.items.values() if item.is_sensitive)
    ticket = placed(cast, item=item, title="王某打人", description="王某昨晚打人", where="王家巷 9 号")
    for name, reads in (("town_dispatcher", True), ("secretary", True), ("town_leader", False), ("auditor", False)):
        page = login(cast.users[name]).get(f"/t/{ticket.number}/print/").content.decode()
        for words in ("王某打人", "王某昨晚打人", "王家巷 9 号"):
            assert (words in page) is reads, (name, words)


def test_it_is_reached_from_the_ticket_and_closed_to_others(cast, login):
    ticket = at_state(cast, State.CLOSED)
    address = f"/t/{ticket.number}/print/"
    for reader in (cast.town_dispatcher, cast.auditor, cast.worker):
        assert f'href="{address}"' in login(reader).get(f"/t/{ticket.number}/").content.decode()
    assert login(cast.other_worker).get(address).status_code == 404


def test_its_price_is_that_of_the_ticket_page(cast, login):
    ticket = at_state(cast, State.HANDLING)
    client = login(cast.town_dispatcher)
    client.get(f"/t/{ticket.number}/print/")
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/t/{ticket.number}/print/")
    assert len(queries) <= MOST_QUERIES
