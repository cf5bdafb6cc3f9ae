"""The township units beside 沙塘镇, in a tenth of its detail: who decides, a few offices, and three villages each whose
first grids are staffed. Nobody of them can sign in but the named accounts.
"""

import random
from collections.abc import Iterator
from datetime import date

from duties.catalogue.importing import import_offices
from duties.catalogue.items_file import DepartmentRow
from gateway.demo.setting import staff
from gateway.demo.setting.places import TOWNSHIP
from grids.levels import Level
from grids.models import Area
from members.models import Side
from members.roles import Role

OFFICES = frozenset({"GJ", "ZF", "NN", "GF", "PCS"})
GRIDS_A_VILLAGE = 2


def others() -> list[Area]:
    return list(Area.objects.filter(level=Level.TOWNSHIP).exclude(code=TOWNSHIP).order_by("code"))


def lively_villages(township: Area) -> list[Area]:
    """The first, the middle and the last one by code: residents' communities come before villages."""
    villages = list(Area.objects.filter(parent=township, level=Level.VILLAGE).order_by("code"))
    return [villages[n] for n in sorted({0, len(villages) // 2, len(villages) - 1})]


def filing_areas(village: Area) -> list[Area]:
    """The grids of a village that are staffed."""
    grids = Area.objects.in_use().filter(parent=village, level=Level.GRID).order_by("code")
    return list(grids[:GRIDS_A_VILLAGE])


def build(rng: random.Random, offices: list[DepartmentRow], since: date) -> None:
    rows = [row for row in offices if row.code in OFFICES]
    for township in others():
        import_offices(rows=rows, township=township)
        for username, role, area, side in _posts(township):
            staff.join(rng, username, role, area.code, since, side=side)


def _posts(township: Area) -> Iterator[tuple[str, Role, Area, Side]]:
    """Account, role and place of everybody who serves there."""
    short = township.code[6:9]
    yield f"b{short}", Role.TOWNSHIP_DISPATCHER, township, Side.A
    yield f"l{short}", Role.TOWNSHIP_LEADER, township, Side.A
    yield f"h{short}", Role.VERIFIER, township, Side.A
    for village in lively_villages(township):
        yield f"s{village.code[6:]}", Role.VILLAGE_SECRETARY, village, Side.A
        for n, grid in enumerate(filing_areas(village)):
            yield f"g{grid.code[6:]}", Role.GRID_CHIEF, grid, Side.A
            yield f"w{grid.code[6:]}", Role.GRID_WORKER, grid, Side.A
            if n == 0:
                yield f"w{grid.code[6:]}b", Role.GRID_WORKER, grid, Side.B
