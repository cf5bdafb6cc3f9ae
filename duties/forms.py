"""Forms of the list pages. They phrase kindly; the rules are in duties.editing and the database."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.calendar import Limit
from core.forms import CleanForm
from duties.catalogue import ALIAS_MAX, ITEM_CODE
from duties.dispatching import REASON_LENGTH
from duties.editing import ItemContent
from duties.limits import problem
from duties.models import DutyItem, FirstLevel, ListVersion
from members.models import Department

ALIASES_MAX = 8
BETWEEN_ALIASES = re.compile(r"[、,，;；\s]+")
SAID_LIMIT = re.compile(r"([1-9]\d{0,3})\s*个?\s*(分钟|分|小时|工时|工作时|工作日|天|日|m|h|wh|wd|d)\Z", re.ASCII)
UNITS = {"分钟": "m", "分": "m", "小时": "h", "工时": "wh", "工作时": "wh", "工作日": "wd", "天": "d", "日": "d"}
NOT_CONCERNED = "不涉及"
ICONS = {
    "": _("不用图标"),
    "drain": _("排水"),
    "trash": _("垃圾"),
    "lampp": _("路灯"),
    "road": _("道路"),
    "talk": _("对话"),
    "fire": _("火"),
    "build": _("房屋"),
    "warn": _("警示"),
    "users": _("人群"),
    "user": _("一人"),
    "home": _("住家"),
    "visit": _("走访"),
    "phone": _("电话"),
    "doc": _("文书"),
    "gear": _("机器"),
    "edit": _("涂写"),
    "bell": _("声响"),
    "lock": _("保密"),
    "star": _("荣誉"),
}


class LimitField(forms.CharField):
    """A limit as people say it ("3 个工作日") or in its notation; cleans to the notation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        text = str(super().clean(value)).strip()
        if not text:
            return ""
        said = SAID_LIMIT.match(text)
        notation = f"{said.group(1)}{UNITS.get(said.group(2), said.group(2))}" if said else text
        if problem(notation):
            raise ValidationError(_("写成“3 个工作日”“4 个工时”“24 小时”“30 分钟”这样"), code="limit")
        return notation

    def prepare_value(self, value: Any) -> Any:
        return Limit.parse(value).label if isinstance(value, str) and value and not problem(value) else value


def _box(**attrs: str) -> forms.TextInput:
    return forms.TextInput(attrs={**attrs})


class ItemForm(CleanForm):
    """One item of a draft."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    name = forms.CharField(label=_("事项"), max_length=60)
    aliases = forms.CharField(
        label=_("群众叫法"), max_length=200, required=False, help_text=_("搜索和点单页用，顿号隔开")
    )
    category = forms.ChoiceField(label=_("类别"), widget=forms.Select)
    lead = forms.ChoiceField(label=_("牵头部门"), widget=forms.Select)
    assisting = forms.MultipleChoiceField(label=_("配合部门"), required=False, widget=forms.CheckboxSelectMultiple)
    enforcement_body = forms.CharField(
        label=_("执法主体"), max_length=60, required=False, help_text=_("不涉及处罚的填“不涉及”")
    )
    grade = forms.ChoiceField(label=_("级别"), widget=forms.RadioSelect)
    first_level = forms.ChoiceField(label=_("首办层级"), choices=FirstLevel.choices, widget=forms.RadioSelect)
    resolve = LimitField(label=_("办结时限"))
    respond = LimitField(label=_("首次响应时限"))
    closing_standard = forms.CharField(label=_("结案标准"), max_length=200, widget=forms.Textarea(attrs={"rows": 2}))
    basis = forms.CharField(
        label=_("依据与办理口径"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    needs_photo = forms.BooleanField(label=_("办结须附照片"), required=False)
    is_sensitive = forms.BooleanField(label=_("涉敏感信息"), required=False)
    is_common = forms.BooleanField(label=_("网格员常用图块"), required=False)
    is_resident_tile = forms.BooleanField(label=_("群众点单页图块"), required=False)
    icon = forms.ChoiceField(label=_("图标"), choices=list(ICONS.items()), required=False, widget=forms.Select)

    def __init__(self, *args: Any, version: ListVersion, departments: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.categories = {str(c.pk): c for c in version.categories.all()}
        self.grades = {str(g.pk): g for g in version.grades.order_by("pk")}
        self.departments = {str(d.pk): d for d in departments}
        named = [(key, f"{d}{_('（已停用）') if d.retired_at else ''}") for key, d in self.departments.items()]
        self._choose("category", [(key, str(c)) for key, c in self.categories.items()])
        self._choose("grade", [(key, g.name) for key, g in self.grades.items()])
        self._choose("lead", [("", _("请选择")), *named])
        self._choose("assisting", named)

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_aliases(self) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(a for a in BETWEEN_ALIASES.split(self.cleaned_data["aliases"]) if a))
        if len(found) > ALIASES_MAX or any(len(alias) > ALIAS_MAX for alias in found):
            words = {"n": ALIASES_MAX, "most": ALIAS_MAX}
            raise ValidationError(_("最多 %(n)d 个叫法，每个不超过 %(most)d 个字"), params=words)
        return found

    def clean_enforcement_body(self) -> str:
        text = str(self.cleaned_data["enforcement_body"])
        return "" if text == NOT_CONCERNED else text

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("lead") and data["lead"] in data.get("assisting", ()):
            self.add_error("assisting", _("牵头部门不能同时是配合部门"))
        if data.get("is_sensitive") and data.get("is_resident_tile"):
            self.add_error("is_resident_tile", _("涉敏感信息的事项不能放在群众点单页"))
        return data

    def content(self) -> ItemContent:
        """What was typed, as `duties.editing` takes it. Only for a valid form."""
        data = self.cleaned_data
        plain = {name: data[name] for name in ItemContent.__dataclass_fields__ if name in data}
        return ItemContent(
            **{
                **plain,
                "category": self.categories[data["category"]],
                "grade": self.grades[data["grade"]],
                "lead": self.departments[data["lead"]],
                "assisting": tuple(self.departments[key] for key in data["assisting"]),
            }
        )


class NewItemForm(ItemForm):
    code = forms.CharField(label=_("编号"), max_length=8, help_text=_("类别字母加两三位数字，如 C09"))
    field_order = ("code",)

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).upper()
        if not ITEM_CODE.match(code):
            raise ValidationError(_("编号须为大写字母加两三位数字，如 C09"))
        return code


def initial_of(item: DutyItem) -> dict[str, Any]:
    """The values an item form starts with."""
    plain = ("name", "first_level", "resolve", "respond", "closing_standard", "basis", "needs_photo")
    more = ("is_sensitive", "is_common", "is_resident_tile", "icon", "revision")
    return {
        **{name: getattr(item, name) for name in (*plain, *more)},
        "aliases": "、".join(item.aliases),
        "category": str(item.category_id),
        "grade": str(item.grade_id),
        "lead": str(item.lead_id),
        "assisting": [str(d.pk) for d in item.assisting.all()],
        "enforcement_body": item.enforcement_body or NOT_CONCERNED,
    }


class RevisionForm(CleanForm):
    """For one-button steps: what the person had seen."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)


class EndRuleForm(CleanForm):
    reason = forms.CharField(
        label=_("废止原因"),
        help_text=_("写清为什么不再这样派，如职责已划转"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PublishForm(RevisionForm):
    starts_on = forms.DateField(
        label=_("施行日"),
        help_text=_("不早于今天；在办工单仍按派发时的版本"),
        error_messages={"invalid": _("日期写成 2026-12-01 这样")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=_("修订说明"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
