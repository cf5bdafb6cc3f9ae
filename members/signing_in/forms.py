"""Forms of signing in and of one's own password."""

from typing import Any

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy as _

from core.web.forms import CleanForm, DayField
from members.signing_in import profile

PASSWORD_LENGTH = 128
RULES = lazy(profile.rules, str)()


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=PASSWORD_LENGTH, widget=widget, help_text=help_text)


class LoginForm(CleanForm):
    username = forms.CharField(
        label=_("账号"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = _password(_("密码"), "current-password")


class CodeForm(CleanForm):
    """A code of the app on the phone, or a recovery code."""

    is_spent = False
    """Whether too many wrong ones were given to try another."""
    code = forms.CharField(
        label=_("六位验证码"),
        max_length=20,
        help_text=_("手机验证器上现在的六位数字；手机不在身边，填一个恢复码"),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
    )


class LeaveForm(CleanForm):
    """From which day to which, both included."""

    starts_on = DayField(label=_("从哪天"))
    ends_on = DayField(label=_("到哪天（含）"))


class PasswordForm(CleanForm):
    """A new password, typed twice, with the present one as proof; the rules are `accounts.set_password`'s."""

    current = _password(_("现在的密码"), "current-password")
    new = _password(_("新密码"), "new-password", RULES)
    again = _password(_("再输一遍新密码"), "new-password")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        new, again = data.get("new"), data.get("again")
        if new and again and new != again:
            self.add_error("again", _("两次输入的新密码不一样"))
        if new and new == data.get("current"):
            self.add_error("new", _("新密码不能和现在的密码相同"))
        return data
