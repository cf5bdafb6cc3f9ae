"""The tallies follow the log: equal to a fresh count at any time, folded once, rebuilt alike, mended by the doctor."""

import random

import pytest
from django.db.models import F

from core.doctor import examine
from insights import doctor
from insights.counting import tally
from insights.counting.metrics import BUCKET_RATIO, METRICS
from insights.models import DailyTally, Facet, SpeedTally, Watermark
from issues.engine.actors import staff
from issues.engine.snapshots import COUNTED
from issues.models import Ticket, TicketEvent
from issues.workflow import State
from tests.insights import history
from tests.tickets import act, at_state

pytestmark = pytest.mark.django_db


def stored() -> tuple[list[tuple], list[tuple]]:
    """All tallies that count something."""
    names = [m.name for m in METRICS]
    daily = DailyTally.objects.order_by("area_id", "day", "facet", "value")
    rows = [row for row in daily.values_list("area_id", "day", "facet", "value", *names) if any(row[4:])]
    speeds = SpeedTally.objects.order_by("area_id", "day", "bucket").exclude(tickets=0)
    return rows, list(speeds.values_list("area_id", "day", "bucket", "tickets"))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_folding_in_between_equals_a_fresh_count(cast, seed):
    rng = random.Random(seed)
    history.write(cast, rng, 40, pause=lambda: rng.random() < 0.3 and tally.fold())
    tally.catch_up()
    assert doctor.tallies_agree(False) == []
    counted = Ticket.objects.filter(COUNTED).count()
    assert (
        sum(DailyTally.objects.filter(area=cast.county, facet=Facet.WHOLE).values_list("placed", flat=True))
        == counted
        >= 40
    )
    assert len(SpeedTally.objects.filter(area=cast.county)) > 1


def test_every_event_is_counted_once(cast):
    history.write(cast, random.Random(4), 12)
    assert tally.catch_up() == TicketEvent.objects.count()
    once = stored()
    assert tally.catch_up() == tally.fold() == 0
    assert stored() == once


def test_small_batches_count_the_same(cast, monkeypatch):
    history.write(cast, random.Random(5), 20)
    tally.catch_up()
    at_once = stored()
    monkeypatch.setattr(tally, "BATCH", 7)
    tally.rebuild()
    assert stored() == at_once


def test_a_rebuild_changes_nothing(cast):
    history.write(cast, random.Random(6), 25)
    tally.catch_up()
    before = stored()
    assert tally.rebuild() == TicketEvent.objects.count()
    assert stored() == before
    assert Watermark.objects.get().event_id == TicketEvent.objects.order_by("-id").first().pk


def test_each_level_counts_its_own(cast):
    at_state(cast, State.CLOSED)
    tally.catch_up()
    path = [cast.microgrid, cast.grid, cast.village, cast.township, cast.county]
    assert set(DailyTally.objects.filter(closed=1).values_list("area_id", flat=True)) == {area.pk for area in path}


def test_a_ticket_in_a_grid_itself_is_counted_there_once(cast):
    history.placed(cast, area=cast.grid)
    tally.catch_up()
    assert sum(DailyTally.objects.filter(area=cast.grid, facet=Facet.WHOLE).values_list("placed", flat=True)) == 1


def test_a_changed_item_moves_the_count(cast):
    ticket = history.placed(cast, item=None)
    tally.catch_up()
    act(ticket, "accept", staff(cast.worker), item=cast.items["C01"])
    tally.catch_up()
    counted = dict(
        DailyTally.objects.filter(area=cast.county, facet=Facet.ITEM, placed__gt=0).values_list("value", "placed")
    )
    assert counted == {"C01": 1}


DAMAGES = {
    "a count is off": lambda: DailyTally.objects.filter(placed__gt=0).update(placed=F("placed") + 1),
    "a row is gone": lambda: DailyTally.objects.filter(placed__gt=0).first().delete(),
    "a row too many": lambda: DailyTally.objects.create(
        day="2020-01-01", area=Ticket.objects.first().county, facet=Facet.ITEM, value="C02", placed=1
    ),
    "a time is off": lambda: SpeedTally.objects.update(tickets=F("tickets") + 1),
    "times are gone": lambda: SpeedTally.objects.all().delete(),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_doctor_finds_damage_and_mends_it(cast, damage):
    history.write(cast, random.Random(7), 6)
    at_state(cast, State.CLOSED)
    tally.catch_up()
    DAMAGES[damage]()
    name = "tallies: equal to a fresh count of the tickets"
    assert examine(fix=False)[name]
    assert examine(fix=False)[name]
    assert examine(fix=True)[name]
    assert examine(fix=False)[name] == []


def test_the_doctor_mends_a_mark_that_ran_ahead(cast):
    history.placed(cast)
    tally.catch_up()
    Watermark.objects.update(event_id=F("event_id") + 10**6)
    history.placed(cast)
    assert doctor.tallies_agree(True)
    assert doctor.tallies_agree(False) == []


@pytest.mark.parametrize("minutes", [0, 1, 2, 30, 59, 390, 391, 5000, 10**6])
def test_a_bucket_is_right_to_its_width(minutes):
    middle = tally.minutes_of(tally.bucket_of(minutes))
    assert max(minutes, 1) / BUCKET_RATIO <= middle <= max(minutes, 1) * BUCKET_RATIO
