"""Password rules of our own, beside Django's."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.levels import Level
from grids.models import Area
from members.models import User
from members.signing_in import profile

LEAST_WORD = 4
PHONE_TAIL = 8


class CountyNameValidator:
    """Refuses passwords built on the county's or a township's name, or on the person's own name, account or phone."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        plain = re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", password.casefold())
        if any(word in plain for word in _place_words()):
            raise ValidationError(_("密码不能包含本县或乡镇的名称"), code="password_place")
        if user is None:
            return
        if any(word in plain for word in _telling({user.username, user.name, user.pinyin})):
            raise ValidationError(_("密码不能包含自己的姓名或账号"), code="password_name")
        if user.phone and user.phone[-PHONE_TAIL:] in plain:
            raise ValidationError(_("密码不能包含自己的手机号码"), code="password_phone")

    def get_help_text(self) -> str:
        return _("密码不能包含本县、乡镇的名称，也不能包含自己的姓名、账号或手机号码。")


class KindsValidator:
    """Asks for as many kinds of characters as the profile does (等保三级)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        if profile.kinds_in(password) < profile.current().kinds:
            text = _("密码要有大写、小写、数字、符号中的至少 %(n)d 种") % {"n": profile.current().kinds}
            raise ValidationError(text, code="password_kinds")

    def get_help_text(self) -> str:
        return profile.rules()


def _place_words() -> set[str]:
    """Names with and without their last character (开平市, 开平), in characters and in pinyin."""
    rows = Area.objects.filter(level__in=(Level.COUNTY, Level.TOWNSHIP)).values_list("name", "pinyin")
    words = {name for name, _sound in rows} | {name[:-1] for name, _sound in rows}
    for _name, sound in rows:
        syllables = sound.split()
        words |= {"".join(syllables), "".join(syllables[:-1])}
    return _telling(words)


def _telling(words: set[str]) -> set[str]:
    """Words long enough to give a password away."""
    return {word.casefold() for word in words if len(word) >= (LEAST_WORD if word.isascii() else 2)}
