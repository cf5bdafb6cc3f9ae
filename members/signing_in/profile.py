"""What an installation asks of passwords, sessions and second factors, as one named profile (SECURITY_PROFILE).

`dengbao3` is what is read out of GB/T 22239-2019, 8.1.4.1 (third grade: complex passwords that are renewed, limits of
sessions, two factors); `asvs2` is OWASP ASVS 5.0 level 2, whose 6.2.5 and 6.2.10 want neither; `trial` is for demos.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock
from core.text import Text
from members.models import User
from members.roles import Role

SHORTEST = 10
"""Characters of a password under every profile (`AUTH_PASSWORD_VALIDATORS`)."""
ASKED: frozenset[str] = frozenset({Role.SYSTEM_ADMIN, Role.LIST_ADMIN})
"""Whose every sign-in needs a second factor; who takes files away needs one before the first of them."""


@dataclass(frozen=True)
class Profile:
    label: Text
    kinds: int
    """Of the four kinds of characters (capitals, small letters, digits, signs), how many a password mixes."""
    lives: timedelta | None
    """How long a password holds; None: until somebody knows it."""
    idle: timedelta
    absolute: timedelta
    factor: bool
    """Whether a second factor is required of those it is for, or only asked of who has set one up."""


PROFILES = {
    "dengbao3": Profile(
        gettext_lazy("等保三级"), 3, timedelta(days=90), timedelta(minutes=30), timedelta(hours=12), True
    ),
    "asvs2": Profile(gettext_lazy("ASVS 二级"), 1, None, timedelta(minutes=30), timedelta(hours=12), True),
    "trial": Profile(gettext_lazy("试用"), 1, None, timedelta(minutes=30), timedelta(hours=12), False),
}


def current() -> Profile:
    """Raises ImproperlyConfigured for a name that no profile has."""
    try:
        return PROFILES[settings.SECURITY_PROFILE]
    except KeyError:
        known = "、".join(PROFILES)
        raise ImproperlyConfigured(f"SECURITY_PROFILE={settings.SECURITY_PROFILE}：只能是 {known}") from None


def rules() -> str:
    """What a password must be, in words."""
    kinds = current().kinds
    mixed = _("大写、小写、数字、符号至少占 %(n)d 种；") % {"n": kinds} if kinds > 1 else ""
    return _("至少 10 个字符；%(mixed)s不能是常用密码，不能包含姓名、手机号或本县乡镇名称。") % {"mixed": mixed}


def kinds_in(password: str) -> int:
    """How many kinds of characters a password mixes; a Chinese character counts as a sign."""
    tests = (str.isupper, str.islower, str.isdecimal)
    found = [any(test(one) for one in password) for test in tests]
    return sum(found) + any(not one.isascii() or not one.isalnum() for one in password)


def is_stale(user: User, moment: datetime) -> bool:
    """Whether the password has been held for longer than the profile allows."""
    lives = current().lives
    return lives is not None and moment - (user.password_set_at or user.created_at) >= lives


def owes_password(user: User) -> bool:
    """Whether only the page of a new password opens: the present one is an initial one, or too old."""
    return user.must_change_password or is_stale(user, clock.now())


def is_required(roles: frozenset[str]) -> bool:
    """Whether who holds these roles must have a second factor to work at all."""
    return current().factor and bool(roles & ASKED)


def facts() -> list[str]:
    """The profile in lines, as `doctor` shows it."""
    found = current()
    idle, absolute = (_minutes(n) for n in (settings.SESSION_IDLE_SECONDS, settings.SESSION_ABSOLUTE_SECONDS))
    lives = f"renewed every {found.lives.days} days" if found.lives else "renewed when somebody knows it"
    factor = "required of admins and before files are taken away" if found.factor else "asked of who has set one up"
    return [
        f"{settings.SECURITY_PROFILE} ({found.label})",
        f"password: {SHORTEST} characters or more, {found.kinds} of 4 kinds, {lives}",
        f"session: ends after {idle} idle, {absolute} in all",
        f"wrong passwords: {settings.AXES_FAILURE_LIMIT}, then {settings.AXES_COOLOFF_TIME * 60:.0f} minutes",
        f"second factor: {factor}",
    ]


def shortfalls() -> list[str]:
    """Where the settings of this installation are weaker than its profile."""
    found, limits = current(), []
    for name, most in (("SESSION_IDLE_SECONDS", found.idle), ("SESSION_ABSOLUTE_SECONDS", found.absolute)):
        if getattr(settings, name) > most.total_seconds():
            limits.append(f"{name} is over the {most} of {settings.SECURITY_PROFILE}")
    if settings.PRODUCTION and not found.factor:
        limits.append(f"a production machine runs under {settings.SECURITY_PROFILE}, which requires no second factor")
    return limits


def _minutes(seconds: int) -> str:
    return f"{seconds // 60} minutes"
