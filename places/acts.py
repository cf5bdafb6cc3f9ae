"""What the trail says of profiles, plans and maps."""

from django.utils.translation import gettext_lazy as _

from core.clock import local
from core.trust.acts import ACTS, NAMINGS, UNTOLD, act, named, naming_of, one_of, plain
from places.models import Plan, Profile
from places.rules import Line


def _fields() -> dict[str, str]:
    columns = {column.name: str(column.verbose_name) for column in Profile._meta.fields}
    return columns | {line.value: f"{line.label}编码" for line in Line}


ACTS.extend(
    (
        act("area.profile", _("改区域台账"), code=UNTOLD, fields=one_of(_("改了"), _fields)),
        act("plan.drafted", _("拟网格调整方案"), kind=UNTOLD, sources=named(_("调整"), "grids.area.code")),
        act("plan.discarded", _("作废网格调整方案")),
        act("plan.applied", _("实施网格调整方案"), kind=UNTOLD, moved=plain(_("划转户数"))),
        act("plan.undone", _("撤销网格调整"), kind=UNTOLD),
        act(
            "boundaries.imported",
            _("导入边界"),
            outlines=plain(_("边界")),
            points=plain(_("户的位置")),
            version=plain(_("图的版本")),
        ),
    )
)
NAMINGS.add(
    naming_of(
        Plan,
        lambda row: f"{row.get_kind_display()} {row.area.place_name} {local(row.created_at):%Y-%m-%d}",
        beside=("area__parent",),
    )
)
