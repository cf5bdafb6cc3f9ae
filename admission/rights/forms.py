"""The forms of the five rights: a use, what came of it, the review of a half-year."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from admission.models import RightReview
from admission.rights.actions import Used
from admission.workflow.rules import Kept, Outcome, Right
from core import clock
from core.web.forms import DayField, IdempotentForm, LongText, guard
from issues.stepping.fields import DepartmentField
from members.models import Department


class UseForm(IdempotentForm):
    """One use of one of the five rights."""

    right = forms.ChoiceField(label=gettext_lazy("哪项权利"), choices=Right.choices, widget=forms.RadioSelect)
    used_on = DayField(label=gettext_lazy("日期"), initial=clock.today)
    what = LongText(4, label=gettext_lazy("行使情况"), max_length=1000, help_text=gettext_lazy("提了什么，谁提的"))
    outcome = forms.ChoiceField(label=gettext_lazy("结果"), choices=Outcome.choices, initial=Outcome.OPEN)
    outcome_note = forms.CharField(label=gettext_lazy("结果说明"), max_length=300, required=False)

    def __init__(self, departments: Sequence[Department], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"] = DepartmentField(departments, label=_("涉及哪个部门"))
        guard(self.fields["department"])
        self.order_fields(["right", "used_on", "department", "what", "outcome", "outcome_note"])

    @property
    def used(self) -> Used:
        data = self.cleaned_data
        same = ("used_on", "department", "what", "outcome_note")
        return Used(right=Right(data["right"]), outcome=Outcome(data["outcome"]), **{n: data[n] for n in same})


class OutcomeForm(IdempotentForm):
    outcome = forms.ChoiceField(label=gettext_lazy("结果"), choices=Outcome.choices, widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("结果说明"), max_length=300, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=2**31 - 1)


class ReviewForm(IdempotentForm):
    """What the county found of each right in one half-year."""

    summary = LongText(4, label=gettext_lazy("总体情况和整改要求"))
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0, min_value=0, max_value=2**31 - 1)

    def __init__(self, known: RightReview | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for right in Right:
            made: dict[str, forms.Field] = {
                f"kept_{right.value}": forms.ChoiceField(
                    label=right.label, choices=Kept.choices, widget=forms.RadioSelect
                ),
                f"note_{right.value}": forms.CharField(label=_("情况"), max_length=300, required=False),
            }
            for name, field in made.items():
                guard(field)
                self.fields[name] = field
        if known is not None:
            self.initial.update({"summary": known.summary, "version": known.version})
            for key, one in known.found.items():
                self.initial.update({f"kept_{key}": one["kept"], f"note_{key}": one["note"]})

    @property
    def pairs(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [(self[f"kept_{right.value}"], self[f"note_{right.value}"]) for right in Right]

    @property
    def found(self) -> dict[str, dict[str, str]]:
        data = self.cleaned_data
        return {
            right.value: {"kept": data[f"kept_{right.value}"], "note": data[f"note_{right.value}"]} for right in Right
        }
