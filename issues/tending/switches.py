"""系统代办开关: what the county lets the engine do by itself, item by item. Writer and reads.

Where nothing is said the engine acts. Every change is on the trail with its reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import atomic

from core import clock, locks
from core.trust import audit
from duties.lists.queries import current
from duties.models import DutyItem
from grids.models import Area
from issues.models import EngineSwitch, Ticket
from issues.workflow import AUTOMATICS, Automatic
from members.models import User

LOCK = "issues.switches"
REASON_MAX = 200


def is_on(ticket: Ticket, step: Automatic) -> bool:
    """Whether the engine may take `step` on this ticket."""
    return not EngineSwitch.objects.filter(
        county=ticket.county_id, step=step, item_code=ticket.item_code, is_on=False
    ).exists()


def allowed(tickets: QuerySet[Ticket], step: Automatic) -> QuerySet[Ticket]:
    """Those of `tickets` on which the engine may take `step`."""
    off = EngineSwitch.objects.filter(
        county=OuterRef("county"), step=step, item_code=OuterRef("item_code"), is_on=False
    )
    return tickets.filter(~Exists(off))


def put(*, county: Area, item_code: str, wanted: Mapping[Automatic, bool], reason: str, actor: User) -> int:
    """Say for one item what the engine may do; returns how many switches changed."""
    with atomic():
        locks.hold(LOCK)
        rows = {row.step: row for row in EngineSwitch.objects.filter(county=county, item_code=item_code)}
        changed = [step for step, on in wanted.items() if on != (rows[step].is_on if step in rows else True)]
        said = {"reason": reason, "changed_by": actor, "changed_at": clock.now()}
        for step in changed:
            row, _made = EngineSwitch.objects.update_or_create(
                county=county, step=step, item_code=item_code, defaults=said | {"is_on": wanted[step]}
            )
            told = {"code": item_code, "step": step.value, "is_on": wanted[step], "reason": reason}
            audit.record("engine.switched", row, actor=actor, **told)
    return len(changed)


# ---- reading ------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One item of the list in force with what the engine may do about it; `newest` is the last word on it, if any."""

    code: str
    item: DutyItem | None
    on: Mapping[Automatic, bool]
    newest: EngineSwitch | None

    @property
    def cells(self) -> list[bool]:
        return [self.on[step] for step in Automatic]


def lines(county: Area) -> list[Line]:
    """Every item of the list in force, after a line for tickets that have none yet. Three queries."""
    rows: dict[str, list[EngineSwitch]] = {}
    for row in EngineSwitch.objects.filter(county=county).select_related("changed_by").order_by("changed_at", "pk"):
        rows.setdefault(row.item_code, []).append(row)
    version = current()
    items = DutyItem.objects.filter(version=version).select_related("category", "version") if version else ()
    return [_line("", None, rows.get("", [])), *(_line(item.code, item, rows.get(item.code, [])) for item in items)]


def _line(code: str, item: DutyItem | None, rows: list[EngineSwitch]) -> Line:
    said = {row.step: row.is_on for row in rows}
    return Line(code, item, {step: said.get(step, True) for step in AUTOMATICS}, rows[-1] if rows else None)
