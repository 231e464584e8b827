"""Receipts: entered against a budget line with a number of their own, checked by somebody else, cut where they do not count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select

from fundapp.disbursement import queries, reasons
from fundapp.disbursement.models import Receipt
from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.grants import queries as grants
from fundapp.grants.models import Contract
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_date
from fundapp.measures.models import BudgetLine, Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may


@dataclass(frozen=True)
class Proof:
    """What stands on a receipt; `amount` in minor units."""

    paid_on: date
    payee: str
    what_for: str
    amount: int
    document_number: str = ""


def enter(
    session: WriteSession,
    measure: Measure,
    line: BudgetLine,
    proof: Proof,
    *,
    key: str,
    by: Person,
    at: datetime,
    photo: Kept | None = None,
    listed: bool = False,
) -> Receipt:
    """Enters a receipt under the next number of the measure. The same `key` again gives the receipt that is there.

    `listed`: as a row of a list, which is written into the history as one act.
    """
    if not may(by, Action.ENTER_RECEIPT, measure):
        raise NotAllowed
    contract = grants.signed_contract(session, measure.id)
    if contract is None:
        raise Refused(_("There is no signed contract."))
    locked(session, contract)
    found = queries.find_receipt_by_key(session, key)
    if found is not None:
        return found
    if against := reasons.why_not_enter(session, measure):
        raise Refused(*against)
    _sensible(session, measure, line, proof, at)
    receipt = Receipt(
        measure_id=measure.id,
        line_id=line.id,
        no=1 + (session.scalar(select(func.max(Receipt.no)).where(Receipt.measure_id == measure.id)) or 0),
        paid_on=proof.paid_on,
        payee=proof.payee.strip(),
        what_for=proof.what_for.strip(),
        document_number=proof.document_number.strip(),
        amount=proof.amount,
        key=key,
        entered_by_id=by.id,
        entered_at=at,
        measure=measure,
    )
    session.add(receipt)
    session.flush()
    if photo is not None:
        receipt.file_id = attach(session, photo, receipt, by=by, at=at).id
    if not listed:
        record(
            session,
            "disbursement.enter_receipt",
            receipt,
            by=by,
            at=at,
            no=receipt.no,
            line=line.no,
            amount=proof.amount,
        )
    return receipt


def _sensible(session: WriteSession, measure: Measure, line: BudgetLine, proof: Proof, at: datetime) -> None:
    if line.measure_id != measure.id:
        raise Refused(_("This budget line belongs to another measure."), field="line")
    if proof.amount <= 0:
        raise Refused(_("The amount must be greater than zero."), field="amount")
    if proof.paid_on > grants.today_of(session, measure, at):
        raise Refused(_("%(paid_on)s has not come yet.", paid_on=show_date(proof.paid_on)), field="paid_on")


def add_photo(session: WriteSession, receipt: Receipt, photo: Kept, *, by: Person, at: datetime) -> None:
    """A photo or PDF of a receipt, or a better one; the earlier file is kept."""
    if not may(by, Action.ENTER_RECEIPT, receipt):
        raise NotAllowed
    if against := reasons.why_not_enter(session, receipt.measure):
        raise Refused(*against)
    receipt.file_id = attach(session, photo, receipt, by=by, at=at).id
    record(session, "disbursement.add_photo", receipt, by=by, at=at, no=receipt.no, sha256=photo.sha256)


def check(
    session: WriteSession,
    receipt: Receipt,
    *,
    accepted: int,
    because: str,
    by: Person,
    at: datetime,
    singly: bool = True,
) -> None:
    """Accepts a receipt in full, or less of it (minor units, 0: nothing) with the reason. May be done again until the settlement.

    `singly`: somebody looked at this one; else it was accepted as a row of a list, which the history tells as one act.
    """
    if not may(by, Action.CHECK_RECEIPT, receipt):
        raise NotAllowed
    if against := reasons.why_not_check(session, receipt, by):
        raise Refused(*against)
    if not 0 <= accepted <= receipt.amount:
        raise Refused(_("Between nothing and the amount of the receipt can be accepted."), field="accepted")
    if accepted < receipt.amount and not because.strip():
        raise Refused(_("Please say why it is cut; the applicant reads it."), field="because")
    receipt.accepted = accepted
    receipt.cut_reason = because.strip() if accepted < receipt.amount else ""
    receipt.checked_by_id, receipt.checked_at, receipt.singly = by.id, at, singly
    if singly:
        record(
            session, "disbursement.check_receipt", receipt, by=by, at=at, because=receipt.cut_reason, no=receipt.no,
            accepted=accepted,
        )  # fmt: skip


def flags(
    session: ReadSession,
    receipt: Receipt,
    contract: Contract,
    twins: Sequence[Receipt] | None = None,
    *,
    brief: bool = False,
) -> list[str]:
    """What a checker should look at, as sentences (domain.md 6.5). None of it decides by itself. `twins`: asked for already.

    `brief`: only what is seldom harmless.
    """
    found = []
    if receipt.paid_on < contract.starts_on:
        found.append(_("Paid before the measure began on %(starts_on)s.", starts_on=show_date(contract.starts_on)))
    end = grants.funding_end(session, contract) if receipt.paid_on > contract.ends_on else contract.ends_on
    if receipt.paid_on > end:
        found.append(_("Paid after the end on %(end)s.", end=show_date(end)))
    if receipt.file_id is None and not brief:
        found.append(_("No photo or PDF of it is there."))
    if receipt.paid_on.weekday() >= 5 and not brief:
        found.append(_("Paid on a Saturday.") if receipt.paid_on.weekday() == 5 else _("Paid on a Sunday."))
    if receipt.amount % 10_000 == 0 and not brief:
        found.append(_("A round sum."))
    for twin in queries.twins(session, receipt) if twins is None else twins:
        elsewhere = twin.measure_id != receipt.measure_id
        found.append(
            _(
                "Looks like receipt %(no)s of %(number)s: same payee with the same number, or the same day and amount.",
                no=twin.no,
                number=twin.measure.number,
            )
            if elsewhere
            else _(
                "Looks like receipt %(no)s here: same payee with the same number, or the same day and amount.",
                no=twin.no,
            )
        )
    return found
