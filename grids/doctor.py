"""Checks of the area tree and the households against their own rules; `--fix` rebuilds."""

from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from core.doctor import check
from grids import counting, history
from grids.levels import GRID_LEVELS, PARENTS, Level, code_problem
from grids.models import Area, AreaEvent, AreaVerb, Household
from grids.tree import AREAS

PATH_LEVELS = {"grid": Level.GRID, "village": Level.VILLAGE, "township": Level.TOWNSHIP, "county": Level.COUNTY}


@check("grids.nesting")
def nesting(fix: bool) -> list[str]:
    """Bounds of the nested set against the parents."""
    damage = AREAS.damage()
    codes = dict(Area.objects.filter(pk__in=damage).values_list("pk", "code"))
    if damage and fix:
        AREAS.repair()
    return [_("区域 %(code)s：%(problem)s") % {"code": codes[pk], "problem": problem} for pk, problem in damage.items()]


@check("grids.rules")
def rules(fix: bool) -> list[str]:
    """Levels, parents, codes, tokens and prefixes; nothing here can be repaired without a person."""
    return [
        _("区域 %(code)s：%(problem)s") % {"code": area.code, "problem": problem}
        for area in Area.objects.select_related("parent").order_by("code")
        for problem in _broken_rules(area)
    ]


def _broken_rules(area: Area) -> Iterator[str]:
    above = area.parent
    if above is None and PARENTS[area.level]:
        yield _("没有上级")
    elif above is not None and above.level not in PARENTS[area.level]:
        yield _("不能设在%(level)s之下") % {"level": above.get_level_display()}
    problem = code_problem(area.level, area.code, above.code if above else None)
    if problem:
        yield problem
    if above is not None and above.retired_at and not area.retired_at:
        yield _("上级已停用而自己在用")
    if area.level in GRID_LEVELS and not area.token:
        yield _("没有点单码")
    if area.level == Level.TOWNSHIP and not area.prefix:
        yield _("没有工单号前缀")


@check("grids.household_paths")
def household_paths(fix: bool) -> list[str]:
    """Path keys of households against the tree, grid by grid."""
    truth = _paths()
    wrong: list[str] = []
    repairs: list[tuple[list[int], dict[str, int]]] = []
    keys = ("area_id", *(f"{name}_id" for name in PATH_LEVELS))
    for row in Household.objects.order_by(*keys).values_list(*keys).distinct():
        stored = dict(zip(keys, row, strict=True))
        ideal = truth.get(stored["area_id"])
        if ideal == stored:
            continue
        lost = Household.objects.filter(**stored)
        wrong += [
            _("户 %(code)s：所属路径与区域树不一致") % {"code": code}
            for code in lost.values_list("code", flat=True)[:50]
        ]
        if ideal is not None:
            repairs.append((list(lost.values_list("pk", flat=True)), ideal))
    if fix and repairs:
        with AREAS.writing():
            for ids, ideal in repairs:
                Household.objects.filter(pk__in=ids).update(**ideal)
    return wrong


def _paths() -> dict[int, dict[str, int]]:
    """The right path keys of every grid and microgrid, from the parents alone."""
    nodes = {pk: (parent, level) for pk, parent, level in Area.objects.values_list("pk", "parent_id", "level")}
    paths: dict[int, dict[str, int]] = {}
    for pk, (_parent, level) in nodes.items():
        if level not in GRID_LEVELS:
            continue
        path, here = {"area_id": pk}, pk
        while here in nodes:
            above, at = nodes[here]
            path |= {f"{name}_id": here for name, wanted in PATH_LEVELS.items() if wanted == at}
            here = above
        paths[pk] = path
    return paths


@check("grids.household_counts")
def household_counts(fix: bool) -> list[str]:
    truth = counting.true_sizes()
    words = (
        _("区域 %(code)s：户数记为 %(stored)d，实为 %(true)d"),
        _("区域 %(code)s：尚未登记的计划户数记为 %(stored)d，实为 %(true)d"),
    )
    wrong = [
        said % {"code": code, "stored": stored, "true": true}
        for pk, code, *sizes in Area.objects.order_by("code").values_list("pk", "code", *counting.SIZES)
        for said, stored, true in zip(words, sizes, truth[pk], strict=True)
        if stored != true
    ]
    if wrong and fix:
        with AREAS.writing():
            counting.recount()
    return wrong


@check("grids.household_homes")
def household_homes(fix: bool) -> list[str]:
    """Active households that lie in a retired area."""
    lost = Household.objects.filter(retired_at=None, area__retired_at__isnull=False).order_by("code")
    return [_("户 %(code)s：所在网格已停用") % {"code": code} for code in lost.values_list("code", flat=True)[:200]]


@check("grids.log")
def log_agrees(fix: bool) -> list[str]:
    """The newest entry of every area's log against the area; `fix` notes how it stands."""
    newest = AreaEvent.objects.filter(area=OuterRef("pk")).order_by("-id")
    said = {f"said_{name}": Subquery(newest.values(name)[:1]) for name in ("name", "kind", "purpose", "is_in_use")}
    agrees = Q(said_name=F("name"), said_kind=F("kind"), said_purpose=F("purpose")) & (
        Q(said_is_in_use=True, retired_at=None) | Q(said_is_in_use=False, retired_at__isnull=False)
    )
    known = Area.objects.annotate(**said)
    wrong = list(known.exclude(pk__in=known.filter(agrees).values("pk")).order_by("code"))
    if wrong and fix:
        with AREAS.writing():
            for area in wrong:
                history.note(AREAS.fresh(area), AreaVerb.RENAMED, actor=None, repaired=True)
    return [_("区域 %(code)s：与变动记录不一致") % {"code": area.code} for area in wrong]
