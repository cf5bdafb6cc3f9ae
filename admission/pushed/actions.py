"""The only code that writes a report of a pushed-down task (转嫁反映) on the ledger."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admission import transitions
from admission.lookup import best
from admission.models import PushedEvent, PushedTask
from admission.people import hats_on, may_refuse, reporting_township
from admission.workflow import rules
from admission.workflow.facts import GuardContext
from admission.workflow.pushed_table import TABLE, State
from admission.workflow.rules import Channel
from core import clock
from core.errors import NotNow, NotYours
from core.files.images import Picture
from core.process.transitions import OPENED, Doing, Process
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from issues.models import Ticket
from members.models import Department, User


@dataclass(frozen=True)
class NewReport:
    """What somebody reports."""

    what: str
    department: Department
    channel: Channel
    came_on: date
    is_refusal: bool = False
    ticket: Ticket | None = None
    picture: Picture | None = None


def report(*, user: User, told: NewReport, once: Once) -> PushedTask:
    """Put a pushed-down task on the ledger, with what lists and register say to it now.

    Sent twice with the same key it is made once. Raises `NotYours`, `NotNow`, `KeyReused`.
    """
    now, township = clock.now(), reporting_township(user)
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return PushedTask.objects.get(pk=int(slot.result))
        if township is None:
            raise NotYours(_("只有村社、网格和乡镇人员可以反映"))
        found = best(told.what.splitlines()[0][:80] if told.what else "", most=3)
        basis = next((match.line for match in found if match.covers), "")
        if told.is_refusal and not may_refuse(user):
            raise NotYours(_("只有乡镇可以拒收，您可以先反映"))
        if told.is_refusal and basis:
            raise NotNow(_("“%(line)s”有据，不能拒收；有异议可以只反映") % {"line": basis})
        task = PushedTask(
            number=transitions.next_number("转嫁", now),
            what=told.what,
            department=told.department,
            channel=told.channel,
            came_on=told.came_on,
            ticket=told.ticket,
            township=township,
            reporter=user,
            reporter_post=transitions.post_label(user),
            is_refusal=told.is_refusal,
            is_covered=bool(basis),
            check_hits=[match.as_json() for match in found],
            photo_path=_stored(told.picture),
            state=State.REPORTED,
            opened_at=now,
            last_event_at=now,
        )
        _settle(task, now)
        task.save()
        PROCESS.record(task, OPENED, "", Doing(user, now, {}, {"is_covered": bool(basis)}))
        slot.finish(str(task.pk))
    return task


def _stored(picture: Picture | None) -> str:
    """The file is written first: a rolled-back report leaves a file that nothing points at, never the reverse."""
    if picture is None:
        return ""
    name = f"pushed/{hashlib.sha256(picture.content).hexdigest()}.jpg"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(picture.content))
    return name


def facts_of(task: PushedTask, _user: User | None, now: datetime) -> GuardContext:
    """A report as its guards see it."""
    objected = task.state == State.ANSWERED and task.events.filter(action="object").exists()
    return GuardContext(State(task.state), now, clock.local(now).date(), has_objected=objected)


def _answer(task: PushedTask, doing: Doing) -> None:
    task.answer, task.line = doing.given("answer"), doing.given("line")
    task.answered_by, task.answered_at = transitions.person(doing), doing.now
    doing.data |= {"answer": task.answer, "line": task.line}


EFFECTS: dict[str, Callable[[PushedTask, Doing], None]] = {"answer": _answer, "decide": _answer}


_settle = transitions.limited(
    {
        State.REPORTED: rules.ANSWER_WITHIN,
        State.ANSWERED: rules.OBJECT_WITHIN,
        State.DISPUTED: rules.DECIDE_WITHIN,
    }
)


def _afterwards(task: PushedTask, _doing: Doing, event: PushedEvent) -> None:
    transitions.tell(PROCESS.key, task, event)


PROCESS: Process[PushedTask] = transitions.register(
    Process(
        key="pushed",
        model=PushedTask,
        log=PushedEvent,
        subject="task",
        table=TABLE,
        opened_label=gettext_lazy("反映转嫁"),
        facts=facts_of,
        hats=hats_on,
        post_label=transitions.post_label,
        effects=EFFECTS,
        settle=_settle,
        afterwards=_afterwards,
    )
)
