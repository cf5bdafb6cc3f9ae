"""The only writer of profiles and line codes, and of what the side form changes of an area all at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Max
from django.utils.translation import gettext as _

from core.errors import Conflict
from core.trust import audit
from core.trust.audit import Actor
from grids import history, tree
from grids.levels import Level
from grids.models import Area, AreaEvent, AreaVerb
from grids.tree import AREAS, AreaRefused
from places.models import LineCode, Profile
from places.rules import Line


@dataclass(frozen=True)
class Changes:
    """What the side form says of an area; None leaves as it is what this level does not have."""

    name: str
    kind: str | None = None
    purpose: str = ""
    planned: int | None = None
    one_shoulder: bool = False
    is_hard: bool = False
    building_heads: int = 0
    community_workers: int = 0
    lines: Mapping[str, str] = field(default_factory=dict)


def seen_of(area: Area) -> int:
    """The newest entry in the area's log: a form that was read before a later one is stale."""
    newest: int | None = AreaEvent.objects.filter(area=area).aggregate(newest=Max("pk"))["newest"]
    return newest or 0


def save(*, area: Area, changes: Changes, seen: int, actor: Actor) -> Area:
    """Change what differs. Raises AreaRefused beside a field, Conflict when somebody was faster."""
    with AREAS.writing():
        node = AREAS.fresh(area)
        if seen_of(node) != seen:
            raise Conflict(_("别人刚刚改过“%(name)s”，请刷新后再改") % {"name": node.name})
        if node.retired_at:
            raise AreaRefused(_("该区域已停用"))
        tree.rename(area=node, name=changes.name, actor=actor)
        if node.level == Level.GRID and changes.kind is not None:
            tree.set_kind(area=node, kind=changes.kind, purpose=changes.purpose, actor=actor)
            if changes.planned is not None and changes.planned != node.planned_households:
                tree.set_planned_households(area=node, count=changes.planned, actor=actor)
        changed = {**_profile(node, changes), **_lines(node, changes.lines)}
        fresh = AREAS.fresh(node)
        if changed:
            audit.record("area.profile", fresh, actor=actor, code=fresh.code, fields=sorted(changed))
            history.note(fresh, AreaVerb.PROFILE, actor=actor, **changed)
        return fresh


def _profile(area: Area, changes: Changes) -> dict[str, object]:
    row = Profile.objects.filter(area=area).first() or Profile(area=area)
    wanted = {
        "one_shoulder": changes.one_shoulder,
        "is_hard": changes.is_hard,
        "building_heads": changes.building_heads,
        "community_workers": changes.community_workers,
    }
    changed: dict[str, object] = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name in changed:
        setattr(row, name, wanted[name])
    if changed:
        row.save()
    return changed


def _lines(area: Area, lines: Mapping[str, str]) -> dict[str, object]:
    """Write the codes that differ; a code is free once the grid that had it has retired."""
    had = dict(LineCode.objects.filter(area=area).values_list("line", "code"))
    changed: dict[str, object] = {}
    for line, text in lines.items():
        code = text.strip()
        if code == had.get(line, ""):
            continue
        taken = LineCode.objects.filter(line=line, code=code, area__retired_at=None).exclude(area=area)
        holder = taken.select_related("area").first() if code else None
        if holder is not None:
            words = {"line": Line(line).label, "code": code, "name": holder.area.name}
            raise AreaRefused(_("%(line)s编码 %(code)s 已是“%(name)s”的") % words, line)
        LineCode.objects.filter(area=area, line=line).delete()
        if code:
            LineCode.objects.create(area=area, line=line, code=code)
        changed[line] = code
    return changed
