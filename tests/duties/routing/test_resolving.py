"""Who takes an item: every word that routing goes by, and which of them is the stronger."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from core import clock
from duties.models import Assignment, DispatchRule, DutyItem, Kind, PlaceKind
from duties.routing import powers, routing_context
from duties.routing.deciding import decide, item_by_code, with_relations
from duties.routing.resolving import deciding, take
from duties.routing.routing_context import is_urban
from grids import tree
from grids.levels import Level
from tests.duties.ground import assign, keep, office, retire


@pytest.fixture
def land(cast):
    """The township with a community beside its village."""
    community = tree.add(parent=cast.town, level=Level.VILLAGE, code="440783103001", name="沙塘居委会", actor=None)
    return SimpleNamespace(**vars(cast), community=community)


def lead_of(code, area, **on):
    return decide(item_by_code(code), area, **on).lead.name


@pytest.mark.parametrize(
    ("code", "urban"),
    [
        ("440783103001", True),
        ("440783103199003", True),
        ("440783103200", False),
        ("440783103229002", False),
        ("440783103000", None),
        ("440783000000", None),
    ],
)
def test_communities_are_urban(code, urban):
    assert is_urban(code) is urban


def test_a_power_goes_before_the_list_and_says_on_what_ground(land):
    assign(land)
    decision = decide(item_by_code("C02"), land.grid)
    assert decision.lead.name == "农业农村办"
    told = deciding(decision.why)
    assert (told.rule, decision.why[0]) == ("power", told)
    assert "县住建局已把此项赋予本镇" in told.text
    assert "镇府〔2026〕3 号" in told.text
    assert [unit.name for unit in decision.assisting] == ["供电所", "规划建设办"]  # the latter for 县交通局
    assert lead_of("C02", land.far_village) == "县住建局"


def test_a_power_of_a_department_that_leads_no_more_decides_nothing(land):
    row = assign(land)
    Assignment.objects.filter(pk=row.pk).update(grantor=office("JT"))
    assert lead_of("C02", land.grid) == "规划建设办"


def test_who_may_punish_follows_a_power_to_enforce_only(land):
    assign(land, Kind.ENFORCING, code="B03", to="ZF")
    assign(land, Kind.HANDLING, code="B07", to="ZF")
    assert decide(item_by_code("B03"), land.grid).enforcement_body == "综合行政执法办"
    assert decide(item_by_code("B07"), land.grid).enforcement_body == "城管部门"
    keep(land, office("CG"), code="B03")
    assert decide(item_by_code("B03"), land.grid).enforcement_body == "城管部门"


def test_a_power_reaches_items_that_begin_at_the_county(land):
    assert item_by_code("D03").first_level == "county"
    assign(land, Kind.ENFORCING, code="D03", to="ZF")
    assert lead_of("D03", land.grid) == "综合行政执法办"


def test_the_kind_of_place_counts(land):
    assign(land, Kind.OVERRIDE, to="ZF", ground=PlaceKind.URBAN)
    assert lead_of("C02", land.community) == "综合行政执法办"
    assert lead_of("C02", land.grid) == "规划建设办"
    assert lead_of("C02", land.town) == "规划建设办"
    assign(land, Kind.OVERRIDE, to="NN")
    assert (lead_of("C02", land.community), lead_of("C02", land.grid)) == ("综合行政执法办", "农业农村办")


def test_only_on_its_days(land):
    today = clock.today()
    assign(land, Kind.OVERRIDE, starts_on=today, ends_on=today + timedelta(days=2))
    for days, lead in ((-1, "规划建设办"), (0, "农业农村办"), (2, "农业农村办"), (3, "规划建设办")):
        assert lead_of("C02", land.grid, on=today + timedelta(days=days)) == lead


def test_from_the_weakest_word_to_the_strongest(land):
    seen = [lead_of("C02", land.grid)]
    assign(land, to="NN")
    seen.append(lead_of("C02", land.grid))
    own = assign(land, Kind.OVERRIDE, to="ZF")
    seen.append(lead_of("C02", land.grid))
    keep(land, office("JT"))
    decision = decide(item_by_code("C02"), land.grid)
    seen.append(decision.lead.name)
    assert seen == ["规划建设办", "农业农村办", "综合行政执法办", "县交通局"]
    assert [reason.rule for reason in decision.why[:4]] == ["rule", "override", "power", "list"]
    powers.end(assignment=own, reason="收回", actor=land.admin_user)
    assert "override" not in [reason.rule for reason in decide(item_by_code("C02"), land.grid).why]


def test_who_is_gone_is_passed_over_and_named(land):
    assign(land, to="NN")
    assign(land, Kind.OVERRIDE, to="ZF")
    retire(office("ZF", land.town))
    decision = decide(item_by_code("C02"), land.grid)
    assert decision.lead.name == "农业农村办"
    assert "本镇另行分工指定的综合行政执法办已停用" in next(r.text for r in decision.why if r.rule == "idle")
    retire(office("NN", land.town))
    assert lead_of("C02", land.grid) == "规划建设办"


def test_helpers_of_a_kept_rule_who_are_gone_are_left_out(land):
    keep(land, office("JT"), assisting=[office("SL"), office("CG")])
    retire(office("SL"))
    assert [unit.name for unit in decide(item_by_code("C02"), land.grid).assisting] == ["县城管局"]


def test_queries_stay_few_whatever_is_registered(land):
    assign(land)
    assign(land, Kind.OVERRIDE, to="ZF")
    keep(land, office("JT"), assisting=[office("SL")])
    item = DutyItem.objects.get(code="C02")
    with CaptureQueriesContext(connection) as seen:
        decide(item, land.grid)
    assert len(seen) <= 7


arrangements = st.lists(
    st.tuples(
        st.sampled_from(["handling", "override", "rule"]),
        st.sampled_from(["C02", "A01", "A03"]),
        st.sampled_from(["NN", "ZF", "SLS", "GF"]),
        st.sampled_from(["", "urban", "rural"]),
        st.booleans(),
    ),
    max_size=8,
)


@settings(max_examples=30)
@given(rows=arrangements)
def test_one_ticket_and_a_dry_run_decide_the_same(land, rows):
    """`of_item` and `of_all` read the same ground, whatever is registered and whoever is gone."""
    DispatchRule.objects.all().delete()
    Assignment.objects.all().delete()
    offices = {code: office(code, land.town) for code in ("NN", "ZF", "SLS", "GF")}
    for kind, code, to, where, is_gone in rows:
        _arrange(land, kind, code, offices[to], where)
        offices[to].retired_at = clock.now() if is_gone else None
        offices[to].save(update_fields=["retired_at"])
    day, lands = clock.today(), routing_context.of_all(clock.today())
    for code in ("C02", "A01", "A03"):
        item = with_relations(item_by_code(code))
        for area in (land.community, land.village, land.grid):
            alone = decide(item, area)
            taken = take(item, lands[land.town.pk], urban=is_urban(area.code), on=day)
            assert (taken.lead.pk, [d.pk for d in taken.assisting]) == (
                alone.lead.id, [unit.id for unit in alone.assisting]
            )  # fmt: skip
            assert alone.lead.id not in [unit.id for unit in alone.assisting]
            assert taken.lead.retired_at is None
            assert deciding(alone.why) is not None


def _arrange(land, kind, code, to, where):
    if kind == "rule":
        keep(land, to, code=code)
        return
    item = item_by_code(code)
    Assignment.objects.create(
        kind=kind, township=land.town, item_code=code, ground=where, office=to, basis="x",
        grantor=item.lead if kind == "handling" else None, starts_on=date(2026, 1, 1), made_at=clock.now(),
    )  # fmt: skip
