"""QR codes of the order pages, drawn as SVG on the server."""

from dataclasses import dataclass

import segno
from django.http import HttpRequest
from django.utils.safestring import SafeString

from grids.models import Area
from grids.scope import order_path


@dataclass(frozen=True)
class GridCode:
    area: Area
    url: str
    svg: SafeString


def grid_code(request: HttpRequest, area: Area) -> GridCode:
    """The code of a grid's order page; it points at the address under which this page was asked for."""
    url = request.build_absolute_uri(order_path(area))
    drawn = segno.make(url, error="m", micro=False).svg_inline(border=4, omitsize=True, svgclass=None, lineclass=None)
    return GridCode(area, url, SafeString(drawn))  # segno draws from our own address; nothing typed by anybody
