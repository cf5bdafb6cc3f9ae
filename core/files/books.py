"""What a workbook says of itself: its sheets, which of its numbers are days, its shared texts, its merged cells.

Read by names alone, whatever namespace they are in, so that strict and transitional workbooks are the same here. The
archive has been judged by `core.files.examining` before: it declares no entities and multiplies within bounds.
"""

import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import IO, Any
from xml.etree import ElementTree
from xml.etree.ElementTree import Element
from xml.parsers import expat

from django.utils.translation import gettext as _
from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format

from core.files.examining import READ, BadWorkbook

BLOCK = 1 << 16
SMALL = 10 * 1024 * 1024
"""Bytes of a part that is read whole."""
MOST_STRINGS = 4_000_000
MOST_MERGED = 200_000
CHINESE_DAYS = frozenset((*range(27, 37), *range(50, 59)))
"""Numbers of formats that show days in Chinese; no list of formats in a workbook spells them out."""
MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\s[^>]*?ref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']""")
LONGEST_REFERENCE = 200
HIDDEN_ROW = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\shidden=["'](?:1|true)["']""")
COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
ROWS_BEGIN = re.compile(rb"<(?:\w+:)?sheetData\b")
UNSEEN = re.compile(rb"""\shidden=["'](?:1|true)["']|\swidth=["']0(?:\.0*)?["']""")
FIRST_COLUMN, LAST_COLUMN = re.compile(rb"""\smin=["'](\d+)["']"""), re.compile(rb"""\smax=["'](\d+)["']""")


@dataclass(frozen=True)
class Sheet:
    """A sheet and where its part lies."""

    name: str
    part: str
    is_hidden: bool = False


@dataclass(frozen=True)
class Merge:
    """Cells that are one: lines from 1, the column it is read in from 0."""

    top: int
    bottom: int
    column: int


@dataclass
class Book:
    """An open workbook. Shared texts pass through `clean` as they are read, as far as anybody asks for them."""

    archive: zipfile.ZipFile
    clean: Callable[[str], str]
    sheets: list[Sheet] = field(default_factory=list)
    days: frozenset[int] = frozenset()
    """Styles that show a number as a day."""
    is_1904: bool = False
    texts: "Texts | None" = None


@contextmanager
def opened(file: IO[bytes], clean: Callable[[str], str]) -> Iterator[Book]:
    """The workbook; whatever a crooked part makes the parser stumble over becomes a BadWorkbook."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            yield _book(archive, clean)
    except BadWorkbook:
        raise
    except Exception as error:
        raise BadWorkbook(_("文件读不出来，请用 Excel 或 WPS 打开后另存为 .xlsx 再传")) from error


def _book(archive: zipfile.ZipFile, clean: Callable[[str], str]) -> Book:
    main = next((part for _id, kind, part in _related(archive, "") if kind == "officeDocument"), "xl/workbook.xml")
    related = {id_: (kind, part) for id_, kind, part in _related(archive, main)}
    root = _tree(archive, main)
    book = Book(archive, clean)
    for one in _children(root, "sheets"):
        kind, part = related.get(_attribute(one, "id"), ("", ""))
        if kind == "worksheet":
            hidden = one.get("state", "visible") != "visible"
            book.sheets.append(Sheet(one.get("name", "")[:100], part, is_hidden=hidden))
    book.is_1904 = any(one.get("date1904", "") in ("1", "true") for one in root if _local(one) == "workbookPr")
    parts = {kind: part for kind, part in related.values() if part in archive.namelist()}
    if "styles" in parts:
        book.days = _day_styles(_tree(archive, parts["styles"]))
    if "sharedStrings" in parts:
        book.texts = Texts(archive, parts["sharedStrings"], clean)
    return book


def _tree(archive: zipfile.ZipFile, part: str) -> Element:
    if archive.getinfo(part).file_size > SMALL:
        raise BadWorkbook(_("文件里的样式或目录太大，没有读取；请把内容粘贴到新的工作簿再传"))
    return ElementTree.fromstring(archive.read(part))  # noqa: S314  (declares no entities: `examining`)


def _local(one: Element) -> str:
    return str(one.tag).rpartition("}")[2]


def _attribute(one: Element, name: str) -> str:
    """An attribute in whatever namespace."""
    return next((value for key, value in one.attrib.items() if key.rpartition("}")[2] == name), "")


def _children(root: Element, name: str) -> list[Element]:
    return [child for one in root if _local(one) == name for child in one]


def _related(archive: zipfile.ZipFile, part: str) -> list[tuple[str, str, str]]:
    """What a part refers to: key, kind, name of the part."""
    folder, name = posixpath.split(part)
    path = posixpath.join(folder, "_rels", f"{name}.rels")
    if path not in archive.namelist():
        return []
    found = []
    for one in _tree(archive, path):
        target = one.get("Target", "")
        whole = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
        found.append((one.get("Id", ""), one.get("Type", "").rpartition("/")[2], whole))
    return found


def _day_styles(root: Element) -> frozenset[int]:
    formats: dict[str, str] = {str(number): text for number, text in BUILTIN_FORMATS.items()}
    formats |= {one.get("numFmtId", ""): one.get("formatCode", "") for one in _children(root, "numFmts")}
    days = {number for number, text in formats.items() if is_date_format(text)} | {str(n) for n in CHINESE_DAYS}
    return frozenset(n for n, style in enumerate(_children(root, "cellXfs")) if style.get("numFmtId") in days)


# ---- shared texts ----------------------------------------------------------------------------------------------------
class Texts:
    """The texts that cells share, read only as far as they are asked for: a look at the first rows stays cheap."""

    def __init__(self, archive: zipfile.ZipFile, part: str, clean: Callable[[str], str]) -> None:
        self.read: list[str] = []
        self.blocks = self._blocks(archive, part, clean)

    def __getitem__(self, at: int) -> str:
        while at >= len(self.read):
            if next(self.blocks, None) is None:
                raise BadWorkbook(_("文件缺少一部分文字，请用 Excel 或 WPS 打开后另存为 .xlsx 再传"))
        return self.read[at]

    def _blocks(self, archive: zipfile.ZipFile, part: str, clean: Callable[[str], str]) -> Iterator[bool]:
        with archive.open(part) as stream:
            parser, read = _text_parser(self.read, clean)
            for block in iter(lambda: stream.read(BLOCK), b""):
                parser.Parse(block, False)
                if len(read) > MOST_STRINGS:
                    raise BadWorkbook(_("文件里的文字太多，没有读取，请分成几份"))
                yield True
            parser.Parse(b"", True)
            yield True


def _text_parser(read: list[str], clean: Callable[[str], str]) -> tuple[Any, list[str]]:
    """A parser that adds every shared text to `read`; how a word is pronounced is no part of it."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    held: list[str] = []
    quiet = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal quiet
        local = name.rpartition(":")[2]
        if local == "rPh":
            quiet += 1
        parser.CharacterDataHandler = held.append if local == "t" and not quiet else None

    def end(name: str) -> None:
        nonlocal quiet
        local = name.rpartition(":")[2]
        parser.CharacterDataHandler = None
        if local == "rPh":
            quiet -= 1
        elif local == "si":
            read.append(clean("".join(held)))
            held.clear()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    return parser, read


# ---- merged cells ----------------------------------------------------------------------------------------------------
def merges_of(book: Book, sheet: Sheet, columns: int) -> list[Merge]:
    """Cells of a sheet that are merged downward, in their order. They stand behind its rows, so it is looked through
    once beforehand, without parsing it.
    """
    found: list[Merge] = []
    with book.archive.open(sheet.part) as stream:
        rest = b""
        while block := stream.read(READ):
            seen, end = rest + block, 0
            for one in MERGED.finditer(seen):
                end = one.end()
                top, bottom, column = int(one[2]), int(one[4]), column_number(one[1].decode())
                if bottom > top and column < columns:
                    found.append(Merge(top, bottom, column))
            if len(found) > MOST_MERGED:
                raise BadWorkbook(_("合并的单元格太多，没有读取，请分成几份"))
            rest = seen[max(end, len(seen) - LONGEST_REFERENCE) :]
    found.sort(key=lambda one: (one.top, one.column))
    return found


# ---- what nobody sees ------------------------------------------------------------------------------------------------
def hidden_columns(book: Book, sheet: Sheet, columns: int) -> frozenset[int]:
    """Columns that are hidden or have no width, from 0; they are named before the rows."""
    with book.archive.open(sheet.part) as stream:
        start = b""
        while not (found := ROWS_BEGIN.search(start)) and len(start) < READ and (block := stream.read(BLOCK)):
            start += block
    named = COLUMN.findall(start[: found.start()] if found else start)
    hidden = set[int]()
    for one in named:
        first, last = FIRST_COLUMN.search(one), LAST_COLUMN.search(one)
        if first and last and UNSEEN.search(one):
            hidden.update(range(int(first[1]) - 1, min(int(last[1]), columns)))
    return frozenset(hidden)


def hides_rows(book: Book, sheet: Sheet) -> bool:
    """Whether a sheet has rows that are hidden, by hand or by a filter."""
    with book.archive.open(sheet.part) as stream:
        rest = b""
        while block := stream.read(READ):
            if HIDDEN_ROW.search(seen := rest + block):
                return True
            rest = seen[-LONGEST_REFERENCE:]
    return False


def column_number(letters: str) -> int:
    """A column by its letters, from 0."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1
