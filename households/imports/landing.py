"""Rows of an import against what is registered: which of them cannot be written and why, and writing the rest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils.translation import gettext as _

from core import clock
from core.trust import audit
from grids import households, tree
from grids.levels import GRID_LEVELS, PARENTS, Level, code_problem
from grids.models import Area, Household
from grids.scope import at_or_below
from grids.tree import NewArea
from households.file.actions import Person, resident_row
from households.imports.fields import FIELDS, Line, letter, read
from households.models import Import, ImportChunk, ImportProblem, Resident

Kind = Import.Kind
NOWHERE = Area()
"""Stands for the grid where only the row itself is judged."""


@dataclass(frozen=True)
class Written:
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def lines_of(one: Import, chunk: ImportChunk) -> list[Line]:
    """The rows of a chunk: read from their cells, or as they were `kept`."""
    return [
        Line(number, held, {}) if isinstance(held, dict) else read(one.kind, one.columns, number, held)
        for number, held in json.loads(chunk.content)
    ]


def kept(lines: Sequence[Line]) -> str:
    """Rows that have been read, for their chunk."""
    rows = [(line.number, line.values) for line in lines]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def problems_of(one: Import, lines: Sequence[Line], *, again: bool = False) -> list[ImportProblem]:
    """What is wrong with these rows, cell by cell; `again`: only what may have become wrong since they were checked."""
    found = [(line, name, text) for line in lines for name, text in line.wrong.items()]
    good = [line for line in lines if not line.wrong]
    found += _area_problems(one, good) if one.kind == Kind.AREAS else _home_problems(one, good, again=again)
    labels = {f.name: str(f.label) for f in FIELDS[one.kind]}
    return [
        ImportProblem(
            of=one, line=line.number, cell=_cell(one, name, line), column=labels.get(name, ""), text=text[:200]
        )
        for line, name, text in found
    ]


def _cell(one: Import, name: str, line: Line) -> str:
    at = one.columns.get(name)
    return f"{letter(at)}{line.number}" if at is not None else f"{line.number}"


def write(one: Import, lines: Sequence[Line]) -> Written:
    """Write rows that have no problem."""
    if not lines:
        return Written()
    if one.kind == Kind.AREAS:
        return _write_areas(one, lines)
    if one.kind == Kind.HOUSEHOLDS:
        return _write_households(one, lines)
    return _write_residents(one, lines)


# ---- households and residents ----------------------------------------------------------------------------------------
@dataclass
class Register:
    """What the register holds of the households and grids that some rows name."""

    areas: dict[str, Area]
    homes: dict[str, Household]
    foreign: set[str] = field(default_factory=set)
    """Codes of households outside the place of the import, or no longer registered."""


PLACE_KEYS = {Level.TOWNSHIP: "township_id", Level.VILLAGE: "village_id", Level.COUNTY: "county_id"}


def _register(one: Import, lines: Sequence[Line]) -> Register:
    codes = {str(line.values.get("code") or "") for line in lines} - {""}
    grids = {_grid_code(line) for line in lines} - {""}
    within = Area.objects.in_use().filter(at_or_below([one.place]), code__in=grids, level__in=GRID_LEVELS)
    rows = Household.objects.filter(code__in=codes).defer("head_name", "phone", "words")
    known = {row.code: row for row in rows}
    key = PLACE_KEYS[Level(one.place.level)]
    foreign = {code for code, row in known.items() if getattr(row, key) != one.place.pk or row.retired_at}
    return Register({area.code: area for area in within}, known, foreign)


def _grid_code(line: Line) -> str:
    """The grid a row names, by itself or as the head of its household's code."""
    return str(line.values.get("area") or str(line.values.get("code") or "")[:15])


def _home_problems(one: Import, lines: Sequence[Line], *, again: bool) -> list[tuple[Line, str, str]]:
    register = _register(one, lines)
    found: list[tuple[Line, str, str]] = []
    seen: dict[object, int] = {}
    for line in lines:
        problem = _home_problem(line, register) or _own_problem(one, line, again=again)
        if problem is None and one.kind == Kind.HOUSEHOLDS:
            key = line.values.get("code") or (_grid_code(line), line.values.get("address"))
            first = seen.setdefault(key, line.number)
            if first != line.number:
                problem = ("code" if line.values.get("code") else "address", _("与第 %(n)d 行是同一户") % {"n": first})
        if problem:
            found.append((line, *problem))
    if one.kind == Kind.RESIDENTS:
        bad = {line.number for line, _field, _said in found}
        missing = _unregistered([line for line in lines if line.number not in bad], register)
        found += [(line, "code" if line.values.get("code") else "address", _("这一户还没有登记")) for line in missing]
    return found


def _home_problem(line: Line, register: Register) -> tuple[str, str] | None:
    code, grid = str(line.values.get("code") or ""), _grid_code(line)
    if not code and not grid:
        return "area", _("“户编码”和“网格编码”至少填一个")
    if code in register.foreign:
        return "code", _("这一户不在本次导入的范围内，或已注销")
    if code in register.homes:
        return None
    if grid not in register.areas:
        name = "area" if line.values.get("area") else "code"
        return name, _("范围内没有编码前 15 位是这样的在用网格")
    if code and not code.startswith(grid):
        return "code", _("新户编码的前 15 位应是网格编码")
    return None


def _own_problem(one: Import, line: Line, *, again: bool) -> tuple[str, str] | None:
    """What the register refuses of the row by itself; a row that is right gets the columns the register will hold."""
    if again or one.kind == Kind.RESIDENTS:
        return None
    if not line.values.get("address"):
        return "address", _("请填写门牌")
    try:
        line.values.update(households.columns_of(_new(line)))
    except households.HouseholdRefused as refusal:
        return refusal.field or "address", refusal.message
    return None


def _new(line: Line) -> households.NewHousehold:
    given = cast(dict[str, Any], line.values)
    return households.NewHousehold(
        area=NOWHERE,
        address=given["address"],
        head_name=given.get("head_name") or "",
        phone=given.get("phone") or "",
        size=given.get("size") or 1,
        tags=given.get("tags") or (),
        is_hub=bool(given.get("is_hub")),
        kind=given.get("kind") or "resident",
    )


def _write_households(one: Import, lines: Sequence[Line]) -> Written:
    register = _register(one, lines)
    rows = []
    for line in lines:
        code = str(line.values.get("code") or "")
        home = register.homes.get(code)
        area_id = home.area_id if home else register.areas[_grid_code(line)].pk
        rows.append(households.Entry(code, area_id, {name: line.values[name] for name in households.WRITTEN}))
    done = households.load(rows=rows, actor=one.user)
    return Written(done.added, done.changed, done.unchanged)


def _home_of(line: Line, register: Register, by_door: dict[tuple[str, str], Household]) -> Household | None:
    code = str(line.values.get("code") or "")
    if code:
        return register.homes.get(code)
    return by_door.get((_grid_code(line), str(line.values.get("address") or "")))


def _by_door(lines: Sequence[Line], register: Register) -> dict[tuple[str, str], Household]:
    doors = {str(line.values.get("address") or "") for line in lines if not line.values.get("code")}
    rows = Household.objects.filter(area__in=register.areas.values(), address__in=doors, retired_at=None)
    codes = {area.pk: code for code, area in register.areas.items()}
    return {(codes[row.area_id], row.address): row for row in rows.defer("head_name", "phone", "words")}


def _unregistered(lines: Sequence[Line], register: Register) -> list[Line]:
    by_door = _by_door(lines, register)
    return [line for line in lines if _home_of(line, register, by_door) is None]


def _write_residents(one: Import, lines: Sequence[Line]) -> Written:
    """A resident is known again by household and name."""
    register = _register(one, lines)
    by_door = _by_door(lines, register)
    pairs = [(home, line) for line in lines if (home := _home_of(line, register, by_door)) is not None]
    known = {
        (row.household_id, row.name_index): row
        for row in Resident.objects.filter(household__in={home.pk for home, _line in pairs})
    }
    made: list[Resident] = []
    changed: list[Resident] = []
    for home, line in pairs:
        given = cast(dict[str, Any], line.values)
        person = Person(
            given["name"], given.get("phone") or "", given.get("relation") or "other", given.get("birth_year")
        )
        row = resident_row(home, person, clock.now())
        there = known.setdefault((home.pk, row.name_index), row)
        if there is row:
            made.append(row)
        elif _differs(there, row):
            there.phone, there.phone_index = row.phone, row.phone_index
            there.relation, there.birth_year = row.relation, row.birth_year
            changed.append(there)
    Resident.objects.bulk_create(made, batch_size=1000)
    Resident.objects.bulk_update(
        [row for row in changed if row.pk], ["phone", "phone_index", "relation", "birth_year"], batch_size=500
    )
    audit.record("household.residents_loaded", None, actor=one.user, added=len(made), changed=len(changed))
    return Written(len(made), len(changed), len(pairs) - len(made) - len(changed))


def _differs(there: Resident, row: Resident) -> bool:
    return any(getattr(there, name) != getattr(row, name) for name in ("phone", "relation", "birth_year"))


# ---- areas -----------------------------------------------------------------------------------------------------------
def _area_problems(one: Import, lines: Sequence[Line]) -> list[tuple[Line, str, str]]:
    named = {str(line.values[key]) for line in lines for key in ("code", "parent_code")}
    known = Area.objects.select_related("parent").in_bulk(named, field_name="code")
    fresh: dict[str, Line] = {}
    found = []
    for line in lines:
        code = str(line.values["code"])
        if code in fresh:
            found.append((line, "code", _("与第 %(n)d 行重复") % {"n": fresh[code].number}))
            continue
        fresh[code] = line
    for line in fresh.values():
        problem = _area_problem(line, known, fresh)
        if problem:
            found.append((line, *problem))
    return found


def _area_problem(line: Line, known: dict[str, Area], fresh: dict[str, Line]) -> tuple[str, str] | None:
    code, parent, level = (str(line.values[key]) for key in ("code", "parent_code", "level"))
    area = known.get(code)
    if area is not None:
        if area.retired_at:
            return "code", _("这个编码已停用，不能再用")
        same = area.level == level and area.parent is not None and area.parent.code == parent
        return None if same else ("parent_code", _("这个编码已在别处使用"))
    above = known[parent].level if parent in known else str(fresh[parent].values["level"]) if parent in fresh else ""
    if not above:
        return "parent_code", _("没有这个上级编码")
    if parent in known and known[parent].retired_at:
        return "parent_code", _("上级已停用")
    if above not in PARENTS[level]:
        return "level", _("%(parent)s之下不能设%(level)s") % {"parent": Level(above).label, "level": Level(level).label}
    problem = code_problem(level, code, parent)
    return ("code", problem) if problem else None


def foreseen(one: Import) -> Written | None:
    """What writing an import of areas that has been checked would do now; None for households, which are too many."""
    if one.kind != Kind.AREAS:
        return None
    done = Written()
    for chunk in ImportChunk.objects.filter(of=one).order_by("position").iterator(chunk_size=1):
        lines = lines_of(one, chunk)
        new, changed = _differing(lines)
        done = Written(
            done.added + len(new),
            done.changed + len(changed),
            done.unchanged + len(lines) - len(new) - len(changed),
        )
    return done


def _differing(lines: Sequence[Line]) -> tuple[list[Line], list[tuple[Area, dict[str, Any]]]]:
    """Lines of areas that there are not yet, and areas with what is said of them that is new."""
    known = Area.objects.in_bulk([str(line.values["code"]) for line in lines], field_name="code")
    new = [line for line in lines if line.values["code"] not in known]
    pairs = [(area, _news(area, line)) for line in lines if (area := known.get(str(line.values["code"])))]
    return new, [(area, news) for area, news in pairs if news]


def _news(area: Area, line: Line) -> dict[str, Any]:
    """What a line says of an area that the register does not; an empty cell says nothing."""
    held: dict[str, Any] = {"name": area.name}
    if area.level == Level.GRID:
        held |= {"kind": area.kind, "planned": area.planned_households}
    said = {name: line.values.get(name) for name in held}
    return {name: value for name, value in said.items() if value not in (None, "", held[name])}


def _write_areas(one: Import, lines: Sequence[Line]) -> Written:
    new, changed = _differing(lines)
    new.sort(key=lambda line: (len(PARENTS) - list(PARENTS).index(str(line.values["level"]))) * -1)
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
    given = cast(dict[str, Any], line.values)
    is_grid = given["level"] == Level.GRID
    kind, planned = (given.get("kind") or "", given.get("planned") or 0) if is_grid else ("", 0)
    return NewArea(given["parent_code"], given["level"], given["code"], given["name"], kind, planned)
