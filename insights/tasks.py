"""Celery entry points of the read models."""

from celery import shared_task

from core.jobs import heartbeat
from insights.counting import tally


@shared_task(name="insights.fold")
def fold() -> int:
    heartbeat.beat("insights.fold")
    return tally.catch_up()
