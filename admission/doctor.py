"""Doctor checks of the gate: what must be true of every row whoever wrote it."""

from datetime import timedelta

from admission.models import Admission, AdmissionEvent, Policy, PolicyWords, PushedEvent, PushedTask
from admission.workflow.application_table import FORCE
from admission.workflow.rules import GATE_CODES, OWNER_CODES
from core import clock
from core.doctor import check, unlike_their_log
from core.rows.bigrams import text_of
from members.models import Department

SHOWN = 20
GRACE = timedelta(days=1)


@check("admissions: the log replays to the state")
def log_replays(fix: bool) -> list[str]:
    return unlike_their_log(Admission.objects.all(), AdmissionEvent, "admission", SHOWN)


@check("reports of pushed-down tasks: the log replays to the state")
def ledger_replays(fix: bool) -> list[str]:
    return unlike_their_log(PushedTask.objects.all(), PushedEvent, "task", SHOWN)


@check("admissions: nothing outlives its sunset")
def sunsets_kept(fix: bool) -> list[str]:
    late = Admission.objects.filter(state__in=sorted(FORCE), ends_on__lt=clock.today() - GRACE)
    return [f"{row.number}: sunset was {row.ends_on}" for row in late[:SHOWN]]


@check("admissions: every duty of the gate is held by a department in use")
def duties_held(fix: bool) -> list[str]:
    wanted = sorted({*GATE_CODES, *OWNER_CODES})
    if not Department.objects.filter(township=None).exists():
        return []
    known = set(Department.objects.filter(code__in=wanted, retired_at=None).values_list("code", flat=True))
    return [f"no department {code} in use" for code in wanted if code not in known]


@check("policies: every document can be found")
def words_kept(fix: bool) -> list[str]:
    without = list(Policy.objects.filter(words=None).order_by("pk")[:SHOWN])
    if fix:
        for policy in without:
            parts = [policy.title, policy.issuer, policy.number, *policy.item_codes, policy.text]
            PolicyWords.objects.create(policy=policy, text=text_of(parts))
    return [f"policy {policy.pk} {policy.number} has no words" for policy in without]
