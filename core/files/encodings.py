"""In which encoding a text from a stranger is: UTF-8, UTF-16 (with its mark or without), or GB 18030, which takes in
GBK and GB 2312 as programs in China write them.
"""

import io
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from typing import IO

from core.text import FORBIDDEN

START = 4096
READ = 1 << 20
NARROW = 4
"""How many times more often the one byte of two is zero than the other, in Chinese text of two bytes a character."""
FEW = 40
"""One byte in so many is zero at least: every blank, comma, digit and end of line has one."""


def encoding_of(file: IO[bytes]) -> str:
    """The name Python knows it by; the file stands at its start afterwards. Whether all of it fits is not said."""
    file.seek(0)
    start = file.read(START)
    file.seek(0)
    if wide := wide_encoding(start):
        return wide
    decoder = io.TextIOWrapper(file, encoding="utf-8-sig")
    try:
        while decoder.read(READ):
            pass
        return "utf-8-sig"
    except UnicodeDecodeError:
        return "gb18030"
    finally:
        decoder.detach()
        file.seek(0)


def decoded(content: bytes) -> str:
    """A text that lies in memory. Raises UnicodeDecodeError for what is in none of these encodings."""
    return content.decode(encoding_of(io.BytesIO(content)))


def wide_encoding(start: bytes) -> str:
    """The name of UTF-16 where a text begins so, else nothing."""
    if start.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    low, high = start[0::2].count(0), start[1::2].count(0)
    if (low + high) * FEW < len(start):
        return ""
    name = "utf-16-le" if high > NARROW * low else "utf-16-be" if low > NARROW * high else ""
    text = start[: len(start) // 2 * 2].decode(name, "ignore") if name else "\x00"
    return "" if FORBIDDEN.search(text) else name
