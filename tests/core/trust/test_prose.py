"""Every column that people write prose into masks the numbers in it, or says why no number of a person is there."""

import pytest
from django.apps import apps
from django.db import models

from admission.models import Asked, Verdict
from admission.workflow.application_table import State
from core import clock
from core.trust.freetext import EncryptedFreeTextField, FreeTextField
from core.trust.privacy import EncryptedTextField
from places.models import Plan
from tests.admission.conftest import build_gate

OURS = "written by the program"
PUBLIC = "stands in a published list or document"
LONG = 100
"""Columns of so many characters hold prose."""
NOT_PROSE = {
    "core.OfficialYear.document": PUBLIC,
    "core.CalendarException.note": "why a day is off, by the system admin",
    "grids.Household.address": "an address; a door is no telephone (`grids.addresses`)",
    "grids.Household.door": "an address; a door is no telephone (`grids.addresses`)",
    "grids.Household.words": OURS,
    "duties.Assignment.basis": PUBLIC,
    "duties.Assignment.end_reason": PUBLIC,
    "duties.ListVersion.note": PUBLIC,
    "duties.Grade.note": PUBLIC,
    "duties.DutyItem.closing_standard": PUBLIC,
    "duties.DutyItem.basis": PUBLIC,
    "duties.DutyItem.initials": OURS,
    "duties.DutyLine.share": PUBLIC,
    "duties.DutyLine.basis": PUBLIC,
    "duties.DutyLine.initials": OURS,
    "duties.Approval.note": PUBLIC,
    "duties.SheetProposal.file_name": "the name of an uploaded list",
    "duties.DispatchRule.revoked_because": PUBLIC,
    "issues.Reply.text": "words kept for answers, masked in each answer",
    "issues.TicketWords.text": OURS,
    "issues.GuardedWords.text": OURS,
    "ledgers.Campaign.basis": PUBLIC,
    "admission.Policy.title": PUBLIC,
    "admission.Policy.text": PUBLIC,
    "admission.PolicyWords.text": OURS,
    "households.Import.sheet": "the name of a sheet",
    "households.Import.failure": OURS,
    "households.ImportProblem.text": "what is wrong, without the cell (`households.imports`)",
}
MACHINE = {"path", "photo_path", "file_path", "url", "key", "name", "query", "owner", "result", "last_error", "todo"}
"""Names of columns that no sentence goes into, and marks that the engine writes."""
MARKS = {"hands", "checked_before", "late_by", "password", "pinyin", "actor_label", "object_id", "object_repr"}
FOREIGN = {"auth", "contenttypes", "sessions", "admin", "axes"}
pytestmark = pytest.mark.django_db


def prose():
    for model in apps.get_models():
        if model._meta.app_label in FOREIGN:
            continue
        for field in model._meta.local_concrete_fields:
            is_text = isinstance(field, models.CharField | models.TextField) and not field.choices
            if is_text and (field.max_length or LONG) >= LONG and field.name not in MACHINE | MARKS:
                yield f"{model._meta.label}.{field.name}", field


def test_every_column_of_prose_masks_numbers():
    masking = (FreeTextField, EncryptedFreeTextField, EncryptedTextField)
    bare = {name for name, field in prose() if not isinstance(field, masking)}
    assert bare - NOT_PROSE.keys() == set(), "make it a FreeTextField"
    assert NOT_PROSE.keys() - bare == set()


def test_what_voices_say_at_the_gate_is_masked_and_unveiled_on_record(cast, login):
    gate = build_gate(cast)
    row = gate.at(State.CONSULTING)
    asked = Asked.objects.filter(admission=row, user=None).first()
    asked.stance, asked.note, asked.answered_at = "for", "请联系13800006021", clock.now()
    asked.save()
    Verdict.objects.create(
        admission=row, stage="legal", department=gate.of("SF").posts.get().department, agrees=True,
        note="打13800006021", said_by=gate.of("SF"), said_at=clock.now(),
    )  # fmt: skip
    client = login(gate.of("SGB"))
    page = client.get(f"/admission/{row.pk}/").content.decode()
    assert "138****6021" in page
    assert "13800006021" not in page
    shown = client.post(f"/admission/{row.pk}/reveal/", {"reason": "ask"}).content.decode()
    assert "13800006021" in shown


def test_why_grids_are_reshaped_is_masked(cast):
    plan = Plan.objects.create(area=cast.microgrid, kind="split", reason="户主13800006021要求", created_at=clock.now())
    assert str(Plan.objects.get(pk=plan.pk).reason) == "户主138****6021要求"
    assert Plan.objects.get(pk=plan.pk).reason.full == "户主13800006021要求"


def test_names_of_what_is_asked_and_planned_are_masked_too(cast):
    gate = build_gate(cast)
    row = gate.ask(title="报给13800006021的表", fields=["张三13800006021", "户数"])
    row.refresh_from_db()
    assert (str(row.title), list(row.fields)) == ("报给138****6021的表", ["张三138****6021", "户数"])
    assert row.title.full == "报给13800006021的表"
