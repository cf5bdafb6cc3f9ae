"""Reads the offices and stations of a township (内设机构、站所) from a YAML file. No database."""

from django.utils.translation import gettext as _

from duties.catalogue.careful_reading import Problems, codes, load, rows
from duties.catalogue.items_file import DEPARTMENT_CODE, DepartmentRow
from members.models import DepartmentKind

LOCAL_KINDS = (DepartmentKind.OFFICE, DepartmentKind.STATION)


def read_offices(text: str, county_departments: set[str]) -> list[DepartmentRow]:
    """Check every entry against the codes of the county's departments; raises BadCatalogueError."""
    problems = Problems()
    source = load(text, problems)
    problems.raise_if_any()
    found, seen, taken = [], set[str](), dict[str, str]()
    for row in rows(source, "offices", problems):
        code = str(row.get("code", ""))
        where = _("站所 %(code)s") % {"code": code}
        if not DEPARTMENT_CODE.match(code):
            problems.say(where, _("代码须为 1 至 8 位大写字母或数字"))
        problems.unique(where, code, seen)
        if row.get("kind") not in LOCAL_KINDS:
            problems.say(where, _("类别“%(kind)s”须为 office 或 station") % {"kind": row.get("kind")})
        behind = codes(where, row, "stands_in_for", county_departments, problems)
        for department in behind:
            if (other := taken.setdefault(department, code)) != code:
                problems.say(where, _("%(code)s 已由 %(other)s 对应") % {"code": department, "other": other})
        name = problems.text(where, row, "name", most=50)
        short = problems.text(where, row, "short", most=20, optional=True)
        found.append(DepartmentRow(code, name, short, str(row.get("kind")), behind))
    problems.raise_if_any()
    return found
