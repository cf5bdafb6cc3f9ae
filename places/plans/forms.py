"""Forms of plans: beginning one, its parts, and which households go to a part."""

import json
import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.web.forms import CleanForm, IdempotentForm, LongText
from grids.levels import GRID_LEVELS
from grids.models import Area
from grids.tree import NAME_LENGTH
from places.maps import shapes
from places.models import Plan, PlanTarget
from places.plans import sorting
from places.rules import MOST_LISTED, MOST_PARTS, MOST_POINTS, SHAPES, How, Parity, PlanKind

CODE = re.compile(r"\d{19}", re.ASCII)
PAIR = re.compile(r"(-?\d{1,3}(?:\.\d+)?)\s*[,，\s]\s*(-?\d{1,2}(?:\.\d+)?)")
ASKED: dict[str, str] = {How.GROUPS: "groups", How.LISTED: "codes", How.OUTLINE: "outline"}
"""The field that a way of choosing cannot do without."""
LABELS = {
    PlanKind.MERGE: _("把哪些网格并进来"),
    PlanKind.REGROUP: _("和哪些网格一起重组"),
}


class NewPlanForm(IdempotentForm):
    """A plan that starts from one grid; what else it asks hangs on the kind."""

    others = forms.ModelMultipleChoiceField(Area.objects.none(), label=_("网格"), widget=forms.CheckboxSelectMultiple)
    into = forms.ModelChoiceField(Area.objects.none(), label=_("划到哪个网格"), empty_label=_("请选择"))
    parts = forms.IntegerField(
        label=_("分成几个"),
        min_value=1,
        max_value=MOST_PARTS,
        help_text=_("先按组自动均分，之后可以逐条改"),
    )
    reason = forms.CharField(label=_("调整原因"), max_length=200, required=False)

    def __init__(self, kind: str, area: Area, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shape = SHAPES[PlanKind(kind)]
        if shape.most_sources > 1:
            beside = Area.objects.in_use().filter(parent_id=area.parent_id, level=area.level).exclude(pk=area.pk)
            _offer(self.fields["others"], beside.order_by("code"), LABELS[PlanKind(kind)])
        else:
            del self.fields["others"]
        if kind == PlanKind.TRANSFER:
            near = Area.objects.in_use().filter(code__startswith=area.code[:12], level__in=GRID_LEVELS)
            _offer(self.fields["into"], near.exclude(pk=area.pk).order_by("code"))
        else:
            del self.fields["into"]
        if shape.makes_new:
            self.fields["parts"].initial = max(2, shape.fewest_targets)
        else:
            del self.fields["parts"]


def _offer(field: forms.Field, rows: Any, label: Any = None) -> None:
    if isinstance(field, forms.ModelChoiceField):
        field.queryset = rows
    if label is not None:
        field.label = label


class SuggestForm(CleanForm):
    parts = forms.IntegerField(label=_("分成几个"), min_value=1, max_value=MOST_PARTS)


class PartForm(CleanForm):
    """One more grid that receives: by a new name or, in a regrouping, one of the sources that stays."""

    name = forms.CharField(label=_("新网格名称"), max_length=NAME_LENGTH, required=False)
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("或保留一个原网格"), required=False, empty_label=_("不保留")
    )

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if plan.kind == PlanKind.REGROUP:
            _offer(self.fields["area"], Area.objects.filter(pk__in=plan.sources.values("area")).order_by("code"))
        else:
            del self.fields["area"]
            self.fields["name"].required = True


class ChoiceForm(CleanForm):
    """Which households go to a part; what is asked hangs on how they are chosen."""

    target = forms.ModelChoiceField(PlanTarget.objects.none(), label=_("分给"), empty_label=None)
    source = forms.ModelChoiceField(Area.objects.none(), label=_("从哪个网格"), required=False, empty_label=_("全部"))
    how = forms.ChoiceField(label=_("怎么选"), choices=How.choices, widget=forms.RadioSelect, initial=How.GROUPS)
    groups = forms.MultipleChoiceField(label=_("组"), required=False, widget=forms.CheckboxSelectMultiple)
    group = forms.ChoiceField(label=_("门牌段在哪个组、哪条路"), required=False)
    first = forms.IntegerField(label=_("从几号"), required=False, min_value=0, max_value=999_999)
    last = forms.IntegerField(label=_("到几号"), required=False, min_value=0, max_value=999_999)
    parity = forms.ChoiceField(label=_("单双号"), choices=Parity.choices, required=False)
    codes = LongText(
        4,
        label=_("户编码名单"),
        required=False,
        max_length=MOST_LISTED * 24,
        help_text=_("19 位户编码，一行一个，可从表格粘贴"),
    )
    outline = forms.CharField(
        label=_("圈画的范围"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea({"rows": 4, "data-draws": "outline"}),
        help_text=_("在下面的图上点出范围；也可粘贴“经度,纬度”（WGS-84）一行一个，或 GeoJSON 面"),
    )

    def __init__(self, plan: Plan, groups: Sequence[tuple[str, int]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sources = Area.objects.filter(pk__in=plan.sources.values("area")).order_by("code")
        _offer(self.fields["target"], plan.targets.select_related("area").order_by("pk"))
        _offer(self.fields["source"], sources)
        if plan.sources.count() < 2:
            del self.fields["source"]
        many, one = self.fields["groups"], self.fields["group"]
        if isinstance(many, forms.MultipleChoiceField) and isinstance(one, forms.ChoiceField):
            many.choices = [
                (name, _now("%(name)s（%(n)d 户）") % {"name": name or _now("没有写组的"), "n": n})
                for name, n in groups
            ]
            one.choices = [("", _now("不限")), *((name, name) for name, _n in groups if name)]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        how = data.get("how")
        asked = ASKED.get(how or "")
        if asked and not data.get(asked) and asked not in self.errors:
            self.add_error(asked, _("请填写此项"))
        if how == How.RANGE:
            for name in ("first", "last"):
                if data.get(name) is None and name not in self.errors:
                    self.add_error(name, _("请填写此项"))
            if not self.errors and data["first"] > data["last"]:
                self.add_error("last", _("不能小于起号"))
        if not self.errors:
            data["value"] = self._value(str(how), data)
        return data

    def _value(self, how: str, data: dict[str, Any]) -> dict[str, Any]:
        if how == How.GROUPS:
            return {"groups": data["groups"]}
        if how == How.RANGE:
            return {name: data[name] for name in ("group", "first", "last", "parity")}
        if how == How.LISTED:
            return {"codes": self._codes(data["codes"])}
        return {"outline": self._outline(data["outline"])} if how == How.OUTLINE else {}

    def _codes(self, text: str) -> list[str]:
        codes = list(dict.fromkeys(CODE.findall(text)))
        if not codes:
            self.add_error("codes", _("没有找到 19 位的户编码"))
        return codes

    def _outline(self, text: str) -> list[list[float]]:
        try:
            points = vertices(text)
            shapes.drawn(points)
        except ValueError as error:
            self.add_error("outline", str(error))
            return []
        return points


def vertices(text: str) -> list[list[float]]:
    """The corners of an outline: pairs of longitude and latitude, or a GeoJSON polygon. Raises ValueError."""
    if text.lstrip().startswith("{"):
        try:
            shape = json.loads(text)
            found = [[float(x), float(y)] for x, y, *_rest in shape.get("geometry", shape)["coordinates"][0]]
        except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
            raise ValueError(_now("不是 GeoJSON 面")) from error
    else:
        found = [[float(x), float(y)] for x, y in PAIR.findall(text)]
    if not 3 <= len(found) <= MOST_POINTS:
        raise ValueError(_now("要有 3 到 %(n)d 个点") % {"n": MOST_POINTS})
    return found


class ApplyForm(IdempotentForm):
    """Carrying out what was previewed."""

    fingerprint = forms.CharField(widget=forms.HiddenInput, max_length=40)
    sure = forms.BooleanField(label=_("我已看过预览，确认实施"))


class UndoForm(IdempotentForm):
    sure = forms.BooleanField(label=_("我确认撤销；户、岗位和工单回到原来的网格"))


def groups_for(plan: Plan) -> list[tuple[str, int]]:
    return sorting.groups_of(source.area for source in plan.sources.select_related("area").order_by("area__code"))
