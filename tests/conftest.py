"""What every test stands on: a calm calendar, and a flush that may pass the audit triggers."""

from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from django.test import TransactionTestCase

from core import calendar, sql


@pytest.fixture(autouse=True)
def _calm_calendar() -> Iterator[None]:
    """No county exceptions, and no query for them, unless the test declares some."""
    calendar.prime({}, seconds=3600)
    yield
    calendar.forget()


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_audit_guard() -> Iterator[None]:
    """Transactional tests end in a flush, which the append-only triggers would refuse."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _unguarded(TransactionTestCase._fixture_teardown))
        yield


def _unguarded(flush: Callable[[TransactionTestCase], None]) -> Callable[[TransactionTestCase], None]:
    def wrapped(case: TransactionTestCase) -> None:
        if connection.in_atomic_block:  # TestCase rolls back instead
            flush(case)
            return
        with connection.cursor() as cursor:
            for statement in sql.AUDIT_UNGUARD[connection.vendor]:
                cursor.execute(statement)
        flush(case)
        with connection.cursor() as cursor:
            for statement in sql.AUDIT_GUARD[connection.vendor]:
                cursor.execute(statement)

    return wrapped
