"""What the fund knows of a proposal's applicant: earlier grants, and other open proposals that share a number with it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, false, func, or_, select
from sqlalchemy.orm import aliased

from fundapp.funds.queries import paid_by_case
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures import queries
from fundapp.measures.alike import account_keys, name_keys, phone_keys, register_keys
from fundapp.measures.eligibility import Earlier
from fundapp.measures.lifecycle import FUNDED, Status
from fundapp.measures.models import Measure, Party
from fundapp.measures.queries import Proposal
from fundapp.people.models import Branch, Organisation, Person
from fundapp.reminders.models import Obligation

S = Status
BEFORE_CONTRACT = (S.SUBMITTED, S.RETURNED, S.ELIGIBLE, S.IN_RATING, S.RATED, S.DEFERRED, S.RESERVED, S.APPROVED)
RUNNING, DELIVERED = (S.RUNNING, S.SUSPENDED, S.CONTRACTED), (S.SETTLED, S.CLOSED)
SAME = {
    "organisation": mark("same organisation"),
    "register": mark("same register number"),
    "tax": mark("same tax number"),
    "account": mark("same bank account"),
    "phone": mark("same telephone"),
}
Keys = dict[str, set[str]]


@dataclass(frozen=True)
class Twin:
    """Another open proposal of the fund, and what is the same in both."""

    id: int
    number: str
    title: str
    status: str
    branch: Branch | None
    same: list[str]


@dataclass(frozen=True)
class Twins:
    """Those the reader may open, and how many there are besides."""

    found: list[Twin]
    hidden: int

    def __bool__(self) -> bool:
        return bool(self.found or self.hidden)


def earlier(session: ReadSession, measure: Measure, today: date, person: Person | None = None) -> tuple[Earlier, ...]:
    """The recipient's other grants of this fund, newest first; addresses only of what `person` may open. At most three questions."""
    same = _same_recipient(measure)
    if not same:
        return ()
    seen = queries.visible_to(person) if person is not None else false()
    asked = select(Measure, seen.label("seen")).where(
        or_(*same), Measure.id != measure.id, Measure.fund_id == measure.fund_id, Measure.status.in_(FUNDED)
    )
    others = session.execute(asked.order_by(Measure.id.desc())).all()
    ids = [other.id for other, _seen in others]
    if not ids:
        return ()
    late, paid = _late_reports(session, ids, today), paid_by_case(session, ids)
    return tuple(
        Earlier(
            number=other.number or "",
            title=other.short_title or other.title,
            status=other.status,
            amount=other.awarded or 0,
            url=f"/cases/{other.id}" if may_open else "",
            delivered=True if other.status in DELIVERED else False if other.status == S.TERMINATED else None,
            advance_days=_days(other.funding_ends, today) if other.status in RUNNING else 0,
            report_days=late.get(other.id, 0),
            refund=max(paid.get(other.id, 0) - other.settled_grant, 0) if other.settled_grant is not None else 0,
        )
        for other, may_open in others
    )


def _days(since: date | None, today: date) -> int:
    return max((today - since).days, 0) if since else 0


def _same_recipient(measure: Measure) -> list[ColumnElement[bool]]:
    """The same organisation, one with the same register or tax number, or the same person who sent it."""
    same: list[ColumnElement[bool]] = [Measure.owner_id == measure.owner_id] if measure.owner_id else []
    organisation = measure.organisation
    if organisation is None:
        return same
    alike = [
        _plain(column).in_(sorted(keys))
        for column, text in ((Organisation.register, organisation.register), (Organisation.tax_number, organisation.tax_number))
        if (keys := register_keys(text))
    ]  # fmt: skip
    ids = select(Organisation.id).where(or_(Organisation.id == organisation.id, *alike))
    return [*same, Measure.organisation_id.in_(ids)]


def _plain(column: Any) -> Any:
    """A number without blanks, dashes, dots and slashes, in capitals."""
    for sign in " -./":
        column = func.replace(column, sign, "")
    return func.upper(column)


def _late_reports(session: ReadSession, ids: list[int], today: date) -> dict[int, int]:
    """Measure id -> the days by which its latest report is overdue."""
    late = session.execute(
        select(Obligation.case_id, func.min(Obligation.due))
        .where(
            Obligation.case_id.in_(ids),
            Obligation.kind.endswith("_report"),  # what the grantee owes, not who checks it
            ~Obligation.kind.contains("check"),
            Obligation.done_at.is_(None),
            Obligation.cancelled_at.is_(None),
        )
        .group_by(Obligation.case_id)
    )
    return {case: _days(due, today) for case, due in late if case is not None}


def twins(session: ReadSession, proposal: Proposal, person: Person) -> Twins:
    """Other proposals before their contract, of any call of the fund, that share organisation, number, account or telephone. One question.

    Compared here and not by the database: it knows neither Cyrillic capitals nor what an IBAN is made of.
    """
    m, owner = proposal.measure, aliased(Person)
    mine = _keys(m.organisation, m.owner, proposal.parties.values())
    asked = (
        select(Measure.id, Measure.number, Measure.title, Measure.status, Measure.organisation_id, Branch, Organisation, owner, Party,
               queries.visible_to(person).label("seen"))
        .outerjoin(Branch, Branch.id == Measure.branch_id)
        .outerjoin(Organisation, Organisation.id == Measure.organisation_id)
        .outerjoin(owner, owner.id == Measure.owner_id)
        .outerjoin(Party, Party.measure_id == Measure.id)
        .where(Measure.fund_id == m.fund_id, Measure.id != m.id, Measure.status.in_(BEFORE_CONTRACT))
        .order_by(Measure.id, Party.id)
    )  # fmt: skip
    rows: dict[int, Any] = {}
    theirs: dict[int, Keys] = {}
    for row in session.execute(asked):
        rows.setdefault(row.id, row)
        parties = [row.Party] if row.Party is not None else []
        keys = _keys(row.Organisation, row[7], parties)
        kept = theirs.setdefault(row.id, {name: set() for name in SAME})
        for name, more in keys.items():
            kept[name] |= more
    found: list[Twin] = []
    hidden = 0
    for id, row in rows.items():
        same = [_(words) for name, words in SAME.items() if mine[name] & theirs[id][name]]
        if m.organisation_id is not None and row.organisation_id == m.organisation_id:
            same = list(dict.fromkeys([_(SAME["organisation"]), *same]))
        if same and row.seen:
            found.append(Twin(id, row.number or "", row.title, row.status, row.Branch, same))
        hidden += bool(same and not row.seen)
    return Twins(found, hidden)


def _keys(organisation: Organisation | None, owner: Person | None, parties: Iterable[Party]) -> Keys:
    """What an applicant is known by."""
    keys: Keys = {name: set() for name in SAME}
    if organisation is not None:
        keys["organisation"] |= name_keys(organisation.name)
        keys["register"] |= register_keys(organisation.register)
        keys["tax"] |= register_keys(organisation.tax_number)
        keys["phone"] |= phone_keys(organisation.phone)
    if owner is not None:
        keys["phone"] |= phone_keys(owner.phone)
    for party in parties:
        keys["account"] |= account_keys(party.account)
        keys["phone"] |= phone_keys(party.phone)
    return keys
