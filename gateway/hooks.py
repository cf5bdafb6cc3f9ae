"""What the machine doors tell of: the trail's chain."""

from django.utils.translation import gettext_lazy as _

from gateway import trail_heads
from notices import kinds
from notices.extensions import KINDS

KINDS.extend(kinds.of(kinds.OTHER, {trail_heads.KIND: _("操作记录核对码"), trail_heads.BROKEN: _("操作记录对不上")}))
