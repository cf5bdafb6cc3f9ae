"""Lists of problems, projects and proposals: tabs with counts, conditions in the address, rows. Writes nothing.

Every queryset starts from `visible_to`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from core import clock
from core.files.tables import Column, moment
from core.rows.list_address import ListAddress, one_of
from core.rows.paging import Page, page_of
from core.rows.tabs import Tab, counted_tabs
from core.text import Text
from ledgers.models import Campaign, Project, Proposal, Rectification
from ledgers.rules import SOON, Source, lamp_of
from ledgers.workflow.project import Proposal as ProposalState
from ledgers.workflow.rectification import OPEN
from members.access import scope_for
from members.models import User

PAGE_SIZE = 50
NEWEST = ("-opened_at", "-id")
VIEWS: dict[str, Text] = {
    "open": _("未销号"),
    "mine": _("我单位的"),
    "overdue": _("超期"),
    "soon": _("快到期"),
    "applied": _("待核验"),
    "struck": _("已销号"),
    "all": _("全部"),
}
BY_DAY = ("due_on", "id")
PLAIN_VIEWS: dict[str, Text] = {"open": _("在办"), "all": _("全部")}
LAMP_WORDS = {"r": _("超期"), "y": _("快到期"), "b": _("期限内"), "n": _("已结束")}


@dataclass(frozen=True)
class Chosen(ListAddress):
    """What the address of the problems asks for; anything it does not understand counts as not asked."""

    view: str = "open"
    source: str = ""
    owner: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, str]) -> "Chosen":
        owner = given.get("owner", "")
        owner = owner if owner[:1] in ("a", "d") and owner[1:].replace("-", "").isalnum() and len(owner) < 24 else ""
        return cls(one_of(given, "view", VIEWS, "open"), one_of(given, "source", Source.values), owner)


def view_q(view: str, user: User, today: date) -> Q:
    """Which problems a tab holds."""
    still = Q(state__in=sorted(OPEN))
    if view == "mine":
        scope = scope_for(user)
        return still & (Q(owner_department__in=scope.departments) | Q(owner_township__in=scope.townships))
    if view == "overdue":
        return still & Q(due_on__lt=today)
    if view == "soon":
        return still & Q(due_on__gte=today, due_on__lte=today + SOON)
    if view in ("applied", "struck"):
        return Q(state=view)
    return still if view == "open" else Q()


def problems(user: User, chosen: Chosen) -> "QuerySet[Rectification]":
    """Exactly the problems that an address shows, whatever they are shown on: page, sheet or file."""
    rows = Rectification.objects.visible_to(user).filter(view_q(chosen.view, user, clock.today()), _narrow(chosen))
    related = ("area", "village", "township", "county", "office", "owner_department", "owner_township", "ticket")
    return rows.select_related(*related)


def _narrow(chosen: Chosen) -> Q:
    q = Q(source=chosen.source) if chosen.source else Q()
    if chosen.owner:
        code = chosen.owner[1:]
        q &= Q(owner_township__code=code) if chosen.owner.startswith("a") else Q(owner_department__code=code)
    return q


def problem_tabs(user: User, chosen: Chosen) -> list[Tab]:
    """The tabs with their counts under the other conditions: one query."""
    today, home = clock.today(), reverse("ledgers:rectifications")
    return counted_tabs(
        Rectification.objects.visible_to(user).filter(_narrow(chosen)),
        VIEWS,
        lambda key: view_q(key, user, today),
        url=lambda key: f"{home}?{chosen.address(view=key)}",
        current=chosen.view,
    )


def problem_page(user: User, chosen: Chosen, after: str) -> tuple[Page[Rectification], list[dict[str, Any]]]:
    """One page of problems with their lamps: what is due first comes first, but for the list of all."""
    order = NEWEST if chosen.view in ("all", "struck") else BY_DAY
    found = page_of(problems(user, chosen), order=order, after=after, size=PAGE_SIZE)
    today = clock.today()
    return found, [{"matter": row, "lamp": problem_lamp(row, today)} for row in found.rows]


def problem_lamp(row: Rectification, today: date) -> str:
    return lamp_of(row.due_on, today) if row.is_open else "n"


def owners_seen(user: User) -> list[tuple[str, str]]:
    """The owners of problems in sight, as choices of the filter: two queries."""
    rows = Rectification.objects.visible_to(user).order_by()
    towns = rows.filter(owner_township__isnull=False).values_list("owner_township__code", "owner_township__name")
    offices = rows.filter(owner_department__isnull=False).values_list(
        "owner_department__code", "owner_department__short_name", "owner_department__name"
    )
    found = [(f"a{code}", name) for code, name in sorted(set(towns))]
    return found + [(f"d{code}", short or name) for code, short, name in sorted(set(offices))]


def place_name(row: Any) -> str:
    return "·".join(area.short_name for area in (row.township, row.village) if area) or row.county.name


PROBLEM_COLUMNS: tuple[Column, ...] = (
    Column(_("编号"), lambda r, now: r.number, 18),
    Column(_("名称"), lambda r, now: r.title, 30),
    Column(_("来源"), lambda r, now: r.get_source_display(), 10),
    Column(_("问题"), lambda r, now: r.problem, 40),
    Column(_("所在"), lambda r, now: place_name(r), 18),
    Column(_("责任单位"), lambda r, now: r.owner, 18),
    Column(_("整改措施"), lambda r, now: r.measures, 40),
    Column(_("整改期限"), lambda r, now: f"{r.due_on:%Y-%m-%d}", 12),
    Column(_("灯色"), lambda r, now: LAMP_WORDS[problem_lamp(r, clock.local(now).date())], 9),
    Column(_("状态"), lambda r, now: r.info.label, 10),
    Column(_("关联工单"), lambda r, now: r.ticket.number if r.ticket else "", 17),
    Column(_("立账单位"), lambda r, now: r.office.name, 14),
    Column(_("立账时间"), moment("opened_at"), 17),
    Column(_("销号时间"), moment("ended_at"), 17),
)


# ---- projects and campaigns ------------------------------------------------------------------------------------------
def plain_view(given: Mapping[str, str]) -> str:
    return one_of(given, "view", PLAIN_VIEWS, "open")


def plain_tabs(model: Any, user: User, view: str, home: str) -> list[Tab]:
    """在办 and 全部 of projects or campaigns with their counts."""
    return counted_tabs(
        model.objects.visible_to(user), PLAIN_VIEWS, _plain_q, url=lambda key: f"{home}?view={key}", current=view
    )


def _plain_q(view: str) -> Q:
    return Q(ended_at=None) if view == "open" else Q()


def plain_rows(model: Any, user: User, view: str) -> "QuerySet[Any]":
    found: QuerySet[Any] = model.objects.visible_to(user)
    rows = found.select_related("area", "village", "township", "county", "office")
    return rows.filter(_plain_q(view))


def project_page(user: User, view: str, after: str) -> tuple[Page[Project], list[dict[str, Any]]]:
    """Projects with how many milestones are reached, and the lamp of the next."""
    rows = plain_rows(Project, user, view).annotate(
        steps=Count("milestones"),
        reached=Count("milestones", filter=Q(milestones__done_on__isnull=False)),
        next_on=Min("milestones__planned_on", filter=Q(milestones__done_on__isnull=True)),
    )
    found = page_of(rows, order=NEWEST, after=after, size=PAGE_SIZE)
    today = clock.today()
    return found, [{"matter": row, "lamp": project_lamp(row, today)} for row in found.rows]


def project_lamp(row: Any, today: date) -> str:
    """By the next milestone; blue when all are reached or it is answered."""
    return lamp_of(row.next_on, today) if row.is_open and row.next_on else "b" if row.is_open else "n"


def campaign_page(user: User, view: str, after: str) -> tuple[Page[Campaign], list[dict[str, Any]]]:
    found = page_of(plain_rows(Campaign, user, view), order=NEWEST, after=after, size=PAGE_SIZE)
    today = clock.today()
    return found, [{"matter": row, "lamp": lamp_of(row.ends_on, today) if row.is_open else "n"} for row in found.rows]


def proposal_page(user: User, view: str, after: str) -> Page[Proposal]:
    rows = Proposal.objects.visible_to(user).select_related("village", "area", "project")
    rows = rows.filter(state=ProposalState.WAITING) if view == "open" else rows
    return page_of(rows, order=("-placed_at", "-id"), after=after, size=PAGE_SIZE)


def waiting_proposals(user: User) -> int:
    return Proposal.objects.visible_to(user).filter(state=ProposalState.WAITING).count()
