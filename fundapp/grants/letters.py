"""The grant agreement as a Word letter: every field comes from the database, written out as it will stand there."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from fundapp.documents.letters import Letter
from fundapp.funds import queries as funds
from fundapp.funds.models import Fund
from fundapp.grants import queries, terms
from fundapp.grants.plan import Planned, final_report_due
from fundapp.grants.sample import CONTRACT as SAMPLE
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.dates import add_months, months_between
from fundapp.kit.dates import show as show_date
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures.models import BudgetLine, Indicator, Measure, TargetGroup
from fundapp.people import queries as people
from fundapp.people.models import Organisation
from fundapp.regions.areas import name as area
from fundapp.regions.models import Bottleneck

CONTRACT = Letter(queries.LETTER, mark("Grant agreement"), SAMPLE)
LETTERS: tuple[Letter, ...] = (CONTRACT,)


@dataclass(frozen=True)
class Grantor:
    """The fund's own side of the agreement; blank fields are left to be filled in by hand."""

    name: str = ""
    address: str = ""
    register: str = ""
    signatory: str = ""
    function: str = ""
    umbrella: str = ""
    report_to: str = ""


@dataclass(frozen=True)
class Agreed:
    """What the contract fixes besides the measure itself. Amounts are minor units of the fund's currency."""

    number: str
    version: int
    issued_on: date
    starts_on: date
    ends_on: date
    financing: str
    plan: Sequence[Planned]
    grantor: Grantor


def contract_fields(session: ReadSession, measure: Measure, agreed: Agreed, *, lang: str = "en") -> dict[str, Any]:
    """The fields of the contract letter; `CONTRACT.sample` shows their shape."""
    fund = session.get_one(Fund, measure.fund_id)
    parties = queries.parties(session, measure.id)
    organisation = session.get(Organisation, measure.organisation_id) if measure.organisation_id else None
    acts, signs, account, reports = (parties[part] for part in ("acts", "signs", "account", "reports"))
    known = organisation if organisation and organisation.name == signs.organisation else None
    donors = [donor.name for donor in funds.donors(session, fund.id)]
    grantor = {name: value or terms.BLANK for name, value in asdict(agreed.grantor).items()}
    report_to = grantor.pop("report_to")
    grantor["name"] = agreed.grantor.name or fund.name
    grantor["umbrella"] = agreed.grantor.umbrella or grantor["name"]
    return {
        "fund": {"name": fund.name, "donors": i18n.listed(donors) or _("its donors"), "report_to": report_to},
        "document": {
            "number": agreed.number,
            "version": str(agreed.version),
            "date": show_date(agreed.issued_on, lang),
        },
        "grantor": grantor,
        "holder": {
            "name": signs.organisation,
            "address": (known.address if known else "") or terms.BLANK,
            "register": (known.register if known else "") or terms.BLANK,
            "signatory": signs.person or terms.BLANK,
            "function": signs.function or terms.BLANK,
            "phone": signs.phone or (known.phone if known else "") or terms.BLANK,
        },
        "group": {
            "name": acts.organisation,
            "contact": acts.person or acts.organisation,
            "phone": acts.phone or signs.phone,
        },
        "sponsored": acts.organisation.strip() != signs.organisation.strip(),
        "account": {"holder": account.organisation, "bank": account.bank, "number": account.account},
        "reporter": {"name": reports.person or reports.organisation, "phone": reports.phone or signs.phone},
        "officer": _officer(session, measure),
        "measure": _measure(session, measure, acts.person or acts.organisation, agreed, lang),
        **_money(session, measure, fund.currency, agreed, lang),
        **_duties(agreed, fund.currency, lang),
        "indicators": _indicators(session, measure),
    }


def _officer(session: ReadSession, measure: Measure) -> dict[str, str]:
    person = next(iter(people.officers_or_managers(session, measure.branch_id)), None)
    if person is None:
        return {"name": terms.BLANK, "phone": terms.BLANK, "email": terms.BLANK}
    return {
        "name": i18n.called(person, "full"),
        "phone": person.phone or terms.BLANK,
        "email": person.email or terms.BLANK,
    }


def _measure(session: ReadSession, measure: Measure, who: str, agreed: Agreed, lang: str) -> dict[str, Any]:
    bottleneck = session.get(Bottleneck, measure.bottleneck_id) if measure.bottleneck_id else None
    groups = session.scalars(select(TargetGroup).where(TargetGroup.measure_id == measure.id).order_by(TargetGroup.id))
    start, end = show_date(agreed.starts_on, lang), show_date(agreed.ends_on, lang)
    lines = [line.strip(" -–•\t") for line in measure.outputs.splitlines() if line.strip(" -–•\t")]
    effect = measure.visible_effect
    if measure.visible_by:
        effect = _("%(effect)s, to be seen by %(day)s", effect=effect, day=show_date(measure.visible_by, lang))
    return {
        "number": measure.number or "",
        "title": measure.title,
        "place": ", ".join(part for part in (measure.place, area(measure.region)) if part),
        "purpose": measure.objective or measure.summary,
        "description": measure.summary,
        "bottleneck": (bottleneck.title if bottleneck else "") or measure.problem or measure.no_bottleneck,
        "target_group": "; ".join(
            _("%(group)s: %(total)s people, %(female)s of them women", group=g.label, total=g.total, female=g.female)
            for g in groups
        )
        or terms.BLANK,
        "public_benefit": measure.public_benefit,
        "visible_effect": effect,
        "after": measure.after_funding,
        "activities": [
            {"what": line, "when": _("%(start)s to %(end)s", start=start, end=end), "who": who} for line in lines
        ],
        "start": start,
        "end": end,
        "months": str(max(1, months_between(agreed.starts_on, date.fromordinal(agreed.ends_on.toordinal() + 1)))),
        "start_latest": show_date(add_months(agreed.issued_on, terms.START_MONTHS), lang),
    }


def _money(session: ReadSession, measure: Measure, currency: str, agreed: Agreed, lang: str) -> dict[str, Any]:
    lines = list(session.scalars(select(BudgetLine).where(BudgetLine.measure_id == measure.id).order_by(BudgetLine.no)))
    total, grant = measure.total_cost, measure.awarded or 0

    def full(amount: int) -> str:
        return money.show(amount, currency, lang, with_currency=True)

    def bare(amount: int) -> str:
        return money.show(amount, currency, lang)

    def share(amount: int) -> str:
        return i18n.number(float(money.share(amount, total)), 1)

    def own(line: BudgetLine) -> int:
        return line.own_cash + line.in_kind + line.revenue

    def other(line: BudgetLine) -> int:
        return line.local_government + line.other_donor

    sources = (
        (_("Grant of the Fund"), _("money"), grant),
        (_("Own contribution"), _("money"), sum(line.own_cash for line in lines)),
        (_("Own contribution"), _("work and material"), sum(line.in_kind for line in lines)),
        (_("Income of the measure"), _("money"), sum(line.revenue for line in lines)),
        (_("Local government"), _("money"), sum(line.local_government for line in lines)),
        (_("Other donors"), _("money"), sum(line.other_donor for line in lines)),
    )
    return {
        "money": {
            "currency": currency,
            "total": full(total),
            "grant": full(grant),
            "grant_words": money.in_words(grant, currency, lang),
            "share": share(grant),
            "financing": agreed.financing,
            "own": full(total - grant),
            "own_share": share(total - grant),
            "own_cash": full(sources[1][2]),
            "own_in_kind": full(sources[2][2]),
        },
        "budget": [
            {
                "line": str(line.no),
                "name": line.description,
                "quantity": f"{thousandths(line.quantity)} {line.unit}".strip(),
                "price": bare(line.unit_price),
                "total": bare(line.amount),
                "grant": bare(line.from_grant),
                "own": bare(own(line)),
                "other": bare(other(line)),
            }
            for line in lines
        ],
        "budget_total": {
            "total": bare(total),
            "grant": bare(grant),
            "own": bare(sum(own(line) for line in lines)),
            "other": bare(sum(other(line) for line in lines)),
        },
        "sources": [
            {"name": name, "kind": kind, "amount": bare(amount), "share": share(amount)}
            for name, kind, amount in sources
            if amount
        ],
        "instalments": [
            {
                "number": str(part.no),
                "amount": full(part.amount),
                "share": i18n.number(float(money.share(part.amount, grant))),
                "when": _when(part, lang),
                "purpose": _("the balance") if part.needs_report == "final" else _("the cost of Annex B"),
                "conditions": i18n.told(part.condition),
            }
            for part in agreed.plan
        ],
    }


def _when(part: Planned, lang: str) -> str:
    day = show_date(part.planned_on, lang)
    if part.no == 1:
        return _("after signature, from %(day)s", day=day)
    return _("after the final report") if part.needs_report == "final" else _("about %(day)s", day=day)


def _duties(agreed: Agreed, currency: str, lang: str) -> dict[str, Any]:
    last = final_report_due(agreed.ends_on)
    interim = [part for part in agreed.plan if part.needs_report == "interim"]
    points = terms.evaluations(agreed.ends_on)
    return {
        "reports": [
            *({"what": _("Interim report with receipts"), "due": show_date(part.planned_on, lang)} for part in interim),
            {"what": _("Final report with receipts and statement of use"), "due": show_date(last, lang)},
        ],
        "evaluations": [{"point": words, "due": show_date(day, lang)} for words, day in points],
        "rules": terms.rules(currency)
        | {
            "binding_until": show_date(terms.binding_until(agreed.ends_on), lang),
            "records_until": show_date(terms.records_until(last), lang),
            "evaluations_until": show_date(points[-1][1], lang),
        },
        "purchases": terms.purchases(currency),
    }


def _indicators(session: ReadSession, measure: Measure) -> list[dict[str, str]]:
    rows = session.scalars(select(Indicator).where(Indicator.measure_id == measure.id).order_by(Indicator.id))
    return [
        {
            "name": i18n.told(row.title),
            "unit": i18n.told(row.unit),
            "baseline": thousandths(row.baseline),
            "target": thousandths(row.target),
            "evidence": row.verification,
        }
        for row in rows
    ]


def thousandths(value: int) -> str:
    """A quantity kept in thousandths, as people write it: 2500 is 2.5."""
    return i18n.number(value / 1000)
