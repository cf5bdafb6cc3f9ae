"""Celery entry points of the workflow."""

from celery import shared_task

from core import engine
from issues.actions import fire_due


@shared_task(name="issues.tick")
def tick() -> int:
    """Take due reminder steps until none is left or this turn is long enough."""
    engine.beat("issues.tick")
    return sum(iter(fire_due, 0))
