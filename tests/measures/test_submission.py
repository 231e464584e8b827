"""Sending a proposal: complete, in time, confirmed, once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from fundapp.funds.models import Call
from fundapp.history.queries import of_case
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.mail.models import Message
from fundapp.measures import drafting, frozen, missing, queries, starting, submission
from fundapp.measures.models import Measure, Snapshot
from fundapp.people.models import Person
from fundapp.reminders.models import Obligation
from tests import factories
from tests.factories import MORNING
from tests.measures.conftest import FIELDS


def sent(session, draft, **more):
    measure = draft(session, **more)
    return submission.submit(session, measure, by=measure.owner, at=MORNING)


def test_a_proposal_gets_its_number_is_frozen_confirmed_and_waits_for_its_check(write, draft):
    def work(session):
        measure = sent(session, draft)
        snapshot, mail = session.scalars(select(Snapshot)).one(), session.scalars(select(Message)).one()
        duty = session.scalars(select(Obligation)).one()
        return {
            "status": measure.status,
            "number": measure.number,
            "at": measure.submitted_at,
            "frozen": (snapshot.occasion, snapshot.content["measure"]["requested"], snapshot.sha256 in mail.body),
            "call": measure.call.frozen_at,
            "mail": (mail.subject, mail.to_address == measure.owner.email, mail.send_after),
            "duty": (duty.kind, duty.due, duty.title),
        }

    assert write(work) == {
        "status": "submitted",
        "number": "LED-041-2026-0001",
        "at": MORNING,
        "frozen": ("submitted", 7_500_00, True),
        "call": MORNING,
        "mail": ("We have your proposal: LED-041-2026-0001", True, MORNING),
        "duty": (
            "measures.check",
            date(2026, 4, 14),
            "Eligibility check: Wool washing line shared by four cooperatives",
        ),
    }


def test_the_second_press_shows_the_same_number(write, draft):
    def work(session):
        measure = sent(session, draft)
        again = submission.submit(session, measure, by=measure.owner, at=MORNING + timedelta(minutes=1))
        return again.number, again.submitted_at, len(session.scalars(select(Message)).all())

    assert write(work) == ("LED-041-2026-0001", MORNING, 1)


def test_sixteen_presses_at_once_send_it_once(database, draft):
    measure_id = database.write(lambda session: draft(session).id)

    def press(_):
        def work(session):
            measure = queries.get(session, measure_id)
            return submission.submit(session, measure, by=measure.owner, at=MORNING).number

        return database.write(work)

    with ThreadPoolExecutor(16) as pool:
        assert set(pool.map(press, range(16))) == {"LED-041-2026-0001"}
    with database.reading() as session:
        assert [told.entry.action for told in of_case(session, measure_id)] == ["measures.submit"]


def test_numbers_run_without_gaps_for_a_region_and_a_year(write, draft):
    def work(session):
        call, branch = factories.call(session), factories.branch(session, region="MN-041")
        found = []
        for _ in range(2):
            measure = draft(session, call=call, branch=branch)
            found.append(submission.submit(session, measure, by=measure.owner, at=MORNING).number)
        incomplete = draft(session, call=call, branch=branch, without=("benefit",))
        with pytest.raises(Refused):
            submission.submit(session, incomplete, by=incomplete.owner, at=MORNING)
        measure = draft(session, call=call, branch=branch)
        return [*found, submission.submit(session, measure, by=measure.owner, at=MORNING).number]

    assert write(work) == ["LED-041-2026-0001", "LED-041-2026-0002", "LED-041-2026-0003"]


def test_the_year_of_the_number_is_that_of_the_funds_zone(write, draft):
    def work(session):
        fund = factories.fund(session, zone="Asia/Ulaanbaatar")
        call = factories.call(session, fund=fund, closes_at=datetime(2027, 3, 1, tzinfo=UTC), annexes=["registration"])
        measure = draft(session, call=call)
        at = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)
        return submission.submit(session, measure, by=measure.owner, at=at).number

    assert write(work) == "LED-041-2027-0001"


def test_everything_missing_is_said_at_once_and_nothing_is_changed(write, draft):
    def work(session):
        measure = draft(session, without=("annexes", "benefit", "declarations"))
        with pytest.raises(Refused) as refused:
            submission.submit(session, measure, by=measure.owner, at=MORNING)
        return refused.value.reasons, measure.status, measure.number, measure.submitted_at

    reasons, *rest = write(work)
    assert reasons == (
        "what the public gains: at least 300 characters",
        "Certificate of registration",
        "7 to confirm",
        "name, place and date",
    )
    assert rest == ["draft", None, None]


def test_the_last_second_counts_and_the_next_does_not(write, draft):
    def work(session):
        measure = draft(session)
        closes = measure.call.closes_at
        late = missing.why_too_late(measure, closes + timedelta(seconds=1))
        return missing.why_too_late(measure, closes), late

    assert write(work) == (
        [],
        [
            "The deadline passed on 31 Mar 2026, 23:59. What you wrote is kept. "
            "Please call Branch Khövsgöl, 7038 0000: we tell you what is still possible."
        ],
    )


def test_a_manager_admits_a_late_proposal_with_a_reason(write, draft):
    at = MORNING + timedelta(days=60)

    def work(session):
        measure, manager = draft(session), factories.person(session, role="manager")
        with pytest.raises(Refused) as early:
            submission.admit_late(session, measure, because="Flood", by=manager, at=MORNING)
        with pytest.raises(Refused) as silent:
            submission.admit_late(session, measure, because=" ", by=manager, at=at)
        submission.admit_late(session, measure, because="The road was flooded.", by=manager, at=at)
        return (
            early.value.reasons,
            silent.value.field,
            measure.status,
            measure.number,
            measure.admitted_late,
            measure.id,
        )

    early, field, status, number, late, measure_id = write(work)
    assert early == ("The call still takes proposals: the applicant can send it.",)
    assert (field, status, number, late) == ("because", "submitted", "LED-041-2026-0001", True)
    assert write(lambda s: [told.because for told in of_case(s, measure_id)]) == ["The road was flooded."]


def test_the_applicant_cannot_admit_it_nor_a_stranger_send_it(write, draft):
    def work(session):
        measure, stranger = draft(session), factories.person(session, role="applicant")
        with pytest.raises(NotAllowed):
            submission.submit(session, measure, by=stranger, at=MORNING)
        at = MORNING + timedelta(days=60)
        with pytest.raises(NotAllowed):
            submission.admit_late(session, measure, because="Because", by=measure.owner, at=at)

    write(work)


def helped(session, draft):
    """A proposal that an officer has written for an applicant."""
    branch = factories.branch(session, region="MN-041")
    officer = factories.person(session, role="officer", branch=branch)
    measure = draft(session, branch=branch)
    measure.prepared_by_id = officer.id
    session.flush()
    return measure, officer


def test_what_an_officer_wrote_is_sent_after_the_applicant_confirmed_it(write, draft):
    def work(session):
        measure, officer = helped(session, draft)
        with pytest.raises(Refused) as refused:
            submission.submit(session, measure, by=officer, at=MORNING)
        submission.confirm(session, measure, by=measure.owner, at=MORNING)
        submission.submit(session, measure, by=officer, at=MORNING)
        return refused.value.reasons, measure.status

    assert write(work) == (("The branch wrote this for the applicant, who has not confirmed it yet.",), "submitted")


def test_a_change_after_the_confirmation_asks_for_it_again(write, draft):
    def work(session):
        measure, officer = helped(session, draft)
        submission.confirm(session, measure, by=measure.owner, at=MORNING)
        drafting.save(session, measure, "benefit", FIELDS["benefit"] | {"breadth": 5}, by=officer, at=MORNING)
        return measure.confirmed_at

    assert write(work) is None


def test_the_officer_cannot_confirm_in_the_applicants_place(write, draft):
    def work(session):
        measure, officer = helped(session, draft)
        with pytest.raises(NotAllowed):
            submission.confirm(session, measure, by=officer, at=MORNING)

    write(work)


def test_an_officer_writes_for_somebody_who_is_named(write):
    def work(session):
        officer, applicant = factories.person(session, role="officer"), factories.person(session, role="applicant")
        call = factories.call(session)
        with pytest.raises(Refused) as refused:
            starting.start(session, call, by=officer, at=MORNING)
        measure = starting.start(session, call, by=officer, owner=applicant, at=MORNING)
        with pytest.raises(NotAllowed):
            starting.start(session, call, by=applicant, owner=officer, at=MORNING)
        mailed = submission.ask_to_confirm(session, measure, by=officer, at=MORNING)
        return (
            refused.value.field,
            measure.prepared_by_id == officer.id,
            measure.owner_id == applicant.id,
            mailed.channel,
        )

    assert write(work) == ("whom", True, True, "mail")


def test_a_draft_expires_only_after_its_deadline(write, draft):
    def work(session):
        measure, manager = draft(session), factories.person(session, role="manager")
        with pytest.raises(Refused):
            submission.expire(session, measure, by=manager, at=MORNING)
        submission.expire(session, measure, by=manager, at=MORNING + timedelta(days=60))
        return measure.status, session.scalars(select(Message.subject)).all()

    assert write(work) == ("withdrawn", ["The deadline has passed: Wool washing line shared by four cooperatives"])


def test_what_was_frozen_can_be_proved(database, draft):
    database.write(lambda session: sent(session, draft).id)
    with database.reading() as session:
        assert frozen.verify(session) == []

    def tamper(session):
        snapshot = session.scalars(select(Snapshot)).one()
        snapshot.content = snapshot.content | {"measure": snapshot.content["measure"] | {"title": "Other"}}

    database.write(tamper)
    with database.reading() as session:
        assert frozen.verify(session) == ["the proposal LED-041-2026-0001 as frozen (submitted) was changed"]


def test_the_first_proposal_freezes_the_call_of_all(write, draft):
    def work(session):
        measure = sent(session, draft)
        return session.get_one(Call, measure.call_id).frozen_at, session.get_one(
            Person, measure.owner_id
        ).organisation_id

    frozen_at, organisation = write(work)
    assert frozen_at == MORNING
    assert organisation == write(lambda s: s.scalars(select(Measure.organisation_id)).one())
