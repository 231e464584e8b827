"""Questions about contracts, and what speaks against each step of this room - all reasons at once."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import select

from fundapp.documents import queries as documents
from fundapp.documents.models import Document
from fundapp.funds import queries as funds
from fundapp.funds.models import Fund
from fundapp.grants.models import Contract, Instalment, Pause
from fundapp.grants.plan import default_plan, wants_interim
from fundapp.grants.switches import INTERIM, PLAN
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import add_months, on
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.kit.texts import show_date
from fundapp.measures import queries as measures
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure, Party
from fundapp.people.models import Person
from fundapp.people.permissions import Actor
from fundapp.presets.queries import held
from fundapp.reminders.models import Obligation

LETTER = "contract"
SIGNATURE = "grants.signature"
SIGN_WITHIN = 3  # months after the decision; then the approval may lapse
PARTS = {
    "acts": mark("who acts"),
    "signs": mark("who signs"),
    "account": mark("who holds the account"),
    "reports": mark("who reports"),
}


find_measure = measures.find  # with fund, call, branch, owner and organisation


def find_contract(session: ReadSession, id: int, *, visible_to: Person) -> Contract | None:
    found = session.get(Contract, id)
    return found if found and measures.find(session, found.measure_id, visible_to=visible_to) else None


def contract_of(session: ReadSession, measure_id: int) -> Contract | None:
    """The contract that holds, issued or signed; None when there is none or it is void."""
    asked = select(Contract).where(Contract.measure_id == measure_id, Contract.status != "void")
    return session.scalars(asked).first()


def agreed(session: ReadSession, measure: Measure) -> tuple[tuple[int, ...], bool]:
    """What a new contract of an award agrees by the fund's switches: instalments in percent, and whether those in between
    wait for an interim report."""
    fund, award = session.get_one(Fund, measure.fund_id), measure.awarded or 0
    found = held(session, (PLAN, INTERIM), fund)
    usual = default_plan(award, found[PLAN.name].value, fund.currency)
    return usual, wants_interim(award, found[INTERIM.name].value, fund.currency)


def signed_contract(session: ReadSession, measure_id: int) -> Contract | None:
    found = contract_of(session, measure_id)
    return found if found and found.status == "signed" else None


def void_contracts(session: ReadSession, measure_id: int) -> list[Contract]:
    asked = select(Contract).where(Contract.measure_id == measure_id, Contract.status == "void")
    return list(session.scalars(asked.order_by(Contract.id.desc())))


def instalments(session: ReadSession, contract_id: int) -> list[Instalment]:
    return list(
        session.scalars(select(Instalment).where(Instalment.contract_id == contract_id).order_by(Instalment.no))
    )


def parties(session: ReadSession, measure_id: int) -> dict[str, Party]:
    return {party.part: party for party in session.scalars(select(Party).where(Party.measure_id == measure_id))}


def pauses(session: ReadSession, measure_id: int) -> list[Pause]:
    return list(session.scalars(select(Pause).where(Pause.measure_id == measure_id).order_by(Pause.id)))


def open_pause(session: ReadSession, measure_id: int) -> Pause | None:
    return next((pause for pause in pauses(session, measure_id) if pause.ended_on is None), None)


def funding_end(session: ReadSession, contract: Contract) -> date:
    """The end agreed, moved on by every pause that is over, or the day of an early end before it."""
    paused = sum((p.ended_on - p.began_on).days for p in pauses(session, contract.measure_id) if p.ended_on)
    end = date.fromordinal(contract.ends_on.toordinal() + paused)
    return min(end, contract.terminated_on) if contract.terminated_on else end


def today_of(session: ReadSession, measure: Measure, at: datetime) -> date:
    """The date of a moment where the measure's fund lives."""
    return on(at, session.get_one(Fund, measure.fund_id).zone)


def last_grantor(session: ReadSession, fund_id: int) -> Mapping[str, str]:
    """What the newest contract of the fund says about the fund's own side, to begin the next one with."""
    asked = (
        select(Document.fields)
        .join(Contract, Contract.document_id == Document.id)
        .join(Measure, Measure.id == Contract.measure_id)
        .where(Measure.fund_id == fund_id)
        .order_by(Contract.id.desc())
        .limit(1)
    )
    fields = session.scalars(asked).first()
    return dict(fields.get("grantor", {})) if fields else {}


def why_not_issue(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Reasons against issuing a contract now."""
    reasons = []
    if measure.status != Status.APPROVED:
        reasons.append(
            _("The measure is %(status)s; a contract is issued once it is approved.", status=i18n.words(measure.status))
        )
    found = contract_of(session, measure.id)
    if found is not None:
        reasons.append(
            _("Contract %(number)s has been issued already; issue it again to replace it.", number=found.number)
        )
    return reasons + _not_ready(session, measure, at)


def why_not_reissue(session: ReadSession, contract: Contract, by: Actor, at: datetime) -> list[str]:
    """Reasons against replacing an issued contract by a new one."""
    reasons = []
    if contract.status != "issued":
        reasons.append(
            _(
                "Contract %(number)s is %(status)s; only one that waits for signature is replaced.",
                number=contract.number,
                status=i18n.words(contract.status),
            )
        )
    return reasons + _not_ready(session, contract.measure, at)


def _not_ready(session: ReadSession, measure: Measure, at: datetime) -> list[str]:
    reasons = []
    if not measure.awarded:
        reasons.append(_("No amount has been awarded."))
    elif not measure.fits_award:
        reasons.append(_("Less was awarded than asked for: the plan has to be fitted to the award first."))
    elif measure.total_cost < measure.awarded:
        reasons.append(_("The plan costs less than the award; fit the plan first."))
    if measure.starts_on is None or measure.ends_on is None or measure.ends_on <= measure.starts_on:
        reasons.append(_("The plan has no dates from when to when it runs."))
    elif measure.ends_on <= today_of(session, measure, at):
        reasons.append(
            _("The plan ends on %(ends_on)s, which has passed; give later dates.", ends_on=show_date(measure.ends_on))
        )
    return reasons + _parties_missing(session, measure) + _no_template(session)


def _parties_missing(session: ReadSession, measure: Measure) -> list[str]:
    there = parties(session, measure.id)
    missing = [_(words) for part, words in PARTS.items() if part not in there or not there[part].organisation.strip()]
    reasons = [_("Not named yet: %(missing)s.", missing=i18n.listed(missing))] if missing else []
    holder = there.get("account")
    if holder is not None and not (holder.bank.strip() and holder.account.strip()):
        reasons.append(_("The bank and the account number of the account holder are missing."))
    return reasons


def _no_template(session: ReadSession) -> list[str]:
    _language, template, shipped = documents.template_for(session, LETTER, "en")
    if template is None and shipped is None:
        return [_("There is no active template for the contract.")]
    return (
        [_("The active contract template has errors; activate a corrected one.")]
        if template and not template.fit
        else []
    )


def why_not_sign(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Reasons against filing a signed contract now."""
    contract = contract_of(session, measure.id)
    if contract is None:
        return [_("No contract has been issued yet.")]
    reasons = []
    if contract.amount != measure.awarded:
        reasons.append(_("The award has changed since the contract was issued; issue it again."))
    there = parties(session, measure.id).get("account")
    if there is None or (there.bank, there.account) != (contract.payee_bank, contract.payee_account):
        reasons.append(_("The bank account has changed since the contract was issued; issue it again."))
    document = session.get(Document, contract.document_id)
    if document is not None and document.status == "failed":
        reasons.append(
            _("The Word file of contract %(number)s could not be made; issue it again.", number=contract.number)
        )
    if funds.figures_of_case(session, measure.id).reserved < contract.amount:
        reasons.append(_("The money reserved for this measure does not cover the contract."))
    return reasons


def why_not_start(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Reasons against noting the start without a notice: the agreed date has not come."""
    contract = signed_contract(session, measure.id)
    if contract is None:
        return [_("There is no signed contract.")]
    if today_of(session, measure, at) < contract.starts_on:
        agreed = show_date(contract.starts_on)
        return [
            _("The agreed start is %(agreed)s. With a notice of an earlier start it can begin before.", agreed=agreed)
        ]
    return []


def why_not_suspend(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    return [_("It is paused already.")] if open_pause(session, measure.id) else []


def why_not_resume(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    return []


def why_not_terminate(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    return [] if signed_contract(session, measure.id) else [_("There is no signed contract to end.")]


def why_not_withdraw(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    return []


def lapses_on(measure: Measure) -> date | None:
    """The day on which an approval without signature may lapse."""
    return add_months(measure.decided_on, SIGN_WITHIN) if measure.decided_on else None


def why_not_lapse(session: ReadSession, measure: Measure, by: Actor, at: datetime) -> list[str]:
    """Reasons against letting the approval lapse."""
    day = lapses_on(measure)
    if day is None:
        return [_("The day of the decision is not known.")]
    if today_of(session, measure, at) < day:
        return [_("There is time for the signature until %(day)s.", day=show_date(day))]
    return []


def to_start(session: ReadSession) -> list[Contract]:
    """Signed contracts of measures that have not begun."""
    asked = select(Contract).join(Contract.measure)
    asked = asked.where(Contract.status == "signed", Measure.status == Status.CONTRACTED)
    return list(session.scalars(asked.order_by(Contract.id)))


def unwatched(session: ReadSession) -> list[Measure]:
    """Approved measures for which no signature is owed yet."""
    owed = select(Obligation.case_id).where(
        Obligation.kind == SIGNATURE, Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None)
    )
    asked = select(Measure).where(Measure.status == Status.APPROVED, Measure.id.not_in(owed))
    return list(session.scalars(asked.where(Measure.decided_on.is_not(None)).order_by(Measure.id)))
