"""Writer of `Reach`: what a person chose, their quiet hours, and their address, confirmed before it is used."""

import secrets
from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from core import clock
from core.codes import ALPHABET
from core.errors import Refused
from core.jobs import outbox
from core.races import throttle
from core.trust import audit
from members.models import User
from notices import county, kinds, times
from notices.models import Mode, Quiet, Reach

CONFIRM = "notices.confirm"  # outbox topic, handled in notices.handlers
CODE_LENGTH = 8
CODE_LIVES = timedelta(minutes=30)
ASKS_A_DAY, TRIES_PER_CODE = 5, 6


class AddressRefused(Refused):
    """An address or a code that is not accepted."""

    code = "address_refused"


def of(user: User) -> Reach:
    """The person's row, or an unsaved one with the county's defaults."""
    return Reach.objects.filter(user=user).first() or Reach(user=user)


def mode_of(reach: Reach, channel: str, group: kinds.Group) -> Mode:
    """What the person chose for a group on a channel, else the group's default."""
    chosen = reach.modes.get(channel, {}).get(group.key, "")
    return Mode(chosen) if chosen in Mode.values else group.default


def quiet_hours(reach: Reach) -> county.Hours | None:
    """The quiet hours that the person keeps."""
    if reach.quiet == Quiet.NONE:
        return None
    if reach.quiet == Quiet.OWN and reach.quiet_from is not None and reach.quiet_until is not None:
        return reach.quiet_from, reach.quiet_until
    return times.county_quiet()


def choose(*, user: User, modes: Mapping[str, Mapping[str, str]], quiet: str, hours: county.Hours | None) -> None:
    """Store what the person chose; own quiet hours need both ends."""
    if quiet == Quiet.OWN and hours is None:
        raise AddressRefused(_("请填免打扰的开始和结束时间"))
    begin, end = hours if quiet == Quiet.OWN and hours else (None, None)
    changes = {"modes": {name: dict(chosen) for name, chosen in modes.items()}, "quiet": quiet}
    Reach.objects.update_or_create(user=user, defaults={**changes, "quiet_from": begin, "quiet_until": end})


def ask(*, user: User, email: str) -> None:
    """Take a new address and send a code there; nothing else goes there before the code came back."""
    if not settings.EMAIL_READY:
        raise AddressRefused(_("本系统还没有接通邮件，请联系系统管理员"))
    throttle.take(f"mail-ask:{user.pk}", limit=ASKS_A_DAY, per=timedelta(days=1))
    nonce, moment = secrets.token_hex(16), clock.now()
    with transaction.atomic():
        fresh = {"email": email, "nonce": nonce, "asked_at": moment, "confirmed_at": None}
        Reach.objects.update_or_create(user=user, defaults=fresh)
        audit.record("reach.asked", user, actor=user)
        payload = {"user": user.pk, "nonce": nonce}
        outbox.enqueue(CONFIRM, payload, key=f"confirm:{user.pk}:{nonce}", queue=outbox.SEND)


def confirm(*, user: User, code: str) -> None:
    """Take the code that came to the address; raises AddressRefused when it is wrong or too old."""
    reach = of(user)
    if not reach.nonce or reach.asked_at is None or clock.now() > reach.asked_at + CODE_LIVES:
        raise AddressRefused(_("验证码已过期，请重新发送"))
    throttle.take(f"mail-try:{user.pk}:{reach.nonce}", limit=TRIES_PER_CODE, per=timedelta(days=1))
    if not constant_time_compare(code_of(reach), code.replace("-", "").replace(" ", "").upper()):
        raise AddressRefused(_("验证码不对，请核对邮件里的 8 位字符"))
    with transaction.atomic():
        rows = Reach.objects.filter(user=user, nonce=reach.nonce)
        if not rows.update(confirmed_at=clock.now(), nonce=""):
            raise AddressRefused(_("邮箱刚刚改过，请用新的验证码"))
        audit.record("reach.confirmed", user, actor=user)


def forget(*, user: User) -> None:
    """Remove the address; nothing goes there any more."""
    with transaction.atomic():
        if Reach.objects.filter(user=user).update(email="", nonce="", asked_at=None, confirmed_at=None):
            audit.record("reach.forgotten", user, actor=user)


def code_of(reach: Reach) -> str:
    """The code for this address; it hangs on the secret key, the person, the address and a nonce, and is stored
    nowhere."""
    digest = salted_hmac("notices.reaching", f"{reach.user_id}:{reach.email}:{reach.nonce}", algorithm="sha256")
    return "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest.digest()[:CODE_LENGTH])


def send_code(user_id: int, nonce: str) -> bool:
    """Mail the code; False when the person has asked for another one since."""
    reach = Reach.objects.filter(user_id=user_id, nonce=nonce).first()
    if reach is None or not reach.email:
        return False
    text = _("验证码：%(code)s\n\n在“通知设置”页填写，30 分钟内有效。不是您本人操作的，不用理会。") % {
        "code": code_of(reach)
    }
    EmailMessage(_("【%(site)s】邮箱验证码") % {"site": settings.SITE_NAME}, text, to=[reach.email]).send()
    return True
