"""What a browser may send about people."""

import re
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from fundapp.kit.phones import dialled
from fundapp.kit.web.forms import Count, Day, Form, Words
from fundapp.people.codes import KINDS
from fundapp.people.permissions import Role

EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"
Email = Annotated[str, StringConstraints(pattern=EMAIL, max_length=200, to_lower=True)]
Optional = Annotated[str, StringConstraints(max_length=200)]
Language = Literal["en", "de", "mn"]
Sector = Literal["private", "public", "semi_public"]
Kind = Literal["editor", "reader"]


class SignInForm(Form):
    email: Words
    password: Annotated[str, Field(min_length=1, max_length=500)]
    next: str = "/"


class BeginForm(Form):
    """The one field: a telephone number or an e-mail address."""

    address: Words
    next: str = "/"


class NameForm(Form):
    """Asked of somebody new."""

    given_name: Optional = ""
    family_name: Optional = ""


class CodeForm(NameForm):
    number: Words
    code: Annotated[str, Field(min_length=1, max_length=40)]
    next: str = "/"


class NumberForm(Form):
    number: Words


class CallerForm(Form):
    """Whom an officer makes a code for: somebody known, or somebody new with a name."""

    number: Words
    person: Count | None = None
    given_name: Optional = ""
    family_name: Optional = ""
    language: Language = "en"


class InviteForm(Form):
    name: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    address: Words
    kind: Kind


class KindForm(Form):
    kind: Kind


class LeaveForm(Form):
    heir: Count | None = None


class EmailForm(Form):
    email: Email


class AddressForm(EmailForm):
    current: Annotated[str, Field(max_length=500)] = ""


class PhoneForm(Form):
    phone: Optional = ""


class PasswordForm(Form):
    password: Annotated[str, Field(max_length=500)]


class ChangePasswordForm(PasswordForm):
    current: Annotated[str, Field(max_length=500)] = ""


class RemovePasswordForm(Form):
    current: Annotated[str, Field(max_length=500)] = ""


class FirstForm(PasswordForm):
    given_name: Words
    family_name: Optional = ""
    email: Email


class LanguageForm(Form):
    language: Language


class PersonForm(Form):
    given_name: Words
    family_name: Optional = ""
    email: Email | None = None
    phone: Optional = ""
    language: Language = "en"
    role: Role | Literal["office", "second", "committee", "reader"]
    branch: Count | None = None


class RoleForm(Form):
    role: Role
    branch: Count | None = None


class DeputyForm(Form):
    deputy: Count
    first_day: Day
    last_day: Day


class BranchForm(Form):
    code: Words
    name: Words
    name_en: Optional = ""
    name_de: Optional = ""
    name_mn: Optional = ""
    region: Words
    phone: Optional = ""

    def kept(self) -> dict[str, Any]:
        """As the verb takes it: the names of the languages gathered."""
        plain = self.model_dump(include={"code", "name", "region", "phone"})
        return plain | {"names": {"en": self.name_en, "de": self.name_de, "mn": self.name_mn}}


class PartnerForm(Form):
    """Blank: the pair ends."""

    partner: Count | None = None


class OrganisationForm(Form):
    name: Words
    kind: Literal[tuple(KINDS)]  # type: ignore[valid-type]
    sector: Sector
    registration: Optional = ""
    tax_number: Optional = ""
    founded_on: Day | None = None
    address: Optional = ""
    phone: Optional = ""
    email: Email | None = None


def reach(typed: str) -> tuple[str, str] | None:
    """("email", address) or ("phone", number as it is dialled); None when it is neither."""
    if "@" in typed:
        address = typed.strip().lower()
        return ("email", address) if re.fullmatch(EMAIL, address) and len(address) <= 200 else None
    number = dialled(typed)
    return ("phone", number) if number else None
