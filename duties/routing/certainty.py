"""Whether the list alone settles whose duty an item is at a place, so that nobody need be asked. Only reads.

The list in force must name one lead there: no kept rule, power or division of work of the township sends it elsewhere
or has lost its department, one office alone stands in for that lead, and somebody is on post in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core.clock import today
from core.text import Text
from duties.models import DutyItem, FirstLevel
from duties.routing.deciding import with_relations
from duties.routing.resolving import Reason, Taken, reasons_of, take
from duties.routing.routing_context import LINKS, RoutingContext, in_use, is_urban, of_item
from grids.models import Area
from members.models import Department, Post
from members.roles import Role

STAFF = (Role.DEPARTMENT_HANDLER, Role.DEPARTMENT_LEADER)
AGAINST = frozenset({"rule", "override", "power", "idle", "idle_rule"})
"""Reasons of routing that are not the list's own word."""


@dataclass(frozen=True)
class Settled:
    """Whom the list names, with the reasons; `doubts` say why a person must decide instead."""

    lead: Department
    assisting: tuple[Department, ...]
    why: tuple[Text, ...]
    doubts: tuple[Text, ...]


def settle(item: DutyItem, area: Area, township: Area, *, on: date | None = None) -> Settled:
    """What the list says of `item` in `area` of `township` on a day (today). At most eight queries."""
    item, day = with_relations(item), on or today()
    ground = of_item(item.code, township.pk, day, with_offices=item.first_level != FirstLevel.COUNTY)
    taken = take(item, ground, urban=is_urban(area.code), on=day)
    reasons = reasons_of(item, taken, township)
    return Settled(
        lead=taken.lead,
        assisting=tuple(d for d in taken.assisting if in_use(d, day)),
        why=tuple(reason.text for reason in reasons),
        doubts=tuple(_doubts(item, taken, reasons, ground, township, day)),
    )


def _doubts(
    item: DutyItem, taken: Taken, reasons: list[Reason], ground: RoutingContext, township: Area, day: date
) -> Iterator[Text]:
    if taken.lead.pk != taken.plain.pk or taken.passed:
        yield from (reason.text for reason in reasons if reason.rule in AGAINST)
    if not in_use(taken.lead, day):
        yield _("%(lead)s已停用") % {"lead": taken.lead}
    elif not Post.objects.held(day).filter(department=taken.lead, role__in=STAFF, user__is_active=True).exists():
        yield _("%(lead)s没有人在岗") % {"lead": taken.lead}
    if item.lead_id in ground.offices and len(several := _standing_in(item, township, day)) > 1:
        words = {"names": "、".join(map(str, several)), "lead": item.lead}
        yield _("%(names)s都对应%(lead)s，清单没有说由哪一个办") % words


def _standing_in(item: DutyItem, township: Area, day: date) -> list[Department]:
    """The offices of the township in the place of the department that the list names."""
    links = LINKS.filter(from_department__township=township, to_department=item.lead_id)
    offices = [link.from_department for link in links]
    return sorted((one for one in offices if in_use(one, day)), key=lambda one: one.code)
