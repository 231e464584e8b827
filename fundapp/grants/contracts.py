"""The contract: issued from the checked template, issued again, filed as signed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from fundapp.documents import queries as documents
from fundapp.documents.service import order
from fundapp.files.service import attach
from fundapp.files.store import Kept
from fundapp.funds import ledger
from fundapp.funds.models import Fund
from fundapp.grants import duties, queries
from fundapp.grants.letters import CONTRACT, Agreed, Grantor, contract_fields
from fundapp.grants.lifecycle import FILE_SIGNED, MAKE_VOID
from fundapp.grants.models import Contract, Instalment
from fundapp.grants.plan import plan
from fundapp.history.service import record
from fundapp.kit import i18n
from fundapp.kit.database import WriteSession, locked
from fundapp.kit.dates import on
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.texts import show_date
from fundapp.lifecycle.service import take
from fundapp.mail.service import LETTERS_WAIT, queue
from fundapp.measures.lifecycle import SIGN
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.reminders.service import done, owe


def issue(
    session: WriteSession,
    measure: Measure,
    *,
    by: Person,
    at: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
    financing: str = "share",
    percents: Sequence[int] | None = None,
    grantor: Grantor | None = None,
    language: str = "en",
) -> Contract:
    """Issues the contract of an approved measure and orders its Word file; the payee is frozen in it.

    Dates default to those of the plan, `percents` to the default rule of instalments. Raises Refused with all reasons.
    """
    if not may(by, Action.ISSUE_CONTRACT, measure):
        raise NotAllowed
    locked(session, measure)
    if reasons := queries.why_not_issue(session, measure, by, at):
        raise Refused(*reasons)
    return _issue(session, measure, starts_on, ends_on, financing, percents, grantor or Grantor(), language, by, at)


def reissue(
    session: WriteSession,
    contract: Contract,
    *,
    because: str,
    by: Person,
    at: datetime,
    starts_on: date | None = None,
    ends_on: date | None = None,
    financing: str = "share",
    percents: Sequence[int] | None = None,
    grantor: Grantor | None = None,
    language: str = "en",
) -> Contract:
    """Makes a contract that waits for signature void - it is kept - and issues a new one with the next number."""
    measure = contract.measure
    locked(session, measure)
    reasons = queries.why_not_reissue(session, contract, by, at)
    contract.void_at = at
    take(session, contract, MAKE_VOID, by=by, at=at, unless=reasons, because=because, number=contract.number)
    return _issue(session, measure, starts_on, ends_on, financing, percents, grantor or Grantor(), language, by, at)


def _issue(
    session: WriteSession,
    measure: Measure,
    starts_on: date | None,
    ends_on: date | None,
    financing: str,
    percents: Sequence[int] | None,
    grantor: Grantor,
    language: str,
    by: Person,
    at: datetime,
) -> Contract:
    starts, ends = starts_on or measure.starts_on, ends_on or measure.ends_on
    today = queries.today_of(session, measure, at)
    assert measure.awarded is not None
    assert starts is not None
    assert ends is not None
    _dates_fit(starts, ends, today)
    usual, interim = queries.agreed(session, measure)
    parts = plan(measure.awarded, percents or usual, starts_on=starts, ends_on=ends, interim=interim)
    number = f"C-{today.year}-{ledger.next_number(session, f'contract:{today.year}'):04d}"
    version = 1 + len(queries.void_contracts(session, measure.id))
    agreed = Agreed(number, version, today, starts, ends, financing, parts, grantor)
    language = documents.template_for(session, CONTRACT.name, language)[0]
    with i18n.speaking(language):
        fields = contract_fields(session, measure, agreed, lang=language)
        title = _("Grant agreement %(number)s", number=number)
    document = order(session, CONTRACT, measure, fields, language=language, title=title, by=by, at=at)
    account = queries.parties(session, measure.id)["account"]
    contract = Contract(
        measure_id=measure.id,
        number=number,
        financing=financing,
        amount=measure.awarded,
        total_cost=measure.total_cost,
        starts_on=starts,
        ends_on=ends,
        payee=account.organisation,
        payee_bank=account.bank,
        payee_account=account.account,
        document_id=document.id,
        issued_by_id=by.id,
        issued_at=at,
        measure=measure,
    )
    session.add(contract)
    session.flush()
    for part in parts:
        session.add(
            Instalment(
                contract_id=contract.id,
                no=part.no,
                amount=part.amount,
                condition=part.condition,
                needs_report=part.needs_report,
                planned_on=part.planned_on,
            )
        )
    record(session, "grants.issue", contract, by=by, at=at, number=number, amount=contract.amount, version=version)
    owe(
        session, duties.SIGNATURE, measure, due=queries.lapses_on(measure) or today, title=duties.SIGNATURE_TITLE, at=at
    )
    _tell(session, measure, "grants/issued", f"grants.issued:{contract.id}", at, number=number)
    return contract


def _dates_fit(starts: date, ends: date, today: date) -> None:
    if ends <= starts:
        raise Refused(_("The end, %(ends)s, is not after the start.", ends=show_date(ends)), field="ends_on")
    if ends <= today:
        raise Refused(_("The end, %(ends)s, has passed.", ends=show_date(ends)), field="ends_on")


def sign(
    session: WriteSession,
    measure: Measure,
    *,
    signed_on: date,
    signed_copy: Kept,
    original_with: str,
    by: Person,
    at: datetime,
) -> Contract:
    """Files the signed contract: commits the money in the ledger and sets when funding ends.

    That the same person issued it is allowed and noted. Raises Refused with all reasons.
    """
    contract = queries.contract_of(session, measure.id)
    if contract is not None:
        locked(session, contract)
        contract.measure = measure
    if reasons := queries.why_not_sign(session, measure, by, at):
        raise Refused(*reasons)
    assert contract is not None
    fund = session.get_one(Fund, measure.fund_id)
    _signed_in_time(contract, signed_on, on(at, fund.zone), on(contract.issued_at, fund.zone))
    contract.signed_on, contract.original_with = signed_on, original_with
    contract.signed_file_id = attach(session, signed_copy, contract, by=by, at=at).id
    same = contract.issued_by_id == by.id
    take(session, contract, FILE_SIGNED, by=by, at=at, number=contract.number, same_person=same)
    contract.journal_id = ledger.commit(
        session, fund, contract, contract.amount, booked_on=on(at, fund.zone), document=contract.number,
        key=f"commit:{contract.id}:{at.isoformat()}", by=by, at=at,
    ).id  # fmt: skip
    measure.contracted_on, measure.funding_ends = signed_on, contract.ends_on
    done(session, duties.SIGNATURE, measure, at=at)
    _tell(
        session, measure, "grants/signed", f"grants.signed:{contract.id}:{at.isoformat()}", at, number=contract.number
    )
    session.info.setdefault("wake", []).append(duties.REPORTS_JOB)
    take(session, measure, SIGN, by=by, at=at, contract=contract.id, amount=contract.amount)
    return contract


def _signed_in_time(contract: Contract, signed_on: date, today: date, issued_on: date) -> None:
    if signed_on > today:
        raise Refused(_("%(signed_on)s has not come yet.", signed_on=show_date(signed_on)), field="signed_on")
    if signed_on < issued_on:
        raise Refused(
            _("The contract was issued on %(issued_on)s, it was not signed before.", issued_on=show_date(issued_on)),
            field="signed_on",
        )


def _tell(session: WriteSession, measure: Measure, text: str, key: str, at: datetime, **fields: Any) -> None:
    """A letter to the applicant; waits long enough to be stopped."""
    owner = session.get(Person, measure.owner_id) if measure.owner_id else None
    if owner is not None:
        link = f"/cases/{measure.id}"
        queue(
            session, text, owner, key=key, at=at, wait=LETTERS_WAIT, case=measure, measure=measure, link=link, **fields
        )
