"""Forms of the system admin's pages. Rules live in the verbs; their refusals are shown beside the field."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core import outward, parked
from core.forms import CleanForm, IdempotentForm
from notices.kinds import GROUPS


class VoidForm(CleanForm):
    """Why a row stays undone for good, and whether all of its kind do."""

    reason = forms.CharField(
        label=_("原因"), max_length=parked.MAX_REASON, help_text=_("写进操作记录；不要写居民的姓名、电话、住址")
    )
    all = forms.BooleanField(label=_("同类的一起作废"), required=False)


class EndpointForm(CleanForm):
    """What may change of an endpoint."""

    name = forms.CharField(label=_("名称"), max_length=40, help_text=_("例如：县数据局共享平台"))
    groups = forms.MultipleChoiceField(
        label=_("接收哪些"),
        choices=[(group.key, group.label) for group in GROUPS.values()],
        widget=forms.CheckboxSelectMultiple,
    )


class NewEndpointForm(IdempotentForm, EndpointForm):
    """A new endpoint."""

    url = forms.CharField(
        label=_("地址"),
        max_length=outward.MAX_URL,
        help_text=_("https 开头的外网地址，以后不能改"),
        widget=forms.URLInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "url", "groups")
