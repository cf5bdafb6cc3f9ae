"""Whose duty: decides who takes an item that occurs in an area, and says why.

`decide` only reads. Its answer is data: the ticket stores `as_json()` and pages show `why`, so that
a decision stays explainable after the list has moved on.

The rule: an item whose first level is the county goes to the lead department itself. Any other item
goes to the office or station of the township that stands in for the lead, if it has one in use; the
assisting departments likewise. What a consultation decided about the item in this township (a dispatch
rule, `duties.dispatching`) goes before both while the department that it names is in use. The
enforcement body is named but never becomes a grid worker's task.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Self

from django.utils.translation import gettext as _

from core.calendar import Limit
from core.clock import local as local_time
from core.clock import today
from core.errors import Refused
from core.prepared import Read
from duties.dispatching import is_usable, rule_for
from duties.models import DispatchRule, DutyItem, FirstLevel, ListKind, ListVersion, VersionState
from grids.levels import Level
from grids.models import Area
from grids.scope import at_or_above
from members.models import Department

SHAPE = 1
_LINKS = Read(
    Department.stands_in_for.through.objects.select_related("from_department").order_by("-from_department__code"),
    "from_department__township",
)


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
class Reason:
    rule: str
    text: str


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


def version_in_force(county: Area | int | None = None, on: date | None = None) -> ListVersion:
    """The version in force on a day (today); without a county, of the only county here. One query."""
    versions = ListVersion.objects.filter(
        duty_list__kind=ListKind.GRID_ITEMS, state=VersionState.PUBLISHED, starts_on__lte=on or today()
    )
    if county is not None:
        versions = versions.filter(duty_list__county=county)
    found = versions.select_related("duty_list").order_by("-starts_on", "-number").first()
    if found is None:
        raise NoListInForceError(_("当天没有施行中的责任清单"))
    return found


def item_by_code(code: str, on: date | None = None, county: Area | int | None = None) -> DutyItem:
    """The item of the version in force, with lead, grade, category and version loaded. Two queries."""
    version = version_in_force(county, on)
    item = (
        DutyItem.objects.select_related("lead", "grade", "category", "version")
        .filter(version=version, code=code)
        .first()
        if "\0" not in code
        else None
    )
    if item is None:
        raise NoListInForceError(_("施行中的清单没有编号为“%(code)s”的事项") % {"code": code[:20].replace("\0", "")})
    return item


def decide(item: DutyItem, area: Area, *, on: date | None = None) -> Decision:
    """Who takes `item` in `area` with the departments in use on a day (today). At most six queries."""
    item = _with_relations(item)
    wanted = [item.lead, *item.assisting.all()]  # in the order of their codes
    township = _township_of(area)
    at_county = item.first_level == FirstLevel.COUNTY
    day = on or today()
    local = _local_offices(wanted, township, day) if township and not at_county else {}
    kept = rule_for(item.code, township.pk if township else None)
    rule = kept if kept is not None and is_usable(kept, day) else None
    lead = rule.lead if rule else local.get(item.lead_id, item.lead)
    helpers = rule.assisting.all() if rule else (local.get(d.pk, d) for d in wanted[1:])
    assisting = {d.pk: d for d in helpers if d.pk != lead.pk}
    grade = item.grade
    accept = LimitView.of(Limit.parse(grade.accept))
    return Decision(
        item_code=item.code,
        item_name=item.name,
        version_id=item.version_id,
        version_number=item.version.number,
        lead=_unit(lead),
        assisting=tuple(map(_unit, assisting.values())),
        enforcement_body=item.enforcement_body,
        first_level=item.first_level,
        grade=grade.code,
        grade_name=grade.name,
        accept=accept,
        claim=accept,
        respond=LimitView.of(item.respond_limit),
        resolve=LimitView.of(item.resolve_limit),
        why=(
            *_by_rule(kept, day),
            *_why(item, None if at_county else township, local.get(item.lead_id, item.lead), local),
        ),
    )


def _by_rule(kept: DispatchRule | None, day: date) -> list[Reason]:
    """What was decided once goes before what the list says, unless who was named is gone; both are told."""
    if kept is None:
        return []
    words = {"source": kept.source, "day": f"{local_time(kept.made_at):%Y-%m-%d}", "lead": kept.lead}
    if not is_usable(kept, day):
        return [Reason("idle_rule", _("%(source)s 会商曾确定由%(lead)s牵头，该部门已停用，改按清单派单") % words)]
    return [Reason("rule", _("%(source)s 会商确定（%(day)s）：此类事项在本镇由%(lead)s牵头") % words)]


def _with_relations(item: DutyItem) -> DutyItem:
    if {"lead", "grade", "version"} <= item._state.fields_cache.keys():
        return item
    return DutyItem.objects.select_related("lead", "grade", "version").get(pk=item.pk)


def _township_of(area: Area) -> Area | None:
    if area.level == Level.TOWNSHIP:
        return area
    return Area.objects.filter(at_or_above(area), level=Level.TOWNSHIP).first()


def _local_offices(wanted: list[Department], township: Area, on: date) -> dict[int, Department]:
    """County department id → the township's office or station in its place (the first by code)."""
    links = [link for link in _LINKS.all(township.pk) if _in_use(link.from_department, on)]
    found = {link.to_department_id: link.from_department for link in links}
    return {d.pk: found[d.pk] for d in wanted if d.pk in found}


def _in_use(office: Department, on: date) -> bool:
    return office.retired_at is None or local_time(office.retired_at).date() > on


def _unit(department: Department) -> Unit:
    return Unit(department.pk, str(department))


def _why(item: DutyItem, township: Area | None, lead: Department, local: dict[int, Department]) -> list[Reason]:
    words = {
        "code": item.code,
        "version": item.version.number,
        "lead": item.lead,
        "level": item.get_first_level_display(),
        "town": township.name if township else "",
        "office": lead,
        "grade": item.grade.name,
    }
    reasons = [
        Reason(
            "list", _("清单 %(code)s（第 %(version)d 版）载明牵头部门为%(lead)s") % {**words, "lead": item.lead.name}
        )
    ]
    if item.first_level == FirstLevel.COUNTY:
        reasons.append(Reason("county", _("首办层级为县级部门，由%(lead)s直接领办") % words))
    elif item.lead_id in local:
        text = _("%(town)s设有%(office)s，在本镇对应该部门，且首办层级为%(level)s，故由其领办")
        reasons.append(Reason("local", text % words))
    elif township:
        text = _("首办层级为%(level)s，但%(town)s没有对应%(lead)s的机构，故由该部门领办")
        reasons.append(Reason("no_local", text % words))
    else:
        reasons.append(Reason("no_township", _("地点不在任何乡镇内，由%(lead)s领办") % words))
    if item.lead_id not in local and item.lead.retired_at:
        reasons.append(Reason("retired", _("%(lead)s已停用，派哨时须改派") % words))
    if local.keys() - {item.lead_id}:
        reasons.append(Reason("assisting", _("配合部门在%(town)s有对应机构的，由该机构配合") % words))
    if item.respond or item.resolve:
        reasons.append(Reason("own_limits", _("级别“%(grade)s”；清单为此项单列了时限") % words))
    else:
        reasons.append(Reason("grade_limits", _("时限取自级别“%(grade)s”") % words))
    if item.enforcement_body:
        text = _("涉及处罚的由%(body)s执法；网格员没有执法权")
        reasons.append(Reason("enforcement", text % {"body": item.enforcement_body}))
    return reasons
