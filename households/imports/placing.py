"""Which table of a file is imported: its sheet, and the lines that name its columns. Found, or chosen by a person."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import Refused
from core.files import heads, workbooks
from core.files.cells import FAULT, fault_of
from core.files.examining import BadWorkbook
from core.files.heads import WITHIN, Head
from core.files.sheets import Opening, Place
from core.trust.identity import REFUSAL, has_identity_number
from households.imports import fields
from households.models import Import

EMPTY = gettext_lazy("表里没有列名，或列名下面没有数据")


ALL_HIDDEN = gettext_lazy("列名下面的行都是隐藏的或被筛选掉了；请取消隐藏、清除筛选后另存再传")


def found(openings: Sequence[Opening], kind: str) -> tuple[Place, list[str], frozenset[int]]:
    """The table that reads best as one of this kind, its heads, and its hidden columns; none in a hidden sheet. Raises
    BadWorkbook.
    """
    _no_names(openings)
    best, most = None, -1
    for one in openings:
        head = head_of(one, kind)
        heading = _heading(one, head)
        known = fields.known(kind, heading)
        if not one.is_hidden and _has_rows(one, head) and known > most:
            best, most = (Place(one.name, head), heading, one.hidden_columns), known
    if best is None and any(one.hides_rows and not one.is_hidden for one in openings):
        raise BadWorkbook(str(ALL_HIDDEN))
    if best is None:
        raise BadWorkbook(str(EMPTY))
    return best


def chosen(openings: Sequence[Opening], place: Place) -> tuple[list[str], frozenset[int]]:
    """The heads of a table that a person has chosen, and its hidden columns. Raises Refused where there is none."""
    one = next((one for one in openings if one.name == place.sheet), None)
    if one is None or not _has_rows(one, place.head):
        raise Refused(str(EMPTY))
    return _heading(one, place.head), one.hidden_columns


def _heading(one: Opening, head: Head) -> list[str]:
    """The heads of a table as they are kept: what cannot be read, or must not be kept, is no name."""
    return ["" if FAULT in name else name for name in heads.names(one.rows, head)]


def _no_names(openings: Sequence[Opening]) -> None:
    if any(has_identity_number(one.name) for one in openings):
        raise BadWorkbook(_("工作表名%(refusal)s") % {"refusal": REFUSAL})


def head_of(one: Opening, kind: str) -> Head:
    return heads.find(one.rows, lambda names: fields.known(kind, names))


def _has_rows(one: Opening, head: Head) -> bool:
    numbers = [number for number, _cells in one.rows]
    return head.line in numbers and numbers[-1] > head.line


def place_of(one: Import) -> Place:
    return Place(one.sheet, Head(one.head_line, one.head_depth), takes_hidden=one.takes_hidden)


@dataclass(frozen=True)
class Choice:
    """What a person is shown of the tables in a file."""

    sheets: list[tuple[str, str]]
    """Names, and what to call them."""
    lines: list[tuple[int, bool, list[str]]]
    """The first lines of the sheet that is read: number, whether it names columns, its cells."""
    unread: list[str]
    """Sheets in sight that hold something and are not read."""
    hidden: list[str]
    """Hidden columns that nobody has said to read."""
    is_asked: bool
    """Whether there is anything to be decided; else it can still be changed."""


def choice_of(one: Import, openings: Sequence[Opening]) -> Choice:
    """The tables of a file, so much of each cell that one knows the lines by it."""
    called = [
        (each.name, _("%(name)s（隐藏）") % {"name": each.name} if each.is_hidden else each.name) for each in openings
    ]
    first, last = one.head_line - one.head_depth, one.head_line
    read = next((each for each in openings if each.name == one.sheet), None)
    lines = [
        (number, first < number <= last, [hinted(cell) for cell in cells])
        for number, cells in (read.rows[:WITHIN] if read else ())
    ]
    others = [each for each in openings if each.name not in (one.sheet, workbooks.guide_title())]
    unread = [each.name for each in others if not each.is_hidden and len(each.rows) > 1]
    taken = {*one.columns.values()}
    hidden = sorted(at for at in (read.hidden_columns if read else ()) if at < len(one.header) and at not in taken)
    named = [fields.called(one.header, at) for at in hidden if one.header[at]]
    is_asked = bool(others) or (one.head_line, one.head_depth) != (1, 1) or one.hidden_rows > 0
    return Choice(called, lines, unread, named, is_asked=is_asked)


def hinted(cell: str) -> str:
    """So much of a cell that one knows its column."""
    if fault_of(cell):
        return "⚠"
    return f"{cell[:2]}…" if len(cell) > 3 else f"{cell[:1]}…" if len(cell) > 1 else cell
