"""Gaps and overlaps: items that nobody would take, places and departments with no one on post, arrangements that clash.

Set-based over what routing goes by (`duties.grounds`): its cost depends on townships, items and posts, never on
tickets. Only reads.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.clock import today
from duties import grounds
from duties.assigned import Assignment
from duties.grounds import Ground
from duties.models import DispatchRule, DutyItem
from duties.queries import current
from duties.standing import why_rule_void, why_void
from duties.taking import take
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_below
from members.models import Department, Post
from members.roles import Role

Text = str | Promise
ENDS_SOON = timedelta(days=30)
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
    grounds: dict[int, Ground]
    day: date


def find(towns: list[Area]) -> list[Group]:
    """Every gap and overlap of these townships and of the county's departments that they need. Nine queries."""
    land = _load(towns)
    return [
        Group("items", _("无人承接的事项"), list(_untaken(land))),
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
        grounds=grounds.of_all(day),
        day=day,
    )


# ---- gaps ---------------------------------------------------------------------------------------------------
def _untaken(land: _Land) -> Iterable[Gap]:
    """Items whose taker is gone or has no one on post, gathered by taker; in the order of its townships."""
    missing: dict[tuple[int, int], tuple[Area, Department, list[str]]] = {}
    for town in land.towns:
        ground = land.grounds.get(town.pk, Ground())
        for item in land.items.values():
            lead = take(item, ground, urban=None, on=land.day).lead
            if lead.pk in land.staffed and grounds.in_use(lead, land.day):
                continue
            key = (town.pk if lead.township_id else 0, lead.pk)
            missing.setdefault(key, (town, lead, []))[2].append(item.code)
    for town, lead, codes in missing.values():
        found = sorted(set(codes))
        words = {"lead": lead, "n": len(found), "codes": "、".join(found[:6]) + ("…" if len(found) > 6 else "")}
        retired = not grounds.in_use(lead, land.day)
        text = (
            _("%(lead)s已停用，却仍是 %(n)d 项的承办单位：%(codes)s")
            if retired
            else _("%(lead)s没有人在岗，%(n)d 项无人领办：%(codes)s")
        )
        where = town.name if lead.township_id else _("县级部门")
        yield Gap(where, text % words, department=lead, item_code=found[0] if retired else "")


def _unposted(land: _Land) -> Iterable[Gap]:
    """Places without whoever must be on post there; a grid's microgrids may have its workers."""
    inside = _with_inner(land)
    for level, roles, text in WANTED:
        for area in land.areas:
            if area.level == level and not inside[area.pk] & set(roles):
                yield Gap(_place(area, land), text, area=area)


def _with_inner(land: _Land) -> dict[int, set[str]]:
    """Roles held at an area, for a grid also at what lies in it."""
    found = {area.pk: set(land.posted.get(area.pk, ())) for area in land.areas}
    grids = [area for area in land.areas if area.level == Level.GRID]
    by_left = sorted(grids, key=lambda area: area.lft)
    for area in land.areas:
        if area.level in (Level.MICROGRID, Level.BUILDING):
            holder = next((g for g in by_left if g.lft <= area.lft and area.rght <= g.rght), None)
            if holder is not None:
                found[holder.pk] |= found[area.pk]
    return found


def _place(area: Area, land: _Land) -> str:
    """The area with what holds it, so that it can be found: 沙塘镇 · 红岭村."""
    above = [
        a for a in land.areas if a.lft < area.lft and area.rght < a.rght and a.level in (Level.TOWNSHIP, Level.VILLAGE)
    ]
    return " · ".join([*(a.short_name for a in sorted(above, key=lambda a: a.depth)), area.short_name])


# ---- overlaps -----------------------------------------------------------------------------------------------
def _doubled(land: _Land) -> Iterable[Gap]:
    """Two offices of a township in the place of the same department: the first by its code takes everything."""
    ids = [town.pk for town in land.towns]
    seen: dict[tuple[int | None, int], list[Department]] = defaultdict(list)
    names: dict[int | None, str] = {town.pk: town.name for town in land.towns}
    for_whom: dict[int, Department] = {}
    for link in grounds.LINKS.filter(from_department__township__in=ids).select_related(
        "from_department", "to_department"
    ):
        if grounds.in_use(link.from_department, land.day):
            seen[link.from_department.township_id, link.to_department_id].append(link.from_department)
            for_whom[link.to_department_id] = link.to_department
    for (town, behind), offices in seen.items():
        if len(offices) > 1:
            offices.sort(key=lambda office: office.code)
            words = {"names": "、".join(map(str, offices)), "behind": for_whom[behind], "first": offices[0]}
            yield Gap(names[town], _("%(names)s都对应%(behind)s，现由%(first)s承接") % words, department=offices[1])


def _clashing(land: _Land) -> Iterable[Gap]:
    """Several arrangements for one item of a township: all but the strongest lie idle."""
    for town in land.towns:
        ground = land.grounds.get(town.pk, Ground())
        for code in sorted(ground.assignments.keys() & land.items.keys()):
            rule, rows = ground.rule_for(code), ground.assignments[code]
            kinds = [_("会商规则")] * bool(rule) + sorted({one.get_kind_display() for one in rows}, reverse=True)
            if len(kinds) > 1:
                words = {"code": code, "name": land.items[code].name, "kinds": "、".join(kinds)}
                taken = take(land.items[code], ground, urban=None, on=land.day)
                text = _("%(code)s %(name)s同时有%(kinds)s，现由%(lead)s承接") % (words | {"lead": taken.lead})
                yield Gap(town.name, text, item_code=code, assignment=rows[0], rule=rule)


def _void(land: _Land) -> Iterable[Gap]:
    """What nobody ended though it routes nothing, or will soon end by itself."""
    towns = {town.pk: town.name for town in land.towns}
    for rule in grounds.RULES.filter(township__in=towns).order_by("pk"):
        if why := why_rule_void(rule, land.items):
            text = _("派单规则 %(code)s → %(lead)s 已不起作用：%(why)s")
            words = {"code": rule.item_code, "lead": rule.lead, "why": why}
            yield Gap(towns[rule.township_id], text % words, rule=rule)
    ahead = Q(starts_on__gt=land.day)
    for one in grounds.ASSIGNMENTS.filter(township__in=towns).exclude(ahead).order_by("pk"):
        words = {"kind": one.get_kind_display(), "code": one.item_code, "office": one.office}
        if why := why_void(one, land.items, land.day):
            text = _("%(kind)s %(code)s → %(office)s 已不起作用：%(why)s") % (words | {"why": why})
            yield Gap(towns[one.township_id], text, assignment=one)
        elif one.ends_on is not None and one.ends_on <= land.day + ENDS_SOON:
            text = _("%(kind)s %(code)s → %(office)s 将于 %(day)s 到期") % (words | {"day": one.ends_on.isoformat()})
            yield Gap(towns[one.township_id], text, assignment=one)
