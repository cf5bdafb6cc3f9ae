"""Opens entries of the rectification ledger; their steps are taken by `ledgers.engine.actions.apply`."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from core import clock
from core.errors import NotNow, NotYours
from core.races.idempotency import Once
from core.races.idempotency import claim as claim_key
from grids.models import Area
from issues.models import Ticket
from ledgers.engine.actions import begin
from ledgers.models import Rectification
from ledgers.people import offices_of
from ledgers.rules import Source
from ledgers.workflow import Kind
from ledgers.workflow.rectification import State
from members.models import Department, User


def open_problem(
    *,
    user: User,
    office: Area,
    area: Area,
    title: str,
    source: Source,
    problem: str,
    owner: Department | Area,
    due_on: date,
    once: Once,
    measures: str = "",
    ticket: Ticket | None = None,
) -> Rectification:
    """Enter a problem that `owner` must put right until `due_on`. Sent twice with the same key it is made once.

    Raises `NotYours`, `NotNow`, `KeyReused`.
    """
    with transaction.atomic():
        slot = claim_key(once.owner, once.key, once.body)
        if slot.result:
            return Rectification.objects.get(pk=int(slot.result))
        if office.pk not in {mine.pk for mine in offices_of(user)}:
            raise NotYours(_("您的岗位不能在这里立账"))
        if due_on <= clock.today():
            raise NotNow(_("期限须在今天之后"))
        made: Rectification = begin(
            Rectification,
            Kind.RECTIFICATION,
            user=user,
            office=office,
            area=area,
            title=title,
            state=State.FIXING,
            data={"due_on": str(due_on), "source": source.value},
            source=source,
            problem=problem,
            measures=measures,
            owner_department=owner if isinstance(owner, Department) else None,
            owner_township=owner if isinstance(owner, Area) else None,
            due_on=due_on,
            ticket=ticket,
        )
        slot.finish(str(made.pk))
    return made
