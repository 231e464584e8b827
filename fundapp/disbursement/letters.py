"""The letter of settlement: what was accepted line by line, what is due, what is paid out or claimed back."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from fundapp.disbursement import queries
from fundapp.disbursement.lifecycle import FINAL
from fundapp.disbursement.models import Receipt, Report, Settlement
from fundapp.disbursement.sample import SETTLEMENT as SAMPLE
from fundapp.documents.letters import Letter
from fundapp.funds.models import Fund
from fundapp.grants import queries as grants
from fundapp.grants import terms
from fundapp.grants.models import Contract
from fundapp.grants.plan import final_report_due
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import on
from fundapp.kit.dates import show as show_date
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures.models import Measure
from fundapp.people import queries as people
from fundapp.people.models import Organisation
from fundapp.regions.areas import name as area

SETTLEMENT = Letter("settlement", mark("Letter of settlement"), SAMPLE)
LETTERS: tuple[Letter, ...] = (SETTLEMENT,)
PAY_DAYS = 14  # the balance goes out within


@dataclass(frozen=True)
class Words:
    """What the letter says besides the figures: the fund's account for a refund."""

    refund_account: str = ""


def settlement_fields(
    session: ReadSession,
    measure: Measure,
    contract: Contract,
    settlement: Settlement,
    words: Words,
    *,
    lang: str = "en",
) -> dict[str, Any]:
    """The fields of the settlement letter; `SETTLEMENT.sample` shows their shape."""
    fund = session.get_one(Fund, measure.fund_id)
    today = on(settlement.computed_at, fund.zone)
    signs = grants.parties(session, measure.id)["signs"]
    organisation = session.get(Organisation, measure.organisation_id) if measure.organisation_id else None
    grantor = grants.last_grantor(session, fund.id)
    last_report = final_report_due(contract.ends_on)

    def full(amount: int) -> str:
        return money.show(amount, fund.currency, lang, with_currency=True)

    def day(value: date) -> str:
        return show_date(value, lang)

    return {
        "fund": {"name": fund.name},
        "document": {"number": f"{contract.number}-S", "version": "1", "date": day(today)},
        "sender": {
            "name": grantor.get("name") or fund.name,
            "address": grantor.get("address") or terms.BLANK,
            "signatory": grantor.get("signatory") or terms.BLANK,
            "function": grantor.get("function") or terms.BLANK,
            "place": _place(grantor.get("address", "")),
        },
        "receiver": {
            "name": signs.organisation,
            "person": signs.person or signs.organisation,
            "address": (organisation.address if organisation else "") or measure.place or terms.BLANK,
        },
        "officer": _officer(session, measure),
        "measure": {
            "number": measure.number or "",
            "title": measure.title,
            "place": measure.place or area(measure.region),
        },
        "contract": {
            "number": contract.number,
            "date": day(contract.signed_on or on(contract.issued_at, fund.zone)),
            "end": day(grants.funding_end(session, contract)),
        },
        "report": _report(session, measure, fund.zone, lang),
        "currency": fund.currency,
        **_lines(session, measure, fund.currency, lang),
        "financing": contract.financing,
        "share": str(money.share(contract.amount, contract.total_cost)),
        "income": full(settlement.other_income),
        "awarded": full(settlement.awarded),
        "due": full(settlement.grant_due),
        "paid": full(settlement.paid),
        "balance": full(abs(settlement.balance)),
        "outcome": "pay" if settlement.balance > 0 else "claim" if settlement.balance < 0 else "even",
        "pay_by": day(today + timedelta(days=PAY_DAYS)),
        "account": f"{contract.payee}, {contract.payee_account}",
        "refund": {
            "days": str(terms.REFUND_DAYS),
            "until": day(settlement.refund_due or today + timedelta(days=terms.REFUND_DAYS)),
            "account": words.refund_account or terms.BLANK,
            "reference": _("%(number)s refund", number=contract.number),
            "interest": _(
                "%(interest_points)s percentage points a year above the base rate of the European Central Bank",
                interest_points=terms.INTEREST_POINTS,
            ),
        },
        "records_until": day(terms.records_until(last_report)),
        "binding_until": day(terms.binding_until(contract.ends_on)),
        "evaluations": [
            {"point": point, "due": day(due)}
            for point, due in terms.evaluations(grants.funding_end(session, contract))
            if due >= today
        ],
        "complaint": {
            "days": str(terms.COMPLAINT_DAYS),
            "until": day(today + timedelta(days=terms.COMPLAINT_DAYS)),
            "to": grantor.get("name") or fund.name,
            "answer_days": "30",
        },
    }


def _place(address: str) -> str:
    return address.rpartition(",")[2].strip() or terms.BLANK


def _officer(session: ReadSession, measure: Measure) -> dict[str, str]:
    person = next(iter(people.officers_or_managers(session, measure.branch_id)), None)
    if person is None:
        return {"name": terms.BLANK, "phone": terms.BLANK, "email": terms.BLANK}
    return {
        "name": i18n.called(person, "full"),
        "phone": person.phone or terms.BLANK,
        "email": person.email or terms.BLANK,
    }


def _report(session: ReadSession, measure: Measure, zone: str, lang: str) -> dict[str, str]:
    asked = select(Report).where(Report.measure_id == measure.id, Report.kind == FINAL)
    report = session.scalars(asked).first()
    moments = (report.sent_at, report.accepted_at) if report else (None, None)
    received, accepted = (show_date(on(at, zone), lang) if at else terms.BLANK for at in moments)
    return {"received": received, "accepted": accepted}


def _lines(session: ReadSession, measure: Measure, currency: str, lang: str) -> dict[str, Any]:
    lines = queries.budget(session, measure.id)
    asked = select(Receipt).where(Receipt.measure_id == measure.id, Receipt.cut_reason != "").order_by(Receipt.no)
    remarks: dict[int, list[str]] = {}
    for receipt in session.scalars(asked):
        remarks.setdefault(receipt.line_id, []).append(
            _("receipt %(no)s: %(cut_reason)s", no=receipt.no, cut_reason=receipt.cut_reason)
        )

    def bare(amount: int) -> str:
        return money.show(amount, currency, lang)

    return {
        "lines": [
            {
                "name": line.line.description,
                "planned": bare(line.line.amount),
                "claimed": bare(line.claimed),
                "accepted": bare(line.accepted),
                "remark": "; ".join(remarks.get(line.line.id, [])),
            }
            for line in lines
        ],
        "total": {
            "planned": bare(sum(line.line.amount for line in lines)),
            "claimed": bare(sum(line.claimed for line in lines)),
            "accepted": bare(sum(line.accepted for line in lines)),
        },
    }
