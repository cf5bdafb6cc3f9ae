"""How the lines of each list look; everything else about versions is the same for the three."""

from typing import Any

from duties.models import ListKind, ListVersion
from duties.shapes.base import Entry, Known, Shape, Skim
from duties.shapes.items import ItemShape
from duties.shapes.lines import LineShape

__all__ = ["Entry", "Known", "Shape", "Skim", "shape_for", "shape_of"]

SHAPES: dict[str, Shape[Any]] = {
    ListKind.GRID_ITEMS: ItemShape(),
    ListKind.TOWNSHIP_DUTIES: LineShape(ListKind.TOWNSHIP_DUTIES),
    ListKind.SELF_GOVERNANCE: LineShape(ListKind.SELF_GOVERNANCE),
}


def shape_for(kind: str) -> Shape[Any]:
    return SHAPES[kind]


def shape_of(version: ListVersion) -> Shape[Any]:
    """The shape of a version whose list is loaded."""
    return SHAPES[version.duty_list.kind]
