"""The limits of the gate follow the county's working days, each with an entry in its own log."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.conf import settings

from admission.doctor import ledger_replays, log_replays
from admission.models import AdmissionEvent, PushedEvent
from admission.workflow.application_table import State
from core import clock
from core.days import calendar, workdays
from core.days.calendar import Limit
from core.jobs.outbox import drain_inline
from core.models import AuditEntry, OutboxRow
from core.process.transitions import RECALENDAR
from notices.models import Notice

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 9, 14, 2, tzinfo=UTC)
TUESDAY = date(2026, 9, 15)
FOLLOW = {"issues", "admission"}
"""Apps that store a moment to which working days were added."""


@pytest.fixture
def running(g):
    """A report that waits for its answer and an application under review, since Monday."""
    with clock.at(MONDAY):
        task = g.report(g.cast.worker, department=g.cast.office)
        row = g.at(State.REVIEWING)
        drain_inline()
    return [task, row]


def test_a_day_off_moves_the_limits_of_the_gate_and_says_so(running):
    with clock.at(MONDAY + timedelta(hours=1)):
        workdays.declare(day=TUESDAY, is_working=False, actor=None)
        drain_inline()
    for row, log in zip(running, (PushedEvent, AdmissionEvent), strict=True):
        before = row.due_at
        row.refresh_from_db()
        assert row.due_at == calendar.add(before, Limit(1, "wd"))
        assert row.warn_at < row.due_at
        entry = row.events.first()
        assert (type(entry), entry.action, entry.version) == (log, RECALENDAR, row.version)
        assert str(entry.note) == "期限由 9月20日 17:30 改为 9月21日 17:30"
        waiting = OutboxRow.objects.filter(
            key__startswith=f"{row._meta.model_name.removesuffix('task')}:", payload__pk=row.pk
        )
        assert waiting.filter(topic="admission.limit", payload__due=row.due_at.isoformat()).count() == 2
    assert ledger_replays(False) == log_replays(False) == []
    assert AuditEntry.objects.filter(verb="pushed.step", detail__step=RECALENDAR).exists()


def test_the_old_moment_says_nothing_and_the_new_one_does(running):
    task, before = running[0], running[0].due_at
    with clock.at(MONDAY + timedelta(hours=1)):
        workdays.declare(day=TUESDAY, is_working=False, actor=None)
        drain_inline()
    task.refresh_from_db()
    late = Notice.objects.filter(kind="push_overdue")
    with clock.at(before + timedelta(minutes=1)):
        drain_inline()
        assert not late.exists()
    with clock.at(task.due_at + timedelta(minutes=1)):
        drain_inline()
        assert late.exists()


def test_what_is_late_stays_late(running):
    task = running[0]
    with clock.at(task.due_at + timedelta(minutes=1)):
        workdays.declare(day=TUESDAY, is_working=False, actor=None)
        drain_inline()
    before = task.due_at
    task.refresh_from_db()
    assert task.due_at == before


def test_every_stored_limit_in_working_days_has_somebody_who_moves_it():
    """Whoever adds working days to a moment and stores it follows the calendar too."""
    for path in settings.BASE_DIR.glob("*/**/*.py"):
        app = path.relative_to(settings.BASE_DIR).parts[0]
        if app in {"tests", "core", "benchmarks", "gateway", ".venv"} or "migrations" in path.parts:
            continue
        if re.search(r"\bcalendar\.(add|shift)\(", path.read_text()):
            assert app in FOLLOW, path
    assert {follow.__module__.split(".")[0] for follow in workdays.FOLLOWERS} == FOLLOW
