"""The log of the areas: its only writer, and how any area stood at any moment.

Every verb of `grids.tree` leaves an entry that holds the area as it stood afterwards, so that a past state is the
newest entry up to then and nothing has to be replayed. Areas never move, so what lay below is found by the tree.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from core.clock import now
from core.text import printable
from core.trust.audit import Actor
from grids.levels import Level
from grids.models import Area, AreaEvent, AreaVerb
from grids.scope import at_or_below

BATCH = 1000


def note(area: Area, verb: AreaVerb, *, actor: Actor | None, **detail: object) -> AreaEvent:
    """Append one entry for `area` as it now stands in memory; call it inside the tree's lock."""
    entry = _entry(area, verb, actor, detail)
    entry.save(force_insert=True)
    return entry


def note_many(areas: Iterable[Area], verb: AreaVerb, *, actor: Actor | None) -> None:
    AreaEvent.objects.bulk_create([_entry(area, verb, actor, {}) for area in areas], batch_size=BATCH)


def of(area: Area) -> QuerySet[AreaEvent]:
    """What was done to one area, newest first."""
    return AreaEvent.objects.filter(area=area).order_by("-at", "-id")


def as_of(area: Area, moment: datetime) -> AreaEvent | None:
    """How the area stood at `moment`; None before it was set up."""
    return of(area).filter(at__lte=moment).first()


def below_as_of(area: Area, moment: datetime) -> QuerySet[AreaEvent]:
    """Everything in use at or below `area` at `moment`, each as it stood then, in code order: one query."""
    newest = AreaEvent.objects.filter(area=OuterRef("area"), at__lte=moment).order_by("-at", "-id")
    rows = AreaEvent.objects.filter(at_or_below([area], "area__"), pk=Subquery(newest.values("pk")[:1]), is_in_use=True)
    return rows.select_related("area", "parent").order_by("area__code")


def parts_as_of(area: Area, moment: datetime) -> QuerySet[AreaEvent]:
    """What lay directly below `area` at `moment`."""
    return below_as_of(area, moment).filter(parent=area)


def counts_as_of(area: Area, moment: datetime) -> dict[str, int]:
    """How many areas of each level were in use below `area` at `moment`, from the top down."""
    counts = dict.fromkeys(Level.values, 0)
    for level in below_as_of(area, moment).exclude(area=area).values_list("area__level", flat=True):
        counts[level] += 1
    return {level: n for level, n in counts.items() if n}


def _entry(area: Area, verb: AreaVerb, actor: Actor | None, detail: dict[str, object]) -> AreaEvent:
    return AreaEvent(
        area=area,
        verb=verb,
        at=now(),
        parent_id=area.parent_id,
        name=area.name,
        kind=area.kind,
        purpose=area.purpose,
        planned_households=area.planned_households,
        is_in_use=area.retired_at is None,
        detail=detail,
        actor_label="" if actor is None or actor.pk is None else printable(str(actor))[:150],
    )
