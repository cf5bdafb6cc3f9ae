"""Celery entry points: forget at night what is past its time, and let go whom people who left kept in touch with."""

from celery import shared_task

from households.contact.liaisons import let_go_of_gone
from households.file.retention import retain


@shared_task(name="households.retain")
def retain_nightly() -> None:
    retain(dry_run=False)


@shared_task(name="households.let_go")
def let_go() -> None:
    let_go_of_gone()
