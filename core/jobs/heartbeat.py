"""The engine's pulse: each part of it leaves the time of its last run."""

from datetime import timedelta

from core.clock import now
from core.models import EngineBeat

RESOLUTION = timedelta(milliseconds=500)


def beat(name: str) -> None:
    """Note that `name` runs now: one UPDATE, none at all when it ran within half a second."""
    moment = now()
    known = EngineBeat.objects.filter(name=name).values_list("at", flat=True).first()
    if known is None:
        EngineBeat.objects.bulk_create([EngineBeat(name=name, at=moment)], ignore_conflicts=True)
    elif moment - known > RESOLUTION:
        EngineBeat.objects.filter(name=name, at__lt=moment).update(at=moment)


def age(name: str) -> float | None:
    """Return seconds since `name` last ran; None when it never did."""
    known = EngineBeat.objects.filter(name=name).values_list("at", flat=True).first()
    return None if known is None else max((now() - known).total_seconds(), 0.0)
