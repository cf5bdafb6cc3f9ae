"""Celery tasks of core: each only wakes something that reads its work from the database."""

from datetime import timedelta

from celery import shared_task

from core.clock import now
from core.files import waiting
from core.jobs import heartbeat, outbox
from core.races import idempotency, throttle
from core.trust import chain, heads

KEEP_DONE_ROWS = timedelta(days=14)
KEEP_KEYS = timedelta(days=30)
KEEP_WAITING = timedelta(days=1)


@shared_task(name="core.drain")
def drain(queue: str) -> None:
    heartbeat.beat("drain")
    outbox.drain(queue)


@shared_task(name="core.sweep")
def sweep() -> None:
    outbox.purge(now() - KEEP_DONE_ROWS)
    idempotency.purge(now() - KEEP_KEYS)
    throttle.purge()
    waiting.sweep(now() - KEEP_WAITING)


@shared_task(name="core.seal")
def seal() -> None:
    """Link the rows of the trail that were committed meanwhile."""
    chain.seal()
    heartbeat.beat("seal")


@shared_task(name="core.leave_head")
def leave_head() -> None:
    """Take the head of the chain to the places outside the database."""
    heads.leave()
