"""Open disputes go along when grids are reshaped; ended ones keep the path they were filed under."""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from core.trust.audit import Actor
from grids.models import Area
from mediation.models import Dispute
from places.following import Follower, Going, Shift, carry_paths, going_of

KEY = "disputes"
OPEN = Dispute.objects.filter(ended_at=None)


def found(shift: Shift) -> list[Going]:
    return going_of(shift, KEY, OPEN.all(), "number")


def carry(going: Sequence[Going], areas: Mapping[int, Area], actor: Actor | None) -> list[Going]:
    return carry_paths(OPEN.all(), going, areas)


DISPUTES = Follower(KEY, _("未结纠纷"), found, carry)
