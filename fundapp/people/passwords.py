"""Passwords: argon2id. Slow on purpose, so never inside a transaction; the demonstration and tests may lower the cost."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fundapp.kit.i18n import gettext as _

SHORTEST = 10
FULL = PasswordHasher(time_cost=3, memory_cost=46 * 1024, parallelism=1)
QUICK = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)  # for invented people only
NOBODY = FULL.hash(secrets.token_hex(16))  # verified for an unknown address, so that the answer takes as long


def hash_password(password: str, *, quick: bool = False) -> str:
    return (QUICK if quick else FULL).hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the one kept; takes the same time for an unknown account."""
    try:
        FULL.verify(kept or NOBODY, password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def why_not(password: str, *known: str) -> str | None:
    """Why this is no good password, or None. Length counts, not signs; it may not be the name or the address."""
    if len(password) < SHORTEST:
        return _("Please take at least %(shortest)s characters; a short sentence is good.", shortest=SHORTEST)
    if len(password) > 200:
        return _("Please take at most 200 characters.")
    if len(set(password)) < 4 or password.lower() in {k.lower() for k in known}:
        return _("This is too easy to guess.")
    return None


def new_key() -> str:
    """A key for sessions and links: 256 bits."""
    return secrets.token_urlsafe(32)
