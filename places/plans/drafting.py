"""The only writer of plans while they are drafts: whose households, which parts, which choices.

A draft changes nothing but itself. What it would do is reckoned by `places.plans.preview`, done by
`places.plans.carrying`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Conflict, Refused
from core.trust import audit
from grids.levels import GRID_LEVELS, Level
from grids.models import Area
from grids.scope import at_or_above
from grids.tree import NAME_LENGTH
from members.models import User
from places.models import Plan, PlanChoice, PlanSource, PlanTarget
from places.plans import balance, sorting
from places.rules import MOST_LISTED, MOST_PARTS, SHAPES, How, PlanKind, PlanState


class PlanRefused(Refused):
    """A plan that its rules forbid; `field` names the form field it belongs to."""

    code = "plan_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def draft(
    *, kind: str, sources: Sequence[Area], into: Area | None = None, reason: str = "", actor: User | None
) -> Plan:
    """Begin a plan for some grids; `into` is the grid that a merging or a transfer fills. Raises PlanRefused."""
    shape = SHAPES[PlanKind(kind)]
    problem = _sources_problem(sources, shape.most_sources) or _below_problem(kind, sources[0])
    if problem:
        raise PlanRefused(problem, "sources")
    if shape.takes_existing and not shape.makes_new and into is None:
        raise PlanRefused(_("请选择接收的网格"), "into")
    with transaction.atomic():
        plan = Plan.objects.create(
            kind=kind, area=_common(sources, into), reason=reason.strip(), created_by=actor, created_at=now()
        )
        PlanSource.objects.bulk_create(PlanSource(plan=plan, area=a, retires=shape.retires) for a in sources)
        if into is not None:
            _put_into(plan, into, sources)
        audit.record("plan.drafted", plan, actor=actor, kind=kind, sources=[a.code for a in sources])
        return plan


def add_part(*, plan: Plan, name: str = "", area: Area | None = None, actor: User | None) -> PlanTarget:
    """A grid that receives: a new one by name or one in use. Raises PlanRefused."""
    with transaction.atomic():
        row = _open(plan, actor)
        shape = SHAPES[PlanKind(row.kind)]
        if row.targets.count() >= MOST_PARTS:
            raise PlanRefused(_("最多分成 %(n)d 个") % {"n": MOST_PARTS}, "name")
        if area is None:
            return _new_part(row, name, may=shape.makes_new)
        problem = None if shape.takes_existing else _("这种方式只能新设网格")
        problem = problem or (_("“%(name)s”已停用") % {"name": area.name} if area.retired_at else None)
        problem = problem or (_("户只能登记在网格或微网格") if area.level not in GRID_LEVELS else None)
        problem = problem or (_("已经选了它") if row.targets.filter(area=area).exists() else None)
        if problem:
            raise PlanRefused(problem, "area")
        row.sources.filter(area=area).update(retires=False)
        return PlanTarget.objects.create(plan=row, area=area, is_new=False)


def choose(
    *,
    plan: Plan,
    target: PlanTarget,
    how: str,
    value: Mapping[str, Any],
    source: Area | None = None,
    actor: User | None,
) -> PlanChoice:
    """Say which households go to a part. `value` was cleaned by the form of `how`. Raises PlanRefused."""
    with transaction.atomic():
        row = _open(plan, actor)
        if how == How.LISTED and len(value["codes"]) > MOST_LISTED:
            raise PlanRefused(_("名单最多 %(n)d 户") % {"n": MOST_LISTED}, "codes")
        if how == How.REST and row.choices.filter(how=How.REST, source=source).exists():
            raise PlanRefused(_("“其余全部”只能给一个网格"), "how")
        return PlanChoice.objects.create(plan=row, target=target, source=source, how=how, value=dict(value))


def drop_part(*, plan: Plan, key: int, actor: User | None) -> None:
    """Take a part out, with its choices; what is gone already is no error."""
    with transaction.atomic():
        row = _open(plan, actor)
        for target in row.targets.filter(pk=key):
            if target.area_id is not None and SHAPES[PlanKind(row.kind)].retires:
                row.sources.filter(area=target.area_id).update(retires=True)
            target.delete()


def drop_choice(*, plan: Plan, key: int, actor: User | None) -> None:
    with transaction.atomic():
        _open(plan, actor).choices.filter(pk=key).delete()


def suggest(*, plan: Plan, parts: int, names: Sequence[str] = (), actor: User | None) -> None:
    """Set up `parts` new grids and give each whole neighbouring groups, as alike in size as can be.

    Replaces the new parts and the choices there are. Where there are too few groups, neighbours are cut apart.
    """
    if not 1 <= parts <= MOST_PARTS:
        raise PlanRefused(_("请填 1 到 %(n)d") % {"n": MOST_PARTS}, "parts")
    with transaction.atomic():
        row = _open(plan, actor)
        if not SHAPES[PlanKind(row.kind)].makes_new:
            raise PlanRefused(_("这种方式不新设网格"), "parts")
        row.choices.all().delete()
        row.targets.filter(is_new=True).delete()
        called = [*names[:parts], *_names(row, parts)[len(names[:parts]) :]]
        made = [_new_part(row, name, may=True) for name in called]
        for target, (how, value) in zip(made, _shares([s.area_id for s in row.sources.all()], parts), strict=False):
            PlanChoice.objects.create(plan=row, target=target, how=how, value=value)


def discard(*, plan: Plan, actor: User | None) -> Plan:
    with transaction.atomic():
        row = _open(plan, actor)
        Plan.objects.filter(pk=row.pk).update(state=PlanState.DISCARDED)
        audit.record("plan.discarded", row, actor=actor)
        return row


def _open(plan: Plan, actor: User | None) -> Plan:
    """The plan, locked, with its version raised; Conflict when it is no draft any more."""
    row = Plan.objects.select_for_update().get(pk=plan.pk)
    if row.state != PlanState.DRAFT:
        raise Conflict(_("方案%(state)s，不能再改") % {"state": row.get_state_display()})
    row.version += 1
    row.save(update_fields=["version"])
    return row


def _sources_problem(sources: Sequence[Area], most: int) -> str | None:
    if not sources:
        return _("请选择要调整的网格")
    if len(sources) > most:
        return _("最多选 %(n)d 个") % {"n": most}
    if any(area.retired_at for area in sources):
        return _("所选网格已停用")
    if any(area.level not in GRID_LEVELS for area in sources) or len({area.level for area in sources}) > 1:
        return _("只能一起调整同一层级的网格或微网格")
    if len({area.parent_id for area in sources}) > 1:
        return _("只能一起调整同一上级之下的网格")
    return None


def _below_problem(kind: str, source: Area) -> str | None:
    if kind == PlanKind.DIVIDE and source.level != Level.GRID:
        return _("只有网格可以划分微网格")
    return None


def _common(sources: Sequence[Area], into: Area | None) -> Area:
    """The lowest area that holds all that the plan touches."""
    holding = Area.objects.filter(at_or_above(sources[0]))
    if into is not None:
        holding = holding.filter(at_or_above(into))
    found = holding.exclude(level__in=GRID_LEVELS).order_by("-depth").first()
    if found is None:
        raise PlanRefused(_("所选网格不在同一个县"), "into")
    return found


def _put_into(plan: Plan, into: Area, sources: Iterable[Area]) -> None:
    """The grid that receives; in a merging everything goes there at once."""
    if any(area.pk == into.pk for area in sources):
        raise PlanRefused(_("不能并入它自己"), "into")
    if into.retired_at or into.level not in GRID_LEVELS:
        raise PlanRefused(_("接收的须是在用的网格或微网格"), "into")
    if plan.kind == PlanKind.MERGE and any(a.level != into.level or a.code[:12] != into.code[:12] for a in sources):
        raise PlanRefused(_("只能并入同一村社、同一层级的网格"), "into")
    target = PlanTarget.objects.create(plan=plan, area=into, is_new=False)
    if plan.kind == PlanKind.MERGE:
        PlanChoice.objects.create(plan=plan, target=target, how=How.REST)


def _new_part(plan: Plan, name: str, *, may: bool) -> PlanTarget:
    clean = name.strip()
    if not may:
        raise PlanRefused(_("这种方式不新设网格"), "name")
    if not clean or len(clean) > NAME_LENGTH:
        raise PlanRefused(_("请填写名称，不超过 %(n)d 个字") % {"n": NAME_LENGTH}, "name")
    if plan.targets.filter(name=clean).exists():
        raise PlanRefused(_("方案里已有“%(name)s”") % {"name": clean}, "name")
    return PlanTarget.objects.create(plan=plan, is_new=True, name=clean)


def _names(plan: Plan, parts: int) -> list[str]:
    """Names for new parts that nobody bears yet below the area where they will stand."""
    source = plan.sources.select_related("area", "area__parent").order_by("pk")[0].area
    if plan.kind == PlanKind.DIVIDE:
        above, stem, unit = source, source.name.removesuffix("网格"), _("号微网格")
    else:
        above = source.parent or source
        stem = above.short_name.removesuffix("网格")
        unit = _("号微网格") if source.level == Level.MICROGRID else _("号网格")
    taken = set(Area.objects.in_use().filter(parent=above).values_list("name", flat=True))
    names: list[str] = []
    n = 0
    while len(names) < parts:
        n += 1
        if f"{stem}{n}{unit}" not in taken:
            names.append(f"{stem}{n}{unit}")
    return names


def _shares(sources: Sequence[int], parts: int) -> list[tuple[str, dict[str, Any]]]:
    """For each part what it gets: runs of whole groups, else runs of single households."""
    rows = sorting.rows_of(sources)
    groups: dict[str, int] = {}
    for row in rows:
        groups[row.where.group] = groups.get(row.where.group, 0) + 1
    if len(groups) >= parts:
        names, ends = list(groups), balance.cuts(list(groups.values()), parts)
        return [(How.GROUPS, {"groups": names[a:b]}) for a, b in zip([0, *ends], ends, strict=False)]
    if len(rows) < parts:
        return []
    ends = [len(rows) * n // parts for n in range(1, parts + 1)]
    return [(How.LISTED, {"codes": [r.code for r in rows[a:b]]}) for a, b in zip([0, *ends], ends, strict=False)]
