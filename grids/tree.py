"""The area tree's only writer.

Every verb locks the tree, reads its nodes again, checks the rules of `grids.levels`, writes and
records. Areas are never deleted and codes never reused: an area retires, with links to what took
over. A grid does not move to another village, because its code says where it lies: it is retired
there and set up anew here.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import pinyin
from core.clock import now
from core.codes import random_code
from core.errors import Refused
from core.rows.nested import NestedTree
from core.text import is_clean
from core.trust import audit
from core.trust.audit import Actor
from grids import counting, history
from grids.extensions import RETIRE_GUARDS
from grids.levels import GRID_LEVELS, PARENTS, SERIAL_LEVELS, GridKind, Level, Purpose, code_problem
from grids.models import Area, AreaSuccession, AreaVerb, Household
from grids.scope import TOKEN_LENGTH

AREAS: NestedTree[Area] = NestedTree(Area, "area-tree")
NAME_LENGTH = 60
MOST_HOUSEHOLDS = 100_000


class AreaRefused(Refused):
    """A change of the tree that its rules forbid; `field` names the form field it belongs to."""

    code = "area_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class NewArea:
    """An area to be added by `add_many`; its parent is named by code."""

    parent_code: str
    level: str
    code: str
    name: str
    kind: str = ""
    planned_households: int = 0
    purpose: str = ""


def add(
    *,
    parent: Area | None,
    level: str,
    code: str,
    name: str,
    kind: str = "",
    purpose: str = "",
    actor: Actor | None,
) -> Area:
    """Set up one area below `parent` (None for a county). Raises AreaRefused."""
    with AREAS.writing():
        above = AREAS.fresh(parent) if parent is not None else None
        area = _new(above, level=level, code=code, name=name, kind=kind, purpose=purpose)
        return _set_up([area], above, actor)[0]


def add_grids(
    *, parent: Area, level: str, names: Sequence[str], kind: str = "", purpose: str = "", actor: Actor | None
) -> list[Area]:
    """Set up several grids or microgrids below `parent` under the next free codes. Raises AreaRefused.

    What stands behind them in the tree moves once for all of them.
    """
    with AREAS.writing():
        above = AREAS.fresh(parent)
        made = []
        for code, name in zip(next_grid_codes(above, len(names)), names, strict=True):
            made.append(_new(above, level=level, code=code, name=name, kind=kind, purpose=purpose))
        return _set_up(made, above, actor)


def _set_up(areas: list[Area], above: Area | None, actor: Actor | None) -> list[Area]:
    names = [area.name for area in areas]
    taken = set(Area.objects.in_use().filter(parent=above, name__in=names).values_list("name", flat=True))
    for name in names:
        if name in taken:
            raise AreaRefused(_("同一上级下已有“%(name)s”") % {"name": name}, "name")
        taken.add(name)
    AREAS.insert(areas, above)
    history.note_many(areas, AreaVerb.ADDED, actor=actor)
    for area in areas:
        audit.record("area.added", area, actor=actor, code=area.code, name=area.name, level=area.level)
    return areas


def add_many(*, rows: Sequence[NewArea], actor: Actor | None) -> list[Area]:
    """Set up many areas at once, parents before children, with one rebuild of the tree at the end.

    All or nothing. Raises AreaRefused for the first row that does not fit.
    """
    with AREAS.writing():
        known = Area.objects.in_bulk({row.parent_code for row in rows}, field_name="code")
        made: list[Area] = []
        with AREAS.loading():
            for row in rows:
                above = known.get(row.parent_code)
                if row.parent_code and above is None:
                    raise AreaRefused(_("没有代码为 %(code)s 的上级") % {"code": row.parent_code}, "parent_code")
                area = _new(above, level=row.level, code=row.code, name=row.name, kind=row.kind, purpose=row.purpose)
                area.planned_households = row.planned_households
                area.parent = None
                area.parent_id = above.pk if above else None
                area.save(force_insert=True)
                known[area.code] = area
                made.append(area)
        counting.recount()
        fresh = Area.objects.in_bulk([area.pk for area in made])
        added = [fresh[area.pk] for area in made]
        history.note_many(added, AreaVerb.ADDED, actor=actor)
        for area in added:
            audit.record("area.added", area, actor=actor, code=area.code, name=area.name, level=area.level)
        return added


def rename(*, area: Area, name: str, actor: Actor | None) -> Area:
    with AREAS.writing():
        node = AREAS.fresh(area)
        new = _clean_name(name)
        if new == node.name:
            return node
        if Area.objects.in_use().filter(parent_id=node.parent_id, name=new).exclude(pk=node.pk).exists():
            raise AreaRefused(_("同一上级下已有“%(name)s”") % {"name": new}, "name")
        sounds, initials = pinyin.of_place(new)
        Area.objects.filter(pk=node.pk).update(name=new, pinyin=sounds, initials=initials)
        audit.record("area.renamed", node, actor=actor, before=node.name, after=new)
        before, node.name, node.pinyin, node.initials = node.name, new, sounds, initials
        history.note(node, AreaVerb.RENAMED, actor=actor, before=before)
        return node


def set_kind(*, area: Area, kind: str, purpose: str = "", actor: Actor | None) -> Area:
    """Make a grid a general or a special one; a special one says for what. Raises AreaRefused."""
    with AREAS.writing():
        node = AREAS.fresh(area)
        if node.retired_at:
            raise AreaRefused(_("该区域已停用"))
        if node.level != Level.GRID:
            raise AreaRefused(_("只有网格可以选网格类型"), "kind")
        before = (node.kind, node.purpose)
        node.kind, node.purpose = _kind_of(node.level, kind, purpose)
        if (node.kind, node.purpose) != before:
            Area.objects.filter(pk=node.pk).update(kind=node.kind, purpose=node.purpose)
            audit.record("area.kind", node, actor=actor, before=before, after=(node.kind, node.purpose))
            history.note(node, AreaVerb.KIND, actor=actor, before=before)
        return node


def retire(*, area: Area, successors: Iterable[Area] = (), actor: Actor | None) -> Area:
    """Take an area out of use; `successors` in use at the same level took over. Raises AreaRefused."""
    with AREAS.writing():
        node = AREAS.fresh(area)
        heirs = [AREAS.fresh(heir) for heir in successors]
        refusal = retire_refusal(node) or _heir_refusal(node, heirs)
        if refusal:
            raise AreaRefused(refusal)
        moment = now()
        if not Area.objects.in_use().filter(pk=node.pk).update(retired_at=moment):
            raise AreaRefused(_("该区域已停用"))
        for heir in heirs:
            AreaSuccession.objects.create(predecessor=node, successor=heir, at=moment)
        if node.planned_households:
            Area.objects.filter(pk=node.pk).update(planned_households=0)
            node.planned_households = 0
            counting.settle({node.pk})
        audit.record("area.retired", node, actor=actor, code=node.code, successors=[heir.code for heir in heirs])
        node.retired_at = moment
        history.note(node, AreaVerb.RETIRED, actor=actor, successors=[heir.code for heir in heirs])
        return node


def restore(*, area: Area, planned_households: int = 0, actor: Actor | None) -> Area:
    """Take a retirement back, with the links to who took over. Raises AreaRefused."""
    with AREAS.writing():
        node = AREAS.fresh(area)
        if not node.retired_at:
            raise AreaRefused(_("“%(name)s”在用，不用恢复") % {"name": node.name})
        above = Area.objects.filter(pk=node.parent_id).first()
        if above is not None and above.retired_at:
            raise AreaRefused(_("上级“%(name)s”已停用") % {"name": above.name})
        if Area.objects.in_use().filter(parent_id=node.parent_id, name=node.name).exists():
            raise AreaRefused(_("同一上级下已有“%(name)s”") % {"name": node.name})
        AreaSuccession.objects.filter(predecessor=node).delete()
        Area.objects.filter(pk=node.pk).update(retired_at=None, planned_households=planned_households)
        node.retired_at, node.planned_households = None, planned_households
        counting.settle({node.pk})
        audit.record("area.restored", node, actor=actor, code=node.code)
        history.note(node, AreaVerb.RESTORED, actor=actor)
        return AREAS.fresh(node)


def retire_refusal(area: Area) -> str | None:
    """Why the area cannot be retired now, in Chinese; None when it can."""
    if area.retired_at:
        return _("该区域已停用")
    if area.parent_id is None:
        return _("县是区域树的根，不能停用")
    below = Area.objects.in_use().filter(parent_id=area.pk).count()
    if below:
        return _("下面还有 %(n)d 个在用的区域，请先停用它们") % {"n": below}
    households = Household.objects.filter(area_id=area.pk, retired_at=None).count()
    if households:
        return _("还有 %(n)d 户登记在这里，请先移到别的网格") % {"n": households}
    return next((reason for reason in (guard(area) for guard in RETIRE_GUARDS) if reason), None)


def set_planned_households(*, area: Area, count: int, actor: Actor | None) -> Area:
    """The size of a grid whose households are not registered one by one (0 to 100,000 households)."""
    with AREAS.writing():
        plan_many(counts={area.pk: count}, actor=actor)
        return AREAS.fresh(area)


def plan_many(*, counts: Mapping[int, int], actor: Actor | None) -> None:
    """`set_planned_households` for many grids, given by their primary keys: all or nothing. Raises AreaRefused."""
    with AREAS.writing():
        for node in Area.objects.filter(pk__in=counts):
            _plan(node, counts[node.pk], actor)
        counting.settle(counts)


def _plan(node: Area, count: int, actor: Actor | None) -> None:
    if node.level != Level.GRID:
        raise AreaRefused(_("只有网格可以填计划户数"))
    if node.retired_at:
        raise AreaRefused(_("该区域已停用"))
    if not 0 <= count <= MOST_HOUSEHOLDS:
        raise AreaRefused(_("计划户数须在 0 到 %(n)d 之间") % {"n": MOST_HOUSEHOLDS}, "count")
    before, node.planned_households = node.planned_households, count
    Area.objects.filter(pk=node.pk).update(planned_households=count)
    audit.record("area.planned", node, actor=actor, before=before, after=count)
    history.note(node, AreaVerb.PLANNED, actor=actor, before=before)


def next_grid_code(area: Area) -> str:
    """The next free 15 digit code in the village that `area` is or lies in; retired codes stay taken.

    Raises AreaRefused when all 999 serials are used.
    """
    return next_grid_codes(area, 1)[0]


def next_grid_codes(area: Area, count: int) -> list[str]:
    """`next_grid_code` for several at once. Raises AreaRefused when too few of the 999 serials are left."""
    stem = area.code[:12]
    last = Area.objects.filter(code__startswith=stem, level__in=SERIAL_LEVELS).order_by("-code").first()
    serial = int(last.code[12:]) + 1 if last else 1
    if serial + count - 1 > 999:
        raise AreaRefused(_("该村社的网格编码不够用"), "code")
    return [f"{stem}{serial + n:03d}" for n in range(count)]


def _kind_of(level: str, kind: str, purpose: str) -> tuple[str, str]:
    """Kind and purpose as they are stored. Raises AreaRefused."""
    if kind and (level != Level.GRID or kind not in GridKind.values):
        raise AreaRefused(_("只有网格可以选网格类型"), "kind")
    if purpose and (kind != GridKind.SPECIAL or purpose not in Purpose.values):
        raise AreaRefused(_("只有专属网格可以选专属类别"), "purpose")
    return kind or (GridKind.GENERAL if level == Level.GRID else ""), purpose


def _new(above: Area | None, *, level: str, code: str, name: str, kind: str, purpose: str) -> Area:
    """An unsaved area that satisfies every rule but the uniqueness of its name."""
    if level not in Level.values:
        raise AreaRefused(_("没有“%(level)s”这个层级") % {"level": level[:20]}, "level")
    _check_place(above, level)
    problem = code_problem(level, code, above.code if above else None)
    if problem:
        raise AreaRefused(problem, "code")
    if Area.objects.filter(code=code).exists():
        raise AreaRefused(_("代码 %(code)s 已被使用（停用的代码也不再使用）") % {"code": code}, "code")
    is_grid = level in GRID_LEVELS
    kind, purpose = _kind_of(level, kind, purpose)
    clean = _clean_name(name)
    sounds, initials = pinyin.of_place(clean)
    return Area(
        parent=above,
        level=level,
        code=code,
        name=clean,
        kind=kind,
        purpose=purpose,
        token=random_code(TOKEN_LENGTH) if is_grid else None,
        prefix=_free_prefix(clean) if level == Level.TOWNSHIP else None,
        pinyin=sounds,
        initials=initials,
        created_at=now(),
    )


def _check_place(above: Area | None, level: str) -> None:
    if above is None:
        if PARENTS[level]:
            raise AreaRefused(_("%(level)s必须有上级") % {"level": Level(level).label}, "parent_code")
        return
    if above.retired_at:
        raise AreaRefused(_("上级“%(name)s”已停用") % {"name": above.name}, "parent_code")
    if above.level not in PARENTS[level]:
        raise AreaRefused(
            _("%(parent)s之下不能设%(level)s") % {"parent": Level(above.level).label, "level": Level(level).label},
            "level",
        )


def _heir_refusal(node: Area, heirs: Sequence[Area]) -> str | None:
    for heir in heirs:
        if heir.pk == node.pk:
            return _("接续的区域不能是它自己")
        if heir.retired_at:
            return _("接续的“%(name)s”已停用") % {"name": heir.name}
        if heir.level != node.level:
            return _("接续的“%(name)s”层级不同") % {"name": heir.name}
    return None


def _clean_name(name: str) -> str:
    clean = name.strip()
    if not clean:
        raise AreaRefused(_("请填写名称"), "name")
    if len(clean) > NAME_LENGTH:
        raise AreaRefused(_("名称不能超过 %(n)d 个字") % {"n": NAME_LENGTH}, "name")
    if not is_clean(clean, multiline=False):
        raise AreaRefused(_("名称含有无法保存的控制字符"), "name")
    return clean


def _free_prefix(name: str) -> str:
    taken = set(Area.objects.filter(prefix__isnull=False).values_list("prefix", flat=True))
    return next(prefix for prefix in pinyin.prefixes(name) if prefix not in taken)
