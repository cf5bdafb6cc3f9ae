"""The parts of the township duties and of village self-governance: what each is, needs and counts for. Pure data."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from core.text import Text
from duties.models import ListKind, Part


@dataclass(frozen=True)
class PartInfo:
    """One part of a list. `lead` names what its department is (empty: it has none); `moved` what has become of a
    line that was borne before the lists were drawn up; `is_borne` says that the level still carries it."""

    part: Part
    hint: Text
    lead: Text = ""
    share: bool = False
    groups: tuple[str, ...] = ()
    moved: Text = ""
    is_counted: bool = True
    is_borne: bool = True


TOWNSHIP_GROUPS = (
    "党的建设", "基层治理", "平安法治", "民生服务", "乡村振兴", "城乡建设", "应急管理", "文化旅游", "生态环境",
    "自然资源", "市场监管", "卫生健康", "交通运输",
)  # fmt: skip
CLASSES = ("自我管理", "自我服务", "自我教育", "自我监督")
"""The four classes of self-governance."""

PARTS: dict[ListKind, tuple[PartInfo, ...]] = {
    ListKind.TOWNSHIP_DUTIES: (
        PartInfo(Part.BASIC, _("乡镇自己负责的"), groups=TOWNSHIP_GROUPS),
        PartInfo(Part.ASSIST, _("县级部门牵头，乡镇配合的"), lead=_("牵头部门"), share=True, groups=TOWNSHIP_GROUPS),
        PartInfo(Part.RETURNED, _("由县级部门收回的"), lead=_("收回到"), moved=_("责任→上收"), is_borne=False),
    ),
    ListKind.SELF_GOVERNANCE: (
        PartInfo(Part.AUTONOMY, _("村社自己议自己办的"), groups=CLASSES, is_counted=False),
        PartInfo(Part.HELP, _("依法协助政府的"), lead=_("主管部门"), moved=_("责任→协助")),
        PartInfo(Part.REMOVED, _("不应延伸到村社的"), lead=_("退回到"), moved=_("责任→清退"), is_borne=False),
    ),
}
LINE_KINDS = tuple(PARTS)


def part_of(kind: str, part: str) -> PartInfo | None:
    """The part of a list; None when that list has no such part."""
    return next((info for info in PARTS.get(ListKind(kind), ()) if info.part == part), None)
