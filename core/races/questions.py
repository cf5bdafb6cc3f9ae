"""A small question that a person answers at once and a program that knows nothing of it does not."""

import random
import secrets
import unicodedata
from datetime import timedelta

from django.utils.translation import gettext as _

from core import clock
from core.races import throttle
from core.trust.privacy import UnreadableField, decrypt, encrypt

NUMERALS = "零一二三四五六七八九"
VALID = timedelta(minutes=20)
ONCE = timedelta(hours=1)


def ask() -> tuple[str, str]:
    """A question and the token that comes back with its answer; the token tells nobody the answer."""
    first, second = random.randint(2, 9), random.randint(2, 9)  # noqa: S311 (a question, no key)
    token = encrypt(f"{secrets.token_hex(8)} {first + second} {int(clock.now().timestamp())}")
    return token, _("%(first)s加%(second)s等于几？（填数字）") % {"first": NUMERALS[first], "second": NUMERALS[second]}


def is_right(token: str, answer: str) -> bool:
    """Whether `answer` answers the question of `token`, in time and for the first time."""
    try:
        nonce, result, asked = decrypt(token).split()
        said = int(unicodedata.normalize("NFKC", answer))
    except (UnreadableField, ValueError):
        return False
    if said != int(result) or clock.now().timestamp() - int(asked) > VALID.total_seconds():
        return False
    try:
        throttle.take(f"answered:{nonce}", limit=1, per=ONCE)
    except throttle.TooMany:
        return False
    return True
