"""Tables as text: CSV with commas, semicolons or tabs, in any of the encodings of `core.files.encodings`."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import IO

from django.utils.translation import gettext as _

from core.files.encodings import encoding_of
from core.files.examining import BadWorkbook

COMMA = ","
DELIMITERS = (COMMA, "\t", ";", "，", "；", "|")
TRIED = 40
"""Lines by which the delimiter is known."""
TRIED_MOST = 64 * 1024
NAMED = re.compile(r"sep=(.)\Z", re.IGNORECASE)
"""A first line by which a spreadsheet is told the delimiter; it shows no row for it."""


def rows(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """Every row as it stands, with the number of its last line. Raises BadWorkbook where it is no such table."""
    encoding = encoding_of(file)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    reader = None
    try:
        delimiter, is_named = _delimiter(text.read(TRIED_MOST))
        text.seek(0)
        if is_named:
            text.readline()
        lines = _Lines(text)
        reader = csv.reader(lines, delimiter=delimiter)
        begun = 0
        for row in reader:
            if reader.line_num > begun + 1 and lines.is_over and _is_open(row, lines.last):
                raise BadWorkbook(_("第 %(line)d 行的引号没有配对，后面的行读不出来；请改好再传") % {"line": begun + 1})
            begun = reader.line_num
            yield reader.line_num, row
    except UnicodeDecodeError as error:
        raise BadWorkbook(_bad_encoding(file)) from error
    except csv.Error as error:
        line = reader.line_num if reader else 1
        raise BadWorkbook(
            _("第 %(line)d 行不是正确的 CSV，请用 Excel 打开后另存为 .xlsx 再试") % {"line": line}
        ) from error
    finally:
        text.detach()


class _Lines:
    """The lines of a text, of which the last one is known that says anything, and whether it was the last of all."""

    def __init__(self, text: io.TextIOBase) -> None:
        self.text, self.last, self.is_over = text, "", False

    def __iter__(self) -> Iterator[str]:
        for line in self.text:
            self.last = line.strip() or self.last
            yield line
        self.is_over = True


def _is_open(row: Sequence[str], last: str) -> bool:
    """Whether a row of several lines that the text ends with never ended its quotation: it swallowed what follows."""
    return bool(row) and "\n" in row[-1].replace("\r", "\n") and not last.endswith('"')


def _bad_encoding(file: IO[bytes]) -> str:
    """Names the line on which UTF-8 ends: what is no GB 18030 either was most likely meant to be UTF-8."""
    file.seek(0)
    good = sum(1 for _line in takewhile(_is_utf8, file))
    return _("第 %(line)d 行：文件不是 UTF-8、GB 18030 或 UTF-16 编码，请另存为 UTF-8 后再传") % {"line": good + 1}


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _delimiter(start: str) -> tuple[str, bool]:
    """The delimiter, and whether the first line names it."""
    lines = start.splitlines()
    if lines and (named := NAMED.match(lines[0].strip())):
        return named[1], True
    return max(DELIMITERS, key=lambda one: _evenness(lines[:TRIED], one)), False


def _evenness(lines: Sequence[str], delimiter: str) -> int:
    """How many cells stand in rows of the usual width. Of equals the first is taken, a comma before all others."""
    widths: Counter[int] = Counter()
    try:
        for row in csv.reader(lines, delimiter=delimiter):
            filled = [at for at, cell in enumerate(row, 1) if cell.strip()]
            if filled:
                widths[len(row)] += 1
    except csv.Error:
        return 0
    return max(((width - 1) * count for width, count in widths.items()), default=0)
