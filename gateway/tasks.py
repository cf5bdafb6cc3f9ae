"""Celery entry points of the machine doors."""

import structlog
from celery import shared_task

from core.doctor import examine, warnings
from core.files import stored
from gateway import trail_heads

logger = structlog.get_logger()


@shared_task(name="gateway.nightly")
def nightly() -> int:
    """Examine the stored data and sweep photo files that nothing names; findings go to the log."""
    found = examine(fix=False, by_night=True)
    trail_heads.alarm(found["trail.chain"])
    findings = [f"{name}: {text}" for name, texts in found.items() for text in texts]
    for finding in findings:
        logger.error("doctor", finding=finding)
    for warning in warnings():
        logger.warning("doctor", warning=warning)
    stored.sweep()
    return len(findings)


@shared_task(name="gateway.tell_head")
def tell_head() -> bool:
    """Once a day, the head of the trail's chain to those outside who keep it."""
    return trail_heads.tell()
