"""How far a campaign is: by village and grid, the reader's share, and the file of what was found. Writes nothing.

Counts cover what lies in the reader's area; rows of households come from `Target.visible_to` only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.files.tables import Column, moment
from core.rows.paging import Page, page_of
from core.rows.tabs import Tab, counted_tabs
from core.text import Text
from issues.workflow import State as TicketState
from ledgers.models import Campaign, Target
from ledgers.workflow.campaign import RESULTS, Result
from ledgers.workflow.campaign import State as CampaignState
from members.access import get_scoped_or_404, scope_for
from members.models import User

SHARE_SIZE = 50
VIEWS: dict[str, Text] = {
    "todo": gettext_lazy("待看"),
    "absent": gettext_lazy("没人"),
    "found": gettext_lazy("有问题"),
    "done": gettext_lazy("看过"),
}
VIEW_RESULTS: dict[str, tuple[Result, ...]] = {
    "todo": (Result.WAITING, Result.ABSENT),
    "absent": (Result.ABSENT,),
    "found": (Result.FOUND,),
    "done": (Result.NORMAL, Result.FOUND),
}


@dataclass
class Tally:
    """Counts of one place."""

    name: str
    url: str = ""
    total: int = 0
    done: int = 0
    absent: int = 0
    found: int = 0
    solved: int = 0
    parts: list["Tally"] = field(default_factory=list)

    @property
    def left(self) -> int:
        return self.total - self.done

    @property
    def percent(self) -> int:
        """Rounded down: a hundred only when nothing is left."""
        return self.done * 100 // self.total if self.total else 0

    def add(self, row: Mapping[str, Any]) -> None:
        for name in ("total", "done", "absent", "found", "solved"):
            setattr(self, name, getattr(self, name) + row[name])


def tally_of(user: User, campaign: Campaign) -> Tally:
    """The whole of what the reader may see counted, with villages and their grids below: one query."""
    whole = Tally(_("合计"))
    villages: dict[int, Tally] = {}
    share = reverse("ledgers:share", args=[campaign.pk])
    sees_rows = may_see_rows(user, campaign)
    rows = Target.objects.filter(scope_for(user).seeing("campaigns").path_q(), campaign=campaign).order_by()
    for row in (
        rows.values("village_id", "village__name", "area__name", "area__code", "village__code")
        .annotate(
            total=Count("pk"),
            done=Count("pk", filter=Q(result__in=(Result.NORMAL, Result.FOUND))),
            absent=Count("pk", filter=Q(result=Result.ABSENT)),
            found=Count("pk", filter=Q(result=Result.FOUND)),
            solved=Count("pk", filter=Q(ticket__state=TicketState.CLOSED)),
        )
        .order_by("village__code", "area__code")
    ):
        village = villages.setdefault(row["village_id"], Tally(row["village__name"].removesuffix("委会")))
        grid = Tally(row["area__name"], f"{share}?grid={row['area__code']}" if sees_rows else "")
        for tally in (whole, village, grid):
            tally.add(row)
        village.parts.append(grid)
    whole.parts = list(villages.values())
    return whole


def may_see_rows(user: User, campaign: Campaign) -> bool:
    """Whether the reader may see single targets: households for few, grids for all who see the campaign."""
    return Target.objects.visible_to(user).filter(campaign=campaign).exists()


# ---- one's share -----------------------------------------------------------------------------------------------------
def share_of(user: User, campaign: Campaign, *, view: str, grid: str, after: str) -> Page[Target]:
    """The targets in one's sight, by place and household code."""
    rows = _mine(user, campaign, grid).filter(result__in=VIEW_RESULTS[view])
    order = ("area__code", "id")
    return page_of(rows.select_related("area", "household", "ticket"), order=order, after=after, size=SHARE_SIZE)


def _mine(user: User, campaign: Campaign, grid: str) -> "QuerySet[Target]":
    rows = Target.objects.visible_to(user).filter(campaign=campaign)
    return rows.filter(area__code=grid) if grid else rows


def share_tabs(user: User, campaign: Campaign, view: str, grid: str) -> list[Tab]:
    """Tabs with counts: one query."""
    home = reverse("ledgers:share", args=[campaign.pk])
    more = f"&grid={grid}" if grid else ""
    return counted_tabs(
        _mine(user, campaign, grid),
        VIEWS,
        lambda key: Q(result__in=VIEW_RESULTS[key]),
        url=lambda key: f"{home}?view={key}{more}",
        current=view,
    )


def grids_of(user: User, campaign: Campaign) -> list[tuple[str, str, int]]:
    """Code, name and what is left of each grid in one's share: one query."""
    rows = _mine(user, campaign, "").order_by("area__code").values_list("area__code", "area__name")
    return list(rows.annotate(left=Count("pk", filter=Q(result__in=VIEW_RESULTS["todo"]))))


def running_for(user: User) -> list[dict[str, Any]]:
    """Campaigns that run in the reader's area today, each with what is left of the reader's share: two queries."""
    today = clock.today()
    rows = Campaign.objects.visible_to(user).filter(state=CampaignState.RUNNING, starts_on__lte=today)
    campaigns = list(rows.order_by("ends_on", "pk")[:5])
    counted = Target.objects.visible_to(user).filter(campaign__in=campaigns).order_by().values_list("campaign")
    left = dict(counted.annotate(n=Count("pk", filter=Q(result__in=VIEW_RESULTS["todo"]))))
    return [{"campaign": one, "left": left[one.pk]} for one in campaigns if one.pk in left]


def target_of(user: User, pk: int) -> Target:
    """One target in the user's scope with all that its page names; Http404 otherwise."""
    seen = get_scoped_or_404(user, Target, pk=pk)
    related = ("campaign__item", "household", "area", "village", "ticket", "looked_by")
    return Target.objects.select_related(*related).get(pk=seen.pk)


# ---- file ------------------------------------------------------------------------------------------------------------
TARGET_COLUMNS: tuple[Column, ...] = (
    Column(gettext_lazy("村社"), lambda t, now: t.village.short_name, 16),
    Column(gettext_lazy("网格"), lambda t, now: t.area.name, 18),
    Column(gettext_lazy("户编码"), lambda t, now: t.household.code if t.household else "", 22),
    Column(gettext_lazy("对象"), lambda t, now: t.name, 24),
    Column(gettext_lazy("结果"), lambda t, now: RESULTS[Result(t.result)].label, 12),
    Column(gettext_lazy("上门次数"), lambda t, now: t.tries, 9),
    Column(gettext_lazy("时间"), moment("looked_at"), 17),
    Column(gettext_lazy("工单"), lambda t, now: t.ticket.number if t.ticket else "", 17),
    Column(gettext_lazy("工单状态"), lambda t, now: t.ticket.get_state_display() if t.ticket else "", 12),
)


def rows_to_keep(user: User, campaign: Campaign) -> "QuerySet[Target]":
    """Every target in sight in the order of places; neither names, phones and labels nor remarks are among it."""
    rows = Target.objects.visible_to(user).filter(campaign=campaign).defer("remark")
    return rows.select_related("village", "area", "household", "ticket").order_by("area__code", "id")
