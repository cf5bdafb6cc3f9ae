"""Many at once on the machinery: one winner, each row once, one holder of a lock."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction

from core import locks
from core.jobs import outbox
from core.models import Allowance, AuditEntry, EngineBeat
from core.races import idempotency, throttle
from tests.concurrency.crowd import at_once

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def test_eight_drains_handle_each_row_once() -> None:
    with transaction.atomic():
        for n in range(240):
            outbox.enqueue("core.echo", {"n": n}, key=str(n))
    results = at_once(8, lambda n: outbox.drain("default", batch=5))
    assert sum(results) == 240
    seen = Counter(entry.detail["n"] for entry in AuditEntry.objects.filter(verb="core.echo"))
    assert seen == Counter(range(240))


def test_one_key_sixteen_times_is_made_once() -> None:
    def submit(n: int) -> str:
        with transaction.atomic():
            slot = idempotency.claim("user:7", "k", {"title": "井盖"})
            if slot.result is None:
                AuditEntry.objects.create(verb="test.made")
                slot.finish(f"made by {n}")
            return str(slot.result)

    results = at_once(16, submit)
    assert len(set(results)) == 1
    assert str(results[0]).startswith("made by")
    assert AuditEntry.objects.filter(verb="test.made").count() == 1


def test_a_lock_has_one_holder() -> None:
    EngineBeat.objects.create(name="count", at="2026-01-01T00:00:00Z")
    inside: list[int] = []

    def enter(n: int) -> None:
        with transaction.atomic():
            locks.hold("tree")
            inside.append(n)
            assert len(inside) == 1
            EngineBeat.objects.filter(name="count").update(name="count")
            inside.remove(n)

    assert at_once(12, enter) == [None] * 12


def test_one_key_enqueued_by_many_is_one_row() -> None:
    def put(n: int) -> None:
        with transaction.atomic():
            outbox.enqueue("core.echo", {"n": n}, key="same")

    assert at_once(12, put) == [None] * 12
    assert outbox.drain_inline() == 1


def test_many_tries_at_once_are_all_counted_and_no_more_granted_than_there_is_room() -> None:
    """Names come in both orders, as those of two doors may."""

    def enter(n: int) -> bool:
        names = ("grid", "from") if n % 2 else ("from", "grid")
        throttle.take_each(dict.fromkeys(names, 10), per=timedelta(days=1))
        return True

    results = at_once(16, enter)
    assert results.count(True) == 10
    assert {type(r) for r in results if r is not True} == {throttle.TooMany}
    assert set(Allowance.objects.values_list("name", "used")) == {("grid", 10), ("from", 10)}
