"""Carrying a plan out, and taking it back within a day: each one transaction under the tree's lock.

Nobody sees a half-done plan. Everything is written by the writers of the tree, the households and the registers
that follow; this module only says in what order, and keeps what an undoing needs.
"""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from core import locks
from core.clock import now
from core.errors import Conflict
from core.jobs import outbox
from core.trust import audit
from grids import history, households, tree
from grids.levels import Level
from grids.models import Area, AreaVerb, Household
from grids.tree import AREAS
from members.models import User
from places.extensions import FOLLOWERS
from places.following import Going, Shift
from places.models import Plan, PlanEffect, PlanMove, PlanTarget
from places.plans import outlines, posts_follow, telling
from places.plans.drafting import PlanRefused
from places.plans.preview import Reckoned, parent_of_new, problems, reckon
from places.plans.telling import Act
from places.rules import STRAGGLERS_AFTER, UNDO_WITHIN, PlanState

BATCH = 2000
STRAGGLERS = "places.stragglers"


def apply(*, plan: Plan, fingerprint: str, actor: User | None) -> Plan:
    """Do what was previewed under `fingerprint`. Raises PlanRefused, and Conflict when anything has changed since."""
    with AREAS.writing():
        row = _locked(plan, PlanState.DRAFT)
        found = reckon(row)
        if fingerprint != f"{row.version}-{found.sorted.fingerprint}":
            raise Conflict(_("方案或户数在预览之后有变化，请重新看一遍再实施"))
        trouble = problems(found)
        if trouble:
            raise PlanRefused("；".join(trouble))
        before = _planned_of(found)
        _set_up(found, actor)
        homes = _move_households(found, actor)
        carried = _carry_all(row, found.shift, actor, keep=True)
        _share_planned(found, actor)
        _retire(found, actor)
        outlines.keep_drawn(found)
        row.state, row.applied_by, row.applied_at, row.before = PlanState.APPLIED, actor, now(), before
        row.save(update_fields=["state", "applied_by", "applied_at", "before"])
        _note_moves(row, actor)
        audit.record("plan.applied", row, actor=actor, kind=row.kind, moved=len(found.sorted.goes))
        telling.ask(row, Act.APPLIED, posts=carried[posts_follow.KEY], homes=homes, actor=actor)
        outbox.enqueue(STRAGGLERS, {"plan": row.pk}, key=f"plan:{row.pk}:stragglers", at=now() + STRAGGLERS_AFTER)
        return row


def undo(*, plan: Plan, actor: User | None) -> Plan:
    """Take a plan back. Raises PlanRefused when the day is over or a later plan builds on it."""
    with AREAS.writing():
        row = _locked(plan, PlanState.APPLIED)
        refusal = undo_refusal(row)
        if refusal:
            raise PlanRefused(refusal)
        targets = list(row.targets.select_related("area").order_by("pk"))
        retired = [s.area for s in row.sources.select_related("area") if s.retires]
        for area in retired:
            tree.restore(area=area, planned_households=int(row.before.get(str(area.pk), 0)), actor=actor)
        shift = shift_back(row, targets)
        homes = _take_back_households(shift, actor)
        carried = _carry_all(row, shift, actor, keep=False)
        for target in targets:
            _give_up(row, target, actor)
        row.state, row.undone_by, row.undone_at = PlanState.UNDONE, actor, now()
        row.save(update_fields=["state", "undone_by", "undone_at"])
        telling.ask(row, Act.UNDONE, posts=carried[posts_follow.KEY], homes=homes, actor=actor)
        audit.record("plan.undone", row, actor=actor, kind=row.kind)
        return row


def undo_refusal(plan: Plan) -> str | None:
    """Why an applied plan cannot be taken back now; None when it can."""
    if plan.applied_at is None or now() > plan.applied_at + UNDO_WITHIN:
        return _("已超过一天，不能撤销；可另做方案调整回来")
    touched = set(plan.targets.values_list("area", flat=True)) | set(plan.sources.values_list("area", flat=True))
    later = Plan.objects.filter(state=PlanState.APPLIED, applied_at__gte=plan.applied_at).exclude(pk=plan.pk)
    later = later.filter(Q(sources__area__in=touched) | Q(targets__area__in=touched))
    after = later.order_by("-applied_at", "-pk").first()
    if after is not None:
        return _("之后又实施了方案 %(n)d，请先撤销它") % {"n": after.pk}
    made = plan.targets.filter(is_new=True).values("area")
    if Area.objects.in_use().filter(parent__in=made).exists():
        return _("新设的网格下面又设了微网格，不能撤销")
    return None


def stragglers(plan_pk: int) -> int:
    """Take along what was filed at a retired source while the plan was being carried out; returns how much."""
    with AREAS.writing():
        row = Plan.objects.select_for_update().get(pk=plan_pk)
        if row.state != PlanState.APPLIED:
            return 0
        sources = [s.area for s in row.sources.select_related("area") if s.retires]
        heirs = {}
        for area in sources:
            heir = Area.objects.in_use().filter(succeeds__predecessor=area).order_by("-household_count", "code").first()
            if heir is not None:
                heirs[area.pk] = heir.pk
        moved = dict(row.moves.values_list("household", "target"))
        carried = _carry_all(row, Shift(frozenset(heirs), moved, heirs), None, keep=True)
        telling.ask(row, Act.STRAGGLERS, posts=carried[posts_follow.KEY], homes={}, actor=None)
        return sum(len(going) for going in carried.values())


def _locked(plan: Plan, state: PlanState) -> Plan:
    row = Plan.objects.select_for_update().get(pk=plan.pk)
    if row.state != state:
        raise Conflict(_("方案%(state)s，请刷新后再看") % {"state": row.get_state_display()})
    return row


def _planned_of(found: Reckoned) -> dict[str, int]:
    concerned = [s.area for s in found.sources] + [t.area for t in found.targets if t.area is not None]
    return {str(area.pk): area.planned_households for area in concerned if area.planned_households}


def _set_up(found: Reckoned, actor: User | None) -> None:
    """Make every target that is only a name an area in use; from then on the plan's shift names areas alone."""
    above, first = parent_of_new(found), found.sources[0].area
    new = [target for target in found.targets if target.area is None]
    if not new or above is None:
        return
    level = found.level_of(new[0])
    kind, purpose = (first.kind, first.purpose) if level == Level.GRID else ("", "")
    names = [target.name for target in new]
    made = tree.add_grids(parent=above, level=level, names=names, kind=kind, purpose=purpose, actor=actor)
    for target, area in zip(new, made, strict=True):
        target.area = area
    PlanTarget.objects.bulk_update(new, ["area"])


def _made(target: PlanTarget) -> Area:
    if target.area is None:
        raise ValueError("the part is not set up yet")
    return target.area


def _move_households(found: Reckoned, actor: User | None) -> dict[int, tuple[int, int]]:
    """Returns of each household the area before and after."""
    areas = {target.pk: _made(target) for target in found.targets}
    by_target: dict[int, list[int]] = defaultdict(list)
    for household, target_pk in found.sorted.goes.items():
        by_target[target_pk].append(household)
    was = {row.pk: row.area for row in found.sorted.rows}
    PlanMove.objects.bulk_create(
        (
            PlanMove(plan=found.plan, household_id=pk, source_id=was[pk], target=areas[target_pk])
            for pk, target_pk in found.sorted.goes.items()
        ),
        batch_size=BATCH,
    )
    households.transfer_many(goes={areas[target].pk: ids for target, ids in by_target.items()}, actor=actor)
    return {pk: (was[pk], areas[target_pk].pk) for pk, target_pk in found.sorted.goes.items()}


def _carry_all(plan: Plan, shift: Shift, actor: User | None, *, keep: bool) -> dict[str, list[Going]]:
    """Returns what each register moved, by its key."""
    carried = {}
    for follower in FOLLOWERS:
        if follower.lock:
            locks.hold(follower.lock)
        going = follower.found(shift)
        places = Area.objects.in_bulk({one.after for one in going})
        moved = list(follower.carry(going, places, actor)) if going else []
        carried[follower.key] = moved
        if keep:
            _keep(plan, follower.key, moved)
    return carried


def _keep(plan: Plan, key: str, moved: Iterable[Going]) -> None:
    effects = [PlanEffect(plan=plan, key=key, row=one.row, before_id=one.before, after_id=one.after) for one in moved]
    PlanEffect.objects.bulk_create(effects, batch_size=BATCH, ignore_conflicts=True)


def _share_planned(found: Reckoned, actor: User | None) -> None:
    planned = found.planned
    more = {_made(target).pk: planned[target.pk] for target in found.targets if target.pk in planned}
    had = Area.objects.filter(pk__in=more).values_list("pk", "planned_households")
    tree.plan_many(counts={pk: count + more[pk] for pk, count in had}, actor=actor)


def _retire(found: Reckoned, actor: User | None) -> None:
    for area in found.retiring:
        heirs = [_made(target) for target in found.takers_of(area.pk)]
        tree.retire(area=area, successors=[heir for heir in heirs if heir.level == area.level], actor=actor)


def _note_moves(plan: Plan, actor: User | None) -> None:
    """In the log of each area how many households came and went."""
    changes: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for source, target in plan.moves.values_list("source", "target"):
        changes[source][1] += 1
        changes[target][0] += 1
    for area in Area.objects.filter(pk__in=changes).order_by("code"):
        came, went = changes[area.pk]
        households_now = area.household_count
        history.note(area, AreaVerb.MOVED, actor=actor, plan=plan.pk, came=came, went=went, households=households_now)


def shift_back(plan: Plan, targets: Iterable[PlanTarget]) -> Shift:
    """Where everything goes when the plan is taken back; what came meanwhile goes to who gave most."""
    moves = list(plan.moves.values_list("household", "source", "target"))
    gave: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for _household, source, target in moves:
        gave[target][source] += 1
    first = plan.sources.order_by("area__code").values_list("area", flat=True)[0]
    made = [t.area_id for t in targets if t.is_new and t.area_id is not None]
    heirs = {area: max(gave[area], key=lambda s: gave[area][s]) if gave[area] else first for area in made}
    back: dict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for key, row, before, after in plan.effects.values_list("key", "row", "before", "after"):
        back[key][row] = (after, before)
    return Shift(
        sources=frozenset(t.area_id for t in targets if t.area_id is not None),
        households={household: source for household, source, _target in moves},
        heirs=heirs,
        back=dict(back),
    )


def _take_back_households(shift: Shift, actor: User | None) -> dict[int, tuple[int, int]]:
    """Each household still where the plan put it goes back; those registered since at a new grid go to its heir.

    Returns of each household the area before and after.
    """
    now_at = Household.objects.filter(area__in=shift.sources, retired_at=None).values_list("pk", "area")
    by_area: dict[int, list[int]] = defaultdict(list)
    went = {}
    for household, area in now_at:
        to = shift.households.get(household) or shift.heirs.get(area)
        if to is not None and to != area:
            by_area[to].append(household)
            went[household] = (area, to)
    households.transfer_many(goes=by_area, actor=actor)
    return went


def _give_up(plan: Plan, target: PlanTarget, actor: User | None) -> None:
    """Retire a part that the plan had set up; give a grid in use the planned households back that it had."""
    area = target.area
    if area is None:
        return
    if not target.is_new:
        had = int(plan.before.get(str(area.pk), 0))
        if AREAS.fresh(area).planned_households != had:
            tree.set_planned_households(area=area, count=had, actor=actor)
        return
    tree.retire(area=area, actor=actor)


def effects_of(plan: Plan) -> list[tuple[str, int]]:
    """What of each register went along, in words."""
    counts = plan.effects.order_by().values_list("key").annotate(n=Count("pk"))
    return [(str(FOLLOWERS[key].label) if key in FOLLOWERS else key, n) for key, n in counts]
