"""What a draft may not be submitted with, and what its editors are reminded of."""

from collections import defaultdict
from collections.abc import Iterator

from django.utils.translation import gettext as _

from duties.drafting import clearing
from duties.lists.comparing import Comparison
from duties.shapes.base import Finding


def findings(comparison: Comparison) -> list[Finding]:
    """What the editor lists above the table, blockers first. Only changed lines are read in full."""
    found = [*_changed(comparison), *_retired(comparison), *_twice(comparison), *clearing.findings(comparison)]
    return sorted(found, key=lambda f: (not f.is_blocker, f.code))


def blockers(comparison: Comparison) -> list[Finding]:
    return [finding for finding in findings(comparison) if finding.is_blocker]


def _changed(comparison: Comparison) -> Iterator[Finding]:
    written = [code for code in comparison.changed if comparison.lines[code].mark != "del"]
    for row in comparison.rows(written):
        for one in comparison.shape.judge(row.item, row.base):
            yield Finding(row.item.code, row.item.name, *one)


def _retired(comparison: Comparison) -> Iterator[Finding]:
    """Whether a line was changed or not: nothing can be sent to a department that is no more."""
    for one in comparison.shape.retired(comparison.version):
        yield Finding(*one, True)


def _twice(comparison: Comparison) -> Iterator[Finding]:
    """Names and popular names that stand for two lines; what was so before only reminds."""
    users: dict[str, list[str]] = defaultdict(list)
    lines = comparison.lines
    for code, line in lines.items():
        if line.mark != "del":
            for name in {name.strip().casefold() for name in line.skim.names}:
                users[name].append(code)
    for name, codes in users.items():
        if len(codes) > 1:
            yield from _clashes(comparison, name, codes)


def _clashes(comparison: Comparison, name: str, codes: list[str]) -> Iterator[Finding]:
    written = [code for code in codes if comparison.lines[code].mark]
    for code in written or codes[1:]:
        skim = comparison.lines[code].skim
        other = next(one for one in codes if one != code)
        where = "name" if skim.name.strip().casefold() == name else "aliases"
        words = {"name": name, "code": other, "other": comparison.lines[other].skim.name}
        yield Finding(code, skim.name, where, _("“%(name)s”与 %(code)s %(other)s 重复") % words, bool(written))
