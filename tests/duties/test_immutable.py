"""The contract of duties.sql on both engines: a published version refuses every write, a draft none."""

import pytest
from django.db import DatabaseError, connection, transaction

from duties import editing
from duties.models import Category, DutyItem, Grade, ListVersion
from tests.duties.conftest import content_of, item_of


def refuses(act):
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        act()


def test_a_published_version_refuses_every_write(lists):
    item, department = item_of(lists.first, "C02"), item_of(lists.first, "A01").lead
    refuses(lambda: ListVersion.objects.filter(pk=lists.first.pk).update(note="改"))
    refuses(lambda: ListVersion.objects.filter(pk=lists.first.pk).update(state="draft"))
    refuses(lambda: DutyItem.objects.filter(pk=item.pk).update(name="改"))
    refuses(lambda: Grade.objects.filter(version=lists.first).update(resolve="9wd"))
    refuses(lambda: Category.objects.filter(version=lists.first).update(name="改"))
    refuses(lambda: Category.objects.create(version=lists.first, code="Z", name="新"))
    refuses(lambda: item.assisting.add(department))
    refuses(lambda: item.assisting.clear())
    refuses(lambda: item.delete())
    refuses(lambda: connection.cursor().execute("DELETE FROM duties_listversion"))
    refuses(lambda: connection.cursor().execute("DELETE FROM duties_dutyitem_assisting"))
    item.pk = None
    item.code = "C99"
    refuses(item.save)


def test_a_row_cannot_be_moved_into_a_published_version(draft):
    moved = item_of(draft.draft, "C02")
    refuses(lambda: DutyItem.objects.filter(pk=moved.pk).update(version=draft.first, code="C98"))


def test_a_draft_takes_every_write(draft):
    item = item_of(draft.draft, "C02")
    DutyItem.objects.filter(pk=item.pk).update(name="路灯")
    item.assisting.clear()
    item.delete()
    ListVersion.objects.filter(pk=draft.draft.pk).update(note="改")


def test_the_writers_refuse_a_published_version_kindly(draft):
    item = item_of(draft.first, "C02")
    seen = {"version_id": draft.first.pk, "code": "C02", "revision": 0, "actor": draft.admin_user}
    for verb in (
        lambda: editing.edit_item(**seen, content=content_of(item)),
        lambda: editing.remove_item(**seen),
        lambda: editing.restore_item(**seen),
        lambda: editing.discard_draft(version_id=draft.first.pk, revision=0, actor=draft.admin_user),
    ):
        with pytest.raises(editing.PublishedError, match="已经发布"):
            verb()
