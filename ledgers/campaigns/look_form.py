"""The form of one look at a target: three big choices, what was not in order, a word, photos."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.web.forms import IdempotentForm, LongText, PicturesField, offer
from ledgers.models import Campaign
from ledgers.workflow.campaign import LOOK_TABLE, Result

REMARK_MAX = 300


class LookForm(IdempotentForm):
    """正常, 发现问题 or 没人; only what may be written now is offered."""

    result = forms.ChoiceField(label=gettext_lazy("看的结果"), widget=forms.RadioSelect)
    marks = forms.MultipleChoiceField(
        label=gettext_lazy("哪几条有问题"), required=False, widget=forms.CheckboxSelectMultiple
    )
    photos = PicturesField(
        label=gettext_lazy("照片"), required=False, may_follow=True, help_text=gettext_lazy("发现问题时拍，最多 9 张")
    )
    remark = LongText(
        2,
        label=gettext_lazy("说明"),
        required=False,
        max_length=REMARK_MAX,
        placeholder=gettext_lazy("例：厨房插座发黑，已提醒先停用"),
    )

    def __init__(self, campaign: Campaign, offered: Sequence[str], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        result, marks = self.fields["result"], self.fields["marks"]
        steps = LOOK_TABLE.by_name
        offer(result, [(name, steps[name].label) for name in steps if name in offered])
        offer(marks, [(question, question) for question in campaign.questions])

    @property
    def icons(self) -> dict[str, str]:
        return {step.name: step.icon for step in LOOK_TABLE.steps}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_empty = not data.get("marks") and not data.get("remark")
        if data.get("result") == Result.FOUND and is_empty and not {"marks", "remark"} & self.errors.keys():
            self.add_error("remark", _("发现了什么，请勾一条或写一句"))
        if data.get("photos") and data.get("result") not in (Result.FOUND, None):
            self.add_error("photos", _("没有问题不用拍照"))
        return data

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data["result"])

    @property
    def contents(self) -> dict[str, Any]:
        """What `campaigns.look` takes."""
        data = self.cleaned_data
        return {"remark": data["remark"], "marks": data["marks"], "pictures": data["photos"]}
