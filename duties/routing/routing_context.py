"""What routing goes by in a township beside the list: its offices, powers, own division of work, kept rules.

Read for one item of one township when a ticket is placed, for everything at once by a dry run. Writes nothing.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from core.clock import local
from core.rows.prepared import Read
from duties.models import Assignment, DispatchRule, Kind
from duties.models import PlaceKind as Where
from members.models import Department

LINKS = Department.stands_in_for.through.objects.select_related("from_department").order_by("-from_department__code")
RULES = DispatchRule.objects.filter(revoked_at__isnull=True).select_related("lead")
ASSIGNMENTS = Assignment.objects.running().select_related("office", "grantor")
_LINKS = Read(LINKS, "from_department__township")
_RULES, _ASSIGNMENTS = Read(RULES, "township", "item_code"), Read(ASSIGNMENTS, "township", "item_code")
COMMUNITY_BELOW = 200
"""Village codes end in 001–199 for residents' committees (urban) and 200–399 for villagers' (GB/T 10114)."""


def is_urban(code: str) -> bool | None:
    """Whether the area with this code lies in an urban community; None above the villages."""
    return int(code[9:12]) < COMMUNITY_BELOW if len(code) >= 12 and code[9:12] != "000" else None


@dataclass(frozen=True)
class RoutingContext:
    """The standing of one township on a day. `rules` and `assignments` may hold one item only."""

    offices: dict[int, Department] = field(default_factory=dict)
    rules: dict[str, DispatchRule] = field(default_factory=dict)
    assignments: dict[str, list[Assignment]] = field(default_factory=dict)

    def rule_for(self, code: str) -> DispatchRule | None:
        return self.rules.get(code)

    def override_for(self, code: str, *, urban: bool | None) -> Assignment | None:
        """The township's own division for this item; one for this kind of place before one for everywhere."""
        fitting = [a for a in self.assignments.get(code, ()) if a.kind == Kind.OVERRIDE and _fits(a, urban)]
        return min(fitting, key=lambda a: (a.ground == "", -a.pk), default=None)

    def power_for(self, code: str, grantor_id: int, *, urban: bool | None) -> Assignment | None:
        """A power that the department which the list names has handed down for this item."""
        powers = [a for a in self.assignments.get(code, ()) if a.grantor_id == grantor_id and _fits(a, urban)]
        return min(powers, key=lambda a: (a.ground == "", a.kind != Kind.ENFORCING, -a.pk), default=None)


def _fits(assignment: Assignment, urban: bool | None) -> bool:
    return assignment.ground == Where.ANYWHERE or (urban is not None and (assignment.ground == Where.URBAN) is urban)


def in_use(department: Department, on: date) -> bool:
    return department.retired_at is None or local(department.retired_at).date() > on


def of_item(code: str, township_id: int, on: date, *, with_offices: bool) -> RoutingContext:
    """What one item of one township goes by: three queries at most, one more where a rule is kept."""
    offices = _offices(_LINKS.all(township_id), on) if with_offices else {}
    return RoutingContext(
        offices=offices.get(township_id, {}),
        rules={rule.item_code: rule for rule in _RULES.all(township_id, code)},
        assignments={code: [one for one in _ASSIGNMENTS.all(township_id, code) if _runs(one, on)]},
    )


def of_all(on: date) -> dict[int, RoutingContext]:
    """Every township's ground by its key: four queries whatever their number."""
    grounds: dict[int, RoutingContext] = defaultdict(RoutingContext)
    for township_id, offices in _offices(LINKS.exclude(from_department__township=None), on).items():
        grounds[township_id].offices.update(offices)
    for rule in RULES.all().prefetch_related("assisting"):
        grounds[rule.township_id].rules[rule.item_code] = rule
    for assignment in (one for one in ASSIGNMENTS.all() if _runs(one, on)):
        grounds[assignment.township_id].assignments.setdefault(assignment.item_code, []).append(assignment)
    return grounds


def _offices(links: Iterable[object], on: date) -> dict[int, dict[int, Department]]:
    """Township → county department → the office or station in its place (the first by code)."""
    found: dict[int, dict[int, Department]] = defaultdict(dict)
    for link in links:
        office: Department = link.from_department  # type: ignore[attr-defined]  # rows of an automatic through table
        if in_use(office, on) and office.township_id is not None:
            found[office.township_id][link.to_department_id] = office  # type: ignore[attr-defined]  # likewise
    return found


def _runs(assignment: Assignment, on: date) -> bool:
    return assignment.starts_on <= on and (assignment.ends_on is None or assignment.ends_on >= on)
