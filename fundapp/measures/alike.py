"""When two numbers are the same although they were written differently. Each text gives the keys under which it is known."""

import re
from collections.abc import Iterable

SHORTEST = 5  # characters; what is shorter is no number that tells one from another
IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[0-9A-Z]{10,30}")


def name_keys(text: str) -> set[str]:
    """Letters and digits, small: 'Blue-Sky  Cooperative' -> 'blueskycooperative'."""
    return _long_enough([_plain(text).casefold()])


def register_keys(text: str) -> set[str]:
    """A register or tax number, with and without the register's name before it: 'MN-COA-9012345', '9012345'."""
    return _long_enough([_plain(text), _plain(re.split(r"[-/:]", text)[-1])])


def account_keys(text: str) -> set[str]:
    """An account as written, and without country, check digits, bank and leading noughts: an IBAN is the old number with these before it."""
    plain = _plain(text)
    bare = plain[8:] if IBAN.fullmatch(plain) else plain
    return _long_enough([plain, bare.lstrip("0")])


def phone_keys(text: str) -> set[str]:
    """The last eight digits of each number in the text: '+976 9911-2233; 70112233'."""
    numbers = (re.sub(r"\D", "", part) for part in re.split(r"[;,/]", text))
    return _long_enough(number[-8:] for number in numbers)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


def _long_enough(keys: Iterable[str]) -> set[str]:
    return {key for key in keys if len(key) >= SHORTEST}
