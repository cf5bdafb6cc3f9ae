"""QR codes of the order pages, drawn as SVG on the server."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.utils.safestring import SafeString

from core.files import qr
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
    return GridCode(area, url, qr.svg(url))
