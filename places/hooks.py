"""What the administration of areas contributes: posts go along with plans, and a plan tells people."""

from django.utils.translation import gettext_lazy as _

from notices import kinds
from notices.extensions import KINDS
from places import acts as acts  # adds itself
from places.extensions import FOLLOWERS
from places.plans import telling
from places.plans.posts_follow import POSTS

FOLLOWERS.add(POSTS)
KINDS.extend(kinds.of(kinds.OTHER, {telling.KIND: _("网格调整")}))
