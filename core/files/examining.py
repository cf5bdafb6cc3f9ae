"""A file from a stranger, judged before anything parses it.

A workbook is a zip archive of XML: how large it is, how many parts it has, how large these say they are (Python never
unpacks more of a part than it says), how often they multiply, macros, links, and whether a part defines entities of
its own. Anything else is text, or refused by its first bytes.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from core.errors import Refused
from core.files.encodings import START, wide_encoding

SMALL_PART = 100_000
READ = 1 << 20
BROKEN = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, OSError, EOFError, NotImplementedError,
    RuntimeError, KeyError, ValueError, TypeError, AttributeError, IndexError,
)  # fmt: skip
"""What is raised about an archive that is not what it says."""
MEDIA = (
    b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"\xd7\xcd\xc6\x9a", b"\x01\x00\x00\x00",
)  # fmt: skip
"""How pictures begin: PNG, JPEG, GIF, BMP, TIFF, WMF, EMF. Drawings in SVG are XML."""
ENCODING = re.compile(rb"\s*<\?xml[^>]*?\sencoding\s*=\s*[\"'](?P<name>[^\"']*)")
PLAIN = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1"})
"""Encodings in which a declaration of XML can be seen as it is."""
PAGE = re.compile(r"<(?:!|\?xml|[a-z])", re.IGNORECASE)
OFFICE_2003 = "urn:schemas-microsoft-com:office:spreadsheet"
FOREIGN = {
    "content.xml": "OpenDocument（.ods）",
    "xl/workbook.bin": ".xlsb",
    "index/document.iwa": "Numbers",
    "word/document.xml": "Word（.docx）",
}
"""Parts by which other programs' files are known."""


class BadWorkbook(Refused):
    """The file is no table that can be read; the message says why."""

    code = "bad_workbook"


@dataclass(frozen=True)
class Bounds:
    """How large an uploaded file may be: bytes as it comes, bytes of all parts unpacked, parts, and how often a part
    may multiply; short ones may multiply more.
    """

    file: int = 5 * 1024 * 1024
    unpacked: int = 40 * 1024 * 1024
    parts: int = 200
    ratio: int = 200


def kind_of(file: IO[bytes], bounds: Bounds) -> str:
    """`xlsx` or `csv` by content; raises BadWorkbook for what is neither safe nor known."""
    file.seek(0)
    head = file.read(START)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if not size:
        raise BadWorkbook(_("文件是空的"))
    _fits(size, bounds)
    if head.startswith(b"PK"):
        examine(file, bounds)
        return "xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise BadWorkbook(_("这是旧版 .xls 或加密的工作簿，请在 Excel 里另存为 .xlsx（不加密）再导入"))
    wide = wide_encoding(head)
    if (b"\x00" in head[:8] and not wide) or head.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8")):
        raise BadWorkbook(_("这不是表格文件；请用 .xlsx 或 .csv"))
    _no_page(head.decode(wide or "utf-8-sig", "ignore").lstrip())
    return "csv"


def _no_page(text: str) -> None:
    """Many programs give out a web page under the name of a workbook; a spreadsheet opens it, nobody else does."""
    if OFFICE_2003 in text:
        raise BadWorkbook(_("这是 XML 格式的旧表格，不是工作簿；请用 Excel 或 WPS 打开后另存为 .xlsx 再传"))
    if PAGE.match(text) or text.startswith("MIME-Version:"):
        raise BadWorkbook(_("这其实是网页（HTML），只是名字像表格；请用 Excel 或 WPS 打开后另存为 .xlsx 再传"))


def examine(file: IO[bytes], bounds: Bounds) -> None:
    """What can be said about a workbook before any of it is parsed; raises BadWorkbook."""
    _fits(file.seek(0, io.SEEK_END), bounds)
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            _weigh(parts, bounds)
            for part in parts:
                _look_into(archive, part)
    except BROKEN as error:
        raise BadWorkbook(_("文件损坏、已加密或不是 .xlsx 表格，请用 Excel 或 WPS 另存为 .xlsx 后再传")) from error
    file.seek(0)


def _fits(size: int, bounds: Bounds) -> None:
    if size > bounds.file:
        raise BadWorkbook(_("文件太大，最多 %(n)d MB，请分成几份") % {"n": bounds.file // 1024 // 1024})


def _weigh(parts: Sequence[zipfile.ZipInfo], bounds: Bounds) -> None:
    if len(parts) > bounds.parts:
        raise BadWorkbook(_("部件过多，展开后太大，没有读取"))
    if sum(part.file_size for part in parts) > bounds.unpacked:
        raise BadWorkbook(_("文件展开后太大，没有读取，请分成几份"))
    for part in parts:
        if part.file_size > SMALL_PART and part.file_size > bounds.ratio * max(part.compress_size, 1):
            raise BadWorkbook(_("文件的压缩比异常，没有读取"))
        name = part.filename.lower()
        if "vbaproject" in name or "externallinks/" in name:
            raise BadWorkbook(_("文件含宏或外部链接，请另存为不含宏的 .xlsx"))
        if name in FOREIGN:
            raise BadWorkbook(_("这是 %(kind)s 文件，请另存为 .xlsx 再传") % {"kind": FOREIGN[name]})


def _look_into(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """No part may declare a document type, whatever it is called; none may be in an encoding that hides one.

    Only what begins like a picture is passed over: no parser of XML reads beyond that.
    """
    with archive.open(part) as stream:
        block = stream.read(READ)
        if block.startswith(MEDIA):
            return
        if _is_hidden(block):
            raise BadWorkbook(_("文件的编码异常，可能藏有不允许的定义，没有读取"))
        tail = b""
        while block:
            # without the zeros of wide encodings, which a part may begin with behind other bytes
            seen = (tail + block.replace(b"\x00", b"")).upper()
            if b"<!DOCTYPE" in seen or b"<!ENTITY" in seen:
                raise BadWorkbook(_("文件里有不允许的定义（文档类型声明），没有读取"))
            tail = seen[-16:]
            block = stream.read(READ)


def _is_hidden(start: bytes) -> bool:
    """Whether XML says that it is written in signs in which a declaration would look like something else."""
    is_wide = b"\x00" in start[:8] and start[:64].replace(b"\x00", b"").lstrip().startswith(b"<")
    if is_wide or start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    said = ENCODING.match(start[:500].removeprefix(b"\xef\xbb\xbf"))
    return said is not None and said["name"].lower() not in PLAIN
