"""Writer of staff accounts: set up, change, disable, enable, unlock, set passwords. Each verb leaves an audit entry."""

from typing import Any

from axes.utils import reset
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import clock, locks, pinyin
from core.codes import random_code
from core.errors import Refused
from core.trust import audit
from members import extensions, posts
from members.models import User
from members.signing_in import profile
from members.signing_in.lockout import canonical, counted_as

EDITABLE = ("name", "phone")
DJANGO_RULES = {
    "password_too_short": gettext_lazy("密码至少 10 个字符"),
    "password_too_common": gettext_lazy("这个密码太常见，容易被猜中"),
    "password_too_similar": gettext_lazy("密码和账号太像，容易被猜中"),
}
"""Our words for refusals of Django's own validators, by their code."""
PASSWORD_GROUPS, GROUP_LENGTH = 3, 4
PINYIN_LENGTH = 120


class AccountRefused(Refused):
    """A change of an account that its rules forbid; `field` names the form field it belongs to."""

    code = "account_refused"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def initial_password() -> str:
    """A random password of sixty bits, in groups that can be read aloud; of as many kinds as the profile asks."""
    while True:
        found = "-".join(random_code(GROUP_LENGTH) for _group in range(PASSWORD_GROUPS))
        if profile.kinds_in(found) >= min(profile.current().kinds, 3):
            return found


def create_user(
    *,
    username: str,
    name: str,
    password: str | None,
    actor: User | None,
    phone: str = "",
    must_change_password: bool = True,
    is_demo: bool = False,
) -> User:
    """Open an account; `password` None means that nobody can sign in with it yet. Raises AccountRefused."""
    user = User(
        username=canonical(username),
        name=name.strip(),
        pinyin=_sounds(name),
        phone=phone,
        must_change_password=must_change_password,
        is_demo=is_demo,
        created_at=clock.now(),
        password_set_at=clock.now(),
    )
    if not user.username or not user.name:
        raise AccountRefused(_("账号和姓名不能为空"), "username" if not user.username else "name")
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
            audit.record("user.created", user, actor=actor, username=user.username)
    except IntegrityError:
        raise AccountRefused(_("账号“%(name)s”已有人使用") % {"name": user.username}, "username") from None
    return user


def set_password(*, user: User, password: str, actor: User | None, must_change: bool = False) -> None:
    """Set a password that passes the rules; every other session of the user ends. Raises AccountRefused."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise AccountRefused("；".join(_reasons(error)), "password") from None
    with transaction.atomic():
        user.set_password(password)
        user.must_change_password, user.password_set_at = must_change, clock.now()
        user.save(update_fields=["password", "must_change_password", "password_set_at"])
        audit.record("user.password_set", user, actor=actor, must_change=must_change)


def _reasons(error: ValidationError) -> list[str]:
    return [str(DJANGO_RULES.get(one.code or "") or one.messages[0]) for one in error.error_list]


def update(*, user: User, actor: User, **changes: Any) -> User:
    """Change name or phone. Raises AccountRefused for any other column."""
    if set(changes) - set(EDITABLE):
        raise AccountRefused(_("只能修改姓名和电话"))
    with transaction.atomic():
        row = User.objects.select_for_update().get(pk=user.pk)
        changed = [key for key, value in changes.items() if getattr(row, key) != value]
        for key in changed:
            setattr(row, key, changes[key])
        if "name" in changed:
            row.pinyin = _sounds(row.name)
        if changed:
            row.save(update_fields=[*changed, *(["pinyin"] if "name" in changed else [])])
            audit.record("user.updated", row, actor=actor, fields=changed)
    return row


def disable(*, user: User, actor: User) -> None:
    """End an account's access from its next request on, and pass on what it has in hand.

    Raises AccountRefused for one's own and the last admin's.
    """
    if user.pk == actor.pk:
        raise AccountRefused(_("不能停用自己的账号"))
    with transaction.atomic():
        locks.hold(posts.LOCK)
        if posts.is_last_admin(user):
            raise AccountRefused(_("至少须保留一名系统管理员"))
        _set_active(user, False, actor)
        extensions.hand_on(user, None, actor)


def enable(*, user: User, actor: User) -> None:
    with transaction.atomic():
        _set_active(user, True, actor)


def unlock(*, user: User, actor: User) -> None:
    """Forget the wrong passwords of an account, so that it can sign in at once."""
    with transaction.atomic():
        for name in counted_as(user.username):
            reset(username=name)
        audit.record("user.unlocked", user, actor=actor)


def _sounds(name: str) -> str:
    return "".join(pinyin.syllables(name))[:PINYIN_LENGTH]


def _set_active(user: User, active: bool, actor: User) -> None:
    if User.objects.filter(pk=user.pk).exclude(is_active=active).update(is_active=active):
        audit.record("user.enabled" if active else "user.disabled", user, actor=actor)
