"""Questions about funds, donors, calls and the ledger. All amounts are minor units of the fund's currency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased

from fundapp.funds.models import Call, Contribution, Counter, Donor, Fund, Journal, Posting
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may

CREDIT = ("free", "reserved", "committed", "paid", "returned")


@dataclass(frozen=True)
class Figures:
    """Where the money of a fund stands, in minor units. `paid` is less what came back, which stands in `returned`."""

    received: int = 0
    bank: int = 0
    free: int = 0
    reserved: int = 0
    committed: int = 0
    paid: int = 0
    returned: int = 0


@dataclass(frozen=True)
class Booked:
    """A journal entry in a list: `amount` as the list counts it, minor units; the donor's name where it is one donor's."""

    journal: Journal
    amount: int
    donor: str | None
    reversed_by: int | None


def no_fund_yet(session: ReadSession) -> bool:
    """Whether the first start still waits to be answered: there is no fund yet."""
    return session.scalars(select(Fund.id).limit(1)).first() is None


def find_fund(session: ReadSession, id: int, *, visible_to: Person) -> Fund | None:
    """Everybody on the staff may know that a fund exists; who may read its ledger, the rights say."""
    return session.get(Fund, id) if may(visible_to, Action.LIST_MEASURES) else None


def find_donor(session: ReadSession, id: int, *, visible_to: Person) -> Donor | None:
    return session.get(Donor, id) if may(visible_to, Action.READ_FUND) else None


def find_journal(session: ReadSession, id: int, *, visible_to: Person) -> Journal | None:
    return session.get(Journal, id) if may(visible_to, Action.READ_FUND) else None


def find_call(session: ReadSession, id: int, *, visible_to: Person) -> Call | None:
    """A published call is public; one in preparation is the managers'."""
    call = session.get(Call, id)
    return call if call and (call.published_at or may(visible_to, Action.MANAGE_CALL)) else None


def find_public_call(session: ReadSession, id: int) -> Call | None:
    call = session.get(Call, id)
    return call if call and call.published_at else None


def find_by_code(session: ReadSession, code: str) -> Fund | None:
    return session.scalars(select(Fund).where(Fund.code == code)).first()


def find_call_by_code(session: ReadSession, code: str) -> Call | None:
    return session.scalars(select(Call).where(Call.code == code)).first()


def funds(session: ReadSession) -> list[Fund]:
    """All funds, in the order of the alphabet."""
    return sorted(session.scalars(select(Fund).order_by(Fund.id)), key=lambda fund: i18n.by_name(fund.name))


def donors(session: ReadSession, fund_id: int) -> list[Donor]:
    return list(session.scalars(select(Donor).where(Donor.fund_id == fund_id).order_by(Donor.id)))


def contributions(session: ReadSession, donor_id: int) -> list[Contribution]:
    """What a donor has paid in, newest first."""
    asked = select(Contribution).where(Contribution.donor_id == donor_id)
    return list(session.scalars(asked.order_by(Contribution.arrived_on.desc(), Contribution.id.desc())))


def find_contribution(session: ReadSession, key: str) -> Contribution | None:
    return session.scalars(select(Contribution).where(Contribution.key == key)).first()


def all_figures(session: ReadSession, fund_id: int | None = None) -> dict[int, Figures]:
    """Fund id -> its figures, for all funds (or one) in one question."""
    asked = select(Posting.fund_id, *_sums()).group_by(Posting.fund_id)
    if fund_id is not None:
        asked = asked.where(Posting.fund_id == fund_id)
    return {row[0]: Figures(*(int(value) for value in row[1:])) for row in session.execute(asked)}


def with_figures(session: ReadSession) -> list[tuple[Fund, Figures]]:
    """All funds by name with their figures, in one question."""
    asked = select(Fund, *_sums()).outerjoin(Posting, Posting.fund_id == Fund.id).group_by(Fund.id)
    rows = session.execute(asked.order_by(Fund.name, Fund.id))
    return [(row[0], Figures(*(int(value) for value in row[1:]))) for row in rows]


def _sums() -> list[ColumnElement[int]]:
    """The columns of Figures, summed over postings."""
    sums = [
        func.coalesce(func.sum(case((Posting.account == account, -Posting.amount))), 0).label(account)
        for account in CREDIT
    ]
    received = func.coalesce(
        func.sum(case(((Posting.account == "free") & Posting.donor_id.is_not(None), -Posting.amount))), 0
    )
    bank = func.coalesce(func.sum(case((Posting.account == "bank", Posting.amount))), 0)
    return [received.label("received"), bank.label("bank"), *sums]


def figures(session: ReadSession, fund_id: int) -> Figures:
    """Where the money of one fund stands, in one question."""
    return all_figures(session, fund_id).get(fund_id, Figures())


def figures_of_case(session: ReadSession, case_id: int) -> Figures:
    """What is reserved, committed, paid and returned for one measure, in one question."""
    sums = [func.coalesce(func.sum(case((Posting.account == a, -Posting.amount))), 0) for a in CREDIT[1:]]
    row = session.execute(select(*sums).where(Posting.case_id == case_id)).one()
    reserved, committed, paid, returned = (int(value) for value in row)
    return Figures(reserved=reserved, committed=committed, paid=paid, returned=returned)


def paid_by_case(session: ReadSession, case_ids: Sequence[int]) -> dict[int, int]:
    """Case id -> what was paid and has not come back, in one question."""
    asked = (
        select(Posting.case_id, func.sum(-Posting.amount))
        .where(Posting.case_id.in_(case_ids), Posting.account == "paid")
        .group_by(Posting.case_id)
    )
    return {case: int(sum_) for case, sum_ in session.execute(asked) if case is not None}


def received_by_donor(session: ReadSession, fund_id: int) -> dict[int, int]:
    """Donor id -> what arrived from the donor."""
    asked = (
        select(Posting.donor_id, func.sum(-Posting.amount))
        .where(Posting.fund_id == fund_id, Posting.account == "free", Posting.donor_id.is_not(None))
        .group_by(Posting.donor_id)
    )
    return {donor: int(sum_) for donor, sum_ in session.execute(asked) if donor is not None}


def journals(
    session: ReadSession,
    fund_id: int | None = None,
    *,
    account: str | None = None,
    donor_id: int | None = None,
    case_id: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[Booked]:
    """Entries newest first, paged by number. With `account` the amounts are what each entry changed it by, so that they add up to its figure."""
    if account is None:
        amount: ColumnElement[int] = func.max(Posting.amount)
    else:
        amount = func.sum(case((Posting.account == account, Posting.amount if account == "bank" else -Posting.amount)))
    some = (
        select(Posting.journal_id, amount.label("amount"), func.max(Posting.donor_id).label("donor_id"))
        .join(Journal, Journal.id == Posting.journal_id)
        .group_by(Posting.journal_id)
        .order_by(Posting.journal_id.desc())
        .limit(limit)
    )
    for column, value in (
        (Posting.account, account),
        (Journal.fund_id, fund_id),
        (Posting.donor_id, donor_id),
        (Journal.case_id, case_id),
    ):
        if value is not None:
            some = some.where(column == value)
    if before is not None:
        some = some.where(Posting.journal_id < before)
    page, mirror = some.subquery(), aliased(Journal)
    asked = (
        select(Journal, page.c.amount, Donor.name, mirror.id)
        .join(page, page.c.journal_id == Journal.id)
        .outerjoin(Donor, Donor.id == page.c.donor_id)
        .outerjoin(mirror, mirror.reverses_id == Journal.id)
        .order_by(Journal.id.desc())
    )
    return [Booked(journal, int(sum_), name, again) for journal, sum_, name, again in session.execute(asked)]


def journals_of_case(session: ReadSession, case_id: int, limit: int = 100) -> list[Booked]:
    """Everything booked for one measure, newest first."""
    return journals(session, case_id=case_id, limit=limit)


def count_journals(session: ReadSession, fund_id: int) -> int:
    return session.scalar(select(func.count()).where(Journal.fund_id == fund_id)) or 0


def postings(session: ReadSession, journal_id: int) -> list[Posting]:
    return list(session.scalars(select(Posting).where(Posting.journal_id == journal_id).order_by(Posting.id)))


def reversed_by(session: ReadSession, journal_id: int) -> int | None:
    """The entry that reverses this one."""
    return session.scalar(select(Journal.id).where(Journal.reverses_id == journal_id))


RECENT = timedelta(days=92)  # how long a closed call stays on the public page; no extension reaches as far


def open_calls(session: ReadSession, at: datetime) -> list[Call]:
    """Published calls that take proposals now, of some region at least, the one that closes first on top."""
    return [call for call in recent_calls(session, at) if call.state(at) == "open"]


def recent_calls(session: ReadSession, at: datetime) -> list[Call]:
    """Published calls that are coming, open, or closed in the last three months; the one that closes first on top."""
    return _calls(session, _published().where(Call.closes_at >= at - RECENT).order_by(Call.closes_at, Call.id))


def calls(session: ReadSession, fund_id: int | None = None) -> list[Call]:
    """All calls, newest first."""
    asked = select(Call).order_by(Call.opens_at.desc(), Call.id.desc())
    return _calls(session, asked.where(Call.fund_id == fund_id) if fund_id is not None else asked)


def _published() -> Select[Call]:
    return select(Call).where(Call.published_at.is_not(None))


def _calls(session: ReadSession, asked: Select[Call]) -> list[Call]:
    return list(session.scalars(asked))


def funds_of(session: ReadSession, calls: Sequence[Call]) -> dict[int, Fund]:
    """The funds of these calls by id, in one question."""
    wanted = {call.fund_id for call in calls}
    return {fund.id: fund for fund in session.scalars(select(Fund).where(Fund.id.in_(wanted)))}


def verify(session: ReadSession) -> list[str]:
    """Sentences that say where the ledger does not hold; empty when it does."""
    problems = [
        f"journal entry {id} does not balance in {currency}"
        for id, currency in session.execute(
            select(Posting.journal_id, Posting.currency)
            .group_by(Posting.journal_id, Posting.currency)
            .having(func.sum(Posting.amount) != 0)
            .order_by(Posting.journal_id)
        )
    ]
    problems += [
        f"journal entry {id} has postings in {currency}, but its fund is kept in {own}"
        for id, currency, own in session.execute(
            select(Posting.journal_id, Posting.currency, Fund.currency)
            .join(Fund, Fund.id == Posting.fund_id)
            .where(Posting.currency != Fund.currency)
            .distinct()
            .order_by(Posting.journal_id)
        )
    ]
    problems += [
        f"posting {id} belongs to no journal entry"
        for id in session.scalars(
            select(Posting.id).outerjoin(Journal, Journal.id == Posting.journal_id).where(Journal.id.is_(None))
        )
    ]
    problems += _gaps(session) + _negative(session)
    return problems


def _gaps(session: ReadSession) -> list[str]:
    first, last, count = session.execute(
        select(func.coalesce(func.min(Journal.id), 1), func.coalesce(func.max(Journal.id), 0), func.count(Journal.id))
    ).one()
    counter = session.get(Counter, "journal")
    problems = []
    if (first, last) != (1, count):
        problems.append(f"journal entries run from {first} to {last}, but there are {count}")
    if counter is not None and counter.last != last:
        problems.append(f"the last journal entry is {last}, but {counter.last} numbers were given")
    return problems


def _negative(session: ReadSession) -> list[str]:
    sign = case((Posting.account.in_(("bank", "granted")), 1), else_=-1)
    balance = func.sum(Posting.amount * sign)
    asked = (
        select(Posting.fund_id, Posting.account, balance)
        .group_by(Posting.fund_id, Posting.account)
        .having(balance < 0)
        .order_by(Posting.fund_id, Posting.account)
    )
    problems = [f"account {account} of fund {fund} stands at {left}" for fund, account, left in session.execute(asked)]
    cases = (
        select(Posting.case_id, Posting.account, balance)
        .where(Posting.account.in_(("reserved", "committed", "paid", "granted")))
        .group_by(Posting.case_id, Posting.account)
        .having(balance < 0)
        .order_by(Posting.case_id, Posting.account)
    )
    return problems + [
        f"account {account} of case {case_id} stands at {left}" for case_id, account, left in session.execute(cases)
    ]


def first_language(session: ReadSession, fund_id: int) -> str | None:
    """The first language of the fund's newest call."""
    newest = select(Call.language).where(Call.fund_id == fund_id).order_by(Call.id.desc()).limit(1)
    return session.scalars(newest).first()
