"""The writer of everything between a draft and its first day: submit, withdraw, agree, send back, publish.

A submitted version is frozen (duties.sql). It goes on when every department that was asked has agreed, and
back to being a draft when one sends it back. A person signs once for one submission, and not for their own.
Nothing happens on the first day itself: from then on the version is the one that reads find in force.
"""

from datetime import date, datetime, time

from django.db.transaction import atomic
from django.utils.translation import gettext as _

from core import clock
from core.clock import COUNTY_TIME
from core.errors import Conflict, Denied, Refused
from core.jobs.outbox import enqueue
from core.trust import audit
from duties.drafting.checking import blockers
from duties.drafting.editing import StaleDraftError, hold, hold_draft, stale
from duties.lists.approvers import approving_departments, signs_for
from duties.lists.comparing import Comparison
from duties.models import Approval, ListVersion, Outcome, VersionState
from duties.shapes.base import Finding
from members.access import scope_for
from members.models import User

TOLD, IN_FORCE = "duties.told", "duties.in_force"


class BlockedError(Refused):
    """The version cannot go on as it is; `findings` says why."""

    code = "draft_blocked"

    def __init__(self, found: list[Finding]) -> None:
        self.findings = found
        super().__init__(_("送审前要改 %(n)d 处") % {"n": len(found)})


def submit(*, version_id: int, revision: int, note: str = "", actor: User) -> ListVersion:
    """Freeze the draft and ask the departments. Raises BlockedError, Refused, StaleDraftError."""
    with atomic():
        version = hold_draft(version_id)
        if version.revision != revision:
            raise stale(version)
        comparison = Comparison(version)
        _check(comparison)
        if not comparison.changed:
            raise Refused(_("草稿与上一版没有差别，不必送审"))
        departments = approving_departments()
        version.proposals.all().delete()
        version.round += 1
        version.note, version.submitted_by, version.submitted_at = note, actor, clock.now()
        version.state = VersionState.SUBMITTED
        version.save(update_fields=["round", "note", "submitted_by", "submitted_at", "state"])
        Approval.objects.bulk_create(
            Approval(version=version, round=version.round, department=department) for department in departments
        )
        audit.record("duties.submit", version, actor=actor, number=version.number, round=version.round)
        _tell("submitted", version)
    return version


def withdraw(*, version_id: int, round_seen: int, actor: User) -> ListVersion:
    """Make a version that is not published yet a draft again."""
    with atomic():
        version = _held(version_id, round_seen, VersionState.SUBMITTED, VersionState.APPROVED)
        _move(version, VersionState.DRAFT)
        audit.record("duties.withdraw", version, actor=actor, number=version.number, round=version.round)
        _tell("withdrawn", version)
    return version


def agree(*, version_id: int, round_seen: int, department_id: int, note: str = "", actor: User) -> ListVersion:
    """One department agrees; with the last one the version is approved."""
    with atomic():
        version = _held(version_id, round_seen, VersionState.SUBMITTED)
        _sign(version, department_id, Outcome.AGREED, note, actor)
        if not version.approvals.filter(round=version.round, outcome=Outcome.OPEN).exists():
            _move(version, VersionState.APPROVED)
            _tell("approved", version)
    return version


def send_back(*, version_id: int, round_seen: int, department_id: int, note: str, actor: User) -> ListVersion:
    """One department does not agree: the version is a draft again, whatever the others said."""
    with atomic():
        version = _held(version_id, round_seen, VersionState.SUBMITTED)
        if not note.strip():
            raise Refused(_("退回须写明理由"))
        _sign(version, department_id, Outcome.RETURNED, note, actor)
        _move(version, VersionState.DRAFT)
        _tell("sent_back", version)
    return version


def publish(*, version_id: int, round_seen: int, starts_on: date, actor: User) -> ListVersion:
    """Close an approved version for ever, in force from the first moment of `starts_on`."""
    with atomic():
        version = _held(version_id, round_seen, VersionState.APPROVED)
        if starts_on < clock.today():
            raise Refused(_("施行日不能早于今天"))
        base = version.base
        if base is not None and base.starts_on is not None and starts_on < base.starts_on:
            words = {"n": base.number, "day": base.starts_on}
            raise Refused(_("施行日不能早于第 %(n)d 版的施行日 %(day)s") % words)
        _check(Comparison(version))
        version.state, version.starts_on = VersionState.PUBLISHED, starts_on
        version.published_by, version.published_at = actor, clock.now()
        version.save(update_fields=["state", "starts_on", "published_by", "published_at"])
        audit.record("duties.publish", version, actor=actor, number=version.number, starts_on=starts_on)
        _tell("published", version)
        morning = datetime.combine(starts_on, time.min, COUNTY_TIME)
        enqueue(IN_FORCE, {"version": version.pk}, key=f"{IN_FORCE}:{version.pk}", at=max(morning, clock.now()))
    return version


# ---- inside ---------------------------------------------------------------------------------------------------
def _held(version_id: int, round_seen: int, *states: VersionState) -> ListVersion:
    """The version under the lock, if it still stands where the person saw it."""
    version = hold(version_id)
    if version.state not in states or version.round != round_seen:
        words = {"version": version, "state": version.get_state_display()}
        raise StaleDraftError(_("%(version)s现在是“%(state)s”，请看过最新情况再操作") % words)
    return version


def _check(comparison: Comparison) -> None:
    if found := blockers(comparison):
        raise BlockedError(found)


def _move(version: ListVersion, state: VersionState) -> None:
    version.state = state
    version.save(update_fields=["state"])


def _sign(version: ListVersion, department_id: int, outcome: Outcome, note: str, actor: User) -> None:
    if department_id not in signs_for(scope_for(actor)):
        raise Denied(_("只有该部门的在岗负责人可以审核"))
    asked = version.approvals.filter(round=version.round)
    mine = asked.filter(department=department_id).select_related("decided_by").first()
    if mine is None:
        raise Denied(_("这一版没有请该部门审核"))
    if mine.outcome:
        words = {"who": mine.decided_by.name if mine.decided_by else "", "said": mine.get_outcome_display()}
        raise Conflict(_("%(who)s已代表本部门审核：%(said)s") % words)
    if actor.pk == version.submitted_by_id:
        raise Denied(_("送审人不能审核自己送的清单"))
    if asked.filter(decided_by=actor).exists():
        raise Denied(_("您已代表另一部门审核过这一次送审，三部门须由不同的人审核"))
    mine.outcome, mine.note, mine.decided_by, mine.decided_at = outcome, note, actor, clock.now()
    mine.save(update_fields=["outcome", "note", "decided_by", "decided_at"])
    verb = "duties.agree" if outcome == Outcome.AGREED else "duties.send_back"
    audit.record(verb, version, actor=actor, number=version.number, round=version.round, code=mine.department.code)


def _tell(event: str, version: ListVersion) -> None:
    key = f"{TOLD}:{version.pk}:{version.round}:{event}:{clock.now().isoformat()}"
    enqueue(TOLD, {"version": version.pk, "event": event, "round": version.round}, key=key)
