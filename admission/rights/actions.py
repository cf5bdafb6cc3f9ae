"""The only code that writes uses of the five rights and the county's half-yearly reviews."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from admission.models import RightReview, RightUse
from admission.workflow.rules import Outcome, Right, half_bounds
from core import clock, locks
from core.errors import Conflict, NotYours, Refused
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from core.trust import audit
from grids.models import Area
from members.access import scope_for
from members.models import Department, User
from members.roles import Role

TOWN_ROLES = (Role.TOWNSHIP_DISPATCHER, Role.TOWNSHIP_LEADER)
REVIEWERS = (Role.COUNTY_LEADER, Role.COUNTY_DISPATCHER)


@dataclass(frozen=True)
class Used:
    """One use of a right."""

    right: Right
    used_on: date
    department: Department
    what: str
    outcome: Outcome = Outcome.OPEN
    outcome_note: str = ""


def own_townships(user: User) -> list[Area]:
    """The townships for which one may write."""
    posts = scope_for(user).posts
    return [post.area for post in posts if post.role in TOWN_ROLES and post.area is not None]


def record(*, user: User, township: Area, used: Used, once: Once) -> RightUse:
    """Write down a use. Raises `NotYours`, `Refused`, `KeyReused`."""
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return RightUse.objects.get(pk=int(slot.result))
        _may_write(user, township.pk)
        if used.used_on > clock.today():
            raise Refused(_("日期不能晚于今天"))
        row = RightUse.objects.create(
            township=township,
            right=used.right,
            used_on=used.used_on,
            department=used.department,
            what=used.what,
            outcome=used.outcome,
            outcome_note=used.outcome_note,
            recorded_by=user,
            recorded_at=clock.now(),
        )
        audit.record("rights.used", row, actor=user, right=row.right, department=used.department.code)
        slot.finish(str(row.pk))
    return row


def settle(*, user: User, use: RightUse, outcome: str, note: str, version: int, once: Once) -> RightUse:
    """Write down what came of a use. Raises `NotYours`, `Conflict`."""
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        row = RightUse.objects.select_for_update().get(pk=use.pk)
        if slot.result is None:
            _may_write(user, row.township_id)
            if row.version != version:
                raise Conflict(_("别人刚刚改过这一条，请看过最新内容再改"))
            row.outcome, row.outcome_note, row.version = outcome, note, row.version + 1
            row.save(update_fields=["outcome", "outcome_note", "version"])
            audit.record("rights.settled", row, actor=user, outcome=outcome)
            slot.finish(str(row.version))
    return row


def _may_write(user: User, township_id: int) -> None:
    if township_id not in {town.pk for town in own_townships(user)}:
        raise NotYours(_("只能登记本乡镇的五权行使"))


def review(
    *, user: User, township: Area, half: str, found: Mapping[str, Any], summary: str, version: int, once: Once
) -> RightReview:
    """Keep the county's review of a half-year that has begun; written again it replaces the former.

    Raises `NotYours`, `Refused`, `Conflict`.
    """
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if not scope_for(user).roles & set(REVIEWERS):
            raise NotYours(_("只有县级人员可以写回头看记录"))
        if half_bounds(half)[0] > clock.today():
            raise Refused(_("这个半年还没有开始"))
        locks.hold(f"rights.review:{township.pk}")
        row = RightReview.objects.filter(township=township, half=half).first()
        if slot.result is not None and row is not None:
            return row
        if (row.version if row else 0) != version:
            raise Conflict(_("别人刚刚写过这份回头看，请看过最新内容再写"))
        row = row or RightReview(township=township, half=half, version=0)
        row.found, row.summary, row.version = dict(found), summary, version + 1
        row.reviewed_by, row.reviewed_at = user, clock.now()
        row.save()
        audit.record("rights.reviewed", row, actor=user, half=half, township=township.code)
        slot.finish(str(row.pk))
    return row
