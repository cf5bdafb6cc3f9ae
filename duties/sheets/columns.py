"""The columns of a list as a table: how each field is written in a cell, and how a cell is understood. No database."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.days.calendar import Limit
from core.files.workbooks import Head
from duties.drafting.forms import ICONS, NOT_CONCERNED, notation_of
from duties.models import FirstLevel, ListKind
from duties.shapes import Known, Shape
from duties.shapes.items import BETWEEN_ALIASES
from duties.shapes.limits import problem
from duties.shapes.line_diff import Plain
from duties.shapes.parts import PARTS

YES, NO = "是", "否"
TRUTH = {YES: True, NO: False, "": False, "√": True, "y": True, "n": False}
STOP = "停用"
BETWEEN = "、"


class BadCellError(Exception):
    """A cell that says nothing the list knows; the text says what it may say."""


@dataclass(frozen=True)
class Column:
    """One field; `hint` explains it on the second sheet."""

    field: str
    label: str
    width: int
    write: Callable[[Any], str]
    read: Callable[[str], Any]
    hint: str = ""

    @property
    def head(self) -> Head:
        return Head(self.label, self.width)


@dataclass(frozen=True)
class Table:
    """The columns of one version of one list."""

    kind: ListKind
    columns: tuple[Column, ...]

    def write(self, plain: Plain) -> list[str]:
        return [column.write(plain[column.field]) for column in self.columns]

    def said(self, name: str, plain: Plain) -> str:
        """One field as it would stand in its cell."""
        return next(column.write(plain[name]) for column in self.columns if column.field == name)


def table_of(shape: Shape[Any], known: Known) -> Table:
    make = _item_column if shape.kind == ListKind.GRID_ITEMS else _line_column
    return Table(shape.kind, tuple(make(shape, known, name) for name in shape.fields))


# ---- kinds of cells -------------------------------------------------------------------------------------------
def _item_column(shape: Shape[Any], known: Known, name: str) -> Column:
    if name in ("category", "grade", "first_level", "icon"):
        return _choice(shape, name, _choices(known, name))
    if name in ("lead", "assisting"):
        return _departments(shape, known, name)
    if name in ("respond", "resolve"):
        hint = _("按级别的写“清空”；不按的写成“3 个工作日”“4 个工时”“24 小时”“30 分钟”这样")
        return Column(name, shape.label(name), 14, _limit_text, _limit, hint)
    if name == "aliases":
        return Column(name, shape.label(name), 30, BETWEEN.join, _aliases, _("几个叫法之间用顿号"))
    if name == "enforcement_body":
        write, hint = (lambda text: text or NOT_CONCERNED), _("不涉及处罚的填“不涉及”")
        return Column(name, shape.label(name), 18, write, lambda text: "" if text == NOT_CONCERNED else text, hint)
    return _plain_column(shape, name)


def _line_column(shape: Shape[Any], known: Known, name: str) -> Column:
    if name == "part":
        return _choice(shape, name, {info.part.value: str(info.part.label) for info in PARTS[shape.kind]})
    if name == "lead":
        return _departments(shape, known, name)
    return _plain_column(shape, name)


def _plain_column(shape: Shape[Any], name: str) -> Column:
    if name in shape.most:
        hint = _("最多 %(n)d 个字") % {"n": shape.most[name]}
        return Column(name, shape.label(name), min(60, 8 + shape.most[name] // 3), str, str, hint)
    return Column(name, shape.label(name), 10, lambda value: YES if value else NO, _truth, _("是或否"))


def _choices(known: Known, name: str) -> dict[str, str]:
    if name == "category":
        return {code: str(category) for code, category in known.categories.items()}
    if name == "grade":
        return {code: grade.name for code, grade in known.grades.items()}
    if name == "icon":
        return {code: str(label) if code else "" for code, label in ICONS.items()}
    return {level.value: str(level.label) for level in FirstLevel}


def _choice(shape: Shape[Any], name: str, choices: Mapping[str, str]) -> Column:
    by_text = {label: code for code, label in choices.items()} | {code: code for code in choices}
    allowed = BETWEEN.join(filter(None, choices.values()))

    def understood(text: str) -> str:
        if text not in by_text:
            raise BadCellError(_("没有“%(text)s”，可填：%(allowed)s") % {"text": text[:20], "allowed": allowed})
        return by_text[text]

    hint = _("可填：%(allowed)s") % {"allowed": allowed}
    return Column(name, shape.label(name), 14, lambda code: choices.get(code, code), understood, hint)


def _departments(shape: Shape[Any], known: Known, name: str) -> Column:
    """One or several: the code and the short name; either is understood."""
    shown = {code: f"{code} {department}" for code, department in known.departments.items()}
    by_name = {text: code for code, d in known.departments.items() for text in (d.name, str(d), code)}

    def one(text: str) -> str:
        if not text:
            return ""
        code = text if text in by_name else text.split()[0]
        if code not in by_name:
            raise BadCellError(_("没有部门“%(text)s”，写代码或全称，如“ZJ”") % {"text": text[:20]})
        return by_name[code]

    hint = _("县级部门的代码或名称，如“ZJ”")
    if name == "lead":
        return Column(name, shape.label(name), 18, lambda code: shown.get(code, code), one, hint)
    many = hint + _("；几个部门之间用顿号")
    return Column(
        name,
        shape.label(name),
        30,
        lambda codes: BETWEEN.join(shown.get(code, code) for code in codes),
        lambda text: sorted(filter(None, (one(part.strip()) for part in text.split(BETWEEN)))),
        many,
    )


def _limit_text(notation: str) -> str:
    return Limit.parse(notation).label if notation and not problem(notation) else notation


def _limit(text: str) -> str:
    notation = notation_of(text)
    if notation and problem(notation):
        raise BadCellError(_("写成“3 个工作日”“4 个工时”“24 小时”“30 分钟”这样"))
    return notation


def _aliases(text: str) -> list[str]:
    return list(dict.fromkeys(filter(None, BETWEEN_ALIASES.split(text))))


def _truth(text: str) -> bool:
    if text.casefold() not in TRUTH:
        raise BadCellError(_("填“是”或“否”"))
    return TRUTH[text.casefold()]
