"""Celery entry point: forget at night what is past its time."""

from celery import shared_task

from households.file.retention import retain


@shared_task(name="households.retain")
def retain_nightly() -> None:
    retain(dry_run=False)
