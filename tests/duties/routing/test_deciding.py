"""Whose duty a thing is: one example for each first level, and what happens when an office is missing."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from duties.models import DutyItem
from duties.routing import dispatching
from duties.routing.deciding import Decision, NoListInForceError, decide, item_by_code, version_in_force
from members.models import Department
from members.roles import Role
from tests.duties.conftest import person


@pytest.mark.parametrize(
    ("code", "first_level", "lead", "assisting"),
    [
        ("A01", "grid", "应急管理办", ["综合行政执法办", "规划建设办"]),
        ("C02", "village", "规划建设办", ["供电所"]),
        ("A07", "town", "水利所", ["公共服务办", "应急管理办"]),
        ("A03", "county", "县住建局", ["供水燃气企业", "县市场监管局", "消防救援大队"]),
    ],
)
def test_who_takes_it_in_a_township_with_offices(lists, code, first_level, lead, assisting):
    decision = decide(item_by_code(code), lists.grid)
    assert (decision.first_level, decision.lead.name) == (first_level, lead)
    assert [unit.name for unit in decision.assisting] == assisting
    assert decision.why[0].text.startswith(f"清单 {code}（第 1 版）载明牵头部门为")
    assert Department.objects.get(pk=decision.lead.id).short_name == lead


def test_one_office_for_several_departments_is_named_once(lists):
    """JT and ZJ share the planning office: leading, it does not assist itself."""
    decision = decide(item_by_code("C02"), lists.grid)
    assert "规划建设办" not in [unit.name for unit in decision.assisting]


def test_without_an_office_the_county_department_takes_it(lists):
    decision = decide(item_by_code("C02"), lists.far_village)
    assert decision.lead.name == "县住建局"
    assert "赤水镇没有对应县住建局的机构" in decision.why[1].text


def test_a_retired_office_takes_nothing(lists):
    Department.objects.filter(short_name="规划建设办").update(retired_at=clock.now())
    assert decide(item_by_code("C02"), lists.grid).lead.name == "县住建局"
    assert decide(item_by_code("C02"), lists.grid, on=date(2020, 1, 1)).lead.name == "规划建设办"


def test_a_kept_rule_goes_first_until_it_ends_or_its_department_is_gone(lists):
    item, county_office = item_by_code("C02"), Department.objects.get(code="JT")
    rule = dispatching.keep(
        township_id=lists.town.pk, item_code="C02", lead=county_office, assisting=(), source="ST26-1101-001", actor=None
    )
    kept = decide(item, lists.grid)
    assert (kept.lead.id, kept.why[0].rule) == (county_office.pk, "rule")
    assert decide(item, lists.far_village).why[0].rule == "list"
    Department.objects.filter(pk=county_office.pk).update(retired_at=clock.now())
    gone = decide(item, lists.grid)
    assert (gone.lead.name, gone.why[0].rule) == ("规划建设办", "idle_rule")
    Department.objects.filter(pk=county_office.pk).update(retired_at=None)
    dispatching.revoke(rule=rule, reason="职责已划转", actor=person(Role.LIST_ADMIN, "huang", lists.county))
    assert decide(item, lists.grid).lead.name == "规划建设办"


def test_limits_come_from_the_item_or_its_grade(lists):
    lamp = decide(item_by_code("C02"), lists.town)
    assert (lamp.accept.notation, lamp.claim.notation) == ("4wh", "4wh")
    assert (lamp.respond.notation, lamp.resolve.notation) == ("1wd", "3wd")
    assert lamp.resolve.label == "3 个工作日"
    assert lamp.grade_name == "一般"
    gas = decide(item_by_code("A03"), lists.town)
    assert (gas.respond.notation, gas.resolve.notation, gas.enforcement_body) == ("30m", "8h", "住建部门")
    assert gas.why[-1].rule == "enforcement"


def test_a_decision_survives_storage(lists):
    for item in DutyItem.objects.all():
        decision = decide(item, lists.grid)
        assert Decision.from_json(decision.as_json()) == decision
    with pytest.raises(ValueError, match="shape"):
        Decision.from_json({"lead": 1})


@pytest.mark.parametrize("code", ["A01", "C02", "A07", "A03"])
def test_six_queries_at_most(lists, code):
    item = DutyItem.objects.get(code=code)
    with CaptureQueriesContext(connection) as seen:
        decide(item, lists.grid)
    assert len(seen) <= 6


def test_the_version_in_force_is_that_of_the_day(lists):
    assert version_in_force(lists.county).number == 1
    assert version_in_force(lists.county, date(2026, 1, 1)).number == 1
    with pytest.raises(NoListInForceError):
        version_in_force(lists.county, date(2025, 12, 31))
    with pytest.raises(NoListInForceError):
        item_by_code("C02", date(2025, 12, 31))


@pytest.mark.parametrize("code", ["", "Z99", "c02", "\0", "C02\0", "9" * 100_000])
def test_an_unknown_code_is_refused(lists, code):
    with pytest.raises(NoListInForceError):
        item_by_code(code)
