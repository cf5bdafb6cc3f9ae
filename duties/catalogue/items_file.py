"""Reads a catalogue file (起步清单, YAML) and checks every entry and reference. No database.

`read` answers a `Catalogue` or raises `BadCatalogueError` naming every bad entry in Chinese.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from duties.catalogue.careful_reading import Problems, codes, load, mapping, rows
from duties.catalogue.lines_file import read_lines
from duties.catalogue.rules_file import read_rules
from duties.models import FirstLevel, GradeCode, ListKind
from duties.shapes.base import ENTRY_CODE
from duties.shapes.limits import problem
from duties.shapes.line_diff import Plain
from duties.shapes.rules import ALIAS_MAX
from members.models import DepartmentKind

KINDS = {
    "党委": DepartmentKind.PARTY,
    "政府": DepartmentKind.GOVERNMENT,
    "军事": DepartmentKind.MILITARY,
    "垂管": DepartmentKind.VERTICAL,
    "群团": DepartmentKind.MASS,
    "公用企业": DepartmentKind.UTILITY,
}
DEPARTMENT_CODE = re.compile(r"[A-Z0-9]{1,8}\Z", re.ASCII)


@dataclass(frozen=True)
class DepartmentRow:
    code: str
    name: str
    short_name: str
    kind: str
    stands_in_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    departments: list[DepartmentRow]
    categories: dict[str, str]
    grades: list[dict[str, Any]]
    items: dict[str, Plain]
    rules: dict[str, Any]
    lines: dict[ListKind, dict[str, Plain]] = field(default_factory=dict)
    """Of the lists of lines, those that the file holds."""


def read(text: str, extras: str = "") -> Catalogue:
    """Parse and check a catalogue and, if given, our own additions (aliases, icons, short names)."""
    problems = Problems()
    source, more = load(text, problems), load(extras, problems) if extras else {}
    problems.raise_if_any()
    departments = _departments(source, mapping(more, "departments"), problems)
    categories = _categories(source, problems)
    grades = _grades(source, problems)
    known = _Known({d.code for d in departments}, set(categories), {g["code"] for g in grades})
    items = _items(source, mapping(more, "items"), known, problems)
    rules = read_rules(
        mapping(source, "workflow_rules"),
        problems,
        whistles=source.get("whistles"),
        weights=source.get("whistle_evaluation"),
    )
    lines = read_lines(source, known.departments, problems)
    problems.raise_if_any()
    return Catalogue(departments, categories, grades, items, rules, lines)


def _departments(source: Mapping[str, Any], more: Mapping[str, Any], problems: Problems) -> list[DepartmentRow]:
    found, seen = [], set[str]()
    for row in rows(source, "departments", problems):
        code = str(row.get("code", ""))
        where = _("部门 %(code)s") % {"code": code}
        if not DEPARTMENT_CODE.match(code):
            problems.say(where, _("代码须为 1 至 8 位大写字母或数字"))
        problems.unique(where, code, seen)
        kind = KINDS.get(str(row.get("kind")))
        if kind is None:
            problems.say(where, _("类别“%(kind)s”不存在") % {"kind": row.get("kind")})
        short = problems.text(where, mapping(more, code), "short", most=20, optional=True)
        name = problems.text(where, row, "name", most=60)
        found.append(DepartmentRow(code, name, short, str(kind)))
    for code in more:
        if code not in seen:
            problems.say(_("部门 %(code)s") % {"code": code}, _("有简称，但清单里没有这个部门"))
    return found


def _categories(source: Mapping[str, Any], problems: Problems) -> dict[str, str]:
    found = mapping(source, "grid_item_categories")
    if not found:
        problems.say("grid_item_categories", _("缺少这一段"))
    return {
        str(code): problems.text(_("类别 %(code)s") % {"code": code}, {"name": name}, "name", most=40)
        for code, name in found.items()
    }


def _grades(source: Mapping[str, Any], problems: Problems) -> list[dict[str, Any]]:
    found = []
    for code, row in mapping(source, "grades").items():
        where = _("级别 %(code)s") % {"code": code}
        if code not in GradeCode.values or not isinstance(row, dict):
            problems.say(where, _("没有这个级别"))
            continue
        for key in ("accept", "respond", "resolve", "extend_max"):
            if trouble := problem(row.get(key), zero_ok=key == "extend_max"):
                problems.say(where, f"{key}：{trouble}")
        kept = {key: row.get(key) for key in ("accept", "respond", "resolve", "extend_max")}
        name = problems.text(where, row, "name", most=20)
        note = problems.text(where, row, "note", most=200, optional=True)
        found.append({**kept, "code": code, "name": name, "note": note, "night_duty": row.get("night_duty") is True})
    for code in GradeCode.values:
        if code not in {g["code"] for g in found}:
            problems.say(_("级别 %(code)s") % {"code": code}, _("缺少"))
    return found


@dataclass(frozen=True)
class _Known:
    departments: set[str]
    categories: set[str]
    grades: set[str]


def _items(source: Mapping[str, Any], more: Mapping[str, Any], known: _Known, problems: Problems) -> dict[str, Plain]:
    found, seen = dict[str, Plain](), set[str]()
    for row in rows(source, "grid_items", problems):
        code = str(row.get("code", ""))
        where = _("事项 %(code)s") % {"code": code}
        problems.unique(where, code, seen)
        found[code] = _item(where, code, row, mapping(more, code), known, problems)
    for code in more:
        if code not in seen:
            problems.say(_("事项 %(code)s") % {"code": code}, _("有群众叫法，但清单里没有这一项"))
    return found


def _item(
    where: str, code: str, row: Mapping[str, Any], more: Mapping[str, Any], known: _Known, problems: Problems
) -> Plain:
    _check_references(where, code, row, known, problems)
    tiles = more.get("tile") or []
    enforcement = problems.text(where, row, "enforce", most=60)
    return {
        "category": str(row.get("cat")),
        "name": problems.text(where, row, "name", most=60),
        "lead": str(row.get("lead")),
        "assisting": sorted(codes(where, row, "co", known.departments, problems)),
        "enforcement_body": "" if enforcement == "none" else enforcement,
        "grade": str(row.get("grade")),
        "first_level": str(row.get("level")),
        "respond": row.get("respond") or "",
        "resolve": row.get("resolve") or "",
        "closing_standard": problems.text(where, row, "close", most=200),
        "basis": "",
        "aliases": list(_aliases(where, more, problems)),
        "icon": problems.text(where, more, "icon", most=16, optional=True),
        "needs_photo": more.get("photo") is True,
        "is_sensitive": more.get("sensitive") is True,
        "is_common": "worker" in tiles,
        "is_resident_tile": "resident" in tiles,
    }


def _check_references(where: str, code: str, row: Mapping[str, Any], known: _Known, problems: Problems) -> None:
    if not ENTRY_CODE.match(code):
        problems.say(where, _("编号须为大写字母加两三位数字，如 C02"))
    if row.get("cat") not in known.categories:
        problems.say(where, _("类别“%(code)s”不存在") % {"code": row.get("cat")})
    if row.get("lead") not in known.departments:
        problems.say(where, _("牵头部门“%(code)s”不存在") % {"code": row.get("lead")})
    elif row.get("lead") in (row.get("co") or []):
        problems.say(where, _("牵头部门不能同时是配合部门"))
    if row.get("grade") not in known.grades:
        problems.say(where, _("级别“%(code)s”不存在") % {"code": row.get("grade")})
    if row.get("level") not in FirstLevel.values:
        problems.say(where, _("首办层级“%(code)s”不存在") % {"code": row.get("level")})
    for key in ("respond", "resolve"):
        if key in row and (trouble := problem(row[key])):
            problems.say(where, f"{key}：{trouble}")


def _aliases(where: str, more: Mapping[str, Any], problems: Problems) -> tuple[str, ...]:
    value = more.get("aliases") or []
    if not isinstance(value, list) or not all(isinstance(a, str) and 0 < len(a) <= ALIAS_MAX for a in value):
        problems.say(where, _("群众叫法应为列表，每个不超过 %(n)d 个字") % {"n": ALIAS_MAX})
        return ()
    return tuple(dict.fromkeys(value))
