from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from fundapp.kit.database import Base
from fundapp.kit.phones import dialled
from fundapp.people.permissions import Lender


class Branch(Base):
    """A regional branch of the chamber, itself an organisation. `region` is its area, an ISO 3166-2 code.

    `names` by language, where a language has one of its own; see `kit.i18n.named`.
    """

    __tablename__ = "people_branch"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    names: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default="{}")
    region: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    partner_id: Mapped[int | None] = mapped_column(ForeignKey("people_branch.id"))
    created_at: Mapped[datetime]


class Organisation(Base):
    """Who proposes, signs or holds an account. `kind`: see ORGANISATION_KINDS; `sector`: private, public, semi_public."""

    __tablename__ = "people_organisation"
    __table_args__ = (CheckConstraint("sector IN ('private', 'public', 'semi_public')", name="sector"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    sector: Mapped[str]
    register: Mapped[str] = mapped_column(default="")  # register and number, as in 360Giving: GB-CHC-123
    tax_number: Mapped[str] = mapped_column(default="")
    founded_on: Mapped[date | None]
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    @property
    def organisation_id(self) -> int:
        return self.id


class Person(Base):
    """`organisation_id` is the one new proposals are written for; who works for which: Membership."""

    __tablename__ = "people_person"
    __table_args__ = (
        Index("ix_people_person_dialled", "dialled"),
        CheckConstraint("email IS NULL OR email = lower(email)", name="email_lower"),
        CheckConstraint("email IS NOT NULL OR phone <> ''", name="reachable"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    given_name: Mapped[str]
    family_name: Mapped[str] = mapped_column(default="")  # or the father's name, as written before the given name
    email: Mapped[str | None] = mapped_column(unique=True)
    phone: Mapped[str] = mapped_column(default="")
    dialled: Mapped[str] = mapped_column(default="", server_default="")  # `phone` as one finds it: kit.phones
    language: Mapped[str] = mapped_column(default="en")
    password_hash: Mapped[str | None]
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("people_organisation.id"))
    active: Mapped[bool] = mapped_column(default=True)
    invented: Mapped[bool] = mapped_column(default=False)  # a person of the demonstration
    created_at: Mapped[datetime]

    roles: Mapped[list["RoleHeld"]] = relationship(
        primaryjoin="and_(Person.id == RoleHeld.person_id, RoleHeld.ended_at.is_(None), RoleHeld.confirmed_at.is_not(None))",
        lazy="selectin",
        viewonly=True,
    )
    lenders = cast(
        tuple[Lender, ...], ()
    )  # whom this person stands in for today (permissions.Lender); set where they are let in
    member_of = cast(
        Mapping[int, str], MappingProxyType({})
    )  # organisation -> editor or reader; set where they are let in (members.known)
    acts_for = cast(int | None, None)  # the id of the one whose right was needed, once one was

    @validates("phone")
    def _number(self, name: str, phone: str) -> str:
        self.dialled = dialled(phone)
        return phone

    @property
    def shown_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    @property
    def initial_name(self) -> str:
        """As staff lists name a person: 'B. Bold'."""
        return f"{self.family_name[:1]}. {self.given_name}" if self.family_name else self.given_name


def _where(condition: str) -> dict[str, Any]:
    """A partial index, on both databases."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class RoleHeld(Base):
    """A role of a person from when to when; branch roles name their branch. Grave roles count once a second person confirmed."""

    __tablename__ = "people_role_held"
    __table_args__ = (
        CheckConstraint("(role = 'officer') = (branch_id IS NOT NULL)", name="branch_role"),
        Index("ix_people_role_held_person", "person_id"),
        Index(
            "uq_people_role_held_once",
            "person_id",
            "role",
            unique=True,
            **_where("ended_at IS NULL AND branch_id IS NULL"),
        ),
        Index(
            "uq_people_role_held_branch_once",
            "person_id",
            "role",
            "branch_id",
            unique=True,
            **_where("ended_at IS NULL AND branch_id IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    role: Mapped[str]
    branch_id: Mapped[int | None] = mapped_column(ForeignKey("people_branch.id"))
    given_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    given_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    succeeds_id: Mapped[int | None]  # the role, handed over, that ends once this one counts


class Deputy(Base):
    """`deputy` stands in for `person` from `first_day` to `last_day`, both included, days of the fund's zone; see deputies.py."""

    __tablename__ = "people_deputy"
    __table_args__ = (
        CheckConstraint("person_id <> deputy_id", name="two_persons"),
        CheckConstraint("first_day <= last_day", name="in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    deputy_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    first_day: Mapped[date]
    last_day: Mapped[date]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))


class SignIn(Base):
    """A session: only the hash of its key is kept; ending it here ends it everywhere."""

    __tablename__ = "people_sign_in"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"), index=True)
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    idle_minutes: Mapped[int]
    ended_at: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(default="")
    light: Mapped[bool] = mapped_column(default=False, server_default=false())  # by link or code: not enough for staff


class Membership(Base):
    """A person who works for an applicant's organisation, as editor or reader, until it ends."""

    __tablename__ = "people_membership"
    __table_args__ = (
        CheckConstraint("kind IN ('editor', 'reader')", name="kind"),
        Index("ix_people_membership_organisation", "organisation_id"),
        Index(
            "uq_people_membership_open_once",
            "person_id",
            "organisation_id",
            unique=True,
            **_where("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    kind: Mapped[str]
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id])


class Invitation(Base):
    """Somebody asked to join an organisation, by e-mail address or dialled number; they say yes or no once signed in."""

    __tablename__ = "people_invitation"
    __table_args__ = (
        CheckConstraint("kind IN ('editor', 'reader')", name="kind"),
        Index("ix_people_invitation_organisation", "organisation_id"),
        Index(
            "uq_people_invitation_open_once",
            "address",
            "organisation_id",
            unique=True,
            **_where("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("people_organisation.id"))
    address: Mapped[str]
    name: Mapped[str]  # as the inviting person wrote it
    kind: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]  # taken, declined or taken back

    organisation: Mapped[Organisation] = relationship(lazy="raise_on_sql")
    by: Mapped[Person] = relationship(lazy="raise_on_sql")


class Code(Base):
    """A one-time code for a telephone number, read out, printed or sent as a short text; only its hash is kept.

    It belongs to one person; `person_id` None: to whoever first comes in with a number that nobody has.
    """

    __tablename__ = "people_code"
    __table_args__ = (Index("ix_people_code_dialled", "dialled", "ends_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dialled: Mapped[str]
    code_hash: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))  # None: sent as a short text
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)  # wrong ones
    used_at: Mapped[datetime | None]


class Link(Base):
    """A mailed or printed link: opens a page with one button; the button's POST uses it up.

    `address`: the e-mail address it was mailed to, where a new one is confirmed by it.
    """

    __tablename__ = "people_link"

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    purpose: Mapped[str]  # first_administrator, invite, reset; enter, join (sign in); address (a new one)
    address: Mapped[str] = mapped_column(default="", server_default="", index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"), index=True)
    next_url: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """For throttling; `account` and `address` are hashed."""

    __tablename__ = "people_failed_sign_in"
    __table_args__ = (
        Index("ix_people_failed_sign_in_account", "account", "at"),
        Index("ix_people_failed_sign_in_address", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime]
