"""Personal data at rest and on screen: encrypted columns, blind index, masks; signatures under the same keys.

Keys come from settings.FIELD_KEYS (newest first; every listed key still decrypts), else from
SECRET_KEY. The blind index is keyed by the oldest listed key, so adding a new key in front does
not orphan existing indexes. Encrypted columns answer no lookup but `isnull`: search by blind index.

A value is sealed with AES-256-GCM (docs/adr/0010): base64 of a version, a random nonce, the text and its tag. What an
older installation wrote is Fernet; it is read as ever, and `manage.py rekey` turns it.
"""

import base64
import hmac
import os
import re
from binascii import Error as BadBase64
from binascii import a2b_base64, b2a_base64
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
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


VERSION: Final = b"\x01"
NONCE: Final = 12
"""Bytes of a nonce, drawn at random: safe for some 2^32 values under one key (NIST SP 800-38D, 8.3)."""
FERNET: Final = "gAAAA"
"""How every value begins that was written by Fernet."""


@lru_cache(maxsize=8)
def _sealer(secret: str) -> AESGCM:
    return AESGCM(_derive(secret, b"sealed field"))


@lru_cache(maxsize=8)
def _fernet(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derive(secret, b"field")))


@lru_cache(maxsize=8)
def _index_key(secret: str) -> bytes:
    return _derive(secret, b"blind index")


def encrypt(text: str) -> str:
    """Return `text` encrypted under the newest key; the empty string stays empty."""
    if not text:
        return ""
    nonce = os.urandom(NONCE)
    sealed = _sealer(_secrets()[0]).encrypt(nonce, text.encode(), VERSION)
    return b2a_base64(VERSION + nonce + sealed, newline=False).decode()


def decrypt(stored: str) -> str:
    """Return the text behind `stored`; raises UnreadableField when no key fits."""
    if not stored:
        return ""
    for secret in _secrets():
        text = _opened(stored, secret)
        if text is not None:
            return text
    raise UnreadableField("no configured key decrypts this value")


def reencrypted(stored: str) -> str:
    """`stored` under the newest key: itself when it is already; raises UnreadableField when no key fits."""
    is_newest = not stored.startswith(FERNET) and _opened(stored, _secrets()[0]) is not None
    return stored if is_newest else encrypt(decrypt(stored))


def _opened(stored: str, secret: str) -> str | None:
    """The text behind `stored` if it was encrypted under the key of `secret`."""
    try:
        if stored.startswith(FERNET):
            return _fernet(secret).decrypt(stored.encode()).decode()
        whole = a2b_base64(stored, strict_mode=True)
        nonce, sealed = whole[1 : NONCE + 1], whole[NONCE + 1 :]
        return _sealer(secret).decrypt(nonce, sealed, whole[:1]).decode()
    except (InvalidTag, InvalidToken, BadBase64, ValueError):
        return None


def blind_index(text: str) -> str:
    """Return the keyed digest (64 hex digits) by which an encrypted value can be found again.

    The caller normalises first (digits only, upper case); the empty string has the empty index.
    """
    return hmac.digest(_index_key(_secrets()[-1]), text.encode(), "sha256").hex() if text else ""


@lru_cache(maxsize=8)
def _signing_key(secret: str) -> bytes:
    return _derive(secret, b"signature")


def sign(text: str) -> str:
    """HMAC-SHA256 (64 hex digits) of `text` under the newest key, which the database does not hold."""
    return hmac.digest(_signing_key(_secrets()[0]), text.encode(), "sha256").hex()


def signature_fits(text: str, signature: str) -> bool:
    """Whether `signature` is that of `text` under any listed key."""
    made = (hmac.digest(_signing_key(secret), text.encode(), "sha256").hex() for secret in _secrets())
    return any(hmac.compare_digest(one, signature) for one in made)


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
