"""QR codes of our own addresses, as a drawing for a page or a picture to keep."""

from io import BytesIO

import segno
from django.utils.safestring import SafeString

BORDER, PNG_SCALE = 4, 8


def svg(address: str) -> SafeString:
    """Inline SVG without a fixed size. segno draws; nothing typed by anybody gets into the markup."""
    code = segno.make(address, error="m", micro=False)
    return SafeString(code.svg_inline(border=BORDER, omitsize=True, svgclass=None, lineclass=None))


def png(address: str) -> bytes:
    out = BytesIO()
    segno.make(address, error="m", micro=False).save(out, kind="png", border=BORDER, scale=PNG_SCALE)
    return out.getvalue()
