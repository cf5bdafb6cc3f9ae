"""What each step does to an application beyond moving it, by the step's name. Runs under the writer's lock."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from admission.models import Admission, Asked, Hit, Policy, Use, Verdict
from admission.people import STAGE_OF, draw_workers, silent_codes, speaking_for, voice_of
from admission.transitions import person
from admission.workflow.application_table import TABLE, State
from admission.workflow.rules import WORKERS_AT_LEAST, Cause
from core.errors import NotNow, NotYours
from core.process.transitions import Doing
from grids.models import Area

Effect = Callable[[Admission, Doing], None]
EFFECTS: dict[str, Effect] = {}


def effect(function: Effect) -> Effect:
    EFFECTS[function.__name__] = function
    return function


@effect
def answer(admission: Admission, doing: Doing) -> None:
    answers: Mapping[int, str] = doing.fields["answers"]
    for hit in Hit.objects.filter(admission=admission, pk__in=list(answers)):
        hit.answer = answers[hit.pk]
        hit.save(update_fields=["answer"])
    doing.data["answered"] = len(answers)


@effect
def consult(admission: Admission, doing: Doing) -> None:
    """Ask the chosen townships, and grid workers of theirs whom nobody picks."""
    chosen: Sequence[Area] = doing.fields["townships"]
    known = Asked.objects.filter(admission=admission)
    towns = set(known.filter(user=None).values_list("township", flat=True))
    users = {pk for pk in known.values_list("user", flat=True) if pk is not None}
    new = [town for town in chosen if town.pk not in towns]
    drawn = draw_workers(admission.number, new, users)
    if len(drawn) + len(users) < WORKERS_AT_LEAST:
        raise NotNow(_("所选乡镇在岗的网格员不足 %(n)d 名，请加选乡镇") % {"n": WORKERS_AT_LEAST})
    if not new:
        raise NotNow(_("这些乡镇已经征询过，请另选"))
    rows = [Asked(admission=admission, township=town, asked_at=doing.now) for town in new]
    rows += [Asked(admission=admission, township=town, user=user, asked_at=doing.now) for town, user in drawn]
    Asked.objects.bulk_create(rows)
    doing.data |= {"towns": [town.pk for town in new], "workers": [user.pk for _town, user in drawn]}


@effect
def ask_more(admission: Admission, doing: Doing) -> None:
    consult(admission, doing)


@effect
def opine(admission: Admission, doing: Doing) -> None:
    row = voice_of(admission, person(doing))
    if row is None:
        raise NotYours(_("没有向您征求意见"))
    row.stance, row.note = doing.given("stance"), doing.given("note")
    row.estimate = doing.fields.get("estimate")
    row.answered_by, row.answered_at = person(doing), doing.now
    row.save(update_fields=["stance", "note", "estimate", "answered_by", "answered_at"])
    doing.data |= {"stance": row.stance, "town": row.township_id, "is_town": row.user_id is None}


def _say(admission: Admission, doing: Doing, *, agrees: bool) -> None:
    """Keep what the actor's department says at this stage."""
    department = speaking_for(admission, person(doing))
    if department is None:
        raise NotNow(_("本部门已经表态，等其他部门"))
    Verdict.objects.create(
        admission=admission,
        stage=STAGE_OF[State(admission.state)],
        round=admission.round,
        department=department,
        agrees=agrees,
        note=doing.given("note"),
        said_by=person(doing),
        said_at=doing.now,
    )
    doing.data |= {"department": department.pk}


def _agree(admission: Admission, doing: Doing, step: str) -> None:
    """One more department for it; the last one carries the application on."""
    _say(admission, doing, agrees=True)
    if not silent_codes(admission):
        doing.goes = TABLE.by_name[step].onward


@effect
def pass_law(admission: Admission, doing: Doing) -> None:
    _agree(admission, doing, "pass_law")


@effect
def agree(admission: Admission, doing: Doing) -> None:
    _agree(admission, doing, "agree")


@effect
def drop(admission: Admission, doing: Doing) -> None:
    _agree(admission, doing, "drop")
    if doing.goes:
        admission.cause = Cause.EVALUATION


@effect
def fail_law(admission: Admission, doing: Doing) -> None:
    _say(admission, doing, agrees=False)
    admission.cause = Cause.LEGAL


@effect
def disagree(admission: Admission, doing: Doing) -> None:
    _say(admission, doing, agrees=False)
    admission.cause = Cause.JOINT


@effect
def keep(admission: Admission, doing: Doing) -> None:
    _say(admission, doing, agrees=False)


@effect
def propose_exit(admission: Admission, doing: Doing) -> None:
    admission.round += 1


@effect
def publish(admission: Admission, doing: Doing) -> None:
    admission.minutes = doing.fields["minutes"]
    _in_force(admission, doing)


@effect
def grant_pass(admission: Admission, doing: Doing) -> None:
    _in_force(admission, doing)


def _in_force(admission: Admission, doing: Doing) -> None:
    day: date = doing.fields["ends_on"]
    admission.ends_on, admission.in_force_at = day, doing.now
    doing.data |= {"ends_on": str(day), "minutes": admission.minutes}


@effect
def deny_pass(admission: Admission, doing: Doing) -> None:
    admission.cause = Cause.NO_PASS


@effect
def record_use(admission: Admission, doing: Doing) -> None:
    day: date = doing.fields["used_on"]
    Use.objects.create(
        admission=admission,
        used_on=day,
        note=doing.given("note")[:300],
        recorded_by=person(doing),
        recorded_at=doing.now,
    )
    admission.last_used_on = max(filter(None, (admission.last_used_on, day)))
    doing.data["used_on"] = str(day)


@effect
def rebase(admission: Admission, doing: Doing) -> None:
    policy: Policy = doing.fields["policy"]
    if not policy.is_valid:
        raise NotNow(_("“%(name)s”现在不是有效文件") % {"name": policy.number})
    admission.policies.add(policy)
    doing.data["policy"] = policy.pk


@effect
def lose_basis(admission: Admission, doing: Doing) -> None:
    policy: Policy = doing.fields["policy"]
    doing.data |= {"policy": policy.pk, "number": policy.number}


@effect
def expire(admission: Admission, doing: Doing) -> None:
    admission.cause = Cause.PASS_OVER if admission.state == State.PASSING else Cause.SUNSET


@effect
def drop_unbased(admission: Admission, doing: Doing) -> None:
    admission.cause = Cause.BASIS


@effect
def drop_idle(admission: Admission, doing: Doing) -> None:
    admission.cause = Cause.IDLE


@effect
def replace(admission: Admission, doing: Doing) -> None:
    admission.cause = Cause.REPLACED
    doing.data["number"] = doing.given("number")


@effect
def leave(admission: Admission, doing: Doing) -> None:
    admission.cause = Cause.LEFT
