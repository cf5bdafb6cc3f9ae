"""Reads behind the area and household pages; everything starts from what the viewer may see."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from core.clock import local
from core.rows.paging import Page, page_of
from grids import scope as tree_scope
from grids.finding import found_q
from grids.levels import GRID_LEVELS, Level
from grids.models import Area, AreaSuccession, Household
from members.access import scope_for
from members.models import Post, User

PAGE_SIZE = 50


@dataclass(frozen=True)
class Number:
    """One figure of an area with the list it counts."""

    label: str
    value: int
    unit: str
    url: str
    detail: str = ""


def top_area(user: User) -> Area | None:
    """The highest area the user may see; the first of them in code order."""
    return Area.objects.visible_to(user).order_by("depth", "code").first()


def trail(user: User, area: Area) -> list[dict[str, str]]:
    """Breadcrumb from the county down; what lies above the viewer's own areas is text, not a link."""
    above = tree_scope.ancestors(area, include_self=True)
    seen = set(Area.objects.visible_to(user).filter(pk__in=[a.pk for a in above]).values_list("pk", flat=True))
    return [{"name": a.name, "url": page(a) if a.pk in seen else ""} for a in above]


def page(area: Area) -> str:
    return reverse("areas:detail", args=[area.code])


def parts(area: Area, *, level: str, retired: bool, after: str) -> Page[Area]:
    """Either what lies directly below, or (with `level`) all areas of one level below, by code."""
    if level in Level.values:
        rows = tree_scope.with_parts(tree_scope.areas_below(area, [level]))
    else:
        rows = tree_scope.children_table(area).filter(retired_at__isnull=not retired)
    return page_of(rows.select_related("parent"), order=("code",), after=after, size=PAGE_SIZE)


def numbers(user: User, area: Area) -> list[Number]:
    here = page(area)
    sees_households = area.level != Level.COUNTY and sees(user, "households")
    list_url = reverse("households:index", query={"area": area.code}) if sees_households else ""
    found = [Number(_("登记户数"), area.registered_households, _("户"), list_url)]
    if area.unregistered_households:
        why = _("户籍尚未逐户登记，不计入登记户数")
        found.append(Number(_("计划户数"), area.unregistered_households, _("户"), "", why))
    found += [
        Number(str(row["label"]), row["n"], _("个"), f"{here}?level={row['level']}#parts")
        for row in tree_scope.counts_below(area)
    ]
    return found


def sees(user: User, aspect: str) -> bool:
    return bool(scope_for(user).seeing(aspect).posts)


def facts(user: User, area: Area) -> list[dict[str, Any]]:
    found = [
        {"name": _("代码"), "value": area.code},
        {"name": _("层级"), "value": area.get_level_display()},
        {"name": _("类型"), "value": area.get_kind_display() if area.kind else ""},
        {"name": _("工单前缀"), "value": area.prefix},
        {"name": _("点单页"), "value": tree_scope.order_path(area) if usable_for_orders(area) else ""},
        {"name": _("设立"), "value": f"{local(area.created_at):%Y-%m-%d}"},
        {"name": _("停用"), "value": f"{local(area.retired_at):%Y-%m-%d}" if area.retired_at else ""},
    ]
    if sees(user, "people"):
        posts = Post.objects.visible_to(user).filter(tree_scope.at_or_below([area], "area__"), ends_on=None).count()
        found.append({"name": _("在岗"), "value": _("%(n)d 个岗位") % {"n": posts}})
    return found


def usable_for_orders(area: Area) -> bool:
    return area.level in GRID_LEVELS and area.retired_at is None and bool(area.token)


def lineage(area: Area) -> dict[str, list[Area]]:
    """What the area took over from, and what took over from it."""
    links = AreaSuccession.objects.select_related("predecessor", "successor")
    return {
        "predecessors": [link.predecessor for link in links.filter(successor=area).order_by("predecessor__code")],
        "successors": [link.successor for link in links.filter(predecessor=area).order_by("successor__code")],
    }


def households(user: User, area: Area, *, words: str, after: str) -> Page[Household]:
    """Active households at or below `area`, by code; of those that `words` finds (`grids.finding`)."""
    rows = Household.objects.visible_to(user).filter(retired_at=None).filter(tree_scope.lies_in(area))
    if words:
        rows = rows.filter(found_q(words))
    return page_of(rows.select_related("area"), order=("code",), after=after, size=PAGE_SIZE)


def grids_to_print(area: Area) -> QuerySet[Area]:
    """Grids and microgrids in use at or below, in code order."""
    return tree_scope.areas_below(area, GRID_LEVELS, include_self=True).select_related("parent")
