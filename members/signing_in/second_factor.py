"""Writer of second factors: a time-based code (TOTP, RFC 6238) on the person's phone, and recovery codes on paper.

The secret is encrypted, recovery codes are kept as keyed digests. A code is taken once: its step is remembered.
"""

import hmac
from datetime import timedelta

import pyotp
from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from core import clock
from core.codes import random_code
from core.errors import Refused
from core.races import throttle
from core.text import plain
from core.trust import audit
from members.models import RecoveryCode, SecondFactor, User

STEP = 30
DRIFT = 1
"""Steps that a phone's clock may be off, either way."""
TRIES, PER = 5, timedelta(minutes=15)
CODES, CODE_LENGTH, HALF = 10, 8, 4
TOTP, RECOVERY = "totp", "recovery"
SHOWN_GROUP = 4


class FactorRefused(Refused):
    """A code that is wrong, used or too old; or a step that is not open."""

    code = "factor_refused"


def of(user: User) -> SecondFactor | None:
    """The person's factor once it has been confirmed."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


def begin(user: User) -> SecondFactor:
    """The secret that is being set up: the one begun before, until it is confirmed. Raises FactorRefused after that."""
    row, _made = SecondFactor.objects.get_or_create(user=user, defaults={"secret": pyotp.random_base32()})
    if row.confirmed_at is not None:
        raise FactorRefused(_("已经设好第二重验证"))
    return row


def address(row: SecondFactor) -> str:
    """What the QR code says to the app."""
    return pyotp.TOTP(row.secret).provisioning_uri(name=row.user.username, issuer_name=settings.SITE_NAME)


def spelled(row: SecondFactor) -> str:
    """The secret in groups, for who types it."""
    secret = row.secret
    return " ".join(secret[at : at + SHOWN_GROUP] for at in range(0, len(secret), SHOWN_GROUP))


def confirm(user: User, code: str) -> list[str]:
    """Take the first code of a new secret; returns the recovery codes, shown once. Raises FactorRefused, TooMany."""
    row = begin(user)
    throttle.take(f"factor:{user.pk}:new", limit=TRIES, per=PER)
    step = _step_of(row.secret, code)
    if step is None:
        raise FactorRefused(_("验证码不对。请看手机上现在的六位数字；手机时间要准"))
    with transaction.atomic():
        fresh = SecondFactor.objects.filter(user=user, confirmed_at=None)
        if not fresh.update(confirmed_at=clock.now(), last_step=step):
            raise FactorRefused(_("已经设好第二重验证"))
        audit.record("factor.set_up", user, actor=user)
        return _fresh_codes(user)


def give(user: User, secret: str) -> None:
    """A factor whose secret is known from elsewhere, as the demo's; it has no recovery codes."""
    with transaction.atomic():
        SecondFactor.objects.create(user=user, secret=secret, confirmed_at=clock.now())
        audit.record("factor.set_up", user, actor=None)


def renew_codes(user: User) -> list[str]:
    """Ten new recovery codes; those before hold no more."""
    with transaction.atomic():
        audit.record("factor.codes_renewed", user, actor=user)
        return _fresh_codes(user)


def _fresh_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [random_code(CODE_LENGTH) for _n in range(CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user, code)) for code in codes])
    return [f"{code[:HALF]}-{code[HALF:]}" for code in codes]


def left(user: User) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def prove(user: User, code: str, *, device: str) -> str:
    """Take a code of the app or a recovery code, each once; returns which. Raises FactorRefused, TooMany.

    Tries are counted by `device` (empty: an unknown one), so that a stranger who knows the password does not keep the
    owner out of the machine the owner has been using.
    """
    throttle.take(f"factor:{user.pk}:{device or 'unknown'}", limit=TRIES, per=PER)
    row, code = of(user), plain(code).replace(" ", "").replace("-", "").upper()
    if row is None:
        raise FactorRefused(_("还没有设第二重验证"))
    if len(code) == CODE_LENGTH and _take_recovery(user, code):
        return RECOVERY
    step = _step_of(row.secret, code)
    if step is None or not SecondFactor.objects.filter(user=user, last_step__lt=step).update(last_step=step):
        raise FactorRefused(_("验证码不对或已用过，请等手机上换出新的六位数字"))
    return TOTP


def _take_recovery(user: User, code: str) -> bool:
    with transaction.atomic():
        rows = RecoveryCode.objects.filter(user=user, digest=_digest(user, code), used_at=None)
        if not rows.update(used_at=clock.now()):
            return False
        audit.record("factor.recovery_used", user, actor=user, count=left(user))
    return True


def _step_of(secret: str, code: str) -> int | None:
    """The step whose code this is, near now; the newest where two are alike."""
    totp, given = pyotp.TOTP(secret, interval=STEP), plain(code).replace(" ", "").encode()
    middle = int(clock.now().timestamp()) // STEP
    near = range(middle + DRIFT, middle - DRIFT - 1, -1)
    return next((step for step in near if hmac.compare_digest(totp.generate_otp(step).encode(), given)), None)


def _digest(user: User, code: str) -> str:
    return salted_hmac("members.signing_in.second_factor", f"{user.pk}:{code}", algorithm="sha256").hexdigest()


def take_off(*, user: User, actor: User) -> None:
    """Forget a factor whose phone is lost, so that its owner sets up another. Raises FactorRefused for one's own."""
    if user.pk == actor.pk:
        raise FactorRefused(_("自己的第二重验证请另一位系统管理员来重设"))
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        if SecondFactor.objects.filter(user=user).delete()[0]:
            audit.record("factor.taken_off", user, actor=actor)
