"""The only code that writes an application for admission.

`apply_for` makes one, checks it and refuses it at once where a hard rule is broken; `PROCESS` takes the steps of the
table. What time does (sunset, a repealed basis, a year without use) are steps of the same table, taken by nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admission import transitions
from admission.applications.effects import EFFECTS
from admission.applications.findings import findings
from admission.lookup import hits_of
from admission.models import Admission, AdmissionEvent, Asked, Hit, Policy
from admission.people import STAGE_OF, applying_departments, speaking_for
from admission.people import hats_of as hats_on
from admission.workflow import rules
from admission.workflow.application_table import FORCE, TABLE, State
from admission.workflow.facts import GuardContext
from admission.workflow.rules import Cause, Kind, after, start_of
from core import clock
from core.errors import NotNow, NotYours
from core.jobs import outbox
from core.process.transitions import OPENED, Doing, Process
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from grids.models import Area
from members.models import Department, User

# outbox topics with a time of their own, handled in admission.handlers
SUNSET, SUNSET_NEAR, IDLE = "admission.sunset", "admission.sunset_near", "admission.idle"


@dataclass(frozen=True)
class NewApplication:
    """What a department asks for; every column of the paper form."""

    kind: Kind
    title: str
    content: str
    department: Department
    minutes: int
    basis: str
    starts_on: date
    wanted_until: date
    budget: str
    reuse: str
    consequence: str
    townships: Sequence[Area] = ()
    policies: Sequence[Policy] = ()
    fields: Sequence[str] = ()
    item_code: str = ""
    emergency: str = ""
    declared: Mapping[str, bool] = field(default_factory=dict)
    renews: Admission | None = None


def apply_for(*, user: User, wanted: NewApplication, once: Once) -> Admission:
    """Ask for admission; refused at once where a hard rule is broken. Sent twice with the same key it is made once.

    Raises `NotYours`, `NotNow`, `KeyReused`.
    """
    now = clock.now()
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Admission.objects.get(pk=int(slot.result))
        _may_ask(user, wanted)
        but = [wanted.renews.pk] if wanted.renews else []
        broken = findings(
            declared=wanted.declared,
            texts=(wanted.title, wanted.content, *wanted.fields),
            fields=wanted.fields,
            known=rules.SYSTEM_FIELDS,
            has_basis=any(policy.is_valid for policy in wanted.policies),
        )
        state = State.REFUSED if broken else State.WAITING if wanted.emergency else State.CHECKED
        admission = _created(user, wanted, state, now)
        admission.findings = [finding.as_json() for finding in broken]
        admission.cause = Cause.HARD if broken else ""
        _settle(admission, now)
        admission.ended_at = now if broken else None
        admission.save()
        admission.townships.set(wanted.townships)
        admission.policies.set(wanted.policies)
        matches = hits_of(wanted.title, wanted.fields, but)
        Hit.objects.bulk_create(
            Hit(admission=admission, where=m.known.where, code=m.known.code, label=m.known.label[:80],
                asked=m.asked[:80], percent=m.percent)
            for m in matches
        )  # fmt: skip
        data = {"rules": [finding.rule.value for finding in broken], "hits": len(matches)}
        PROCESS.record(admission, OPENED, "", Doing(user, now, {}, data))
        slot.finish(str(admission.pk))
    return admission


def _may_ask(user: User, wanted: NewApplication) -> None:
    if wanted.department.pk not in {department.pk for department in applying_departments(user)}:
        raise NotYours(_("只有县级部门的人员可以为本部门申请准入"))
    if wanted.emergency and wanted.kind != Kind.CAMPAIGN:
        raise NotNow(_("只有临时专项任务可以走应急临时通行"))
    if wanted.renews is not None and wanted.renews.department_id != wanted.department.pk:
        raise NotYours(_("只能续期本部门的准入事项"))


def _created(user: User, wanted: NewApplication, state: State, now: datetime) -> Admission:
    return Admission(
        number=transitions.next_number("准入", now),
        kind=wanted.kind,
        title=wanted.title,
        content=wanted.content,
        department=wanted.department,
        minutes=wanted.minutes,
        basis=wanted.basis,
        starts_on=wanted.starts_on,
        wanted_until=wanted.wanted_until,
        budget=wanted.budget,
        reuse=wanted.reuse,
        consequence=wanted.consequence,
        fields=list(wanted.fields),
        item_code=wanted.item_code,
        emergency=wanted.emergency,
        renews=wanted.renews,
        last_used_on=wanted.renews.last_used_on if wanted.renews else None,
        state=state,
        opened_by=user,
        opened_at=now,
        last_event_at=now,
    )


def facts_of(admission: Admission, user: User | None, now: datetime) -> GuardContext:
    """An application as its guards see it; at most two queries."""
    state = State(admission.state)
    towns = workers = hits = 0
    if state == State.CONSULTING:
        said = Asked.objects.filter(admission=admission, answered_at__isnull=False).values_list("user", flat=True)
        towns, workers = sum(pk is None for pk in said), sum(pk is not None for pk in said)
    if state == State.CHECKED:
        hits = Hit.objects.filter(admission=admission, answer="").count()
    return GuardContext(
        state=state,
        now=now,
        today=clock.local(now).date(),
        hits_open=hits,
        towns_said=towns,
        workers_said=workers,
        has_said=user is not None and state in STAGE_OF and speaking_for(admission, user) is None,
    )


def rest_on(policy: Policy) -> "list[Admission]":
    """What is in force and names a document as its basis."""
    return list(Admission.objects.filter(policies=policy, state__in=sorted(FORCE)).order_by("pk"))


def lose_basis(policy: Policy) -> int:
    """Start the exit of what rests on a document that holds no more, and on no other that holds."""
    started = 0
    for admission in rest_on(policy):
        others = admission.policies.exclude(pk=policy.pk)
        if admission.state == State.IN_FORCE and not any(other.is_valid for other in others):
            PROCESS.apply(admission.pk, "lose_basis", user=None, fields={"policy": policy})
            started += 1
    return started


_settle = transitions.limited(
    {
        State.CONSULTING: rules.OPINION_WITHIN,
        State.REVIEWING: rules.LEGAL_WITHIN,
        State.JOINT: rules.JOINT_WITHIN,
        State.EVALUATING: rules.JOINT_WITHIN,
        State.EXITING: rules.EXIT_WITHIN,
    }
)


def _afterwards(admission: Admission, doing: Doing, event: AdmissionEvent) -> None:
    """Rows with the times at which what has come into force must be looked at again; the end of what it replaces."""
    transitions.tell(PROCESS.key, admission, event)
    if admission.in_force_at != doing.now or admission.ends_on is None:
        return
    key, payload = f"admission:{admission.pk}", {"pk": admission.pk, "on": str(admission.ends_on)}
    outbox.enqueue(SUNSET, payload, key=f"{key}:sunset", at=after(admission.ends_on))
    if admission.state == State.IN_FORCE:
        near = max(rules.morning_of(admission.ends_on - rules.SUNSET_SOON), doing.now)
        outbox.enqueue(SUNSET_NEAR, payload, key=f"{key}:sunset_near", at=near)
        enqueue_idle(admission, admission.last_used_on or clock.local(doing.now).date())
    old = admission.renews
    if old is not None and Admission.objects.filter(pk=old.pk, state__in=sorted(FORCE)).exists():
        PROCESS.apply(old.pk, "replace", user=None, fields={"number": admission.number})


def enqueue_idle(admission: Admission, since: date) -> None:
    """Look a year after `since` whether it has been of use."""
    at = start_of(since + rules.IDLE_AFTER + timedelta(days=1))
    payload = {"pk": admission.pk, "since": str(since)}
    outbox.enqueue(IDLE, payload, key=f"admission:{admission.pk}:idle:{since}", at=at)


PROCESS: Process[Admission] = transitions.register(
    Process(
        key="admission",
        model=Admission,
        log=AdmissionEvent,
        subject="admission",
        table=TABLE,
        opened_label=gettext_lazy("申请准入"),
        facts=facts_of,
        hats=hats_on,
        post_label=transitions.post_label,
        effects=EFFECTS,
        settle=_settle,
        afterwards=_afterwards,
    )
)
