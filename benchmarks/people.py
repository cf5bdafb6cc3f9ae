"""The demo's people and places, as the measurements need them."""

import random
from collections.abc import Iterable

from core import calendar
from core.images import Picture
from gateway.demo import build
from gateway.demo.people import PASSWORD
from gateway.demo.stories import World
from issues.actions import apply
from issues.actors import staff
from issues.models import Ticket

ITEM = "C02"
"""路灯不亮: a tile of the order page; in 沙塘镇 it goes to 规划建设办, where HANDLER works."""
HANDLER, DISPATCHER, WORKER, COUNTY, TOWN = "chengban", "fenbo", "wangge", "xianling", "zhenzhang"
__all__ = ["COUNTY", "DISPATCHER", "HANDLER", "ITEM", "PASSWORD", "TOWN", "WORKER", "carry", "world"]


def world() -> World:
    calendar.forget()
    return build.cast(random.Random(1))


def carry(numbers: Iterable[str], who: World, *, past: bool) -> list[Ticket]:
    """Take placed tickets to where the department may claim them; claimed ones (`past`) on to the resident's word."""
    return [(_to_callback if past else _to_claim)(Ticket.objects.get(number=number), who) for number in numbers]


def _to_claim(ticket: Ticket, who: World) -> Ticket:
    worker = staff(who.workers[ticket.area_id][0])
    apply(ticket.pk, "accept", actor=worker)
    ticket = apply(ticket.pk, "whistle", actor=worker, fields={"note": "须由部门办理"})
    return apply(ticket.pk, "dispatch", actor=staff(who.dispatcher), fields={"lead": ticket.lead})


def _to_callback(ticket: Ticket, who: World) -> Ticket:
    assert ticket.holder is not None
    pictures: list[Picture] = who.pictures[:1]
    apply(ticket.pk, "report_done", actor=staff(ticket.holder), fields={"note": "已修好"}, pictures=pictures)
    return apply(ticket.pk, "verify_pass", actor=staff(who.verifier))
