"""What is kept of secrets: hashes."""

import hashlib


def hashed(key: str) -> str:
    """What is kept of a session's or link's key, and of addresses in the throttle."""
    return hashlib.sha256(key.encode()).hexdigest()
