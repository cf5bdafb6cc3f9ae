"""Forms of the area administration. Rules live in the writers; their refusals are shown beside the field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import CleanForm, IdempotentForm
from grids.levels import GridKind, Level, Purpose
from grids.models import Area
from grids.tree import MOST_HOUSEHOLDS, NAME_LENGTH
from places.models import Profile
from places.profiles import Changes, seen_of
from places.rules import Line

NO_PURPOSE = [("", _("不分类")), *Purpose.choices]


class ProfileForm(CleanForm):
    """The side form of one area; what its level does not have is left out."""

    seen = forms.IntegerField(widget=forms.HiddenInput)
    name = forms.CharField(label=_("名称"), max_length=NAME_LENGTH)
    kind = forms.ChoiceField(label=_("网格类型"), choices=GridKind.choices)
    purpose = forms.ChoiceField(label=_("专属类别"), choices=NO_PURPOSE, required=False)
    planned = forms.IntegerField(
        label=_("计划户数"),
        min_value=0,
        max_value=MOST_HOUSEHOLDS,
        help_text=_("户籍还没有逐户登记时按它计"),
    )
    one_shoulder = forms.BooleanField(label=_("网格党支部书记与网格长一肩挑"), required=False)
    is_hard = forms.BooleanField(label=_("难点网格，由书记包联"), required=False)
    building_heads = forms.IntegerField(label=_("党员楼长（名）"), min_value=0, max_value=999)
    community_workers = forms.IntegerField(label=_("社区工作者（名）"), min_value=0, max_value=999)

    def __init__(self, area: Area, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=_initial(area), **kwargs)
        for line in Line:
            field = forms.CharField(label=_("%(line)s编码") % {"line": line.label}, max_length=30, required=False)
            self.fields[line.value] = field
        for name in _absent(area):
            del self.fields[name]

    @property
    def changes(self) -> Changes:
        """What a valid form says."""
        data = self.cleaned_data
        return Changes(
            name=data["name"],
            kind=data.get("kind"),
            purpose=data.get("purpose", "") if data.get("kind") == GridKind.SPECIAL else "",
            planned=data.get("planned"),
            one_shoulder=data.get("one_shoulder", False),
            is_hard=data.get("is_hard", False),
            building_heads=data.get("building_heads", 0),
            community_workers=data.get("community_workers", 0),
            lines={line.value: data[line.value] for line in Line if line.value in data},
        )


def _initial(area: Area) -> dict[str, Any]:
    profile = Profile.objects.filter(area=area).first() or Profile(area=area)
    return {
        "seen": seen_of(area),
        "name": area.name,
        "kind": area.kind,
        "purpose": area.purpose,
        "planned": area.planned_households,
        "one_shoulder": profile.one_shoulder,
        "is_hard": profile.is_hard,
        "building_heads": profile.building_heads,
        "community_workers": profile.community_workers,
        **dict(area.line_codes.values_list("line", "code")),
    }


def _absent(area: Area) -> list[str]:
    """The fields that this level does not have."""
    of_grids = ["kind", "purpose", "planned", "one_shoulder", *Line.values]
    absent = [] if area.level == Level.GRID else of_grids
    if area.level not in (Level.GRID, Level.MICROGRID):
        absent = [*absent, "is_hard"]
    if area.level not in (Level.GRID, Level.BUILDING):
        absent = [*absent, "building_heads"]
    return absent if area.level == Level.VILLAGE else [*absent, "community_workers"]


class PressForm(IdempotentForm):
    """A button and nothing else."""
