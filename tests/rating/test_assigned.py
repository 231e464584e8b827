"""Who scores what: drawn, looked at, applied, and changed by hand afterwards."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event, select

from fundapp.history.models import Entry
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.mail.models import Message
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import assigned, committees, plans, rounds, sheets, standing
from fundapp.rating.models import Assignment, Sheet
from fundapp.rating.plans import Board
from fundapp.rating.sheets import Given
from tests import factories as make
from tests.factories import MORNING, TODAY
from tests.rating.conftest import FIRST, Round, declare, open_and_declare, rated_call, sheet_of, sign


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def look(session: Any, found: Round, by: Person | None = None, **how: Any) -> Board:
    board = plans.board(session, found.call, by or found.manager, TODAY, **how)
    assert board is not None
    return board


def ticked(board: Board) -> dict[int, set[int]]:
    return {row.measure.id: set(row.seated) for row in board.rows}


def draw(session: Any, found: Round, by: Person | None = None, per: int = 3, seed: int = 7) -> Board:
    """Draws and applies."""
    board = look(session, found, by, per=per, seed=seed)
    assigned.apply(
        session, found.call, ticked(board), shown=board.version, per=per, seed=seed, by=by or found.manager, at=MORNING
    )
    return board


def chosen(session: Any, found: Round) -> dict[int, set[int]]:
    rows: dict[int, set[int]] = {}
    for row in session.scalars(select(Assignment)):
        rows.setdefault(row.measure_id, set()).add(row.person_id)
    return {m.id: rows.get(m.id, set()) for m in found.measures}


def world(session: Any, measures: int = 5, *, blind: bool = False) -> Round:
    return rated_call(session, blind=blind, measures=measures)


def test_a_plan_gives_each_proposal_its_members_with_even_load_and_without_conflicts(write: Any) -> None:
    def work(session: Any) -> Any:
        found = world(session)
        declare(session, found, found.members[0], conflict=found.first)
        board = look(session, found, per=3, seed=7)
        first = next(row for row in board.rows if row.measure.id == found.first.id)
        return (
            {len(row.seated) for row in board.rows}, sorted(board.load.values()), sum(board.meetings.values()),
            first.barred, found.members[0].id in first.seated, found.members[0].id,
        )  # fmt: skip

    sizes, load, together, barred, seated, id = write(work)
    assert (sizes, load, together, seated) == ({3}, [3, 3, 3, 3, 3], 15, False)
    assert barred == {id: "Business with it: a share, a loan, a customer, a supplier"}


def test_the_same_number_draws_the_same_plan_and_another_another(write: Any) -> None:
    def work(session: Any) -> list[Any]:
        found = world(session)
        return [ticked(look(session, found, per=3, seed=seed)) for seed in (7, 7, 8)]

    one, two, three = write(work)
    assert one == two != three


def test_applied_is_what_was_shown_and_the_opening_gives_sheets_by_it(write: Any) -> None:
    def work(session: Any) -> Any:
        found = world(session)
        board = draw(session, found)
        declare(session, found, *found.everybody)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        live = {m.id: {s.person_id for s in standing.live_sheets(session, m.id, 1)} for m in found.measures}
        return ticked(board), chosen(session, found), live

    shown, kept, live = write(work)
    assert shown == kept == live


def test_the_number_drawn_and_the_counts_go_on_record_once(write: Any) -> None:
    def work(session: Any) -> Any:
        found = world(session)
        board = draw(session, found)
        again = assigned.apply(
            session, found.call, ticked(board), shown="an older page", per=3, seed=7, by=found.manager, at=MORNING
        )
        session.flush()
        return found.call.id, again

    call_id, again = write(work)
    assert again == 0
    rows = write(lambda s: [e.data for e in s.scalars(select(Entry).where(Entry.action == "rating.assign"))])
    assert rows == [{"seed": 7, "per_proposal": 3, "proposals": 5, "seats": 15}]
    assert call_id


def test_a_page_that_something_has_overtaken_is_refused(write: Any) -> None:
    def work(session: Any) -> None:
        found = world(session)
        board = look(session, found, per=3, seed=7)
        declare(session, found, found.members[0], conflict=found.first)
        with pytest.raises(Stale):
            assigned.apply(
                session, found.call, ticked(board), shown=board.version, per=3, seed=7, by=found.manager, at=MORNING
            )

    write(work)


def test_who_has_a_conflict_comes_from_outside_or_too_few_are_refused_with_all_reasons(write: Any) -> None:
    def work(session: Any) -> Any:
        found = world(session, measures=2)
        declare(session, found, found.members[0], conflict=found.first)
        board = look(session, found)
        stranger = make.person(session, role="member")
        ticks = {found.first.id: {found.members[0].id, stranger.id, found.chair.id}, found.measures[1].id: set()}
        with pytest.raises(Refused) as why:
            assigned.apply(session, found.call, ticks, shown=board.version, by=found.manager, at=MORNING)
        return why.value.reasons, found.members[0].shown_name, found.first.title, found.measures[1].title

    reasons, name, first, second = write(work)
    assert sorted(reasons) == sorted((
        f"{first}: somebody chosen does not sit on its committee any more.",
        f"{first}: {name} has a conflict of interest.",
        f"{second}: 0 chosen, 3 signed sheets are needed.",
    ))  # fmt: skip


def test_what_could_not_be_filled_is_told_with_the_reason(write: Any) -> None:
    def work(session: Any) -> Any:
        found = world(session, measures=2)
        for member in found.members[:3]:
            declare(session, found, member, conflict=found.first)
        board = look(session, found, per=3, seed=1)
        [row] = board.not_filled
        return row.measure.id == found.first.id, row.missing, row.why_missing.count("Business with it")

    assert write(work) == (True, 1, 3)


def test_a_substitute_fills_the_gap_that_a_conflict_leaves(write: Any) -> None:
    def work(session: Any) -> Any:
        found = world(session, measures=2)
        spare = make.person(session, role="member")
        committees.add_member(
            session, found.committee, spare, sector="public", substitute=1, by=found.manager, at=MORNING
        )
        for member in found.members[:3]:
            declare(session, found, member, conflict=found.first)
        board = look(session, found, per=3, seed=1)
        return [spare.id in row.seated for row in sorted(board.rows, key=lambda r: r.measure.id)], board.not_filled

    assert write(work) == ([True, False], ())


def test_all_members_again_forgets_what_was_chosen(write: Any) -> None:
    def work(session: Any) -> Any:
        found = world(session, measures=2)
        draw(session, found)
        board = look(session, found, per=0)
        assigned.apply(session, found.call, ticked(board), shown=board.version, per=0, by=found.manager, at=MORNING)
        return {len(people) for people in chosen(session, found).values()}

    assert write(work) == {0}


def test_a_proposal_closed_to_the_reader_is_drawn_too_not_shown_and_stays_as_it_is(write: Any) -> None:
    def work(session: Any) -> Any:
        found = world(session, measures=3)
        declare(session, found, found.chair, conflict=found.first)
        board = draw(session, found, found.chair)
        before = chosen(session, found)[found.first.id]
        again = draw(session, found, found.chair, seed=99)
        return [r.measure.id for r in board.rows], board.hidden, len(before), chosen(session, found)[found.first.id] == before, found.first.id, again.hidden  # fmt: skip

    shown, hidden, seats, stays, first, again = write(work)
    assert (first in shown, hidden, seats, stays, again) == (False, 1, 3, True, 1)


def test_in_a_blind_call_who_sits_there_draws_and_sees_sums_only(write: Any, client: Any) -> None:
    def work(session: Any) -> Round:
        found = world(session, measures=3, blind=True)
        declare(session, found, found.members[0], conflict=found.first)
        return found

    found = write(work)
    browser = client(found.chair)
    page = browser.get(f"/rating/calls/{found.call.id}/assignment?per=3&seed=5")
    assert [secret for secret in found.secrets if secret in page.text] == []
    assert "Business with it" not in page.text
    version = re.search(r'name="version" value="([^"]+)"', page.text)[1]  # type: ignore[index]
    data = {"version": version, "per": "3", "seed": "5"}
    assert browser.post(f"/rating/calls/{found.call.id}/assignment", data=data).status_code == 303
    assert write(lambda s: {len(people) for people in chosen(s, found).values()}) == {3}
    assert "Proposal" in words(client(found.manager).get(f"/rating/calls/{found.call.id}/assignment"))
    assert found.first.title in client(found.manager).get(f"/rating/calls/{found.call.id}/assignment").text


def again(session: Any, found: Round) -> Any:
    """The call, read in this session."""
    return session.get_one(type(found.call), found.call.id)


def opened(session: Any) -> Round:
    found = world(session, measures=2)
    draw(session, found)
    open_and_declare(session, found)
    return found


def test_after_the_opening_who_is_left_out_loses_an_unsigned_sheet_and_who_is_added_gets_one_with_a_mail(write: Any) -> None:  # fmt: skip
    found = write(opened)

    def work(session: Any) -> Any:
        call, board = again(session, found), look(session, found)
        row = next(r for r in board.rows if r.measure.id == found.first.id)
        out = sorted(row.seated)[0]
        new = sorted(row.free - row.seated)[0]
        sheet = sheet_of(session, session.get_one(Measure, found.first.id), session.get_one(Person, out))
        sheets.save(session, sheet, {"R1": Given(4)}, by=session.get_one(Person, out), at=MORNING)
        ticks = ticked(board) | {found.first.id: set(row.seated) - {out} | {new}}
        count = assigned.apply(session, call, ticks, shown=board.version, by=found.manager, at=MORNING)
        twice = assigned.apply(session, call, ticks, shown="old", by=found.manager, at=MORNING)
        added = sheet_of(session, session.get_one(Measure, found.first.id), session.get_one(Person, new))
        kept = standing.scores(session, [sheet.id])[sheet.id]
        mails = session.scalars(select(Message).where(Message.kind == "rating/assigned")).all()
        return count, twice, sheet.status, sheet.because, len(kept), added.status, [m.to_address for m in mails], session.get_one(Person, new).email  # fmt: skip

    count, twice, status, because, kept, added, mails, email = write(work)
    assert (count, twice, status, because, kept, added) == (1, 0, "void", "others score this proposal now", 1, "open")
    assert mails == [email]


def test_a_signed_sheet_stays_with_its_member_and_nothing_tells_it_from_one_that_is_not(
    write: Any, client: Any
) -> None:
    def left_out(*, signs: bool) -> Any:
        found = write(opened)
        row = next(r for r in write(lambda s: look(s, found)).rows if r.measure.id == found.first.id)
        out, new = sorted(row.seated)[0], sorted(row.free - row.seated)[0]
        if signs:
            write(lambda s: sign(s, s.get_one(Measure, found.first.id), s.get_one(Person, out), FIRST))
        browser, url = client(found.chair), f"/rating/calls/{found.call.id}/assignment"
        fields = ticks_of(browser.get(url).text)
        fields[f"seat-{found.first.id}"] = [str(id) for id in sorted(row.seated - {out} | {new})]
        before = board_of(write, found, out, new)
        answer = browser.post(url, data=fields)
        said = (answer.status_code, answer.headers["set-cookie"].partition("flash=")[2].partition(";")[0])
        sheets_ = write(lambda s: [x.status for x in s.scalars(sheets_of(found.first.id, out))])
        return before, said, board_of(write, found, out, new), sheets_

    one, two = left_out(signs=False), left_out(signs=True)
    assert one[:3] == two[:3]
    assert (one[1][0], one[0], one[2]) == (303, (True, False), (False, True))
    assert (one[3], two[3]) == (["void"], ["signed"])


def ticks_of(text: str) -> dict[str, Any]:
    """The form of the page as it was sent."""
    fields: dict[str, Any] = {"version": re.search(r'name="version" value="([^"]+)"', text)[1]}  # type: ignore[index]
    for name, value in re.findall(r'name="(seat-\d+)" value="(\d+)" checked', text):
        fields.setdefault(name, []).append(value)
    return fields


def board_of(write: Any, found: Round, *people: int) -> tuple[bool, ...]:
    """Who of these is ticked on the first proposal."""
    row = next(r for r in write(lambda s: look(s, found)).rows if r.measure.id == found.first.id)
    return tuple(id in row.seated for id in people)


def sheets_of(measure_id: int, person_id: int) -> Any:
    return select(Sheet).where(Sheet.measure_id == measure_id, Sheet.person_id == person_id)


def test_who_was_left_out_after_signing_counts_and_is_ticked_again_without_a_second_sheet(write: Any) -> None:
    found = write(opened)

    def work(session: Any) -> Any:
        call, measure = again(session, found), session.get_one(Measure, found.first.id)
        row = next(r for r in look(session, found).rows if r.measure.id == measure.id)
        signer = session.get_one(Person, sorted(row.seated)[0])
        sign(session, measure, signer, FIRST)
        others = set(row.free - {signer.id})
        seen = []
        for wanted in (others, others | {signer.id}):
            board = look(session, found)
            ticks = ticked(board) | {measure.id: wanted}
            assigned.apply(session, call, ticks, shown=board.version, by=found.manager, at=MORNING)
            mine = [sheet.status for sheet in session.scalars(sheets_of(measure.id, signer.id))]
            seen.append((chosen(session, found)[measure.id] == wanted, mine))
        return seen, len(standing.signed(session, {measure.id: 1})[measure.id])

    assert write(work) == ([(True, ["signed"]), (True, ["signed"])], 1)


def test_drawing_again_never_touches_what_is_in_rating(write: Any) -> None:
    def work(session: Any) -> Any:
        found = opened(session)
        before = {r.measure.id: r.now for r in look(session, found).rows}
        after = {r.measure.id: r.seated for r in look(session, found, per=3, seed=12345).rows}
        return before == after

    assert write(work)


def test_only_managers_and_the_chair_of_the_committee_choose(write: Any, client: Any) -> None:
    found = write(world)
    url = f"/rating/calls/{found.call.id}/assignment"
    other = write(lambda s: make.person(s, role="chair"))
    assert [client(p).get(url).status_code for p in (found.manager, found.chair, other, found.members[0])] == [
        200, 200, 404, 404,
    ]  # fmt: skip

    def work(session: Any) -> None:
        with pytest.raises(NotAllowed):
            assigned.apply(session, found.call, {}, shown="", by=found.members[0], at=MORNING)

    write(work)


def test_the_page_shows_a_plan_counts_what_is_ticked_and_applies_it(write: Any, client: Any) -> None:
    found = write(world)
    browser, url = client(found.manager), f"/rating/calls/{found.call.id}/assignment"
    page = browser.get(f"{url}?per=3&seed=7")
    assert "A plan, not applied yet. It was drawn with the number 7" in words(page)
    fields: dict[str, Any] = {
        "version": re.search(r'name="version" value="([^"]+)"', page.text)[1],
        "per": "3",
        "seed": "7",
    }  # type: ignore[index]
    for name, value in re.findall(r'name="(seat-\d+)" value="(\d+)" checked', page.text):
        fields.setdefault(name, []).append(value)
    fewer = fields | {f"seat-{found.first.id}": fields[f"seat-{found.first.id}"][:1]}
    assert "2 members are missing" in words(browser.post(f"{url}/count", data=fewer))
    assert write(lambda s: s.scalars(select(Assignment)).all()) == []
    assert browser.post(url, data=fewer).status_code == 409
    assert browser.post(url, data=fields).status_code == 303
    assert write(lambda s: len(s.scalars(select(Assignment)).all())) == 15
    assert browser.post(url, data=fields).status_code == 303
    assert browser.post(url, data=fields | {f"seat-{found.first.id}": []}).status_code == 409


def test_the_page_costs_a_constant_number_of_questions(write: Any, database: Any) -> None:
    def asked(measures: int) -> int:
        found = write(lambda s: world(s, measures=measures))
        seen: list[str] = []

        def note(*facts: Any) -> None:
            seen.append(facts[2])

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            with database.reading() as session:
                look(session, found, per=3, seed=1)
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        return sum(statement.startswith("SELECT") for statement in seen)

    assert asked(2) == asked(12) <= 12


def test_sheets_of_who_was_never_chosen_are_not_made(write: Any) -> None:
    def work(session: Any) -> int:
        found = opened(session)
        return len(session.scalars(select(Sheet).where(Sheet.measure_id.in_([m.id for m in found.measures]))).all())

    assert write(work) == 6
