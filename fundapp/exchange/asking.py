"""What a browser may send that asks a question about a call."""

import re
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from fundapp.kit.i18n import gettext as _
from fundapp.kit.web.forms import Form

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
PHONE = re.compile(r"[+(]?[0-9][0-9 ()/.-]{4,30}", re.ASCII)


def _email(typed: str) -> str:
    if typed and not EMAIL.fullmatch(typed):
        raise ValueError(_("This is not an e-mail address. Write name@example.org, or leave it empty."))
    return typed.lower()


def _phone(typed: str) -> str:
    if typed and not PHONE.fullmatch(typed):
        raise ValueError(_("This is not a telephone number. Write 9911 0000, or leave it empty."))
    return typed


class AskForm(Form):
    """Name and address are for the reply only. `key` makes it one question however often it is sent."""

    text: Annotated[str, StringConstraints(min_length=10, max_length=1000)]
    name: Annotated[str, StringConstraints(max_length=100)] = ""
    email: Annotated[str, StringConstraints(max_length=200), AfterValidator(_email)] = ""
    phone: Annotated[str, StringConstraints(max_length=40), AfterValidator(_phone)] = ""
    key: Annotated[str, StringConstraints(min_length=8, max_length=80)]
