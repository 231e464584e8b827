"""Signing, taking back, declaring late and closing at the same moment: whichever comes first, no sheet is lost and no total is wrong."""

import threading
import time
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from sqlalchemy import insert, select

from fundapp.funds.models import Call, Fund
from fundapp.kit.errors import FundError
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import declaring, queries, resigning, rounds, sheets, standing
from fundapp.rating.models import Number, Result, Score, Sheet
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import FIRST, SECOND, THIRD, Round, given, rated_call, sheet_of

ROUNDS = 20
SECONDS = 30
Write = Callable[[Callable[[Any], Any]], Any]


def at_once(*work: Callable[[], Any]) -> list[bool]:
    """Runs these at the same moment; which of them were carried out, and not refused. Whatever else goes wrong is raised."""
    done, wrong = [False] * len(work), []
    together = threading.Barrier(len(work))

    def run(n: int) -> None:
        together.wait(SECONDS)
        try:
            work[n]()
            done[n] = True
        except FundError:
            pass  # whoever comes too late is told so
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=run, args=(n,), daemon=True) for n in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert not any(thread.is_alive() for thread in threads), "somebody still waits"
    assert wrong == []
    return done


@pytest.fixture
def panel(write: Write) -> Round:
    """A fund and its committee of five, for as many calls as are wanted."""
    return write(lambda session: rated_call(session, blind=False, measures=0))


def world(session: Any, panel: Round, preset: str = "national") -> Round:
    """A call with two proposals, open names; chair and the last two members have signed, the first two have filled everything in."""
    session.get_one(Fund, panel.fund.id).preset = preset
    call = make.call(session, fund=panel.fund)
    scheme = make.scheme(session, call=call, committee=panel.committee)
    measures = [make.measure(session, call=call, status="in_rating") for _ in range(2)]
    codes = {c.code: c.id for c in queries.criteria(session, scheme.id)}
    first, second, *signed = (*panel.members[:2], *panel.members[2:], panel.chair)
    for measure in measures:
        session.add(Number(measure_id=measure.id, call_id=call.id, no=measure.id, committee_id=panel.committee.id))
        for person, points in zip((*signed, first, second), (FIRST, SECOND, THIRD, SECOND, THIRD), strict=True):
            make.declaration(session, measure=measure, person=person)
            total = {FIRST: 72, SECOND: 75, THIRD: 62}[points] * 10_000
            done = {"status": "signed", "signed_at": MORNING, "total": total} if person in signed else {}
            sheet = Sheet(measure_id=measure.id, person_id=person.id, scheme_id=scheme.id, opened_at=MORNING, **done)
            session.add(sheet)
            session.flush()
            rows = [
                {"sheet_id": sheet.id, "criterion_id": codes[c], "points": g.points, "comment": g.comment}
                for c, g in given(points).items()
            ]
            session.execute(insert(Score), rows)
    return Round(panel.fund, call, panel.committee, scheme, panel.manager, panel.chair, panel.members, measures)


class Table:
    """What the members of one round do, each in a transaction of their own."""

    def __init__(self, write: Write, found: Round) -> None:
        self.write, self.found = write, found

    def signs(self, person: Person, *measures: Measure) -> Callable[[], Any]:
        def work(session: Any) -> None:
            mine = [sheet_of(session, session.get_one(Measure, m.id), person) for m in measures or self.found.measures]
            sheets.sign_all(session, mine, by=person, at=MORNING)

        return lambda: self.write(work)

    def takes_back(self, person: Person) -> Callable[[], Any]:
        def work(session: Any) -> None:
            sheet = sheet_of(session, session.get_one(Measure, self.found.first.id), person)
            resigning.change(session, sheet, by=person, at=MORNING)

        return lambda: self.write(work)

    def declares(self, person: Person) -> Callable[[], Any]:
        def work(session: Any) -> None:
            declaring.declare(
                session, session.get_one(Measure, self.found.first.id), conflict=True, kind="business", explanation="We buy from them.",
                by=person, at=MORNING,
            )  # fmt: skip

        return lambda: self.write(work)

    def closes(self) -> Callable[[], Any]:
        return lambda: self.write(
            lambda s: rounds.close_round(s, s.get_one(Call, self.found.call.id), by=self.found.chair, at=MORNING)
        )

    def stands(self) -> dict[int, tuple[str, list[Sheet], Result | None]]:
        """measure id -> its status, its signed sheets that are not void, the result; each recomputed from what stands in the sheets."""

        def work(session: Any) -> dict[int, tuple[str, list[Sheet], Result | None]]:
            told = {}
            for each in self.found.measures:
                status = session.get_one(Measure, each.id).status
                result = standing.results(session, [each.id]).get(each.id)
                kept = list(session.scalars(select(Sheet).where(Sheet.measure_id == each.id, Sheet.status == "signed")))
                told[each.id] = status, kept, result
                agrees(session, kept, result)
            return told

        return self.write(work)


def agrees(session: Any, kept: list[Sheet], result: Result | None) -> None:
    """Every signed sheet that is not void is in the result, and nothing else; by plain arithmetic from the single points."""
    totals = []
    for sheet in kept:
        criteria = {c.id: c for c in queries.criteria(session, sheet.scheme_id)}
        points = session.scalars(select(Score).where(Score.sheet_id == sheet.id)).all()
        totals.append(sum(Decimal(criteria[row.criterion_id].weight) * row.points / 5 for row in points))
        assert sheet.total == totals[-1].scaleb(4)
    if result is not None:
        mean = (sum(totals) / len(totals)).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        spread = max(totals) - min(totals)
        assert (result.sheets, result.total, result.spread) == (len(kept), mean.scaleb(4), spread.scaleb(4))


def test_two_sign_one_declares_late_and_the_chair_closes_at_the_same_moment(write: Write, panel: Round) -> None:
    began = time.monotonic()
    for n in range(ROUNDS):
        table = Table(write, write(lambda session: world(session, panel)))
        first, second, late = table.found.members[:3]
        work = [table.signs(first), table.signs(second), table.declares(late), table.closes()]
        turn = n % len(work)
        done = at_once(*work[turn:], *work[:turn])
        one, two, declared, closed = [done[(at - turn) % len(work)] for at in range(len(work))]
        assert declared or closed
        stands = table.stands()
        if not closed:  # too few were signed when it was tried
            assert {status for status, _sheets, _result in stands.values()} == {"in_rating"}
            assert (one, two) == (True, True)
            table.closes()()
            stands = table.stands()
        for id, (status, kept, result) in stands.items():
            who = {sheet.person_id for sheet in kept}
            assert status == "rated"
            assert result is not None
            assert {first.id: first.id in who, second.id: second.id in who} == {first.id: one, second.id: two}
            assert id == table.found.first.id or late.id in who
    assert time.monotonic() - began < 10 * SECONDS


def test_a_signature_taken_back_while_the_chair_closes_counts_or_the_round_waits(write: Write, panel: Round) -> None:
    for _ in range(ROUNDS // 2):
        table = Table(write, write(lambda session: world(session, panel)))
        chair, first = table.found.everybody[:2]
        taken, signed, closed = at_once(table.takes_back(chair), table.signs(first), table.closes())
        stands = table.stands()
        assert closed or not signed or taken
        status, kept, _result = stands[table.found.first.id]
        assert (chair.id in {sheet.person_id for sheet in kept}) is not taken
        assert (first.id in {sheet.person_id for sheet in kept}) is signed
        assert status == ("rated" if closed else "in_rating")


def test_where_the_last_signature_closes_the_last_two_close_it_together(write: Write, panel: Round) -> None:
    for _ in range(ROUNDS // 2):
        table = Table(write, write(lambda session: world(session, panel, "small")))
        one, two = table.found.measures
        first, second = table.found.members[:2]
        table.signs(first, one)()
        table.signs(second, two)()
        assert at_once(table.signs(first, two), table.signs(second, one)) == [True, True]
        assert [(status, len(kept)) for status, kept, _result in table.stands().values()] == [("rated", 5)] * 2


@pytest.mark.postgresql
def test_who_signs_while_the_round_is_being_closed_waits_and_is_refused(write: Write, panel: Round) -> None:
    """The chair's transaction is held open after the close: the signature must not slip in between."""
    table = Table(write, write(lambda session: world(session, panel)))
    first = table.found.members[0]
    closing, go = threading.Event(), threading.Event()

    def close(session: Any) -> None:
        rounds.close_round(session, session.get_one(Call, table.found.call.id), by=table.found.chair, at=MORNING)
        session.flush()
        closing.set()
        go.wait(SECONDS)

    def signs() -> None:
        assert closing.wait(SECONDS)
        threading.Timer(0.3, go.set).start()
        table.signs(first)()

    assert at_once(lambda: write(close), signs) == [True, False]
    assert {len(kept) for _status, kept, _result in table.stands().values()} == {3}
