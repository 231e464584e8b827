"""Telephone numbers: many ways of writing one, one way of dialling it."""

import re
import unicodedata

HOME, LENGTH = "976", 8  # Mongolia: numbers of eight digits are written without its code
BETWEEN = re.compile(r"[\s().\-‐‑–/]+")


def dialled(typed: str) -> str:
    """The number as it is dialled from anywhere; '' when this is none.

    '9911 2233', '(976) 9911-2233' and '00976 99112233' are all '+97699112233'. A number of another country needs its code;
    without it, it is kept as it was typed and found only when it is typed so again.
    """
    digits = re.sub(r"^00", "+", BETWEEN.sub("", unicodedata.normalize("NFKC", typed)))
    if not re.fullmatch(r"\+?[0-9]{6,15}", digits):
        return ""
    if digits.startswith("+"):
        return digits
    if len(digits) == LENGTH:
        return f"+{HOME}{digits}"
    return f"+{digits}" if digits.startswith(HOME) and len(digits) == len(HOME) + LENGTH else digits
