import pytest

from grids import counting, households, reshaping
from grids.models import Area, AreaSuccession, Household
from grids.reshaping import Part
from grids.tree import AREAS, AreaRefused


@pytest.fixture
def rows(land):
    return [households.register(area=land.micro, address=f"{n} 号", actor=None) for n in range(4)]


def test_split_moves_households_and_links_the_heirs(land, rows):
    one, two = reshaping.split(area=land.micro, parts=[Part("东片", rows[:3]), Part("西片", rows[3:])], actor=None)
    assert [Area.objects.get(pk=a.pk).household_count for a in (land.micro, one, two, land.grid)] == [0, 3, 1, 4]
    assert Area.objects.get(pk=land.micro.pk).retired_at
    assert set(AreaSuccession.objects.values_list("successor", flat=True)) == {one.pk, two.pk}
    assert Household.objects.get(pk=rows[0].pk).code == rows[0].code
    assert AREAS.damage() == {}
    assert counting.recount() == []


def test_split_leaves_nobody_behind_and_nothing_half_done(land, rows):
    with pytest.raises(AreaRefused, match="还有 1 户"):
        reshaping.split(area=land.micro, parts=[Part("东片", rows[:2]), Part("西片", rows[2:3])], actor=None)
    with pytest.raises(AreaRefused, match="至少"):
        reshaping.split(area=land.micro, parts=[Part("东片", rows)], actor=None)
    with pytest.raises(AreaRefused, match="只有网格"):
        reshaping.split(area=land.village, parts=[Part("东片"), Part("西片")], actor=None)
    assert Area.objects.filter(name__in=["东片", "西片"]).count() == 0
    assert Household.objects.filter(area=land.micro).count() == 4


def test_merge_is_the_way_back(land, rows):
    parts = reshaping.split(area=land.micro, parts=[Part("东片", rows[:3]), Part("西片", rows[3:])], actor=None)
    into = reshaping.merge(areas=parts[1:], into=parts[0], actor=None)
    assert into.household_count == 4
    assert Area.objects.get(pk=parts[1].pk).retired_at
    with pytest.raises(AreaRefused, match="不能并入它自己"):
        reshaping.merge(areas=[into], into=into, actor=None)
