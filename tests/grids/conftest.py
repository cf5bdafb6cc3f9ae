"""A small county: two townships, three villages, two grids and a microgrid, made by the real verbs."""

from types import SimpleNamespace

import pytest

from grids import tree
from grids.levels import Level
from tests import worlds
from tests.worlds import World

COUNTY, TOWN, TOWN2 = "440783000000", "440783103000", "440783116000"
VILLAGE, VILLAGE2, VILLAGE3 = "440783103220", "440783103221", "440783116200"


def add(parent, level, code, name):
    return tree.add(parent=parent, level=level, code=code, name=name, actor=None)


def _land():
    county = add(None, Level.COUNTY, COUNTY, "开平市")
    town = add(county, Level.TOWNSHIP, TOWN, "沙塘镇")
    town2 = add(county, Level.TOWNSHIP, TOWN2, "赤水镇")
    village = add(town, Level.VILLAGE, VILLAGE, "丽新村委会")
    village2 = add(town, Level.VILLAGE, VILLAGE2, "泰山村委会")
    village3 = add(town2, Level.VILLAGE, VILLAGE3, "和安村委会")
    grid = add(village, Level.GRID, VILLAGE + "001", "第一网格")
    micro = add(grid, Level.MICROGRID, VILLAGE + "002", "第一微网格")
    grid2 = add(village2, Level.GRID, VILLAGE2 + "001", "第一网格")
    grid3 = add(village3, Level.GRID, VILLAGE3 + "001", "第一网格")
    return SimpleNamespace(
        county=county,
        town=town,
        town2=town2,
        village=village,
        village2=village2,
        village3=village3,
        grid=grid,
        micro=micro,
        grid2=grid2,
        grid3=grid3,
    )


LAND = World(_land)


@pytest.fixture
@worlds.on(LAND)
def land(db):
    return LAND()
