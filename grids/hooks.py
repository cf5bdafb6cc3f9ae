"""What the tree contributes below itself: which numbers are codes of areas, and what the trail says of areas and
households.
"""

from collections.abc import Collection
from operator import attrgetter

from django.utils.translation import gettext_lazy as _

from core.trust.acts import ACTS, NAMINGS, UNTOLD, act, named, naming_of, one_of, plain, told_by
from core.trust.identity import LOOKALIKES
from grids.levels import GridKind, Level, Purpose
from grids.models import Area, Household

TOWNSHIP_DIGITS = 9
AREA = named(_("区域"), "grids.area.code")
"""The detail of an act that is the code of an area."""


@LOOKALIKES.add
def in_known_townships(numbers: Collection[str]) -> Collection[str]:
    """Codes of grids begin with that of their township; also those of grids that are only about to be set up."""
    towns = {number: f"{number[:TOWNSHIP_DIGITS]}000" for number in numbers}
    known = set(Area.objects.filter(level=Level.TOWNSHIP, code__in=towns.values()).values_list("code", flat=True))
    return [number for number, town in towns.items() if town in known]


def _kind(value: str) -> str:
    """综合, or 专属 and what for: the trail holds the pair as two words, the second mostly empty."""
    words = dict(GridKind.choices) | dict(Purpose.choices)
    return str(words.get(value, ""))


def _columns() -> dict[str, str]:
    return {column.name: str(column.verbose_name) for column in Household._meta.fields}


ACTS.extend(
    (
        act(
            "area.added",
            _("设立区域"),
            code=plain(_("代码")),
            name=UNTOLD,
            level=one_of(_("层级"), dict(Level.choices)),
        ),
        act("area.renamed", _("区域改名"), before=plain(_("原名")), after=plain(_("新名"))),
        act("area.kind", _("改网格类型"), before=told_by(_("原为"), _kind), after=told_by(_("改为"), _kind)),
        act("area.planned", _("填计划户数"), before=plain(_("原为")), after=plain(_("改为"))),
        act("area.retired", _("停用区域"), code=plain(_("代码")), successors=named(_("由其接续"), "grids.area.code")),
        act("area.restored", _("恢复区域"), code=plain(_("代码"))),
        act("area.code_renewed", _("换点单码"), code=UNTOLD),
        act("household.registered", _("登记户"), area=AREA, code=UNTOLD),
        act("household.registered_many", _("批量登记户"), count=plain(_("户数")), areas=plain(_("区域数"))),
        act(
            "household.transferred",
            _("户迁移"),
            count=plain(_("户数")),
            left=named(_("从"), "grids.area.code"),
            area=named(_("到"), "grids.area.code"),
        ),
        act("household.corrected", _("更正户情"), columns=one_of(_("改了"), _columns), code=UNTOLD),
        act("household.erased", _("删去户的个人信息"), columns=UNTOLD, code=UNTOLD),
        act("household.loaded", _("导入户"), added=plain(_("新增")), changed=plain(_("更新"))),
        act("household.restored_many", _("撤回导入：改回户"), count=plain(_("户数"))),
        act(
            "household.unregistered_many",
            _("撤回导入：退出新增的户"),
            removed=plain(_("删去")),
            retired=plain(_("注销")),
        ),
        act("household.retired", _("注销户"), code=UNTOLD),
    )
)
NAMINGS.extend(
    (
        naming_of(Area, attrgetter("place_name"), beside=("parent",)),
        naming_of(Area, attrgetter("place_name"), by="code", beside=("parent",)),
        naming_of(Household, lambda row: row.code),
    )
)
