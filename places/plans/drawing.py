"""The picture on a plan's page: the sources, the points of their households by part, and what a click means there."""

from dataclasses import dataclass, field

from places.maps import projecting, shapes
from places.maps.projecting import World
from places.models import Boundary, HouseholdPoint, Plan
from places.plans import sorting


@dataclass(frozen=True)
class Dot:
    """A household on the picture; `part` counts the targets from 1, 0 is nobody's yet."""

    x: float
    y: float
    part: int


@dataclass
class Canvas:
    """`left`, `top` and `scale` turn a click back into longitude and latitude (static/js/outline.js)."""

    width: float
    height: float
    left: float
    top: float
    scale: float
    grounds: list[str] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)


def canvas(plan: Plan) -> Canvas | None:
    """None where no household of the sources has a point: then nothing can be chosen on a map."""
    sources = [source.area_id for source in plan.sources.all()]
    rows = HouseholdPoint.objects.filter(household__area__in=sources, household__retired_at=None)
    points: dict[int, World] = {pk: (x, y) for pk, x, y in rows.values_list("household_id", "longitude", "latitude")}
    if not points:
        return None
    outlines = [shapes.read(b.geometry) for b in Boundary.objects.filter(area__in=sources)]
    frame = projecting.framed([*outlines, shapes.cloud(points.values())])
    targets = list(plan.targets.order_by("pk"))
    order = {target.pk: n for n, target in enumerate(targets, 1)}
    goes = sorting.sort(plan, sources=sources, targets=targets, choices=list(plan.choices.order_by("pk"))).goes
    dots = []
    for household, (longitude, latitude) in points.items():
        x, y = frame.at(longitude, latitude)
        dots.append(Dot(round(x, 1), round(y, 1), order.get(goes.get(household, 0), 0)))
    grounds = [frame.path(one) for one in outlines]
    return Canvas(frame.width, frame.height, frame.left, frame.top, frame.scale, grounds, dots)
