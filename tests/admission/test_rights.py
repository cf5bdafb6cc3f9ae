"""The five rights: a township's register, what came of each use, the county's half-yearly review and its sheet."""

from datetime import timedelta

import pytest
from django.urls import reverse

from admission.models import RightReview, RightUse
from admission.rights import actions
from admission.rights.actions import Used
from admission.rights.register import halves
from admission.workflow.rules import Right, half_of
from core import clock
from core.errors import Conflict, NotYours, Refused
from tests.admission.conftest import once

pytestmark = pytest.mark.django_db


def text(response):
    return response.content.decode()


def used(g, **changes):
    given = {
        "right": Right.APPRAISE,
        "used_on": clock.today(),
        "department": g.cast.departments["ZR"],
        "what": "对自然资源所负责人考核提出建议",
    }
    return Used(**(given | changes))


def recorded(g, user=None, **changes):
    user = user or g.cast.town_dispatcher
    town = actions.own_townships(user)[0]
    return actions.record(user=user, township=town, used=used(g, **changes), once=once())


def found(**changes):
    return {right.value: {"kept": "kept", "note": ""} for right in Right} | changes


def reviewed(g, version=0, **changes):
    given = {"township": g.cast.township, "half": half_of(clock.today()), "found": found(), "summary": "落实"}
    return actions.review(user=g.cast.county_leader, version=version, once=once(), **(given | changes))


def test_a_township_writes_for_itself_only(g):
    assert recorded(g).township == g.cast.township
    with pytest.raises(NotYours):
        actions.record(user=g.cast.town_dispatcher, township=g.cast.other_township, used=used(g), once=once())
    with pytest.raises(NotYours):
        actions.record(user=g.cast.county_leader, township=g.cast.township, used=used(g), once=once())
    with pytest.raises(Refused, match="晚于今天"):
        recorded(g, used_on=clock.today() + timedelta(days=1))


def test_what_came_of_it_is_written_once_at_a_time(g):
    use = recorded(g)
    given = {"use": use, "outcome": "taken", "note": "已采纳"}
    done = actions.settle(user=g.cast.town_leader, version=1, once=once(), **given)
    assert (done.outcome, done.version) == ("taken", 2)
    with pytest.raises(Conflict):
        actions.settle(user=g.cast.town_dispatcher, version=1, once=once(), **given)


def test_the_county_reviews_and_a_second_writer_is_told(g):
    assert reviewed(g).version == 1
    assert reviewed(g, 1, summary="再看").version == 2
    with pytest.raises(Conflict):
        reviewed(g, 1)
    assert RightReview.objects.get().summary == "再看"
    year = int(half_of(clock.today())[:4])
    with pytest.raises(Refused, match="还没有开始"):
        reviewed(g, half=f"{year + 1}H2")
    with pytest.raises(NotYours):
        actions.review(
            user=g.cast.town_leader, township=g.cast.township, half=halves()[0], found=found(), summary="x",
            version=0, once=once(),
        )  # fmt: skip


def test_each_township_sees_its_own_and_the_county_all(g, login):
    mine = recorded(g)
    recorded(g, g.cast.other_town_dispatcher, what="水口镇的建议")
    url = reverse("admission:rights")
    assert "水口镇的建议" not in text(login(g.cast.town_dispatcher).get(url))
    assert mine.what[:10] in text(login(g.cast.town_leader).get(url))
    page = text(login(g.cast.county_leader).get(url))
    assert "水口镇的建议" in page
    assert mine.what[:10] in page
    narrowed = text(login(g.cast.county_leader).get(f"{url}?town={g.cast.other_township.code}"))
    assert mine.what[:10] not in narrowed
    assert login(g.cast.worker).get(url).status_code == 403


def test_the_forms_write_and_keep_what_was_typed(g, login):
    client = login(g.cast.town_dispatcher)
    filled = {
        "idempotency_key": once().key, "right": "plan", "used_on": str(clock.today()), "department": "ZR",
        "what": "建议调整规划", "outcome": "open",
    }  # fmt: skip
    assert "建议调整规划" in text(client.post(reverse("admission:new_right"), filled | {"department": ""}))
    assert client.post(reverse("admission:new_right"), filled).status_code == 302
    use = RightUse.objects.get()
    url = reverse("admission:right_outcome", args=[use.pk])
    stale = {"idempotency_key": once().key, "outcome": "taken", "note": "已采纳", "version": "7"}
    answer = client.post(url, stale)
    assert answer.status_code == 409
    assert "已采纳" in text(answer)
    assert client.post(url, stale | {"version": "1", "idempotency_key": once().key}).status_code == 302


def test_the_review_is_filled_in_printed_and_read_by_its_township(g, login):
    use = recorded(g)
    client = login(g.cast.county_leader)
    url = reverse("admission:right_review", args=[g.cast.township.code, halves()[0]])
    assert use.what[:10] in text(client.get(url))
    filled = {"idempotency_key": once().key, "version": "0", "summary": "总体较好。\n限期答复。"}
    for right in Right:
        filled |= {f"kept_{right.value}": "partly", f"note_{right.value}": f"{right.label}情况"}
    incomplete = client.post(url, filled | {"kept_plan": ""})
    assert incomplete.status_code == 422
    assert "限期答复" in text(incomplete)
    paper = client.post(url, filled)["Location"]
    page = text(login(g.cast.town_leader).get(paper))
    for words in ("回头看", "部分落实", "资金统筹权情况", use.what, "限期答复。"):
        assert words in page
    assert login(g.cast.other_town_dispatcher).get(paper).status_code == 404
    assert client.get(reverse("admission:right_review", args=[g.cast.township.code, "2020H1"])).status_code == 404
