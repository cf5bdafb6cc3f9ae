"""Celery entry points: pass on at night what people mediate who are gone by a date."""

from celery import shared_task

from mediation.engine.handing_over import hand_on_of_gone


@shared_task(name="mediation.hand_on")
def hand_on() -> None:
    hand_on_of_gone()
