"""The ranking: one rule for the money, what a conflict closes, criteria outside the total, and what it costs to ask."""

import re
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from sqlalchemy import text, update

from fundapp.kit.errors import NotFound
from fundapp.measures.models import Measure
from fundapp.rating import ranking, scoring
from fundapp.rating.models import Criterion, Result, Scheme
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import Round
from tests.rating.many import asked, many

MOST = 8


def flat(p: int, m: int, code: str) -> int:
    """Everybody gives 5 to the first two, 4 to the next two, and so on."""
    return 5 - p // 2


def seen(write: Any, found: Round, person: Any = None) -> ranking.Ranking:
    return write(lambda s: ranking.get(s, found.call.id, visible_to=person or found.chair, at=MORNING))


def of_titles(found: ranking.Ranking) -> list[str]:
    return [row.measure.title for row in found.rows]


def test_the_money_goes_down_the_ranking_as_the_arithmetic_says(write: Any) -> None:
    made = write(lambda s: many(s, 40))
    found = seen(write, made)
    entries = [
        scoring.Place(r.rank, scoring.Entry(r.measure.title, r.total, {}, r.measure.requested, 0, r.measure.created_at))
        for r in found.rows
        if r.fundable
    ]
    shares = {share.key: share.amount for share in scoring.allocate(entries, found.money, made.call.smallest)}
    assert [row.amount for row in found.rows] == [shares.get(row.measure.title, 0) for row in found.rows]
    assert found.left == found.money - sum(shares.values())


def test_who_is_knocked_out_gets_nothing_and_the_next_one_does(write: Any) -> None:
    points = lambda p, m, code: 2 if (p, code) == (0, "R2") else 5 if p == 0 else 4  # noqa: E731
    made = write(lambda s: many(s, 3, points=points, budget=3_000_00))
    found = seen(write, made)
    assert [(row.result.knocked_out, row.amount > 0) for row in found.rows] == [
        (["R2"], False),
        ([], True),
        ([], False),
    ]


def test_the_reserve_for_complaints_is_held_back(write: Any) -> None:
    made = write(lambda s: many(s, 4, points=flat, budget=20_000_00))
    write(lambda s: s.execute(update(Scheme).where(Scheme.id == made.scheme.id).values(complaint_reserve=3_000_00)))
    assert (seen(write, made).whole, seen(write, made).money) == (20_000_00, 17_000_00)


def test_what_was_given_since_does_not_change_the_line(write: Any) -> None:
    made = write(lambda s: many(s, 4, points=flat, budget=6_000_00))
    before = [row.amount for row in seen(write, made).rows]
    write(
        lambda s: s.execute(
            update(Measure).where(Measure.id == made.first.id).values(status="approved", awarded=1_000_00)
        )
    )
    assert [row.amount for row in seen(write, made).rows] == before


def test_a_hidden_proposal_is_in_no_rank_and_no_sum(write: Any) -> None:
    """Whatever the closed proposal asks for and scores, the page of a member in conflict says the same."""
    made = write(lambda s: many(s, 6, points=flat, budget=12_000_00))
    member = made.members[0]
    write(lambda s: make.declaration(s, measure=made.first, person=member, kind="family"))

    def told() -> list[Any]:
        found = seen(write, made, member)
        return [
            found.hidden,
            found.money,
            found.left,
            *((r.place, r.measure.id, r.added, r.amount) for r in found.rows),
        ]

    before = told()
    write(lambda s: s.execute(update(Measure).where(Measure.id == made.first.id).values(requested=1_000_00)))
    write(lambda s: s.execute(update(Result).where(Result.measure_id == made.first.id).values(total=100_000)))
    assert told() == before
    assert before[0] == 1
    assert [row[0] for row in before[3:]] == [1, 2, 3, 4, 5]


def test_a_knock_out_that_nobody_judged_has_no_band_and_a_flag(write: Any, client: Any) -> None:
    made = write(lambda s: many(s, 2, points=lambda p, m, code: 4))
    means = '{"R1": "4.0000", "R2": "4.0000", "R3": "4.0000", "R4": "4.0000", "R5": "4.0000", "R7": "4.0000", "R8": "4.0000"}'
    write(lambda s: s.execute(text(f"UPDATE rating_result SET means = '{means}' WHERE measure_id = {made.first.id}")))
    row = next(row for row in seen(write, made).rows if row.measure.id == made.first.id)
    assert (row.unjudged, row.band, row.amount, row.barred) == (("R6",), None, 0, True)
    assert "nobody judged R6" in client(made.chair).get(f"/rating/calls/{made.call.id}/ranking").text


def test_a_criterion_outside_the_total_stands_in_the_means(write: Any, client: Any) -> None:
    def work(session: Any) -> Round:
        made = many(session, 2, points=lambda p, m, code: 4)
        facts = {"titles": {"en": "Risk"}, "questions": {"en": "What may fail?"}, "needs_identity": False}
        session.add(
            Criterion(scheme_id=made.scheme.id, no=9, code="X1", weight=0, counts=False, threshold=None, **facts)
        )
        for result in session.query(Result):
            result.means = result.means | {"X1": "3.5000"}
        return made

    made = write(work)
    page = client(made.chair).get(f"/rating/calls/{made.call.id}/ranking").text
    assert page.count('data-label="X1">3.5<') == 2
    assert "outside the total" in page


def test_equals_share_a_rank_and_the_next_one_is_left_out(write: Any) -> None:
    made = write(lambda s: many(s, 5, points=flat))
    write(lambda s: s.execute(update(Measure).values(requested=3_000_00, submitted_at=made.first.submitted_at)))
    assert [(row.rank, row.place) for row in seen(write, made).rows] == [(1, 1), (1, 1), (3, 3), (3, 3), (5, 5)]


def test_a_stranger_does_not_find_it(write: Any) -> None:
    made = write(lambda s: many(s, 2))
    stranger = write(lambda s: make.person(s, role="member"))
    with pytest.raises(NotFound):
        seen(write, made, stranger)


@pytest.mark.parametrize("proposals", [40, 571])
@pytest.mark.parametrize("path", ["ranking", "fairness"])
def test_a_page_costs_at_most_eight_questions(write: Any, client: Any, proposals: int, path: str) -> None:
    made = write(lambda s: many(s, proposals, with_scores=False))
    for person in (made.chair, made.members[0], made.manager):
        browser = client(person)
        url = f"/rating/calls/{made.call.id}/{path}"
        browser.get(url)
        answer, statements = asked(browser.app.state.database, lambda: browser.get(url))  # noqa: B023
        assert answer.status_code == 200
        assert answer.text.count('class="row-title"') >= proposals
        questions = [each for each in statements if each.startswith(("SELECT", "WITH"))]
        assert len(questions) <= MOST, "\n".join(questions)


def test_the_workbook_holds_what_the_page_holds(write: Any, client: Any) -> None:
    made = write(lambda s: many(s, 3, points=flat))
    answer = client(made.chair).get(f"/rating/calls/{made.call.id}/ranking.xlsx")
    sheet = ZipFile(BytesIO(answer.content)).read("xl/worksheets/sheet1.xml").decode()
    assert answer.headers["content-disposition"].endswith(f'ranking-{made.call.code}.xlsx"')
    assert re.findall(r'<c r="F\d" s="\d"><v>([\d.]+)</v>', sheet) == ["100.0000", "100.0000", "80.0000"]
