"""The county's own working days: the only writer of CalendarException."""

from datetime import date

from django.db import transaction

from core.days import calendar
from core.models import CalendarException
from core.trust import audit


def declare(*, day: date, is_working: bool, note: str = "", actor: audit.Actor | None) -> CalendarException:
    """Say that `day` is (not) worked in this county; running clocks keep their due time."""
    with transaction.atomic():
        row, _created = CalendarException.objects.update_or_create(
            day=day, defaults={"is_working": is_working, "note": note}
        )
        audit.record("calendar.declare", row, actor=actor, day=day, is_working=is_working)
        transaction.on_commit(calendar.forget)
    return row


def withdraw(*, day: date, actor: audit.Actor | None) -> None:
    """Return `day` to the national arrangement."""
    with transaction.atomic():
        row = CalendarException.objects.select_for_update().filter(day=day).first()
        if row is None:
            return
        audit.record("calendar.withdraw", row, actor=actor, day=day)
        row.delete()
        transaction.on_commit(calendar.forget)
