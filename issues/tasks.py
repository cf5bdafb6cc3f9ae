"""Celery entry points of the workflow."""

from celery import shared_task

from core.jobs import heartbeat
from issues.learning import counting
from issues.tending import automatic, covering, forgetting, reviews
from issues.tending.reminding import fire_due


@shared_task(name="issues.tick")
def tick() -> int:
    """Take due reminder steps until none is left or this turn is long enough."""
    heartbeat.beat("issues.tick")
    return sum(iter(fire_due, 0))


@shared_task(name="issues.draw")
def draw() -> int:
    """Draw yesterday's spot checks, and those of days that were missed."""
    return reviews.draw_missing()


@shared_task(name="issues.cover")
def cover() -> int:
    """Pass on what is held by those on leave, and back."""
    return covering.cover()


@shared_task(name="issues.forget")
def forget() -> int:
    """Forget who placed the orders that ended long ago."""
    return forgetting.forget()


@shared_task(name="issues.hand_up")
def hand_up() -> int:
    """Give to the village what its grid has left unanswered, until none is left."""
    return sum(iter(automatic.hand_up_unanswered, 0))


@shared_task(name="issues.learn")
def learn() -> int:
    """Learn anew which words past tickets of each item had."""
    return counting.learn()
