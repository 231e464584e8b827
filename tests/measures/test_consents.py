"""Withdrawing a consent, and giving a proposal to a colleague."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fundapp.history.queries import of_case
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.mail.models import Message
from fundapp.measures import consents, handing, queries, submission
from fundapp.people.permissions import READER
from fundapp.reminders.models import Obligation
from tests import factories
from tests.factories import MORNING

LATER = MORNING + timedelta(days=1)


def sent(session, draft, **more):
    """A proposal that was sent, whose applicant also agreed to publication."""
    measure = draft(session, **more)
    measure.declarations = {**measure.declarations, "publication": True}
    return submission.submit(session, measure, by=measure.owner, at=MORNING)


def standing(measure):
    return [(one.code, one.holds) for one in consents.of(measure)]


def owed(session):
    asked = select(Obligation).where(Obligation.kind == "measures.consent").order_by(Obligation.id)
    return [(row.due, row.open) for row in session.scalars(asked)]


def told(session, measure, kind):
    asked = select(Message).where(Message.case_id == measure.id, Message.kind == kind)
    return [message.to_id for message in session.scalars(asked)]


def test_publication_ends_at_once_and_nobody_owes_an_answer(write, draft):
    def work(session):
        measure = sent(session, draft)
        before = consents.published(measure)
        consents.withdraw(session, measure, "publication", by=measure.owner, at=LATER)
        consents.withdraw(session, measure, "publication", by=measure.owner, at=LATER + timedelta(days=1))
        assert [one.since for one in consents.of(measure)] == [date(2026, 3, 2)] * 3
        assert told(session, measure, "measures/consent_withdrawn") == [measure.owner_id]
        return before, consents.published(measure), consents.of(measure)[2].withdrawn_at, owed(session)

    assert write(work) == (True, False, LATER, [])


def test_the_others_owe_an_answer_within_a_month_that_says_what_stays(write, draft):
    def work(session):
        measure, manager = sent(session, draft), factories.person(session, role="manager")
        consents.withdraw(session, measure, "processing", by=measure.owner, at=LATER)
        waiting = owed(session)
        with pytest.raises(Refused):
            consents.answer(session, measure, "  ", by=manager, at=LATER)
        with pytest.raises(NotAllowed):
            consents.answer(session, measure, "All is deleted.", by=measure.owner, at=LATER)
        consents.answer(session, measure, "The receipts stay for ten years, as the law says.", by=manager, at=LATER)
        mail = session.scalars(select(Message).where(Message.kind == "measures/consent_answered")).one()
        return measure.id, standing(measure), waiting, owed(session), "The receipts stay" in mail.body

    id, *found = write(work)
    assert found == [
        [("processing", False), ("sending_abroad", True), ("publication", True)],
        [(date(2026, 4, 2), True)],
        [(date(2026, 4, 2), False)],
        True,
    ]
    assert write(lambda session: [(one.entry.action, one.because) for one in of_case(session, id)][:2]) == [
        ("measures.answer_consent", "The receipts stay for ten years, as the law says."),
        ("measures.withdraw_consent", ""),
    ]


def test_a_withdrawal_can_be_taken_back_and_then_nothing_is_owed(write, draft):
    def work(session):
        measure = sent(session, draft)
        consents.withdraw(session, measure, "sending_abroad", by=measure.owner, at=LATER)
        consents.give_again(session, measure, "sending_abroad", by=measure.owner, at=LATER)
        return standing(measure), [open_ for _due, open_ in owed(session)], measure.consents_withdrawn

    assert write(work) == (
        [("processing", True), ("sending_abroad", True), ("publication", True)],
        [False],
        {},
    )


def test_only_what_was_given_and_sent_can_be_withdrawn_and_only_by_its_own_people(write, draft):
    def work(session):
        measure = draft(session)
        reasons = []
        for code in ("processing", "publication"):
            with pytest.raises(Refused) as refused:
                consents.withdraw(session, measure, code, by=measure.owner, at=LATER)
            reasons += refused.value.reasons
            if measure.number is None:
                submission.submit(session, measure, by=measure.owner, at=MORNING)
        with pytest.raises(NotAllowed):
            consents.withdraw(session, measure, "processing", by=factories.person(session, role="manager"), at=LATER)
        return reasons, consents.published(measure)

    assert write(work) == (
        ["Nothing was sent yet: take the tick off in the form.", "This consent was not given."],
        False,
    )


def test_a_proposal_is_given_to_a_colleague_who_edits_for_the_same_organisation(write, draft):
    def work(session):
        measure = sent(session, draft)
        colleague, reader, stranger = (factories.person(session, role="applicant") for _n in range(3))
        factories.membership(session, person=colleague, organisation=measure.organisation)
        factories.membership(session, person=reader, organisation=measure.organisation, kind=READER)
        owner, seen = measure.owner, [one.id for one in handing.colleagues(session, measure)]
        for other in (reader, stranger):
            with pytest.raises(Refused):
                handing.give(session, measure, other, by=owner, at=LATER)
        with pytest.raises(NotAllowed):
            handing.give(session, measure, colleague, by=stranger, at=LATER)
        handing.give(session, measure, colleague, by=owner, at=LATER)
        fresh = queries.get(session, measure.id)
        return (
            seen == [colleague.id],
            fresh.owner_id == colleague.id,
            told(session, measure, "measures/given") == [colleague.id],
        )

    assert write(work) == (True, True, True)
