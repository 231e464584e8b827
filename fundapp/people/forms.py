"""What a browser may send about people."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from fundapp.kit.web.forms import Count, Day, Form, Words
from fundapp.people.codes import KINDS
from fundapp.people.permissions import Role

Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$", max_length=200, to_lower=True)]
Optional = Annotated[str, StringConstraints(max_length=200)]
Language = Literal["en", "de", "mn"]
Sector = Literal["private", "public", "semi_public"]


class SignInForm(Form):
    email: Words
    password: Annotated[str, Field(min_length=1, max_length=500)]
    next: str = "/"


class EmailForm(Form):
    email: Email


class PasswordForm(Form):
    password: Annotated[str, Field(max_length=500)]


class ChangePasswordForm(PasswordForm):
    current: Annotated[str, Field(min_length=1, max_length=500)]


class RegisterForm(Form):
    given_name: Words
    family_name: Optional = ""
    email: Email
    phone: Optional = ""
    next: str = "/"


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
