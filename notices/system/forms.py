"""Forms of the system admin's pages. Rules live in the verbs; their refusals are shown beside the field."""

from datetime import time
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.jobs import parked
from core.web import safe_http
from core.web.forms import CleanForm, DaytimeField, IdempotentForm
from notices.county import Times
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
        max_length=safe_http.MAX_URL,
        help_text=_("https 开头的外网地址，以后不能改"),
        widget=forms.URLInput({"autocomplete": "off", "spellcheck": "false"}),
    )
    field_order = ("name", "url", "groups")


class TimesForm(CleanForm):
    """The county's quiet hours and digest times; `seen` is the version that the page showed."""

    quiet_from = DaytimeField(label=_("免打扰从"), required=False, help_text=_("从、到都留空就是不设"))
    quiet_until = DaytimeField(label=_("免打扰到"), required=False, help_text=_("可以跨过半夜"))
    first_digest = DaytimeField(label=_("第一次汇总"), help_text=_("工作日发"))
    second_digest = DaytimeField(label=_("第二次汇总"), required=False, help_text=_("留空就每天一次"))
    seen = forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self._pair(data, "quiet_from", "quiet_until", _now("免打扰要填起、止两个时间，或都留空"))
        if data.get("quiet_from") and data["quiet_from"] == data.get("quiet_until"):
            self.add_error("quiet_until", _now("和开始时间相同，就没有免打扰了；不设请都留空"))
        first, second = data.get("first_digest"), data.get("second_digest")
        if first is not None and second is not None and second <= first:
            self.add_error("second_digest", _now("要晚于第一次汇总"))
        return data

    def _pair(self, data: dict[str, Any], one: str, other: str, text: str) -> None:
        """Both or neither; what could not be read has its own error."""
        for name, partner in ((one, other), (other, one)):
            if name in data and data[name] is None and data.get(partner) is not None:
                self.add_error(name, text)

    def look_again(self, seen: int) -> None:
        """Keep what was typed, to be sent once more by who has seen the version `seen`."""
        self.data = {name: self.data.get(name, "") for name in self.fields} | {"seen": str(seen)}

    def times(self) -> Times:
        """What a valid form says."""
        data: dict[str, time | None] = self.cleaned_data
        begin, end = data["quiet_from"], data["quiet_until"]
        digests = (data["first_digest"], data["second_digest"])
        quiet = (begin, end) if begin is not None and end is not None else None
        return Times(quiet, tuple(at for at in digests if at is not None))
