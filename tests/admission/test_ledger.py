"""Reports of pushed-down tasks: checked, answered, disagreed with once; the reporter's name hidden."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from admission import queries
from admission.doctor import ledger_replays
from admission.lookup import url_of
from admission.models import PushedTask
from admission.pushed import actions
from admission.pushed.actions import NewReport
from admission.workflow.application_table import State as GateState
from admission.workflow.pushed_table import State
from admission.workflow.rules import Channel
from core import clock
from core.errors import NotNow, NotYours
from core.files.images import Picture
from core.jobs import outbox
from core.models import AuditEntry
from duties.models import DutyLine, Part
from issues.workflow import State as TicketState
from notices.models import Notice
from tests.admission.conftest import once
from tests.tickets import at_state, placed

pytestmark = pytest.mark.django_db
PHOTO = Picture(content=b"\xff\xd8\xff\xe0photo", sha256="1" * 64, width=1, height=1)


def text(response):
    return response.content.decode()


def at(g, state):
    task = g.report()
    if state == State.TAKEN_BACK:
        return g.on(task, "take_back", g.cast.secretary, note="弄错了")
    if state == State.REPORTED:
        return task
    task = g.on(task, "answer", "SGB", answer="unfounded", note="属日常宣传")
    if state == State.ANSWERED:
        return task
    if state == State.SETTLED:
        return g.on(task, "accept", g.cast.secretary)
    return g.on(task, "object", g.cast.secretary, note="没有依据")


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_and_the_log_replays(g, state):
    assert at(g, state).state == state
    assert ledger_replays(False) == []


def test_what_is_pushed_down_is_not_in_the_database_as_such(g):
    task = g.report(what="秘密任务")
    stored = PushedTask.objects.filter(pk=task.pk).extra(select={"raw": "what"}).values_list("raw", flat=True)[0]
    assert "秘密" not in stored


def test_the_check_says_whether_a_line_or_an_admission_covers_it(g):
    lamp = g.report(what=g.cast.items["C02"].name)
    assert lamp.is_covered
    assert lamp.check_hits[0]["code"] == "C02"
    admitted = g.at(GateState.IN_FORCE, title="池塘清淤台账")
    assert g.report(what="池塘清淤台帐\n每月一次").check_hits[0]["code"] == admitted.number
    assert not g.report().is_covered


def test_a_township_refuses_what_has_no_basis_and_nothing_else(g):
    task = g.report(g.cast.town_dispatcher, is_refusal=True)
    assert task.is_refusal
    with pytest.raises(NotYours, match="只有乡镇"):
        g.report(g.cast.secretary, is_refusal=True)
    with pytest.raises(NotNow, match="有据"):
        g.report(g.cast.town_dispatcher, is_refusal=True, what=g.cast.items["C02"].name)


def test_only_those_below_report(g):
    for user in (g.cast.handler, g.cast.county_leader, g.of("SGB")):
        with pytest.raises(NotYours):
            actions.report(user=user, told=NewReport("任务", g.cast.office, Channel.PHONE, clock.today()), once=once())


def test_the_owner_answers_never_the_department_itself(g):
    task = g.report()
    g.on(task, "explain", "WJ", note="已停止")
    with pytest.raises(NotYours):
        g.on(task, "answer", "WJ", answer="unfounded", note="不存在")
    about_owner = g.report(department=g.cast.departments["SGB"])
    with pytest.raises(NotYours):
        g.on(about_owner, "answer", "SGB", answer="unfounded", note="不存在")
    with pytest.raises(NotNow, match="哪一条"):
        g.on(about_owner, "answer", "BB", answer="grounded", note="有依据")
    assert g.on(about_owner, "answer", "BB", answer="grounded", line="C02 路灯", note="见清单").line == "C02 路灯"


def test_one_disagrees_once_and_the_county_leader_decides(g):
    task = at(g, State.DISPUTED)
    with pytest.raises(NotYours):
        g.on(task, "decide", "SGB", answer="withdrawn", note="x")
    task = g.on(task, "decide", g.cast.county_leader, answer="withdrawn", note="部门须撤回")
    assert (task.state, task.answer) == (State.SETTLED, "withdrawn")
    with pytest.raises(NotNow):
        g.on(task, "object", g.cast.secretary, note="再来")


def test_without_objection_it_settles_by_itself_once(g):
    task = at(g, State.ANSWERED)
    for days in (20, 30):
        with clock.at(clock.now() + timedelta(days=days)):
            outbox.drain_inline()
    task.refresh_from_db()
    assert task.state == State.SETTLED
    assert task.events.filter(action="stand").count() == 1


def test_a_late_answer_is_reminded_of_and_goes_up(g):
    task = g.report()
    with clock.at(task.due_at + timedelta(minutes=1)):
        outbox.drain_inline()
    kinds = lambda user: list(Notice.objects.filter(user=user, kind="push_overdue"))  # noqa: E731
    assert kinds(g.of("SGB"))
    assert kinds(g.cast.county_leader)
    assert not kinds(g.of("WJ"))


def test_lines_of_all_three_lists_are_known_and_what_was_cleared_away_is_no_basis(g):
    kept = DutyLine.objects.filter(part=Part.HELP).first()
    gone = DutyLine.objects.filter(part=Part.REMOVED).first()
    assert g.report(what=kept.name).is_covered
    task = g.report(what=gone.name)
    assert not task.is_covered
    hit = next(hit for hit in task.check_hits if hit["code"] == gone.code)
    assert (hit["percent"], hit["covers"]) == (100, False)
    assert "清退" in hit["label"]
    assert url_of(hit["where"], hit["code"]).endswith(f"/{gone.code}/")


# ---- the hidden reporter -------------------------------------------------------------------------------------------
def test_the_reported_department_never_learns_who_told(g, login):
    """Neither by page, list, photo, history nor notice."""
    ticket = at_state(g.cast, TicketState.HANDLING)
    task = g.report(picture=PHOTO, ticket=ticket)
    g.on(task, "answer", "SGB", answer="unfounded", note="属日常宣传")
    g.on(task, "object", g.cast.secretary, note="我是红岭村的")
    outbox.drain_inline()
    client = login(g.of("WJ"))
    page = text(client.get(reverse("admission:pushed", args=[task.pk])))
    listed = text(client.get(reverse("admission:pushed_index") + "?view=all"))
    told = "".join(Notice.objects.filter(user=g.of("WJ")).values_list("text", flat=True))
    for secret in (g.cast.secretary.name, "红岭村", ticket.number, "photo/"):
        assert secret not in page + listed + told, secret
    assert task.number in page
    assert task.number in listed
    assert "基层人员" in page
    assert client.get(reverse("admission:pushed_photo", args=[task.pk])).status_code == 404


@pytest.mark.parametrize(("who", "knows"), [("SGB", True), ("BB", True), ("county_leader", False), ("auditor", False)])
def test_who_else_knows(g, login, who, knows):
    task = g.report(picture=PHOTO)
    user = g.of(who) if who in g.staff else getattr(g.cast, who)
    client = login(user)
    assert (g.cast.secretary.name in text(client.get(reverse("admission:pushed", args=[task.pk])))) is knows
    served = client.get(reverse("admission:pushed_photo", args=[task.pk]))
    assert served.status_code == (200 if knows else 404)
    if knows:
        assert b"".join(served.streaming_content) == PHOTO.content
    looks = AuditEntry.objects.filter(verb="pushed.reporter_read", actor_id=user.pk, object_id=str(task.pk))
    assert looks.count() == (2 if knows else 0)


def test_an_owner_that_is_reported_itself_learns_nothing(g, login):
    task = g.report(department=g.cast.departments["SGB"])
    assert g.cast.secretary.name not in text(login(g.of("SGB")).get(reverse("admission:pushed", args=[task.pk])))


def test_the_reporter_sees_the_answer_and_others_of_the_village_do_not(g, login):
    task = at(g, State.ANSWERED)
    page = text(login(g.cast.secretary).get(reverse("admission:pushed", args=[task.pk])))
    assert "不成立" in page
    assert "属日常宣传" in page
    assert "不同意，请县领导裁定" in page
    for other in (g.cast.chief, g.cast.town_leader, g.cast.sibling_secretary, g.cast.handler):
        assert login(other).get(reverse("admission:pushed", args=[task.pk])).status_code == 404


def test_the_trail_keeps_who_told(g):
    task = g.report()
    entry = AuditEntry.objects.get(verb="pushed.opened")
    assert (entry.actor_id, entry.object_id) == (g.cast.secretary.pk, str(task.pk))


# ---- pages ---------------------------------------------------------------------------------------------------------
def filled(**changes):
    return {
        "idempotency_key": str(once().key),
        "what": "每天下载短视频并截图",
        "department": "WJ",
        "channel": "group",
        "came_on": str(clock.today()),
    } | changes


def test_the_check_button_looks_and_keeps_nothing(g, login):
    client = login(g.cast.secretary)
    url = reverse("admission:new_pushed")
    page = text(client.post(url, {"what": g.cast.items["C02"].name, "check": "1"}))
    assert "清单核对：有据" in page
    assert "C02" in page
    assert "清单核对：无据" in text(client.post(url, {"what": "下载短视频", "check": "1"}))
    assert "errsum" not in text(client.post(url, {"what": "下载短视频", "check": "1"}))
    assert client.post(url, {"check": "1"}).status_code == 422
    assert not PushedTask.objects.exists()


def test_a_report_is_made_from_the_phone_and_from_a_ticket(g, login):
    ticket = placed(g.cast)
    client = login(g.cast.secretary)
    assert reverse("admission:new_pushed") in text(client.get(reverse("issues:phone_home")))
    page = text(client.get(reverse("issues:phone_ticket", args=[ticket.number])))
    assert f"{reverse('admission:new_pushed')}?ticket={ticket.number}" in page
    answer = client.post(reverse("admission:new_pushed"), filled(ticket=ticket.number))
    task = PushedTask.objects.get()
    assert answer["Location"] == reverse("admission:pushed", args=[task.pk])
    assert task.ticket == ticket
    again = client.get(reverse("admission:new_pushed"), {"ticket": ticket.number})
    assert again.url == answer.url, "one's own report is shown, not asked for twice"
    foreign = login(g.cast.sibling_secretary).post(reverse("admission:new_pushed"), filled(ticket=ticket.number))
    assert foreign.status_code == 404


def test_what_is_wrong_stands_beside_the_field_and_what_was_typed_stays(g, login):
    answer = login(g.cast.secretary).post(reverse("admission:new_pushed"), filled(department="", came_on="2199-01-01"))
    assert answer.status_code == 422
    page = text(answer)
    assert "每天下载短视频并截图" in page
    assert "不能晚于今天" in page
    assert "is_refusal" not in page
    assert "is_refusal" in text(login(g.cast.town_dispatcher).get(reverse("admission:new_pushed")))


def test_counts_by_department_link_to_their_rows(g, login):
    at(g, State.SETTLED)
    g.report(department=g.cast.departments["NY"])
    g.report(g.cast.town_dispatcher, is_refusal=True)
    rows = {row.department.code: row for row in queries.counts(g.cast.county_leader, "month")}
    assert list(rows) == ["NY", "WJ"]
    assert (rows["WJ"].total, rows["WJ"].open, rows["WJ"].refused, rows["WJ"].answers) == (2, 1, 1, [0, 0, 0, 1])
    page = text(login(g.of("BB")).get(reverse("admission:pushed_counts")))
    assert "?view=all&amp;department=WJ" in page
    assert login(g.of("NY")).get(reverse("admission:pushed_counts")).status_code == 403
    listed = text(login(g.of("BB")).get(reverse("admission:pushed_index") + "?view=all&department=WJ"))
    assert listed.count('class="code"><a') == 2


def test_the_list_costs_the_same_for_one_and_for_many(g, login):
    g.report()
    client, url = login(g.of("SGB")), reverse("admission:pushed_index")
    client.get(url)
    with_one = _queries(client, url)
    for n in range(5):
        g.report(what=f"任务{n}")
    assert _queries(client, url) == with_one


def _queries(client, url):
    with CaptureQueriesContext(connection) as caught:
        assert client.get(url).status_code == 200
    return len(caught)


def test_a_photo_is_stored_once_by_its_content(g):
    one, two = g.report(picture=PHOTO), g.report(picture=PHOTO)
    assert one.photo_path == two.photo_path
    assert default_storage.exists(one.photo_path)
