"""The demo's people and places, and tickets brought to where a measurement begins by the demo's own stories."""

import random
import uuid
from datetime import timedelta

from core import clock
from gateway.demo import build
from gateway.demo.setting.people import PASSWORD
from gateway.demo.telling.stories import tell
from gateway.demo.telling.tale import Plan
from gateway.demo.telling.timeline import TimeLine
from gateway.demo.telling.world import World
from issues.models import Ticket
from issues.workflow import State

ITEM = "C02"
"""路灯不亮: a tile of the order page; in 沙塘镇 it goes to 规划建设办, where HANDLER works."""
HANDLER, DISPATCHER, WORKER, COUNTY, TOWN = "chengban", "fenbo", "wangge", "xianling", "zhenzhang"
BEGAN_AGO = timedelta(minutes=30)
__all__ = [
    "COUNTY", "DISPATCHER", "HANDLER", "ITEM", "PASSWORD", "TOWN", "WORKER", "PlainWorld", "stage", "tokens", "world",
]  # fmt: skip


class PlainWorld(World):
    """The demo's world on a day when nothing unusual happens: no phone is left, nothing is returned or done again."""

    def happens(self, share: float) -> bool:
        return share >= 1


def world() -> PlainWorld:
    return PlainWorld(**vars(build.cast(random.Random(1), elsewhere=False)))


def tokens(who: World) -> list[str]:
    """What stands in the QR codes of its places."""
    return [ground.area.token for ground in who.grounds if ground.area.token]


def stage(count: int, state: State, who: World) -> list[Ticket]:
    """`count` fresh orders of ITEM that went through the real steps and stand at `state`."""
    newest = Ticket.objects.order_by("-id").values_list("pk", flat=True)[0]
    item = next(item for item in who.items if item.code == ITEM)
    plan = Plan(halt_at=state, brisk=True, item=item, route="whistle")
    now = clock.now()
    line = TimeLine(now)
    for _n in range(count):
        line.add(now - BEGAN_AGO, tell(who, plan, uuid.uuid4().hex))
    line.run(now)
    return list(Ticket.objects.filter(pk__gt=newest, state=state).order_by("id"))
