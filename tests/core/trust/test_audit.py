"""The trail can be added to and nothing else."""

import pytest
from django.db import DatabaseError, connection, transaction
from structlog.contextvars import bound_contextvars

from core.models import AuditEntry, Sentinel
from core.trust import audit

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("test_acts")]


class Somebody:
    pk = 7

    def __str__(self) -> str:
        return "周敏"


def test_what_an_entry_holds() -> None:
    with bound_contextvars(request_id="abc12345"):
        entry = audit.record(
            "test.did", Sentinel(name="x"), actor=Somebody(), area=3, why="第一行\n第二行\x00", ids={2}
        )
    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_label, entry.object_type, entry.object_id) == (7, "周敏", "core.sentinel", "x")
    assert entry.detail == {"area": 3, "why": "第一行 第二行\ufffd", "ids": [2]}
    assert entry.request_id == "abc12345"


def test_the_system_has_no_name() -> None:
    entry = audit.record("test.did", None, actor=None, text="\ud800" + "长" * 9999)
    entry.refresh_from_db()
    assert (entry.actor_id, entry.actor_label, entry.object_type) == (None, "", "")
    assert len(entry.detail["text"]) == audit.MAX_TEXT


@pytest.mark.parametrize("bad", ["UPDATE core_auditentry SET verb='x'", "DELETE FROM core_auditentry"])
def test_the_database_refuses_change(bad: str) -> None:
    audit.record("test.did", None, actor=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(bad)
    assert AuditEntry.objects.filter(verb="test.did").count() == 1


def test_the_orm_is_refused_too() -> None:
    entry = audit.record("test.did", None, actor=None)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.delete()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        AuditEntry.objects.update(actor_label="别人")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no TRUNCATE")
def test_truncate_is_refused() -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE core_auditentry")


@pytest.mark.django_db(transaction=True)
def test_a_transactional_test_may_leave_entries_behind() -> None:
    audit.record("test.did", None, actor=None)


@pytest.mark.parametrize(("verb", "detail"), [("test.other", {}), ("test.did", {"phone": "13800006021"})])
def test_what_the_trail_has_no_words_for_is_refused(verb: str, detail: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="no words for"):
        audit.record(verb, None, actor=None, **detail)
    assert not AuditEntry.objects.exists()
