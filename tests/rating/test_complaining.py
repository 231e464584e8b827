"""Complaints: within fourteen days, answered by a manager outside the committee, from a reserve kept until all are answered."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.history.models import Entry
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.lifecycle.service import take_back
from fundapp.measures import lifecycle as life
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import afterwards, complaining, decisions, figures, reasons, standing
from fundapp.rating.meetings import Typed
from fundapp.rating.offers import OFFERS
from fundapp.rating.proceedings import Complaint
from fundapp.reminders.models import Obligation
from tests import factories as make
from tests.factories import MORNING, TODAY
from tests.rating.aftermath import NO, YES, keeps, mails, meet, written
from tests.rating.conftest import Round

RESERVED = Typed("reserve", 5, 0, reasons="Good, the money does not reach.")
WORDS = "The second offer lies in the file; it was overlooked."
UNDO = {offer.step: offer.back for offer in OFFERS}
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def owner_of(session: Any, measure: Measure) -> Person:
    return session.get_one(Person, session.get_one(Measure, measure.id).owner_id)


def complain(session: Any, measure: Measure, at: Any = MORNING) -> Complaint:
    row = session.get_one(Measure, measure.id)
    return complaining.complain(session, row, WORDS, by=owner_of(session, measure), at=at)


def outside(session: Any) -> Person:
    return make.person(session, role="manager")


@pytest.fixture
def decided(write: Any, closed: Round) -> Round:
    """The first is approved, the second reserved, the third not chosen."""
    write(lambda s: meet(s, closed, YES, RESERVED, NO) and None)
    return closed


def test_a_complaint_is_receipted_and_owed_within_thirty_days(write: Any, decided: Round) -> None:
    def work(session: Any) -> Any:
        row = complain(session, decided.measures[2])
        owed = session.scalars(select(Obligation).where(Obligation.kind == "rating.complaint")).one()
        return row.due, owed.due, [m.to_id for m in mails(session, "rating/complaint_received")]

    assert write(work) == (date(2026, 4, 1), date(2026, 4, 1), [decided.measures[2].owner_id])


def test_the_fourteenth_day_is_in_time_and_the_fifteenth_is_told_the_day(write: Any, decided: Round) -> None:
    def work(session: Any) -> Any:
        with pytest.raises(Refused) as why:
            complain(session, decided.measures[2], MORNING + timedelta(days=15))
        complain(session, decided.measures[2], MORNING + timedelta(days=14))
        return why.value.reasons

    assert write(work) == ("A complaint was possible until 16 March 2026. Your branch gladly explains the decision.",)


def test_one_complaint_is_open_at_a_time(write: Any, decided: Round) -> None:
    def work(session: Any) -> Any:
        complain(session, decided.measures[2])
        with pytest.raises(Refused) as why:
            complain(session, decided.measures[2])
        return why.value.reasons

    assert write(work) == ("We have a complaint of yours already; it is being answered.",)


def test_upheld_it_returns_by_its_step_in_the_same_moment(write: Any, decided: Round) -> None:
    def work(session: Any) -> Any:
        row = complain(session, decided.measures[2])
        complaining.answer(session, row, "The offer was overlooked.", upheld=True, by=outside(session), at=MORNING)
        measure = session.get_one(Measure, decided.measures[2].id)
        first = standing.reserve_list(session, decided.call.id, visible_to=decided.manager)[0]
        owed = session.scalars(select(Obligation.done_at).where(Obligation.kind == "rating.complaint")).one()
        return measure.status, first.id == measure.id, row.upheld, row.answer, owed

    assert write(work) == ("reserved", True, True, "The offer was overlooked.", MORNING)


def test_not_upheld_the_applicant_is_told_why_by_mail_and_letter(write: Any, decided: Round) -> None:
    def work(session: Any) -> Any:
        row = complain(session, decided.measures[2])
        complaining.answer(
            session, row, "Both offers were before the committee.", upheld=False, by=outside(session), at=MORNING
        )
        [mail] = mails(session, "rating/complaint_answered")
        return session.get_one(Measure, decided.measures[2].id).status, mail.body, written(session, "complaint")[1]

    status, mail, letter = write(work)
    assert status == "rejected"
    assert "and the decision stands:\n\nBoth offers were before the committee." in mail
    assert "The decision stands\n" in letter
    assert "\nBoth offers were before the committee.\n" in letter


def test_about_a_place_on_the_list_it_is_noted_and_answered_in_words(write: Any, decided: Round) -> None:
    def work(session: Any) -> Any:
        row = complain(session, decided.measures[1])
        complaining.answer(
            session, row, "Your points were added up wrongly.", upheld=True, by=outside(session), at=MORNING
        )
        actions = select(Entry.action).where(Entry.case_id == decided.measures[1].id)
        return session.get_one(Measure, decided.measures[1].id).status, actions

    status, actions = write(work)
    assert status == "reserved"
    assert "rating.agree_complaint" in write(lambda s: list(s.scalars(actions)))


def test_who_sits_on_the_committee_prepared_or_decided_does_not_answer(write: Any, decided: Round) -> None:
    def work(session: Any) -> list[tuple[str, ...]]:
        measure = session.get_one(Measure, decided.measures[2].id)
        row = complain(session, measure)
        member = session.get_one(Person, decided.members[0].id)
        make.give(session, member, role="manager")
        helper = make.person(session, role="manager")
        measure.prepared_by_id = helper.id
        found = []
        for by in (member, helper):
            with pytest.raises(Refused) as why:
                complaining.answer(session, row, "This is no good.", upheld=False, by=by, at=MORNING)
            found.append(why.value.reasons)
        with pytest.raises(NotAllowed):
            complaining.answer(session, row, "This is no good.", upheld=False, by=decided.chair, at=MORNING)
        return found

    assert write(work) == [
        ("You sit on the committee of this call; another manager answers the complaint.",),
        ("You helped to write this proposal; another manager answers the complaint.",),
    ]


def test_nobody_but_the_applicant_complains(write: Any, decided: Round) -> None:
    def work(session: Any) -> None:
        measure = session.get_one(Measure, decided.measures[2].id)
        for by in (decided.members[0], decided.manager, owner_of(session, decided.first)):
            with pytest.raises(NotAllowed):
                complaining.complain(session, measure, WORDS, by=by, at=MORNING)

    write(work)


def test_upholding_without_a_letter_notes_the_complaint(write: Any, decided: Round) -> None:
    def work(session: Any) -> Any:
        measure = session.get_one(Measure, decided.measures[2].id)
        decisions.uphold(session, measure, by=outside(session), at=MORNING, because="Told on the telephone.")
        [row] = afterwards.complaints(session, measure.id)
        return row.upheld, row.text, afterwards.was_upheld(session, measure.id)

    assert write(work) == (True, "Told on the telephone.", True)


def test_upholding_taken_back_opens_the_complaint_again(write: Any, decided: Round) -> None:
    def work(session: Any) -> Person:
        row, by = complain(session, decided.measures[2]), outside(session)
        complaining.answer(session, row, "The offer was overlooked.", upheld=True, by=by, at=MORNING)
        return by

    by = write(work)

    def back(session: Any) -> Any:
        measure = session.get_one(Measure, decided.measures[2].id)
        undo = UNDO[life.UPHOLD_REJECTED]
        take_back(session, measure, life.UPHOLD_REJECTED, by=by, at=MORNING, because="", undo=undo)
        row = afterwards.open_complaint(session, measure.id)
        return measure.status, row is not None and (row.answer, row.upheld)

    assert write(back) == ("rejected", ("", None))


# The reserve


def test_the_reserve_is_kept_until_the_time_is_over_and_all_are_answered(write: Any, decided: Round) -> None:
    def work(session: Any) -> list[int]:
        keeps(session, decided, 10_000_00)
        row = complain(session, decided.measures[2])
        found = [afterwards.reserve_needed(session, decided.call, TODAY + timedelta(days=n)) for n in (0, 14, 15)]
        complaining.answer(session, row, "Both offers were seen.", upheld=False, by=outside(session), at=MORNING)
        return [
            *found,
            *(afterwards.reserve_needed(session, decided.call, TODAY + timedelta(days=n)) for n in (14, 15)),
        ]

    assert write(work) == [10_000_00, 10_000_00, 10_000_00, 10_000_00, 0]


def test_a_meeting_gives_what_is_left_without_the_reserve(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        keeps(session, closed, 10_000_00)
        return figures.left_before(session, closed.call, TODAY)

    assert write(work) == 90_000_00


def test_only_what_was_upheld_is_promoted_from_the_reserve(write: Any, decided: Round) -> None:
    def work(session: Any) -> Any:
        keeps(session, decided, 95_000_00)
        listed, refused = (session.get_one(Measure, m.id) for m in decided.measures[1:])
        before = reasons.why_not_promote(session, listed, decided.manager, MORNING)
        row = complain(session, refused)
        complaining.answer(session, row, "The offer was overlooked.", upheld=True, by=outside(session), at=MORNING)
        decisions.promote(session, refused, amount=5_000_00, by=decided.manager, at=MORNING)
        return before, refused.status, afterwards.reserve_needed(session, decided.call, TODAY)

    assert write(work) == (["No money is left for it in the call and the fund."], "approved", 90_000_00)


# Through the addresses


def test_an_applicant_complains_on_the_case_page_with_a_file(write: Any, client: Any, decided: Round) -> None:
    measure = decided.measures[2]
    browser = client(write(lambda s: owner_of(s, measure)))
    assert "You may complain until 16 March 2026." in browser.get(f"/cases/{measure.id}").text
    url = f"/rating/measures/{measure.id}/complaint"
    assert browser.get(url).status_code == 200
    assert browser.post(url, data={"text": "short"}).status_code == 422
    sent = browser.post(url, data={"text": WORDS}, files={"file": ("offer.pdf", PDF, "application/pdf")})
    assert sent.headers["location"] == f"/cases/{measure.id}#complaints"
    page = browser.get(f"/cases/{measure.id}").text
    assert WORDS in page
    assert "The answer comes by 1 April 2026." in page
    [row] = write(lambda s: list(s.scalars(select(Complaint))))
    files = f"/rating/measures/{measure.id}/complaints/{row.id}/file"
    other = write(lambda s: owner_of(s, decided.first))
    asked = [client(who).get(files).status_code for who in (decided.members[0], other)]
    assert (browser.get(files).content, asked) == (PDF, [403, 404])


def test_a_manager_outside_answers_on_the_page(write: Any, client: Any, decided: Round) -> None:
    measure = decided.measures[2]
    write(lambda s: complain(s, measure) and None)
    browser = client(write(outside))
    assert measure.title in browser.get("/rating/complaints").text
    url = f"/rating/measures/{measure.id}/complaints"
    assert WORDS in browser.get(url).text
    [row] = write(lambda s: list(s.scalars(select(Complaint))))
    said = {"complaint": row.id, "answer": "The offer was overlooked.", "upheld": "yes"}
    assert browser.post(url, data=said).headers["location"] == url
    assert write(lambda s: s.get_one(Measure, measure.id).status) == "reserved"
    assert "No complaint waits for an answer." in browser.get("/rating/complaints").text
    assert measure.title in browser.get("/rating/complaints?answered=1").text


def test_others_do_not_get_in(write: Any, client: Any, decided: Round) -> None:
    measure = decided.measures[2]
    write(lambda s: complain(s, measure) and None)
    other, own = write(lambda s: (owner_of(s, decided.first), owner_of(s, measure)))
    found = [
        client(other).get(f"/rating/measures/{measure.id}/complaint").status_code,
        client(decided.members[0]).get(f"/rating/measures/{measure.id}/complaints").status_code,
        client(own).get(f"/rating/measures/{measure.id}/complaints").status_code,
        client(own).get("/rating/complaints").status_code,
    ]
    assert found == [404, 403, 403, 403]
