"""Pages of the gate: the register for everybody, applications for those concerned, forms, stale pages."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admission import queries
from admission.applications import actions
from admission.models import Admission, Asked
from admission.workflow.application_table import State
from admission.workflow.rules import DECLARED
from core import clock
from core.jobs import outbox
from members.navigation import rail_for
from members.roles import Role
from tests.admission.conftest import once

pytestmark = pytest.mark.django_db
REGISTER, LIST, NEW = (reverse(f"admission:{name}") for name in ("register", "applications", "new"))


def text(response):
    return response.content.decode()


def url(row, step=""):
    return reverse("admission:act", args=[row.pk, step]) if step else reverse("admission:detail", args=[row.pk])


def filled(**changes):
    day = clock.today()
    return {
        "idempotency_key": once().key,
        "kind": "form",
        "emergency": "",
        "title": "秋冬种面积统计表",
        "department": "NY",
        "content": "每月上报一次",
        "minutes": "40",
        "basis": "《农业统计工作办法》第八条",
        "policies": "",
        "starts_on": str(day),
        "wanted_until": str(day + timedelta(days=200)),
        "budget": "每格 200 元",
        "fields_asked": "秋冬种亩数\n主要作物",
        "reuse": "户数",
        "consequence": "无法核定",
        "item_code": "",
        **{f"rule_{rule}": "no" for rule in DECLARED},
    } | changes


def given(row, **fields):
    return {"idempotency_key": once().key, "version": str(row.version)} | fields


# ---- who sees what -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["worker", "verifier", "auditor", "system_admin", "list_admin", "handler"])
def test_the_register_is_everybodys(g, login, who):
    row = g.at(State.IN_FORCE)
    client = login(getattr(g.cast, who))
    page = text(client.get(REGISTER))
    assert row.title in page
    assert "35 分钟" in page
    assert client.get(url(row)).status_code == 200


def test_a_township_reads_what_a_grid_of_it_is_asked_for(g, login):
    g.at(State.IN_FORCE, townships=[g.cast.township])
    assert "沙塘镇每格每月共 35 分钟" in text(login(g.cast.worker).get(REGISTER))
    assert "水口镇每格每月共 0 分钟" in text(login(g.cast.other_worker).get(REGISTER))


def test_on_its_way_it_is_seen_by_those_concerned_only(g, login):
    row = g.at(State.CHECKED)
    for user in (g.of("NY"), g.of("BB"), g.of("ZFW"), g.cast.county_leader, g.cast.auditor):
        assert login(user).get(url(row)).status_code == 200, user
    for user in (g.of("WJ"), g.cast.worker, g.cast.town_dispatcher, g.cast.handler, g.cast.system_admin):
        assert login(user).get(url(row)).status_code == 404, user
    missing = login(g.cast.worker).get(reverse("admission:detail", args=[999_999]))
    assert missing.content == login(g.cast.worker).get(url(row)).content


def test_who_is_asked_sees_it_and_says_so_on_one_page(g, login):
    row = g.at(State.CONSULTING)
    asked, user = next((asked, user) for asked, user in g.asked(row) if asked.user_id)
    client = login(user)
    assert "征求您的意见" in text(client.get(REGISTER))
    assert row.number in text(client.get(LIST))
    page = text(client.get(url(row)))
    assert "提意见" in page
    others = [other.name for _one, other in g.asked(row) if other != user]
    assert not any(name in page for name in others)
    short = client.post(url(row, "opine"), given(row, stance="against", note=""))
    assert short.status_code == 422
    assert "写明理由" in text(short)
    answer = client.post(url(row, "opine"), given(row, stance="against", note="太频繁", estimate="90"))
    assert answer["Location"] == url(row)
    assert Asked.objects.get(pk=asked.pk).estimate == 90
    assert "征求您的意见" not in text(client.get(REGISTER))
    assert "太频繁" in text(login(g.of("SGB")).get(url(row)))
    assert "太频繁" not in text(login(g.of("NY")).get(url(row)))


def test_every_role_has_the_register_in_its_rail():
    for role in Role:
        urls = [link.url for group in rail_for([role.value]) for link in group["links"]]
        assert {"/admission/", "/policies/"} <= set(urls), role


# ---- asking --------------------------------------------------------------------------------------------------------
def test_asking_and_answering_the_check(g, login):
    client = login(g.of("NY"))
    g.at(State.IN_FORCE, title="秋冬种面积登记表")
    answer = client.post(NEW, filled())
    row = Admission.objects.latest("pk")
    assert answer["Location"] == url(row)
    page = text(client.get(url(row)))
    assert "系统查重" in page
    assert "答复查重" in page
    hits = list(row.hits.all())
    missing = client.post(url(row, "answer"), given(row, **{f"hit_{hits[0].pk}": "口径不同"}))
    assert missing.status_code == (302 if len(hits) == 1 else 422)
    client.post(url(row, "answer"), given(row, **{f"hit_{hit.pk}": "口径不同" for hit in hits}))
    assert not row.hits.filter(answer="").exists()


def test_each_required_field_has_its_error_beside_it_and_nothing_is_lost(g, login):
    client = login(g.of("NY"))
    required = [
        "kind", "title", "content", "minutes", "basis", "starts_on", "wanted_until", "budget", "reuse", "consequence",
        *[f"rule_{rule}" for rule in DECLARED],
    ]  # fmt: skip
    for name in required:
        answer = client.post(NEW, filled(**{name: ""}))
        assert answer.status_code == 422, name
        assert list(answer.context["form"].errors) == [name]
    page = text(client.post(NEW, filled(minutes="0", policies="没有的文号")))
    assert "没有“没有的文号”" in page
    assert "秋冬种亩数" in page
    assert not Admission.objects.exists()


def test_a_declared_breach_is_refused_at_once_with_its_reason(g, login):
    client = login(g.of("NY"))
    answer = client.post(NEW, filled(rule_enforces="yes"), follow=True)
    page = text(answer)
    assert "不予准入" in page
    assert "要求网格员执法" in page
    assert Admission.objects.get().state == State.REFUSED
    assert client.get(url(Admission.objects.get(), "withdraw")).status_code == 409


def test_a_pass_is_for_campaigns_and_thirty_days(g, login):
    page = text(login(g.of("NY")).post(NEW, filled(emergency="flood")))
    assert "只有临时专项任务" in page
    page = text(login(g.of("NY")).post(NEW, filled(kind="campaign", emergency="flood")))
    assert "最长 30 天" in page


def test_a_renewal_starts_from_what_was_and_only_the_department_renews(g, login):
    row = g.at(State.IN_FORCE)
    page = text(login(g.of("NY")).get(f"{NEW}?from={row.number}"))
    assert "接替" in page
    assert row.content in page
    answer = login(g.of("WJ")).post(NEW, filled(department="WJ") | {"from": row.number})
    assert answer.status_code == 403
    assert "本部门" in text(answer)


# ---- steps ---------------------------------------------------------------------------------------------------------
def test_a_stale_page_keeps_what_was_typed_and_says_who_was_faster(g, login):
    row = g.at(State.JOINT)
    client, seen = login(g.of("ZFW")), row.version
    g.do(row, "disagree", "ZZB", note="重复")
    answer = client.post(url(row, "agree"), given(row, note="我部同意") | {"version": str(seen)})
    assert answer.status_code == 409
    page = text(answer)
    assert "刚刚办了" in page
    assert "我部同意" in page


def test_a_second_press_by_the_same_department_is_told_so(g, login):
    row = g.at(State.JOINT)
    g.do(row, "agree", "ZZB")
    answer = login(g.of("ZZB")).post(url(row, "agree"), given(row))
    assert answer.status_code == 422
    assert "已经表态" in text(answer)


def test_publishing_sets_the_sunset(g, login):
    row = g.at(State.APPROVED)
    client = login(g.of("SGB"))
    assert "日落日期" in text(client.get(url(row, "publish")))
    far = client.post(url(row, "publish"), given(row, ends_on="2199-01-01", minutes="30"))
    assert far.status_code == 422
    assert "天之内" in text(far)
    day = clock.today() + timedelta(days=100)
    assert client.post(url(row, "publish"), given(row, ends_on=str(day), minutes="30")).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.ends_on, row.minutes) == (State.IN_FORCE, day, 30)


@pytest.mark.parametrize("state", State)
def test_every_state_has_its_page_and_every_offer_its_form(g, login, state):
    row = g.at(state)
    people = [g.of(code) for code in ("NY", "SGB", "BB", "ZZB")] + [g.cast.county_leader, g.cast.worker]
    for user in people:
        client = login(user)
        answer = client.get(url(row))
        if answer.status_code == 404:
            continue
        for step in answer.context["page"].offered:
            assert client.get(url(row, step.name)).status_code == 200, (user, step.name)


def test_the_tab_mine_holds_what_waits_for_the_reader(g):
    waits = {
        State.CHECKED: "SGB", State.REVIEWING: "BB", State.JOINT: "ZFW", State.APPROVED: "SGB", State.WAITING: "SGB",
        State.EXITING: "NY",
    }  # fmt: skip
    for n, (state, code) in enumerate(waits.items()):
        row = g.at(state, title=f"{'甲乙丙丁戊己'[n]}类表册")
        assert row in Admission.objects.filter(queries.view_q("mine", g.of(code))), state
        assert row not in Admission.objects.filter(queries.view_q("mine", g.of("WJ"))), state
    joint = Admission.objects.get(state=State.JOINT)
    actions.PROCESS.apply(joint.pk, "agree", user=g.of("ZFW"), fields={})
    assert joint not in Admission.objects.filter(queries.view_q("mine", g.of("ZFW")))


@pytest.mark.parametrize("address", [REGISTER, f"{LIST}?view=all"])
def test_lists_cost_the_same_for_one_and_for_many(g, login, address):
    g.at(State.IN_FORCE)
    outbox.drain_inline()
    client = login(g.of("SGB"))
    client.get(address)  # begins the session
    counted = []
    for _n in range(2):
        with CaptureQueriesContext(connection) as caught:
            assert client.get(address).status_code == 200
        counted.append(len(caught))
        for letter in "甲乙丙":
            g.at(State.IN_FORCE, title=f"{letter}类台账", townships=g.towns)
    assert counted[0] == counted[1]
