"""The contract of duties.sql on both engines: only a draft takes writes, and a version goes its way step by step."""

import pytest
from django.db import DatabaseError, connection, transaction

from duties.drafting import editing
from duties.lists.queries import current
from duties.models import Approval, Category, DraftEdit, DutyItem, DutyLine, Grade, ListKind, ListVersion
from tests.duties.conftest import agree, approve, content_of, edit, item_of, submit


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


def test_lines_of_a_published_version_never_change(lists):
    version = current(ListKind.SELF_GOVERNANCE)
    refuses(lambda: DutyLine.objects.filter(version=version).update(name="改"))
    refuses(lambda: DutyLine.objects.filter(version=version, code="XZ01").delete())
    refuses(lambda: DutyLine.objects.create(version=version, code="ZG99", part="autonomy", name="新"))


def test_a_submitted_version_is_frozen_and_so_is_what_was_said(draft):
    edit(draft, "C02", resolve="2wd")
    version = submit(draft)
    rows = ListVersion.objects.filter(pk=version.pk)
    refuses(lambda: DutyItem.objects.filter(version=version, code="C02").update(name="改"))
    refuses(lambda: DraftEdit.objects.filter(version=version).delete())
    refuses(lambda: rows.update(revision=99))
    refuses(lambda: rows.update(number=9))
    refuses(lambda: Approval.objects.filter(version=version).delete())
    refuses(lambda: item_of(version, "C02").assisting.clear())
    agree(draft, "ZZB")
    refuses(lambda: Approval.objects.filter(version=version, outcome="agreed").update(note="改口"))


def test_no_step_of_approval_can_be_left_out(draft):
    rows = ListVersion.objects.filter(pk=draft.draft.pk)
    refuses(lambda: rows.update(state="published", published_at="2026-01-01T00:00:00Z", starts_on="2026-01-01"))
    refuses(lambda: rows.update(state="approved", round=1, submitted_at="2026-01-01T00:00:00Z"))
    edit(draft, "C02", resolve="2wd")
    submit(draft)
    refuses(lambda: rows.update(state="published", published_at="2026-01-01T00:00:00Z", starts_on="2026-01-01"))


def test_an_approved_version_is_frozen_too(draft):
    edit(draft, "C02", resolve="2wd")
    version = approve(draft)
    refuses(lambda: DutyItem.objects.filter(version=version).update(name="改"))
    refuses(lambda: connection.cursor().execute("DELETE FROM duties_listversion WHERE base_id IS NOT NULL"))


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
