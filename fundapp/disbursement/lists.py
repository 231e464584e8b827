"""Receipts as a list: entered in one act by the grantee, gone through in one act by the office."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fundapp.disbursement import queries, receipts, sampling
from fundapp.disbursement.models import Receipt
from fundapp.disbursement.receipts import Proof
from fundapp.disbursement.switches import CHECKING
from fundapp.funds.models import Fund
from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.presets.queries import value


def enter_list(
    session: WriteSession, measure: Measure, rows: Sequence[tuple[int, Proof]], *, key: str, by: Person, at: datetime
) -> list[Receipt]:
    """Enters receipts against lines of the budget, given by their numbers; all or none. The same `key` again enters none twice.

    Raises Refused with the field `lines-<row>-<name>` of the row that cannot be entered.
    """
    lines = {line.line.no: line.line for line in queries.budget(session, measure.id)}
    made, again = [], queries.find_receipt_by_key(session, f"{key}-0") is not None
    for place, (no, proof) in enumerate(rows):
        if no not in lines:
            raise Refused(_("There is no line %(no)s in the budget.", no=no), field=f"lines-{place}-line")
        try:
            made.append(
                receipts.enter(session, measure, lines[no], proof, key=f"{key}-{place}", by=by, at=at, listed=True)
            )
        except Refused as refused:
            raise Refused(*refused.reasons, field=refused.field and f"lines-{place}-{refused.field}") from None
    if made and not again:
        facts: dict[str, Any] = {
            "receipts": [receipt.no for receipt in made],
            "amount": sum(receipt.amount for receipt in made),
        }
        record(session, "disbursement.enter_receipts", measure, by=by, at=at, **facts)
    return made


@dataclass(frozen=True)
class Judged:
    """What the office says of a receipt. `accepted` in minor units, None: all of it; `opened`: it was looked at by itself."""

    opened: bool = False
    accepted: int | None = None
    because: str = ""


def to_open(session: ReadSession, measure: Measure, found: Sequence[Receipt]) -> set[int]:
    """The ids of those receipts that have to be opened, by the fund's switch."""
    fund = session.get_one(Fund, measure.fund_id)
    rule = value(session, CHECKING, fund)
    numbers = sampling.to_open([(receipt.no, receipt.amount) for receipt in found], rule, fund.currency)
    return {receipt.id for receipt in found if receipt.no in numbers}


def check_list(
    session: WriteSession, measure: Measure, judged: Mapping[int, Judged], *, by: Person, at: datetime
) -> int:
    """Goes through unchecked receipts (by id) in one act; says how many. What need not be opened is accepted as it was entered.

    Raises Refused with the field `rows-<id>-opened` of the first that nobody has opened.
    """
    if not may(by, Action.CHECK_RECEIPT, measure):
        raise NotAllowed
    found = [receipt for receipt in queries.unchecked(session, measure.id) if receipt.id in judged]
    open_first = to_open(session, measure, found)
    for receipt in found:
        said = judged[receipt.id]
        if receipt.id in open_first and not said.opened:
            raise Refused(
                _("Open receipt %(no)s and tick that you have looked at it.", no=receipt.no),
                field=f"rows-{receipt.id}-opened",
            )
        accepted = receipt.amount if said.accepted is None else said.accepted
        try:
            receipts.check(
                session, receipt, accepted=accepted, because=said.because, singly=said.opened or accepted < receipt.amount,
                by=by, at=at,
            )  # fmt: skip
        except Refused as refused:
            raise Refused(*refused.reasons, field=refused.field and f"rows-{receipt.id}-{refused.field}") from None
    rows = [receipt for receipt in found if not receipt.singly]
    if rows:
        facts: dict[str, Any] = {
            "receipts": [receipt.no for receipt in rows],
            "accepted": sum(receipt.amount for receipt in rows),
        }
        record(session, "disbursement.check_receipts", measure, by=by, at=at, **facts)
    return len(found)
