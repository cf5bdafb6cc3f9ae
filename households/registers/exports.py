"""Households as a file: masked for who sees them; with names and phones only for a stated purpose that a second person
has approved, once, within a set time, and never those who took their agreement back. Each file is on the trail.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.errors import NotNow, NotYours
from core.files import tables
from core.files.tables import Column, Table
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.rows.paging import Page, page_of
from core.trust import audit
from core.trust.privacy import mask_name, mask_phone
from grids.models import Area, Household
from grids.scope import lies_in
from households.file.actions import FileRefused, text
from households.models import Consent, ExportRequest
from households.people import APPROVERS, KEEPERS, places_of, township_of
from households.rules import EXPORT_OPEN, MOST_EXPORTED
from members.models import User

State = ExportRequest.State


def _columns(*, in_full: bool) -> Sequence[Column]:
    name = (lambda h, now: h.head_name) if in_full else (lambda h, now: mask_name(h.head_name))
    phone = (lambda h, now: h.phone) if in_full else (lambda h, now: mask_phone(h.phone))
    return (
        Column(gettext_lazy("户编码"), lambda h, now: h.code, 22),
        Column(gettext_lazy("网格编码"), lambda h, now: h.area.code, 18),
        Column(gettext_lazy("网格"), lambda h, now: h.area.name, 18),
        Column(gettext_lazy("门牌地址"), lambda h, now: h.address, 28),
        Column(gettext_lazy("户主"), name, 10),
        Column(gettext_lazy("电话"), phone, 16),
        Column(gettext_lazy("人口"), lambda h, now: h.size, 7),
        Column(gettext_lazy("户别"), lambda h, now: h.get_kind_display(), 9),
        Column(gettext_lazy("标签"), lambda h, now: "、".join(h.tags), 24),
        Column(gettext_lazy("党员中心户"), lambda h, now: _("是") if h.is_hub else "", 10),
    )


def _rows(user: User, area: Area | None) -> QuerySet[Household]:
    rows = Household.objects.visible_to(user).filter(retired_at=None)
    rows = rows.filter(lies_in(area)) if area is not None else rows
    return rows.select_related("area").order_by("code")


def masked(*, user: User, area: Area | None, rows: QuerySet[Household], kind: str, now: datetime) -> Table:
    """A list of households as its page shows it. Raises `tables.TooMany`."""
    found = rows.select_related("area").order_by("code")
    table = tables.write(kind, _columns(in_full=False), found, now, title=_("住户"), most=MOST_EXPORTED[kind])
    with transaction.atomic():
        audit.record("household.exported", area, actor=user, format=kind, count=table.count, personal=False)
    return table


def ask(*, area: Area, reason: str, user: User, once: Once) -> ExportRequest:
    """Ask for a file with names and phones of an area. Sent twice, asked once."""
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return ExportRequest.objects.get(pk=int(slot.result))
        if area.pk not in {place.pk for place in places_of(user, KEEPERS)}:
            raise NotYours(_("只能申请自己管的村社或乡镇"))
        why = text(reason, "reason", 200)
        if len(why) < 4:
            raise FileRefused(_("请写清用途"), "reason")
        row = ExportRequest.objects.create(
            area=area, township=township_of(area), reason=why, count=_rows(user, area).count(), asked_by=user,
            asked_at=clock.now(),
        )  # fmt: skip
        audit.record("export.asked", row, actor=user, area=area.code, count=row.count)
        slot.finish(str(row.pk))
    return row


def decide(*, request: ExportRequest, approve: bool, remark: str, user: User) -> ExportRequest:
    """A second person says yes or no."""
    with transaction.atomic():
        row = ExportRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
        if row.asked_by_id == user.pk:
            raise NotYours(_("自己的申请要由别人批准"))
        if row.township_id not in {place.pk for place in places_of(user, APPROVERS)}:
            raise NotYours(_("由本乡镇领导批准"))
        if row.state != State.ASKED:
            raise NotNow(_("这份申请已有结果"))
        row.state = State.APPROVED if approve else State.REFUSED
        row.remark, row.decided_by, row.decided_at = text(remark, "remark", 200), user, clock.now()
        row.save(update_fields=["state", "remark", "decided_by", "decided_at"])
        audit.record("export.decided", row, actor=user, approve=approve)
    return row


def page(user: User, after: str, size: int) -> Page[ExportRequest]:
    rows = ExportRequest.objects.visible_to(user).select_related("area", "asked_by", "decided_by")
    return page_of(rows, order=("-id",), after=after, size=size)


def may_fetch(row: ExportRequest, user: User) -> bool:
    return (
        row.state == State.APPROVED
        and row.asked_by_id == user.pk
        and row.decided_at is not None
        and clock.now() < row.decided_at + EXPORT_OPEN
    )


def fetch(*, request: ExportRequest, kind: str, user: User) -> Table:
    """The file itself, once, made as it is fetched: none lies about. The trail has it before the data leave."""
    with transaction.atomic():
        row = ExportRequest.objects.select_for_update(of=("self",)).select_related("area").get(pk=request.pk)
        if row.asked_by_id != user.pk:
            raise NotYours(_("由申请的人取走"))
        if not may_fetch(row, user):
            raise NotNow(_("这份文件已取走、未获批准或过了取件时间"))
        kept = _rows(user, row.area).exclude(pk__in=_withdrawn())
        table = tables.write(kind, _columns(in_full=True), kept, clock.now(), title=_("住户"), most=MOST_EXPORTED[kind])
        ExportRequest.objects.filter(pk=row.pk).update(state=State.FETCHED)
        audit.record(
            "household.exported", row.area, actor=user, format=kind, count=table.count, personal=True, request=row.pk
        )
    return table


def _withdrawn() -> QuerySet[Any, Any]:
    """Households whose last word on their data is that they take their agreement back."""
    later = Consent.objects.filter(household=OuterRef("household"), pk__gt=OuterRef("pk"))
    return Consent.objects.filter(~Exists(later), state=Consent.State.WITHDRAWN).values("household")
