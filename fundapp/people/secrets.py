"""Secrets: what is kept of them, and the one-time codes that people read out and type."""

import hashlib
import re
import secrets

ALPHABET, LENGTH = "23456789ABCDEFGHJKMNPQRSTUVWXYZ", 8  # without 0 O 1 I L, which one takes for another
LOOKS = str.maketrans("АВСЕНКМРТХУ", "ABCEHKMPTXY")  # typed in Cyrillic, they look the same


def hashed(key: str) -> str:
    """What is kept of a session's or link's key, and of addresses in the throttle."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_code() -> str:
    """Eight characters, 39 bits: enough for five tries, and for a day if the hash is slow."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def plain(typed: str) -> str:
    """A code as it was made, whichever way it is typed: 'k7qm-4xpa' -> 'K7QM4XPA'."""
    return re.sub(r"[\s.\-–]", "", typed).upper().translate(LOOKS)


def grouped(code: str) -> str:
    """As it is read out and printed: 'K7QM 4XPA'."""
    return " ".join(code[at : at + 4] for at in range(0, len(code), 4))
