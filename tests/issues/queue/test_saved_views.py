"""Saved views: one's own address under a name, shared with the people of one place, never a wider sight."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import SavedView
from issues.queue import saved
from tests.issues.queue.test_page import MOST_QUERIES, numbers_on
from tests.tickets import placed

pytestmark = pytest.mark.django_db


def save(client, query="view=open&grade=general", **fields):
    given = {"name": "圩镇市政", "share": "", "query": query, "idempotency_key": str(uuid.uuid4())}
    return client.post("/t/views/new/", given | fields)


def test_the_present_list_is_kept_under_a_name_and_stands_above_the_list(cast, login):
    client = login(cast.town_dispatcher)
    form = client.get("/t/views/new/?view=open&grade=general&junk=1").content.decode()
    assert 'value="view=open&amp;grade=general"' in form
    answer = save(client)
    assert answer["Location"] == "/t/?view=open&grade=general"
    page = client.get(answer["Location"]).content.decode()
    assert 'href="/t/?view=open&amp;grade=general" aria-current="true">' in page
    assert page.count("圩镇市政</a>") == 2  # above the list and in the menu
    assert "圩镇市政" not in login(cast.town_leader).get("/t/").content.decode()


def test_a_form_sent_twice_keeps_one_view(cast, login):
    client, key = login(cast.town_dispatcher), str(uuid.uuid4())
    assert [save(client, idempotency_key=key).status_code for _ in range(2)] == [302, 302]
    assert SavedView.objects.count() == 1
    assert save(client, idempotency_key=key, name="别的").status_code == 422


def test_a_name_is_given_once_and_the_views_are_not_endless(cast, login, monkeypatch):
    client = login(cast.town_dispatcher)
    save(client)
    again = save(client)
    assert again.status_code == 422
    assert "您已有叫“圩镇市政”的视图" in again.content.decode()
    monkeypatch.setattr(saved, "MOST", 1)
    assert "最多保存 1 个视图" in save(client, name="第二个").content.decode()
    assert save(client, name="").status_code == 422


@pytest.mark.parametrize(
    ("owner", "kind", "sees", "sees_not"),
    [
        (
            "town_dispatcher",
            "township",
            {"town_leader", "verifier"},
            {"worker", "county_leader", "other_town_dispatcher"},
        ),
        ("handler", "department", {"colleague", "dept_leader"}, {"other_handler", "town_dispatcher"}),
    ],
)
def test_a_shared_view_is_seen_by_those_who_hold_a_post_there_only(cast, login, owner, kind, sees, sees_not):
    place = cast.township if kind == "township" else cast.office
    save(login(cast.users[owner]), share=f"{place._meta.model_name}:{place.pk}")
    view = SavedView.objects.get()
    assert view.area == (place if kind == "township" else None)
    for name in sees:
        assert "圩镇市政" in login(cast.users[name]).get("/t/").content.decode(), name
        assert login(cast.users[name]).get(f"/t/views/{view.pk}/").status_code == 403
        assert login(cast.users[name]).post(f"/t/views/{view.pk}/delete/").status_code == 403
    for name in sees_not:
        assert "圩镇市政" not in login(cast.users[name]).get("/t/").content.decode(), name
        assert login(cast.users[name]).get(f"/t/views/{view.pk}/").status_code == 404
    assert SavedView.objects.count() == 1


def test_nobody_shares_with_a_place_that_is_not_theirs(cast, login):
    for place in (cast.other_township, cast.county, cast.village):
        answer = save(login(cast.town_dispatcher), share=f"area:{place.pk}")
        assert answer.status_code == 422
    assert not SavedView.objects.exists()


def test_a_shared_view_widens_nobodys_sight(cast, login):
    near, far = placed(cast), placed(cast, area=cast.other_grid)
    SavedView.objects.create(owner=cast.county_leader, name="全市", query="view=all", area=cast.township)
    page = login(cast.town_dispatcher).get("/t/").content.decode()
    assert "全市" in page
    listed = numbers_on(login(cast.town_dispatcher).get("/t/?view=all").content.decode())
    assert listed == [near.number]
    assert far.number not in listed


def test_own_views_are_renamed_shared_and_deleted(cast, login):
    client = login(cast.town_dispatcher)
    save(client)
    view = SavedView.objects.get()
    assert client.post(f"/t/views/{view.pk}/", {"name": "本镇", "share": f"area:{cast.township.pk}"}).status_code == 302
    page = client.get("/t/views/").content.decode()
    assert "本镇" in page
    assert "沙塘镇的人员" in page
    assert "级别 一般" in page
    assert "黄志豪 共享给沙塘镇" in login(cast.town_leader).get("/t/views/").content.decode()
    assert client.post(f"/t/views/{view.pk}/delete/").status_code == 302
    assert not SavedView.objects.exists()
    assert "还没有常用视图" in client.get("/t/views/").content.decode()


def test_what_an_old_view_asks_that_is_no_more_is_said_and_left_out(cast, login):
    ticket = placed(cast)
    SavedView.objects.create(owner=cast.town_dispatcher, name="旧", query="view=gone&grade=third&source=order&dept=OLD")
    client = login(cast.town_dispatcher)
    assert client.get("/t/views/").status_code == 200
    page = client.get("/t/?view=gone&grade=third&source=order").content.decode()
    assert page.count("看不懂，已略过</b>") == 2
    assert numbers_on(page) == [ticket.number]


def test_the_auditor_keeps_nothing(cast, login):
    assert "/t/views/" not in login(cast.auditor).get("/t/").content.decode()
    assert save(login(cast.auditor)).status_code == 403


def test_views_cost_one_query_however_many(cast, login):
    client = login(cast.town_dispatcher)
    save(client)

    def price(path: str) -> int:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            client.get(path)
        return len(queries)

    before = price("/t/"), price("/t/views/")
    for n in range(12):
        SavedView.objects.create(owner=cast.town_dispatcher, name=f"视图{n}", query="view=mine", area=cast.township)
    assert (price("/t/"), price("/t/views/")) == before
    assert before[0] <= MOST_QUERIES
