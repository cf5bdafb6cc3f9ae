"""Folds race each other and eight writers on PostgreSQL: nothing is lost, nothing counted twice."""

import threading

import pytest
from django.db import connection, transaction

from insights import doctor
from insights.counting import sql, tally
from insights.models import DailyTally, Facet
from issues.engine.actors import staff
from issues.models import Ticket, TicketEvent
from tests.cast import Cast
from tests.concurrency.crowd import at_once
from tests.tickets import act, placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
WRITERS, FOLDERS, EACH = 8, 2, 6


def test_folds_against_eight_writers_lose_nothing(cast):
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


@pytest.fixture
def slow(cast):
    """Two tickets and somebody who has written to the early one and commits when told to."""
    early, later = placed(cast), placed(cast)
    tally.catch_up()
    return Slow(cast, early, later)


class Slow:
    """A writer that takes its time between its event and its commit."""

    def __init__(self, cast: Cast, early: Ticket, later: Ticket) -> None:
        self.worker, self.early, self.later = staff(cast.worker), early, later
        self.written, self.may_end = threading.Event(), threading.Event()
        self.gives_up = False

    def write(self) -> int:
        with transaction.atomic():
            act(self.early, "accept", self.worker)
            self.written.set()
            assert self.may_end.wait(20)
            transaction.set_rollback(self.gives_up)
        return 0

    def overtake(self) -> int:
        """Another one, which draws a later id and commits sooner."""
        assert self.written.wait(20)
        act(self.later, "accept", self.worker)
        return 0

    def let_end(self) -> None:
        self.may_end.set()


def test_a_fold_leaves_everything_to_later_while_a_writer_is_at_work(slow):
    """Ids are given out before commit: an event that commits late must not end up below the watermark."""

    def fold_meanwhile() -> int:
        slow.overtake()
        counted = tally.fold()
        slow.let_end()
        return counted

    assert at_once(2, lambda n: (slow.write, fold_meanwhile)[n]()) == [0, 0]
    assert tally.catch_up() == 2
    assert doctor.tallies_agree(False) == []


@pytest.mark.parametrize(("gives_up", "counted"), [(False, 2), (True, 1)])
def test_a_fold_awaits_the_writers_it_met(slow, monkeypatch, gives_up, counted):
    monkeypatch.setattr(tally, "PATIENCE_SECONDS", 20)
    slow.gives_up = gives_up
    waits = _tell_when_it_waits(monkeypatch)

    def fold_meanwhile() -> int:
        slow.overtake()
        return tally.fold()

    def let_end() -> int:
        assert waits.wait(20)
        slow.let_end()
        return 0

    assert at_once(3, lambda n: (slow.write, fold_meanwhile, let_end)[n]()) == [0, counted, 0]
    assert doctor.tallies_agree(False) == []


def test_nobody_waits_for_a_fold_that_awaits_a_writer(slow, monkeypatch):
    """Who writes while a fold stays with a slow writer is through before either of them."""
    monkeypatch.setattr(tally, "PATIENCE_SECONDS", 20)
    waits = _tell_when_it_waits(monkeypatch)

    def fold_meanwhile() -> int:
        slow.overtake()
        return tally.fold()

    def write_meanwhile() -> int:
        assert waits.wait(20)
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '2s'")
            act(slow.later, "self_handle", slow.worker)
        slow.let_end()
        return 0

    assert at_once(3, lambda n: (slow.write, fold_meanwhile, write_meanwhile)[n]()) == [0, 2, 0]
    assert tally.catch_up() == 1
    assert doctor.tallies_agree(False) == []


def test_only_those_who_write_events_are_awaited(slow):
    """A long transaction that reads them, or writes something else, is nothing to the tallies."""
    begun, over = threading.Event(), threading.Event()

    def read_slowly() -> int:
        with transaction.atomic():
            TicketEvent.objects.count()
            DailyTally.objects.filter(pk=0).update(day="2026-01-01")
            begun.set()
            assert over.wait(20)
        return 0

    def look() -> int:
        assert begun.wait(20)
        act(slow.early, "accept", slow.worker)
        found = len(sql.writers_of(TicketEvent._meta.db_table)), tally.fold()
        over.set()
        return 0 if found == (0, 1) else 1

    assert at_once(2, lambda n: (read_slowly, look)[n]()) == [0, 0]


def _tell_when_it_waits(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    waits, sleep = threading.Event(), tally.sleep

    def wait(seconds: float) -> None:
        waits.set()
        sleep(seconds)

    monkeypatch.setattr(tally, "sleep", wait)
    return waits


def _fold_until(finished: list[threading.Event]) -> int:
    """Fold until every writer has finished, and once more; returns how many events this thread counted."""
    counted = 0
    for writer in finished:
        while not writer.wait(timeout=0.01):
            counted += tally.fold()
    return counted + tally.fold()
