"""A statement composed once does what the ORM's would, on both engines."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.transaction import TransactionManagementError

from core import clock
from core.models import AuditEntry, IdempotencyKey, OutboxRow
from core.rows.prepared import Insert, Read, Update
from members.models import User

pytestmark = pytest.mark.django_db
EVERY_TYPE = {
    "topic": "t",
    "payload": {"文": [1, None, "x"]},
    "attempts": 2,
    "leased_until": None,
    "token": "带'引号%s",
}


def columns(row):
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def made(key="k", **changes):
    row = OutboxRow(**(EVERY_TYPE | {"key": key} | changes))
    Insert(OutboxRow).run(row)
    return row


def test_an_inserted_row_reads_back_as_it_was_given():
    row = made()
    assert not row._state.adding
    assert columns(OutboxRow.objects.get(pk=row.pk)) == columns(row)


def test_each_insert_takes_its_own_values_and_key():
    insert = Insert(OutboxRow)
    rows = [OutboxRow(topic="t", key=f"k{n}", attempts=n) for n in range(3)]
    for row in rows:
        insert.run(row)
    assert len({row.pk for row in rows}) == 3
    assert list(OutboxRow.objects.order_by("id").values_list("key", "attempts")) == [("k0", 0), ("k1", 1), ("k2", 2)]


def test_a_conflict_is_an_error_unless_it_is_to_be_ignored():
    made()
    with pytest.raises(IntegrityError), transaction.atomic():
        made()
    left_out, stored = OutboxRow(topic="other", key="k"), OutboxRow(topic="other", key="another")
    assert [Insert(OutboxRow, ignore_conflicts=True).run(row) for row in (left_out, stored)] == [False, True]
    assert list(OutboxRow.objects.order_by("id").values_list("topic", flat=True)) == ["t", "other"]
    assert left_out.pk is None
    assert left_out._state.adding
    assert columns(OutboxRow.objects.get(key="another")) == columns(stored)


def test_a_read_equals_the_query_it_was_made_from():
    made("a"), made("b", topic="u")
    read = Read(OutboxRow.objects.filter(done_at=None).order_by("-id"), "attempts")
    expected = OutboxRow.objects.filter(done_at=None, attempts=2).order_by("-id")
    assert [columns(row) for row in read.all(2)] == [columns(row) for row in expected]
    assert read.all(3) == []


def test_a_read_takes_new_values_each_time_and_sees_what_has_changed():
    first, second = made("a"), made("b")
    read = Read(OutboxRow.objects.all(), "pk")
    assert [read.get(first.pk).key, read.get(second.pk).key] == ["a", "b"]
    OutboxRow.objects.filter(pk=first.pk).update(attempts=9)
    assert read.get(first.pk).attempts == 9
    with pytest.raises(OutboxRow.DoesNotExist):
        read.get(0)


def test_a_read_follows_relations_as_the_query_does(django_assert_num_queries):
    user = User.objects.create(username="u", name="某人", created_at=clock.now())
    group = Group.objects.create(name="g")
    user.groups.add(group)
    rows = User.groups.through.objects.select_related("user", "group")
    read = Read(rows.order_by("-group__name"), "user__username", "group")
    with django_assert_num_queries(1):
        (found,) = read.all("u", group.pk)
        assert (columns(found.user), columns(found.group)) == (columns(user), columns(group))
    assert read.all("u", group.pk + 1) == []


def test_a_row_that_was_read_can_be_saved_like_any_other():
    row = Read(OutboxRow.objects.all(), "key").get(made().key)
    row.attempts = 7
    row.save(update_fields=["attempts"])
    assert OutboxRow.objects.get().attempts == 7


@pytest.mark.django_db(transaction=True)
def test_a_locking_read_asks_for_a_transaction_each_time():
    read = Read(IdempotencyKey.objects.select_for_update(), "owner", "key")
    with transaction.atomic():
        assert read.all("o", "k") == []
    with pytest.raises(TransactionManagementError):
        read.all("o", "k")


def test_an_update_writes_just_those_columns_of_just_those_rows():
    row, other = made("a"), made("b")
    update = Update(OutboxRow.objects.filter(done_at=None), "pk", "token")
    then = clock.now() + timedelta(hours=1)
    assert update.run(row.pk, row.token, next_at=then, payload={"n": 1}, leased_until=None) == 1
    assert columns(OutboxRow.objects.get(pk=row.pk)) == columns(row) | {"next_at": then, "payload": {"n": 1}}
    assert columns(OutboxRow.objects.get(pk=other.pk)) == columns(other)


def test_an_update_tells_how_many_rows_there_were():
    row = made()
    update = Update(OutboxRow.objects.filter(done_at=None), "pk", "token")
    assert update.run(row.pk, "another", attempts=3) == 0
    assert update.run(row.pk, row.token, done_at=clock.now(), token="") == 1
    assert update.run(row.pk, "", attempts=3) == 0
    assert update.run(row.pk, "", done_at=None) == 0


def test_an_update_writes_null_where_a_value_was():
    row = made(leased_until=clock.now())
    update = Update(OutboxRow.objects.all(), "pk")
    for until in (None, clock.now(), None):
        assert update.run(row.pk, leased_until=until) == 1
        assert OutboxRow.objects.get().leased_until == until


def test_nothing_is_composed_twice(django_assert_num_queries, monkeypatch):
    read = Read(AuditEntry.objects.all(), "verb")
    read.all("a")
    monkeypatch.setattr(AuditEntry.objects.all().query.__class__, "get_compiler", None)
    with django_assert_num_queries(1):
        assert read.all("b") == []
