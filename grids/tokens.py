"""Order-page codes of grids: one at a time, replaced when it has been lost, copied or painted over.

The printed old code then opens the page that says it is no longer in use; nothing tells whose it was.
"""

from django.utils.translation import gettext as _

from core.codes import random_code
from core.trust import audit
from core.trust.audit import Actor
from grids.models import Area
from grids.scope import TOKEN_LENGTH
from grids.tree import AREAS, AreaRefused


def renew(*, area: Area, actor: Actor | None) -> Area:
    """Give a grid or microgrid in use a new code; the old one is void at once. Raises AreaRefused."""
    with AREAS.writing():
        node = AREAS.fresh(area)
        if not node.is_grid or node.retired_at or not node.token:
            raise AreaRefused(_("只有在用的网格和微网格有点单二维码"))
        Area.objects.filter(pk=node.pk).update(token=random_code(TOKEN_LENGTH))
        audit.record("area.code_renewed", node, actor=actor, code=node.code)
        return AREAS.fresh(node)
