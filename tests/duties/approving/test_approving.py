"""The way of a draft to its first day: who asks whom, who may sign, what stops it, when it holds."""

from datetime import datetime, time, timedelta

import pytest
from django.test import override_settings

from core import clock
from core.clock import COUNTY_TIME
from core.errors import Conflict, Denied, Refused
from core.jobs import outbox
from core.models import AuditEntry
from duties.approving import actions
from duties.drafting import editing
from duties.lists import queries
from duties.models import Approval, ListVersion
from duties.routing.deciding import item_by_code, version_in_force
from members.models import Department, Post
from members.roles import Role
from notices.models import Notice
from tests.duties.conftest import APPROVERS, agree, approve, client_of, edit, person, publish, submit


@pytest.fixture
def changed(draft):
    edit(draft, "C02", resolve="2wd")
    return draft


def withdraw(d):
    return actions.withdraw(version_id=d.draft.pk, round_seen=d.draft.round, actor=d.admin_user)


def send_back(d, code, note="时限太短"):
    asked = Department.objects.get(code=code).pk
    given = {"version_id": d.draft.pk, "round_seen": d.draft.round, "department_id": asked, "note": note}
    return actions.send_back(**given, actor=d.signers[code])


def state(d):
    return ListVersion.objects.get(pk=d.draft.pk).state


def kinds_for(user):
    return [n.kind for n in Notice.objects.filter(user=user).order_by("id")]


# ---- submitting ----------------------------------------------------------------------------------------------
def test_three_departments_are_asked_and_told(changed):
    submit(changed, note="路灯提速")
    assert state(changed) == "submitted"
    assert [a.department.code for a in changed.draft.approvals.all()] == list(APPROVERS)
    outbox.drain_inline()
    for code in APPROVERS:
        assert kinds_for(changed.signers[code]) == ["list_submitted"]
    assert Notice.objects.filter(url="/lists/2/review/").count() == 3
    assert AuditEntry.objects.get(verb="duties.submit").detail["round"] == 1


def test_what_cannot_be_submitted(draft):
    with pytest.raises(Refused, match="没有差别"):
        submit(draft)
    edit(draft, "C02", resolve="2wd")
    with pytest.raises(editing.StaleDraftError):
        submit(draft, revision=0)
    edit(draft, "C03", resolve="9wd")
    with pytest.raises(actions.BlockedError, match="1 处") as caught:
        submit(draft)
    assert (caught.value.findings[0].code, caught.value.status) == ("C03", 422)
    assert state(draft) == "draft"


def test_nobody_is_asked_who_cannot_answer(changed):
    Post.objects.filter(user=changed.signers["SGB"]).update(ends_on=clock.today() - timedelta(days=1))
    with pytest.raises(Refused, match="没有在岗负责人"):
        submit(changed)
    with override_settings(APPROVERS=["ZZB", "QQ"]), pytest.raises(Refused, match="QQ"):
        submit(changed)
    with override_settings(APPROVERS=["ZZB"]):
        submit(changed)
    agree(changed, "ZZB")
    assert state(changed) == "approved", "the departments that approve are a setting"


def test_a_submitted_version_takes_no_edit_until_it_is_withdrawn(changed):
    submit(changed)
    for verb in (
        lambda: edit(changed, "C03", resolve="2wd"),
        lambda: editing.remove_item(version_id=changed.draft.pk, code="A07", revision=0, actor=changed.admin_user),
        lambda: editing.undo(version_id=changed.draft.pk, revision=1, actor=changed.admin_user),
    ):
        with pytest.raises(editing.FrozenError, match="已送审"):
            verb()
    with pytest.raises(Conflict, match="正在送审"):
        editing.open_draft(duty_list=changed.first.duty_list, actor=changed.admin_user)
    withdraw(changed)
    edit(changed, "C03", resolve="2wd")
    submit(changed)
    assert changed.draft.round == 2
    assert Approval.objects.filter(version=changed.draft).count() == 6, "what was asked before stays"


# ---- signing -------------------------------------------------------------------------------------------------
def test_all_three_must_agree(changed):
    submit(changed)
    agree(changed, "ZZB")
    agree(changed, "SGB", note="同意，注意衔接")
    assert state(changed) == "submitted"
    agree(changed, "ZFW")
    assert state(changed) == "approved"
    outbox.drain_inline()
    assert "list_approved" in kinds_for(changed.admin_user)
    said = {a.department.code: (a.outcome, a.note) for a in Approval.objects.all()}
    assert said["SGB"] == ("agreed", "同意，注意衔接")


def test_one_that_does_not_agree_sends_it_back(changed):
    submit(changed)
    agree(changed, "ZZB")
    with pytest.raises(Refused, match="理由"):
        send_back(changed, "SGB", note=" ")
    send_back(changed, "SGB")
    assert state(changed) == "draft"
    outbox.drain_inline()
    assert "list_sent_back" in kinds_for(changed.admin_user)
    with pytest.raises(editing.StaleDraftError):
        agree(changed, "ZFW")


def test_who_may_not_sign(changed):
    submit(changed)
    with pytest.raises(Denied, match="在岗负责人"):
        agree(changed, "ZZB", actor=changed.signers["SGB"])
    handler = person(Role.DEPARTMENT_HANDLER, "clerk", None, Department.objects.get(code="ZZB"))
    with pytest.raises(Denied, match="在岗负责人"):
        agree(changed, "ZZB", actor=handler)
    other = Department.objects.get(code="ZJ")
    stranger = person(Role.DEPARTMENT_LEADER, "zj", None, other)
    with pytest.raises(Denied, match="没有请该部门"):
        agree(changed, "ZJ", actor=stranger, department_id=other.pk)
    agree(changed, "ZZB")
    with pytest.raises(Conflict, match="已代表本部门"):
        agree(changed, "ZZB")


def test_three_departments_are_three_people_and_none_signs_their_own(changed):
    both = changed.signers["ZZB"]
    sgb = Department.objects.get(code="SGB")
    Post.objects.create(user=both, role=Role.DEPARTMENT_LEADER, department=sgb, starts_on=clock.today())
    Post.objects.create(user=changed.admin_user, role=Role.DEPARTMENT_LEADER, department=sgb, starts_on=clock.today())
    submit(changed)
    with pytest.raises(Denied, match="自己送的"):
        agree(changed, "SGB", actor=changed.admin_user)
    agree(changed, "ZZB")
    with pytest.raises(Denied, match="不同的人"):
        agree(changed, "SGB", actor=both)


def test_a_signature_for_an_earlier_submission_is_stale(changed):
    submit(changed)
    withdraw(changed)
    edit(changed, "C03", resolve="2wd")
    submit(changed)
    with pytest.raises(editing.StaleDraftError, match="送审中"):
        agree(changed, "ZZB", round_seen=1)


# ---- the first day -------------------------------------------------------------------------------------------
def test_what_cannot_be_published(changed):
    submit(changed)
    given = {"version_id": changed.draft.pk, "actor": changed.admin_user}
    with pytest.raises(editing.StaleDraftError, match="送审中"):
        actions.publish(**given, round_seen=1, starts_on=clock.today())
    for code in APPROVERS:
        agree(changed, code)
    with pytest.raises(Refused, match="早于今天"):
        actions.publish(**given, round_seen=1, starts_on=clock.today() - timedelta(days=1))
    Department.objects.filter(code="TX").update(retired_at=clock.now())
    with pytest.raises(actions.BlockedError):
        actions.publish(**given, round_seen=1, starts_on=clock.today())


def test_a_version_does_not_start_before_the_one_it_is_made_from(changed):
    later = clock.today() + timedelta(days=10)
    publish(changed, starts_on=later)
    changed.draft = editing.open_draft(duty_list=changed.first.duty_list, actor=changed.admin_user)
    edit(changed, "C02", resolve="1wd")
    with pytest.raises(Refused, match="不能早于第 2 版"):
        publish(changed, starts_on=clock.today())


def test_at_midnight_of_its_day_it_holds_without_anybodys_hand(changed):
    day = clock.today() + timedelta(days=3)
    version = publish(changed, starts_on=day)
    midnight = datetime.combine(day, time.min, COUNTY_TIME)
    outbox.drain_inline()
    with clock.at(midnight - timedelta(seconds=1)):
        assert version_in_force() == changed.first
        assert str(item_by_code("C02").resolve_limit) == "3wd"
        assert queries.standing(version, queries.current()) == "待施行"
        outbox.drain_inline()
        assert "list_in_force" not in kinds_for(changed.admin_user)
    with clock.at(midnight):
        assert version_in_force() == version
        assert str(item_by_code("C02").resolve_limit) == "2wd"
        assert queries.standing(version, queries.current()) == "施行中"
        assert queries.standing(changed.first, queries.current()) == "已归档"
        outbox.drain_inline()
        assert kinds_for(changed.admin_user)[-1] == "list_in_force"
        assert kinds_for(changed.signers["ZFW"])[-1] == "list_in_force"


def test_an_overtaken_version_is_not_announced(changed):
    day = clock.today() + timedelta(days=1)
    publish(changed, starts_on=day)
    changed.draft = editing.open_draft(duty_list=changed.first.duty_list, actor=changed.admin_user)
    edit(changed, "C03", resolve="2wd")
    third = publish(changed, starts_on=day)
    with clock.at(datetime.combine(day, time.min, COUNTY_TIME)):
        outbox.drain_inline()
        assert version_in_force() == third
        assert kinds_for(changed.admin_user).count("list_in_force") == 1


# ---- pages ---------------------------------------------------------------------------------------------------
def body(response):
    return response.content.decode()


def test_the_whole_way_through_the_pages(changed):
    page = changed.admin.get("/lists/2/submit/")
    assert "县委组织部" in body(page)
    sent = changed.admin.post("/lists/2/submit/", {"revision": 1, "note": "路灯提速"}, follow=True)
    assert "第 2 版已送审" in body(sent)
    assert "撤回修改" in body(sent)
    assert changed.admin.get("/lists/2/edit/").url == "/lists/2/review/"
    assert changed.admin.get("/lists/2/submit/").url == "/lists/2/review/"
    for code in APPROVERS:
        signer = client_of(changed.signers[code])
        assert "等" in body(signer.get("/lists/"))
        page = body(signer.get("/lists/2/review/"))
        assert "请您审核" in page
        assert "路灯提速" in page
        mine = Department.objects.get(code=code).pk
        done = signer.post("/lists/2/agree/", {"round": 1, "department": mine, "note": ""}, follow=True)
        assert "已同意第 2 版" in body(done)
        assert "请您审核" not in body(done)
    page = body(changed.admin.get("/lists/2/review/"))
    assert "定施行日并发布" in page
    done = changed.admin.post("/lists/2/publish/", {"round": 1, "starts_on": clock.today().isoformat()}, follow=True)
    assert "第 2 版已发布" in body(done)
    assert "2 个工作日" in body(changed.worker.get("/lists/2/C02/"))
    assert changed.admin.get("/lists/2/edit/").status_code == 404


def test_sending_back_needs_a_reason_beside_the_field(changed):
    submit(changed)
    signer, mine = client_of(changed.signers["ZFW"]), Department.objects.get(code="ZFW").pk
    answer = signer.post("/lists/2/send_back/", {"round": 1, "department": mine, "note": ""})
    assert answer.status_code == 422
    assert "退回须写明理由" in body(answer)
    done = signer.post("/lists/2/send_back/", {"round": 1, "department": mine, "note": "时限太短"}, follow=True)
    assert "时限太短" in body(done)
    assert "时限太短" in body(changed.admin.get("/lists/2/review/"))


def test_who_is_not_asked_cannot_sign(changed):
    submit(changed)
    stranger = client_of(person(Role.DEPARTMENT_LEADER, "zj", None, Department.objects.get(code="ZJ")))
    assert stranger.get("/lists/2/review/").status_code == 200
    given = {"round": 1, "department": Department.objects.get(code="ZZB").pk, "note": ""}
    assert stranger.post("/lists/2/agree/", given).status_code == 403
    assert changed.worker.post("/lists/2/agree/", given).status_code == 403
    signer = client_of(changed.signers["ZZB"])
    assert signer.post("/lists/2/agree/", given | {"round": 9}).status_code == 409
    assert signer.post("/lists/2/agree/", given | {"department": "x"}).status_code == 422


@pytest.mark.parametrize("day", ["", "abc", "0001-01-01", "9999-12-31", "2026-02-30", "\0", "2" * 10_000, "2020-01-01"])
def test_a_wrong_start_is_refused(changed, day):
    approve(changed)
    answer = changed.admin.post("/lists/2/publish/", {"round": 1, "starts_on": day})
    assert answer.status_code == 422
    assert state(changed) == "approved"


def test_a_step_from_a_stale_page_is_a_conflict(changed):
    submit(changed)
    assert changed.admin.post("/lists/2/withdraw/", {"round": 1}).status_code == 302
    assert changed.admin.post("/lists/2/withdraw/", {"round": 1}).status_code == 409
    assert changed.admin.post("/lists/2/withdraw/", {"round": "x"}).status_code == 422
    assert changed.admin.post("/lists/2/publish/", {"round": 1, "starts_on": clock.today()}).status_code == 409
    assert changed.admin.post("/lists/2/submit/", {"revision": 0, "note": "我写的"}).status_code == 409
