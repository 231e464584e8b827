"""A signed sheet is changed until the round closes, opened again by the chair, and carried into a second round; the old ones stay."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.kit.errors import NotAllowed, Refused
from fundapp.mail.models import Message
from fundapp.measures.models import Measure
from fundapp.rating import filled, queries, resigning, rounds, sheets, standing
from fundapp.rating.models import Sheet
from fundapp.rating.sheets import Given
from fundapp.reminders.models import Obligation
from tests.factories import MORNING
from tests.rating.conftest import (
    FIRST,
    SECOND,
    THIRD,
    Round,
    open_and_declare,
    rated_call,
    sheet_of,
    sign,
    sign_all,
)
from tests.rating.test_pages import rows

LATER = MORNING + timedelta(hours=3)


def open_call(session: Any, measures: int = 1) -> Round:
    found = rated_call(session, blind=False, measures=measures)
    open_and_declare(session, found)
    return found


def all_of(session: Any, measure: Measure, person: Any) -> list[tuple[str, int, int | None, str]]:
    asked = select(Sheet).where(Sheet.measure_id == measure.id, Sheet.person_id == person.id).order_by(Sheet.id)
    return [(s.status, s.round, s.total, s.because) for s in session.scalars(asked)]


def test_a_signed_sheet_is_changed_by_its_member_and_the_old_one_stays_on_record(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = open_call(session)
        member = found.members[0]
        old = sign(session, found.first, member, FIRST)
        new = resigning.change(session, old, by=member, at=LATER)
        before = filled.of(session, new).now
        sheets.save(session, new, {"R1": Given(5, "seen on the spot")}, by=member, at=LATER)
        sheets.sign(session, new, by=member, at=LATER)
        due = session.scalars(select(Obligation.due).where(Obligation.subject.like("rating.sheet:%"))).all()
        kept = filled.of(session, old).now.points["R1"]
        return (
            before.complete,
            before.points["R1"],
            all_of(session, found.first, member),
            new.replaces_id == old.id,
            len(set(due)),
            kept,
        )

    assert write(work) == (
        True,
        4,
        [("void", 1, 720000, "changed by the member"), ("signed", 1, 760000, "")],
        True,
        1,
        4,
    )


def test_only_its_member_changes_a_sheet_and_only_while_the_round_is_open(write: Any) -> None:
    def work(session: Any) -> str:
        found = open_call(session)
        sign_all(session, found)
        sheet = sheet_of(session, found.first, found.members[0])
        for other in (found.members[1], found.chair, found.manager):
            with pytest.raises(NotAllowed):
                resigning.change(session, sheet, by=other, at=LATER)
        rounds.close_rating(session, found.first, by=found.chair, at=LATER)
        with pytest.raises(NotAllowed):
            resigning.change(session, sheet, by=found.members[0], at=LATER)
        rounds.reopen_rating(session, found.first, by=found.chair, at=LATER, because="they lie apart")
        with pytest.raises(Refused) as why:
            resigning.change(session, sheet, by=found.members[0], at=LATER)
        return why.value.reasons[0]

    assert write(work) == "That round is closed; its sheets stand."


def test_what_was_locked_blind_stays_locked_in_the_new_sheet(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[str, bool, str, int | None]:
        measure, member = session.get_one(Measure, rated.first.id), rated.members[0]
        new = resigning.change(session, sign(session, measure, member, FIRST), by=member, at=LATER)
        with pytest.raises(Refused) as why:
            sheets.save(session, new, {"R1": Given(1, "now I know them")}, by=member, at=LATER)
        sheets.save(session, new, {"R6": Given(3)}, by=member, at=LATER)
        status, since = new.status, new.locked_at == MORNING
        sheets.sign(session, new, by=member, at=LATER)
        return status, since, why.value.reasons[0], new.total

    assert write(work) == ("locked", True, "R1 was locked before the names opened; it stands.", 680000)


def test_a_second_round_begins_with_the_points_of_the_first_which_stays(write: Any, closed: Round) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        measure, member = session.get_one(Measure, closed.first.id), closed.members[0]
        rounds.reopen_rating(session, measure, by=closed.chair, at=LATER, because="they lie apart")
        new = sheet_of(session, measure, member, 2)
        now = filled.of(session, new).now
        never = filled.of(session, sheet_of(session, measure, closed.members[3], 2)).now
        return (
            tuple(now.points.values()),
            now.comments["R1"],
            new.status,
            never.points,
            all_of(session, measure, member),
        )

    points, comment, status, never, rows_ = write(work)
    assert (points, comment, status, never) == (FIRST, "because of the text", "open", {})
    assert rows_ == [("signed", 1, 720000, ""), ("open", 2, None, "")]


def test_the_chair_opens_a_signed_sheet_again_with_a_reason(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = open_call(session)
        member = found.members[0]
        sign(session, found.first, member, FIRST)
        how = {"by": found.chair, "at": LATER}
        for by, because in ((found.chair, "  "), (found.manager, "a slip")):
            with pytest.raises(Refused):
                resigning.reopen(session, found.call, found.first.id, member.id, by=by, at=LATER, because=because)
        resigning.reopen(
            session, found.call, found.first.id, member.id, because="The wrong proposal was scored.", **how
        )
        resigning.reopen(session, found.call, found.first.id, found.members[1].id, because="In case.", **how)
        asked = select(Message.to_id).where(Message.kind == "rating/sheet_reopened")
        return (
            all_of(session, found.first, member),
            all_of(session, found.first, found.members[1]),
            session.scalars(asked).all() == [member.id],
        )

    assert write(work) == (
        [("void", 1, 720000, "The wrong proposal was scored."), ("open", 1, None, "")],
        [("open", 1, None, "")],
        True,
    )


def test_the_chair_is_answered_alike_whether_the_sheet_was_signed_or_not(write: Any, client: Any) -> None:
    def world(session: Any) -> Round:
        found = open_call(session)
        sign(session, found.first, found.members[0], FIRST)
        return found

    found = write(world)
    url, browser = f"/rating/calls/{found.call.id}/reopen", client(found.chair)
    seen, answers = [], []
    for member in found.members[:2]:
        data = {"measure": str(found.first.id), "member": str(member.id), "because": "There was a slip."}
        answer = browser.post(url, data=data)
        answers.append((answer.status_code, answer.headers["location"], answer.headers["set-cookie"]))
        seen.append(browser.get(url).text)
    assert answers[0] == answers[1]
    assert len(set(seen)) == 1
    assert browser.post(url, data={"measure": str(found.first.id)}).status_code == 422
    assert client(found.members[0]).get(url).status_code == 403


def test_a_member_changes_a_signed_sheet_in_the_browser(write: Any, client: Any) -> None:
    def world(session: Any) -> tuple[Round, int]:
        found = open_call(session, measures=2)
        return found, sign(session, found.first, found.members[0], FIRST).id

    found, id = write(world)
    browser = client(found.members[0])
    assert "Change the signed sheet" in browser.get(f"/rating/sheets/{id}").text
    new = browser.post(f"/rating/sheets/{id}/change").headers["location"]
    assert "You have taken your signature back." in browser.get(new).text
    assert browser.get(f"/rating/sheets/{id}").status_code == 404
    after = browser.post(f"{new}/sign").headers["location"]
    assert "This is the next one that waits for you." in browser.get(after).text
    assert browser.get(f"/rating/next?after={after.rsplit('/', 1)[1]}").headers["location"] == "/rating/"


def test_all_that_is_complete_is_signed_at_once_as_it_was_listed(write: Any, client: Any) -> None:
    def world(session: Any) -> tuple[Round, list[int]]:
        found = open_call(session, measures=3)
        member, ids = found.members[0], []
        for measure, points in zip(found.measures, (FIRST, SECOND, THIRD), strict=True):
            sheet = sheet_of(session, measure, member)
            codes = ("R1", "R2") if points is THIRD else tuple(f"R{n}" for n in range(1, 9))
            given = {c: Given(p, "as it says") for c, p in zip(codes, points, strict=False)}
            sheets.save(session, sheet, given, by=member, at=MORNING)
            ids.append(sheet.id)
        return found, ids

    found, ids = write(world)
    browser = client(found.members[0])
    page = browser.get("/rating/sign").text
    assert ("72.0" in page, "75.0" in page, "Not scored yet: R3, R4, R5, R6, R7, R8." in page) == (True, True, True)
    data = {
        f"sheets-{n}-{name}": str(value)
        for n, id in enumerate(ids[:2], 1)
        for name, value in (("id", id), ("version", 2))
    }
    browser.post(f"/rating/sheets/{ids[0]}/save", data=rows({"R1": 3}))
    assert browser.post("/rating/sign", data=data).status_code == 409
    assert browser.post("/rating/sign", data=data | {"sheets-1-version": "3"}).status_code == 303
    assert browser.post("/rating/sign", data=data | {"sheets-1-version": "3"}).status_code == 303
    assert write(lambda s: [s.get_one(Sheet, id).total for id in ids]) == [680000, 750000, None]


def test_what_was_signed_has_a_digest_that_changes_with_every_part_of_it(write: Any) -> None:
    def work(session: Any) -> tuple[bool, bool, int]:
        found = open_call(session)
        sheet = sign(session, found.first, found.members[0], FIRST)
        same = filled.digest(sheet, filled.of(session, sheet), signed_at=MORNING) == sheet.digest
        seen = {sheet.digest, filled.digest(sheet, filled.of(session, sheet), signed_at=LATER)}
        score = filled.of(session, sheet).given("R1")
        for change in ({"comment": "another"}, {"points": 3}, {"points": None, "unjudged": True}):
            for name, value in change.items():
                setattr(score, name, value)
            seen.add(filled.digest(sheet, filled.of(session, sheet), signed_at=MORNING))
        criterion = queries.criteria(session, sheet.scheme_id)[1]
        criterion.threshold = 10
        seen.add(filled.digest(sheet, filled.of(session, sheet), signed_at=MORNING))
        return same, len(sheet.digest) == 64, len(seen)

    assert write(work) == (True, True, 6)


def test_where_the_round_closes_by_itself_the_member_hears_it_before_signing(write: Any, client: Any) -> None:
    from fundapp.presets import service as presets  # noqa: PLC0415
    from fundapp.rating.switches import CLOSES  # noqa: PLC0415
    from tests import factories as make  # noqa: PLC0415

    def world(session: Any) -> tuple[Round, list[int]]:
        found = open_call(session)
        admin = make.person(session, role="admin")
        presets.turn(session, CLOSES, "signature", fund=found.fund, by=admin, at=MORNING)
        for person in (*found.members[1:], found.chair):
            sign(session, found.first, person, SECOND)
        return found, [sheet_of(session, found.first, found.members[0]).id]

    found, (id,) = write(world)
    browser = client(found.members[0])
    words = "The round closes by itself with the last signature of all members"
    assert words in browser.get(f"/rating/sheets/{id}").text
    assert (
        browser.post(
            f"/rating/sheets/{id}/sign", data=rows(dict.fromkeys((f"R{n}" for n in range(1, 9)), 4))
        ).status_code
        == 303
    )
    assert write(lambda session: session.get_one(Measure, found.first.id).status) == "rated"
    assert write(lambda session: standing.unsigned(session, found.call.id)) is False
