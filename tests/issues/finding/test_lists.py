"""The first page of a list and its counts, read by kept statements: the same as the ORM reads for every reader."""

from datetime import timedelta
from itertools import product

import pytest
from django.http import QueryDict

from core import clock
from core.rows.paging import page_of, page_of_runs
from issues.finding.filters import TicketFilter
from issues.finding.lists import first_rows, page_and_counts, some, some_by_lamp
from issues.finding.queries import LAMPS, Moment, count_to, lamp_counts, lamp_q, queue, tab_counts, under_lamps
from issues.models import Ticket
from members.access import scope_for
from tests import worlds
from tests.cast import PEOPLE
from tests.issues.crowd import CROWD

pytestmark = pytest.mark.django_db
ADDRESSES = (
    "", "view=mine", "view=overdue", "view=soon", "view=today", "view=after", "view=done", "view=all",
    "sort=new", "view=all&sort=due", "sort=old", "lamp=r", "state=closed&state=merged", "open=1&grade=urgent",
    "returned=1", "holder=me", "area=nowhere", "dept=none", "dept=XX", "category=C", "item=none",
    "placed_from=2020-01-01", "scored=0", "filed=grid", "found=true",
)  # fmt: skip


@pytest.fixture
@worlds.on(CROWD)
def tickets(db):
    return CROWD()


def as_the_orm_reads(user, chosen, now):
    rows = chosen.apply(queue(user), now, user)
    if not chosen.is_by_lamp:
        return page_of(rows, chosen.order, "", 3), {"all": count_to(rows)}
    counts = lamp_counts(rows, now)
    return page_of_runs(under_lamps(rows, counts, now), ("lamp_rank", *chosen.order), "", 3), counts


def shown(page):
    """The rows with what a row of the queue shows, and where the page stands."""
    rows = [
        (t.pk, t.number, t.area.name, t.lead and str(t.lead), t.holder and t.holder.name, t.due_at) for t in page.rows
    ]
    return rows, page.next, page.previous


def test_a_first_page_is_what_the_orm_reads(cast, tickets, monkeypatch):
    monkeypatch.setattr("issues.finding.lists.PAGE_SIZE", 3)
    now = clock.now() + timedelta(hours=20)
    for name, query in product(PEOPLE, ADDRESSES):
        user, chosen = getattr(cast, name), TicketFilter.parse(QueryDict(query))
        page, counts = page_and_counts(user, chosen, now, "")
        expected, counted = as_the_orm_reads(user, chosen, now)
        assert (shown(page), counts) == (shown(expected), counted), (name, query)
        if page.next:  # a further page goes on where it ends
            further, _counts = page_and_counts(user, chosen, now, page.next)
            assert further.previous
            assert not {t.pk for t in further.rows} & {t.pk for t in page.rows}


def test_the_kept_statements_are_their_querysets(cast, tickets):
    now = clock.now() + timedelta(hours=20)
    at = vars(Moment.of(now))
    for name in PEOPLE:
        scope = scope_for(getattr(cast, name)).bare
        views = ("open", "mine", "overdue", "soon", "today", "verify")
        assert tab_counts(scope, views, **at) == tab_counts.plain(scope, views, **at)
        for query in ("", "view=after", "view=all&sort=due"):
            terms = TicketFilter.parse(QueryDict(query)).terms
            for lamp in LAMPS if terms.chosen.is_by_lamp else ("",):
                assert first_rows(scope, terms, lamp, 5, **at) == list(first_rows.plain(scope, terms, lamp, 5, **at))
                assert some(scope, terms, lamp, 999, **at) == some.plain(scope, terms, lamp, 999, **at)
            assert some_by_lamp(scope, terms, 999, **at) == some_by_lamp.plain(scope, terms, 999, **at)


def test_the_rows_of_a_page_cost_as_many_queries_as_lamps_are_needed(cast, tickets, django_assert_num_queries):
    user, now = cast.county_leader, clock.now()
    scope_for(user)
    for query in ("", "view=all", "view=mine", "lamp=r", "item=none"):
        chosen = TicketFilter.parse(QueryDict(query))
        rows = chosen.apply(queue(user), now, user)
        lamps = sum(rows.filter(lamp_q(lamp, now)).exists() for lamp in LAMPS)
        with django_assert_num_queries(1 + (lamps if chosen.is_by_lamp else 1)):
            page_and_counts(user, chosen, now, "")


def test_an_area_that_is_set_up_later_is_found_by_the_same_address(cast, tickets):
    """What an address names is looked up each time; only the wording is kept."""
    user, now = cast.county_leader, clock.now()
    area = Ticket.objects.select_related("village").order_by("pk")[0].village
    code, area.code = area.code, "431299999999"
    area.save(update_fields=["code"])
    page, _counts = page_and_counts(user, TicketFilter(view="all", area=code), now, "")
    assert not page.rows
    area.code = code
    area.save(update_fields=["code"])
    page, _counts = page_and_counts(user, TicketFilter(view="all", area=code), now, "")
    assert page.rows
