"""Rows of households against the register: which household each one means, what is wrong with it, what it would change,
and writing it.

A row means the household of its code, else the one behind its door in its grid. What it does not say stays; into
another grid a household goes only where whoever imports has said so.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, cast

from django.utils.translation import gettext as _

from grids import addresses, households
from grids.finding import Standing
from grids.households import Entry
from grids.levels import GRID_LEVELS, Level
from grids.models import Area, Household
from grids.scope import at_or_below, heirs_of, paths_of
from households.imports.fields import tag_problem
from households.imports.reading import Foresight, Line, Problem, Written
from households.models import Import, ImportAdded, ImportChange

NOWHERE = Area()
"""Stands for the grid where only the row itself is judged."""
PLACE_KEYS = {Level.TOWNSHIP: "township_id", Level.VILLAGE: "village_id", Level.COUNTY: "county_id"}
SAID = ("address", "kind", "head_name", "phone", "size", "tags", "is_hub")
FOLLOWS = {"address": ("door", *addresses.NAMES), "head_name": ("head_index",), "phone": ("phone_index",)}
"""Columns that are written with what a row says."""


# ---- which household -------------------------------------------------------------------------------------------------
@dataclass
class Places:
    """The grids that some rows name, as far as they lie in the place of the import."""

    areas: dict[str, Area]
    paths: Mapping[int, Mapping[str, int]]
    retired: dict[str, list[Area]] = field(default_factory=dict)
    """Grids out of use, by code: who took over."""
    names: dict[str, str] = field(default_factory=dict)

    def of(self, line: Line) -> Area | None:
        return self.areas.get(grid_code(line))

    def refusal(self, code: str) -> str:
        """Why a row that names this grid cannot be placed."""
        heirs = self.retired.get(code)
        if heirs is None:
            return _("范围内没有编码前 15 位是这样的在用网格")
        name = {"name": self.names[code]}
        if not heirs:
            return _("“%(name)s”已停用，没有接续的网格") % name
        said = "、".join(f"“{heir.name}”（{heir.code}）" for heir in heirs[:3])
        return _("“%(name)s”已停用，由%(heirs)s接续，请改填") % {**name, "heirs": said}


def grid_code(line: Line) -> str:
    """The grid a row names, by itself or as the head of its household's code."""
    return str(line.values.get("area") or str(line.values.get("code") or "")[:15])


def places_of(one: Import, lines: Iterable[Line]) -> Places:
    codes = {grid_code(line) for line in lines} - {""}
    within = Area.objects.filter(at_or_below([one.place]), code__in=codes, level__in=GRID_LEVELS)
    found = {area.code: area for area in within}
    areas = {code: area for code, area in found.items() if not area.retired_at}
    gone = [area for area in found.values() if area.retired_at]
    heirs = heirs_of(gone)
    return Places(
        areas,
        paths_of(areas.values()),
        {area.code: heirs[area.pk] for area in gone},
        {area.code: area.name for area in gone},
    )


def standing_of(lines: Iterable[Line], places: Places) -> Standing:
    sought = []
    for line in lines:
        area = places.of(line)
        sought.append((str(line.values.get("code") or ""), area.pk if area else 0, str(line.values.get("door") or "")))
    return Standing(sought, places.paths)


@dataclass(frozen=True)
class Row:
    """A row and the household it means, if that is registered; `area`: the grid that it names, in use."""

    line: Line
    home: Household | None
    area: Area | None


def sorted_out(one: Import, lines: Sequence[Line]) -> tuple[list[Row], list[Problem]]:
    """Each row with its household, or what keeps it from having one."""
    places = places_of(one, lines)
    register = standing_of(lines, places)
    rows, problems = [], []
    for line in lines:
        row = _row(one, line, places, register)
        if isinstance(row, Row):
            rows.append(row)
        else:
            problems.append(row)
    return rows, problems


def _row(one: Import, line: Line, places: Places, register: Standing) -> Row | Problem:
    code, grid, area = str(line.values.get("code") or ""), grid_code(line), places.of(line)
    if not code and not grid:
        return Problem(line, "area", _("“户编码”和“网格编码”至少填一个"))
    home = register.coded.get(code)
    if home is not None:
        if getattr(home, PLACE_KEYS[Level(one.place.level)]) != one.place.pk or home.retired_at:
            return Problem(line, "code", _("这一户不在本次导入的范围内，或已注销"))
        named = str(line.values.get("area") or "")
        if named and area is None and home.area_id not in {heir.pk for heir in places.retired.get(named, ())}:
            return Problem(line, "area", places.refusal(named))
        return Row(line, home, area if named else None)
    if area is None:
        return Problem(line, "area" if line.values.get("area") else "code", places.refusal(grid))
    if code and not code.startswith(grid):
        return Problem(line, "code", _("新户编码的前 15 位应是网格编码"))
    there = register.of(code, area.pk, line.values)
    if len(there) > 1:
        return Problem(line, "address", _("这个门牌登记了 %(n)d 户，请填户编码") % {"n": len(there)})
    if there and code:
        text = _("这个门牌已登记，户编码是 %(code)s；一个门牌是一户，请核对") % {"code": there[0].code}
        return Problem(line, "code", text)
    return Row(line, there[0] if there else None, area)


# ---- households ------------------------------------------------------------------------------------------------------
def check(one: Import, lines: Sequence[Line]) -> tuple[list[Problem], Foresight]:
    problems = [problem for line in lines if (problem := _own_problem(line))]
    bad = {problem.line.number for problem in problems}
    rows, unplaced = sorted_out(one, [line for line in lines if line.number not in bad])
    problems += unplaced
    foresight, seen = Foresight(), dict[object, int]()
    doors = _doors(rows)
    for row in rows:
        problem = _between(row, seen) or _of_row(row, doors)
        if problem:
            problems.append(problem)
        elif row.home is None:
            foresight.added += 1
        else:
            news = households.news(row.home, row.line.values, by_door=not row.line.values.get("code"))
            foresight.count({name: news[name] for name in SAID if name in news})
            foresight.moves += row.area is not None and row.area.pk not in (row.home.area_id, row.home.grid_id)
    return problems, foresight


def _own_problem(line: Line) -> Problem | None:
    """What the register refuses of the row by itself; a row that is right gets the columns the register will hold."""
    given = cast(dict[str, Any], line.values)
    try:
        whole = households.columns_of(
            households.NewHousehold(
                area=NOWHERE,
                address=given.get("address") or "—",
                **{name: given[name] for name in SAID[1:] if name in given},
            )
        )
    except households.HouseholdRefused as refusal:
        return Problem(line, refusal.field or "address", refusal.message)
    for name in SAID:
        if name in given:
            line.values.update({column: whole[column] for column in (name, *FOLLOWS.get(name, ()))})
    if "address" in given:
        line.values["words"] = whole["words"]
    return None


def _between(row: Row, seen: dict[object, int]) -> Problem | None:
    """One household in two rows; further apart than a chunk, the later one counts."""
    line, code = row.line, row.line.values.get("code")
    door = (row.area.pk, line.values["door"]) if row.area is not None and "door" in line.values else None
    keys: list[object] = [row.home.pk if row.home is not None else code or door]
    if row.home is None and code:
        keys.append(door)
    first = next((seen[key] for key in keys if key in seen), None)
    if first is not None:
        return Problem(line, "code" if code else "address", _("与第 %(n)d 行是同一户") % {"n": first})
    if row.home is None and door:
        keys.append(door)
    seen.update(dict.fromkeys(keys, line.number))
    return None


def _doors(rows: Sequence[Row]) -> dict[tuple[int, str], str]:
    """Doors that known households shall have by what their rows say, as far as somebody lives there: code by door."""
    said = [
        (row.home.grid_id, str(row.line.values["door"]))
        for row in rows
        if row.home is not None and row.line.values.get("code") and row.line.values.get("door", "") != row.home.door
        if "door" in row.line.values
    ]
    if not said:
        return {}
    found = Household.objects.filter(
        grid_id__in={grid for grid, _door in said}, door__in={door for _grid, door in said}, retired_at=None
    )
    return {(grid, door): code for grid, door, code in found.values_list("area_id", "door", "code")}


def _of_row(row: Row, doors: Mapping[tuple[int, str], str]) -> Problem | None:
    """What a row may not do to its household, or lacks to be a new one."""
    values, home = row.line.values, row.home
    wrong = tag_problem(cast(list[str], values.get("tags", [])), home.tags if home is not None else ())
    if wrong:
        return Problem(row.line, "tags", wrong)
    if home is None:
        return None if "address" in values else Problem(row.line, "address", _("新户请填写门牌"))
    other = doors.get((home.area_id, str(values.get("door", ""))))
    if other and values.get("code") and values["door"] != home.door:
        return Problem(row.line, "address", _("这个门牌已是另一户（%(code)s）；一个门牌是一户") % {"code": other})
    return None


def ready(one: Import, lines: Sequence[Line]) -> tuple[list[Row], list[Problem]]:
    """Rows whose grids and codes are still what they were when they were checked; which household each one means is
    found under the tree's lock, so that nothing of it is read here."""
    places = places_of(one, lines)
    codes = {str(line.values["code"]) for line in lines if line.values.get("code")}
    key = PLACE_KEYS[Level(one.place.level)]
    known = Household.objects.filter(code__in=codes).values_list("code", key, "retired_at") if codes else ()
    here = {code: (at, gone) for code, at, gone in known}
    rows: list[Row] = []
    left: list[Problem] = []
    for line in lines:
        at, gone = here.get(str(line.values.get("code") or ""), (None, None))
        area = places.of(line) if at is None or line.values.get("area") else None
        if gone or at not in (None, one.place.pk):
            left.append(Problem(line, "code", _("这一户不在本次导入的范围内，或已注销")))
        elif at is None and area is None:
            left.append(Problem(line, "area" if line.values.get("area") else "code", places.refusal(grid_code(line))))
        else:
            rows.append(Row(line, None, area))
    return rows, left


def write(one: Import, rows: Sequence[Row]) -> Written:
    """Write rows that are ready."""
    pairs = [
        (
            Entry(
                str(row.line.values.get("code") or ""),
                row.area.pk if row.area is not None else 0,
                _said(row.line),
            ),
            row.line,
        )
        for row in rows
    ]
    done = households.load(rows=[entry for entry, _line in pairs], actor=one.user, written=_written(one))
    unclear = {id(entry) for entry in done.unclear}
    text = _("这一户表里前面已有一行，或刚刚被登记；一个门牌是一户，请核对")
    left = [Problem(line, "address", text) for entry, line in pairs if id(entry) in unclear]
    return Written(done.added, done.changed, done.unchanged, _kept(one, done), left)


def _written(one: Import) -> set[str]:
    """Codes of households that this import has written so far."""
    changed = ImportChange.objects.filter(of=one, version__gt=0).values_list("household__code", flat=True)
    return {*changed, *chain.from_iterable(ImportAdded.objects.filter(of=one).values_list("codes", flat=True))}


def _said(line: Line) -> dict[str, Any]:
    """What a row says of the columns of a household."""
    said = dict(line.values)
    said.pop("code", None)
    said.pop("area", None)
    return said


def _kept(one: Import, done: households.Loaded) -> int:
    """Carry out the moves that were wanted, and keep what taking the import back needs; how many moved."""
    goes: dict[int, list[int]] = defaultdict(list)
    was: dict[int, dict[str, Any]] = {change.household_id: dict(change.before) for change in done.changes}
    if one.moves:
        from_ = Household.objects.filter(pk__in=done.elsewhere).values_list("pk", "area_id")
        for pk, area in from_:
            goes[done.elsewhere[pk]].append(pk)
            was.setdefault(pk, {})["area"] = [area, done.elsewhere[pk]]
        households.transfer_many(goes=goes, actor=one.user)
    versions = {change.household_id: change.version for change in done.changes}
    ImportChange.objects.bulk_create(
        [
            ImportChange(of=one, household_id=pk, version=versions.get(pk, 0), before=json.dumps(held))
            for pk, held in was.items()
        ],
        batch_size=1000,
    )
    if done.codes:
        ImportAdded.objects.create(of=one, codes=done.codes)
    return sum(len(moving) for moving in goes.values())
