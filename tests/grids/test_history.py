"""The log of the areas: what any area was on any day, after any course of events."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from core import clock
from core.models import AuditEntry
from grids import doctor, history, scope, tree
from grids.levels import Level
from grids.models import Area, AreaEvent
from grids.tree import AreaRefused
from tests.grids.conftest import COUNTY, TOWN, VILLAGE, add

START = clock.now().replace(microsecond=0) - timedelta(days=400)


def day(n):
    return clock.at(START + timedelta(days=n))


def test_every_verb_leaves_an_entry_and_the_past_stays(land):
    before = clock.now()
    tree.rename(area=land.grid2, name="墟市网格", actor=None)
    tree.set_kind(area=land.grid2, kind="special", purpose="market", actor=None)
    tree.set_planned_households(area=land.grid2, count=120, actor=None)
    tree.retire(area=land.grid2, actor=None)
    assert [e.verb for e in history.of(land.grid2)] == ["retired", "planned", "kind", "renamed", "added"]
    assert history.as_of(land.grid2, before).name == "第一网格"
    newest = history.as_of(land.grid2, clock.now())
    assert (newest.name, newest.purpose, newest.is_in_use) == ("墟市网格", "market", False)
    assert history.as_of(land.grid2, before - timedelta(days=900)) is None
    assert {e.area_id for e in history.parts_as_of(land.village2, before)} == {land.grid2.pk}
    assert not history.parts_as_of(land.village2, clock.now()).exists()
    assert history.counts_as_of(land.county, before) == {"township": 2, "village": 3, "grid": 3, "microgrid": 1}


def test_a_retirement_can_be_taken_back_until_its_name_is_taken(land):
    tree.retire(area=land.grid2, actor=None)
    back = tree.restore(area=land.grid2, planned_households=30, actor=None)
    assert (back.retired_at, back.household_count) == (None, 30)
    assert Area.objects.get(pk=land.county.pk).household_count == 30
    with pytest.raises(AreaRefused, match="不用恢复"):
        tree.restore(area=land.grid2, actor=None)
    tree.retire(area=land.grid2, actor=None)
    add(land.village2, Level.GRID, land.village2.code + "002", "第一网格")
    with pytest.raises(AreaRefused, match="同一上级下已有"):
        tree.restore(area=land.grid2, actor=None)
    tree.retire(area=land.micro, actor=None)
    tree.retire(area=land.grid, actor=None)
    with pytest.raises(AreaRefused, match="上级"):
        tree.restore(area=land.micro, actor=None)


def test_a_special_grid_says_for_what_and_a_general_one_does_not(land):
    for kind, purpose, field in (("general", "market", "purpose"), ("special", "x", "purpose"), ("x", "", "kind")):
        with pytest.raises(AreaRefused) as caught:
            tree.set_kind(area=land.grid, kind=kind, purpose=purpose, actor=None)
        assert caught.value.field == field
    with pytest.raises(AreaRefused):
        tree.set_kind(area=land.micro, kind="general", actor=None)
    tree.set_kind(area=land.grid, kind="general", actor=None)
    assert not AuditEntry.objects.filter(verb="area.kind").exists(), "nothing changed, nothing noted"


def test_buildings_and_units_stand_between_grid_and_microgrid(land):
    building = add(land.grid, Level.BUILDING, VILLAGE + "003", "1栋")
    unit = add(building, Level.UNIT, VILLAGE + "004", "1单元")
    micro = add(unit, Level.MICROGRID, VILLAGE + "005", "1单元微网格")
    assert scope.path_of(micro)["grid_id"] == land.grid.pk
    with pytest.raises(AreaRefused):
        add(land.grid, Level.UNIT, VILLAGE + "006", "2单元")


def test_the_sheet_on_the_wall_leads_to_who_took_over(land):
    heirs = [add(land.village, Level.GRID, f"{VILLAGE}{n:03d}", f"{n}网格") for n in (3, 4)]
    tree.set_planned_households(area=heirs[1], count=9, actor=None)
    tree.retire(area=land.micro, actor=None)
    tree.retire(area=land.grid, successors=heirs, actor=None)
    assert scope.area_by_token(land.grid.token) == heirs[1]
    tree.retire(area=heirs[1], successors=[heirs[0]], actor=None)
    assert scope.area_by_token(land.grid.token) == heirs[0]
    assert scope.area_by_token(land.micro.token) is None, "nobody took over"


def test_doctor_finds_an_area_that_changed_behind_its_log(land):
    assert doctor.log_agrees(False) == []
    Area.objects.filter(pk=land.grid.pk).update(name="偷改网格")
    AreaEvent.objects.filter(area=land.micro).delete()
    assert len(doctor.log_agrees(True)) == 2
    assert doctor.log_agrees(False) == []


VERBS = st.lists(
    st.tuples(st.sampled_from(["add", "rename", "kind", "plan", "retire", "restore"]), st.integers(0, 5)),
    min_size=1,
    max_size=12,
)


class AsOfAgreesWithTheLog(TestCase):
    """Whatever happened, asking for a day gives what one would have seen on that day."""

    @given(VERBS)
    @effort(max_examples=25)
    def test_any_course_of_events(self, verbs):
        with day(0):
            town = add(add(None, Level.COUNTY, COUNTY, "开平市"), Level.TOWNSHIP, TOWN, "沙塘镇")
            village = add(town, Level.VILLAGE, VILLAGE, "丽新村委会")
            grids = [add(village, Level.GRID, f"{VILLAGE}{n:03d}", f"{n}网格") for n in (1, 2)]
        seen = [self.standing(village)]
        for n, (verb, pick) in enumerate(verbs, 1):
            with day(n):
                self.act(verb, grids, pick, n, village)
            seen.append(self.standing(village))
        for n, standing in enumerate(seen):
            asked = history.below_as_of(village, START + timedelta(days=n, hours=1))
            found = {e.area_id: (e.name, e.kind, e.purpose, e.planned_households) for e in asked}
            assert found == standing, f"day {n} of {verbs}"

    @staticmethod
    def standing(village):
        rows = Area.objects.in_use().filter(scope.at_or_below([village]))
        return {a.pk: (a.name, a.kind, a.purpose, a.planned_households) for a in rows}

    @staticmethod
    def act(verb, grids, pick, n, village):
        one = grids[pick % len(grids)]
        try:
            if verb == "add":
                grids.append(add(village, Level.GRID, tree.next_grid_code(village), f"新{n}网格"))
            elif verb == "rename":
                tree.rename(area=one, name=f"改{n}网格", actor=None)
            elif verb == "kind":
                tree.set_kind(area=one, kind="special", purpose="school", actor=None)
            elif verb == "plan":
                tree.set_planned_households(area=one, count=n * 10, actor=None)
            elif verb == "retire":
                tree.retire(area=one, actor=None)
            else:
                tree.restore(area=one, planned_households=n, actor=None)
        except AreaRefused:
            return
