"""Files of households: masked without ado; with names and phones for a purpose, by two people, once, for a while."""

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from core import clock
from core.errors import NotNow, NotYours
from core.models import AuditEntry
from households.file import actions
from households.file.actions import FileRefused
from households.registers import exports
from members import posts
from members.roles import Role
from tests.households.conftest import fresh, once


def asked(cast, reason="核对低保名单"):
    return exports.ask(area=cast.village, reason=reason, user=cast.secretary, once=once())


def text_of(table):
    with table.file as file:
        return file.read().decode("utf-8-sig")


def test_the_masked_list_needs_nobody(cast, login):
    answer = login(cast.secretary).get(reverse("households:download", args=["csv"]))
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert "南安里1组1号" in text
    assert "陈**" in text
    assert "100****6021" in text
    assert "陈大文" not in text
    assert AuditEntry.objects.get(verb="household.exported").detail["personal"] is False


def test_names_leave_once_after_a_second_person_said_yes(cast):
    row = asked(cast)
    with pytest.raises(NotNow):
        exports.fetch(request=row, kind="csv", user=cast.secretary)
    with pytest.raises(NotYours):
        exports.decide(request=row, approve=True, remark="", user=cast.secretary)
    with pytest.raises(NotYours):
        exports.decide(request=row, approve=True, remark="", user=cast.town_dispatcher)
    exports.decide(request=row, approve=True, remark="同意", user=cast.town_leader)
    with pytest.raises(NotYours):
        exports.fetch(request=row, kind="csv", user=cast.town_dispatcher)
    text = text_of(exports.fetch(request=row, kind="csv", user=cast.secretary))
    assert "陈大文" in text
    assert "10000006021" in text
    assert text.count("陈大文") == 1, "only the own village"
    with pytest.raises(NotNow):
        exports.fetch(request=row, kind="csv", user=cast.secretary)
    assert AuditEntry.objects.get(verb="household.exported").detail["personal"] is True


def test_nobody_approves_their_own_whatever_posts_they_hold(cast):
    posts.assign(user=cast.secretary, role=Role.TOWNSHIP_LEADER, area=cast.township, actor=None)
    row = asked(cast)
    with pytest.raises(NotYours, match="别人批准"):
        exports.decide(request=row, approve=True, remark="", user=fresh(cast.secretary))
    assert exports.decide(request=row, approve=True, remark="", user=cast.town_leader).decided_by == cast.town_leader


def test_approval_ends_and_who_withdrew_is_left_out(cast, home):
    late = exports.decide(request=asked(cast), approve=True, remark="", user=cast.town_leader)
    with clock.at(clock.now() + timedelta(hours=49)), pytest.raises(NotNow):
        exports.fetch(request=late, kind="csv", user=cast.secretary)
    actions.note_consent(household=home, state="withdrawn", user=cast.worker)
    row = exports.decide(request=asked(cast), approve=True, remark="", user=cast.town_leader)
    assert "陈大文" not in text_of(exports.fetch(request=row, kind="csv", user=cast.secretary))
    actions.note_consent(household=home, state="agreed", user=cast.worker)
    row = exports.decide(request=asked(cast), approve=True, remark="", user=cast.town_leader)
    assert "陈大文" in text_of(exports.fetch(request=row, kind="csv", user=cast.secretary))


def test_a_purpose_is_needed_and_only_ones_own_place(cast):
    with pytest.raises(FileRefused):
        asked(cast, reason="用")
    with pytest.raises(NotYours):
        exports.ask(area=cast.sibling_village, reason="核对低保名单", user=cast.secretary, once=once())


def test_the_pages(cast, login):
    client, leader = login(cast.secretary), login(cast.town_leader)
    data = {"place": cast.village.code, "reason": "核对低保名单", "idempotency_key": str(uuid.uuid4())}
    assert client.post(reverse("households:new_export"), data).status_code == 302
    row = exports.page(cast.secretary, "", 10).rows[0]
    assert "核对低保名单" in leader.get(reverse("households:exports")).content.decode()
    decide = reverse("households:decide_export", args=[row.pk])
    assert leader.post(decide, {"approve": "yes", "remark": ""}).status_code == 302
    fetch = reverse("households:fetch_export", args=[row.pk, "xlsx"])
    assert fetch in client.get(reverse("households:exports")).content.decode()
    answer = client.post(fetch)
    assert answer["Content-Type"].endswith("sheet")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert fresh(row).state == "fetched"
    assert client.post(fetch).status_code == 422
