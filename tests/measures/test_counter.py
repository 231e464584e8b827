"""What comes over the counter, and slips of the pen: open to all, never an amount or the purpose."""

import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from fundapp.files.store import Kept
from fundapp.history.queries import of_case
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.mail.models import Message
from fundapp.measures import correcting, missing, queries, receiving, submission
from fundapp.measures.models import Help
from tests import factories
from tests.factories import MORNING
from tests.measures.conftest import later

PHOTO = Kept("b" * 64, 1000, "first.jpg", "image/jpeg")


def office(session, measure):
    return factories.person(session, role="officer", branch=measure.branch), factories.person(session, role="manager")


def corrected(
    session,
    measure,
    field="applicant/name",
    text="Blue Sky Cooperative",
    because="seen on the certificate",
    by=None,
    at=None,
):
    page, _slash, name = field.partition("/")
    return correcting.correct(session, measure, page, name, text, because=because, by=by, at=at or later(days=1))


def test_what_came_on_paper_before_the_deadline_is_in_time_for_two_more_weeks(write, draft):
    def work(session):
        measure = draft(session)
        officer, _manager = office(session, measure)
        closes = measure.call.closes_at
        before = missing.why_too_late(measure, closes + timedelta(days=3))
        receiving.receive_paper(
            session, measure, closes - timedelta(minutes=1), PHOTO, by=officer, at=closes + timedelta(days=1)
        )
        moments = (closes + timedelta(days=3), closes + timedelta(days=14), closes + timedelta(days=14, seconds=1))
        after = [len(missing.why_too_late(measure, moment)) for moment in moments]
        submission.submit(session, measure, by=measure.owner, at=closes + timedelta(days=3))
        helped = session.scalars(select(Help.kind).where(Help.person_id == officer.id)).all()
        return len(before), after, measure.status, helped

    assert write(work) == (1, [0, 0, 1], "submitted", ["typed"])


@pytest.mark.parametrize(
    ("shift", "media", "reason"),
    [
        (timedelta(days=1, seconds=1), "image/jpeg", "This moment has not come yet."),
        (timedelta(days=-14), "image/jpeg", "This is more than two weeks ago; please call the fund."),
        (timedelta(0), "application/zip", "Please add a photograph or scan of the first page."),
    ],
)
def test_a_paper_is_noted_only_with_a_moment_and_a_photograph_that_can_be(write, draft, shift, media, reason):
    def work(session):
        measure = draft(session, at=MORNING)
        officer, _manager = office(session, measure)
        measure.call.opens_at = MORNING - timedelta(days=60)
        kept = Kept("b" * 64, 1000, "first", media)
        with pytest.raises(Refused) as refused:
            receiving.receive_paper(session, measure, MORNING + shift, kept, by=officer, at=later(days=1))
        return refused.value.reasons, measure.paper_received_at

    assert write(work) == ((reason,), None)


def test_a_paper_that_came_one_second_late_does_not_help(write, draft):
    def work(session):
        measure = draft(session)
        officer, _manager = office(session, measure)
        closes = measure.call.closes_at
        receiving.receive_paper(
            session, measure, closes + timedelta(seconds=1), PHOTO, by=officer, at=closes + timedelta(days=1)
        )
        return len(missing.why_too_late(measure, closes + timedelta(days=1)))

    assert write(work) == 1


def test_a_signed_page_confirms_until_something_changes(write, draft):
    def work(session):
        measure = draft(session)
        officer, _manager = office(session, measure)
        with pytest.raises(NotAllowed):  # the group wrote it themselves
            receiving.confirm_by_photo(session, measure, PHOTO, by=officer, at=MORNING)
        measure.prepared_by_id = officer.id
        session.flush()
        before = missing.why_not_confirmed(measure)
        receiving.confirm_by_photo(session, measure, PHOTO, by=officer, at=MORNING)
        return len(before), missing.why_not_confirmed(measure), measure.confirmed_how

    assert write(work) == (1, [], "photo")


def test_a_slip_of_the_pen_is_put_right_and_the_applicant_sees_both_texts(write, draft):
    def work(session):
        measure = draft(session)
        submission.submit(session, measure, by=measure.owner, at=MORNING)
        officer, _manager = office(session, measure)
        row = corrected(session, measure, by=officer)
        mail = session.scalars(select(Message.body).where(Message.kind == "measures/corrected")).one()
        occasions = [snapshot.occasion for snapshot in queries.snapshots(session, measure)]
        return (
            measure.organisation.name,
            (row.before, row.after),
            mail,
            occasions,
            [e.entry.action for e in of_case(session, measure.id)],
        )

    name, texts, mail, occasions, actions = write(work)
    assert (name, texts) == ("Blue Sky Cooperative", ("Blue Sky cooperative", "Blue Sky Cooperative"))
    assert "It said: Blue Sky cooperative" in mail
    assert "It says now: Blue Sky Cooperative" in mail
    assert occasions == ["submitted", "corrected"]
    assert "measures.correct" in actions or actions == []  # chained at the commit


@pytest.mark.parametrize(
    ("field", "text", "reason"),
    [
        ("costs/lines-0-unit_price", "1.00", "Only names, places"),
        ("measure/ends_on", "2027-03-30", "Only names, places"),
        ("problem/problem", "Another", "Only names, places"),
        ("applicant/parties-2-account", "MN1", "Only names, places"),
        ("measure/title", "A brewery for the capital", "This says something else"),
        ("costs/lines-0-description", "Washing line 2", "Figures are not corrected here."),
        ("applicant/name", " ", "A text cannot be corrected to nothing."),
        ("applicant/name", "Blue Sky cooperative", "This is what stands there already."),
    ],
)
def test_amounts_dates_and_the_purpose_are_never_corrected(write, draft, field, text, reason):
    def work(session):
        measure = draft(session)
        submission.submit(session, measure, by=measure.owner, at=MORNING)
        with pytest.raises(Refused) as refused:
            corrected(session, measure, field, text, by=office(session, measure)[0])
        return refused.value.reasons[0]

    assert write(work).startswith(reason)


def test_a_draft_is_not_corrected_and_the_applicant_corrects_nothing(write, draft):
    def work(session):
        measure = draft(session)
        officer, _manager = office(session, measure)
        with pytest.raises(NotAllowed):
            corrected(session, measure, by=officer)
        submission.submit(session, measure, by=measure.owner, at=MORNING)
        with pytest.raises(NotAllowed):
            corrected(session, measure, by=measure.owner)
        return correcting.of(session, measure)

    assert write(work) == []


def test_an_objection_is_answered_by_somebody_else_who_may_put_the_old_text_back(write, draft):
    def work(session):
        measure = draft(session)
        submission.submit(session, measure, by=measure.owner, at=MORNING)
        _officer, manager = office(session, measure)
        second = factories.person(session, role="manager")
        row = corrected(session, measure, "measure/title", "Wool washing line shared by four co-operatives", by=manager)
        correcting.object_to(session, measure, row, "We write it so", by=measure.owner, at=later(days=2))
        how = {"restore": True, "because": "You are right", "at": later(days=3)}
        with pytest.raises(Refused) as refused:
            correcting.answer(session, measure, row, by=manager, **how)
        correcting.answer(session, measure, row, by=second, **how)
        return refused.value.reasons, measure.title

    own = ("You corrected this yourself; somebody else answers the objection.",)
    assert write(work) == (own, "Wool washing line shared by four cooperatives")


def test_the_office_works_through_its_page_and_others_do_not(write, draft, client):
    def work(session):
        measure = draft(session)
        officer, _manager = office(session, measure)
        other = factories.branch(session, region="MN-043", name="Branch Khovd")
        return measure.owner, officer, factories.person(session, role="officer", branch=other)

    owner, officer, stranger = write(work)
    photo = {"file": ("first.jpg", io.BytesIO(b"\xff\xd8\xff\xe0" + b"0" * 100), "image/jpeg")}
    when = {"received_on": MORNING.date().isoformat(), "received_time": "08:00"}
    assert client(stranger).get("/measures/1/office").status_code == 404
    assert client(owner).post("/measures/1/paper", data=when, files=photo).status_code == 403
    assert client(officer).get("/measures/1/office").status_code == 200
    assert client(officer).post("/measures/1/paper", data=when).status_code == 422
    assert client(owner).get("/measures/1/summary").status_code == 200
