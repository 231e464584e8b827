"""The money a meeting has to give, and what is left of it as decisions fall. All amounts are minor units of the fund's currency."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from fundapp.funds.models import Call, Fund
from fundapp.funds.queries import donors, figures, received_by_donor
from fundapp.kit import i18n, money
from fundapp.kit.database import ReadSession
from fundapp.kit.i18n import gettext as _
from fundapp.measures.models import Measure
from fundapp.people.models import Branch
from fundapp.rating import afterwards, queries, standing
from fundapp.rating.models import Scheme
from fundapp.rating.proceedings import Decision, Meeting

Decided = tuple[Measure, Decision]  # what is about to be decided on a measure


@dataclass(frozen=True)
class Part:
    """A share of the money: `whole` before the meeting, `given` in it."""

    name: str
    whole: int
    given: int

    @property
    def left(self) -> int:
        return self.whole - self.given


@dataclass(frozen=True)
class Money:
    """`whole`: the least of what call and fund have, less `kept` for complaints. By branch where the scheme has a ceiling; by
    donor as shares of what was paid in, since the ledger does not say whose money a measure gets."""

    whole: int
    given: int
    kept: int
    call: int
    fund: int
    branches: tuple[Part, ...] = ()
    donors: tuple[Part, ...] = ()

    @property
    def left(self) -> int:
        return self.whole - self.given


def left_before(session: ReadSession, call: Call, today: date) -> int:
    """What can be given in this call now: the least of what call and fund have left, less what is kept for complaints."""
    return max(
        0, min(_of_call(session, call), _of_fund(session, call)) - afterwards.reserve_needed(session, call, today)
    )


def _of_call(session: ReadSession, call: Call) -> int:
    return call.budget - standing.given(session, call.id)


def _of_fund(session: ReadSession, call: Call) -> int:
    return figures(session, call.fund_id).free


def of_meeting(session: ReadSession, meeting: Meeting, found: Sequence[Decided], today: date) -> Money:
    """Where the money stands with what is decided so far."""
    call = session.get_one(Call, meeting.call_id)
    of_call, of_fund = _of_call(session, call), _of_fund(session, call)
    kept = afterwards.reserve_needed(session, call, today)
    given = sum(decision.amount or 0 for _measure, decision in found)
    whole = max(0, min(of_call, of_fund) - kept)
    return Money(
        whole, given, kept, of_call, of_fund, tuple(_branches(session, call, _by_branch(found))),
        tuple(_donors(session, call, whole, given)),
    )  # fmt: skip


def too_much(session: ReadSession, meeting: Meeting, found: Sequence[Decided], today: date) -> list[str]:
    """Reasons against giving so much: in the call and the fund, and to one branch."""
    call = session.get_one(Call, meeting.call_id)
    fund = session.get_one(Fund, call.fund_id)
    wanted, left = sum(decision.amount or 0 for _measure, decision in found), left_before(session, call, today)
    reasons = []
    if wanted > left:
        said = {"amount": shown(wanted, fund), "rest": shown(left, fund)}
        reasons.append(_("%(amount)s are to be given, %(rest)s are left in the call and the fund.", **said))
    return reasons + too_much_for_branch(session, call, fund, _by_branch(found))


def too_much_for_branch(session: ReadSession, call: Call, fund: Fund, wanted: Mapping[int, int]) -> list[str]:
    """Reasons against giving these amounts (branch id -> minor units) on top of what the branches have: the scheme's ceiling."""
    return [
        _(
            "%(branch)s: %(amount)s are to be given, %(rest)s are left for one branch.",
            branch=part.name,
            amount=shown(part.given, fund),
            rest=shown(part.whole, fund),
        )
        for part in _branches(session, call, wanted)
        if part.left < 0
    ]


def shown(amount: int, fund: Fund) -> str:
    """Minor units of the fund's currency, with it, in the language of the moment."""
    return money.show(amount, fund.currency, i18n.LANGUAGE.get(), with_currency=True)


def _by_branch(found: Iterable[Decided]) -> dict[int, int]:
    """branch id -> what is about to be given to its measures."""
    wanted: dict[int, int] = {}
    for measure, decision in found:
        if measure.branch_id is not None and decision.amount:
            wanted[measure.branch_id] = wanted.get(measure.branch_id, 0) + decision.amount
    return wanted


def _branches(session: ReadSession, call: Call, wanted: Mapping[int, int]) -> Iterable[Part]:
    """The branches to which something is to be given, where the scheme has a ceiling for one branch."""
    scheme: Scheme | None = queries.scheme_of(session, call.id)
    if scheme is None or scheme.branch_ceiling is None:
        return
    before = _given_by_branch(session, call.id, wanted)
    for branch in session.scalars(select(Branch).where(Branch.id.in_(tuple(wanted))).order_by(Branch.id)):
        whole = max(0, scheme.branch_ceiling - before.get(branch.id, 0))
        yield Part(i18n.named(branch), whole, wanted[branch.id])


def _given_by_branch(session: ReadSession, call_id: int, branches: Mapping[int, int]) -> dict[int, int]:
    """branch id -> what its measures of the call have got, and what waits for a no-objection, minor units."""
    of_call = (Measure.call_id == call_id, Measure.branch_id.in_(tuple(branches)))
    spent = select(Measure.branch_id, func.sum(Measure.awarded)).where(*of_call, Measure.status.in_(queries.SPENT))
    waits = select(Measure.branch_id, func.sum(Decision.amount)).join(Decision, Decision.measure_id == Measure.id)
    found: dict[int, int] = {}
    for asked in (spent, waits.where(*of_call, Decision.waits)):
        for id, amount in session.execute(asked.group_by(Measure.branch_id)):
            if id is not None:
                found[id] = found.get(id, 0) + int(amount or 0)
    return found


def _donors(session: ReadSession, call: Call, whole: int, given: int) -> Iterable[Part]:
    """What is to be given, in the shares in which donors have paid in; nothing where there is one donor only."""
    paid = received_by_donor(session, call.fund_id)
    if len(paid) < 2 or not (total := sum(paid.values())):
        return
    for donor in donors(session, call.fund_id):
        if share := paid.get(donor.id, 0):
            yield Part(donor.name, whole * share // total, given * share // total)
