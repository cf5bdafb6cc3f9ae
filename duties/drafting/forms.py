"""Forms of single lines, one for each shape of list. They phrase kindly; what may be stored says the shape."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from core.days.calendar import Limit
from core.web.forms import CleanForm, CodeField, LongText
from duties.models import FirstLevel, ListVersion
from duties.shapes import Known, shape_of
from duties.shapes.base import ENTRY_CODE
from duties.shapes.items import BETWEEN_ALIASES
from duties.shapes.limits import problem
from duties.shapes.line_diff import Plain
from duties.shapes.lines import LineShape
from duties.shapes.parts import PARTS

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


WRITE_LIMITS = _("写成“3 个工作日”“4 个工时”“24 小时”“30 分钟”这样")


def notation_of(text: str) -> str:
    """A limit as people say it, in its notation; what is no limit stays as it is."""
    said = SAID_LIMIT.match(text.strip())
    return f"{said.group(1)}{UNITS.get(said.group(2), said.group(2))}" if said else text.strip()


class LimitField(forms.CharField):
    """A limit as people say it ("3 个工作日") or in its notation; cleans to the notation."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=20, required=False, **kwargs)

    def clean(self, value: Any) -> str:
        notation = notation_of(str(super().clean(value)))
        if notation and problem(notation):
            raise ValidationError(WRITE_LIMITS, code="limit")
        return notation

    def prepare_value(self, value: Any) -> Any:
        return Limit.parse(value).label if isinstance(value, str) and value and not problem(value) else value


class EntryForm(CleanForm):
    """One line of a draft; choices are codes, as in a plain. `code` is there for a new line only."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
    code = CodeField(
        label=_("编号"),
        max_length=8,
        help_text=_("类别字母加序号，用过的不再用"),
        widget=forms.TextInput({"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, version: ListVersion, known: Known, is_new: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.version, self.known, self.is_new = version, known, is_new
        self.order_fields(["revision", "code"])
        if not is_new:
            del self.fields["code"]
        named = [(code, f"{d}{_('（已停用）') if d.retired_at else ''}") for code, d in known.departments.items()]
        self._choose("lead", [("", _("请选择")), *named])
        self._choose("assisting", named)

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).upper()
        if not ENTRY_CODE.match(code):
            raise ValidationError(_("编号须为大写字母加两三位数字，如 C02"))
        return code

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            for name, message in shape_of(self.version).refusals(self.content(), self.known).items():
                self.add_error(name, message)
        return self.cleaned_data

    def content(self) -> Plain:
        """What was typed, as `duties.drafting.editing` takes it. Only when every field is clean."""
        raise NotImplementedError

    @classmethod
    def initial_of(cls, plain: Plain, revision: int) -> dict[str, Any]:
        """What the form shows of a line."""
        return plain | {"revision": revision}


class ItemForm(EntryForm):
    name = forms.CharField(label=_("事项"), max_length=60)
    aliases = forms.CharField(
        label=_("群众叫法"), max_length=200, required=False, help_text=_("搜索和点单页用，顿号隔开")
    )
    category = forms.ChoiceField(label=_("类别"), widget=forms.Select)
    lead = forms.ChoiceField(label=_("牵头部门"), widget=forms.Select)
    assisting = forms.MultipleChoiceField(label=_("配合部门"), required=False, widget=forms.CheckboxSelectMultiple)
    enforcement_body = forms.CharField(
        label=_("执法主体"),
        max_length=60,
        help_text=_("不涉及处罚的填“不涉及”"),
        error_messages={"required": _("请填写，不涉及处罚的填“不涉及”")},
    )
    grade = forms.ChoiceField(label=_("级别"), widget=forms.RadioSelect)
    first_level = forms.ChoiceField(label=_("首办层级"), choices=FirstLevel.choices, widget=forms.RadioSelect)
    resolve = LimitField(label=_("办结时限"))
    respond = LimitField(label=_("首次响应时限"))
    closing_standard = LongText(2, label=_("结案标准"), max_length=200)
    basis = LongText(2, label=_("依据与办理口径"), max_length=500, required=False)
    needs_photo = forms.BooleanField(label=_("办结须附照片"), required=False)
    is_sensitive = forms.BooleanField(label=_("涉敏感信息"), required=False)
    is_common = forms.BooleanField(label=_("网格员常用图块"), required=False)
    is_resident_tile = forms.BooleanField(label=_("群众点单页图块"), required=False)
    icon = forms.ChoiceField(label=_("图标"), choices=list(ICONS.items()), required=False, widget=forms.Select)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._choose("category", [(code, str(c)) for code, c in self.known.categories.items()])
        self._choose("grade", [(code, g.name) for code, g in self.known.grades.items()])

    def clean_aliases(self) -> list[str]:
        return list(dict.fromkeys(a for a in BETWEEN_ALIASES.split(self.cleaned_data["aliases"]) if a))

    def clean_enforcement_body(self) -> str:
        text = str(self.cleaned_data["enforcement_body"])
        return "" if text == NOT_CONCERNED else text

    def content(self) -> Plain:
        data = self.cleaned_data
        plain: Plain = {name: data[name] for name in shape_of(self.version).fields}
        return plain | {"assisting": sorted(data["assisting"])}

    @classmethod
    def initial_of(cls, plain: Plain, revision: int) -> dict[str, Any]:
        shown = super().initial_of(plain, revision)
        shown["aliases"] = "、".join(plain["aliases"])
        shown["enforcement_body"] = plain["enforcement_body"] or NOT_CONCERNED
        return shown


class LineForm(EntryForm):
    name = forms.CharField(label=_("事项"), max_length=60)
    part = forms.ChoiceField(label=_("部分"), widget=forms.RadioSelect)
    group = forms.ChoiceField(label=_("类别"), required=False, widget=forms.Select)
    lead = forms.ChoiceField(label=_("县级部门"), required=False, widget=forms.Select)
    share = forms.CharField(
        label=_("乡镇配合什么"), max_length=100, required=False, help_text=_("配合履职的才填，如“线索上报与现场配合”")
    )
    closes_at_village = forms.BooleanField(label=_("小事，可在村社办结"), required=False)
    borne_before = forms.BooleanField(label=_("梳理前由本级承担，计入减负率"), required=False)
    basis = LongText(2, label=_("依据与口径"), max_length=500, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        shape = shape_of(self.version)
        for name in ("share", "closes_at_village"):
            if name not in shape.fields:
                del self.fields[name]
        parts = PARTS[shape.kind]
        groups = dict.fromkeys(group for info in parts for group in info.groups)
        self._choose("part", [(info.part.value, info.part.label) for info in parts])
        self._choose("group", [("", _("无")), *((group, group) for group in groups)])
        self._choose("lead", [("", _("无")), *self.fields["lead"].choices[1:]])  # type: ignore[attr-defined]  # a choice

    def content(self) -> Plain:
        empty: Plain = {"share": "", "closes_at_village": False}
        return empty | {name: self.cleaned_data[name] for name in shape_of(self.version).fields}


def form_of(version: ListVersion) -> type[EntryForm]:
    return LineForm if isinstance(shape_of(version), LineShape) else ItemForm


class RevisionForm(CleanForm):
    """For one-button steps: what the person had seen."""

    revision = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)
