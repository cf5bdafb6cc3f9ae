"""What tickets say about a limit, beside it in the editor of the list."""

from datetime import timedelta

import pytest
from django.core.cache import cache

from core import clock
from duties.drafting import editing
from duties.extensions import observed_times
from duties.models import ListKind
from issues.learning import observed_times as source
from issues.models import Ticket
from issues.workflow import State
from tests.issues.queue.test_page import copies
from tests.tickets import at_state


@pytest.fixture
def ended(cast):
    """Ten tickets of C02: nine took 1 to 9 hours, one took ten days."""
    cache.clear()
    copies(at_state(cast, State.CLOSED, item=cast.items["C02"]), 9)
    now = clock.now()
    for n, ticket in enumerate(Ticket.objects.order_by("id"), 1):
        taken = now - timedelta(days=20)
        done = taken + (timedelta(hours=n) if n < 10 else timedelta(days=10))
        Ticket.objects.filter(pk=ticket.pk).update(claimed_at=taken, reported_at=done, closed_at=done)
    yield cast
    cache.clear()


def test_nine_of_ten_were_done_within(ended):
    (found,) = observed_times(ListKind.GRID_ITEMS, "C02")
    assert (found.count, found.minutes, found.text) == (10, 540, "近 90 天办结 10 件，九成在 9.0 小时内办结")
    assert observed_times(ListKind.GRID_ITEMS, "C03") == []
    assert observed_times(ListKind.SELF_GOVERNANCE, "C02") == []


def test_days_are_said_in_days_and_few_tickets_say_nothing(ended, monkeypatch):
    monkeypatch.setattr(source, "SHARE", 1)
    assert "九成在 10.0 天内办结" in source.of_item("C02").text
    cache.clear()
    Ticket.objects.order_by("id").exclude(pk__in=Ticket.objects.order_by("-id")[:4].values("pk")).update(
        closed_at=clock.now() - timedelta(days=91)
    )
    assert source.of_item("C02") is None


def test_it_stands_beside_the_limit(ended, login):
    editing.open_draft(duty_list=ended.version.duty_list, actor=ended.list_admin)
    page = login(ended.list_admin).get("/lists/2/edit/C02/").content.decode()
    assert "近 90 天办结 10 件" in page
    assert "近 90 天" not in login(ended.list_admin).get("/lists/2/edit/C03/").content.decode()
