"""What the page of one household shows: the register, its people, needs, orders, visits, liaisons. Reads only."""

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from core.clock import local
from core.trust.freetext import unveil
from core.trust.privacy import mask_name, mask_phone
from grids.models import Household
from households.contact.queries import next_visit
from households.file.actions import consent_of
from households.file.looking import Shown
from households.file.tags import shown_to
from households.models import Consent, GuardedTag, Liaison, Need, Resident, SubjectRequest, Visit
from households.people import EDITORS, KEEPERS, VISITORS, guarded_kinds, roles_at
from issues.models import Ticket
from members.access import get_scoped_or_404
from members.models import User

MOST = 10
ALL_VISITS = 30


@dataclass(frozen=True)
class Person:
    """One resident as the page names them: masked, or in full right after a look was recorded."""

    row: Resident
    name: str
    phone: str


@dataclass(frozen=True)
class FilePage:
    reader: User
    household: Household
    shown: Shown | None
    facts: list[dict[str, Any]]
    people: list[Person]
    guarded: list[GuardedTag]
    may_guard: bool
    needs: list[Need]
    orders: list[dict[str, Any]]
    visits: list[Visit]
    liaisons: list[Liaison]
    consent: Consent | None
    requests: list[SubjectRequest]
    may_edit: bool
    may_keep: bool
    may_visit: bool

    @property
    def is_withdrawn(self) -> bool:
        return self.consent is not None and self.consent.state == Consent.State.WITHDRAWN


def home_of(user: User, code: str) -> Household:
    """The household in sight with its places; Http404 otherwise."""
    seen = get_scoped_or_404(user, Household, code=code)
    return Household.objects.select_related("area", "grid", "village").get(pk=seen.pk)


def open_file(user: User, household: Household, shown: Shown | None = None) -> FilePage:
    """The page of a household in sight; `shown` only on the answer to a recorded look."""
    held = roles_at(user, household)
    is_open = household.retired_at is None
    visits = list(Visit.objects.filter(household=household).select_related("by", "need__ticket").order_by("-at")[:MOST])
    needs = list(Need.objects.filter(household=household).select_related("ticket").order_by("-pk")[:MOST])
    requests = list(SubjectRequest.objects.filter(household=household).order_by("-pk")[:MOST])
    if shown is not None:
        unveil(*visits, *(visit.need for visit in visits), *needs, *requests)
    return FilePage(
        reader=user,
        household=household,
        shown=shown,
        facts=_facts(household, shown, visits),
        people=_people(household, shown),
        guarded=shown_to(user, household),
        may_guard=bool(guarded_kinds(user, household)) and is_open,
        needs=needs,
        orders=_orders(user, household),
        visits=visits,
        liaisons=list(Liaison.objects.filter(household=household, ended_on=None).select_related("helper")),
        consent=consent_of(household),
        requests=requests,
        may_edit=bool(held & set(EDITORS)) and is_open,
        may_keep=bool(held & set(KEEPERS)),
        may_visit=bool(held & set(VISITORS)) and is_open,
    )


def _facts(household: Household, shown: Shown | None, visits: list[Visit]) -> list[dict[str, Any]]:
    due = next_visit(household, next((v.at for v in visits if v.outcome != "absent"), None))
    parts = (
        (_("小区、街巷"), household.estate),
        (_("楼栋"), household.building),
        (_("单元"), household.unit),
        (_("室"), household.room),
        (_("组"), household.group),
        (_("号"), household.number),
    )
    return [
        {"name": _("户编码"), "value": household.code},
        {"name": _("所在"), "value": f"{household.village.short_name} · {household.area.name}"},
        *({"name": name, "value": value} for name, value in parts),
        {"name": _("户主"), "value": shown.head_name if shown else mask_name(household.head_name)},
        {"name": _("电话"), "value": shown.phone if shown else mask_phone(household.phone)},
        {"name": _("人口"), "value": _("%(n)d 人") % {"n": household.size}},
        {"name": _("户别"), "value": household.get_kind_display()},
        {"name": _("党员中心户"), "value": _("是") if household.is_hub else ""},
        {"name": _("下次走访"), "value": f"{local(due):%Y-%m-%d}" if due else ""},
        {"name": _("注销"), "value": f"{local(household.retired_at):%Y-%m-%d}" if household.retired_at else ""},
    ]


def _people(household: Household, shown: Shown | None) -> list[Person]:
    rows = Resident.objects.filter(household=household).order_by("pk")
    if shown is None:
        return [Person(row, mask_name(row.name), mask_phone(row.phone)) for row in rows]
    return [Person(row, *shown.residents.get(row.pk, ("", ""))) for row in rows]


def _orders(user: User, household: Household) -> list[dict[str, Any]]:
    rows = Ticket.objects.visible_to(user).filter(household=household).select_related("item").order_by("-placed_at")
    return [
        {"ticket": ticket, "url": reverse("issues:ticket", args=[ticket.number]), "sensitive": ticket.is_sensitive}
        for ticket in rows[:MOST]
    ]


def resident_of(user: User, pk: int) -> Resident:
    get_scoped_or_404(user, Resident, pk=pk)
    return Resident.objects.select_related("household__area").get(pk=pk)


def need_of(user: User, pk: int) -> Need:
    need = get_scoped_or_404(user, Need, pk=pk)
    if need.ticket_id:
        raise Http404
    return Need.objects.select_related("household__area").get(pk=pk)


def request_of(user: User, pk: int) -> SubjectRequest:
    get_scoped_or_404(user, SubjectRequest, pk=pk)
    return SubjectRequest.objects.select_related("household__area").get(pk=pk)
