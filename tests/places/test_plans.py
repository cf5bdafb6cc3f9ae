"""Plans to reshape grids: what a draft may be, what carrying one out does, and taking it back."""

from datetime import timedelta

import pytest

from core import clock
from core.doctor import examine
from core.errors import Conflict
from core.jobs import outbox
from core.models import AuditEntry
from grids import history, households, scope, tree
from grids.levels import Level
from grids.models import Area, AreaSuccession, Household
from grids.tree import AreaRefused
from insights import doctor
from insights.counting import tally
from issues.models import Ticket, TicketEvent
from issues.workflow import State
from ledgers.rules import Aim
from members import posts
from members.models import Post, Side
from members.posts import PostRefused
from members.roles import Role
from places import staffing
from places.models import Plan
from places.plans import carrying, drafting
from places.plans.drafting import PlanRefused
from places.plans.preview import preview
from places.rules import How
from tests.ledgers.conftest import campaign
from tests.mediation.conftest import opened
from tests.places.conftest import carry_out, drafted, homes, in_use, part
from tests.tickets import at_state

G1, G2, G3 = "长庆里1组", "长庆里2组", "长庆里3组"


def clean():
    return {name: found for name, found in examine(fix=False).items() if found}


def split(ground):
    plan = drafted(ground.system_admin, "split", ground.microgrid)
    east = part(ground.system_admin, plan, "东片微网格", G1, G2)
    west = part(ground.system_admin, plan, "西片微网格")
    return plan, east, west


def test_a_split_moves_households_posts_and_open_tickets(ground):
    open_one, ended = at_state(ground, State.HANDLING), at_state(ground, State.CLOSED)
    plan, east, west = split(ground)
    shown = preview(plan)
    assert [p.after for p in shown.parts] == [20, 11]
    assert shown.balance.verdict == "fair"
    assert {one.label: len(one.going) for one in shown.along} == {"岗位": 1, "未办结工单": 1}
    done = carry_out(ground.system_admin, plan)
    east.refresh_from_db()
    west.refresh_from_db()
    old = Area.objects.get(pk=ground.microgrid.pk)
    assert (done.state, old.household_count) == ("applied", 0)
    assert old.retired_at
    assert Household.objects.filter(area=east.area).count() == 20
    assert set(AreaSuccession.objects.filter(predecessor=old).values_list("successor", flat=True)) == {
        east.area_id,
        west.area_id,
    }
    assert Post.objects.held().get(user=ground.worker).area_id == east.area_id, "the heir is who takes most"
    open_one.refresh_from_db()
    went_with = west.area_id if open_one.household_id else east.area_id
    assert open_one.area_id == went_with
    assert Ticket.objects.get(pk=ended.pk).area_id == old.pk
    event = TicketEvent.objects.filter(ticket=open_one).latest("version")
    assert (event.action, event.facts["area"], event.is_public) == ("relocate", open_one.area_id, False)
    assert scope.area_by_token(old.token) == east.area
    assert history.of(old).first().verb == "moved"
    assert clean() == {}
    tally.catch_up()
    assert doctor.tallies_agree(False) == [], "the board counts the ticket where it now lies"


def test_taken_back_within_a_day_everything_is_as_it_was(ground):
    ticket = at_state(ground, State.HANDLING)
    before, areas = homes(), in_use()
    plan, east, _west = split(ground)
    done = carry_out(ground.system_admin, plan)
    east.refresh_from_db()
    new = households.register(area=east.area, address="新 1 号", actor=None)
    undone = carrying.undo(plan=done, actor=ground.system_admin)
    assert undone.state == "undone"
    new.refresh_from_db()
    assert new.area_id == ground.microgrid.pk, "what came meanwhile goes to who gave most"
    households.retire(household=new, reason="测试", actor=None)
    assert {pk: home for pk, home in homes().items() if pk != new.pk} == before
    assert in_use() == areas
    assert Post.objects.held().get(user=ground.worker).area_id == ground.microgrid.pk
    assert Ticket.objects.get(pk=ticket.pk).area_id == ground.microgrid.pk
    assert not AreaSuccession.objects.exists()
    assert clean() == {}
    with pytest.raises(Conflict):
        carrying.undo(plan=done, actor=ground.system_admin)


def test_after_a_day_or_when_built_upon_it_stays(ground):
    plan, east, west = split(ground)
    done = carry_out(ground.system_admin, plan)
    east.refresh_from_db()
    west.refresh_from_db()
    merge = carry_out(ground.system_admin, drafted(ground.system_admin, "merge", west.area, into=east.area))
    with pytest.raises(PlanRefused, match="请先撤销它"):
        carrying.undo(plan=done, actor=ground.system_admin)
    carrying.undo(plan=merge, actor=ground.system_admin)
    with clock.at(clock.now() + timedelta(days=1, minutes=1)), pytest.raises(PlanRefused, match="超过一天"):
        carrying.undo(plan=done, actor=ground.system_admin)
    carrying.undo(plan=done, actor=ground.system_admin)
    assert clean() == {}


def test_a_merge_brings_everybody_together_and_a_double_post_survives_undoing(ground):
    posts.assign(user=ground.worker, role=Role.GRID_WORKER, area=ground.second_microgrid, actor=None)
    before, areas = homes(), in_use()
    plan = drafted(ground.system_admin, "merge", ground.second_microgrid, into=ground.microgrid)
    done = carry_out(ground.system_admin, plan)
    assert Post.objects.held().filter(user=ground.worker).count() == 1
    assert Post.objects.held().get(user=ground.second_worker).area_id == ground.microgrid.pk
    carrying.undo(plan=done, actor=ground.system_admin)
    assert (homes(), in_use()) == (before, areas)
    assert Post.objects.held().filter(user=ground.worker).count() == 2
    assert Post.objects.held().get(user=ground.second_worker).area_id == ground.second_microgrid.pk


def test_dividing_a_grid_leaves_it_in_use_above_its_microgrids(ground):
    plan = drafted(ground.system_admin, "divide", ground.sibling_grid)
    households.register_many(
        rows=[households.NewHousehold(ground.sibling_grid, f"{n}组1号") for n in range(1, 6)], actor=None
    )
    drafting.suggest(plan=plan, parts=2, actor=ground.system_admin)
    done = carry_out(ground.system_admin, plan)
    made = [t.area for t in done.targets.order_by("pk")]
    assert [(a.level, a.parent_id, a.name) for a in made] == [
        ("microgrid", ground.sibling_grid.pk, "锦星村1号微网格"),
        ("microgrid", ground.sibling_grid.pk, "锦星村2号微网格"),
    ]
    assert [a.household_count for a in Area.objects.filter(pk__in=[a.pk for a in made])] == [3, 3]
    assert Area.objects.get(pk=ground.sibling_grid.pk).household_count == 6
    assert Post.objects.held().get(user=ground.sibling_worker).area_id == ground.sibling_grid.pk
    carrying.undo(plan=done, actor=ground.system_admin)
    assert not Area.objects.in_use().filter(parent=ground.sibling_grid).exists()
    assert clean() == {}


def test_a_transfer_takes_a_range_of_numbers_on_one_side_of_the_street(ground):
    plan = drafted(ground.system_admin, "transfer", ground.microgrid, into=ground.second_microgrid)
    target = plan.targets.get()
    value = {"group": G1, "first": 1, "last": 7, "parity": "odd"}
    drafting.choose(plan=plan, target=target, how=How.RANGE, value=value, actor=ground.system_admin)
    done = carry_out(ground.system_admin, plan)
    moved = Household.objects.filter(area=ground.second_microgrid).values_list("address", flat=True)
    assert sorted(moved) == [f"{G1}{n}号" for n in (1, 3, 5, 7)]
    assert done.moves.count() == 4
    assert not Area.objects.get(pk=ground.microgrid.pk).retired_at
    assert clean() == {}


def test_a_regrouping_gives_out_the_households_of_several(ground):
    plan = drafted(ground.system_admin, "regroup", ground.microgrid, ground.second_microgrid)
    kept = drafting.add_part(plan=plan, area=ground.second_microgrid, actor=ground.system_admin)
    drafting.choose(plan=plan, target=kept, how=How.GROUPS, value={"groups": [G1]}, actor=ground.system_admin)
    part(ground.system_admin, plan, "新设微网格")
    done = carry_out(ground.system_admin, plan)
    assert Household.objects.filter(area=ground.second_microgrid).count() == 10
    assert Area.objects.get(pk=ground.microgrid.pk).retired_at
    assert not Area.objects.get(pk=ground.second_microgrid.pk).retired_at
    carrying.undo(plan=done, actor=ground.system_admin)
    assert clean() == {}


def test_planned_grids_are_split_by_their_plan(ground):
    tree.set_planned_households(area=ground.other_grid, count=7, actor=None)
    Household.objects.filter(area=ground.other_grid).update(retired_at=clock.now())
    plan = drafted(ground.system_admin, "split", ground.other_grid)
    drafting.suggest(plan=plan, parts=2, names=["甲网格"], actor=ground.system_admin)
    done = carry_out(ground.system_admin, plan)
    made = [t.area for t in done.targets.order_by("pk")]
    assert [(a.name, a.planned_households) for a in Area.objects.filter(pk__in=[a.pk for a in made])] == [
        ("甲网格", 4),
        ("永安村2号网格", 3),
    ]
    carrying.undo(plan=done, actor=ground.system_admin)
    assert Area.objects.get(pk=ground.other_grid.pk).planned_households == 7
    assert clean() == {}


def test_what_stands_in_the_way_is_said_and_nothing_is_done(ground):
    user = ground.system_admin
    plan = drafted(user, "split", ground.microgrid)
    one = drafting.add_part(plan=plan, name="东片", actor=user)
    drafting.add_part(plan=plan, name="红岭村2号微网格", actor=user)
    drafting.choose(plan=plan, target=one, how=How.GROUPS, value={"groups": [G1]}, actor=user)
    shown = preview(plan)
    words = "；".join(shown.problems)
    assert "“红岭村1号微网格”还有 21 户没有去处" in words
    assert "“红岭村2号微网格”一户也没有分到" in words
    assert "同一上级下已有“红岭村2号微网格”" in words
    before = in_use()
    with pytest.raises(PlanRefused):
        carrying.apply(plan=plan, fingerprint=shown.fingerprint, actor=user)
    assert in_use() == before
    whole = drafted(user, "split", ground.grid)
    assert "下面还有 2 个微网格" in "；".join(preview(whole).problems)


def test_a_change_after_the_preview_is_noticed(ground):
    plan, _east, _west = split(ground)
    shown = preview(plan)
    households.register(area=ground.microgrid, address="4组1号", actor=None)
    with pytest.raises(Conflict, match="重新看一遍"):
        carrying.apply(plan=plan, fingerprint=shown.fingerprint, actor=ground.system_admin)
    shown = preview(plan)
    drafting.drop_choice(plan=plan, key=plan.choices.first().pk, actor=ground.system_admin)
    with pytest.raises(Conflict):
        carrying.apply(plan=plan, fingerprint=shown.fingerprint, actor=ground.system_admin)


@pytest.mark.parametrize(
    ("kind", "sources", "into", "says"),
    [
        ("split", ["village"], None, "只能一起调整同一层级"),
        ("split", ["microgrid", "second_microgrid"], None, "最多选 1 个"),
        ("regroup", ["microgrid", "sibling_grid"], None, "同一层级"),
        ("regroup", ["grid", "sibling_grid"], None, "同一上级"),
        ("divide", ["microgrid"], None, "只有网格可以划分"),
        ("merge", ["grid"], None, "请选择接收"),
        ("merge", ["grid"], "grid", "不能并入它自己"),
        ("merge", ["grid"], "sibling_grid", "同一村社"),
        ("transfer", ["grid"], "village", "接收的须是在用"),
        ("split", [], None, "请选择要调整的网格"),
    ],
)
def test_plans_that_cannot_be(ground, kind, sources, into, says):
    with pytest.raises(PlanRefused, match=says):
        drafting.draft(
            kind=kind,
            sources=[getattr(ground, name) for name in sources],
            into=into and getattr(ground, into),
            actor=ground.system_admin,
        )
    assert not Plan.objects.exists()


def test_parts_and_choices_have_their_rules(ground):
    user = ground.system_admin
    plan = drafted(user, "split", ground.microgrid)
    drafting.add_part(plan=plan, name="东片", actor=user)
    for name, says in (("东片", "已有"), ("", "请填写名称"), ("甲" * 61, "请填写名称")):
        with pytest.raises(PlanRefused, match=says):
            drafting.add_part(plan=plan, name=name, actor=user)
    with pytest.raises(PlanRefused, match="只能新设"):
        drafting.add_part(plan=plan, area=ground.second_microgrid, actor=user)
    part(user, plan, "西片")
    with pytest.raises(PlanRefused, match="只能给一个"):
        part(user, plan, "南片")
    drafting.discard(plan=plan, actor=user)
    with pytest.raises(Conflict, match="已作废"):
        drafting.add_part(plan=plan, name="北片", actor=user)


def test_what_was_filed_while_a_plan_was_carried_out_is_taken_along_later(ground):
    plan, east, _west = split(ground)
    done = carry_out(ground.system_admin, plan)
    east.refresh_from_db()
    ticket = _filed(ground)
    Ticket.objects.filter(pk=ticket.pk).update(**scope.path_of(Area.objects.get(pk=ground.microgrid.pk)))
    with clock.at(clock.now() + timedelta(minutes=6)):
        outbox.drain_inline()
    ticket.refresh_from_db()
    assert ticket.area_id == east.area_id
    assert done.effects.filter(key="tickets", row=ticket.pk).exists()


def _filed(ground):
    from issues.engine.actions import Once, place
    from issues.engine.actors import resident
    from issues.engine.new_ticket import NewTicket
    from issues.models import Source

    once = Once("resident:x", "0199a000-0000-7000-8000-00000000000a", {})
    new = NewTicket(area=ground.second_microgrid, source=Source.ORDER, description="路灯不亮")
    return place(new, actor=resident(), once=once)


def test_an_area_with_open_tickets_is_not_retired_by_hand(ground):
    Household.objects.filter(area=ground.second_microgrid).update(retired_at=clock.now())
    Post.objects.filter(area=ground.second_microgrid).update(ends_on=clock.today())
    _filed(ground)
    with pytest.raises(AreaRefused, match="1 件未办结的工单"):
        tree.retire(area=ground.second_microgrid, actor=None)


def test_the_trail_names_codes_only(ground):
    plan, _east, _west = split(ground)
    carry_out(ground.system_admin, plan)
    entry = AuditEntry.objects.get(verb="plan.applied")
    assert entry.detail == {"kind": "split", "moved": 31}
    assert AuditEntry.objects.filter(verb="area.added", detail__level=Level.MICROGRID).exists()


def test_open_disputes_and_households_still_to_be_looked_at_go_along_and_come_back(ground):
    dispute = opened(ground)
    begun = campaign(ground, aim=Aim.HOUSEHOLDS, places=[ground.microgrid])
    plan, east, _west = split(ground)
    labels = {one.label: len(one.going) for one in preview(plan).along}
    assert (labels["未结纠纷"], labels["待看的排查对象"]) == (1, 31)
    done = carry_out(ground.system_admin, plan)
    east.refresh_from_db()
    dispute.refresh_from_db()
    assert dispute.area_id == east.area_id
    assert begun.targets.filter(area=east.area).count() == 20
    carrying.undo(plan=done, actor=ground.system_admin)
    dispute.refresh_from_db()
    assert dispute.area_id == ground.microgrid.pk
    assert begun.targets.filter(area=ground.microgrid).count() == 31
    assert clean() == {}


def test_a_merge_that_leaves_too_many_chiefs_is_warned_of_and_carried_out(ground):
    user, other = ground.system_admin, _grid(ground)
    for person, area in (("grid_worker", ground.grid), ("sibling_worker", other), ("other_worker", other)):
        posts.assign(user=getattr(ground, person), role=Role.GRID_CHIEF, area=area, actor=None)
    posts.assign(user=ground.handler, role=Role.GRID_CHIEF, area=other, side=Side.B, actor=None)
    plan = drafted(user, "merge", other, into=ground.grid)
    assert "“红岭村网格”将有 4 名网格长，一个网格最多 2 名；实施后请给多出的定离岗日" in preview(plan).warnings
    done = carry_out(user, plan)
    assert _crowded(ground) == 1
    with pytest.raises(PostRefused):
        posts.assign(user=ground.worker, role=Role.GRID_CHIEF, area=ground.grid, actor=None)
    carrying.undo(plan=done, actor=user)
    assert _crowded(ground) == 0


def test_a_chief_of_both_grids_counts_once_when_they_merge(ground):
    other = _grid(ground)
    for person in ("chief", "grid_worker"):
        posts.assign(user=getattr(ground, person), role=Role.GRID_CHIEF, area=other, actor=None)
    plan = drafted(ground.system_admin, "merge", other, into=ground.grid)
    assert not [text for text in preview(plan).warnings if "网格长" in text]


def _crowded(ground):
    """How many grids of the central village have too many chiefs."""
    return {key: n for key, _words, n in staffing.summary(ground.village).gaps}["many_chiefs"]


def _grid(ground):
    """Another grid of the central village with one household."""
    code = tree.next_grid_code(ground.village)
    made = tree.add(parent=ground.village, level=Level.GRID, code=code, name="红岭村二网格", kind="general", actor=None)
    households.register(area=made, address="新安里1号", actor=None)
    return made
