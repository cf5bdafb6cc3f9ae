"""What was cleared away from villages and townships may not come back by another list (清退、上收).

A line that is removed or returned names who takes it (`duties.shapes.lines` refuses one that does not); here is
said that the same matter must not stand among what villages do, in this list or in another one in force.
"""

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from duties.lists.comparing import Comparison
from duties.lists.queries import current
from duties.models import DutyItem, DutyLine, FirstLevel, ListKind, ListVersion, Part
from duties.shapes.base import Finding

CLEARED = (Part.REMOVED, Part.RETURNED)
AT_VILLAGE = (Part.AUTONOMY, Part.HELP)
HANDLED_THERE = (FirstLevel.GRID, FirstLevel.VILLAGE)
Where = dict[str, tuple[str, str]]
"""A name in small letters -> the list and the code under which it stands."""


def findings(comparison: Comparison) -> Iterator[Finding]:
    """Blockers of changed lines. At most five queries, none when nothing was changed."""
    kind = comparison.version.duty_list.kind
    written = [code for code in comparison.changed if comparison.lines[code].mark != "del"]
    if not written:
        return
    if kind == ListKind.GRID_ITEMS:
        yield from _given_back(comparison, written)
    else:
        yield from _still_there(comparison, written)


def _given_back(comparison: Comparison, written: Iterable[str]) -> Iterator[Finding]:
    """Grid items that villages would handle although they were cleared away."""
    cleared = _lines(CLEARED, (ListKind.SELF_GOVERNANCE, ListKind.TOWNSHIP_DUTIES))
    rows = DutyItem.objects.filter(version=comparison.version, first_level__in=HANDLED_THERE)
    there = set(rows.values_list("code", flat=True))
    for code in written:
        skim = comparison.lines[code].skim
        found = next((cleared[name] for name in _names(skim.names) if name in cleared), None)
        if code in there and found:
            words = {"list": found[0], "code": found[1]}
            text = _("%(list)s %(code)s 已把这一项清退或上收，不能再由网格、村社首办") % words
            yield Finding(code, skim.name, "first_level", text, True)


def _still_there(comparison: Comparison, written: Iterable[str]) -> Iterator[Finding]:
    """Cleared lines whose matter villages still have in another list, and the reverse."""
    kept, returned = _items(), _lines((Part.RETURNED,), (ListKind.TOWNSHIP_DUTIES,))
    if comparison.version.duty_list.kind != ListKind.SELF_GOVERNANCE:
        kept |= _lines(AT_VILLAGE, (ListKind.SELF_GOVERNANCE,))  # within one list, doubles are found anyhow
    for code in written:
        line = comparison.lines[code].skim
        name = line.name.strip().casefold()
        if line.tab in CLEARED and (found := kept.get(name)):
            text = _("已清退或上收，%(list)s %(code)s 却还留在村社，请先修订那张清单")
            yield Finding(code, line.name, "part", text % {"list": found[0], "code": found[1]}, True)
        elif line.tab in AT_VILLAGE and (found := returned.get(name)):
            text = _("%(list)s %(code)s 已上收县级，不能再交给村社")
            yield Finding(code, line.name, "part", text % {"list": found[0], "code": found[1]}, True)


def _names(names: Iterable[str]) -> Iterator[str]:
    return (name.strip().casefold() for name in names)


def _in_force(kinds: Iterable[ListKind]) -> list[ListVersion]:
    return [version for kind in kinds if (version := current(kind)) is not None]


def _lines(parts: Iterable[Part], kinds: Iterable[ListKind]) -> Where:
    rows = DutyLine.objects.filter(version__in=_in_force(kinds), part__in=list(parts))
    names = rows.values_list("name", "version__duty_list__name", "code")
    return {name.strip().casefold(): (title, code) for name, title, code in names}


def _items() -> Where:
    version = current()
    if version is None:
        return {}
    rows = DutyItem.objects.filter(version=version, first_level__in=HANDLED_THERE)
    title = version.duty_list.name
    return {name: (title, row.code) for row in rows for name in _names((row.name, *row.aliases))}
