"""Taking over earlier grants as closed measures: sorted out against each other and what is here, stored in one transaction."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import insert

from fundapp.exchange import queries
from fundapp.exchange.giving import Grant, Refusal
from fundapp.exchange.models import Import, Taken
from fundapp.funds.models import Fund
from fundapp.funds.service import open_fund
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import mark
from fundapp.measures.lifecycle import TAKE_OVER
from fundapp.measures.models import Measure
from fundapp.people.models import Organisation
from fundapp.people.permissions import Actor

SAME_IDENTIFIER, ALIKE = mark("the same identifier"), mark("the same recipient, date and amount")


@dataclass(frozen=True)
class Double:
    """A line that says once more what the line `of` has said."""

    line: int
    of: int
    why: str


@dataclass(frozen=True)
class Known:
    """A line that is a measure here already. `differing`: the columns in which the file says something else now; what is here stays."""

    line: int
    measure_id: int
    number: str
    why: str
    differing: tuple[str, ...] = ()


@dataclass
class Sum:
    """Lines of one year that can be read, and of these the ones to take over; amounts in minor units."""

    lines: int = 0
    amount: int = 0
    new: int = 0
    new_amount: int = 0


@dataclass
class Report:
    """What taking over a file would do. `sums` by currency and year."""

    new: list[Grant] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)
    doubles: list[Double] = field(default_factory=list)
    known: list[Known] = field(default_factory=list)
    sums: dict[tuple[str, int], Sum] = field(default_factory=dict)

    @property
    def taken(self) -> int:
        return len(self.new)

    @property
    def differing(self) -> list[Known]:
        return [each for each in self.known if each.differing]

    def total(self, currency: str) -> Sum:
        """Of all years."""
        found = [each for (code, _year), each in self.sums.items() if code == currency]
        return Sum(*(sum(getattr(each, name) for each in found) for name in ("lines", "amount", "new", "new_amount")))

    @property
    def totals(self) -> dict[str, int]:
        """All awards that can be read, by currency."""
        return {code: self.total(code).amount for code in dict.fromkeys(code for code, _year in self.sums)}


def sorted_out(session: ReadSession, found: Iterable[Grant | Refusal], fund: Fund | None, *, twins: bool) -> Report:
    """What is new, what is said twice, what is here already, what cannot be taken. Asks a few questions, none for each line.

    `twins`: lines with the same recipient, date and amount but no identifier are different grants.
    """
    report, once = Report(), _Once(twins)
    for item in found:
        if isinstance(item, Refusal):
            report.refused.append(item)
        elif fund is not None and item.currency != fund.currency:
            reason = _(
                "The currency is %(currency)s; the fund %(code)s keeps %(currency2)s.",
                currency=item.currency, code=fund.code, currency2=fund.currency,
            )  # fmt: skip
            report.refused.append(_refusal(item, reason))
        elif isinstance(double := once.look(item), Double):
            report.doubles.append(double)
            _count(report, item)
        elif isinstance(double, Refusal):
            report.refused.append(double)
        else:
            report.new.append(item)
    _against(session, report, fund, twins)
    for item in report.new:
        _count(report, item, new=True)
    report.refused.sort(key=lambda refusal: refusal.line)
    return report


class _Once:
    """Which lines were there before."""

    def __init__(self, twins: bool) -> None:
        self.twins = twins
        self.keys: dict[str, Grant] = {}
        self.alike: dict[Any, int] = {}

    def look(self, item: Grant) -> Double | Refusal | None:
        if first := self.keys.get(item.key):
            if first.cells == item.cells:
                return Double(item.line, first.line, SAME_IDENTIFIER)
            reason = _("“%(key)s” stands in line %(line)s already, with other words.", key=item.key, line=first.line)
            return _refusal(item, reason)
        if item.is_named_here and not self.twins and item.alike in self.alike:
            return Double(item.line, self.alike[item.alike], ALIKE)
        self.keys[item.key] = item
        self.alike.setdefault(item.alike, item.line)
        return None


def _refusal(item: Grant, reason: str) -> Refusal:
    return Refusal(item.line, "", reason, item.cells)


def _count(report: Report, item: Grant, *, new: bool = False) -> None:
    each = report.sums.setdefault((item.currency, item.awarded_on.year), Sum())
    each.lines += 1
    each.amount += item.awarded
    each.new += new
    each.new_amount += item.awarded * new


def _against(session: ReadSession, report: Report, fund: Fund | None, twins: bool) -> None:
    """Takes out of `new` what is here already, by identifier or because it is alike."""
    by_look = queries.alike(session, fund, report.new) if report.new and not twins else {}
    left = []
    for some in _chunks(report.new):
        by_key = queries.known(session, [item.key for item in some])
        for item in some:
            here = by_key.get(item.key)
            if here is not None and fund is not None and here.fund_id != fund.id:
                reason = _(
                    "“%(key)s” is the number of a measure of another fund. Leave the column of identifiers out.",
                    key=item.key,
                )
                report.refused.append(_refusal(item, reason))
                continue
            why = ALIKE if item.is_named_here else SAME_IDENTIFIER
            if here is None and (here := by_look.get(item.alike)) is not None:
                why = ALIKE
                if not item.is_named_here and not here.is_named_here:
                    here = None  # two identifiers given by the same office: two grants
            if here is None:
                left.append(item)
            else:
                report.known.append(Known(item.line, here.id, here.number, why, _differing(item, here)))
                _count(report, item)
    report.new = left


def _differing(item: Grant, here: queries.Here) -> tuple[str, ...]:
    if here.row is None or item.is_named_here or here.key != item.key:
        return ()
    row = item.row
    return tuple(title for title in {**here.row, **row} if here.row.get(title, "") != row.get(title, ""))


def take_over(
    session: WriteSession,
    new: Sequence[Grant],
    fund: Fund | None,
    *,
    of: Import | None,
    by: Actor,
    at: datetime,
    zone: str,
) -> None:
    """Stores the grants as closed measures: no postings, no obligations. Without `fund` each goes to the fund of its funding
    organisation and currency, made in `zone` if missing. Some hundred are held at a time."""
    funds = {} if fund else _funds(session, new, by=by, at=at, zone=zone)
    organisations = _organisations(session, new, at=at)
    for some in _chunks(new):
        rows = [_row(grant, (fund or funds[_funder(grant)]).id, organisations[_recipient(grant)], at) for grant in some]
        ids = session.scalars(insert(Measure).returning(Measure.id, sort_by_parameter_order=True), rows).all()
        for id, row, grant in zip(ids, rows, some, strict=True):
            facts: dict[str, Any] = {"awarded": grant.awarded, "currency": grant.currency, "fund": row["fund_id"]}
            record(
                session, f"measures.{TAKE_OVER.name}", Measure(id=id), by=by, at=at, target=TAKE_OVER.target, **facts
            )
        if of is not None:
            session.execute(insert(Taken), [{"measure_id": id, "import_id": of.id} for id in ids])


def _row(grant: Grant, fund_id: int, organisation_id: int, at: datetime) -> dict[str, Any]:
    return {
        "number": grant.key,
        "status": TAKE_OVER.target,
        "fund_id": fund_id,
        "organisation_id": organisation_id,
        "created_at": at,
        "title": grant.title,
        "summary": grant.description,
        "place": grant.place,
        "starts_on": grant.starts_on,
        "ends_on": grant.ends_on,
        "requested": grant.applied_for,
        "awarded": grant.awarded,
        "decided_on": grant.awarded_on,
        "contracted_on": grant.awarded_on,
        "funding_ends": grant.ends_on,
        "imported_key": grant.key,
        "imported_row": grant.row,
        "recipient_name": grant.recipient,
    }


def _funder(grant: Grant) -> tuple[str, str]:
    return re.sub(r"[^\w]+", "-", (grant.funder_id or grant.funder).upper()).strip("-_"), grant.currency


def _funds(
    session: WriteSession, new: Sequence[Grant], *, by: Actor, at: datetime, zone: str
) -> dict[tuple[str, str], Fund]:
    """The fund of each funding organisation and currency; a second currency of one gets its code behind."""
    kept: dict[tuple[str, str], Fund] = {}
    for grant in new:
        code, currency = _funder(grant)
        if (code, currency) in kept:
            continue
        fund = queries.fund_with(session, (code, f"{code}-{currency}"), currency)
        if fund is None:
            taken = queries.fund_with(session, (code,))
            fund = open_fund(
                session,
                code=f"{code}-{currency}" if taken else code,
                name=grant.funder,
                currency=currency,
                zone=zone,
                by=by,
                at=at,
            )
            fund.opened_on = min(other.awarded_on for other in new if _funder(other) == (code, currency))
        kept[code, currency] = fund
    return kept


def _recipient(grant: Grant) -> tuple[str, str]:
    """An organisation is known by its identifier; without one by its name as given."""
    return (grant.recipient_id, "") if grant.recipient_id else ("", grant.recipient)


def _organisations(session: WriteSession, new: Sequence[Grant], *, at: datetime) -> dict[tuple[str, str], int]:
    """The ids of the recipients, made where they are missing."""
    kept = queries.organisations(
        session, [grant.recipient_id for grant in new if grant.recipient_id],
        [grant.recipient for grant in new if not grant.recipient_id],
    )  # fmt: skip
    made: dict[tuple[str, str], dict[str, Any]] = {}
    for grant in new:
        who = _recipient(grant)
        if who not in kept and who not in made:
            made[who] = {
                "name": grant.recipient, "kind": "other", "sector": "semi_public", "register": grant.recipient_id, "created_at": at,
            }  # fmt: skip
    if made:
        asked = insert(Organisation).returning(Organisation.id, sort_by_parameter_order=True)
        kept |= dict(zip(made, session.scalars(asked, list(made.values())), strict=True))
    return kept


def _chunks(items: Sequence[Grant]) -> Iterator[list[Grant]]:
    rest = iter(items)
    while some := list(islice(rest, queries.AT_ONCE)):
        yield some
