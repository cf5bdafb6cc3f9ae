"""PDF files from outside, checked before anything stores them: by content, never by name or declared type.

They are kept as they came and served as an attachment under a fixed type, so what matters is that they are PDF, not
too large, and hold nothing that acts by itself.
"""

import re
from dataclasses import dataclass
from typing import Final

from django.core.files.base import File
from django.utils.translation import gettext as _

from core.errors import Refused

MAX_BYTES: Final = 10 * 1024 * 1024
HEAD: Final = b"%PDF-1."
TAIL: Final = 1024
ACTIVE: Final = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
DISGUISED: Final = re.compile(rb"<(?:script|html|!doctype|svg[\s>]|iframe|\?php)|PK\x05\x06", re.IGNORECASE)
NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")


class BadPdf(Refused):
    """The upload is not a document that can be kept."""

    code = "bad_pdf"


@dataclass(frozen=True, slots=True)
class Pdf:
    content: bytes


def prepare(upload: "File[bytes]") -> Pdf:
    """Return `upload` as a Pdf; raises `BadPdf` with a Chinese reason."""
    upload.seek(0)
    raw: bytes = upload.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise BadPdf(_("文件超过 10 MB，请压缩后上传"))
    if not raw.startswith(HEAD) or b"%%EOF" not in raw[-TAIL:] or DISGUISED.search(raw[:TAIL]):
        raise BadPdf(_("只能上传 PDF 文件"))
    if ACTIVE.search(NAME_ESCAPE.sub(_unescaped, raw)):
        raise BadPdf(_("这份 PDF 带有脚本或附件，请另存为普通 PDF 后上传"))
    return Pdf(raw)


def _unescaped(found: "re.Match[bytes]") -> bytes:
    """A name may be written with #xx for its letters."""
    return bytes([int(found[1], 16)])
