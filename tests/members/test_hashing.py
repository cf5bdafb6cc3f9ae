"""Passwords are hashed at a strength that OWASP names, in turns, and old hashes are brought up to it."""

import threading

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, check_password, identify_hasher, make_password
from django.test import Client

from members.models import User
from members.signing_in import hashing

PASSWORD = "Qinglong-47-Shan"


def settings_of(encoded: str) -> str:
    return encoded.split("$")[3]


def test_a_new_hash_is_argon2id_of_a_named_strength(real_hasher):
    encoded = make_password(PASSWORD)
    assert encoded.startswith("argon2$argon2id$v=19$")
    assert settings_of(encoded) == "m=12288,t=3,p=1"
    assert check_password(PASSWORD, encoded)
    assert not check_password(PASSWORD + "x", encoded)
    assert not identify_hasher(encoded).must_update(encoded)


@pytest.mark.parametrize("older", ["argon2", "pbkdf2_sha256"])
def test_signing_in_brings_an_older_hash_up_to_it(cast, real_hasher, settings, older):
    settings.PASSWORD_HASHERS += ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    made = (
        Argon2PasswordHasher().encode(PASSWORD, "saltsaltsalt")
        if older == "argon2"
        else make_password(PASSWORD, hasher=older)
    )
    User.objects.filter(pk=cast.worker.pk).update(password=made)
    for _once_more in range(2):
        assert Client().post("/login/", {"username": "worker", "password": PASSWORD}).status_code == 302
        stored = User.objects.get(pk=cast.worker.pk).password
        assert settings_of(stored) == "m=12288,t=3,p=1"
        assert check_password(PASSWORD, stored)


def test_a_wrong_password_changes_nothing(cast, real_hasher):
    made = Argon2PasswordHasher().encode(PASSWORD, "saltsaltsalt")
    User.objects.filter(pk=cast.worker.pk).update(password=made)
    assert Client().post("/login/", {"username": "worker", "password": "another-password"}).status_code == 422
    assert User.objects.get(pk=cast.worker.pk).password == made


def test_no_more_are_hashed_at_once_than_may_be(real_hasher, monkeypatch):
    encoded = make_password(PASSWORD)
    busy, most, counting = 0, 0, threading.Lock()

    def verify(self: object, password: str, encoded: str) -> bool:
        nonlocal busy, most
        with counting:
            busy, most = busy + 1, max(most, busy + 1)
        real = slow(self, password, encoded)
        with counting:
            busy -= 1
        return real

    slow = Argon2PasswordHasher.verify
    monkeypatch.setattr(Argon2PasswordHasher, "verify", verify)
    crowd = [threading.Thread(target=check_password, args=(PASSWORD, encoded)) for _n in range(6)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join(30)
    assert (busy, most) == (0, hashing.AT_ONCE)
