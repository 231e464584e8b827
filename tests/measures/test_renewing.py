"""Using an earlier proposal again in a new call."""

from datetime import date, timedelta

import pytest

from fundapp.files.store import Kept
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.measures import attaching, drafting, queries, renewing, submission
from tests import factories
from tests.factories import MORNING
from tests.measures.conftest import FIELDS, ROWS

LATER = MORNING + timedelta(days=3)
ONE = {
    "code": "how",
    "kind": "one",
    "label": {"en": "How?"},
    "choices": [["road", {"en": "Road"}], ["rail", {"en": "Rail"}]],
}
WHEN = {"code": "when", "kind": "date", "label": {"en": "When?"}}
WHY = {"code": "why", "kind": "long", "label": {"en": "Why?"}}
OFFER = Kept("b" * 64, 10, "offer.pdf", "application/pdf")


def sent(session, draft, **more):
    """A proposal that was sent, with an offer among its papers."""
    measure = draft(session, **more)
    attaching.attach(session, measure, OFFER, "offers", by=measure.owner, at=MORNING)
    submission.submit(session, measure, by=measure.owner, at=MORNING)
    return measure


def again(session, old, call, **more):
    return renewing.copy(session, old, call, by=old.owner, at=LATER, **more)


def test_words_and_rows_are_taken_over_but_no_date_no_declaration_no_decision(write, draft):
    def work(session):
        old = sent(session, draft)
        new = again(session, old, factories.call(session, fund=old.fund))
        whole = queries.proposal(session, new)
        assert {name: getattr(new, name) for name in FIELDS["problem"]} == FIELDS["problem"]
        assert (new.title, new.region, new.branch_id, new.organisation_id) == (
            old.title,
            "MN-041",
            old.branch_id,
            old.organisation_id,
        )
        assert [new.starts_on, new.ends_on, new.visible_by, new.number, new.submitted_at, new.decided_on] == [None] * 6
        assert new.declarations == {"name": "D. Bold", "place": "Mörön"}
        assert (new.status, new.copied_from_id, new.total_cost, new.requested) == ("draft", old.id, 10_000_00, 7_500_00)
        counts = [
            len(rows)
            for rows in (whole.parties, whole.partners, whole.groups, whole.indicators, whole.lines, whole.risks)
        ]
        assert counts == [len(ROWS[name]) for name in ("applicant", "partners", "groups", "results", "costs", "risks")]
        assert [line.own_cash for line in whole.lines] == [1_000_00, 0]
        return whole.typed["activities"].content, whole.activities

    assert write(work) == ({"activities-0-title": "Install the line", "activities-0-responsible": "D. Bold"}, [])


def test_only_papers_that_hold_for_every_proposal_come_along_as_the_same_file(write, draft):
    def work(session):
        old = sent(session, draft)
        new = again(session, old, factories.call(session, fund=old.fund))
        papers = queries.proposal(session, new).annexes
        return [(annex.kind, file.sha256, file.case_id == new.id) for annex, file in papers]

    assert write(work) == [("registration", "a" * 64, True)]


def test_what_the_new_call_does_not_know_is_left_out(write, draft):
    def work(session):
        old = draft(session, call=factories.call(session, annexes=["registration"], questions=[ONE, WHEN, WHY]))
        old.answers = {"how": "rail", "when": "2026-05-01", "why": "It is far."}
        fund = factories.fund(session, currency="MNT")
        other = {**ONE, "choices": [["road", {"en": "Road"}], ["air", {"en": "Air"}]]}
        call = factories.call(session, fund=fund, regions=["MN-043"], questions=[other, WHEN, WHY])
        new = again(session, old, call)
        lines = queries.lines(session, new)
        return (
            new.region,
            new.branch_id,
            new.answers,
            [(line.description, line.amount) for line in lines],
            new.requested,
        )

    assert write(work) == ("", None, {"why": "It is far."}, [("Washing line", 0), ("Training", 0)], 0)


def test_pressed_twice_it_is_one_draft_until_something_is_changed_in_it(write, draft):
    def work(session):
        old = sent(session, draft)
        call = factories.call(session, fund=old.fund)
        first, second = again(session, old, call), again(session, old, call)
        drafting.save(session, first, "measure", {"starts_on": date(2026, 7, 1)}, by=old.owner, at=LATER)
        return first.id == second.id, again(session, old, call).id != first.id

    assert write(work) == (True, True)


def test_only_its_own_people_use_it_again_and_only_in_an_open_call(write, draft):
    def work(session):
        old = sent(session, draft)
        call = factories.call(session, fund=old.fund)
        stranger = factories.person(session, role="applicant")
        with pytest.raises(NotAllowed):
            renewing.copy(session, old, call, by=stranger, at=LATER)
        with pytest.raises(Refused) as refused:
            renewing.copy(session, old, call, by=old.owner, at=LATER + timedelta(days=4000))
        return refused.value.reasons

    assert write(work) == ("This call does not take proposals now.",)


def test_the_first_page_offers_ones_earlier_proposals(client, write, draft):
    old = write(lambda session: sent(session, draft))
    applicant = client(old.owner)
    shown = applicant.get(f"/measures/new?earlier={old.id}").text
    assert f'<option value="{old.id}" selected' in shown
    answer = applicant.post("/measures/new", data={"call": old.call_id, "form": "full", "earlier": old.id})
    assert answer.status_code == 303
    assert old.title in applicant.get(answer.headers["location"]).text
    stranger = client(write(lambda session: factories.person(session, role="applicant")))
    assert str(old.title) not in stranger.get("/measures/new").text
    assert stranger.post("/measures/new", data={"call": old.call_id, "earlier": old.id}).status_code == 404
