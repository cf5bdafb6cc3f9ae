"""What this floor contributes to those below: an area in which people still hold posts stays in use; the numbers of
departments are nobody's secret; what the trail says of its own.
"""

from collections.abc import Collection

from django.utils.translation import gettext as _

from core.trust.keys import dialled
from core.trust.numbers import PUBLIC
from grids.extensions import RETIRE_GUARDS
from grids.models import Area
from members.models import Department, Post
from members.people import acts as acts  # adds itself


@RETIRE_GUARDS.add
def posts_at(area: Area) -> str | None:
    """Why `area` cannot be retired while posts are held at it; None when there are none."""
    count = Post.objects.not_over().filter(area=area).count()
    return _("还有 %(n)d 个在岗的岗位设在这里，请先结束它们") % {"n": count} if count else None


@PUBLIC.add
def duty_phones(numbers: Collection[str]) -> Collection[str]:
    """Those of `numbers` that a department answers."""
    kept = Department.objects.exclude(phone="").values_list("phone", flat=True)
    public = {dialled(phone) for phone in kept}
    return {number for number in numbers if dialled(number) in public}
