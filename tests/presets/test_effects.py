"""What each switch does where it has its effect, besides what the counted lives show."""

from typing import Any

import pytest

from fundapp.disbursement import settling
from fundapp.funds import service as funds
from fundapp.funds.models import Fund
from fundapp.funds.switches import DONOR_RULES
from fundapp.kit.errors import Refused
from fundapp.presets.service import choose, turn
from fundapp.rating import declaring, queries, rounds, schemes, sheets
from fundapp.rating.jobs import open_accepted
from fundapp.rating.switches import CLOSES, CRITERIA, MEMBERS, OPENS
from tests import factories as make
from tests.factories import MORNING
from tests.grants.case import Case
from tests.rating.conftest import FIRST, declare, given, rated_call, sheet_of


def small(session: Any, found: Any) -> None:
    for switch in (OPENS, CLOSES):
        turn(session, switch, switch.under("small"), fund=found.fund, by=found.manager, at=MORNING)


def status(write: Any, found: Any) -> list[str]:
    return write(lambda session: [session.get_one(type(m), m.id).status for m in found.measures])


def test_a_rating_opens_by_itself_but_never_a_blind_one(database: Any, clock: Any) -> None:
    openly = database.write(lambda session: rated_call(session, blind=False, measures=2))
    blindly = database.write(lambda session: rated_call(session, blind=True, measures=1))
    assert open_accepted(database, clock) == 0
    database.write(lambda session: [small(session, found) for found in (openly, blindly)])
    assert open_accepted(database, clock) == 2
    assert (status(database.write, openly), status(database.write, blindly)) == (
        ["in_rating", "in_rating"],
        ["eligible"],
    )


def test_the_last_signature_of_a_call_closes_all_its_ratings_and_none_before(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session, blind=False, measures=2)
        small(session, found)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        declare(session, found, *found.everybody)
        for measure in found.measures:
            for person in found.everybody:
                if (measure, person) != (found.measures[1], found.members[3]):
                    _sign(session, measure, person)
        assert {m.status for m in found.measures} == {"in_rating"}
        _sign(session, found.measures[1], found.members[3])
        return found

    assert status(write, write(work)) == ["rated", "rated"]


def test_a_conflict_declared_last_closes_too_once_enough_have_signed(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session, blind=False, measures=1)
        small(session, found)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        *others, last = found.everybody
        declare(session, found, *others)
        for person in others:
            _sign(session, found.first, person)
        assert found.first.status == "in_rating"
        declaring.declare(
            session, found.first, conflict=True, kind="business", explanation="We buy there.", by=last, at=MORNING
        )
        return found

    assert status(write, write(work)) == ["rated"]


def _sign(session: Any, measure: Any, person: Any) -> None:
    sheet = sheet_of(session, measure, person)
    sheets.save(session, sheet, given(FIRST), by=person, at=MORNING)
    sheets.sign(session, sheet, by=person, at=MORNING)


def test_a_new_call_begins_with_the_criteria_and_sheets_of_its_fund(write: Any) -> None:
    def work(session: Any) -> list[Any]:
        found = rated_call(session, blind=False, measures=1)
        for switch in (MEMBERS, CRITERIA):
            turn(session, switch, switch.under("small"), fund=found.fund, by=found.manager, at=MORNING)
        call = make.call(session, fund=found.fund)
        scheme = schemes.make_scheme(session, call, found.committee, by=found.manager, at=MORNING)
        return [scheme.smallest_sheets, {row.code: row.weight for row in queries.criteria(session, scheme.id)}]

    assert write(work) == [2, {"R1": 25, "R2": 20, "R3": 20, "R5": 20, "R7": 15}]


@pytest.mark.parametrize(("share", "refused"), [(249, True), (250, False)])
def test_donor_rules_ask_a_call_for_a_quarter_of_own_share(write: Any, share: int, refused: bool) -> None:
    def work(session: Any) -> Any:
        manager, fund = make.person(session, role="manager"), make.fund(session)
        turn(session, DONOR_RULES, "bmz", fund=fund, by=manager, at=MORNING)
        call = make.call(session, fund=fund)
        terms = funds.Terms(
            title="C",
            opens_at=call.opens_at,
            closes_at=call.closes_at,
            smallest=1,
            largest=2,
            budget=2,
            own_share=share,
        )
        return funds.open_call(session, fund, terms, code="C-1", by=manager, at=MORNING)

    if refused:
        with pytest.raises(Refused, match=r"own share of at least 25 %"):
            write(work)
    else:
        assert write(work).own_share == 250


def test_two_thousand_five_hundred_are_paid_at_once_after_the_settlement(database: Any) -> None:
    case = Case(database, award=2_500_00, preset="small")
    case.run()
    with pytest.raises(Refused, match=r"The final report is not accepted\."):
        case.prepare(1)
    case.receipt(3_300_00, accepted=-1)
    case.report("final")
    case.compute(consent="The price has risen.")
    payment = case.prepare(1, by=case.manager)
    case.authorise(payment, by=case.second)
    case.pay(payment, by=case.finance)
    assert (case.status(), case.figures()[2]) == ("settled", 2_475_00)


def test_a_refund_that_came_closes_the_account_where_the_fund_has_it_so(database: Any) -> None:
    case = Case(database, award=5_000_00, preset="small")
    case.run()
    case.pay_all(1)
    case.receipt(3_000_00, accepted=-1)
    case.report("final")
    settlement = case.compute()
    assert (settlement.balance, case.status()) == (-1_250_00, "running")
    back = {"refunded_on": case.at.date(), "bank_reference": "IN-1", "by": case.finance, "at": case.at}
    case.do(lambda s: settling.register_refund(s, s.get_one(type(settlement), settlement.id), **back))
    assert case.status() == "settled"


def test_a_payment_keeps_the_separation_under_which_it_was_prepared(database: Any) -> None:
    case = Case(database, preset="small")
    case.run()
    payment = case.prepare(1, by=case.manager)
    case.do(lambda s: choose(s, "national", fund=s.get_one(Fund, case.fund_id), by=case.manager, at=case.at))
    assert payment.policy == "two"
    case.authorise(payment, by=case.second)
    case.pay(payment, by=case.finance)
