import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from core import pinyin
from core.models import AuditEntry
from grids import scope, tree
from grids.extensions import RETIRE_GUARDS
from grids.levels import Level
from grids.models import Area, AreaSuccession
from grids.tree import AREAS, AreaRefused
from tests.grids.conftest import TOWN, VILLAGE, add


def test_tree_is_sound_and_finds_its_way(land):
    assert AREAS.damage() == {}
    assert [a.name for a in scope.ancestors(land.micro)] == ["开平市", "沙塘镇", "丽新村委会", "第一网格"]
    town = Area.objects.get(pk=land.town.pk)
    assert {a.code for a in scope.areas_below(town, [Level.GRID])} == {VILLAGE + "001", "440783103221001"}
    assert scope.path_of(land.micro) == {
        "area_id": land.micro.pk,
        "grid_id": land.grid.pk,
        "village_id": land.village.pk,
        "township_id": land.town.pk,
        "county_id": land.county.pk,
    }
    with pytest.raises(ValueError, match="no grid"):
        scope.path_of(land.village)


def test_the_tree_makes_room_once_for_several_grids(land):
    with CaptureQueriesContext(connection) as caught:
        made = tree.add_grids(parent=land.village, level=Level.GRID, names=["甲网格", "乙网格", "丙网格"], actor=None)
    assert [area.code[12:] for area in made] == ["003", "004", "005"]
    assert sum('SET "lft"' in query["sql"] or '"lft" = CASE' in query["sql"] for query in caught) == 1
    assert AREAS.damage() == {}
    below = Area.objects.get(pk=land.village.pk).get_children()
    assert [area.name for area in below] == ["第一网格", "甲网格", "乙网格", "丙网格"]
    for names in (["丁网格", "丁网格"], ["戊网格", "甲网格"]):
        with pytest.raises(AreaRefused):
            tree.add_grids(parent=land.village, level=Level.GRID, names=names, actor=None)


def test_grids_get_tokens_and_townships_prefixes(land):
    assert (land.town.prefix, land.town2.prefix, land.village.prefix) == ("ST", "CS", None)
    assert len(land.grid.token) == 12
    assert land.grid.token != land.micro.token
    assert land.village.token is None
    assert scope.area_by_token(land.grid.token) == land.grid
    for wrong in ("", "x" * 12, "\x00", "0" * 100_000, "啊" * 12):
        assert scope.area_by_token(wrong) is None


def test_prefix_is_lengthened_when_taken(land):
    taken = {"CS"}
    assert next(p for p in pinyin.prefixes("赤水镇") if p not in taken) == "CHS"
    first = list(zip(range(200), pinyin.prefixes("镇"), strict=False))
    assert len({p for _, p in first}) == 200
    assert all(2 <= len(p) <= 4 and p.isupper() for _, p in first)


def test_a_token_cannot_stand_on_a_village(land):
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(pk=land.village.pk).update(token="ABC")


@pytest.mark.parametrize(
    ("above", "level", "code", "name", "field"),
    [
        ("county", "village", "440783103230", "甲村", "level"),
        ("town", "hamlet", "440783103230", "甲村", "level"),
        ("town", "village", "440783104230", "甲村", "code"),
        ("town", "village", "44078310323", "甲村", "code"),
        ("town", "village", VILLAGE, "甲村", "code"),
        ("village", "grid", "440783103221009", "九网格", "code"),
        ("village", "grid", "４４０７８３１０３２２０００９", "九网格", "code"),
        ("village", "grid", VILLAGE + "009", "", "name"),
        ("village", "grid", VILLAGE + "009", "甲\x00", "name"),
        ("village", "grid", VILLAGE + "009", "甲" * 100_000, "name"),
        ("village", "grid", VILLAGE + "009", "第一网格", "name"),
        (None, "township", "440783118000", "孤镇", "parent_code"),
    ],
)
def test_bad_areas_are_refused_beside_their_field(land, above, level, code, name, field):
    with pytest.raises(AreaRefused) as caught:
        add(above and getattr(land, above), level, code, name)
    assert caught.value.field == field
    assert Area.objects.count() == 10


def test_rename_keeps_the_code_and_leaves_a_trace(land):
    renamed = tree.rename(area=land.grid, name="墟市网格", actor=None)
    assert (renamed.name, renamed.initials) == ("墟市网格", "xswg")
    entry = AuditEntry.objects.get(verb="area.renamed")
    assert entry.detail == {"before": "第一网格", "after": "墟市网格"}
    tree.rename(area=land.grid, name="墟市网格", actor=None)
    assert AuditEntry.objects.filter(verb="area.renamed").count() == 1


def test_retire_names_what_stands_in_the_way(land):
    with pytest.raises(AreaRefused, match="下面还有 1 个在用的区域"):
        tree.retire(area=land.grid, actor=None)
    with pytest.raises(AreaRefused, match="不能停用"):
        tree.retire(area=land.county, actor=None)
    tree.retire(area=land.micro, actor=None)
    with pytest.raises(AreaRefused, match="已停用"):
        tree.retire(area=land.micro, actor=None)


def test_retire_asks_the_floors_above(land):
    guards = RETIRE_GUARDS.only(lambda area: None, lambda area: f"{area.name}还有工单")
    with guards, pytest.raises(AreaRefused, match="第一微网格还有工单"):
        tree.retire(area=land.micro, actor=None)


def test_codes_run_out_only_for_who_needs_one(land):
    assert len(tree.next_grid_codes(land.village, 997)) == 997
    add(land.grid, Level.MICROGRID, VILLAGE + "999", "末号微网格")
    assert tree.next_grid_codes(land.village, 0) == []
    with pytest.raises(AreaRefused, match="不够用"):
        tree.next_grid_code(land.village)


def test_codes_are_never_reused(land):
    assert tree.next_grid_code(land.village) == VILLAGE + "003"
    tree.retire(area=land.micro, actor=None)
    assert tree.next_grid_code(land.village) == VILLAGE + "003"
    with pytest.raises(AreaRefused, match="已被使用"):
        add(land.grid, Level.MICROGRID, VILLAGE + "002", "新微网格")
    assert scope.area_by_token(land.micro.token) is None


def test_successors_are_linked_and_must_fit(land):
    heir = add(land.grid, Level.MICROGRID, VILLAGE + "003", "第二微网格")
    with pytest.raises(AreaRefused, match="层级不同"):
        tree.retire(area=land.micro, successors=[land.grid], actor=None)
    tree.retire(area=land.micro, successors=[heir], actor=None)
    link = AreaSuccession.objects.get()
    assert (link.predecessor_id, link.successor_id) == (land.micro.pk, heir.pk)
    with pytest.raises(AreaRefused, match="已停用"):
        add(land.micro, Level.MICROGRID, VILLAGE + "004", "第四微网格")


def test_a_failed_verb_leaves_nothing(land, monkeypatch):
    monkeypatch.setattr(tree.audit, "record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        add(land.village, Level.GRID, VILLAGE + "009", "第九网格")
    assert not Area.objects.filter(code=VILLAGE + "009").exists()
    assert AREAS.damage() == {}


def test_stale_nodes_do_not_mislead_the_writer(land):
    """`land.village` was read before its siblings moved every bound; the verb reads it again."""
    for n in range(3, 9):
        add(land.village, Level.GRID, f"{VILLAGE}{n:03d}", f"{n}网格")
    assert AREAS.damage() == {}
    assert scope.children_table(Area.objects.get(code=VILLAGE)).count() == 7


def test_stale_nodes_do_not_mislead_the_reader(land):
    """Every fixture was read while the tree was smaller; its own bounds now point elsewhere."""
    assert land.town.rght != Area.objects.get(pk=land.town.pk).rght
    assert scope.areas_below(land.town, [Level.GRID]).count() == 2
    assert scope.areas_below(land.town2, [Level.GRID]).get() == land.grid3
    assert scope.ancestors(land.grid3)[1] == land.town2
    assert Area.objects.filter(scope.at_or_below([land.village])).count() == 3


def test_planned_households_count_upwards(land):
    tree.set_planned_households(area=land.grid2, count=120, actor=None)
    tree.set_planned_households(area=land.grid3, count=50, actor=None)
    counts = dict(Area.objects.values_list("code", "household_count"))
    assert (counts[TOWN], counts["440783116000"], counts["440783000000"]) == (120, 50, 170)
    tree.set_planned_households(area=land.grid2, count=100, actor=None)
    assert Area.objects.get(pk=land.county.pk).household_count == 150
    tree.retire(area=land.grid2, actor=None)
    assert Area.objects.get(pk=land.county.pk).household_count == 50
    with pytest.raises(AreaRefused):
        tree.set_planned_households(area=land.town, count=1, actor=None)


def test_children_table_costs_one_query(land, django_assert_num_queries):
    village = Area.objects.get(pk=land.village.pk)
    with django_assert_num_queries(1):
        assert [(a.code, a.parts) for a in scope.children_table(village)] == [(VILLAGE + "001", 1)]
    assert [(row["level"], row["n"]) for row in scope.counts_below(Area.objects.get(pk=land.town.pk))] == [
        ("village", 2),
        ("grid", 2),
        ("microgrid", 1),
    ]
