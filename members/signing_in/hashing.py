"""How passwords are hashed, and how many at once. Holds no rule about what a password may be (`members.passwords`)."""

import threading

from django.contrib.auth.hashers import Argon2PasswordHasher

AT_ONCE = 1
"""Hashes that one web process reckons at the same time; each takes a core for itself and megabytes of memory."""
_turn = threading.BoundedSemaphore(AT_ONCE)


class PatientArgon2(Argon2PasswordHasher):
    """argon2id at one of the settings that OWASP names as equally strong: 12 MiB, three passes, one lane.

    Django's own setting takes eight lanes of a machine that has two, and eight times as long. A hash made with other
    settings is made anew when its owner signs in. Whoever comes while others are hashed waits for a turn, so that a
    crowd at half past eight leaves a core to those who are at work.
    """

    time_cost, memory_cost, parallelism = 3, 12 * 1024, 1

    def encode(self, password: str, salt: str) -> str:
        with _turn:
            return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        with _turn:
            return super().verify(password, encoded)
