"""Outlines that come of plans: a new part chosen by one drawn outline alone gets that as its boundary."""

from core.clock import now
from places.maps.boundaries import next_version
from places.models import Boundary, PlanChoice
from places.plans.preview import Reckoned
from places.rules import How


def keep_drawn(found: Reckoned) -> None:
    """Call it inside the tree's lock, once the parts are set up."""
    for target in found.targets:
        own = [choice for choice in found.choices if choice.target_id == target.pk]
        if target.is_new and target.area is not None and len(own) == 1 and own[0].how == How.OUTLINE:
            Boundary.objects.create(area=target.area, **_drawn(own[0], found))


def _drawn(choice: PlanChoice, found: Reckoned) -> dict[str, object]:
    ring = [*choice.value["outline"]]
    if ring[0] != ring[-1]:
        ring.append(ring[0])
    return {
        "geometry": {"type": "Polygon", "coordinates": [ring]},
        "source": f"{found.plan.get_kind_display()} {found.plan.pk}",
        "version": next_version(),
        "updated_at": now(),
    }
