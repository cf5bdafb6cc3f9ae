"""System admins read the trail, re-run parked rows and declare days; the trail stays closed to them too."""

from datetime import date

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.sites import AdminSite
from django.test import RequestFactory

from core.admin import AuditAdmin, CalendarExceptionAdmin, OutboxAdmin
from core.clock import now
from core.jobs import outbox
from core.models import AuditEntry, CalendarException, OutboxRow


class Admin:
    pk = 1

    def __str__(self) -> str:
        return "系统管理员"

    def has_perm(self, _name: str) -> bool:
        return True


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch):
    request = RequestFactory().get("/")
    request.user = Admin()
    monkeypatch.setattr(OutboxAdmin, "message_user", lambda *_: None)
    return request


@pytest.mark.django_db
def test_rerun_touches_parked_rows_only_and_is_on_the_trail(asked) -> None:
    parked = OutboxRow.objects.create(topic="core.echo", key="a", attempts=5, parked_at=now())
    OutboxRow.objects.create(topic="core.echo", key="b", done_at=now())
    OutboxAdmin(OutboxRow, AdminSite()).rerun_parked(asked, OutboxRow.objects.all())
    parked.refresh_from_db()
    assert (parked.parked_at, parked.attempts) == (None, 0)
    entry = AuditEntry.objects.get(verb="outbox.rerun")
    assert (entry.object_id, entry.actor_label) == (str(parked.pk), "系统管理员")
    assert outbox.drain_inline() == 1


@pytest.mark.parametrize("right", ["add", "change", "delete"])
def test_the_trail_is_read_only(asked, right: str) -> None:
    assert not getattr(AuditAdmin(AuditEntry, AdminSite()), f"has_{right}_permission")(asked)


@pytest.mark.django_db
def test_days_go_through_their_writer(asked) -> None:
    page = CalendarExceptionAdmin(CalendarException, AdminSite())
    page.save_model(asked, CalendarException(day=date(2025, 10, 9), is_working=False), None, False)
    assert CalendarException.objects.count() == 1
    page.delete_model(asked, CalendarException.objects.get())
    assert [entry.verb for entry in AuditEntry.objects.order_by("id")] == ["calendar.declare", "calendar.withdraw"]


def _paths(model, depth: int = 2):
    """Every column that a look-up could name, its own and those of what it points at."""
    for column in model._meta.get_fields():
        yield column.name
        if depth and column.is_relation and column.related_model:
            yield from (f"{column.name}__{path}" for path in _paths(column.related_model, depth - 1))


@pytest.mark.parametrize("model", list(admin.site._registry), ids=lambda model: model.__name__)
def test_the_admin_looks_up_what_its_pages_offer_and_nothing_else(asked, model) -> None:
    page = admin.site._registry[model]
    offered = {one[0] if isinstance(one, tuple) else one for one in page.list_filter}
    for path in _paths(model):
        may = any(page.lookup_allowed(f"{path}{way}", "a", asked) for way in ("", "__startswith", "__regex", "__gt"))
        assert not may or path in offered, path


def test_no_filter_offers_a_secret() -> None:
    for model, page in admin.site._registry.items():
        offered = {one[0] if isinstance(one, tuple) else one for one in page.list_filter}
        assert not offered & {"password", "phone", "token", "payload", "detail"}, model


def test_nothing_of_the_doors_can_be_deleted_in_the_admin(asked) -> None:
    """Neither rows of the trail nor attempts and logs that a library would show there."""
    assert {model._meta.label for model in admin.site._registry} == {
        "core.AuditEntry", "core.EngineBeat", "core.OutboxRow", "core.CalendarException",
        "members.User", "members.Post", "members.Department",
    }  # fmt: skip
    assert apps.is_installed("axes")
    deleting = {m.__name__ for m, page in admin.site._registry.items() if page.has_delete_permission(asked)}
    assert deleting == {"CalendarException"}


@pytest.mark.django_db
def test_a_hash_is_not_guessed_digit_by_digit(cast, login) -> None:
    client = login(cast.system_admin)
    first = cast.worker.password[:1]
    for url in (
        f"/admin/members/user/?password__startswith={first}",
        f"/admin/members/post/?user__password__startswith={first}",
        "/admin/core/outboxrow/?token__startswith=a",
        "/admin/core/auditentry/?detail__reason__contains=a",
    ):
        assert client.get(url).status_code == 400, url
    assert client.get("/admin/members/user/?is_active__exact=1").status_code == 200


@pytest.mark.django_db
def test_every_app_and_topic_that_the_admin_shows_has_a_name_in_chinese(cast, login) -> None:
    client = login(cast.system_admin)
    OutboxRow.objects.create(topic="issues.notify", key="a")
    for model in admin.site._registry:
        assert not str(apps.get_app_config(model._meta.app_label).verbose_name).isascii(), model
    html = client.get("/admin/core/outboxrow/").content.decode()
    assert ">issues.notify<" not in html
    assert "发站内消息" in html
    assert ">Core<" not in html
