import pytest
from django.db import connection

from core.models import AuditEntry
from grids import counting, households, tree
from grids.households import HouseholdRefused, NewHousehold
from grids.levels import Level
from grids.models import Area, Household
from tests.grids.conftest import VILLAGE, add


def register(area, address="一组 1 号", **more):
    return households.register(area=area, address=address, actor=None, **more)


def count(area):
    return Area.objects.get(pk=area.pk).household_count


def test_register_gives_code_path_and_counts(land):
    first = register(land.grid, head_name="陈大文", phone="138 0000 6021", size=4, tags=["独居老人"])
    second = register(land.micro)
    assert (first.code, second.code) == (VILLAGE + "0010001", VILLAGE + "0020001")
    assert (second.area_id, second.grid_id, second.village_id) == (land.micro.pk, land.grid.pk, land.village.pk)
    assert [count(a) for a in (land.micro, land.grid, land.village, land.town, land.county, land.grid2)] == [
        1,
        2,
        2,
        2,
        2,
        0,
    ]
    assert counting.recount() == []


def test_names_and_phones_are_encrypted_masked_and_findable(land):
    row = Household.objects.get(pk=register(land.grid, head_name="陈大文", phone="138-0000-6021").pk)
    assert households.masked(row) == households.PersonalData("陈**", "138****6021")
    assert Household.objects.get(phone_index=households.phone_key("13800006021")) == row
    with connection.cursor() as cursor:
        cursor.execute("SELECT head_name, phone FROM grids_household")
        stored = cursor.fetchone()
    assert "陈" not in stored[0]
    assert "6021" not in stored[1][:4]


def test_a_planned_figure_yields_to_real_households(land):
    tree.set_planned_households(area=land.grid, count=80, actor=None)
    assert count(land.town) == 80
    row = register(land.micro)
    assert (count(land.grid), count(land.town)) == (1, 1)
    households.retire(household=row, reason="迁出", actor=None)
    assert (count(land.micro), count(land.grid), count(land.town)) == (0, 80, 80)
    assert counting.recount() == []


def apart(*areas):
    rows = Area.objects.in_bulk([area.pk for area in areas])
    return [(rows[area.pk].registered_households, rows[area.pk].unregistered_households) for area in areas]


def test_registered_and_planned_are_told_apart_and_never_as_one_sum(land):
    """One grid of the township is registered, another is only planned: its size is no sum of the two."""
    tree.set_planned_households(area=land.grid, count=80, actor=None)
    tree.set_planned_households(area=land.grid2, count=120, actor=None)
    row = register(land.micro)
    assert apart(land.micro, land.grid, land.grid2, land.town) == [(1, 0), (1, 0), (0, 120), (1, 120)]
    town, grid, planned = (Area.objects.get(pk=area.pk) for area in (land.town, land.grid, land.grid2))
    assert (town.households_said, grid.households_said) == ("登记 1 户、计划 120 户", "登记 1 户")
    assert planned.households_said == "计划 120 户"
    households.transfer(households=[row], area=land.grid2, actor=None)
    assert apart(land.grid, land.grid2, land.town) == [(0, 80), (1, 0), (1, 80)]
    tree.set_planned_households(area=land.grid, count=0, actor=None)
    assert apart(land.grid, land.town, land.county) == [(0, 0), (1, 0), (1, 0)]
    assert counting.recount() == []


def test_register_many_matches_one_by_one(land):
    register(land.grid)
    rows = [
        NewHousehold(area, f"{n} 号", "李四", "100-0000-0001") for area in (land.grid, land.grid3) for n in range(5)
    ]
    assert households.register_many(rows=rows, actor=None) == 10
    assert Household.objects.filter(area=land.grid).order_by("-code").first().code == VILLAGE + "0010006"
    assert (count(land.grid), count(land.town2), count(land.county)) == (6, 5, 11)
    assert AuditEntry.objects.get(verb="household.registered_many").detail["count"] == 10


def test_register_many_is_all_or_nothing(land):
    rows = [NewHousehold(land.grid, "1 号"), NewHousehold(land.grid2, "\x00")]
    with pytest.raises(HouseholdRefused):
        households.register_many(rows=rows, actor=None)
    assert not Household.objects.exists()


def test_transfer_moves_path_and_counts_but_not_the_code(land):
    rows = [register(land.grid), register(land.micro)]
    assert households.transfer(households=rows, area=land.grid3, actor=None) == 2
    moved = Household.objects.get(pk=rows[0].pk)
    assert (moved.code, moved.township_id) == (rows[0].code, land.town2.pk)
    assert (count(land.town), count(land.town2), count(land.county)) == (0, 2, 2)


def test_households_move_to_several_grids_at_once_and_every_level_counts_them(land):
    building = add(land.grid, Level.BUILDING, VILLAGE + "003", "1栋")
    unit = add(building, Level.UNIT, VILLAGE + "004", "1单元")
    micro = add(unit, Level.MICROGRID, VILLAGE + "005", "1单元微网格")
    rows = [register(land.micro, f"{n} 号").pk for n in range(5)]
    goes = {micro.pk: rows[:2], land.grid3.pk: rows[2:4]}
    assert households.transfer_many(goes=goes, actor=None) == 4
    assert [count(a) for a in (micro, unit, building, land.micro, land.grid, land.grid3)] == [2, 2, 2, 1, 3, 2]
    assert (count(land.town), count(land.town2), count(land.county)) == (3, 2, 5)
    with pytest.raises(HouseholdRefused):
        households.transfer_many(goes={land.grid.pk: rows, land.village.pk: rows}, actor=None)
    assert count(micro) == 2, "all or nothing"
    assert counting.recount() == []


def test_codes_of_retired_households_stay_taken(land):
    row = register(land.grid)
    households.retire(household=row, reason="迁出", actor=None)
    assert register(land.grid).code == VILLAGE + "0010002"
    with pytest.raises(HouseholdRefused, match="已注销"):
        households.retire(household=row, reason="迁出", actor=None)


def test_a_grid_with_households_does_not_retire(land):
    register(land.micro)
    with pytest.raises(tree.AreaRefused, match="还有 1 户"):
        tree.retire(area=land.micro, actor=None)


@pytest.mark.parametrize(
    ("field", "bad"),
    [
        ("address", ""),
        ("address", "\x00"),
        ("address", "长" * 100_000),
        ("head_name", "\ud800"),
        ("phone", "abc"),
        ("phone", "１３８０"),
        ("size", 0),
        ("size", 100_000),
        ("tags", ["x" * 21]),
    ],
)
def test_bad_households_are_refused_beside_their_field(land, field, bad):
    with pytest.raises(HouseholdRefused) as caught:
        register(land.grid, **{"address": "1 号"} | {field: bad})
    assert caught.value.field == field
    assert not Household.objects.exists()


def test_households_live_in_grids_in_use_only(land):
    with pytest.raises(HouseholdRefused, match="网格或微网格"):
        register(land.village)
    tree.retire(area=land.micro, actor=None)
    with pytest.raises(HouseholdRefused, match="已停用"):
        register(land.micro)
