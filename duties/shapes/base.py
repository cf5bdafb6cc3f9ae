"""What the machinery of versions asks of a list: to read, say, judge and write its lines."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.text import is_clean
from duties.models import DutyItem, DutyLine, ListKind, ListVersion
from duties.shapes.line_diff import Plain, digest
from members.models import Department, User

Entry = DutyItem | DutyLine
E = TypeVar("E", DutyItem, DutyLine)
ENTRY_CODE = re.compile(r"[A-Z]{1,2}[0-9]{2,3}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Skim:
    """A line as the tables need it before they know which lines they show."""

    code: str
    name: str
    digest: str
    tab: str
    heading: str
    aliases: tuple[str, ...]
    initials: str
    owner: str

    @property
    def names(self) -> tuple[str, ...]:
        return (self.name, *self.aliases)


@dataclass(frozen=True)
class Known:
    """What a plain may refer to, by code."""

    departments: Mapping[str, Department]
    categories: Mapping[str, Any]
    grades: Mapping[str, Any]

    @classmethod
    def of(cls, version: ListVersion) -> "Known":
        """Three queries; retired departments too, so that a draft that names one can still be read."""
        return cls(
            {d.code: d for d in Department.objects.filter(township=None).order_by("code")},
            {c.code: c for c in version.categories.all()},
            {g.code: g for g in version.grades.order_by("pk")},
        )


@dataclass(frozen=True)
class Stamp:
    """Who writes a line, when, as which write of the draft."""

    revision: int = 0
    by: User | None = None
    at: datetime | None = None

    def columns(self) -> dict[str, Any]:
        return {"revision": self.revision, "changed_by": self.by, "changed_at": self.at}


@dataclass(frozen=True)
class Finding:
    """Something wrong with one line of a draft; a blocker stops the submission."""

    code: str
    name: str
    field: str
    text: str
    is_blocker: bool


class Shape(ABC, Generic[E]):
    """One list's lines. `fields` are those of a plain, in the order in which they are shown."""

    kind: ListKind
    model: type[E]
    fields: tuple[str, ...]
    most: ClassVar[Mapping[str, int]]
    """The longest text of each field of text."""
    look: ClassVar[str]
    """The folder of the templates that show these lines."""

    @abstractmethod
    def rows(self, version: ListVersion) -> QuerySet[E]:
        """Lines with everything a table row shows, in the order of codes."""

    @abstractmethod
    def skim(self, version: ListVersion, codes: Collection[str] | None = None) -> list[Skim]:
        """Every line of a version (or those of `codes`), lightly and in the order of codes. One query."""

    @abstractmethod
    def plain(self, row: E) -> Plain:
        """What a line says; for rows of `rows` without a query."""

    @abstractmethod
    def readable(self, row: E) -> dict[str, str]:
        """Every field of a line as people read it."""

    @abstractmethod
    def refusals(self, plain: Plain, known: Known) -> dict[str, str]:
        """What can in no case be stored, field by field, in Chinese."""

    @abstractmethod
    def judge(self, row: E, base: E | None) -> Iterable[tuple[str, str, bool]]:
        """What is wrong with a new or changed line: (field, text, stops the submission)."""

    @abstractmethod
    def retired(self, version: ListVersion) -> Iterable[tuple[str, str, str, str]]:
        """Lines that name a retired department: (code, name, field, text)."""

    @abstractmethod
    def create(self, version: ListVersion, plains: Mapping[str, Plain], known: Known, stamp: Stamp) -> None:
        """Insert lines that pass `refusals`."""

    @abstractmethod
    def copy(self, base: ListVersion, version: ListVersion) -> None:
        """Copy everything of one version into another that is empty."""

    def digests(self, version: ListVersion) -> dict[str, str]:
        """The fingerprint of every line. One query."""
        return dict(self.model.objects.filter(version=version).order_by().values_list("code", "digest"))

    def lines(self, version: ListVersion, codes: Collection[str] | None) -> QuerySet[E]:
        """The rows of a version in the order of codes, all or some."""
        rows = self.model.objects.filter(version=version).order_by("code")
        return rows if codes is None else rows.filter(code__in=codes)

    def tab_name(self, line: Skim) -> str:
        return line.heading

    def tab_order(self, tab: str) -> Any:
        return tab

    def label(self, name: str) -> str:
        return str(self.model._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # all are columns

    def plains(self, version: ListVersion, codes: Sequence[str] | None = None) -> dict[str, Plain]:
        rows = self.rows(version) if codes is None else self.rows(version).filter(code__in=codes)
        return {row.code: self.plain(row) for row in rows}

    def empty_text(self, plain: Plain) -> dict[str, str]:
        """Refusals that every shape has: text that is no text, too long, or not clean."""
        wrong = {}
        for name, most in self.most.items():
            text = plain[name]
            if not is_clean(text, multiline=name == "basis") or text != text.strip():
                wrong[name] = _("含有无法保存的字符")
            elif len(text) > most:
                wrong[name] = _("最多 %(n)d 个字，现在 %(now)d 个字") % {"n": most, "now": len(text)}
        if not plain["name"]:
            wrong["name"] = _("事项不能为空")
        return wrong

    def stored(self, plain: Plain) -> dict[str, Any]:
        """The columns that are reckoned from the others."""
        from duties.shapes.spelling import initials_of

        return {"digest": digest(plain), "initials": initials_of(plain["name"], plain.get("aliases", ()))}


def department(plain: Plain, name: str, known: Known, wrong: dict[str, str], *, needed: bool = True) -> None:
    """Refuse a code of no county department, or none where one is needed."""
    code = plain[name]
    if not code and needed:
        wrong[name] = _("须填部门")
    elif code and code not in known.departments:
        wrong[name] = _("没有代码为“%(code)s”的县级部门") % {"code": code[:20]}


def retired_text(label: str, found: Department) -> str:
    return _("%(label)s%(name)s已停用") % {"label": label, "name": found}
