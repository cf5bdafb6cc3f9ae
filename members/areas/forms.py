"""Forms of the area and household pages. Rules live in the verbs; their refusals are shown beside the field."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.web.forms import CleanForm, CodeField, IdempotentForm
from grids.levels import GRID_LEVELS, PARENTS, GridKind, Level
from grids.models import Area
from grids.tree import NAME_LENGTH, AreaRefused, next_grid_code


def show_refusal(form: forms.Form, refusal: DomainError) -> None:
    """Put a verb's refusal beside the field it names, or above the form."""
    field = getattr(refusal, "field", "")
    form.add_error(field if field in form.fields else None, refusal.message)


class AddForm(IdempotentForm):
    """A new area directly below `parent`."""

    level = forms.ChoiceField(label=_("层级"))
    name = forms.CharField(label=_("名称"), max_length=NAME_LENGTH)
    code = CodeField(label=_("代码"), max_length=15)
    kind = forms.ChoiceField(label=_("网格类型"), choices=GridKind.choices, required=False)

    def __init__(self, parent: Area, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        levels = [level for level in Level if parent.level in PARENTS[level]]
        level_field, kind = self.fields["level"], self.fields["kind"]
        if isinstance(level_field, forms.ChoiceField):
            level_field.choices = [(level.value, level.label) for level in levels]
        is_grid = any(level in GRID_LEVELS for level in levels)
        self.fields["code"].help_text = (
            _("15 位：村社 12 位代码加 3 位序号，已填好下一个") if is_grid else _("12 位统计用区划代码")
        )
        if Level.GRID in levels:
            kind.help_text = _("机关、学校、医院、企业、园区、商圈等单独设格的选专属网格")
        else:
            del self.fields["kind"]
        if is_grid:
            self.initial.setdefault("code", _next_code(parent))


def _next_code(parent: Area) -> str:
    try:
        return next_grid_code(parent)
    except AreaRefused:
        return ""


class RenameForm(CleanForm):
    name = forms.CharField(label=_("新名称"), max_length=NAME_LENGTH)


class RetireForm(CleanForm):
    """Which areas beside it took over; may stay empty."""

    successors = forms.ModelMultipleChoiceField(
        Area.objects.none(), label=_("由谁接续"), required=False, widget=forms.CheckboxSelectMultiple
    )
    sure = forms.BooleanField(label=_("我确认停用；停用后代码不再使用，不能恢复"))

    def __init__(self, area: Area, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beside = Area.objects.in_use().filter(parent_id=area.parent_id, level=area.level).exclude(pk=area.pk)
        field = self.fields["successors"]
        if isinstance(field, forms.ModelMultipleChoiceField):
            field.queryset = beside.order_by("code")
        field.help_text = _("拆分或合并时勾选，以后能查到沿革")
        if not beside.exists():
            del self.fields["successors"]
