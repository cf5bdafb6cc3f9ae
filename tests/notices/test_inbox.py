"""The inbox: told once, read once, never anybody else's; and the number on the bell."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from notices import inbox
from notices.models import Notice


def send(*users, key="k1", text="新工单等您受理", url="/account/", **more):
    said = {"text": text, "place": "红岭村", "todo": "请受理"} | more
    return inbox.send(user_ids=[u.pk for u in users], kind="ticket", url=url, key=key, **said)


def test_the_same_key_tells_once(cast):
    assert send(cast.worker, cast.chief) == 2
    send(cast.worker, cast.chief, cast.worker)
    assert Notice.objects.count() == 2
    send(cast.worker, key="k2")
    assert inbox.unread(cast.worker).count() == 2


def test_the_page_groups_by_day_and_shows_only_ones_own(cast, login):
    with clock.at(clock.now() - timedelta(days=3)):
        send(cast.worker, key="old", text="三天前的消息")
    send(cast.worker, text="今天的消息")
    send(cast.chief, text="给别人的消息")
    page = login(cast.worker).get("/inbox/").content.decode()
    assert page.index("今天</h2>") < page.index("今天的消息") < page.index("三天前的消息")
    assert "给别人的消息" not in page


def test_an_empty_inbox_says_what_will_come(cast, login):
    for user in (cast.worker, cast.handler):
        assert "没有消息" in login(user).get("/inbox/").content.decode()


def test_opening_marks_read_and_goes_there(cast, login):
    send(cast.worker)
    notice = Notice.objects.get()
    client = login(cast.worker)
    assert client.get(f"/inbox/{notice.pk}/").status_code == 405
    assert client.post(f"/inbox/{notice.pk}/")["Location"] == "/account/"
    read_at = Notice.objects.get().read_at
    assert read_at
    assert client.post(f"/inbox/{notice.pk}/").status_code == 302
    assert Notice.objects.get().read_at == read_at


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example/", "/\\evil.example", ""])
def test_a_notice_never_leads_off_this_site(cast, login, url):
    send(cast.worker, url=url)
    assert login(cast.worker).post(f"/inbox/{Notice.objects.get().pk}/")["Location"] == "/inbox/"


def test_somebody_elses_notice_is_a_missing_one(cast, login):
    send(cast.chief)
    client = login(cast.worker)
    foreign = client.post(f"/inbox/{Notice.objects.get().pk}/")
    missing, huge = client.post("/inbox/999999/"), client.post(f"/inbox/{'9' * 40}/")
    assert foreign.status_code == missing.status_code == huge.status_code == 404
    assert foreign.content == missing.content == huge.content
    assert inbox.unread(cast.chief).count() == 1


def test_all_can_be_read_at_once(cast, login):
    for n in range(3):
        send(cast.worker, cast.chief, key=f"k{n}")
    client = login(cast.worker)
    assert "全部标为已读" in client.get("/inbox/").content.decode()
    assert client.post("/inbox/read/")["Location"] == "/inbox/"
    assert inbox.unread(cast.worker).count() == 0
    assert inbox.unread(cast.chief).count() == 3
    assert '<button class="btn" type="submit">全部' not in client.get("/inbox/").content.decode()


def test_the_bell_answers_304_until_the_number_changes(cast, login):
    client = login(cast.worker)
    first = client.get("/inbox/badge")
    assert (first.content, first["Cache-Control"]) == (b"0", "private, no-cache")
    assert client.get("/inbox/badge", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    send(cast.worker)
    again = client.get("/inbox/badge", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content) == (200, b"1")


def test_long_inboxes_are_paged(cast, login):
    for n in range(60):
        send(cast.worker, key=f"k{n}", text=f"消息{n:03d}号")
    client = login(cast.worker)
    first = client.get("/inbox/")
    cursor = first.context["page"].next
    second = client.get("/inbox/", {"after": cursor})
    assert (len(first.context["page"].rows), len(second.context["page"].rows)) == (50, 10)
    assert client.get("/inbox/", {"after": "garbage"}).status_code == 200


def test_the_cost_does_not_grow_with_the_rows(cast, login):
    client = login(cast.worker)
    counts = []
    for size in (1, 20):
        for n in range(size):
            send(cast.worker, key=f"s{size}-{n}")
        client.get("/inbox/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/inbox/")
        counts.append(len(seen))
    assert counts[0] == counts[1] <= 5  # session, user, notices, bell, posts
    with CaptureQueriesContext(connection) as seen:
        client.get("/inbox/badge")
    assert len(seen) == 3  # session, user, count
