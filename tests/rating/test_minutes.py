"""The minutes as a real Word file, opened again; and their corrections."""

from typing import Any

import pytest
from sqlalchemy import select

from fundapp.documents.models import Document
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.measures.models import FoundConflict
from fundapp.people.models import Person
from fundapp.rating import addenda, afterwards, declaring, fingerprints, minutes, rounds, standing
from fundapp.rating.meetings import Typed
from fundapp.rating.models import Member, Sheet
from fundapp.rating.proceedings import Meeting
from tests import factories as make
from tests.factories import MORNING
from tests.rating.aftermath import YES, begin, close, meet, waits_from, written
from tests.rating.conftest import FIRST, Round, open_and_declare, rated_call, sign, sign_all
from tests.rating.test_committees import regional


def text_of(write: Any, closed: Round, *typed: Typed) -> str:
    def work(session: Any) -> str:
        meet(session, closed, *typed)
        return written(session, "minutes")[1]

    return write(work).replace("\u00a0", " ")


def test_the_minutes_say_who_was_there_what_was_decided_and_why(write: Any, closed: Round) -> None:
    text = text_of(
        write, closed, Typed("approve", 4, 1, amount=4_000_00, conditions="Clean the water.", reasons="Many gain.", arguments="The need is proven."),
        Typed("reject", 5, 0, reasons="Please try again.", rule="costs"),
    )  # fmt: skip
    names = [p.shown_name for p in closed.everybody]
    number = closed.first.number
    for line in (
        "Place and time | Ulaanbaatar, 2 March 2026, 10:00 to 12:00",
        f"{names[0]} | Chair | Private firms",
        "Absent: nobody.",
        "Quorum | 5 of 5 members without a conflict voted, 3 were needed: quorate",
        "Arguments in brief | The need is proven.",
        "Votes | 4 yes, 1 no, 0 abstained",
        "Decision | Approved with less than requested: EUR 4,000.00",
        "Conditions | Clean the water.",
        "Reasons | Many gain.",
        "Reasons | The costs are not plausible. Please try again.",
        "Conflicts of interest | none",
    ):
        assert line in text.splitlines(), line
    assert f"({number})" in text


def test_every_signed_sheet_is_attached_by_its_fingerprint(write: Any, closed: Round) -> None:
    text = text_of(write, closed, YES)
    sheets = write(
        lambda s: list(s.scalars(select(Sheet).where(Sheet.measure_id == closed.first.id, Sheet.status == "signed")))
    )
    assert len(sheets) == 3
    for sheet in sheets:
        person = next(p for p in closed.everybody if p.id == sheet.person_id)
        line = f"Sheet of {person.shown_name} on {closed.first.number}, round 1 | {fingerprints.grouped(sheet.digest)}"
        assert line in text.splitlines()


def test_a_sheet_signed_before_fingerprints_were_kept_gets_the_same_one(write: Any, closed: Round) -> None:
    def work(session: Any) -> tuple[list[Any], list[Any]]:
        meet(session, closed, YES)
        first = written(session, "minutes")[0].fields["attachments"]
        for sheet in session.scalars(select(Sheet)):
            sheet.digest = ""
        session.flush()
        [meeting] = session.scalars(select(Meeting))
        decisions = list(standing.decisions(session, meeting.id).values())
        again = minutes.fields(session, meeting, decisions, 0, ranks={}, today=MORNING.date(), language="en")
        return first, again["attachments"]

    first, again = write(work)
    assert first == again
    assert len(first[0]["hash"].replace(" ", "")) == 64


def test_conflicts_declared_and_waived_stand_in_the_minutes(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session)
        open_and_declare(session, found, conflict=found.members[3])
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        session.add(
            FoundConflict(
                measure_id=found.first.id, person_id=found.members[0].id, rule="email_domain", evidence={"domain": "town.example"}, found_at=MORNING,
                waived_at=MORNING, waived_by_id=found.chair.id, because="The whole town has this domain.",
            )
        )  # fmt: skip
        session.flush()
        close(session, found, begin(session, found, Typed("approve", 4, 0, amount=5_000_00)))
        return found, written(session, "minutes")[1]

    found, text = write(work)
    member, waived, chair = found.members[3].shown_name, found.members[0].shown_name, found.chair.shown_name
    [line] = [line for line in text.splitlines() if line.startswith("Conflicts of interest")]
    assert line.startswith(f"Conflicts of interest | {member}: Business with it")
    assert line.endswith(f"waived by {chair}, The whole town has this domain.")
    assert waived in line
    assert f"Left the room | {member}: Business with it: a share, a loan, a customer, a supplier" in text.splitlines()


def test_a_conflict_declared_late_is_told_with_the_sheet_that_does_not_count(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session)
        open_and_declare(session, found)
        sign_all(session, found, [found.members[1], found.members[2], found.members[3]])
        late = found.members[0]
        sign(session, found.first, late, FIRST)
        declaring.declare(session, found.first, conflict=True, kind="family", explanation="Mine", by=late, at=MORNING)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        close(session, found, begin(session, found, Typed("approve", 4, 0, amount=5_000_00)))
        return late.shown_name, written(session, "minutes")[1]

    late, text = write(work)
    [line] = [line for line in text.splitlines() if line.startswith("Conflicts of interest")]
    assert late in line
    assert "declared late, the signed sheet does not count" in line


def test_a_substitute_stands_with_whom_they_sat_for(write: Any, closed: Round) -> None:
    seats = [
        Member(person_id=n, voting=True, substitute=sub, chair=False, deputy=False, sector="private")
        for n, sub in ((1, None), (2, None), (3, None), (4, 2), (5, 1))
    ]
    assert minutes.stood_in(seats, {1, 4, 5}) == {5: 2, 4: 3}
    assert minutes.stood_in(seats, {1, 2, 3, 4}) == {}


def test_what_waits_for_a_no_objection_says_so(write: Any, closed: Round) -> None:
    write(lambda s: waits_from(s, closed, 1))
    text = text_of(write, closed, YES)
    assert (
        "Decision | Approved: EUR 5,000.00; it waits for a no-objection and takes effect with it" in text.splitlines()
    )


def test_minutes_and_corrections_of_another_committee_are_read_by_none_of_its_members(write: Any, client: Any) -> None:
    def work(session: Any) -> tuple[Round, list[Person], Meeting, list[int]]:
        found, _west, others = regional(session)
        meeting = Meeting(
            committee_id=found.committee.id, call_id=found.call.id, held_on=MORNING.date(), place="Ulaanbaatar", status="closed",
            typed_by_id=found.manager.id, closed_by_id=found.chair.id, closed_at=MORNING,
        )  # fmt: skip
        session.add(meeting)
        session.flush()
        subject = f"rating.meeting:{meeting.id}"
        how = {"measure": found.first, "subject": subject, "case_id": None, "branch_id": None}
        made = [make.document(session, name=name, **how) for name in ("minutes", "addendum")]
        return found, [*others[:1], make.person(session, role="chair")], meeting, [each.id for each in made]

    found, strangers, meeting, documents = write(work)
    urls = [f"/rating/meetings/{meeting.id}", *(f"/documents/{id}" for id in documents)]
    for person in (found.chair, found.manager):
        assert [client(person).get(url).status_code for url in urls] == [200] * 3
    for person in strangers:
        assert [client(person).get(url).status_code for url in urls] == [404] * 3
        assert client(person).get(f"{urls[1]}/file").status_code == 404


# Corrections


def test_minutes_are_corrected_by_an_addendum_with_a_number_of_its_own(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = meet(session, closed, YES)
        before = session.scalars(select(Document.fields).where(Document.name == "minutes")).one()
        for words in ("Item 1: one member abstained.", "The meeting ended at 12:30."):
            addenda.add(session, meeting, words, by=closed.manager, at=MORNING)
        after = session.scalars(select(Document.fields).where(Document.name == "minutes")).one()
        return before == after, [a.no for a in afterwards.addenda(session, meeting.id)], written(session, "addendum")

    same, numbers, (document, text) = write(work)
    assert (same, numbers) == (True, [1, 2])
    assert document.subject.startswith("rating.meeting:")
    assert text.splitlines()[0] == "Addendum 2 to the minutes"
    assert "The meeting ended at 12:30." in text.splitlines()
    assert f"Written by {closed.manager.shown_name} on 2 March 2026." in text.splitlines()


def test_only_closed_minutes_are_corrected_and_only_by_chair_or_manager(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begin(session, closed, YES)
        with pytest.raises(Refused) as why:
            addenda.add(session, meeting, "Item 1 was otherwise.", by=closed.chair, at=MORNING)
        close(session, closed, meeting)
        for by in (
            closed.members[0],
            make.person(session, role="auditor"),
            session.get_one(Person, closed.first.owner_id),
        ):
            with pytest.raises(NotAllowed):
                addenda.add(session, meeting, "Item 1 was otherwise.", by=by, at=MORNING)
        return why.value.reasons

    assert write(work) == ("The meeting is still open; change what was decided there.",)


def test_the_page_of_the_meeting_takes_and_shows_a_correction(write: Any, client: Any, closed: Round) -> None:
    meeting = write(lambda s: meet(s, closed, YES))
    browser, url = client(closed.chair), f"/rating/meetings/{meeting.id}"
    assert browser.post(f"{url}/addenda", data={"text": "Item 1: one member abstained."}).status_code == 303
    assert "Item 1: one member abstained." in browser.get(url).text
    assert client(closed.members[0]).post(f"{url}/addenda", data={"text": "Not so, I say."}).status_code == 403
