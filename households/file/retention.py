"""How long personal data of households are kept; nightly, and by `manage.py retain` to look first."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models.functions import Length

from core import clock
from core.trust import audit
from grids.models import Household
from households.file.subjects import forget
from households.models import Import, ImportChange, SubjectRequest, Visit
from households.rules import KEEP_AFTER_LEAVING, KEEP_CHANGES, KEEP_IMPORTS, KEEP_VISIT_NOTES

BATCH = 500
State = Import.State
ENDED = (State.DONE, State.CANCELLED, State.FAILED, State.UNDOING, State.UNDONE)


@dataclass(frozen=True)
class Kept:
    """What is past its time: how many, and what they are."""

    what: str
    count: int


def retain(*, dry_run: bool) -> list[Kept]:
    """Forget what is past its time, or (dry run) only count it. What somebody has an open request for is held."""
    return list(_each(dry_run=dry_run))


def _each(*, dry_run: bool) -> Iterator[Kept]:
    now = clock.now()
    held = SubjectRequest.objects.filter(state=SubjectRequest.State.OPEN).values("household")
    gone = Household.objects.filter(retired_at__lt=now - KEEP_AFTER_LEAVING).exclude(pk__in=held)
    gone = gone.exclude(head_index="", phone_index="", tags=[])
    yield Kept("households", gone.count())
    notes = Visit.objects.filter(at__lt=now - KEEP_VISIT_NOTES).exclude(household__in=held)
    notes = notes.annotate(length=Length("note")).filter(length__gt=0)
    yield Kept("visit notes", notes.count())
    imports = Import.objects.filter(created_at__lt=now - KEEP_IMPORTS).exclude(state__in=ENDED)
    changes = ImportChange.objects.filter(of__created_at__lt=now - KEEP_CHANGES)
    changes = changes.annotate(length=Length("before")).filter(length__gt=0)
    yield Kept("imports", imports.count() + changes.count())
    if dry_run:
        return
    while some := list(gone.select_related("area")[:BATCH]):
        with transaction.atomic():
            for household in some:
                forget(household=household, reason="retention", user=None)
    with transaction.atomic():
        count = notes.update(note="")
        forgotten = changes.update(before="")
        swept = [_drop(one) for one in imports[:BATCH]]
        audit.record("households.retained", None, actor=None, notes=count, imports=len(swept), changes=forgotten)


def _drop(one: Import) -> int:
    one.pieces.all().delete()
    one.chunks.all().delete()
    Import.objects.filter(pk=one.pk).update(state=Import.State.CANCELLED, ended_at=clock.now())
    return one.pk
