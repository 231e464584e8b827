"""What is asked of the officer at each check, and what is found of the applicant."""

from datetime import date

import pytest
from sqlalchemy import select

from fundapp.kit.errors import Refused
from fundapp.mail.models import Message
from fundapp.measures import checking, checklist, queries, recipient
from fundapp.measures.models import Party
from tests import factories
from tests.measures.test_checking import LATER, LOOKED, OFFER, PASSED, returned, submitted


def alike(session, **organisation):
    """An organisation of the same name and numbers, written differently."""
    facts = {"name": "Other cooperative", "register": "", "phone": ""} | organisation
    return factories.organisation(session, **facts)


@pytest.mark.parametrize(
    ("facts", "party", "same"),
    [
        ({"name": "Blue-Sky Cooperative"}, {}, ["same organisation"]),
        ({"register": "901 2345"}, {}, ["same register number"]),
        ({"tax_number": "77-00-123"}, {}, ["same tax number"]),
        ({"phone": "99112233"}, {}, ["same telephone"]),
        ({}, {"account": "mn12 0005 0012 3456 7890"}, ["same bank account"]),
        ({"register": "9012346", "phone": "9911 2234"}, {"account": "MN120005001234567891"}, []),
    ],
)
def test_another_open_proposal_with_the_same_number_is_found(write, draft, facts, party, same):
    def work(session):
        measure, officer = submitted(session, draft)
        measure.organisation.tax_number = "7700123"
        other = factories.measure(
            session, status="eligible", fund=measure.fund, branch=measure.branch, organisation=alike(session, **facts)
        )
        for row in session.scalars(select(Party).where(Party.measure_id == other.id)):
            row.phone, row.account = "", party.get("account", "")
        session.flush()
        twins = recipient.twins(session, queries.proposal(session, measure), officer)
        return [
            (twin.number == other.number, twin.branch is measure.branch, twin.same) for twin in twins.found
        ], twins.hidden

    assert write(work) == ([(True, True, same)] if same else [], 0)


def test_of_proposals_in_other_branches_only_the_number_is_told(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        manager = factories.person(session, role="manager")
        for status in ("submitted", "draft", "rejected", "closed"):
            factories.measure(session, status=status, fund=measure.fund, organisation=measure.organisation)
        factories.measure(session, status="submitted", organisation=measure.organisation)  # of another fund
        proposal = queries.proposal(session, measure)
        mine, all_ = (recipient.twins(session, proposal, one) for one in (officer, manager))
        return (mine.found, mine.hidden), (len(all_.found), all_.hidden)

    assert write(work) == (([], 1), (1, 0))


def test_where_a_number_is_shared_the_officer_says_what_was_looked_at(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        factories.measure(session, status="submitted", fund=measure.fund, organisation=measure.organisation)
        with pytest.raises(Refused) as refused:
            checking.answer(session, measure, {"E9": ("pass", "")}, by=officer, at=LATER)
        checking.answer(session, measure, {"E9": ("pass", "Other costs")}, by=officer, at=LATER)
        return refused.value.field, queries.answers(session, measure)["E9"].reason

    assert write(work) == ("E9_reason", "Other costs")


@pytest.mark.parametrize("left", ["list", "on", "found"])
def test_the_search_of_a_list_is_proved_with_list_day_and_result(write, draft, left):
    def work(session):
        measure, officer = submitted(session, draft)
        with pytest.raises(Refused) as refused:
            checking.answer(session, measure, {"E12": ("pass", "", "", LOOKED | {left: " "})}, by=officer, at=LATER)
        checking.answer(session, measure, {"E12": ("pass", "", "", LOOKED)}, by=officer, at=LATER)
        return refused.value.field, queries.answers(session, measure)["E12"].looked

    assert write(work) == (f"E12_{left}", LOOKED)


def test_a_reason_of_the_list_is_said_in_the_readers_language_before_the_officers_words(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        fails = {"E8": ("fail", "In February", "ordered"), "E15": ("fail", "", "one_firm")}
        checking.answer(session, measure, PASSED | fails, by=officer, at=LATER)
        with pytest.raises(Refused) as refused:
            checking.answer(session, measure, {"E8": ("fail", "", "one_firm")}, by=officer, at=LATER)
        with pytest.raises(Refused):
            checking.answer(session, measure, {"E8": ("fail", "", "other")}, by=officer, at=LATER)
        return [line.reason for line in checklist.failed(session, measure, LATER)], refused.value.field

    assert write(work) == (
        ["Something has already been ordered or bought. In February", "Only one firm gains from it."],
        "E8_why",
    )


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ([], "asked"),
        ([{"section": "annexes", "field": "offers", "words": " "}], "asked"),
        ([{"section": "secrets", "field": "", "words": "x"}], "asked"),
        ([{"section": "measure", "field": "status", "words": "x"}], "asked"),
    ],
)
def test_what_is_asked_for_has_a_place_in_the_form_and_words(write, draft, asked, field):
    def work(session):
        measure, officer = submitted(session, draft)
        with pytest.raises(Refused) as refused:
            checking.send_back(session, measure, asked=asked, return_by=date(2026, 3, 20), by=officer, at=LATER)
        return refused.value.field, measure.status

    assert write(work) == (field, "submitted")


def test_the_list_is_kept_by_field_and_mailed_as_lines(write, draft):
    def work(session):
        page = {"section": "measure", "field": "", "words": "Say which soum"}
        measure, _officer = returned(session, draft, page)
        mail = session.scalars(select(Message).where(Message.kind == "measures/returned")).one()
        return measure.asked, mail.body

    asked, body = write(work)
    assert asked == [OFFER, {"section": "measure", "field": "", "words": "Say which soum"}]
    assert "- Papers, Offers or price lists: A second offer for the line\n- The measure: Say which soum" in body


def test_the_numbers_of_earlier_grants_stand_behind_the_check_with_links_for_who_may_open_them(write, draft):
    def work(session):
        measure, officer = submitted(session, draft)
        facts = {"fund": measure.fund, "organisation": measure.organisation, "status": "closed"}
        here = factories.measure(session, branch=measure.branch, **facts)
        there = factories.measure(session, **facts)
        line = next(
            line for line in checklist.lines(session, measure, LATER, person=officer) if line.check.code == "E11"
        )
        return line.finding.evidence, [row.url for row in line.finding.rows], here.id, there.id

    evidence, urls, here, _there = write(work)
    assert evidence == "2 earlier grants, together EUR\N{NO-BREAK SPACE}10,000.00; the earlier grant has delivered"
    assert urls == ["", f"/cases/{here}"]
