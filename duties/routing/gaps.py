"""Gaps and overlaps: items that nobody would take, places and departments with no one on post, arrangements that clash.

Set-based over what routing goes by (`duties.routing.routing_context`): its cost depends on townships, items and
posts, never on tickets. Only reads.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from core.text import Text
from duties.lists.queries import current
from duties.models import Assignment, DispatchRule, DutyItem
from duties.routing import routing_context
from duties.routing.resolving import take
from duties.routing.routing_context import RoutingContext
from duties.routing.standing import why_rule_void, why_void
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_below
from members.models import Department, Post
from members.roles import Role

ENDS_SOON = timedelta(days=30)
NAMED = 6
"""Item codes that a line names; more are counted."""
DEPARTMENT_ROLES = (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEADER)
WANTED: tuple[tuple[Level, tuple[Role, ...], Text], ...] = (
    (Level.TOWNSHIP, (Role.TOWNSHIP_DISPATCHER,), gettext_lazy("没有分拨员，吹哨无人派")),
    (Level.TOWNSHIP, (Role.TOWNSHIP_LEADER,), gettext_lazy("没有乡镇领导，延期无人批")),
    (Level.VILLAGE, (Role.VILLAGE_SECRETARY,), gettext_lazy("没有村社书记，吹哨无人确认")),
    (Level.GRID, (Role.GRID_WORKER, Role.GRID_CHIEF), gettext_lazy("没有网格员或网格长，点单无人受理")),
)
"""Who must be on post at an area of each level, and what happens otherwise."""


@dataclass(frozen=True)
class Gap:
    """One finding; what it is about tells where it is mended."""

    where: Text
    text: Text
    area: Area | None = None
    department: Department | None = None
    item_code: str = ""
    rule: DispatchRule | None = None
    assignment: Assignment | None = None
    is_ahead: bool = False  # not yet: it will end by itself


@dataclass(frozen=True)
class Group:
    key: str
    title: Text
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True)
class _Land:
    """What all checks read, loaded once."""

    towns: list[Area]
    areas: list[Area]
    posted: Mapping[int, set[str]]  # area → roles held there today
    staffed: set[int]  # departments with somebody on post
    items: dict[str, DutyItem]
    grounds: dict[int, RoutingContext]
    day: date


def find(towns: list[Area]) -> list[Group]:
    """Every gap and overlap of these townships and of the county's departments that they need. Nine queries."""
    land = _load(towns)
    return [
        Group("items", _("无人承接、配合的事项"), list(_untaken(land))),
        Group("posts", _("缺人的岗位"), list(_unposted(land))),
        Group("clashes", _("重叠与失效"), [*_doubled(land), *_clashing(land), *_void(land)]),
    ]


def _load(towns: list[Area]) -> _Land:
    day, version = today(), current()
    held = Post.objects.held(day).filter(user__is_active=True)
    posted: dict[int, set[str]] = defaultdict(set)
    for area_id, role in held.filter(area__isnull=False).values_list("area_id", "role"):
        posted[area_id].add(role)
    rows = DutyItem.objects.filter(version=version).select_related("lead", "grade", "version")
    below = Area.objects.in_use().filter(at_or_below(towns)) if towns else Area.objects.none()
    return _Land(
        towns=towns,
        areas=list(below.order_by("code")),
        posted=posted,
        staffed=set(held.filter(role__in=DEPARTMENT_ROLES).values_list("department_id", flat=True)),
        items={item.code: item for item in rows.prefetch_related("assisting")} if version else {},
        grounds=routing_context.of_all(day),
        day=day,
    )


# ---- gaps ---------------------------------------------------------------------------------------------------
def _untaken(land: _Land) -> Iterable[Gap]:
    """Items whose taker or helper is gone or has no one on post, gathered by who that is, in the towns' order."""
    missing: dict[tuple[int, int], _Missing] = {}
    for town in land.towns:
        ground = land.grounds.get(town.pk, RoutingContext())
        for item, urban in product(land.items.values(), (True, False)):
            taken = take(item, ground, urban=urban, on=land.day)
            for department in (taken.lead, *taken.assisting):
                if department.pk in land.staffed and routing_context.in_use(department, land.day):
                    continue
                key = (town.pk if department.township_id else 0, department.pk)
                found = missing.setdefault(key, _Missing(town, department))
                (found.leads if department is taken.lead else found.helps).add(item.code)
    for one in missing.values():
        yield from one.gaps(retired=not routing_context.in_use(one.department, land.day))


@dataclass(frozen=True)
class _Missing:
    """A department that nobody answers for, with what it was to do."""

    town: Area
    department: Department
    leads: set[str] = field(default_factory=set)
    helps: set[str] = field(default_factory=set)

    def gaps(self, *, retired: bool) -> Iterable[Gap]:
        lacks = _("已停用") if retired else _("没有人在岗")
        where = self.town.name if self.department.township_id else _("县级部门")
        for codes, undone in ((self.leads, _("无人领办")), (self.helps - self.leads, _("无人配合"))):
            if codes:
                listed = sorted(codes)
                words = {"name": self.department, "lacks": lacks, "n": len(listed), "undone": undone}
                words["codes"] = "、".join(listed[:NAMED]) + ("…" if len(listed) > NAMED else "")
                text = _("%(name)s%(lacks)s，%(n)d 项%(undone)s：%(codes)s") % words
                yield Gap(where, text, department=self.department, item_code=listed[0] if retired else "")


def _unposted(land: _Land) -> Iterable[Gap]:
    """Places without whoever must be on post there; a grid's microgrids may have its workers."""
    above = _above(land.areas)
    inside = {area.pk: set(land.posted.get(area.pk, ())) for area in land.areas}
    for area in land.areas:
        for holder in above[area.pk]:
            if holder.level == Level.GRID:
                inside[holder.pk] |= land.posted.get(area.pk, set())
    for level, roles, text in WANTED:
        for area in land.areas:
            if area.level == level and not inside[area.pk] & set(roles):
                path = [one for one in above[area.pk] if one.level in (Level.TOWNSHIP, Level.VILLAGE)]
                yield Gap(" · ".join(one.short_name for one in (*path, area)), text, area=area)


def _above(areas: Iterable[Area]) -> dict[int, list[Area]]:
    """For each area what holds it, the highest first: one walk along the tree."""
    found: dict[int, list[Area]] = {}
    path: list[Area] = []
    for area in sorted(areas, key=lambda a: (a.tree_id, a.lft)):
        while path and not (path[-1].tree_id == area.tree_id and area.rght < path[-1].rght):
            path.pop()
        found[area.pk] = list(path)
        path.append(area)
    return found


# ---- overlaps -----------------------------------------------------------------------------------------------
def _doubled(land: _Land) -> Iterable[Gap]:
    """Two offices of a township in the place of the same department: the first by its code takes everything."""
    ids = [town.pk for town in land.towns]
    seen: dict[tuple[int | None, int], list[Department]] = defaultdict(list)
    names: dict[int | None, str] = {town.pk: town.name for town in land.towns}
    for_whom: dict[int, Department] = {}
    for link in routing_context.LINKS.filter(from_department__township__in=ids).select_related(
        "from_department", "to_department"
    ):
        if routing_context.in_use(link.from_department, land.day):
            seen[link.from_department.township_id, link.to_department_id].append(link.from_department)
            for_whom[link.to_department_id] = link.to_department
    for (town, behind), offices in seen.items():
        if len(offices) > 1:
            offices.sort(key=lambda office: office.code)
            words = {"names": "、".join(map(str, offices)), "behind": for_whom[behind], "first": offices[0]}
            yield Gap(names[town], _("%(names)s都对应%(behind)s，现由%(first)s承接") % words, department=offices[1])


def _clashing(land: _Land) -> Iterable[Gap]:
    """Several arrangements for one item of a township in the same kind of place: all but the strongest lie idle."""
    for town in land.towns:
        ground = land.grounds.get(town.pk, RoutingContext())
        for code in sorted(ground.assignments.keys() & land.items.keys()):
            told: dict[str, list[bool]] = {}
            for urban in (True, False):
                if text := _clash(land, ground, land.items[code], urban=urban):
                    told.setdefault(text, []).append(urban)
            for text, places in told.items():
                where = "" if len(places) > 1 else _("（居委）") if places[0] else _("（村委）")
                row, rule = ground.assignments[code][0], ground.rule_for(code)
                yield Gap(f"{town.name}{where}", text, item_code=code, assignment=row, rule=rule)


def _clash(land: _Land, ground: RoutingContext, item: DutyItem, *, urban: bool) -> str:
    """What clashes there, in words; empty where at most one arrangement applies."""
    kept, own = ground.rule_for(item.code), ground.override_for(item.code, urban=urban)
    handed = ground.power_for(item.code, item.lead_id, urban=urban)
    kinds = [_("会商规则")] if kept else []
    kinds += [one.get_kind_display() for one in (own, handed) if one]
    if len(kinds) < 2:
        return ""
    lead = take(item, ground, urban=urban, on=land.day).lead
    words = {"code": item.code, "name": item.name, "kinds": "、".join(kinds), "lead": lead}
    return _("%(code)s %(name)s同时有%(kinds)s，现由%(lead)s承接") % words


def _void(land: _Land) -> Iterable[Gap]:
    """What nobody ended though it routes nothing, or will soon end by itself."""
    towns = {town.pk: town.name for town in land.towns}
    for rule in routing_context.RULES.filter(township__in=towns).order_by("pk"):
        if why := why_rule_void(rule, land.items):
            text = _("派单规则 %(code)s → %(lead)s 已不起作用：%(why)s")
            words = {"code": rule.item_code, "lead": rule.lead, "why": why}
            yield Gap(towns[rule.township_id], text % words, rule=rule)
    ahead = Q(starts_on__gt=land.day)
    for one in routing_context.ASSIGNMENTS.filter(township__in=towns).exclude(ahead).order_by("pk"):
        words = {"kind": one.get_kind_display(), "code": one.item_code, "office": one.office}
        if why := why_void(one, land.items, land.day):
            text = _("%(kind)s %(code)s → %(office)s 已不起作用：%(why)s") % (words | {"why": why})
            yield Gap(towns[one.township_id], text, assignment=one)
        elif one.ends_on is not None and one.ends_on <= land.day + ENDS_SOON:
            text = _("%(kind)s %(code)s → %(office)s 将于 %(day)s 到期") % (words | {"day": one.ends_on.isoformat()})
            yield Gap(towns[one.township_id], text, assignment=one, is_ahead=True)
