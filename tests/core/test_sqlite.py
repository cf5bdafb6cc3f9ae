"""The embedded engine: one writer at a time, from its first statement; who reads does not wait for it."""

import threading
import time

import pytest
from django.db import OperationalError, connection, transaction

from core import locks
from core.models import Sentinel

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="is about SQLite"),
]
WAIT = 0.3


def beside(act):
    """Begin `act` in a thread with a connection of its own; what it returned or raised is in the list once it ends."""
    found = []

    def run():
        try:
            found.append(act())
        except OperationalError as error:
            found.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread, found


def write(name):
    with transaction.atomic():
        Sentinel.objects.create(name=name)
        return time.monotonic()


def test_a_second_writer_waits_until_the_first_has_ended():
    with transaction.atomic():
        Sentinel.objects.count()  # reading alone holds the only write lock: atomic() is IMMEDIATE
        thread, found = beside(lambda: write("second"))
        thread.join(WAIT)
        assert thread.is_alive()
        ended = time.monotonic()
    thread.join(20)
    assert found[0] > ended
    assert Sentinel.objects.filter(name="second").exists()


def test_who_reads_waits_for_nobody_and_sees_what_was_committed():
    with transaction.atomic():
        Sentinel.objects.create(name="first")
        thread, found = beside(Sentinel.objects.count)
        thread.join(20)
        assert found == [0]
    assert Sentinel.objects.count() == 1


def test_who_waits_too_long_is_told_that_it_is_locked():
    def impatient():
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 100")
        return write("impatient")

    with transaction.atomic():
        thread, found = beside(impatient)
        thread.join(20)
    assert "locked" in str(found[0])
    assert not Sentinel.objects.exists()


def test_a_lock_by_name_needs_no_row_there():
    with transaction.atomic():
        locks.hold("tree")
    assert not Sentinel.objects.exists()
    with pytest.raises(transaction.TransactionManagementError):
        locks.hold("tree")


def test_it_writes_ahead():
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
