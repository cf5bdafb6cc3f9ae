"""What this floor contributes to those below: an area in which people still hold posts stays in use."""

from django.utils.translation import gettext as _

from grids.extensions import RETIRE_GUARDS
from grids.models import Area
from members.models import Post


@RETIRE_GUARDS.add
def posts_at(area: Area) -> str | None:
    """Why `area` cannot be retired while posts are held at it; None when there are none."""
    count = Post.objects.not_over().filter(area=area).count()
    return _("还有 %(n)d 个在岗的岗位设在这里，请先结束它们") % {"n": count} if count else None
