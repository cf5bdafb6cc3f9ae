"""Forms of the way from a draft to its first day."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from core.web.forms import CleanForm, DayField, LongText
from duties.drafting.forms import RevisionForm
from members.models import Department

NOTE_MAX = 500


class SubmitForm(RevisionForm):
    note = LongText(
        3,
        label=_("修订说明"),
        max_length=NOTE_MAX,
        required=False,
        help_text=_("改了什么、为什么，审核的部门先看这一段"),
    )


class RoundForm(CleanForm):
    """For steps of a submitted version: which submission the person had seen."""

    round = forms.IntegerField(min_value=1, max_value=2**15 - 1, widget=forms.HiddenInput)


class PublishForm(RoundForm):
    starts_on = DayField(
        label=_("施行日"),
        help_text=_("不早于今天，从当日零时起施行；在办工单仍按派发时的版本"),
    )


class SignForm(RoundForm):
    """Agree or send back, for one of the departments one signs for."""

    department = forms.TypedChoiceField(label=_("代表"), coerce=int, widget=forms.RadioSelect)
    note = LongText(3, label=_("审核意见"), max_length=NOTE_MAX, required=False, help_text=_("退回必须写明理由"))

    def __init__(self, *args: Any, departments: list[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(d.pk, str(d)) for d in departments]
        if len(departments) == 1:
            field.widget = forms.HiddenInput()
            field.initial = departments[0].pk
