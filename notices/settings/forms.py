"""Forms of the settings page: what, when, and where to."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from core.web.forms import CleanForm, CodeField, DaytimeField
from notices import county, kinds, reaching
from notices.extensions import personal_channels
from notices.models import Mode, Quiet, Reach
from notices.outgoing.channels import Channel


class SettingsForm(CleanForm):
    """A mode for each group on each personal channel, and the quiet hours."""

    quiet = forms.ChoiceField(label=_("免打扰时段"), choices=Quiet.choices, widget=forms.RadioSelect)
    quiet_from = DaytimeField(label=_("从"), required=False)
    quiet_until = DaytimeField(label=_("到"), required=False)

    def __init__(self, reach: Reach, data: Any = None) -> None:
        hours = reaching.quiet_hours(reach)
        initial: dict[str, Any] = {"quiet": reach.quiet}
        if hours is not None:
            initial |= {"quiet_from": hours[0], "quiet_until": hours[1]}
        super().__init__(data, initial=initial)
        for channel in personal_channels():
            for group in kinds.GROUPS.values():
                self.fields[_name(channel, group)] = forms.ChoiceField(
                    label=str(group.label),
                    choices=Mode.choices,
                    initial=reaching.mode_of(reach, channel.name, group),
                    widget=forms.RadioSelect,
                )

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The groups with their fields, one for each channel."""
        return [
            {
                "group": group,
                "fields": [(channel.label, self[_name(channel, group)]) for channel in personal_channels()],
            }
            for group in kinds.GROUPS.values()
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("quiet") == Quiet.OWN:
            for name in ("quiet_from", "quiet_until"):
                if name in data and data[name] is None:
                    self.add_error(name, _now("请填时间，例如 21:30"))
        return data

    def chosen(self) -> dict[str, Any]:
        """Arguments of `reaching.choose` for a valid form."""
        data = self.cleaned_data
        modes = {
            channel.name: {group.key: data[_name(channel, group)] for group in kinds.GROUPS.values()}
            for channel in personal_channels()
        }
        begin, end = data["quiet_from"], data["quiet_until"]
        hours: county.Hours | None = (begin, end) if begin is not None and end is not None else None
        return {"modes": modes, "quiet": data["quiet"], "hours": hours}


class EmailForm(CleanForm):
    email = forms.EmailField(
        label=_("邮箱"),
        max_length=120,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
        error_messages={"invalid": _("邮箱写得不对，例如 name@example.com")},
    )


class CodeForm(CleanForm):
    code = CodeField(
        label=_("验证码"),
        max_length=12,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


def _name(channel: Channel, group: kinds.Group) -> str:
    return f"{channel.name}_{group.key}"
