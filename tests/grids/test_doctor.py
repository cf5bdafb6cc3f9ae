import pytest
from django.db.models import F

from core.doctor import CHECKS
from grids import doctor, households
from grids.models import Area, Household

NAMES = ("nesting", "rules", "household_paths", "household_counts", "household_homes", "log")


@pytest.fixture
def home(land):
    land.row = households.register(area=land.micro, address="1 号", actor=None)
    return land


def findings(name, fix=False):
    return CHECKS[f"grids.{name}"].run(fix)


def test_sound_data_has_no_findings(home):
    assert {name: findings(name) for name in NAMES} == {name: [] for name in NAMES}


DAMAGE = {
    "shifted": lambda a: Area.objects.filter(pk=a.village.pk).update(lft=F("lft") + 1),
    "duplicate": lambda a: Area.objects.filter(pk=a.village2.pk).update(
        lft=Area.objects.get(pk=a.village.pk).lft, rght=Area.objects.get(pk=a.village.pk).rght
    ),
    "swapped": lambda a: Area.objects.filter(pk=a.grid.pk).update(lft=F("rght"), rght=F("lft")),
    "depth": lambda a: Area.objects.filter(pk=a.grid.pk).update(depth=9),
    "other tree": lambda a: Area.objects.filter(pk=a.grid.pk).update(tree_id=99),
    "other parent": lambda a: Area.objects.filter(pk=a.grid2.pk).update(parent=a.village),
    "outside": lambda a: Area.objects.filter(pk=a.micro.pk).update(lft=901, rght=902),
}


@pytest.mark.parametrize("kind", DAMAGE)
def test_damaged_nesting_is_found_and_rebuilt(home, kind):
    DAMAGE[kind](home)
    assert findings("nesting")
    assert findings("nesting", fix=True)
    assert findings("nesting") == []


def test_a_gap_in_the_bounds_is_found(home):
    Area.objects.filter(rght__gt=2).update(rght=F("rght") + 10)
    assert findings("nesting")


def test_wrong_places_and_codes_are_named(home):
    Area.objects.filter(pk=home.grid2.pk).update(code="440783103220777", token=None)
    Area.objects.filter(pk=home.village3.pk).update(parent=home.county)
    Area.objects.filter(pk=home.town.pk).update(prefix=None)
    found = "\n".join(findings("rules"))
    assert "440783103220777：网格编码前 12 位须为所在村社的区划代码" in found
    assert "440783103220777：没有点单码" in found
    assert "440783116200：不能设在县之下" in found
    assert "440783103000：没有工单号前缀" in found


def test_wrong_paths_are_found_and_fixed(home):
    Household.objects.update(township=home.town2)
    assert findings("household_paths") == [f"户 {home.row.code}：所属路径与区域树不一致"]
    findings("household_paths", fix=True)
    assert findings("household_paths") == []
    assert Household.objects.get().township_id == home.town.pk


def test_wrong_counts_are_found_and_fixed(home):
    Area.objects.filter(pk=home.village.pk).update(household_count=7)
    assert findings("household_counts") == ["区域 440783103220：户数记为 7，实为 1"]
    findings("household_counts", fix=True)
    assert findings("household_counts") == []
    Area.objects.filter(pk=home.village.pk).update(unregistered_households=3)
    assert findings("household_counts") == ["区域 440783103220：尚未登记的计划户数记为 3，实为 0"]
    findings("household_counts", fix=True)
    assert findings("household_counts") == []


def test_households_of_a_retired_grid_are_named(home):
    Area.objects.filter(pk=home.micro.pk).update(retired_at=home.micro.created_at)
    assert findings("household_homes") == [f"户 {home.row.code}：所在网格已停用"]


def test_every_check_is_registered():
    assert doctor.nesting is CHECKS["grids.nesting"].run
    assert {f"grids.{name}" for name in NAMES} <= {check.name for check in CHECKS}
