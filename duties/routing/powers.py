"""赋权与分工: the only writer of what a township does besides the list. Every act leaves an audit row.

A power comes from the department that the list names and is exercised by an office of the township; an override is
the township's own division of work. Of one item only one of a sort may run at a time on the same ground.
"""

from datetime import date

from django.db.models import Q
from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import clock, locks
from core.errors import Conflict, Refused
from core.races.idempotency import Slot
from core.trust import audit
from duties.models import DutyItem
from duties.models.assigned import POWERS, Assignment, Kind
from duties.routing.deciding import item_by_code
from grids.models import Area
from members.models import Department, User

LOCK = "duties.powers"
REASON_MAX = 200


def assign(
    *,
    kind: Kind,
    township: Area,
    item_code: str,
    office: Department,
    basis: str,
    starts_on: date,
    ends_on: date | None,
    actor: User,
    ground: str = "",
    slot: Slot | None = None,
) -> Assignment:
    """Hand an item to `office` for a time. Raises NoListInForceError, Refused or Conflict (two at once)."""
    item = item_by_code(item_code, county=township.parent_id)
    _check(kind, township, item, office, starts_on, ends_on)
    with atomic():
        locks.hold(LOCK)
        if other := _overlapping(kind, township, item_code, ground, starts_on, ends_on):
            words = {"office": other.office, "day": other.starts_on.isoformat()}
            raise Conflict(_("同一时段已有一条：%(day)s 起由%(office)s办，请先终止那一条") % words)
        row = Assignment.objects.create(
            kind=kind,
            township=township,
            item_code=item_code,
            ground=ground,
            office=office,
            grantor=item.lead if kind in POWERS else None,
            basis=basis,
            starts_on=starts_on,
            ends_on=ends_on,
            made_by=actor,
            made_at=clock.now(),
        )
        told = {"code": item_code, "area": township.code, "office": office.code, "starts_on": starts_on.isoformat()}
        audit.record("duties.assigned", row, actor=actor, kind=kind.value, **told)
        if slot is not None:
            slot.finish(str(row.pk))
    return row


def end(*, assignment: Assignment, reason: str, actor: User) -> None:
    """From now on it routes nothing. Raises Refused without a reason, Conflict when it has been ended."""
    if not reason.strip():
        raise Refused(_("请写明终止理由"))
    with atomic():
        running = Assignment.objects.running().filter(pk=assignment.pk)
        if not running.update(ended_at=clock.now(), ended_by=actor, end_reason=reason[:REASON_MAX]):
            raise Conflict(_("这一条已经终止"))
        audit.record("duties.assignment_ended", assignment, actor=actor, code=assignment.item_code, reason=reason)


def _check(
    kind: Kind, township: Area, item: DutyItem, office: Department, starts_on: date, ends_on: date | None
) -> None:
    if ends_on is not None and ends_on < starts_on:
        raise Refused(_("结束日不能早于开始日"))
    if office.retired_at is not None:
        raise Refused(_("%(office)s已停用") % {"office": office})
    if office.township_id not in (None, township.pk):
        raise Refused(_("%(office)s不是本镇的机构") % {"office": office})
    if kind in POWERS and office.township_id is None:
        raise Refused(_("赋权要落到本镇的机构"))
    if kind == Kind.ENFORCING and not item.enforcement_body:
        raise Refused(_("清单载明此事项不涉及执法，不能赋权执法"))


def _overlapping(
    kind: Kind, township: Area, code: str, ground: str, starts_on: date, ends_on: date | None
) -> Assignment | None:
    """One of the same sort that runs on some day of the same time on the same ground."""
    same = Assignment.objects.running().filter(township=township, item_code=code, ground=ground)
    same = same.filter(kind__in=POWERS) if kind in POWERS else same.filter(kind=kind)
    same = same.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    if ends_on is not None:
        same = same.filter(starts_on__lte=ends_on)
    return same.select_related("office").first()
