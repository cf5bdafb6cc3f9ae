"""Levels, kinds and codes of the area tree. Pure rules; no database.

Codes: 12 digits for divisions after GB/T 2260 and GB/T 10114 (province 2, prefecture 2, county 2,
township 3, village 3); 15 digits for grids and microgrids (village code + 3 digit serial);
19 digits for households (grid code + 4 digit serial).
"""

import re

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """Levels of the area tree from the top down; DISTRICT, BUILDING and UNIT are optional ones between."""

    COUNTY = "county", _("县")
    TOWNSHIP = "township", _("乡镇")
    DISTRICT = "district", _("片区")
    VILLAGE = "village", _("村社")
    GRID = "grid", _("网格")
    BUILDING = "building", _("楼栋")
    UNIT = "unit", _("单元")
    MICROGRID = "microgrid", _("微网格")


class GridKind(TextChoices):
    GENERAL = "general", _("综合网格")
    SPECIAL = "special", _("专属网格")


class Purpose(TextChoices):
    """What a special grid is set up for."""

    OFFICE = "office", _("机关")
    SCHOOL = "school", _("学校")
    HOSPITAL = "hospital", _("医院")
    COMPANY = "company", _("企业")
    PARK = "park", _("园区")
    MARKET = "market", _("商圈")


PARENTS: dict[str, frozenset[str]] = {
    Level.COUNTY: frozenset(),
    Level.TOWNSHIP: frozenset({Level.COUNTY}),
    Level.DISTRICT: frozenset({Level.TOWNSHIP}),
    Level.VILLAGE: frozenset({Level.TOWNSHIP, Level.DISTRICT}),
    Level.GRID: frozenset({Level.VILLAGE}),
    Level.BUILDING: frozenset({Level.GRID}),
    Level.UNIT: frozenset({Level.BUILDING}),
    Level.MICROGRID: frozenset({Level.GRID, Level.BUILDING, Level.UNIT}),
}
"""The levels that may stand directly above each level."""

GRID_LEVELS = (Level.GRID, Level.MICROGRID)
SERIAL_LEVELS = (*GRID_LEVELS, Level.BUILDING, Level.UNIT)
"""Levels whose code is the village's with a serial of three digits."""
DIVISION_CODE = re.compile(r"[1-9]\d{11}\Z", re.ASCII)
GRID_CODE = re.compile(r"[1-9]\d{14}\Z", re.ASCII)


def code_problem(level: str, code: str, parent_code: str | None) -> str | None:
    """Say in Chinese why `code` cannot stand at `level` below `parent_code`; None when it can."""
    if level in SERIAL_LEVELS:
        if not GRID_CODE.match(code):
            return str(_("网格编码须为 15 位数字"))
        if parent_code and not code.startswith(parent_code[:12]):
            return str(_("网格编码前 12 位须为所在村社的区划代码"))
        return None
    if not DIVISION_CODE.match(code):
        return str(_("区划代码须为 12 位数字"))
    tails = {Level.COUNTY: 6, Level.TOWNSHIP: 9, Level.DISTRICT: 12, Level.VILLAGE: 12}
    used = tails[Level(level)]
    if set(code[used:]) - {"0"}:
        return str(_("%(level)s代码第 %(digit)d 位以后须全为 0")) % {"level": Level(level).label, "digit": used}
    if level == Level.COUNTY and code[4:6] == "00":
        return str(_("县级代码第 5、6 位不能为 00"))
    if level == Level.TOWNSHIP and code[6:9] == "000":
        return str(_("乡级代码第 7 至 9 位不能为 000"))
    if level in (Level.VILLAGE, Level.DISTRICT) and code[9:12] == "000":
        return str(_("村级代码第 10 至 12 位不能为 000"))
    above = {Level.TOWNSHIP: 6, Level.DISTRICT: 9, Level.VILLAGE: 9}.get(Level(level))
    if above and parent_code and code[:above] != parent_code[:above]:
        return str(_("代码与上级 %(parent)s 不符")) % {"parent": parent_code}
    return None


def short_name(name: str, level: str) -> str:
    """The name as people say it: 丽新村委会 → 丽新村, 沙塘墟社区居委会 → 沙塘墟社区."""
    return name.removesuffix("居委会").removesuffix("委会") if level == Level.VILLAGE else name
