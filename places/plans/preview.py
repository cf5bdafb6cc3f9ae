"""What a plan would do if it were carried out now: reckoned the same way for the page and for the doing.

Reads only. Parts not yet set up go by keys below zero (`key_of`).
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from grids import tree
from grids.levels import Level
from grids.models import Area, Household
from grids.tree import AreaRefused
from members.roles import MOST_CHIEFS
from places.extensions import FOLLOWERS
from places.following import Going, Shift
from places.models import Plan, PlanChoice, PlanSource, PlanTarget
from places.plans import posts_follow, sorting
from places.plans.balance import Balance, balance_of
from places.plans.sorting import Sorted
from places.rules import HOUSEHOLDS_A_GRID, SHAPES, PlanKind, Shape

SHOWN = 8


@dataclass
class Reckoned:
    """A plan with everything that follows from it."""

    plan: Plan
    shape: Shape
    sources: list[PlanSource]
    targets: list[PlanTarget]
    choices: list[PlanChoice]
    sorted: Sorted
    sizes: dict[int, int] = field(default_factory=dict)
    """Households of each target now, by its key; 0 for a part not yet set up."""

    @property
    def retiring(self) -> list[Area]:
        return [source.area for source in self.sources if source.retires]

    @property
    def gains(self) -> Counter[int]:
        """Households that each target gets."""
        gained: Counter[int] = Counter()
        for (_area, target), n in self.sorted.from_to.items():
            gained[target] += n
        return gained

    @property
    def planned(self) -> dict[int, int]:
        """Planned households that each target gets of sources whose households are not registered, by its key."""
        pool = sum(area.planned_households for area in self.retiring if not self.has_rows(area.pk))
        takers = [t for t in self.targets if self.level_of(t) == Level.GRID]
        if not pool or not takers:
            return {}
        share, more = divmod(pool, len(takers))
        return {t.pk: share + (n < more) for n, t in enumerate(takers)}

    def has_rows(self, area: int) -> bool:
        return any(row.area == area for row in self.sorted.rows)

    def after(self, target: PlanTarget) -> int:
        """How large a target will be."""
        return self.registered_after(target) or self.planned.get(target.pk, 0)

    def registered_after(self, target: PlanTarget) -> int:
        """How many registered households a target will have."""
        return self.sizes[target.pk] + self.gains[target.pk] - self._given_by(target)

    def _given_by(self, target: PlanTarget) -> int:
        return sum(n for (area, _t), n in self.sorted.from_to.items() if area == target.area_id)

    def level_of(self, target: PlanTarget) -> str:
        if target.area is not None:
            return target.area.level
        return Level.MICROGRID if self.shape.goes_below else self.sources[0].area.level

    def heir_of(self, area: int) -> PlanTarget | None:
        """Who takes over from a retiring source: the target that gets most of it, the first of equals."""
        from_here = {t: n for (a, t), n in self.sorted.from_to.items() if a == area}
        return max(self.targets, key=lambda t: (from_here.get(t.pk, 0), -t.pk), default=None)

    def takers_of(self, area: int) -> list[PlanTarget]:
        """All that get something of a source; everybody where there is nothing to get."""
        from_here = {t for (a, t), _n in self.sorted.from_to.items() if a == area}
        return [t for t in self.targets if t.pk in from_here] or self.targets

    @property
    def shift(self) -> Shift:
        keys = {t.pk: key_of(t) for t in self.targets}
        heirs = {area.pk: self.heir_of(area.pk) for area in self.retiring}
        return Shift(
            sources=frozenset(source.area_id for source in self.sources),
            households={row: keys[target] for row, target in self.sorted.goes.items()},
            heirs={area: keys[heir.pk] for area, heir in heirs.items() if heir is not None},
        )


def key_of(target: PlanTarget) -> int:
    return target.area_id if target.area_id is not None else -target.pk


def reckon(plan: Plan) -> Reckoned:
    """Read the plan and work out where every household goes."""
    sources = list(plan.sources.select_related("area", "area__parent").order_by("area__code"))
    targets = list(plan.targets.select_related("area", "area__parent").order_by("pk"))
    choices = list(plan.choices.select_related("source").order_by("pk"))
    outcome = sorting.sort(plan, sources=[s.area_id for s in sources], targets=targets, choices=choices)
    sizes = {}
    for target in targets:
        own = 0 if target.area is None else Household.objects.filter(area=target.area, retired_at=None).count()
        sizes[target.pk] = own
    return Reckoned(plan, SHAPES[PlanKind(plan.kind)], sources, targets, choices, outcome, sizes)


def problems(found: Reckoned) -> list[str]:
    """Why the plan cannot be carried out now, in Chinese; empty when it can."""
    return [text for check in CHECKS for text in check(found)]


def _parts(found: Reckoned) -> Iterable[str]:
    if len(found.targets) < found.shape.fewest_targets:
        yield _("至少要分成 %(n)d 个") % {"n": found.shape.fewest_targets}
    elif not found.targets:
        yield _("还没有接收的网格")
    if found.plan.kind in (PlanKind.REGROUP, PlanKind.SPLIT) and not found.retiring:
        yield _("没有要停用的网格，请改用划转")


def _retired(found: Reckoned) -> Iterable[str]:
    for area in [s.area for s in found.sources] + [t.area for t in found.targets if t.area is not None]:
        if area.retired_at:
            yield _("“%(name)s”已停用，请另做方案") % {"name": area.name}


def _leftover(found: Reckoned) -> Iterable[str]:
    for area in found.retiring:
        if found.sorted.left[area.pk]:
            yield _("“%(name)s”还有 %(n)d 户没有去处") % {"name": area.name, "n": found.sorted.left[area.pk]}


def _empty(found: Reckoned) -> Iterable[str]:
    if not found.sorted.goes and not (found.retiring and found.planned) and not _bare(found):
        yield _("还没有选到任何一户")
        return
    for target in found.targets:
        if target.is_new and not found.after(target) and not _bare(found):
            yield _("“%(name)s”一户也没有分到") % {"name": target.name}


def _bare(found: Reckoned) -> bool:
    """Whether the sources have neither households nor planned ones: then parts may be empty."""
    return not found.sorted.rows and not any(s.area.planned_households for s in found.sources) and bool(found.targets)


def _names(found: Reckoned) -> Iterable[str]:
    above = parent_of_new(found)
    new = [t.name for t in found.targets if t.is_new]
    for name in Area.objects.in_use().filter(parent=above, name__in=new).values_list("name", flat=True):
        yield _("同一上级下已有“%(name)s”，请换个名称") % {"name": name}


def _codes(found: Reckoned) -> Iterable[str]:
    new = sum(t.is_new for t in found.targets)
    try:
        tree.next_grid_codes(found.sources[0].area, new)
    except AreaRefused as refusal:
        yield refusal.message


def _below(found: Reckoned) -> Iterable[str]:
    for area in found.retiring:
        n = Area.objects.in_use().filter(parent=area).count()
        if n:
            yield _("“%(name)s”下面还有 %(n)d 个微网格，请先合并或停用它们") % {"name": area.name, "n": n}


Check = Callable[[Reckoned], Iterable[str]]
CHECKS: tuple[Check, ...] = (_parts, _retired, _leftover, _empty, _names, _codes, _below)


def parent_of_new(found: Reckoned) -> Area | None:
    """Below which area new parts are set up."""
    source = found.sources[0].area
    return source if found.shape.goes_below else source.parent


@dataclass(frozen=True)
class Part:
    """A target as the preview shows it."""

    target: PlanTarget
    before: int
    after: int
    outside_norm: bool
    are_planned: tuple[bool, bool] = (False, False)
    """Whether the figure before and the one after is planned, for nothing is registered there."""

    @property
    def before_said(self) -> str:
        return _said(self.before, is_planned=self.are_planned[0])

    @property
    def after_said(self) -> str:
        return _said(self.after, is_planned=self.are_planned[1])


def _said(n: int, *, is_planned: bool) -> str:
    """A number of households, which says so where it is planned only."""
    return _("计划 %(n)d") % {"n": n} if n and is_planned else str(n)


@dataclass(frozen=True)
class Along:
    """What of one register goes along."""

    label: str
    going: list[Going]

    @property
    def shown(self) -> list[Going]:
        return self.going[:SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.going) - SHOWN)


@dataclass(frozen=True)
class Preview:
    """Everything the page shows of a plan before it is carried out."""

    reckoned: Reckoned
    parts: list[Part]
    problems: list[str]
    warnings: list[str]
    along: list[Along]
    balance: Balance | None
    names: dict[int, str]

    @property
    def fingerprint(self) -> str:
        return f"{self.reckoned.plan.version}-{self.reckoned.sorted.fingerprint}"


def preview(plan: Plan) -> Preview:
    """What carrying out the plan, as it is stored now, would do."""
    found = reckon(Plan.objects.select_related("area").get(pk=plan.pk))
    parts = [_part(found, target) for target in found.targets]
    names = {key_of(t): str(t) for t in found.targets} | {s.area_id: s.area.name for s in found.sources}
    along = [Along(str(f.label), f.found(found.shift)) for f in FOLLOWERS] if found.targets else []
    return Preview(
        reckoned=found,
        parts=parts,
        problems=problems(found),
        warnings=list(_warnings(found, parts)),
        along=[one for one in along if one.going],
        balance=balance_of([part.after for part in parts]),
        names=names,
    )


def _part(found: Reckoned, target: PlanTarget) -> Part:
    after = found.after(target)
    least, most = HOUSEHOLDS_A_GRID
    outside = found.level_of(target) == Level.GRID and not least <= after <= most
    registered = found.sizes[target.pk]
    before = registered or (target.area.household_count if target.area else 0)
    is_planned = bool(target.area and target.area.unregistered_households and not registered)
    return Part(target, before, after, outside, (is_planned, not found.registered_after(target)))


def _warnings(found: Reckoned, parts: list[Part]) -> Iterable[str]:
    if found.sorted.claimed_twice:
        yield _("有 %(n)d 户被两处选中，按先选的算") % {"n": found.sorted.claimed_twice}
    for part in parts:
        if part.outside_norm:
            yield _("“%(name)s”%(n)d 户，不在每格 %(least)d–%(most)d 户之内") % {
                "name": part.target,
                "n": part.after,
                "least": HOUSEHOLDS_A_GRID[0],
                "most": HOUSEHOLDS_A_GRID[1],
            }
    if found.planned and any(found.sizes[t.pk] + found.gains[t.pk] for t in found.targets if t.pk in found.planned):
        yield _("计划户数不计入已逐户登记的网格")
    yield from _many_chiefs(found)


def _many_chiefs(found: Reckoned) -> Iterable[str]:
    """Grids that get more chiefs than they should have: nothing stands in the way, somebody has to be released."""
    names = {key_of(target): str(target) for target in found.targets if found.level_of(target) == Level.GRID}
    for key, n in posts_follow.chiefs_after(found.shift, names.keys()).items():
        if n > MOST_CHIEFS:
            words = {"name": names[key], "n": n, "most": MOST_CHIEFS}
            yield _("“%(name)s”将有 %(n)d 名网格长，一个网格最多 %(most)d 名；实施后请给多出的定离岗日") % words
