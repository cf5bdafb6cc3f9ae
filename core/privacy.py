"""Personal data at rest and on screen: encrypted columns, blind index, masks.

Keys come from settings.FIELD_KEYS (newest first; every listed key still decrypts), else from
SECRET_KEY. The blind index is keyed by the oldest listed key, so adding a new key in front does
not orphan existing indexes. Encrypted columns answer no lookup but `isnull`: search by blind index.
"""

import base64
import hmac
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup


class UnreadableField(Exception):
    """A stored value fits none of the configured keys: FIELD_KEYS or SECRET_KEY has changed."""


def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=b"shanzhi", info=purpose).derive(secret.encode())


def _secrets() -> tuple[str, ...]:
    return tuple(settings.FIELD_KEYS) or (settings.SECRET_KEY,)


@lru_cache(maxsize=8)
def _cipher(secrets: tuple[str, ...]) -> MultiFernet:
    keys = (base64.urlsafe_b64encode(_derive(secret, b"field")) for secret in secrets)
    return MultiFernet([Fernet(key) for key in keys])


@lru_cache(maxsize=8)
def _index_key(secret: str) -> bytes:
    return _derive(secret, b"blind index")


def encrypt(text: str) -> str:
    """Return `text` encrypted under the newest key; the empty string stays empty."""
    return _cipher(_secrets()).encrypt(text.encode()).decode() if text else ""


def decrypt(stored: str) -> str:
    """Return the text behind `stored`; raises UnreadableField when no key fits."""
    if not stored:
        return ""
    try:
        return _cipher(_secrets()).decrypt(stored.encode()).decode()
    except InvalidToken as error:
        raise UnreadableField("no configured key decrypts this value") from error


def reencrypted(stored: str) -> str:
    """`stored` under the newest key: itself when it is already; raises UnreadableField when no key fits."""
    try:
        _cipher(_secrets()[:1]).decrypt(stored.encode())
    except InvalidToken:
        return encrypt(decrypt(stored))
    return stored


def blind_index(text: str) -> str:
    """Return the keyed digest (64 hex digits) by which an encrypted value can be found again.

    The caller normalises first (digits only, upper case); the empty string has the empty index.
    """
    return hmac.digest(_index_key(_secrets()[-1]), text.encode(), "sha256").hex() if text else ""


if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:  # Django's fields take no type parameters at run time
    _Text = models.TextField


class EncryptedTextField(_Text):
    """Text that the database only ever sees encrypted."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return encrypt(prepared) if isinstance(prepared, str) else prepared

    def from_db_value(self, value: str | None, _expression: Any, _connection: BaseDatabaseWrapper) -> str | None:
        return None if value is None else decrypt(value)

    def get_lookup(self, lookup_name: str) -> "type[Lookup[Any]] | None":
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None


def mask_phone(phone: str) -> str:
    """Mask the middle of a phone number: 13800006021 -> 138****6021."""
    digits = re.sub(r"[^0-9]", "", phone)
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}{'*' * (len(digits) - 7)}{digits[-4:]}" if len(digits) > 7 else f"***{digits[-4:]}"


def mask_name(name: str) -> str:
    """Keep the first character of a name: 陈大文 -> 陈**."""
    name = name.strip()
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_email(address: str) -> str:
    """Keep the first character and the host: chen@example.com -> c***@example.com."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}" if at else "***" if name else ""
