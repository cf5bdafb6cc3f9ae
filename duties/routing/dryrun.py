"""A dry run of a list version over past tickets: which would have gone elsewhere, and whose load changes by how much.

Tickets that routing cannot tell apart are counted together and decided once for each version, on today's ground, so
that whatever differs comes from the list. Its cost depends on items, townships and villages, not on decisions taken.
Only reads, keeps nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from core.clock import today
from duties import extensions
from duties.extensions import Alike
from duties.models import DutyItem, ListVersion
from duties.routing import routing_context
from duties.routing.resolving import Reason, Taken, deciding, reasons_of, take
from duties.routing.routing_context import RoutingContext
from grids.models import Area
from members.models import Department

PERIODS = (90, 365, 0)
"""Days looked back on; the first where nothing is asked, 0 is everything."""


@dataclass(frozen=True)
class Moved:
    """Tickets alike that would have gone elsewhere; a lead is None where the version lacks the item."""

    alike: Alike
    item: DutyItem
    township: Area
    old: Department | None
    new: Department | None
    gained: tuple[Department, ...]  # departments that would help in addition
    lost: tuple[Department, ...]
    reason: Reason | None  # what decides in the version tried

    @property
    def leads_elsewhere(self) -> bool:
        return self.old != self.new


@dataclass
class Load:
    """A department before and after: whistled tickets led and helped with."""

    department: Department
    led: int = 0
    would_lead: int = 0
    helped: int = 0
    would_help: int = 0

    @property
    def change(self) -> int:
        return self.would_lead - self.led

    @property
    def percent(self) -> int | None:
        """The change of what it leads, against before; None where there was nothing."""
        return round(100 * self.change / self.led) if self.led else None

    @property
    def is_changed(self) -> bool:
        return (self.led, self.helped) != (self.would_lead, self.would_help)


@dataclass
class Outcome:
    tickets: int = 0
    whistled: int = 0
    unlisted: int = 0  # tickets of items that neither version has
    groups: int = 0
    moved: list[Moved] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)

    @property
    def elsewhere(self) -> int:
        """Tickets that another department would have led, or none."""
        return sum(one.alike.count for one in self.moved if one.leads_elsewhere)

    @property
    def elsewhere_whistled(self) -> int:
        return sum(one.alike.whistled for one in self.moved if one.leads_elsewhere)

    @property
    def percent(self) -> float:
        return round(100 * self.elsewhere / self.tickets, 1) if self.tickets else 0.0


def run(version: ListVersion, days: int) -> Outcome:
    """What `version` would have done, against the version it was made from. Eleven queries."""
    day = today()
    since = day - timedelta(days=days) if days else None
    past = extensions.past(version.duty_list.county_id, since)
    return weigh(past, _items(version.base), _items(version), routing_context.of_all(day), day)


def _items(version: ListVersion | None) -> dict[str, DutyItem]:
    if version is None:
        return {}
    rows = DutyItem.objects.filter(version=version).select_related("lead", "grade", "version")
    return {item.code: item for item in rows.prefetch_related("assisting")}


def weigh(
    past: Iterable[Alike],
    old: dict[str, DutyItem],
    new: dict[str, DutyItem],
    lands: dict[int, RoutingContext],
    day: date,
) -> Outcome:
    """Decide every group under both versions and add up. One query."""
    outcome, loads = Outcome(), dict[int, Load]()
    past = list(past)
    towns = Area.objects.in_bulk({alike.township_id for alike in past})
    for alike in past:
        outcome.groups += 1
        outcome.tickets += alike.count
        outcome.whistled += alike.whistled
        before, after = old.get(alike.item_code), new.get(alike.item_code)
        if before is None and after is None:
            outcome.unlisted += alike.count
            continue
        ground, town = lands.get(alike.township_id, RoutingContext()), towns[alike.township_id]
        was, would = (take(item, ground, urban=alike.urban, on=day) if item else None for item in (before, after))
        _add(loads, was, would, alike.whistled)
        if moved := _moved(alike, before, after, was, would, town):
            outcome.moved.append(moved)
    outcome.moved.sort(key=lambda m: (not m.leads_elsewhere, -m.alike.whistled, -m.alike.count, m.alike.item_code))
    changed = [load for load in loads.values() if load.is_changed]
    outcome.loads = sorted(changed, key=lambda load: (-abs(load.change), load.department.code))
    return outcome


def _moved(
    alike: Alike, before: DutyItem | None, after: DutyItem | None, was: Taken | None, would: Taken | None, town: Area
) -> Moved | None:
    item = after or before
    led, leads = was.lead if was else None, would.lead if would else None
    helped, helps = (list(taken.assisting) if taken else [] for taken in (was, would))
    gained, lost = tuple(d for d in helps if d not in helped), tuple(d for d in helped if d not in helps)
    if item is None or (led == leads and not gained and not lost):
        return None
    reason = deciding(reasons_of(after, would, town)) if after and would else None
    return Moved(alike, item, town, led, leads, gained, lost, reason)


def _add(loads: dict[int, Load], was: Taken | None, would: Taken | None, count: int) -> None:
    def load(department: Department) -> Load:
        return loads.setdefault(department.pk, Load(department))

    if was is not None:
        load(was.lead).led += count
        for helper in was.assisting:
            load(helper).helped += count
    if would is not None:
        load(would.lead).would_lead += count
        for helper in would.assisting:
            load(helper).would_help += count
