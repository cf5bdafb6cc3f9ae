"""Rows of an import of areas against the tree: what is wrong with them, what they would change, and writing them.

They go in as a whole. What a row does not say stays as it is.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.utils.translation import gettext as _

from grids import tree
from grids.levels import PARENTS, Level, code_problem
from grids.models import Area
from grids.tree import NewArea
from households.imports.reading import Foresight, Line, Problem, Written
from households.models import Import


def check(_one: Import, lines: Sequence[Line]) -> tuple[list[Problem], Foresight]:
    named = {str(line.values[key]) for line in lines for key in ("code", "parent_code")}
    known = Area.objects.select_related("parent").in_bulk(named, field_name="code")
    fresh: dict[str, Line] = {}
    problems = []
    for line in lines:
        first = fresh.setdefault(str(line.values["code"]), line)
        if first is not line:
            problems.append(Problem(line, "code", _("与第 %(n)d 行重复") % {"n": first.number}))
    for line in fresh.values():
        if found := _problem(line, known, fresh):
            problems.append(Problem(line, *found))
    bad = {id(problem.line) for problem in problems}
    new, pairs = _differing([line for line in lines if id(line) not in bad])
    foresight = Foresight(added=len(new))
    for _area, news in pairs:
        foresight.count(news)
    return problems, foresight


def _problem(line: Line, known: Mapping[str, Area], fresh: Mapping[str, Line]) -> tuple[str, str] | None:
    code, parent = str(line.values["code"]), str(line.values["parent_code"])
    area = known.get(code)
    if area is not None:
        if area.retired_at:
            return "code", _("这个编码已停用，不能再用")
        level = line.values.get("level", area.level)
        same = area.level == level and area.parent is not None and area.parent.code == parent
        return None if same else ("parent_code", _("这个编码已在别处使用"))
    level = _level(line)
    above = known[parent].level if parent in known else _level(fresh[parent]) if parent in fresh else ""
    if not above:
        return "parent_code", _("没有这个上级编码")
    if parent in known and known[parent].retired_at:
        return "parent_code", _("上级已停用")
    if above not in PARENTS[level]:
        return "level", _("%(parent)s之下不能设%(level)s") % {"parent": Level(above).label, "level": Level(level).label}
    problem = code_problem(level, code, parent)
    return ("code", problem) if problem else None


def _level(line: Line) -> str:
    """The level of a new area; a grid where the row does not say."""
    return str(line.values.get("level", Level.GRID))


def _differing(lines: Sequence[Line]) -> tuple[list[Line], list[tuple[Area, dict[str, Any]]]]:
    """Lines of areas that there are not yet; known areas with what is said of them that is new."""
    known = Area.objects.in_bulk([str(line.values["code"]) for line in lines], field_name="code")
    new = [line for line in lines if line.values["code"] not in known]
    return new, [(area, _news(area, line)) for line in lines if (area := known.get(str(line.values["code"])))]


def _news(area: Area, line: Line) -> dict[str, Any]:
    held: dict[str, Any] = {"name": area.name}
    if area.level == Level.GRID:
        held |= {"kind": area.kind, "planned": area.planned_households}
    return {name: value for name, value in line.values.items() if name in held and value != held[name]}


def write(one: Import, lines: Sequence[Line]) -> Written:
    new, pairs = _differing(lines)
    changed = [(area, news) for area, news in pairs if news]
    new.sort(key=lambda line: list(PARENTS).index(_level(line)))
    if new:
        tree.add_many(rows=[_new_area(line) for line in new], actor=one.user)
    for area, news in changed:
        if "name" in news:
            tree.rename(area=area, name=news["name"], actor=one.user)
        if "kind" in news:
            tree.set_kind(area=area, kind=news["kind"], actor=one.user)
    planned = {area.pk: news["planned"] for area, news in changed if "planned" in news}
    if planned:
        tree.plan_many(counts=planned, actor=one.user)
    return Written(len(new), len(changed), len(lines) - len(new) - len(changed))


def _new_area(line: Line) -> NewArea:
    given, level = cast(dict[str, Any], line.values), _level(line)
    is_grid = level == Level.GRID
    kind, planned = (given.get("kind") or "", given.get("planned") or 0) if is_grid else ("", 0)
    return NewArea(given["parent_code"], level, given["code"], given["name"], kind, planned)
