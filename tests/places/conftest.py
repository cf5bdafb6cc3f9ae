"""The cast's central grid with thirty households in three groups, and short ways to make a plan and carry it out."""

import pytest

from grids import households
from grids.households import NewHousehold
from grids.models import Area, Household
from places.plans import carrying, drafting
from places.plans.preview import preview
from places.rules import How
from tests import worlds
from tests.cast import build_cast
from tests.worlds import World


def _ground(cast):
    rows = [NewHousehold(cast.microgrid, f"长庆里{n // 10 + 1}组{n % 10 + 1}号") for n in range(30)]
    households.register_many(rows=rows, actor=None)
    return cast


GROUND = World(_ground, build_cast)


@pytest.fixture
@worlds.on(GROUND)
def ground(db):
    """`cast`, with 30 more households in microgrid 002: 南安里1组 to 3组, ten each."""
    return GROUND()


def drafted(user, kind, *sources, into=None):
    return drafting.draft(kind=kind, sources=[Area.objects.get(pk=s.pk) for s in sources], into=into, actor=user)


def part(user, plan, name, *groups, area=None):
    """A part that gets some groups, or the rest."""
    target = drafting.add_part(plan=plan, name=name, area=area, actor=user)
    how, value = (How.GROUPS, {"groups": list(groups)}) if groups else (How.REST, {})
    drafting.choose(plan=plan, target=target, how=how, value=value, actor=user)
    return target


def carry_out(user, plan):
    shown = preview(plan)
    assert shown.problems == []
    return carrying.apply(plan=plan, fingerprint=shown.fingerprint, actor=user)


def homes():
    """Where every household lies, with its path."""
    columns = ("pk", "area_id", "grid_id", "village_id", "township_id", "county_id")
    return {row[0]: row[1:] for row in Household.objects.order_by("pk").values_list(*columns)}


def in_use():
    return {a.pk: (a.name, a.parent_id, a.household_count) for a in Area.objects.in_use()}
