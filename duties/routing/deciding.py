"""Whose duty: decides who takes an item that occurs in an area, and says why.

`decide` only reads. Its answer is data: the ticket stores `as_json()` and pages show `why`, so that
a decision stays explainable after the list has moved on.

The rule: an item whose first level is the county goes to the lead department itself. Any other item
goes to the office or station of the township that stands in for the lead, if it has one in use; the
assisting departments likewise. Stronger are, in this order, a power that the lead has handed down to the township,
the township's own division of work (`duties.routing.powers`), and what a consultation decided
(`duties.routing.dispatching`). How they are weighed is `duties.routing.resolving`. The enforcement body is named but
never becomes a grid worker's task.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from django.db.models import BigIntegerField, DateField, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from core.clock import today
from core.days.calendar import Limit
from core.errors import Refused
from core.rows.composed import composed
from core.rows.prepared import Read
from duties.models import DutyItem, FirstLevel, ListKind, ListVersion, VersionState
from duties.routing.resolving import Reason, Taken, reasons_of, take
from duties.routing.routing_context import RoutingContext, is_urban, of_item
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_above
from members.models import Department

SHAPE = 1


class NoListInForceError(Refused):
    """The county has no list version in force on that day, or the version lacks the item."""

    code = "no_list_in_force"


@dataclass(frozen=True)
class Unit:
    id: int
    name: str


@dataclass(frozen=True)
class LimitView:
    notation: str
    label: str

    @classmethod
    def of(cls, limit: Limit) -> Self:
        return cls(str(limit), limit.label)

    @property
    def limit(self) -> Limit:
        return Limit.parse(self.notation)


@dataclass(frozen=True)
class Decision:
    """Who takes it, who helps, by when, under which list version, and why."""

    item_code: str
    item_name: str
    version_id: int
    version_number: int
    lead: Unit
    assisting: tuple[Unit, ...]
    enforcement_body: str
    first_level: str
    grade: str
    grade_name: str
    accept: LimitView
    claim: LimitView
    respond: LimitView
    resolve: LimitView
    why: tuple[Reason, ...]

    def as_json(self) -> dict[str, Any]:
        return {"shape": SHAPE, **asdict(self)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """Read a stored decision back; raises ValueError for another shape."""
        if stored.get("shape") != SHAPE:
            raise ValueError("not a stored decision of a known shape")
        plain = {key: value for key, value in stored.items() if key != "shape"}
        limits = {key: LimitView(**plain[key]) for key in ("accept", "claim", "respond", "resolve")}
        return cls(
            **{
                **plain,
                **limits,
                "lead": Unit(**plain["lead"]),
                "assisting": tuple(Unit(**unit) for unit in plain["assisting"]),
                "why": tuple(Reason(**reason) for reason in plain["why"]),
            }
        )


_ITEM = Read(DutyItem.objects.select_related("lead", "grade", "category", "version"), "version", "code")


def version_in_force(county: Area | int | None = None, on: date | None = None) -> ListVersion:
    """The version in force on a day (today); without a county, of the only county here. One query."""
    key = county.pk if isinstance(county, Area) else county
    for found in _in_force(county is not None, day=on or today(), county=key):
        return found
    raise NoListInForceError(_("当天没有施行中的责任清单"))


@composed(day=DateField(), county=BigIntegerField())
def _in_force(of_county: object, *, day: Any, county: Any) -> QuerySet[ListVersion]:
    versions = ListVersion.objects.filter(
        duty_list__kind=ListKind.GRID_ITEMS, state=VersionState.PUBLISHED, starts_on__lte=day
    )
    if of_county:
        versions = versions.filter(duty_list__county=county)
    return versions.select_related("duty_list").order_by("-starts_on", "-number")[:1]


def item_by_code(code: str, on: date | None = None, county: Area | int | None = None) -> DutyItem:
    """The item of the version in force, with lead, grade, category and version loaded. Two queries."""
    version = version_in_force(county, on)
    item = next(iter(_ITEM.all(version.pk, code)), None) if "\0" not in code else None
    if item is None:
        raise NoListInForceError(_("施行中的清单没有编号为“%(code)s”的事项") % {"code": code[:20].replace("\0", "")})
    return item


def decide(item: DutyItem, area: Area, *, on: date | None = None, path: Iterable[Area] = ()) -> Decision:
    """Who takes `item` in `area` with the departments and arrangements of a day (today). At most six queries.

    Whether the place is urban or rural is known from a village downwards. `path` are the areas from the county down
    to `area`, where they have been read already.
    """
    item = with_relations(item)
    township, day = _township_of(area, path), on or today()
    ground = RoutingContext()
    if township:
        ground = of_item(item.code, township.pk, day, with_offices=item.first_level != FirstLevel.COUNTY)
    taken = take(item, ground, urban=is_urban(area.code), on=day)
    return _decision(item, taken, tuple(reasons_of(item, taken, township)))


def _decision(item: DutyItem, taken: Taken, why: tuple[Reason, ...]) -> Decision:
    grade = item.grade
    accept = LimitView.of(Limit.parse(grade.accept))
    return Decision(
        item_code=item.code,
        item_name=item.name,
        version_id=item.version_id,
        version_number=item.version.number,
        lead=_unit(taken.lead),
        assisting=tuple(map(_unit, taken.assisting)),
        enforcement_body=taken.enforcement_body or item.enforcement_body,
        first_level=item.first_level,
        grade=grade.code,
        grade_name=grade.name,
        accept=accept,
        claim=accept,
        respond=LimitView.of(item.respond_limit),
        resolve=LimitView.of(item.resolve_limit),
        why=why,
    )


def with_relations(item: DutyItem) -> DutyItem:
    """The item with everything `decide` reads of it; its assisting departments in the order of their codes."""
    if not {"lead", "grade", "version"} <= item._state.fields_cache.keys():
        item = DutyItem.objects.select_related("lead", "grade", "version").get(pk=item.pk)
    if "assisting" not in getattr(item, "_prefetched_objects_cache", {}):
        prefetch_related_objects([item], "assisting")
    return item


def _township_of(area: Area, path: Iterable[Area]) -> Area | None:
    above = next((one for one in (area, *path) if one.level == Level.TOWNSHIP), None)
    if above is not None:
        return above
    return Area.objects.filter(at_or_above(area), level=Level.TOWNSHIP).first()


def _unit(department: Department) -> Unit:
    return Unit(department.pk, str(department))
