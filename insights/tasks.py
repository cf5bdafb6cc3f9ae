"""Celery entry points of the read models."""

from celery import shared_task

from core import engine
from insights import tally


@shared_task(name="insights.fold")
def fold() -> int:
    engine.beat("insights.fold")
    return tally.catch_up()
