"""Households that a campaign has not looked at yet go along when grids are reshaped, to who looks at them then.

Grids that are looked at as a whole stay what they were when they were listed.
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext_lazy as _

from core.trust.audit import Actor
from grids.models import Area
from ledgers.models import Target
from places.following import Follower, Going, Shift, carry_paths, going_of

KEY = "targets"
WAITING = Target.objects.filter(looked_at=None, household__isnull=False, campaign__ended_at=None)


def found(shift: Shift) -> list[Going]:
    return going_of(shift, KEY, WAITING.all(), "campaign__number")


def carry(going: Sequence[Going], areas: Mapping[int, Area], actor: Actor | None) -> list[Going]:
    return carry_paths(WAITING.all(), going, areas)


TARGETS = Follower(KEY, _("待看的排查对象"), found, carry)
