"""Who takes an item on given ground, and why: pure over rows that are loaded already.

From the weakest word to the strongest: the list (the county department, or the office that stands in for it), a power
that this department has handed down to the township, the township's own division of work, and what a consultation
decided. A department that is no longer in use is passed over, and said so.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from core.clock import local as local_time
from duties.models import Assignment, DispatchRule, DutyItem, FirstLevel, Kind
from duties.routing.routing_context import RoutingContext, in_use
from grids.models import Area
from members.models import Department

ORDER = ("list", "no_township", "no_local", "county", "local", "power", "override", "rule")
"""What may decide who leads, from the weakest word to the strongest."""


@dataclass(frozen=True)
class Reason:
    rule: str
    text: str


@dataclass(frozen=True)
class Taken:
    """Who leads and helps, with what decided it; `passed` are those whose department is no longer in use."""

    lead: Department
    assisting: list[Department]
    plain: Department  # whom the list alone would have
    local: Mapping[int, Department]
    rule: DispatchRule | None = None
    override: Assignment | None = None
    power: Assignment | None = None
    passed: tuple[DispatchRule | Assignment, ...] = ()

    @property
    def enforcement_body(self) -> str:
        """Who may punish here in place of the body that the list names; empty where that stays."""
        decides = self.power if self.power is not None and self.lead.pk == self.power.office_id else None
        return str(decides.office) if decides is not None and decides.kind == Kind.ENFORCING else ""


def take(item: DutyItem, ground: RoutingContext, *, urban: bool | None, on: date) -> Taken:
    """Who takes `item` (with lead and assisting departments loaded) on this ground. No query."""
    helpers = [d for d in item.assisting.all() if d.pk != item.lead_id]
    local = {} if item.first_level == FirstLevel.COUNTY else ground.offices
    plain = local.get(item.lead_id, item.lead)
    kept, own = ground.rule_for(item.code), ground.override_for(item.code, urban=urban)
    handed = ground.power_for(item.code, item.lead_id, urban=urban)
    rule = kept if kept and in_use(kept.lead, on) else None
    override, power = (one if one and in_use(one.office, on) else None for one in (own, handed))
    passed = tuple(one for one in (kept, own, handed) if one is not None and one not in (rule, override, power))
    office = override or power
    lead = rule.lead if rule else office.office if office else plain
    named = [d for d in rule.assisting.all() if in_use(d, on)] if rule else [local.get(d.pk, d) for d in helpers]
    assisting = {d.pk: d for d in named if d.pk != lead.pk}
    return Taken(lead, list(assisting.values()), plain, local, rule, override, power, passed)


def deciding(reasons: Iterable[Reason]) -> Reason | None:
    """The strongest word among them; None where nothing tells (an old ticket)."""
    telling = [reason for reason in reasons if reason.rule in ORDER]
    return max(telling, key=lambda reason: ORDER.index(reason.rule), default=None)


def reasons_of(item: DutyItem, taken: Taken, township: Area | None) -> list[Reason]:
    """What decided it, the strongest word first; what it overrode, limits and enforcement follow."""
    return [*_overriding(taken), *_listed(item, taken, township), *_besides(item, taken, township)]


def _overriding(taken: Taken) -> list[Reason]:
    """What was decided for this township goes before what the list says; both are told."""
    found = []
    if taken.rule is not None:
        text = _("%(source)s 会商确定（%(day)s）：此类事项在本镇由%(lead)s牵头")
        words = {"source": taken.rule.source, "day": f"{local_time(taken.rule.made_at):%Y-%m-%d}"}
        found.append(Reason("rule", text % (words | {"lead": taken.rule.lead})))
    if taken.override is not None:
        text = _("本镇另行分工（%(since)s 起%(where)s）：由%(office)s办，理由：%(basis)s")
        found.append(Reason("override", text % _words(taken.override)))
    if taken.power is not None:
        text = _("%(kind)s：%(grantor)s已把此项赋予本镇（%(since)s 起%(where)s），由%(office)s行使，依据：%(basis)s")
        found.append(Reason("power", text % _words(taken.power)))
    return found + [_passed_over(one) for one in taken.passed]


def _passed_over(one: DispatchRule | Assignment) -> Reason:
    """What would have decided it, had its department not gone."""
    if isinstance(one, DispatchRule):
        words = {"source": one.source, "lead": one.lead}
        return Reason("idle_rule", _("%(source)s 会商曾确定由%(lead)s牵头，该部门已停用，不再照此派单") % words)
    return Reason("idle", _("%(kind)s指定的%(office)s已停用，不再照此派单") % _words(one))


def _words(one: Assignment) -> dict[str, object]:
    return {
        "kind": one.get_kind_display(),
        "grantor": one.grantor,
        "office": one.office,
        "basis": one.basis,
        "since": one.starts_on.isoformat(),
        "where": f"，{one.get_ground_display()}" if one.ground else "",
    }


def _listed(item: DutyItem, taken: Taken, township: Area | None) -> list[Reason]:
    """What the list alone says."""
    words = {
        "code": item.code,
        "version": item.version.number,
        "name": item.lead.name,
        "lead": item.lead,
        "level": item.get_first_level_display(),
        "town": township.name if township else "",
        "office": taken.plain,
    }
    reasons = [Reason("list", _("清单 %(code)s（第 %(version)d 版）载明牵头部门为%(name)s") % words)]
    if item.first_level == FirstLevel.COUNTY:
        reasons.append(Reason("county", _("首办层级为县级部门，由%(lead)s直接领办") % words))
    elif item.lead_id in taken.local:
        text = _("%(town)s设有%(office)s，在本镇对应该部门，且首办层级为%(level)s，故由其领办")
        reasons.append(Reason("local", text % words))
    elif township:
        text = _("首办层级为%(level)s，但%(town)s没有对应%(lead)s的机构，故由该部门领办")
        reasons.append(Reason("no_local", text % words))
    else:
        reasons.append(Reason("no_township", _("地点不在任何乡镇内，由%(lead)s领办") % words))
    if item.lead_id not in taken.local and item.lead.retired_at:
        reasons.append(Reason("retired", _("%(lead)s已停用，派哨时须改派") % words))
    return reasons


def _besides(item: DutyItem, taken: Taken, township: Area | None) -> list[Reason]:
    """Helpers, limits and who may punish."""
    reasons = []
    helpers = {d.pk for d in item.assisting.all()} - {item.lead_id}
    if township and not taken.rule and helpers & taken.local.keys():
        words = {"town": township.name}
        reasons.append(Reason("assisting", _("配合部门在%(town)s有对应机构的，由该机构配合") % words))
    grade = {"grade": item.grade.name}
    if item.respond or item.resolve:
        reasons.append(Reason("own_limits", _("级别“%(grade)s”；清单为此项单列了时限") % grade))
    else:
        reasons.append(Reason("grade_limits", _("时限取自级别“%(grade)s”") % grade))
    if body := taken.enforcement_body or item.enforcement_body:
        text = _("涉及处罚的由%(body)s执法；网格员没有执法权")
        reasons.append(Reason("enforcement", text % {"body": body}))
    return reasons
