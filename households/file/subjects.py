"""What a household may ask of its data: to see them, to have them put right, to have them deleted; within thirty days.

The answer to the first is a paper with everything that is kept; deletion forgets who lives there and keeps the place.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow
from core.jobs import outbox
from core.trust import audit
from grids import households
from grids.models import Household
from households.file.actions import TEXT_LENGTH, FileRefused, text
from households.models import Consent, GuardedTag, ImportChange, Liaison, Need, Resident, SubjectRequest, Visit
from households.people import KEEPERS, require
from households.rules import REMIND_HOUR, REPLY_REMINDED, REPLY_WITHIN
from issues.models import Ticket
from members.models import User

REPLY_NEAR = "households.reply_near"
REMINDER = "household_request"  # kind of notice
"""Outbox topic, handled in households.handlers."""


def take_request(*, household: Household, kind: str, user: User) -> SubjectRequest:
    """Write down what a household asks for; who keeps the file is reminded before the day."""
    if kind not in SubjectRequest.Kind.values:
        raise FileRefused(_("请从给出的选项中选择"), "kind")
    with transaction.atomic():
        home = Household.objects.select_for_update(of=("self",)).get(pk=household.pk)
        require(user, home, KEEPERS, _("个人信息请求由村社书记或乡镇分拨员登记"))
        if SubjectRequest.objects.filter(household=home, kind=kind, state=SubjectRequest.State.OPEN).exists():
            raise NotNow(_("这一户已有一件同样的请求在办"))
        due = clock.today() + REPLY_WITHIN
        row = SubjectRequest.objects.create(household=home, kind=kind, asked_at=clock.now(), due_on=due, taken_by=user)
        at = datetime.combine(due - REPLY_REMINDED, REMIND_HOUR, clock.COUNTY_TIME)
        outbox.enqueue(REPLY_NEAR, {"request": row.pk}, key=f"subject:{row.pk}:near", at=at)
        audit.record("household.request_taken", home, actor=user, code=home.code, kind=kind, due_on=str(due))
    return row


def answer(*, request: SubjectRequest, state: str, words: str, user: User) -> SubjectRequest:
    """Say what came of a request. One for deletion that is granted deletes in the same breath."""
    said = text(words, "answer", TEXT_LENGTH, multiline=True)
    if not said:
        raise FileRefused(_("请写明怎么答复的"), "answer")
    if state not in (SubjectRequest.State.DONE, SubjectRequest.State.REFUSED):
        raise FileRefused(_("请从给出的选项中选择"), "state")
    with transaction.atomic():
        row = SubjectRequest.objects.select_for_update(of=("self",)).select_related("household").get(pk=request.pk)
        require(user, row.household, KEEPERS, _("个人信息请求由村社书记或乡镇分拨员答复"))
        if row.state != SubjectRequest.State.OPEN:
            raise NotNow(_("这件请求已经答复"))
        row.state, row.answer, row.answered_by, row.answered_at = state, said, user, clock.now()
        row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
        audit.record(
            "household.request_answered", row.household, actor=user, code=row.household.code, kind=row.kind, state=state
        )
        if row.kind == SubjectRequest.Kind.DELETE and state == SubjectRequest.State.DONE:
            forget(household=row.household, reason="request", user=user)
    return row


def forget(*, household: Household, reason: str, user: User | None) -> None:
    """Delete who lives in a household and what they said; the place, its code and what was counted stay."""
    with transaction.atomic():
        households.erase(household=household, reason=reason, actor=user)
        Resident.objects.filter(household=household).delete()
        GuardedTag.objects.filter(household=household).delete()
        ImportChange.objects.filter(household=household).update(before="", mark="", version=0)
        Need.objects.filter(household=household).update(text=_("（已删除）"), outcome="")
        Visit.objects.filter(household=household).update(note="")
        SubjectRequest.objects.filter(household=household, state="open", kind="correct").update(
            state=SubjectRequest.State.REFUSED, answered_at=clock.now(), answer=_("信息已删除")
        )


def paper_of(*, household: Household, user: User) -> dict[str, Any]:
    """Everything that is kept of a household, to be handed to it; on the trail. Guarded labels are told by word."""
    require(user, household, KEEPERS, _("个人信息的副本由村社书记或乡镇分拨员打印"))
    with transaction.atomic():
        audit.record("household.subject_export", household, actor=user, code=household.code)
    rows = {"household": household}
    return {
        "household": household,
        "residents": list(Resident.objects.filter(**rows).order_by("pk")),
        "needs": list(Need.objects.filter(**rows).select_related("ticket").order_by("pk")),
        "visits": list(Visit.objects.filter(**rows).select_related("by", "need").order_by("-at")[:200]),
        "liaisons": list(Liaison.objects.filter(**rows).select_related("helper").order_by("pk")),
        "consents": list(Consent.objects.filter(**rows).order_by("pk")),
        "requests": list(SubjectRequest.objects.filter(**rows).order_by("pk")),
        "tickets": list(Ticket.objects.filter(**rows).order_by("-placed_at")[:200]),
    }


def days_left(request: SubjectRequest) -> timedelta:
    return request.due_on - clock.today()
