"""What the tree contributes below itself: which numbers are codes of areas."""

from collections.abc import Collection

from core.trust.identity import LOOKALIKES
from grids.levels import Level
from grids.models import Area

TOWNSHIP_DIGITS = 9


@LOOKALIKES.add
def in_known_townships(numbers: Collection[str]) -> Collection[str]:
    """Codes of grids begin with that of their township; also those of grids that are only about to be set up."""
    towns = {number: f"{number[:TOWNSHIP_DIGITS]}000" for number in numbers}
    known = set(Area.objects.filter(level=Level.TOWNSHIP, code__in=towns.values()).values_list("code", flat=True))
    return [number for number, town in towns.items() if town in known]
