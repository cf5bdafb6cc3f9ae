"""What differs between two versions of a list, line by line and field by field.

Lines are told apart by their digests first, so that a long list costs two light queries; only the lines that
somebody looks at, or that differ, are read in full.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from django.utils.translation import gettext as _

from duties.models import DutyItem, ListVersion
from duties.shapes import Entry, Shape, Skim, shape_of
from duties.shapes.items import limit_and_cap
from duties.shapes.line_diff import Plain

Mark = Literal["", "new", "chg", "del"]
WORDS: dict[Mark, str] = {"": "", "new": "增", "chg": "改", "del": "删"}


@dataclass(frozen=True)
class Change:
    """One field: how it reads in the base and in the version."""

    field: str
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Row:
    """One line of a table: the line of the version, or the removed one of the base."""

    item: Entry
    base: Entry | None
    mark: Mark
    heading: str
    shown: dict[str, str]
    """Every field as people read it."""
    plain: Plain
    changes: dict[str, Change] = field(default_factory=dict)

    @property
    def word(self) -> str:
        return WORDS[self.mark]

    @property
    def cap_labels(self) -> dict[str, str]:
        """The limits of the grade of a grid item."""
        item = self.item
        if not isinstance(item, DutyItem):
            return {}
        return {name: limit_and_cap(item, name)[1].label for name in ("respond", "resolve")}


@dataclass(frozen=True)
class Marked:
    """A line as skimmed, and what has become of it since the base."""

    skim: Skim
    mark: Mark


class Comparison:
    """A version beside another one of the same list (by default the one it was made from). At most three queries."""

    def __init__(self, version: ListVersion, base: ListVersion | None = None) -> None:
        self.version, self.base = version, version.base if base is None else base
        self.shape: Shape[Any] = shape_of(version)
        new = {line.code: line for line in self.shape.skim(version)}
        was = self.shape.digests(self.base) if self.base else {}
        gone = was.keys() - new.keys()
        old = self.shape.skim(self.base, gone) if self.base and gone else []
        found = [Marked(line, self._mark(line, was.get(line.code))) for line in new.values()]
        found += [Marked(line, "del") for line in old]
        self.lines = {line.skim.code: line for line in sorted(found, key=lambda line: line.skim.code)}

    def _mark(self, new: Skim, was: str | None) -> Mark:
        if was is None:
            return "new" if self.base else ""
        return "" if new.digest == was else "chg"

    @cached_property
    def changed(self) -> list[str]:
        return [code for code, line in self.lines.items() if line.mark]

    @cached_property
    def counts(self) -> dict[str, int]:
        found = {"new": 0, "chg": 0, "del": 0}
        for code in self.changed:
            found[self.lines[code].mark] += 1
        return found | {"all": len(self.changed)}

    def rows(self, codes: Sequence[str]) -> list[Row]:
        """The lines of `codes` in full; at most two queries for each of the two versions."""
        present = [code for code in codes if self.lines[code].mark != "del"]
        before = [code for code in codes if self.lines[code].mark in ("chg", "del")]
        new, old = self._full(self.version, present), self._full(self.base, before)
        return [self._row(code, new, old) for code in codes]

    def row(self, code: str) -> Row | None:
        return self.rows([code])[0] if code in self.lines else None

    def _full(self, version: ListVersion | None, codes: Sequence[str]) -> dict[str, Entry]:
        if version is None or not codes:
            return {}
        return {row.code: row for row in self.shape.rows(version).filter(code__in=codes)}

    def _row(self, code: str, new: Mapping[str, Entry], old: Mapping[str, Entry]) -> Row:
        line, base = self.lines[code], old.get(code)
        item = old[code] if line.mark == "del" else new[code]
        shown = self.shape.readable(item)
        changes = self._changes(base, shown) if line.mark == "chg" and base is not None else {}
        return Row(item, base, line.mark, line.skim.heading, shown, self.shape.plain(item), changes)

    def _changes(self, base: Entry, now: dict[str, str]) -> dict[str, Change]:
        return changes_between(self.shape, self.shape.readable(base), now)


def changes_between(shape: Shape[Any], old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, Change]:
    return {name: Change(name, shape.label(name), old[name], new[name]) for name in new if old[name] != new[name]}


@dataclass(frozen=True)
class VersionStep:
    """What one version did to a line."""

    version: ListVersion
    text: str


def history_steps(items: Sequence[Entry], shape: Shape[Any]) -> list[VersionStep]:
    """One code through the versions, newest first, only where it changed. `items` newest first."""
    steps = []
    for position, item in enumerate(items):
        if position + 1 == len(items):
            first = item.version.base_id is None
            steps.append(VersionStep(item.version, _("列入清单") if first else _("新增")))
        elif item.digest != items[position + 1].digest:
            changes = changes_between(shape, shape.readable(items[position + 1]), shape.readable(item))
            steps.append(VersionStep(item.version, said(changes.values())))
    return steps


def said(changes: Iterable[Change]) -> str:
    return "；".join(_("%(label)s：%(old)s → %(new)s") % vars(c) for c in changes)
