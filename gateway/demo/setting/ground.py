"""What 沙塘 does besides the list: powers handed down to it and its own division of work, from before its history."""

from datetime import timedelta

from core import clock
from duties.models import Kind, PlaceKind
from duties.routing import powers
from gateway.demo.setting.places import TOWNSHIP
from grids.models import Area
from members.models import Department, Post
from members.roles import Role

LASTS = 140
"""Days of the power that is granted for a time: the demo begins 120 days later, and it soon runs out."""
ROWS: tuple[tuple[Kind, str, str, str, str, int | None], ...] = (
    (Kind.ENFORCING, "E01", "ZF", PlaceKind.ANYWHERE, "县政府关于镇街综合行政执法的公告（演示）第 3 项", None),
    (Kind.ENFORCING, "B03", "ZF", PlaceKind.ANYWHERE, "县政府关于镇街综合行政执法的公告（演示）第 7 项", None),
    (Kind.HANDLING, "A08", "YG", PlaceKind.ANYWHERE, "小作坊隐患排查赋权试点（演示），期满评估", LASTS),
    (Kind.OVERRIDE, "B06", "ZF", PlaceKind.URBAN, "居委辖区没有农业农村办的人手，镇长办公会议定", None),
)
"""Kind, item, office, where, basis, for how many days."""


def fill() -> None:
    """Register them on the day that this moment belongs to."""
    town = Area.objects.get(code=TOWNSHIP)
    admin = Post.objects.filter(role=Role.LIST_ADMIN).select_related("user").order_by("pk")[0].user
    offices = {office.code: office for office in Department.objects.filter(township=town)}
    for kind, code, office, where, basis, days in ROWS:
        powers.assign(
            kind=kind,
            township=town,
            item_code=code,
            office=offices[f"{TOWNSHIP[:9]}-{office}"],
            ground=where,
            basis=basis,
            starts_on=clock.today(),
            ends_on=clock.today() + timedelta(days=days) if days else None,
            actor=admin,
        )
