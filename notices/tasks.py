"""Celery entry points of notices."""

from datetime import timedelta

from celery import shared_task

from core.clock import now
from notices.models import Delivery

KEEP_DELIVERIES = timedelta(days=60)


@shared_task(name="notices.sweep")
def sweep() -> int:
    """Forget deliveries of long ago; one that is still parked then is handled as needless."""
    return Delivery.objects.filter(created_at__lt=now() - KEEP_DELIVERIES).delete()[0]
