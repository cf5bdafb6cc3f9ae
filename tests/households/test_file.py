"""一户一档: corrections, residents, guarded labels, needs, consent, requests, looks; what each leaves behind."""

from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.errors import NotNow, NotYours
from core.jobs import outbox
from core.models import AuditEntry
from grids import households
from grids.addresses import NAMES, Parts, compose, parse
from grids.households import HouseholdMoved, NewHousehold
from grids.models import Household
from households.file import actions, looking, retention, subjects, tags
from households.file.actions import FileRefused, Person
from households.file.looking import TooManyLooks
from households.models import Consent, GuardedTag, Need, Resident, SubjectRequest, Visit
from households.rules import KEEP_AFTER_LEAVING, REVEALS_A_DAY
from issues.models import Reporter
from notices.models import Notice
from tests.households.conftest import fresh, visited


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("幸福花园3栋2单元502室", Parts("幸福花园", "3", "2", "502")),
        ("幸福花园 ３ 栋 502房", Parts("幸福花园", "3", "", "502")),
        ("人民路8号楼", Parts("人民路", "8")),
        ("南安里3组12号", Parts("南安里", group="3", number="12")),
        ("一组 1 号", Parts(group="一", number="1")),
        ("长庆里12-3号", Parts("长庆里", number="12-3")),
        ("村口小卖部", Parts("村口小卖部")),
    ],
)
def test_an_address_is_known_by_its_parts(text, parts):
    assert parse(text) == parts
    if parts.is_known:
        assert parse(compose(parts)) == parts


def corrected(home, **more):
    given = {"address": home.address, "head_name": home.head_name, "phone": home.phone, "size": home.size}
    return NewHousehold(home.area, **(given | more))


def test_a_correction_keeps_the_code_and_says_which_columns(cast, home):
    new = corrected(home, address="幸福花园3栋2单元502室", size=4, tags=["低保"], phone="10000006099")
    row = households.correct(household=home, new=new, version=home.version, actor=cast.worker)
    assert (row.code, row.building, row.unit, row.room) == (home.code, "3", "2", "502")
    assert row.version == home.version + 1
    entry = AuditEntry.objects.get(verb="household.corrected")
    assert sorted(entry.detail["columns"]) == ["address", "phone", "size", "tags"]
    assert "6099" not in str(entry.detail)
    with pytest.raises(HouseholdMoved):
        households.correct(household=home, new=new, version=home.version, actor=cast.worker)


def test_the_form_keeps_what_is_left_empty_and_shows_it_masked(cast, home, login):
    client = login(cast.worker)
    url = reverse("households:edit", args=[home.code])
    page = client.get(url).content.decode()
    assert "陈**" in page
    assert "陈大文" not in page
    data = {"address": "南安里1组2号", "size": 5, "kind": "rented", "tags": ["独居老人"], "version": home.version}
    assert client.post(url, data).status_code == 302
    row = fresh(home)
    assert (row.address, row.number, row.head_name, row.phone) == ("南安里1组2号", "2", "陈大文", "10000006021")
    assert (row.kind, row.tags, row.size) == ("rented", ["独居老人"], 5)
    stale = client.post(url, data | {"size": 6})
    assert stale.status_code == 409
    assert "刚刚被别人改过" in stale.content.decode()
    bad = client.post(url, data | {"tags": ["不在名录"], "version": row.version})
    assert bad.status_code == 422


def test_residents_are_added_corrected_and_taken_out_by_who_keeps_the_file(cast, home):
    person = actions.add_resident(
        household=home, person=Person("陈小文", "10000006022", "child", 2011), user=cast.worker
    )
    changed = actions.change_resident(resident=person, person=Person("陈晓文", "", "child", 2011), user=cast.secretary)
    assert Resident.objects.get(pk=changed.pk).name == "陈晓文"
    with pytest.raises(NotYours):
        actions.add_resident(household=home, person=Person("李四"), user=cast.town_leader)
    with pytest.raises(FileRefused):
        actions.add_resident(household=home, person=Person(" "), user=cast.worker)
    actions.remove_resident(resident=changed, user=cast.worker)
    assert not Resident.objects.exists()


def test_guarded_labels_are_known_to_their_roles_only(cast, home, login):
    actions.set_guarded(household=home, kinds={"violence", "mental"}, user=cast.secretary)
    assert {tag.kind for tag in tags.shown_to(cast.secretary, home)} == {"violence", "mental"}
    assert [tag.kind for tag in tags.shown_to(cast.chief, home)] == ["mental"]
    assert tags.shown_to(cast.worker, home) == []
    assert tags.shown_to(cast.town_dispatcher, home) == []
    with pytest.raises(NotYours):
        actions.set_guarded(household=home, kinds={"violence"}, user=cast.chief)
    actions.set_guarded(household=home, kinds=set(), user=cast.chief)
    assert [tag.kind for tag in GuardedTag.objects.all()] == ["violence"], "what one does not know of stays"
    assert "家庭暴力" not in login(cast.worker).get(reverse("households:file", args=[home.code])).content.decode()
    assert "家庭暴力" in login(cast.secretary).get(reverse("households:file", args=[home.code])).content.decode()
    assert AuditEntry.objects.get(verb="household.guarded_read").actor_id == cast.secretary.pk
    login(cast.secretary).get("/households/", {"guarded": "violence"})
    login(cast.worker).get("/households/", {"guarded": "violence"})
    login(cast.secretary).get("/households/")
    assert AuditEntry.objects.get(verb="household.guarded_listed").actor_id == cast.secretary.pk
    rows = Household.objects.visible_to(cast.secretary)
    assert list(tags.having(rows, cast.secretary, "violence")) == [home]
    assert list(tags.having(Household.objects.visible_to(cast.worker), cast.worker, "violence")) == []
    assert "violence" not in str(list(AuditEntry.objects.values_list("detail", flat=True)))


def test_a_need_ends_with_words_or_with_its_ticket(cast, home):
    need = actions.note_need(household=home, words="想装个扶手", user=cast.worker)
    with pytest.raises(FileRefused):
        actions.end_need(need=need, state="solved", outcome="", user=cast.worker)
    assert actions.end_need(need=need, state="solved", outcome="装好了", user=cast.worker).ended_at
    with pytest.raises(NotNow):
        actions.end_need(need=need, state="solved", outcome="再来", user=cast.worker)
    ticketed = visited(cast, "matter", note="屋顶漏雨").need
    with pytest.raises(NotNow):
        actions.end_need(need=ticketed, state="solved", outcome="好了", user=cast.worker)


def test_a_look_is_counted_and_recorded_and_ends_for_the_day(cast, home):
    for _n in range(REVEALS_A_DAY):
        shown = looking.look(household=home, reason="visit", user=cast.worker)
    assert (shown.head_name, shown.phone) == ("陈大文", "10000006021")
    with pytest.raises(TooManyLooks):
        looking.look(household=home, reason="visit", user=cast.worker)
    assert AuditEntry.objects.filter(verb="household.revealed", object_id=str(home.pk)).count() == REVEALS_A_DAY
    assert AuditEntry.objects.filter(verb="household.reveal_capped").count() == 1
    assert looking.look(household=home, reason="visit", user=cast.secretary).phone
    with clock.at(clock.now() + timedelta(days=1)):
        assert looking.look(household=home, reason="visit", user=cast.worker).phone


def test_a_household_that_takes_its_agreement_back_is_no_longer_shown(cast, home, login):
    actions.note_consent(household=home, state=Consent.State.WITHDRAWN, user=cast.worker)
    with pytest.raises(NotNow):
        looking.look(household=home, reason="visit", user=cast.worker)
    answer = login(cast.worker).post(reverse("households:reveal", args=[home.code]), {"reason": "visit"})
    assert answer.status_code == 422
    assert "10000006021" not in answer.content.decode()
    ticket = visited(cast, "matter", note="屋顶漏雨").need.ticket
    assert not Reporter.objects.filter(ticket=ticket).exists()
    actions.note_consent(household=home, state=Consent.State.AGREED, user=cast.worker)
    assert looking.look(household=home, reason="visit", user=cast.worker).phone


def test_a_request_has_a_day_a_reminder_and_an_answer(cast, home):
    row = subjects.take_request(household=home, kind="delete", user=cast.secretary)
    assert (row.due_on - clock.today()).days == 30
    with pytest.raises(NotNow):
        subjects.take_request(household=home, kind="delete", user=cast.secretary)
    with pytest.raises(NotYours):
        subjects.take_request(household=home, kind="access", user=cast.worker)
    with clock.at(clock.now() + timedelta(days=26)):
        outbox.drain_inline()
    told = Notice.objects.filter(kind="household_request")
    assert {notice.user_id for notice in told} == {cast.secretary.pk, cast.town_dispatcher.pk}
    actions.add_resident(household=home, person=Person("陈小文"), user=cast.worker)
    actions.set_guarded(household=home, kinds={"mental"}, user=cast.secretary)
    visited(cast, note="聊了孙子的事")
    subjects.answer(request=row, state="done", words="当面告知已删除", user=cast.secretary)
    gone = fresh(home)
    assert (gone.head_name, gone.phone, gone.head_index, gone.phone_index, gone.tags) == ("", "", "", "", [])
    assert gone.address == home.address
    assert not Resident.objects.exists()
    assert not GuardedTag.objects.exists()
    assert Visit.objects.get().note == ""
    assert fresh(row).state == SubjectRequest.State.DONE


def test_the_paper_has_everything_and_is_on_the_trail(cast, home, login):
    actions.add_resident(household=home, person=Person("陈小文", "10000006022"), user=cast.worker)
    visited(cast, note="身体好")
    url = reverse("households:paper", args=[home.code])
    assert login(cast.secretary).get(url).status_code == 405
    text = login(cast.secretary).post(url).content.decode()
    assert all(word in text for word in ("陈大文", "陈小文", "10000006022", "身体好"))
    assert AuditEntry.objects.filter(verb="household.subject_export").exists()
    assert login(cast.worker).post(url).status_code == 403


def test_what_is_past_its_time_is_forgotten_unless_somebody_waits_for_it(cast, home):
    sibling = cast.sibling_household
    visited(cast, note="老人怕冷")
    actions.note_need(household=home, words="想装个扶手", user=cast.worker)
    subjects.take_request(household=sibling, kind="access", user=cast.sibling_secretary)
    for row in (home, sibling):
        households.retire(household=row, reason="迁出", actor=None)
    later = clock.now() + KEEP_AFTER_LEAVING + timedelta(days=1)
    with clock.at(later):
        assert [kept.count for kept in retention.retain(dry_run=True)][:2] == [1, 1]
        assert fresh(home).head_name, "a dry run only counts"
        retention.retain(dry_run=False)
        assert [kept.count for kept in retention.retain(dry_run=True)] == [0, 0, 0]
    assert (fresh(home).head_name, Need.objects.get().text) == ("", "（已删除）")
    assert fresh(sibling).head_name == "陈大文", "held while a request is open"


def test_parts_are_columns():
    assert {field.name for field in Household._meta.concrete_fields} >= set(NAMES)
