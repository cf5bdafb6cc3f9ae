"""Folds race each other and eight writers on PostgreSQL: nothing is lost, nothing counted twice."""

import threading

import pytest
from django.db import transaction

from insights import doctor
from insights.counting import tally
from insights.models import DailyTally, Facet
from issues.engine.actors import staff
from issues.models import Ticket, TicketEvent
from tests.cast import build_cast
from tests.concurrency.crowd import at_once
from tests.tickets import act, placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
WRITERS, FOLDERS, EACH = 8, 2, 6


def test_folds_against_eight_writers_lose_nothing():
    cast = build_cast()
    finished = [threading.Event() for _writer in range(WRITERS)]
    worker = staff(cast.worker)

    def run(n: int) -> int:
        if n >= WRITERS:
            return _fold_until(finished)
        try:
            for _turn in range(EACH):
                act(placed(cast), "accept", worker)
        finally:
            finished[n].set()
        return 0

    results = at_once(WRITERS + FOLDERS, run)
    assert [r for r in results if not isinstance(r, int)] == []
    assert Ticket.objects.count() == WRITERS * EACH
    assert sum(results) + tally.catch_up() == TicketEvent.objects.count()  # each event by one fold
    assert (
        sum(DailyTally.objects.filter(area=cast.county, facet=Facet.WHOLE).values_list("accepted", flat=True))
        == WRITERS * EACH
    )
    assert doctor.tallies_agree(False) == []
    assert tally.catch_up() == 0


def test_a_fold_waits_for_a_writer_still_at_work():
    """Ids are given out before commit: an event that commits late must not end up below the watermark."""
    cast = build_cast()
    early, later = placed(cast), placed(cast)
    tally.catch_up()
    written, folded = threading.Event(), threading.Event()

    def write_slowly() -> int:
        with transaction.atomic():
            act(early, "accept", staff(cast.worker))
            written.set()
            folded.wait(10)
        return 0

    def fold_meanwhile() -> int:
        written.wait(10)
        act(later, "accept", staff(cast.worker))
        counted = tally.fold()
        folded.set()
        return counted

    assert at_once(2, lambda n: (write_slowly, fold_meanwhile)[n]()) == [0, 0]
    assert tally.catch_up() == 2
    assert doctor.tallies_agree(False) == []


def _fold_until(finished: list[threading.Event]) -> int:
    """Fold until every writer has finished, and once more; returns how many events this thread counted."""
    counted = 0
    for writer in finished:
        while not writer.wait(timeout=0.01):
            counted += tally.fold()
    return counted + tally.fold()
