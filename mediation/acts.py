"""What the trail says of disputes: never a word of what they are about."""

from django.utils.translation import gettext_lazy as _

from core.trust.acts import ACTS, NAMINGS, UNTOLD, act, naming_of, one_of
from core.web.reveal import REASONS
from grids.hooks import AREA
from mediation.engine.actions import PROCESS
from mediation.models import Dispute

ACTS.extend(
    (
        *PROCESS.acts(_("立纠纷案"), _("办理纠纷"), area=AREA),
        act("mediation.read", _("查看纠纷案情"), code=UNTOLD),
        act("mediation.revealed", _("查看纠纷当事人"), reason=one_of(_("原因"), REASONS), code=UNTOLD),
        act("mediation.printed", _("打印调解协议"), code=UNTOLD),
    )
)
NAMINGS.add(naming_of(Dispute, lambda row: row.number))
