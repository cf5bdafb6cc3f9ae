"""Short random codes people read aloud or copy by hand: no 0/O, no 1/I."""

import secrets

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def random_code(length: int) -> str:
    """Return `length` characters of five random bits each; uniqueness is the caller's constraint."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))
