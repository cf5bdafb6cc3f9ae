"""Encrypted columns, blind index, masks."""

from base64 import b64decode, b64encode, urlsafe_b64encode

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import FieldError
from django.db import connection, models
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from core.trust import privacy
from core.trust.privacy import EncryptedTextField, blind_index, decrypt, encrypt, mask_name, mask_phone


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_round_trip(text: str) -> None:
    stored = encrypt(text)
    assert decrypt(stored) == text
    assert stored == "" if not text else text not in stored or len(text) < 3


def test_two_encryptions_differ_and_the_index_does_not() -> None:
    assert encrypt("13800006021") != encrypt("13800006021")
    assert blind_index("13800006021") == blind_index("13800006021") != blind_index("13800006022")
    assert len(blind_index("13800006021")) == 64
    assert blind_index("") == ""


def test_key_rotation(settings) -> None:
    settings.FIELD_KEYS = ["old"]
    stored, index = encrypt("陈大文"), blind_index("陈大文")
    settings.FIELD_KEYS = ["new", "old"]
    assert decrypt(stored) == "陈大文"
    assert blind_index("陈大文") == index
    fresh = encrypt("陈大文")
    settings.FIELD_KEYS = ["new"]
    assert decrypt(fresh) == "陈大文"
    with pytest.raises(privacy.UnreadableField):
        decrypt(stored)


def test_an_index_cannot_be_made_without_its_key(settings) -> None:
    settings.FIELD_KEYS = ["one"]
    index = blind_index("13800006021")
    settings.FIELD_KEYS = ["two"]
    assert blind_index("13800006021") != index


def test_keys_follow_the_secret_when_none_are_given(settings) -> None:
    settings.FIELD_KEYS, settings.SECRET_KEY = [], "one"
    stored = encrypt("x")
    settings.SECRET_KEY = "two"
    with pytest.raises(privacy.UnreadableField):
        decrypt(stored)


def test_masks() -> None:
    assert mask_phone("13800006021") == "138****6021"
    assert mask_phone("138 0000 6021") == "138****6021"
    assert mask_phone("07502212345") == "075****2345"
    assert mask_phone("2212345") == "***2345"
    assert mask_phone("110") == "***"
    assert mask_phone("") == ""
    assert (mask_name("陈大文"), mask_name("陈"), mask_name("")) == ("陈**", "陈*", "")


@isolate_apps("core")
def test_the_column_holds_ciphertext_and_answers_no_lookup() -> None:
    class Sheet(models.Model):
        phone = EncryptedTextField(null=True)

        class Meta:
            app_label = "core"

        def __str__(self) -> str:
            return "sheet"

    field = Sheet._meta.get_field("phone")
    stored = field.get_db_prep_save("13800006021", connection)
    assert "138" not in stored
    assert stored != encrypt("13800006021")
    assert field.from_db_value(stored, None, connection) == "13800006021"
    assert field.from_db_value(None, None, connection) is None
    assert field.get_db_prep_save(None, connection) is None
    str(Sheet.objects.filter(phone__isnull=True).query)
    for lookup in ("phone", "phone__contains", "phone__in"):
        with pytest.raises(FieldError):
            str(Sheet.objects.filter(**{lookup: "138"}).query)


@given(st.integers(0), st.integers(1, 255))
def test_a_changed_byte_anywhere_makes_it_unreadable(at: int, change: int) -> None:
    whole = bytearray(b64decode(encrypt("13800006021")))
    whole[at % len(whole)] ^= change
    with pytest.raises(privacy.UnreadableField):
        decrypt(b64encode(whole).decode())


@pytest.mark.parametrize("nonsense", ["x", "陈大文", "AQ==", "gAAAAAB", b64encode(bytes(200)).decode()])
def test_what_was_never_encrypted_is_unreadable(nonsense: str) -> None:
    with pytest.raises(privacy.UnreadableField):
        decrypt(nonsense)


def test_what_fernet_wrote_is_read_and_turned(settings) -> None:
    """As an installation before docs/adr/0010 wrote it, under a key that is the second now."""
    old = Fernet(urlsafe_b64encode(privacy._derive("old", b"field"))).encrypt("陈大文".encode()).decode()
    assert old.startswith(privacy.FERNET)
    settings.FIELD_KEYS = ["new", "old"]
    assert decrypt(old) == "陈大文"
    turned = privacy.reencrypted(old)
    assert turned != old
    assert privacy.reencrypted(turned) == turned
    settings.FIELD_KEYS = ["new"]
    assert decrypt(turned) == "陈大文"
    with pytest.raises(privacy.UnreadableField):
        decrypt(old)
