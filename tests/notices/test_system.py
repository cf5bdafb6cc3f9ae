"""The system admin's pages: parked rows of every topic, and endpoints with a secret shown once."""

import re
import socket
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from core import clock
from core.jobs import outbox
from core.models import AuditEntry, OutboxRow
from notices import endpoints
from notices.models import Delivery, Endpoint


@pytest.fixture
def admin(cast, login):
    return login(cast.system_admin)


@pytest.fixture
def endpoint(cast):
    return endpoints.add(name="共享平台", url="https://192.0.2.10/x", groups=["turn"], actor=cast.system_admin)


def park(count=1, topic="core.echo", error="RuntimeError: 坏了"):
    with transaction.atomic():
        for _n in range(count):
            outbox.enqueue(topic, {"n": 7}, key=uuid4().hex)
    OutboxRow.objects.filter(parked_at=None).update(parked_at=clock.now(), attempts=5, last_error=error)
    return OutboxRow.objects.order_by("-id").first()


def text(answer):
    return answer.content.decode()


# ---- parked rows -------------------------------------------------------------------------------------------
def test_rows_of_every_topic_are_listed_with_their_reason(admin):
    assert "没有搁置的事项" in text(admin.get("/system/"))
    park()
    park(topic="no.such.topic", error="NoHandler: no.such.topic")
    page = text(admin.get("/system/"))
    for word in ("自检", "RuntimeError: 坏了", "no.such.topic", "5 次"):
        assert word in page
    assert "后台有 2 项" in text(admin.get("/people/"))


def test_one_row_starts_over_and_is_done(admin, cast):
    row = park()
    assert admin.post(f"/system/{row.pk}/rerun/")["Location"] == "/system/"
    assert outbox.drain("default") == 1
    entry = AuditEntry.objects.get(verb="outbox.rerun")
    assert (entry.actor_id, entry.object_id) == (cast.system_admin.pk, str(row.pk))
    assert admin.post(f"/system/{row.pk}/rerun/").status_code == 404


def test_all_of_a_kind_start_over_and_no_other(admin):
    park(3)
    park(topic="no.such.topic")
    admin.post("/system/rerun/", {"topic": "core.echo"})
    assert outbox.drain("default") == 3
    assert OutboxRow.objects.get(parked_at__isnull=False).topic == "no.such.topic"
    assert AuditEntry.objects.get(verb="outbox.rerun_all").detail == {"topic": "core.echo", "count": 3}
    assert "可能刚刚有人处理过" in text(admin.post("/system/rerun/", {"topic": "core.echo"}, follow=True))


def test_a_row_is_voided_with_a_reason_only(admin):
    row = park(2)
    url = f"/system/{row.pk}/void/"
    assert "不能恢复" in text(admin.get(url))
    assert admin.post(url, {"reason": ""}).status_code == 422
    assert outbox.parked() == 2
    assert admin.post(url, {"reason": "对方系统已停用"}).status_code == 302
    assert outbox.parked() == 1
    row.refresh_from_db()
    assert row.done_at is not None
    assert AuditEntry.objects.get(verb="outbox.void").detail["reason"] == "对方系统已停用"
    assert outbox.drain("default") == 0
    assert not AuditEntry.objects.filter(verb="core.echo").exists()


def test_all_of_a_kind_are_voided_together(admin):
    row = park(3)
    park(topic="no.such.topic")
    admin.post(f"/system/{row.pk}/void/", {"reason": "不再需要", "all": "on"})
    assert [r.topic for r in OutboxRow.objects.filter(parked_at__isnull=False)] == ["no.such.topic"]
    assert AuditEntry.objects.get(verb="outbox.void_all").detail["count"] == 3


def test_a_row_that_is_not_parked_is_a_missing_one(admin):
    row = park()
    OutboxRow.objects.update(parked_at=None)
    for pk in (row.pk, 0, 10**30):
        assert admin.post(f"/system/{pk}/rerun/").status_code == 404
        assert admin.get(f"/system/{pk}/void/").status_code == 404


def test_the_cost_does_not_grow_with_the_rows_and_long_lists_are_paged(admin, endpoint, cast):
    costs = []
    for count in (1, 60):
        park(count)
        for _n in range(3):
            endpoints.test(endpoint=endpoint, actor=cast.system_admin)
        outbox.drain("send")
        admin.get("/system/")
        with CaptureQueriesContext(connection) as seen:
            page = admin.get("/system/")
        costs.append(len(seen))
    assert costs[0] == costs[1]
    assert len(page.context["lines"]) == 50
    assert page.context["page"].next


# ---- endpoints ---------------------------------------------------------------------------------------------
def form(**changes):
    data = {"idempotency_key": str(uuid4()), "name": "共享平台", "url": "https://receiver.example/hook"}
    return {**data, "groups": ["turn", "time"], **changes}


@pytest.fixture
def outside(monkeypatch):
    """The receiver's name stands for a public address."""
    real = socket.getaddrinfo
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8", 443))]
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda name, *a, **k: answer if name == "receiver.example" else real(name, *a, **k)
    )


def test_an_endpoint_is_made_once_and_its_secret_shown_once(admin, outside):
    data = form()
    first = admin.post("/system/endpoints/new/", data)
    secret = re.search(r'id="secret">([^<]+)<', text(first)).group(1)
    row = Endpoint.objects.get()
    assert (row.secret, row.groups) == (secret, ["turn", "time"])
    assert "no-store" in first["Cache-Control"]
    again = admin.post("/system/endpoints/new/", data, follow=True)
    assert "密钥只显示一次" in text(again)
    for path in ("/system/endpoints/", f"/system/endpoints/{row.pk}/", f"/system/endpoints/{row.pk}/edit/"):
        assert secret not in text(admin.get(path))
    assert Endpoint.objects.count() == 1
    entry = AuditEntry.objects.get(verb="endpoint.added")
    assert secret not in str(entry.detail)


@pytest.mark.parametrize(
    "url",
    [
        "http://receiver.example/", "https://127.0.0.1/", "https://169.254.169.254/latest/", "https://[::1]/",
        "https://10.0.0.8/", "https://localhost/", "https://user:pw@receiver.example/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_inward_and_unsafe_addresses_are_refused_beside_the_field(admin, outside, url):
    answer = admin.post("/system/endpoints/new/", form(url=url))
    assert answer.status_code == 422
    assert answer.context["panel"].form.errors["url"]
    assert not Endpoint.objects.exists()


def test_a_name_is_used_once(admin, outside):
    admin.post("/system/endpoints/new/", form())
    answer = admin.post("/system/endpoints/new/", form())
    assert answer.status_code == 422
    assert "已有叫" in text(answer)


def test_name_and_groups_change_and_the_address_does_not(admin, endpoint):
    data = {"name": "数据局", "groups": ["result"], "url": "https://127.0.0.1/"}
    assert admin.post(f"/system/endpoints/{endpoint.pk}/edit/", data).status_code == 302
    endpoint.refresh_from_db()
    assert (endpoint.name, endpoint.groups, endpoint.url) == ("数据局", ["result"], "https://192.0.2.10/x")


def test_a_test_goes_the_way_of_all_messages_and_its_failure_is_seen(admin, endpoint):
    admin.post(f"/system/endpoints/{endpoint.pk}/test/")
    assert Delivery.objects.get().kind == endpoints.TEST
    assert outbox.drain("send") == 0
    page = text(admin.get(f"/system/endpoints/{endpoint.pk}/"))
    assert "连续失败 1 次" in page
    assert "内网" in page
    parked = text(admin.get("/system/"))
    assert "外部接收端：共享平台" in parked


def test_paused_takes_no_test_and_resumed_does(admin, endpoint):
    admin.post(f"/system/endpoints/{endpoint.pk}/pause/")
    assert "先恢复" in text(admin.post(f"/system/endpoints/{endpoint.pk}/test/", follow=True))
    assert not Delivery.objects.exists()
    admin.post(f"/system/endpoints/{endpoint.pk}/resume/")
    admin.post(f"/system/endpoints/{endpoint.pk}/test/")
    assert Delivery.objects.count() == 1


def test_a_new_secret_replaces_the_old(admin, endpoint):
    page = text(admin.post(f"/system/endpoints/{endpoint.pk}/secret/"))
    fresh = re.search(r'id="secret">([^<]+)<', page).group(1)
    assert fresh == Endpoint.objects.get().secret != endpoint.secret


def test_removed_with_what_was_to_be_sent(admin, endpoint, cast):
    endpoints.test(endpoint=endpoint, actor=cast.system_admin)
    assert "不能恢复" in text(admin.get(f"/system/endpoints/{endpoint.pk}/remove/"))
    admin.post(f"/system/endpoints/{endpoint.pk}/remove/")
    assert not Endpoint.objects.exists()
    assert outbox.drain("send") == 1  # nothing to send any more
    assert outbox.parked() == 0


def test_what_was_parked_for_a_removed_endpoint_goes_with_it_and_nothing_else(admin, endpoint, cast):
    other = endpoints.add(name="另一个", url="https://192.0.2.11/x", groups=[], actor=cast.system_admin)
    for row in (endpoint, other):
        endpoints.test(endpoint=row, actor=cast.system_admin)
    outbox.drain("send")
    assert outbox.parked() == 2
    admin.post(f"/system/endpoints/{endpoint.pk}/remove/")
    assert OutboxRow.objects.get(parked_at__isnull=False).key.startswith(f"send:webhook:{other.pk}:")
    assert AuditEntry.objects.get(verb="outbox.void_all").detail["count"] == 1


def test_unknown_endpoints_are_missing(admin):
    for pk in (0, 10**30):
        assert admin.get(f"/system/endpoints/{pk}/").status_code == 404
        assert admin.post(f"/system/endpoints/{pk}/test/").status_code == 404
