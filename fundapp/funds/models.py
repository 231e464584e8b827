from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fundapp.funds.codes import FUND_INDICATORS
from fundapp.kit.database import Base, Minor
from fundapp.kit.migrations import append_only, with_statements


class Fund(Base):
    """A fund in one currency (ISO 4217) and one time zone. All its amounts are minor units of that currency."""

    __tablename__ = "funds_fund"
    __table_args__ = (CheckConstraint("preset IN ('small', 'national')", name="preset"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    currency: Mapped[str]
    zone: Mapped[str]
    preset: Mapped[str] = mapped_column(default="national")
    opened_on: Mapped[date]
    created_at: Mapped[datetime]


class Donor(Base):
    """Who pays into a fund."""

    __tablename__ = "funds_donor"
    __table_args__ = (UniqueConstraint("fund_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("funds_fund.id"), index=True)
    name: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Contribution(Base):
    """Money of a donor that has arrived; in minor units of the fund's currency."""

    __tablename__ = "funds_contribution"
    __table_args__ = (
        CheckConstraint("amount > 0", name="positive"),
        UniqueConstraint("key", name="uq_funds_contribution_key_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    donor_id: Mapped[int] = mapped_column(ForeignKey("funds_donor.id"), index=True)
    amount: Mapped[Minor]
    arrived_on: Mapped[date]
    bank_reference: Mapped[str]
    key: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))


class Extension(NamedTuple):
    """More time for a region because of an outage."""

    region: str
    until: datetime
    reason: str
    at: datetime


class Call(Base):
    """A call for proposals with its own rules, frozen by the first submission. Shares are in tenths of a percent (250 = 25 %).

    `extensions` are rows {region, until (ISO, UTC), reason, at, by}: openly, because of an outage, also after freezing.
    """

    __tablename__ = "funds_call"
    __table_args__ = (
        CheckConstraint("smallest > 0 AND largest >= smallest", name="limits"),
        CheckConstraint("own_share BETWEEN 0 AND 1000 AND own_cash BETWEEN 0 AND own_share", name="shares"),
        CheckConstraint("closes_at > opens_at", name="window"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    fund_id: Mapped[int] = mapped_column(ForeignKey("funds_fund.id"), index=True)
    code: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    smallest: Mapped[Minor]
    largest: Mapped[Minor]
    own_share: Mapped[int] = mapped_column(default=250)
    own_cash: Mapped[int] = mapped_column(default=50)
    longest_months: Mapped[int] = mapped_column(default=12)
    regions: Mapped[list[str]] = mapped_column(JSON)  # ISO 3166-2 codes; empty: all
    applicant_kinds: Mapped[list[str]] = mapped_column(JSON)  # empty: all
    annexes: Mapped[list[str]] = mapped_column(JSON)  # kinds of annex that must be there
    budget: Mapped[Minor]  # money set aside for this call
    blind: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="en", server_default="en")  # in which title and text are written
    texts: Mapped[dict[str, dict[str, str]]] = mapped_column(JSON, default=dict, server_default="{}")  # further ones
    questions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")  # questions.py
    indicators: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")  # codes; empty: all
    short_limit: Mapped[Minor] = mapped_column(default=0, server_default="0")  # up to it the short form; 0: none
    contact: Mapped[str] = mapped_column(default="", server_default="")
    edition: Mapped[int] = mapped_column(default=1, server_default="1")  # counts what was changed after publication
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    copied_from_id: Mapped[int | None]  # the call it was copied from
    extensions: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    published_at: Mapped[datetime | None]
    frozen_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    def deadline_for(self, region: str) -> datetime:
        """Until when proposals of a region (ISO 3166-2) are taken: the deadline, or what an outage made of it there."""
        return max([self.closes_at, *(more.until for more in self.extended if more.region == region)])

    @property
    def last_deadline(self) -> datetime:
        """Until when proposals of any region are taken."""
        return max([self.closes_at, *(more.until for more in self.extended)])

    @property
    def extended(self) -> list[Extension]:
        """Which regions were given more time, in the order in which it was given."""
        return [
            Extension(
                row["region"], datetime.fromisoformat(row["until"]), row["reason"], datetime.fromisoformat(row["at"])
            )
            for row in self.extensions or ()
        ]

    def state(self, at: datetime) -> str:
        """ "coming", "open" (somewhere) or "closed"."""
        return "coming" if at < self.opens_at else "open" if at <= self.last_deadline else "closed"

    @property
    def asked_indicators(self) -> list[str]:
        """Codes of the fund's indicators that every proposal plans a target for."""
        return self.indicators or list(FUND_INDICATORS)

    @property
    def languages(self) -> list[str]:
        """In which languages the call is written, the first one first."""
        return [self.language, *(lang for lang in self.texts or {} if self.texts[lang].get("title"))]

    def said(self, what: str, lang: str) -> str:
        """Its "title" or "text" in a language, else in its first."""
        own: str = getattr(self, what)
        return own if lang == self.language else (self.texts or {}).get(lang, {}).get(what) or own


class Inquiry(Base):
    """A question that somebody asked about a call. Public once it is answered, in the words of `question`; `text` is what was asked.

    Name and address (e-mail or telephone) are for the reply only and never shown to the public.
    """

    __tablename__ = "funds_inquiry"
    __table_args__ = (
        UniqueConstraint("key", name="uq_funds_inquiry_key_once"),
        CheckConstraint("(published_at IS NULL) = (answer = '')", name="public_once_answered"),
        CheckConstraint("published_at IS NULL OR set_aside_at IS NULL", name="ended"),
        CheckConstraint("set_aside_at IS NULL OR because <> ''", name="reason"),
        Index("ix_funds_inquiry_public", "call_id", "published_at"),
        Index("ix_funds_inquiry_source", "source", "asked_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("funds_call.id"))
    text: Mapped[str]
    question: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    name: Mapped[str] = mapped_column(default="")
    email: Mapped[str | None]
    phone: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    source: Mapped[str]  # where it came from, hashed: against floods
    asked_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    set_aside_at: Mapped[datetime | None]
    because: Mapped[str] = mapped_column(default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))  # who answered or set aside
    key: Mapped[str]


class Counter(Base):
    """Gapless numbers: the row is locked by who draws the next one."""

    __tablename__ = "funds_counter"

    name: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int] = mapped_column(default=0)


class Posting(Base):
    """One side of a journal entry, in minor units: positive is debit, negative is credit. Written before its journal row."""

    __tablename__ = "funds_posting"
    __table_args__ = (
        CheckConstraint("amount <> 0", name="not_zero"),
        Index("ix_funds_posting_balance", "fund_id", "account", "currency"),
        Index("ix_funds_posting_case", "case_id", "account"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    journal_id: Mapped[int] = mapped_column(
        ForeignKey("funds_journal.id", deferrable=True, initially="DEFERRED"), index=True
    )
    fund_id: Mapped[int] = mapped_column(ForeignKey("funds_fund.id"))
    account: Mapped[str]
    donor_id: Mapped[int | None] = mapped_column(ForeignKey("funds_donor.id"), index=True)
    case_id: Mapped[int | None]
    currency: Mapped[str]
    amount: Mapped[Minor]


class Journal(Base):
    """A booking, sealed by a trigger that checks the balance of its postings per currency. A correction is a reversal."""

    __tablename__ = "funds_journal"
    __table_args__ = (
        UniqueConstraint("key", name="uq_funds_journal_key_once"),
        UniqueConstraint("reverses_id", name="uq_funds_journal_reverses_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    fund_id: Mapped[int] = mapped_column(ForeignKey("funds_fund.id"), index=True)
    kind: Mapped[str]
    booked_on: Mapped[date]
    document: Mapped[str]  # what proves it: bank statement, minutes, contract number
    subject: Mapped[str]
    case_id: Mapped[int | None] = mapped_column(index=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("funds_journal.id"))
    key: Mapped[str]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people_person.id"))
    at: Mapped[datetime]


SEAL_SQLITE = """CREATE TRIGGER funds_journal_seal BEFORE INSERT ON funds_journal BEGIN
SELECT CASE WHEN (SELECT count(*) FROM funds_posting WHERE journal_id = NEW.id) < 2
OR EXISTS (SELECT 1 FROM funds_posting WHERE journal_id = NEW.id GROUP BY currency HAVING sum(amount) <> 0)
THEN RAISE(ABORT, 'journal entry does not balance') END; END"""
LATE_SQLITE = """CREATE TRIGGER funds_posting_late BEFORE INSERT ON funds_posting
WHEN EXISTS (SELECT 1 FROM funds_journal WHERE id = NEW.journal_id) BEGIN
SELECT RAISE(ABORT, 'journal entry is sealed'); END"""
SEAL_POSTGRES = """CREATE OR REPLACE FUNCTION funds_journal_seal() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF (SELECT count(*) FROM funds_posting WHERE journal_id = NEW.id) < 2
OR EXISTS (SELECT 1 FROM funds_posting WHERE journal_id = NEW.id GROUP BY currency HAVING sum(amount) <> 0)
THEN RAISE EXCEPTION 'journal entry does not balance' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"""
LATE_POSTGRES = """CREATE OR REPLACE FUNCTION funds_posting_late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
IF EXISTS (SELECT 1 FROM funds_journal WHERE id = NEW.journal_id)
THEN RAISE EXCEPTION 'journal entry is sealed' USING ERRCODE = 'check_violation'; END IF; RETURN NEW; END $$"""


EACH = "CREATE TRIGGER {n} BEFORE INSERT ON {t} FOR EACH ROW EXECUTE FUNCTION {n}()"


def _seal(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [SEAL_SQLITE]
    return [SEAL_POSTGRES, EACH.format(n="funds_journal_seal", t="funds_journal")]


def _late(dialect: str) -> list[str]:
    if dialect == "sqlite":
        return [LATE_SQLITE]
    return [LATE_POSTGRES, EACH.format(n="funds_posting_late", t="funds_posting")]


_journal: Any = Journal.__table__
_posting: Any = Posting.__table__
with_statements(append_only(_journal), _seal)
with_statements(append_only(_posting), _late)
