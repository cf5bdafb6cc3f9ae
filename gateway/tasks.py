"""Celery entry points of the machine doors."""

import structlog
from celery import shared_task

from core.doctor import examine
from core.files import stored

logger = structlog.get_logger()


@shared_task(name="gateway.nightly")
def nightly() -> int:
    """Examine the stored data and sweep photo files that nothing names; findings go to the log."""
    findings = [f"{name}: {text}" for name, found in examine(fix=False).items() for text in found]
    for finding in findings:
        logger.error("doctor", finding=finding)
    stored.sweep()
    return len(findings)
