"""Password rules of our own, beside Django's."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.levels import Level
from grids.models import Area
from members.models import User

LEAST_WORD = 4


class CountyNameValidator:
    """Refuses passwords built on the county's or a township's name, or on the person's own phone."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises ValidationError."""
        plain = re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", password.casefold())
        if any(word in plain for word in self._place_words()):
            raise ValidationError(_("密码不能包含本县或乡镇的名称"), code="password_place")
        if user is not None and user.phone and user.phone[-8:] in plain:
            raise ValidationError(_("密码不能包含自己的手机号码"), code="password_phone")

    def get_help_text(self) -> str:
        return _("密码不能包含本县、乡镇的名称或自己的手机号码。")

    def _place_words(self) -> set[str]:
        rows = Area.objects.filter(level__in=(Level.COUNTY, Level.TOWNSHIP)).values_list("name", "pinyin")
        words = {name for name, _pinyin in rows} | {name[:-1] for name, _pinyin in rows}
        words |= {sound.replace(" ", "") for _name, sound in rows}
        return {word.casefold() for word in words if len(word) >= (2 if not word.isascii() else LEAST_WORD)}
