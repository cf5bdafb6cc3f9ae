"""民生实事: proposed by residents and villages, answered, driven by milestones, shown to everybody without a name."""

import re
import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.errors import Incomplete, NotNow, NotYours
from core.jobs import outbox
from core.models import AuditEntry
from ledgers.doctor import log_replays
from ledgers.engine import projects
from ledgers.engine.projects import NewMilestone
from ledgers.models import Milestone, Project, Proposal
from ledgers.rules import PROPOSALS
from ledgers.workflow.project import Proposal as ProposalState
from ledgers.workflow.project import State
from notices.models import Notice
from tests.ledgers.conftest import WORDS, act, in_days, project, project_at, proposal, reach_all
from tests.tickets import PIXEL

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_by_the_real_steps_and_the_log_replays(cast, state):
    project_at(cast, state)
    assert log_replays(False) == []


# ---- proposals -------------------------------------------------------------------------------------------------------
def form(**changes):
    return {"idempotency_key": str(uuid.uuid4()), "words": WORDS} | changes


def test_a_resident_proposes_without_an_account_and_follows_it(cast, client):
    order = text(client.get(reverse("issues:order", args=[cast.microgrid.token])))
    address = reverse("ledgers:propose", args=[cast.microgrid.token])
    assert address in order
    assert client.get(address).status_code == 200
    sent = client.post(address, form(name="陈先生", phone="10000006021"))
    made = Proposal.objects.get()
    assert sent["Location"].startswith(reverse("ledgers:proposal", args=[made.code]))
    assert "已收到您的建议" in text(client.get(sent["Location"]))
    page = text(client.get(reverse("ledgers:proposal", args=[made.code])))
    assert "待审议" in page
    assert not any(secret in page for secret in (WORDS, "陈先生", "6021"))
    outbox.drain_inline()
    assert Notice.objects.filter(user=cast.town_dispatcher, kind="project_proposed").exists()
    assert Notice.objects.filter(user=cast.secretary, kind="project_proposed").exists()


def test_sent_twice_it_is_proposed_once(cast, client):
    address, given = reverse("ledgers:propose", args=[cast.microgrid.token]), form()
    first, second = client.post(address, given), client.post(address, given)
    assert first["Location"] == second["Location"]
    assert Proposal.objects.count() == 1


def test_programs_and_floods_are_refused_and_nothing_typed_is_lost(cast, client):
    address = reverse("ledgers:propose", args=[cast.microgrid.token])
    assert client.post(address, form(website="x")).status_code == 422
    empty = client.post(address, form(words="", name="陈先生"))
    assert empty.status_code == 422
    assert "陈先生" in text(empty)
    for _n in range(PROPOSALS.device.soft + 1):
        assert client.post(address, form()).status_code == 302
    asked = client.post(address, form())
    assert (asked.status_code, "等于几" in text(asked)) == (422, True)
    assert WORDS in text(asked)


def test_a_wrong_code_or_token_is_a_missing_page(cast, client):
    assert client.get(reverse("ledgers:proposal", args=["ZZZZZZZZZZZZ"])).status_code == 404
    assert client.get(reverse("ledgers:propose", args=["NOPE"])).status_code == 404
    assert client.get(reverse("ledgers:village", args=["NOPE"])).status_code == 404


def test_the_village_writes_down_what_people_say(cast, login):
    client = login(cast.secretary)
    address = reverse("ledgers:write_down")
    assert client.get(address).status_code == 200
    assert client.post(address, form(area=cast.microgrid.code)).status_code == 302
    assert Proposal.objects.get().placed_by == cast.secretary
    with pytest.raises(NotYours):
        proposal(cast, user=cast.sibling_secretary)


def test_a_proposal_is_declined_with_a_reason_that_its_proposer_reads(cast, client, login):
    made = proposal(cast)
    with pytest.raises(NotYours):
        projects.decline(made.pk, user=cast.secretary, reason="不急")
    with pytest.raises(Incomplete):
        projects.decline(made.pk, user=cast.town_dispatcher, reason="")
    address = reverse("ledgers:decline", args=[made.pk])
    assert login(cast.town_dispatcher).post(address, form(reason="今年没有资金，明年再提")).status_code == 302
    assert "今年没有资金" in text(client.get(reverse("ledgers:proposal", args=[made.code])))
    with pytest.raises(NotNow, match="未采纳"):
        projects.decline(made.pk, user=cast.town_dispatcher, reason="再说一遍")
    assert AuditEntry.objects.filter(verb="ledgers.proposal_declined").count() == 1


def test_staff_see_what_was_proposed_in_their_place_and_never_by_whom(cast, login):
    proposal(cast)
    address = reverse("ledgers:proposals")
    for who, seen in {"town_dispatcher": True, "secretary": True, "sibling_secretary": False}.items():
        page = text(login(getattr(cast, who)).get(address))
        assert (WORDS in page) == seen, who
        assert "陈先生" not in page
        assert "6021" not in page


# ---- projects --------------------------------------------------------------------------------------------------------
def starting(cast, **changes):
    given = {
        "title": "小学路装路灯", "village": cast.village.code, "goal": "装十二盏灯", "name0": "选点",
        "planned_on0": str(in_days(5)), "name1": "安装", "planned_on1": str(in_days(30)),
        "department1": cast.office.code,
    }  # fmt: skip
    return form() | given | changes


def test_a_project_takes_up_proposals_and_its_proposers_follow_it(cast, client, login):
    made = proposal(cast)
    staff = login(cast.town_dispatcher)
    address = reverse("ledgers:new_project")
    page = text(staff.get(f"{address}?proposal={made.pk}"))
    assert WORDS in page
    assert "checked" in page
    sent = staff.post(address, starting(cast, proposals=[made.pk]))
    row = Project.objects.get()
    assert sent["Location"] == reverse("ledgers:project", args=[row.pk])
    made.refresh_from_db()
    assert (made.state, made.project) == (ProposalState.ADOPTED, row)
    followed = text(client.get(reverse("ledgers:proposal", args=[made.code])))
    assert "小学路装路灯" in followed
    assert "选点" in followed


def test_a_project_takes_up_only_proposals_of_its_village(cast, login):
    other = proposal(cast, area=cast.sibling_grid)
    answer = login(cast.town_dispatcher).post(reverse("ledgers:new_project"), starting(cast, proposals=[other.pk]))
    assert answer.status_code == 422
    assert "只能采纳这个村社的建议" in text(answer)
    with pytest.raises(NotNow):
        project(cast, proposals=[other])
    assert not Project.objects.exists()


def test_half_a_milestone_is_asked_for_beside_its_field(cast, login):
    answer = login(cast.town_dispatcher).post(reverse("ledgers:new_project"), starting(cast, planned_on1=""))
    assert answer.status_code == 422
    assert "装十二盏灯" in text(answer)


def test_only_the_township_starts_one(cast):
    for user in (cast.other_town_dispatcher, cast.secretary, cast.county_dispatcher, cast.handler):
        with pytest.raises(NotYours):
            project(cast, user=user)
    with pytest.raises(NotNow):
        project(cast, milestones=[])


def test_the_responsible_department_reaches_its_milestone_and_then_sees_it_no_other_way(cast, login):
    row = project(cast)
    assert login(cast.handler).get(reverse("ledgers:project", args=[row.pk])).status_code == 200
    assert login(cast.other_handler).get(reverse("ledgers:project", args=[row.pk])).status_code == 404
    milestone = row.milestones.get(department=cast.office)
    act(row, "reach", cast.handler, milestone=milestone, done_on=clock.today())
    milestone.refresh_from_db()
    assert milestone.done_on == clock.today()
    with pytest.raises(NotYours):
        act(row, "progress", cast.handler)


def test_finished_only_with_every_milestone_and_a_photo(cast):
    row = project(cast)
    with pytest.raises(NotNow, match="还有 2 个节点"):
        act(row, "finish", cast.town_dispatcher, pictures=[PIXEL])
    row = reach_all(row, cast.secretary)
    with pytest.raises(NotNow, match="佐证"):
        act(row, "finish", cast.town_dispatcher)
    assert act(row, "finish", cast.town_dispatcher, pictures=[PIXEL]).state == State.FINISHED


def test_milestones_are_added_and_moved_by_the_township(cast):
    row = project(cast)
    act(row, "add_milestone", cast.town_dispatcher, name="验收", planned_on=in_days(40))
    first = row.milestones.first()
    act(row, "move_milestone", cast.town_dispatcher, milestone=first, planned_on=in_days(9))
    assert row.milestones.values_list("name", "planned_on")[0] == ("选点", in_days(9))
    assert row.milestones.count() == 3
    with pytest.raises(NotYours):
        act(row, "move_milestone", cast.secretary, milestone=first, planned_on=in_days(99))


def test_a_milestone_reminds_who_answers_for_it(cast):
    project(cast)
    with clock.at(clock.now() + timedelta(days=31)):
        outbox.drain_inline()
    kinds = Notice.objects.filter(kind="project_day_near")
    assert kinds.filter(user=cast.handler).exists()
    assert kinds.filter(user=cast.town_dispatcher).exists()
    assert not kinds.filter(user=cast.other_handler).exists()
    reached = project(cast, milestones=[NewMilestone("选点", in_days(50))])
    reach_all(reached, cast.town_dispatcher)
    with clock.at(clock.now() + timedelta(days=51)):
        outbox.drain_inline()
    assert not kinds.filter(number=reached.number).exists()


def test_the_villages_page_shows_lamps_and_answers_and_nobodys_name(cast, client):
    answered = project_at(cast, State.ANSWERED)
    late = project(cast, title="修水渠")
    Milestone.objects.filter(project=late, position=1).update(planned_on=clock.today() - timedelta(days=1))
    project(cast, village=cast.sibling_village, title="别村的事")
    page = text(client.get(reverse("ledgers:village", args=[cast.microgrid.token])))
    assert "十二盏灯都亮了" in page
    assert "修水渠" in page
    assert "晚于计划" in page
    assert "别村的事" not in page
    assert page.index("修水渠") < page.index(answered.title)
    for user in (cast.town_dispatcher, cast.secretary, cast.handler):
        assert user.name not in page
    assert not re.search(r"[A-Z]+实〔", page)


def test_lists_open_and_count(cast, login):
    project_at(cast, State.ANSWERED, title="办好的")
    project(cast, title="在办的")
    client = login(cast.secretary)
    page = text(client.get(reverse("ledgers:projects")))
    assert "在办的" in page
    assert "办好的" not in page
    assert "办好的" in text(client.get(reverse("ledgers:projects") + "?view=all"))


def test_taken_through_the_pages(cast, login):
    row = project(cast)
    client = login(cast.town_dispatcher)
    milestone = row.milestones.first()
    address = reverse("ledgers:act", args=["project", row.pk, "reach"])
    assert "选点" in text(client.get(address))
    given = {"version": 1, "milestone": milestone.pk, "done_on": str(clock.today()), "note": "选好了"}
    assert client.post(address, given).status_code == 302
    page = text(client.get(reverse("ledgers:project", args=[row.pk])))
    assert "1/2 节点" in page
    assert "选好了" in page
