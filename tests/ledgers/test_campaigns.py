"""专项行动: lists made at once, looks written once, findings as tickets; who sees rows; counts without ranking."""

import hashlib
import io
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from core import clock
from core.errors import NotNow, NotYours
from core.jobs import outbox
from core.models import AuditEntry
from core.races.idempotency import KeyReused
from grids import households
from issues.engine.actors import staff
from issues.models import Source, Ticket
from ledgers.campaigns import progress, targets
from ledgers.doctor import (
    campaigns_have_lists,
    findings_lie_there,
    log_replays,
    states_of_their_kind,
    targets_lie_there,
)
from ledgers.models import Campaign, Target
from ledgers.rules import Aim
from ledgers.workflow.campaign import Result, State
from notices.models import Notice
from tests.ledgers.conftest import act, campaign, campaign_at, in_days, look, once, settle, target
from tests.tickets import act as step
from tests.tickets import jpeg

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


# ---- lists -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", State)
def test_every_state_is_reached_and_the_log_replays(cast, state):
    campaign_at(cast, state)
    checks = (log_replays, states_of_their_kind, campaigns_have_lists, findings_lie_there)
    assert [check(False) for check in checks] == [[], [], [], []]


def test_all_households_of_the_places_in_use_are_listed(cast):
    settle(cast.second_microgrid, 3)
    gone = households.register(area=cast.microgrid, address="旧屋", actor=None)
    households.retire(household=gone, reason="搬走", actor=None)
    made = campaign(cast)
    assert made.targets.count() == 4
    assert set(made.targets.values_list("village", flat=True)) == {cast.village.pk}
    assert set(made.targets.values_list("result", "tries")) == {(Result.WAITING, 0)}
    assert {row.remark for row in made.targets.all()} == {""}
    both = campaign(cast, places=[cast.village, cast.sibling_grid])
    assert both.targets.count() == 5


def test_labels_choose_households_and_only_for_who_may_see_them(cast, login):
    settle(cast.microgrid, 2, "独居老人")
    settle(cast.second_microgrid, 1, "低保", "独居老人")
    settle(cast.sibling_grid, 4, "独居老人")
    made = campaign(cast, tags=["独居老人"])
    assert made.targets.count() == 3
    assert campaign(cast, tags=["低保", "残疾人"]).targets.count() == 1
    with pytest.raises(NotYours):
        campaign(cast, user=cast.county_dispatcher, office=cast.county, tags=["独居老人"])
    with pytest.raises(NotNow, match="没有符合条件"):
        campaign(cast, tags=["没有的"])
    seen = {"town_dispatcher": True, "worker": True, "county_dispatcher": False, "auditor": False}
    for who, shows in seen.items():
        page = text(login(getattr(cast, who)).get(reverse("ledgers:campaign", args=[made.pk])))
        assert ("独居老人" in page) == shows, who


def test_grids_are_those_where_people_work(cast):
    made = campaign(cast, aim=Aim.GRIDS, places=[cast.township])
    codes = set(made.targets.values_list("area__code", flat=True))
    assert codes == {cast.microgrid.code, cast.second_microgrid.code, cast.sibling_grid.code}
    assert set(made.targets.values_list("household", flat=True)) == {None}


def test_a_long_list_is_made_right_after_and_once(cast, monkeypatch):
    monkeypatch.setattr(targets, "BUILD_AT_ONCE", 2)
    settle(cast.microgrid, 3)
    made = campaign(cast)
    assert made.targets.count() == 0
    with pytest.raises(NotNow, match="名单还在生成"):
        act(made, "end", cast.town_dispatcher)
    outbox.drain_inline()
    assert made.targets.count() == 4
    made.refresh_from_db()
    assert targets.build(made) == 0
    made.built_at = None
    assert targets.build(made) == 0
    made.refresh_from_db()
    settle(cast.grid, 1)  # who registers later is not on it
    assert targets.build(made) == 0
    assert made.targets.count() == 4


def test_ten_thousand_households_take_one_statement(cast):
    settle(cast.microgrid, 5000)
    settle(cast.sibling_grid, 4998)
    with CaptureQueriesContext(connection) as queries:
        made = campaign(cast, places=[cast.township])
    outbox.drain_inline()
    assert made.targets.count() == 10_000
    assert len(queries) < 60


def test_targets_follow_their_households_when_grids_change(cast):
    made = campaign(cast)
    row = target(cast, made)
    assert targets_lie_there(False) == []
    households.transfer(households=[cast.household], area=cast.second_microgrid, actor=None)
    assert targets_lie_there(False) == [f"{made.number}: target {row.pk}"]
    targets_lie_there(True)
    row.refresh_from_db()
    assert row.area == cast.second_microgrid
    assert targets_lie_there(False) == []
    assert look(row, "normal", cast.second_worker).result == Result.NORMAL


def test_only_an_office_opens_one_and_only_in_its_own_land(cast):
    for user in (cast.secretary, cast.worker, cast.handler, cast.other_town_dispatcher):
        with pytest.raises(NotYours):
            campaign(cast, user=user)
    with pytest.raises(NotYours, match="辖区"):
        campaign(cast, places=[cast.other_village])
    with pytest.raises(NotNow):
        campaign(cast, questions=[])


def test_sent_twice_it_is_opened_once(cast):
    key = str(uuid.uuid4())
    assert campaign(cast, once=once(key)) == campaign(cast, once=once(key))
    assert Campaign.objects.count() == 1


# ---- looks -----------------------------------------------------------------------------------------------------------
def test_a_finding_is_a_ticket_with_everything_filled_in(cast):
    row = look(target(cast), "found", cast.worker, marks=["电线有没有老化"], remark="厨房插座发黑")
    ticket = Ticket.objects.get()
    assert row.ticket == ticket
    assert (ticket.household, ticket.area, ticket.item.code) == (cast.household, cast.microgrid, "E01")
    assert (ticket.source, ticket.placed_by) == (Source.WORKER, cast.worker)
    for word in ("冬季用电用气安全排查", "电线有没有老化", "厨房插座发黑"):
        assert word in ticket.description
    assert (row.result, row.tries, row.looked_by) == (Result.FOUND, 1, cast.worker)
    assert findings_lie_there(False) == []


def test_a_look_that_a_phone_kept_says_when_and_its_photo_follows(cast, login):
    client, row = login(cast.worker), target(cast)
    raw, at = jpeg().read(), clock.now() - timedelta(hours=4)
    sent = {"idempotency_key": str(uuid.uuid4()), "result": "found", "remark": "插座发黑", "device_at": at.isoformat()}
    sent["photos_announced"] = hashlib.sha256(raw).hexdigest()
    more = {"Draft-Owner": str(cast.worker.pk), "Accept": "application/json"}
    told = client.post(reverse("ledgers:target", args=[row.pk]), sent, headers=more).json()
    row.refresh_from_db()
    assert (row.device_at, told["number"]) == (at, row.ticket.number)
    to = f"{told['photos']}{sent['photos_announced']}"
    assert client.put(to, raw, content_type="image/jpeg", headers=more).status_code == 204
    assert row.ticket.photos.count() == 1


def test_nobody_at_home_is_tried_again(cast):
    row = target(cast)
    look(row, "absent", cast.worker)
    row = look(row, "absent", cast.worker)
    assert (row.result, row.tries) == (Result.ABSENT, 2)
    assert look(row, "normal", cast.chief).result == Result.NORMAL
    with pytest.raises(NotNow):
        look(row, "absent", cast.worker)
    assert look(row, "found", cast.worker).result == Result.FOUND
    with pytest.raises(NotNow):
        look(row, "found", cast.worker)
    assert Ticket.objects.count() == 1
    assert AuditEntry.objects.filter(verb="ledgers.looked").count() == 4


def test_sent_twice_one_look_and_one_ticket(cast):
    row, key = target(cast), once()
    for _n in range(3):
        look(row, "found", cast.worker, once=key)
    row.refresh_from_db()
    assert row.tries == 1
    assert Ticket.objects.count() == 1
    with pytest.raises(KeyReused):
        look(row, "normal", cast.worker, once=type(key)(key.owner, key.key, {"result": "normal"}))


@pytest.mark.parametrize("who", ["second_worker", "sibling_worker", "verifier", "county_dispatcher", "handler"])
def test_only_those_who_work_there_look(cast, who):
    with pytest.raises(NotYours):
        look(target(cast), "normal", getattr(cast, who))


def test_once_ended_nothing_is_written_and_what_is_left_stays_listed(cast, login):
    made = campaign(cast)
    row = target(cast, made)
    act(made, "end", cast.town_dispatcher, note="完成")
    with pytest.raises(NotNow, match="已经结束"):
        look(row, "normal", cast.worker)
    page = text(login(cast.worker).get(reverse("ledgers:share", args=[made.pk])))
    assert row.household.address in page
    assert "未入户" in page
    assert "记下" not in text(login(cast.worker).get(reverse("ledgers:target", args=[row.pk])))


# ---- pages -----------------------------------------------------------------------------------------------------------
def looking(**changes):
    return {"idempotency_key": str(uuid.uuid4()), "result": "normal", "remark": ""} | changes


def test_three_taps_on_the_phone(cast, login):
    made = campaign(cast)
    row, client = target(cast, made), login(cast.worker)
    home = text(client.get("/m/"))
    assert made.title in home
    assert "还有 1 个没看" in home
    share = text(client.get(reverse("ledgers:share", args=[made.pk])))
    address = reverse("ledgers:target", args=[row.pk])
    assert address in share
    page = text(client.get(address))
    assert "电线有没有老化" in page
    refused = client.post(address, looking(result="found"))
    assert refused.status_code == 422
    assert "请勾一条或写一句" in text(refused)
    given = looking(result="found", marks=["煤气瓶放在哪里"], remark="放在床边")
    assert client.post(address, given | {"photos": jpeg()}).status_code == 302
    ticket = Ticket.objects.get()
    assert ticket.photos.count() == 1
    assert client.post(address, given | {"photos": jpeg()}).status_code == 302
    assert Ticket.objects.count() == 1
    beside = text(client.get(reverse("issues:ticket", args=[ticket.number])))
    assert made.title in beside
    assert address in beside
    assert ticket.number in text(client.get(address))
    assert ticket.number in text(client.get(reverse("ledgers:share", args=[made.pk]) + "?view=found"))


def test_a_lost_answer_sent_again_after_a_colleague_was_there_says_so(cast, login):
    row = target(cast)
    look(row, "found", cast.chief)
    answer = login(cast.worker).post(reverse("ledgers:target", args=[row.pk]), looking(remark="没问题"))
    assert answer.status_code == 422
    assert "没问题" in text(answer)
    assert "不能正常" in text(answer) or "发现问题" in text(answer)


def test_rows_of_households_only_for_who_may_see_them(cast, login):
    made = campaign(cast, places=[cast.township])
    row = target(cast, made)
    address = reverse("ledgers:target", args=[row.pk])
    for who in ("worker", "chief", "secretary", "town_dispatcher", "town_leader"):
        client = login(getattr(cast, who))
        assert client.get(address).status_code == 200, who
        assert row.household.address in text(client.get(reverse("ledgers:share", args=[made.pk]))), who
    for who in ("county_dispatcher", "county_leader", "auditor"):
        client = login(getattr(cast, who))
        assert client.get(address).status_code == 404, who
        page = text(client.get(reverse("ledgers:campaign", args=[made.pk])))
        assert "红岭村" in page
        assert "share/?grid" not in page, who
        assert row.household.address not in text(client.get(reverse("ledgers:share", args=[made.pk]))), who
    for who in ("second_worker", "sibling_worker", "sibling_secretary"):
        assert login(getattr(cast, who)).get(address).status_code == 404, who
    for who in ("other_town_dispatcher", "other_worker"):
        assert login(getattr(cast, who)).get(reverse("ledgers:campaign", args=[made.pk])).status_code == 404


def test_names_phones_and_labels_are_on_no_page_and_in_no_file(cast, login):
    settle(cast.microgrid, 1, "独居老人")
    made = campaign(cast)
    row = look(target(cast, made), "absent", cast.worker, remark="大文去了县城")
    client = login(cast.town_dispatcher)
    pages = [
        text(client.get(reverse("ledgers:campaign", args=[made.pk]))),
        text(client.get(reverse("ledgers:share", args=[made.pk]))),
        text(client.get(reverse("ledgers:target", args=[row.pk]))),
    ]
    answer = client.get(reverse("ledgers:export_targets", args=[made.pk, "csv"]))
    pages.append(b"".join(answer.streaming_content).decode())
    for page in pages:
        for secret in ("陈大文", "10000006021", "独居老人"):
            assert secret not in page
    assert "去了县城" not in pages[3]


def test_counts_by_village_and_grid_and_of_what_was_solved(cast, login):
    settle(cast.second_microgrid, 2)
    made = campaign(cast, places=[cast.township])
    found = look(target(cast, made), "found", cast.worker)
    ticket = step(found.ticket, "accept", staff(cast.worker))
    other = made.targets.filter(area=cast.second_microgrid).first()
    look(other, "absent", cast.second_worker)
    tally = progress.tally_of(cast.town_dispatcher, made)
    assert (tally.total, tally.done, tally.absent, tally.left, tally.found, tally.solved) == (4, 1, 1, 3, 1, 0)
    assert [village.name for village in tally.parts] == ["红岭村", "锦星村"]
    assert [grid.total for grid in tally.parts[0].parts] == [1, 2]
    Ticket.objects.filter(pk=ticket.pk).update(state="closed", closed_at=ticket.placed_at)
    assert progress.tally_of(cast.town_dispatcher, made).solved == 1
    assert progress.tally_of(cast.secretary, made).total == 3
    assert progress.tally_of(cast.worker, made).total == 1
    page = text(login(cast.town_dispatcher).get(reverse("ledgers:campaign", args=[made.pk])))
    assert cast.worker.name not in page.split('class="tbl')[1].split("</table>")[0]
    sheet = text(login(cast.county_leader).get(reverse("ledgers:campaign_sheet", args=[made.pk])))
    assert "未入户" in sheet


def test_the_file_holds_every_target(cast, login):
    settle(cast.second_microgrid, 2)
    made = campaign(cast)
    look(target(cast, made), "found", cast.worker)
    answer = login(cast.secretary).get(reverse("ledgers:export_targets", args=[made.pk, "xlsx"]))
    rows = list(load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active.values)
    assert len(rows) == 4
    assert sorted(row[4] for row in rows[1:]) == ["发现问题", "未入户", "未入户"]


def test_the_pages_cost_the_same_however_long_the_list(cast, login):
    made = campaign(cast)
    client = login(cast.worker)

    def prices() -> list[int]:
        found = []
        for name in ("campaign", "share"):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(f"ledgers:{name}", args=[made.pk])).status_code == 200
            found.append(len(queries))
        return found

    client.get("/m/")
    one = prices()
    settle(cast.microgrid, 30)
    Target.objects.all().delete()
    Campaign.objects.filter(pk=made.pk).update(built_at=None)
    made.refresh_from_db()
    targets.build(made)
    assert prices() == one


def test_opened_by_the_form(cast, login):
    client = login(cast.town_dispatcher)
    address = reverse("ledgers:new_campaign")
    assert "标签" in text(client.get(address))
    assert "标签的户" not in text(login(cast.county_dispatcher).get(address))
    given = {
        "idempotency_key": str(uuid.uuid4()), "title": "用气排查", "basis": "沙安委〔2026〕12号",
        "starts_on": str(in_days(0)), "ends_on": str(in_days(9)), "item": "E01", "aim": "households",
        "questions": "\n".join(str(n) for n in range(9)), "places": [cast.village.code], "tags": "",
    }  # fmt: skip
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert "写 1 到 8 条" in text(refused)
    assert "沙安委" in text(refused)
    assert client.post(address, given | {"questions": "电线\n\n煤气"}).status_code == 302
    made = Campaign.objects.get()
    assert made.questions == ["电线", "煤气"]
    assert made.targets.count() == 1


def test_grid_staff_are_told_and_the_office_reminded_of_the_end(cast):
    campaign(cast)
    outbox.drain_inline()
    people = set(Notice.objects.filter(kind="campaig_open").values_list("user__username", flat=True))
    assert {"worker", "chief", "secretary"} <= people
    assert not people & {"sibling_worker", "other_worker", "second_worker"}
