"""What holds for any division: taken back or merged again, everything is where it was."""

from contextlib import suppress

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from grids import counting, households, tree
from grids.levels import Level
from grids.models import Area, Household
from grids.tree import AREAS
from members import accounts
from places.plans import addresses, balance, carrying, drafting
from places.plans.drafting import PlanRefused
from places.plans.preview import preview
from places.rules import How
from tests.grids.conftest import COUNTY, TOWN, VILLAGE, add
from tests.places.conftest import carry_out, drafted, homes, in_use

SIZES = st.lists(st.integers(1, 60), min_size=1, max_size=14)


@given(SIZES, st.integers(1, 8))
def test_cuts_cover_everything_and_none_is_empty(sizes, parts):
    if len(sizes) < parts:
        return
    ends = balance.cuts(sizes, parts)
    runs = [sizes[a:b] for a, b in zip([0, *ends], ends, strict=False)]
    assert [n for run in runs for n in run] == sizes
    assert all(runs)
    assert len(runs) == parts
    even = max(sum(sizes[len(sizes) * n // parts : len(sizes) * (n + 1) // parts]) for n in range(parts))
    assert max(map(sum, runs)) <= even, "no worse than cutting by count"


@given(st.text(max_size=60))
def test_any_address_lies_somewhere(text):
    where = addresses.where_is(text)
    addresses.order_key(where)
    assert where.number is None or where.number >= 0


def test_addresses_as_people_write_them():
    said = {
        "南安里1组12号": ("南安里1组", 12),
        "3栋2单元501室": ("3栋2单元", 501),
        "墟市路 8 号之2": ("墟市路", 8),
        "祠堂边": ("祠堂边", None),
        "第5号": ("", 5),
    }
    assert {text: (w.group, w.number) for text in said for w in [addresses.where_is(text)]} == said
    groups = sorted((addresses.where_is(f"{n}组1号") for n in (10, 2, 1)), key=addresses.order_key)
    assert [w.group for w in groups] == ["1组", "2组", "10组"]


class DivisionsComeBack(TestCase):
    """The same county as the tree's tests, one grid with households in up to five groups."""

    def ground(self, groups):
        town = add(add(None, Level.COUNTY, COUNTY, "开平市"), Level.TOWNSHIP, TOWN, "沙塘镇")
        self.village = add(town, Level.VILLAGE, VILLAGE, "丽新村委会")
        self.grid = add(self.village, Level.GRID, VILLAGE + "001", "第一网格")
        self.other = add(self.village, Level.GRID, VILLAGE + "002", "第二网格")
        self.user = accounts.create_user(username="x", name="甲", password=None, must_change_password=False, actor=None)
        rows = [
            households.NewHousehold(self.grid, f"{group}组{n}号")
            for group, size in enumerate(groups, 1)
            for n in range(1, size + 1)
        ]
        households.register_many(rows=rows, actor=None)

    def sound(self):
        assert AREAS.damage() == {}
        assert counting.recount() == []
        for row in Household.objects.select_related("area", "grid").iterator():
            assert row.area.retired_at is None
            assert row.grid_id in (row.area_id, row.area.parent_id)

    @given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.integers(2, 4), st.sampled_from(["split", "divide"]))
    @effort(max_examples=12)
    def test_any_division_can_be_taken_back(self, groups, parts, kind):
        self.ground(groups)
        before, areas = homes(), in_use()
        plan = drafted(self.user, kind, self.grid)
        drafting.suggest(plan=plan, parts=min(parts, sum(groups)), actor=self.user)
        done = carry_out(self.user, plan)
        self.sound()
        assert sorted(homes()) == sorted(before)
        carrying.undo(plan=done, actor=self.user)
        self.sound()
        assert (homes(), in_use()) == (before, areas)

    @given(st.lists(st.integers(1, 6), min_size=2, max_size=5), st.integers(2, 4))
    @effort(max_examples=12)
    def test_split_then_merge_brings_the_same_households_together(self, groups, parts):
        self.ground(groups)
        plan = drafted(self.user, "split", self.grid)
        drafting.suggest(plan=plan, parts=min(parts, sum(groups)), actor=self.user)
        carry_out(self.user, plan)
        first, *others = [t.area for t in plan.targets.order_by("pk")]
        done = carry_out(self.user, drafted(self.user, "merge", *others, into=first))
        self.sound()
        assert {home[0] for home in homes().values()} == {first.pk}
        assert Area.objects.get(pk=first.pk).household_count == sum(groups)
        assert set(done.sources.values_list("area", flat=True)) == {a.pk for a in others}

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["split", "merge", "transfer", "divide", "undo"]), st.integers(0, 9), st.integers(0, 9)
            ),
            max_size=6,
        )
    )
    @effort(max_examples=12)
    def test_any_course_of_plans_leaves_everything_sound(self, steps):
        self.ground([3, 2, 4])
        done, everybody = [], sorted(homes())
        for kind, one, two in steps:
            with suppress(PlanRefused, tree.AreaRefused):
                self.step(kind, one, two, done)
            self.sound()
            assert sorted(homes()) == everybody

    def step(self, kind, one, two, done):
        if kind == "undo":
            if done:
                carrying.undo(plan=done[-1], actor=self.user)
                done.pop()
            return
        grids = list(Area.objects.in_use().filter(level=Level.GRID).order_by("code"))
        source, into = grids[one % len(grids)], grids[two % len(grids)]
        plan = drafted(self.user, kind, source, into=into if kind in ("merge", "transfer") else None)
        if kind in ("split", "divide"):
            drafting.suggest(plan=plan, parts=2, actor=self.user)
        if kind == "transfer":
            value = {"groups": [f"{two % 3 + 1}组"]}
            drafting.choose(plan=plan, target=plan.targets.get(), how=How.GROUPS, value=value, actor=self.user)
        shown = preview(plan)
        done.append(carrying.apply(plan=plan, fingerprint=shown.fingerprint, actor=self.user))
