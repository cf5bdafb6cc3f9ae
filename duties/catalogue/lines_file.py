"""Reads the township duties and village self-governance of a catalogue file. No database.

A file may leave a section out; a list none of whose sections is there is not imported.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from duties.catalogue.careful_reading import Problems, mapping, rows
from duties.models import ListKind, Part
from duties.shapes.base import ENTRY_CODE
from duties.shapes.line_diff import Plain
from duties.shapes.parts import PartInfo, part_of

Row = tuple[str, Mapping[str, Any]]
LEADS = ("county_lead", "owner", "return_to")
"""What a file calls the department of a line, whichever part it stands in."""


def read_lines(
    source: Mapping[str, Any], departments: set[str], problems: Problems
) -> dict[ListKind, dict[str, Plain]]:
    """The lists of lines that the file holds."""
    township = mapping(source, "township_duties")
    sections: dict[ListKind, dict[Part, Iterable[Row]]] = {
        ListKind.TOWNSHIP_DUTIES: {
            part: _grouped(township, key, problems)
            for key, part in (("basic", Part.BASIC), ("assist", Part.ASSIST), ("returned", Part.RETURNED))
            if key in township
        },
        ListKind.SELF_GOVERNANCE: {
            **({Part.AUTONOMY: _classes(source, problems)} if "autonomy_items" in source else {}),
            **({Part.HELP: _grouped(source, "assist_items", problems)} if "assist_items" in source else {}),
            **({Part.REMOVED: _grouped(source, "removed_items", problems)} if "removed_items" in source else {}),
        },
    }
    return {kind: _list(kind, parts, departments, problems) for kind, parts in sections.items() if parts}


def _grouped(source: Mapping[str, Any], key: str, problems: Problems) -> list[Row]:
    return [(str(row.get("group") or ""), row) for row in rows(source, key, problems)]


def _classes(source: Mapping[str, Any], problems: Problems) -> list[Row]:
    """自治事项 stand under the four classes."""
    classes = mapping(source, "autonomy_items")
    return [(str(name), row) for name in classes for row in rows(classes, name, problems)]


def _list(
    kind: ListKind, parts: Mapping[Part, Iterable[Row]], departments: set[str], problems: Problems
) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for part, lines in parts.items():
        info = part_of(kind, part)
        if info is None:
            continue
        for group, row in lines:
            code = str(row.get("code", ""))
            where = _("条目 %(code)s") % {"code": code}
            if not ENTRY_CODE.match(code):
                problems.say(where, _("编号须为大写字母加两三位数字，如 C02"))
            if code in found:
                problems.say(where, _("编号重复"))
            found[code] = _line(where, info, group, row, departments, problems)
    return found


def _line(
    where: str, info: PartInfo, group: str, row: Mapping[str, Any], departments: set[str], problems: Problems
) -> Plain:
    lead = next((str(row[key]) for key in LEADS if key in row), "")
    if bool(lead) != bool(info.lead) or (lead and lead not in departments):
        problems.say(where, _("县级部门“%(code)s”不存在，或这一部分不该有") % {"code": lead})
    if info.groups and group not in info.groups:
        problems.say(where, _("类别“%(code)s”不存在") % {"code": group})
    return {
        "part": str(info.part.value),
        "group": group if info.groups else "",
        "name": problems.text(where, row, "name", most=60),
        "lead": lead,
        "share": problems.text(where, row, "town_part", most=100) if info.share else "",
        "basis": "",
        "closes_at_village": info.part == Part.AUTONOMY,
        "borne_before": info.is_counted,
    }
