"""The ledger: double entry, append-only, gapless. Positive is debit, negative is credit; amounts are minor units of the fund.

BANK and GRANTED stand on the debit side. FREE, RESERVED, COMMITTED, PAID and RETURNED stand on the credit side, so their
postings are negative when they grow. Nothing ever goes below zero: that is asked under the lock of the fund's row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite

from fundapp.funds.models import Contribution, Counter, Fund, Journal, Posting
from fundapp.history.service import Somebody, subject_of
from fundapp.kit import i18n, money
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.errors import Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark


class Account(StrEnum):
    BANK = "bank"
    GRANTED = "granted"
    FREE = "free"
    RESERVED = "reserved"
    COMMITTED = "committed"
    PAID = "paid"
    RETURNED = "returned"


SAID = (
    mark("bank"),
    mark("granted"),
    mark("free"),
    mark("reserved"),
    mark("committed"),
    mark("paid"),
    mark("returned"),
)
A = Account
DEBIT = frozenset({A.BANK, A.GRANTED})
OF_CASE = frozenset(
    {A.RESERVED, A.COMMITTED, A.PAID, A.GRANTED, A.RETURNED}
)  # counted per measure, the others per fund
SHORT = {
    A.FREE: mark("Only %(left)s are free in the fund; %(needed)s are needed."),
    A.RESERVED: mark("Only %(left)s are reserved for this measure; %(needed)s are needed."),
    A.COMMITTED: mark("Only %(left)s are committed to this measure; %(needed)s are needed."),
    A.BANK: mark("Only %(left)s are in the bank; %(needed)s are needed."),
    A.PAID: mark("Only %(left)s have been paid for this measure; %(needed)s cannot come back."),
    A.GRANTED: mark("Only %(left)s have been paid for this measure; %(needed)s cannot come back."),
    A.RETURNED: mark("Only %(left)s have come back from this measure; %(needed)s cannot be taken back."),
}


@dataclass(frozen=True)
class Leg:
    """One side of a booking, in minor units: positive is debit."""

    account: Account
    amount: int
    donor_id: int | None = None
    case_id: int | None = None


def book(
    session: WriteSession,
    fund: Fund,
    kind: str,
    legs: Sequence[Leg],
    *,
    booked_on: date,
    document: str,
    thing: Any,
    key: str,
    by: Somebody,
    at: datetime,
    reverses_id: int | None = None,
) -> Journal:
    """Books `legs` as one journal entry with the next number; with the same `key` a second time, gives what is there.

    Raises Refused when an account would go below zero: the fund's free money, or what stands for the case.
    """
    locked(session, fund)
    found = session.scalars(select(Journal).where(Journal.key == key)).first()
    if found is not None:
        return found
    _enough(session, fund, legs)
    number = next_number(session, "journal")
    for leg in legs:
        session.add(
            Posting(
                journal_id=number,
                fund_id=fund.id,
                account=leg.account.value,
                donor_id=leg.donor_id,
                case_id=leg.case_id,
                currency=fund.currency,
                amount=leg.amount,
            )
        )
    session.flush()  # the postings first: the trigger of the journal row checks them
    journal = Journal(
        id=number,
        fund_id=fund.id,
        kind=kind,
        booked_on=booked_on,
        document=document,
        subject=thing.subject if isinstance(thing, Journal) else subject_of(thing),
        case_id=getattr(thing, "case_id", None),
        reverses_id=reverses_id,
        key=key,
        by_id=by.id,
        at=at,
    )
    session.add(journal)
    session.flush()
    return journal


def next_number(session: WriteSession, name: str) -> int:
    """The next number of a gapless series; whoever draws it holds the row until the end of the transaction."""
    counter = session.get(Counter, name)
    if counter is None:
        insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
        session.execute(insert(Counter).values(name=name, last=0).on_conflict_do_nothing())
        counter = session.get_one(Counter, name)
    locked(session, counter)
    counter.last += 1
    session.flush()
    return counter.last


def receive(session: WriteSession, fund: Fund, contribution: Contribution, *, by: Somebody, at: datetime) -> Journal:
    """A donor's money has arrived: it is in the bank and free."""
    x, donor = contribution.amount, contribution.donor_id
    legs = (Leg(A.BANK, x, donor), Leg(A.FREE, -x, donor))
    return book(
        session, fund, "receive", legs, booked_on=contribution.arrived_on, document=contribution.bank_reference,
        thing=contribution, key=f"contribution:{contribution.id}", by=by, at=at,
    )  # fmt: skip


def reserve(
    session: WriteSession,
    fund: Fund,
    thing: Any,
    amount: int,
    *,
    booked_on: date,
    document: str,
    key: str,
    by: Somebody,
    at: datetime,
) -> Journal:
    """Free money is reserved for an approved measure. Raises Refused when less is free."""
    return _moved(session, fund, "reserve", thing, amount, A.FREE, A.RESERVED, booked_on, document, key, by, at)


def release(
    session: WriteSession,
    fund: Fund,
    thing: Any,
    amount: int,
    *,
    booked_on: date,
    document: str,
    key: str,
    by: Somebody,
    at: datetime,
) -> Journal:
    """What was reserved is free again."""
    return _moved(session, fund, "release", thing, amount, A.RESERVED, A.FREE, booked_on, document, key, by, at)


def commit(
    session: WriteSession,
    fund: Fund,
    thing: Any,
    amount: int,
    *,
    booked_on: date,
    document: str,
    key: str,
    by: Somebody,
    at: datetime,
) -> Journal:
    """What was reserved is promised by a signed contract."""
    return _moved(session, fund, "commit", thing, amount, A.RESERVED, A.COMMITTED, booked_on, document, key, by, at)


def uncommit(
    session: WriteSession,
    fund: Fund,
    thing: Any,
    amount: int,
    *,
    booked_on: date,
    document: str,
    key: str,
    by: Somebody,
    at: datetime,
) -> Journal:
    """Settled for less, or ended: the rest of what was committed is free again."""
    return _moved(session, fund, "uncommit", thing, amount, A.COMMITTED, A.FREE, booked_on, document, key, by, at)


def pay(
    session: WriteSession,
    fund: Fund,
    thing: Any,
    amount: int,
    *,
    booked_on: date,
    document: str,
    key: str,
    by: Somebody,
    at: datetime,
) -> Journal:
    """Money has left the bank for a measure. Raises Refused beyond what is committed to it or in the bank."""
    case, x = thing.case_id, _positive(amount)
    legs = (
        Leg(A.COMMITTED, x, case_id=case), Leg(A.PAID, -x, case_id=case),
        Leg(A.GRANTED, x, case_id=case), Leg(A.BANK, -x, case_id=case),
    )  # fmt: skip
    return book(session, fund, "pay", legs, booked_on=booked_on, document=document, thing=thing, key=key, by=by, at=at)


def take_return(
    session: WriteSession,
    fund: Fund,
    thing: Any,
    amount: int,
    *,
    booked_on: date,
    document: str,
    key: str,
    by: Somebody,
    at: datetime,
) -> Journal:
    """A grantee has paid back. It is in the bank as returned money, not free by itself."""
    case, x = thing.case_id, _positive(amount)
    legs = (
        Leg(A.BANK, x, case_id=case), Leg(A.GRANTED, -x, case_id=case),
        Leg(A.PAID, x, case_id=case), Leg(A.RETURNED, -x, case_id=case),
    )  # fmt: skip
    return book(
        session, fund, "return", legs, booked_on=booked_on, document=document, thing=thing, key=key, by=by, at=at
    )


def reverse(
    session: WriteSession, journal: Journal, *, booked_on: date, document: str, by: Somebody, at: datetime
) -> Journal:
    """The correction of a booking: the same postings with the other sign. Raises Refused when it cannot be taken back any more."""
    fund = session.get_one(Fund, journal.fund_id)
    if journal.reverses_id is not None:
        raise Refused(_("Entry %(id)s is a reversal itself; book the right entry instead.", id=journal.id))
    postings = session.scalars(select(Posting).where(Posting.journal_id == journal.id).order_by(Posting.id))
    legs = [Leg(Account(p.account), -p.amount, p.donor_id, p.case_id) for p in postings]
    return book(
        session, fund, "reverse", legs, booked_on=booked_on, document=document, thing=journal,
        key=f"reverse:{journal.id}", by=by, at=at, reverses_id=journal.id,
    )  # fmt: skip


def _moved(
    session: WriteSession,
    fund: Fund,
    kind: str,
    thing: Any,
    amount: int,
    source: Account,
    target: Account,
    booked_on: date,
    document: str,
    key: str,
    by: Somebody,
    at: datetime,
) -> Journal:
    x, case = _positive(amount), thing.case_id
    legs = (Leg(source, x, case_id=case), Leg(target, -x, case_id=case))
    return book(session, fund, kind, legs, booked_on=booked_on, document=document, thing=thing, key=key, by=by, at=at)


def _positive(amount: int) -> int:
    if amount <= 0:
        raise Refused(_("The amount must be greater than zero."), field="amount")
    return amount


def _enough(session: WriteSession, fund: Fund, legs: Sequence[Leg]) -> None:
    """Refuses what would bring an account below zero; the caller holds the lock of the fund."""
    reasons = []
    for leg in legs:
        grows = (leg.amount > 0) == (leg.account in DEBIT)
        if grows:
            continue
        asked = select(func.coalesce(func.sum(Posting.amount), 0)).where(
            Posting.fund_id == fund.id, Posting.account == leg.account
        )
        if leg.account in OF_CASE:
            asked = asked.where(Posting.case_id == leg.case_id)
        left = int(session.scalar(asked) or 0) * (1 if leg.account in DEBIT else -1)
        if left < abs(leg.amount):
            said = {"left": _show(left, fund), "needed": _show(abs(leg.amount), fund)}
            reasons.append(_(SHORT[leg.account], **said))
    if reasons:
        raise Refused(*dict.fromkeys(reasons), field="amount")


def _show(amount: int, fund: Fund) -> str:
    return money.show(amount, fund.currency, i18n.LANGUAGE.get(), with_currency=True)
