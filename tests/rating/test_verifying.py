"""What `fundapp verify` finds when scores, totals or results were changed past the program."""

from typing import Any

from sqlalchemy import text

from fundapp.rating import resigning, rounds, verifying
from fundapp.rating.models import Result, Sheet
from tests.factories import MORNING
from tests.rating.conftest import FIRST, SECOND, THIRD, Round, sheet_of, sign
from tests.rating.many import many


def found(write: Any) -> list[str]:
    return write(verifying.verify)


def changed(write: Any, statement: str) -> None:
    write(lambda session: session.execute(text(statement)))


def test_nothing_is_said_of_a_closed_round(write: Any, closed: Round) -> None:
    assert found(write) == []


def test_nothing_is_said_of_a_signature_taken_back(write: Any, rated: Round) -> None:
    def work(session: Any) -> None:
        measure = session.merge(rated.first)
        sheet = sign(session, measure, rated.members[0], FIRST)
        resigning.change(session, sheet, by=rated.members[0], at=MORNING)
        assert sheet_of(session, measure, rated.members[0]).replaces_id == sheet.id

    write(work)
    assert found(write) == []


def test_nothing_is_said_of_a_second_round(write: Any, closed: Round) -> None:
    def work(session: Any) -> None:
        measure = session.merge(closed.first)
        rounds.reopen_rating(session, measure, by=closed.chair, at=MORNING, because="13 points apart")
        for person, points in zip(closed.members, (SECOND, THIRD, FIRST), strict=False):
            sign(session, measure, person, points, round=2)
        rounds.close_rating(session, measure, by=closed.chair, at=MORNING)

    write(work)
    assert found(write) == []


def test_a_changed_score_is_found_in_the_sheet_its_fingerprint_and_the_result(write: Any, closed: Round) -> None:
    sheet = write(lambda s: sheet_of(s, closed.first, closed.members[0]).id)
    criterion = f"(SELECT id FROM rating_criterion WHERE scheme_id = {closed.scheme.id} AND code = 'R1')"
    changed(write, f"UPDATE rating_score SET points = 5 WHERE sheet_id = {sheet} AND criterion_id = {criterion}")
    what = f"round 1 of measure {closed.first.id}"
    assert found(write) == [
        f"sheet {sheet} keeps the total 72.0000, its points give 76.0000",
        f"sheet {sheet} is not as it was signed: its fingerprint differs",
        f"{what} keeps the total 69.6667, its points give 71.0000",
        f"{what} keeps the spread 13.0000, its sheets give 14.0000",
        f"{what} keeps other means of R1 than its sheets give",
    ]


def test_a_changed_total_result_and_score_are_found(write: Any, closed: Round) -> None:
    sheet = write(lambda s: sheet_of(s, closed.first, closed.members[0]).id)
    changed(write, f"UPDATE rating_sheet SET total = 990000 WHERE id = {sheet}")
    changed(write, f"UPDATE rating_result SET knocked_out = '[\"R1\"]' WHERE measure_id = {closed.first.id}")
    changed(write, f"UPDATE measures_measure SET score = 990000 WHERE id = {closed.first.id}")
    assert found(write) == [
        f"sheet {sheet} keeps the total 99.0000, its points give 72.0000",
        f"round 1 of measure {closed.first.id} keeps R1 as knocked out, its sheets give –",
        f"measure {closed.first.id} keeps the total 99.0000, its points give 69.6667",
    ]


def test_a_changed_comment_breaks_the_fingerprint_only(write: Any, closed: Round) -> None:
    sheet = write(lambda s: sheet_of(s, closed.first, closed.members[0]).id)
    changed(write, f"UPDATE rating_score SET comment = 'better' WHERE sheet_id = {sheet}")
    assert found(write) == [f"sheet {sheet} is not as it was signed: its fingerprint differs"]


def test_a_score_taken_out_is_found(write: Any, closed: Round) -> None:
    sheet = write(lambda s: sheet_of(s, closed.first, closed.members[0]).id)
    changed(write, f"DELETE FROM rating_score WHERE sheet_id = {sheet}")
    said = found(write)
    assert said[0] == f"sheet {sheet} was signed and has no total: no points for R1, R2, R3, R4, R5, R6, R7, R8"
    assert said[1].startswith(f"round 1 of measure {closed.first.id} cannot be reckoned again: no points for R1")


def test_a_result_without_its_sheets_is_found(write: Any, closed: Round) -> None:
    changed(write, f"UPDATE rating_sheet SET round = 7 WHERE measure_id = {closed.first.id}")
    assert f"round 1 of measure {closed.first.id} has a result and no sheet that counts" in found(write)


def test_four_thousand_sheets_hold(write: Any) -> None:
    made = write(lambda s: many(s, 571))
    assert write(lambda s: (s.query(Sheet).count(), s.query(Result).count())) == (3997, 571)
    assert found(write) == []
    assert len(made.measures) == 571


def test_the_command_says_what_differs(write: Any, closed: Round, settings: Any) -> None:
    from fundapp.rooms import store_of, verified  # noqa: PLC0415

    changed(write, f"UPDATE measures_measure SET score = 1 WHERE id = {closed.first.id}")
    said = write(lambda s: verified(s, store_of(settings)))
    assert f"measure {closed.first.id} keeps the total 0.0001, its points give 69.6667" in said
