"""System admins read the trail, re-run parked rows and declare days; the trail stays closed to them too."""

import pytest
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
    page.save_model(asked, CalendarException(day="2025-10-09", is_working=False), None, False)
    assert CalendarException.objects.count() == 1
    page.delete_model(asked, CalendarException.objects.get())
    assert [entry.verb for entry in AuditEntry.objects.order_by("id")] == ["calendar.declare", "calendar.withdraw"]
