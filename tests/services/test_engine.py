"""The engine's guarantees against real Celery, Redis and PostgreSQL: nothing lost, nothing twice."""

import time
from collections import Counter

import pytest
from django.db import transaction

from core.jobs import heartbeat, outbox
from core.models import AuditEntry, OutboxRow
from core.web import health
from tests.services.conftest import Plant, wait_for

pytestmark = [pytest.mark.services, pytest.mark.xdist_group("engine")]
ROWS = 3000


def fill(count: int, prefix: str = "e") -> None:
    with transaction.atomic():
        for n in range(count):
            outbox.enqueue("core.echo", {"n": n}, key=f"{prefix}{n}", queue=outbox.QUEUES[n % 3])


def effects() -> int:
    return AuditEntry.objects.filter(verb="core.echo").count()


def open_rows() -> int:
    return OutboxRow.objects.filter(done_at=None).count()


def assert_each_exactly_once(count: int) -> None:
    details = AuditEntry.objects.filter(verb="core.echo").values_list("detail", flat=True)
    seen = Counter(detail["n"] for detail in details)
    assert seen == Counter(range(count))
    assert outbox.parked() == 0


def test_killed_flushed_stopped_and_doubled(plant: Plant) -> None:
    fill(ROWS)
    first, second = plant.worker("w1"), plant.worker("w2")
    beats = [plant.beat("b1"), plant.beat("b2")]
    wait_for(lambda: effects() > ROWS * 0.1, 60)
    plant.kill(first)
    assert open_rows() > 0, "killed too late to be in mid-batch"
    wait_for(lambda: effects() > ROWS * 0.3, 60)
    plant.redis.flushall()
    plant.worker("w3")
    wait_for(lambda: effects() > ROWS * 0.5, 60)
    for beat in beats:
        plant.kill(beat)
    plant.kill(second)
    plant.redis.flushall()
    for _again in range(10):
        for queue in outbox.QUEUES:
            plant.celery.send_task("core.drain", [queue], queue=queue)
            plant.celery.send_task("core.drain", [queue], queue=queue)
    plant.beat("b3")
    wait_for(lambda: open_rows() == 0, 90)
    assert_each_exactly_once(ROWS)


def test_without_beat_nothing_is_lost_and_health_turns_red(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MAX_TICK_AGE_SECONDS", 2.5)
    beat = plant.beat("b1")
    plant.worker("w1")
    wait_for(lambda: bool(health.readiness()["ready"]), 30)
    plant.kill(beat)
    wait_for(lambda: (heartbeat.age("drain") or 0) > 3, 15)
    fill(50)
    assert health.readiness()["ready"] is False
    assert open_rows() == 50
    plant.beat("b2")
    wait_for(lambda: open_rows() == 0, 30)
    assert_each_exactly_once(50)
    assert health.readiness()["ready"] is True


def test_a_frozen_broker_delays_and_loses_nothing(plant: Plant) -> None:
    plant.worker("w1")
    plant.beat("b1")
    wait_for(lambda: heartbeat.age("drain") is not None, 30)
    plant.freeze(plant.server)
    started = time.perf_counter()
    fill(100)
    assert time.perf_counter() - started < 2, "a transaction must not wait for the broker"
    time.sleep(5)
    plant.thaw(plant.server)
    wait_for(lambda: open_rows() == 0, 60)
    assert_each_exactly_once(100)
