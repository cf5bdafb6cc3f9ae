"""The page of dispatch rules: who reads which, and how one ends."""

import pytest

from core import clock
from core.errors import Conflict
from core.models import AuditEntry
from duties.models import DispatchRule
from duties.routing import dispatching
from members.models import Department
from members.roles import Role
from tests.duties.conftest import client_of, person

URL = "/lists/rules/"


@pytest.fixture
def rule(cast):
    lead = Department.objects.get(code="JT")
    return dispatching.keep(
        township_id=cast.town.pk, item_code="C02", lead=lead, assisting=(), source="ST26-1101-001", actor=None
    )


def test_one_reads_who_leads_since_when_and_may_end_it(cast, rule):
    page = cast.admin.get(URL).content.decode()
    assert "ST26-1101-001" in page
    assert str(rule.lead) in page
    assert f"{URL}{rule.pk}/end/" in page
    assert 'href="/lists/rules/"' in cast.admin.get("/lists/").content.decode()


def test_a_township_reads_its_own_and_ends_none(cast, rule):
    here = client_of(person(Role.TOWNSHIP_DISPATCHER, "here", cast.town))
    there = client_of(person(Role.TOWNSHIP_DISPATCHER, "there", cast.bare))
    assert "ST26-1101-001" in here.get(URL).content.decode()
    assert "/end/" not in here.get(URL).content.decode()
    assert "ST26-1101-001" not in there.get(URL).content.decode()
    assert "ST26-1101-001" not in there.get(f"{URL}?town={cast.town.code}").content.decode()
    assert here.post(f"{URL}{rule.pk}/end/", {"reason": "不同意"}).status_code == 403


def test_the_county_chooses_a_township(cast, rule):
    assert "ST26-1101-001" in cast.admin.get(f"{URL}?town={cast.town.code}").content.decode()
    assert "ST26-1101-001" not in cast.admin.get(f"{URL}?town={cast.bare.code}").content.decode()


def test_ending_needs_a_reason_and_keeps_it(cast, rule):
    url = f"{URL}{rule.pk}/end/"
    assert cast.admin.post(url, {"reason": " "}).status_code == 422
    assert dispatching.in_force().exists()
    assert cast.admin.post(url, {"reason": "职责已划转"}, follow=True).status_code == 200
    assert DispatchRule.objects.get().revoked_because == "职责已划转"
    assert AuditEntry.objects.get(verb="duties.rule_revoked").detail["reason"] == "职责已划转"
    assert "职责已划转" in cast.admin.get(f"{URL}?state=ended").content.decode()
    assert cast.admin.get(url).status_code == 404


def test_two_end_it_at_once_and_one_is_told(cast, rule):
    dispatching.revoke(rule=rule, reason="先到", actor=cast.second_user)
    with pytest.raises(Conflict):
        dispatching.revoke(rule=rule, reason="后到", actor=cast.admin_user)
    assert DispatchRule.objects.get().revoked_because == "先到"


def test_a_rule_for_a_department_that_is_gone_says_so(cast, rule, django_assert_num_queries):
    Department.objects.filter(pk=rule.lead_id).update(retired_at=clock.now())
    assert "已停用，现按清单派单" in cast.admin.get(URL).content.decode()
    with django_assert_num_queries(3):
        dispatching.lines(dispatching.listed(None, ended=False))
