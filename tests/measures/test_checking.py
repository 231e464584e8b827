"""The officer's check."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from fundapp.documents.models import Document
from fundapp.history.queries import of_case
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.lifecycle.service import take_back
from fundapp.mail.models import Message
from fundapp.mail.service import LETTERS_WAIT
from fundapp.measures import checking, checklist, drafting, letters, queries, submission
from fundapp.measures.eligibility import CHECKS
from fundapp.measures.lifecycle import SEND_BACK, SUBMIT
from fundapp.measures.offers import OFFERS
from fundapp.reminders.models import Obligation
from tests import factories
from tests.factories import MORNING
from tests.measures.conftest import FIELDS

ASKED = [check.code for check in CHECKS if not check.computed]
LOOKED = {"list": "Sanctions list of the United Nations", "on": "2026-03-03", "found": "no entry"}
PASSED = dict.fromkeys(ASKED, ("pass", "")) | {
    "E12": ("pass", "", "", LOOKED),
    "E16": ("pass", "Named in the analysis of 2025"),
}
OFFER = {"section": "annexes", "field": "offers", "words": "A second offer for the line"}
LATER = MORNING + timedelta(days=1)


def submitted(session, draft, **more):
    """A proposal in the check, and the officer of its branch."""
    measure = draft(session, **more)
    submission.submit(session, measure, by=measure.owner, at=MORNING)
    return measure, factories.person(session, role="officer", branch=measure.branch)


def test_the_figures_answer_their_checks_with_evidence(write, draft):
    def work(session):
        measure, _ = submitted(session, draft)
        found = {line.check.code: (line.result.value, line.reason) for line in checklist.lines(session, measure, LATER)}
        return {code: found[code] for code in ("E1", "E2", "E3", "E6", "E7", "E8", "E10", "E11", "E16")}

    assert write(work) == {
        "E1": ("pass", "received 2 March 2026 10:00, deadline 31 March 2026 23:59"),
        "E2": ("pass", "complete, all annexes are there"),
        "E3": ("pass", "Cooperative, registered 1 January 2020: 74 months ≥ 12"),
        "E6": (
            "pass",
            "request EUR\N{NO-BREAK SPACE}7,500.00 ≥ EUR\N{NO-BREAK SPACE}500.00, ≤ EUR\N{NO-BREAK SPACE}20,000.00",
        ),
        "E7": ("pass", "own share 25.0 % ≥ 25 %; cash 10.0 % ≥ 5 %"),
        "E8": ("open", ""),
        "E10": ("pass", "no old advance, late report or unpaid refund on record"),
        "E11": ("n/a", "no earlier grant on record, no cap"),
        "E16": ("fail", "not linked to a bottleneck"),
    }


def test_accepting_needs_every_answer(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        with pytest.raises(Refused) as refused:
            checking.accept(session, measure, by=officer, at=LATER)
        checking.answer(session, measure, PASSED, by=officer, at=LATER)
        checking.accept(session, measure, by=officer, at=LATER)
        kept = queries.answers(session, measure)
        open_ = session.scalars(select(Obligation).where(Obligation.done_at.is_(None))).all()
        return refused.value.reasons, measure.status, len(kept), kept["E7"].by_id, open_

    assert write(work) == (("Not answered yet: E8, E9, E12, E13, E14, E15.",), "eligible", 16, None, [])


def test_a_missing_bottleneck_is_a_remark_and_stops_nothing(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        checking.answer(session, measure, PASSED | {"E16": ("", "")}, by=officer, at=LATER)
        return checklist.why_not_accept(session, measure, officer, LATER)

    assert write(work) == []


@pytest.mark.parametrize(
    ("code", "result"), [("E8", "fail"), ("E9", "n/a"), ("E7", "fail"), ("E3", "cured"), ("E16", "pass")]
)
def test_a_failure_and_a_computed_check_put_right_need_a_reason(write, draft, code, result):
    def work(session):
        measure, officer = submitted(session, draft)
        with pytest.raises(Refused) as refused:
            checking.answer(session, measure, {code: (result, "  ")}, by=officer, at=LATER)
        return refused.value.field, queries.answers(session, measure)

    assert write(work) == (f"{code}_reason", {})


def test_who_wrote_the_proposal_does_not_check_it(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        measure.prepared_by_id = officer.id
        for verb in (
            lambda: checking.answer(session, measure, PASSED, by=officer, at=LATER),
            lambda: checking.accept(session, measure, by=officer, at=LATER),
            lambda: checking.turn_down(session, measure, by=officer, at=LATER),
            lambda: checking.send_back(
                session, measure, asked=[OFFER], return_by=date(2026, 3, 20), by=officer, at=LATER
            ),
        ):
            with pytest.raises(Refused) as refused:
                verb()
            assert (
                "You wrote or typed this proposal; another officer, the partner branch or head office checks it."
                in refused.value.reasons
            )

    write(work)


def test_an_officer_of_another_branch_may_not_check(write, draft):
    def work(session):
        measure, _ = submitted(session, draft)
        other = factories.person(session, role="officer")
        with pytest.raises(NotAllowed):
            checking.answer(session, measure, PASSED, by=other, at=LATER)
        return queries.find(session, measure.id, visible_to=other)

    assert write(work) is None


def test_a_refusal_names_every_failed_check_in_letter_and_mail(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        fails = {"E8": ("fail", "The line was ordered in February"), "E15": ("fail", "Only one firm gains")}
        checking.answer(session, measure, PASSED | fails, by=officer, at=LATER)
        checking.turn_down(session, measure, by=officer, at=LATER)
        document = session.scalars(select(Document)).one()
        mail = session.scalars(select(Message).where(Message.kind == "measures/refused")).one()
        return measure.status, document.fields, mail.body, mail.send_after

    status, fields, body, send_after = write(work)
    assert status == "ineligible"
    assert [row["reason"] for row in fields["failed"]] == ["The line was ordered in February", "Only one firm gains"]
    assert fields["complaint"]["until"] == "17 March 2026"
    assert "- Not started yet, nothing ordered: The line was ordered in February" in body
    assert "- Benefits the public, not only one firm: Only one firm gains" in body
    assert send_after == LATER + LETTERS_WAIT


def test_the_refusal_has_the_fields_of_its_sample(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        checking.answer(session, measure, PASSED | {"E8": ("fail", "Ordered")}, by=officer, at=LATER)
        failed = checklist.failed(session, measure, LATER)
        return letters.refusal(measure, failed, language="de", by=officer, at=LATER)

    def shape(value):
        if isinstance(value, dict):
            return {key: shape(inner) for key, inner in value.items()}
        return [shape(value[0])] if isinstance(value, list) else type(value)

    assert shape(write(work)) == shape(letters.REFUSAL.sample)


def test_nothing_is_turned_down_without_a_failed_check(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        checking.answer(session, measure, PASSED, by=officer, at=LATER)
        with pytest.raises(Refused) as refused:
            checking.turn_down(session, measure, by=officer, at=LATER)
        return refused.value.reasons

    assert write(work) == ("No check has failed, so there is no reason to name.",)


def returned(session, draft, *more):
    measure, officer = submitted(session, draft)
    checking.send_back(session, measure, asked=[OFFER, *more], return_by=date(2026, 3, 20), by=officer, at=LATER)
    return measure, officer


def test_a_proposal_goes_back_once_with_a_list_and_a_new_deadline(write, draft):
    def work(session):
        measure, officer = returned(session, draft)
        mail = session.scalars(select(Message).where(Message.kind == "measures/returned")).one()
        duties = session.scalars(select(Obligation).where(Obligation.done_at.is_(None))).all()
        state = measure.status, mail.subject, "A second offer" in mail.body, [(d.kind, d.due) for d in duties]
        submission.submit(session, measure, by=measure.owner, at=LATER)
        with pytest.raises(Refused) as refused:
            checking.send_back(session, measure, asked=[OFFER], return_by=date(2026, 4, 1), by=officer, at=LATER)
        return state, refused.value.reasons, measure.number, measure.submitted_at

    assert write(work) == (
        ("returned", "We need something more by 20 March 2026", True, [("measures.answer", date(2026, 3, 20))]),
        ("It was sent back once already; now it is accepted or turned down.",),
        "LED-041-2026-0001",
        MORNING,
    )


def test_a_returned_proposal_can_be_submitted_again_after_the_call_has_closed(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        at = MORNING + timedelta(days=40)
        checking.send_back(session, measure, asked=[OFFER], return_by=date(2026, 4, 20), by=officer, at=at)
        submission.submit(session, measure, by=measure.owner, at=at)
        e1 = checklist.lines(session, measure, at)[0]
        return measure.status, e1.result, [s.occasion for s in queries.snapshots(session, measure)]

    assert write(work) == ("submitted", "pass", ["submitted", "submitted"])


@pytest.mark.parametrize("day", [date(2026, 3, 3), date(2026, 2, 1)])
def test_the_new_deadline_lies_in_the_future(write, draft, day):
    def work(session):
        measure, officer = submitted(session, draft)
        with pytest.raises(Refused) as refused:
            checking.send_back(session, measure, asked=[OFFER], return_by=day, by=officer, at=LATER)
        return refused.value.field, measure.status

    assert write(work) == ("return_by", "submitted")


def test_a_step_is_taken_back_with_what_it_did(database, draft):
    measure_id, officer = database.write(lambda s: (lambda m, o: (m.id, o))(*submitted(s, draft)))

    def back(session):
        measure = queries.get(session, measure_id)
        checking.send_back(session, measure, asked=[OFFER], return_by=date(2026, 3, 20), by=officer, at=LATER)

    database.write(back)

    def undo(session):
        measure = queries.get(session, measure_id)
        offer = next(offer for offer in OFFERS if offer.step is SEND_BACK)
        offer.back(session, measure, officer, LATER)
        take_back(session, measure, SEND_BACK, by=officer, at=LATER, because="")
        open_ = select(Obligation.kind).where(Obligation.done_at.is_(None), Obligation.cancelled_at.is_(None))
        return measure.status, measure.returned_at, session.scalars(open_).all()

    assert database.write(undo) == ("submitted", None, ["measures.check"])


def test_a_submission_taken_back_is_a_draft_again_and_keeps_its_number(database, draft):
    measure_id = database.write(lambda s: submitted(s, draft)[0].id)

    def undo(session):
        measure = queries.get(session, measure_id)
        offer = next(offer for offer in OFFERS if offer.step is SUBMIT)
        offer.back(session, measure, measure.owner, LATER)
        take_back(session, measure, SUBMIT, by=measure.owner, at=LATER, because="")
        again = submission.submit(session, measure, by=measure.owner, at=LATER)
        return again.number, again.submitted_at

    assert database.write(undo) == ("LED-041-2026-0001", LATER)


def test_earlier_grants_of_the_same_recipient_are_looked_at(write, draft):
    def work(session):
        measure, _ = submitted(session, draft)
        earlier = factories.measure(
            session, status="running", fund=measure.fund, owner=measure.owner, organisation=measure.organisation
        )
        due = LATER.date() - timedelta(days=31)
        factories.obligation(session, kind="disbursement.final_report", due=due, case_id=earlier.id)
        found = {line.check.code: (line.result.value, line.reason) for line in checklist.lines(session, measure, LATER)}
        return found["E10"], found["E11"]

    assert write(work) == (
        ("fail", "a report is 31 days late, 30 are allowed"),
        ("open", "one earlier grant of EUR\N{NO-BREAK SPACE}5,000.00; results of the earlier grant not known"),
    )


def test_answers_are_on_record_as_codes(database, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        checking.answer(session, measure, {"E8": ("fail", "Secret words")}, by=officer, at=LATER)
        checking.answer(session, measure, {"E8": ("fail", "Secret words")}, by=officer, at=LATER)
        return measure.id

    measure_id = database.write(work)
    with database.reading() as session:
        told = of_case(session, measure_id)
        assert [(x.entry.action, x.entry.data.get("answers")) for x in told] == [
            ("measures.answer_checks", {"E8": "fail"}),
            ("measures.submit", None),
        ]


def test_an_answer_can_be_taken_out_again(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        checking.answer(session, measure, {"E8": ("pass", "Seen")}, by=officer, at=LATER)
        checking.answer(session, measure, {"E8": ("", "")}, by=officer, at=LATER)
        return queries.answers(session, measure)

    assert write(work) == {}


def test_the_figures_follow_what_a_returned_proposal_changed(write, draft):
    def work(session):
        measure, _ = returned(session, draft, {"section": "problem", "field": "bottleneck_id", "words": "Which one?"})
        fields = FIELDS["problem"] | {"bottleneck_id": factories.bottleneck(session, branch=measure.branch).id}
        drafting.save(session, measure, "problem", fields, by=measure.owner, at=LATER)
        submission.submit(session, measure, by=measure.owner, at=LATER)
        return checklist.lines(session, measure, LATER)[-1].result.value

    assert write(work) == "pass"
