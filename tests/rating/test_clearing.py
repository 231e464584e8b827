"""Approvals that wait for a no-objection."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.documents.models import Document
from fundapp.files.models import File
from fundapp.funds.queries import figures, figures_of_case
from fundapp.grants.service import withdraw
from fundapp.history.models import Entry
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.measures.models import Declaration, Measure
from fundapp.people.models import Person
from fundapp.rating import afterwards, agenda, clearing, reasons, standing
from fundapp.rating import figures as money
from fundapp.rating.afterwards import Asked
from fundapp.rating.models import Member
from fundapp.rating.proceedings import Clearance, Decision
from fundapp.reminders.models import Obligation
from tests import factories as make
from tests.factories import MORNING, TODAY
from tests.rating.aftermath import NO, YES, mails, meet, waits_from
from tests.rating.conftest import Round

DONOR, BOARD = Asked("Donor A", "a@donor.example", "de"), Asked("Board B", "b@board.example", "en")
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"


def waiting(session: Any, found: Round) -> Decision:
    decision = afterwards.waiting(session, found.first.id)
    assert decision is not None
    return decision


def ask(session: Any, found: Round, *people: Asked) -> None:
    clearing.ask(session, [waiting(session, found)], people or [DONOR, BOARD], by=found.manager, at=MORNING)


def keys(session: Any) -> list[str]:
    """The keys of the links, as the mails carry them, in their order."""
    return [re.search(r"/rating/clearance/([\w-]+)", mail.body)[1] for mail in mails(session, "rating/clearance")]


@pytest.fixture
def held(write: Any, closed: Round) -> Round:
    """The first of three measures is approved with 5,000 and waits, the second is not chosen."""

    def work(session: Any) -> None:
        waits_from(session, closed, 5_000_00)
        meet(session, closed, YES, NO)

    write(work)
    return closed


def test_a_large_approval_waits_and_the_applicant_hears_nothing(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        measure = session.get_one(Measure, held.first.id)
        told = [m.kind for m in mails(session, "rating/approved")]
        letters = [d.case_id for d in session.scalars(select(Document).where(Document.name == "decision"))]
        return measure.status, measure.awarded, measure.decided_on, told, letters

    assert write(work) == ("rated", None, None, [], [held.measures[1].id])


def test_the_money_of_what_waits_is_given_to_nobody_else(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        call = held.call
        return (
            figures_of_case(session, held.first.id).reserved, figures(session, held.fund.id).free,
            standing.given(session, call.id), money.left_before(session, call, TODAY),
        )  # fmt: skip

    assert write(work) == (5_000_00, 195_000_00, 5_000_00, 95_000_00)


def test_below_the_limit_nothing_waits(write: Any, closed: Round) -> None:
    def work(session: Any) -> str:
        waits_from(session, closed, 5_000_01)
        meet(session, closed, YES)
        return session.get_one(Measure, closed.first.id).status

    assert write(work) == "approved"


def test_all_agree_and_the_approval_takes_effect_with_letter_and_mail(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        ask(session, held)
        first, second = keys(session)
        clearing.answer_link(session, first, agreed=True, note="", name="A. Donor", at=MORNING)
        between = session.get_one(Measure, held.first.id).status
        clearing.answer_link(session, second, agreed=True, note="", name="B. Board", at=MORNING)
        measure = session.get_one(Measure, held.first.id)
        return between, measure.status, measure.awarded, measure.decided_on

    assert write(work) == ("rated", "approved", 5_000_00, TODAY)

    def after(session: Any) -> Any:
        entries = select(Entry.action, Entry.by_id).where(Entry.case_id == held.first.id).order_by(Entry.seq)
        told = [(m.kind, m.case_id) for m in mails(session, "rating/approved")]
        reserved = figures_of_case(session, held.first.id).reserved
        return session.execute(entries).all()[-5:], told, reserved, waiting_of(session, held)

    entries, told, reserved, still = write(after)
    assert [tuple(e) for e in entries] == [
        ("rating.ask_clearance", held.manager.id), ("rating.agree_clearance", None), ("rating.agree_clearance", None),
        ("measures.approve", None), ("documents.order", None),
    ]  # fmt: skip
    assert (told, reserved, still) == ([("rating/approved", held.first.id)], 5_000_00, None)


def waiting_of(session: Any, found: Round) -> Decision | None:
    return afterwards.waiting(session, found.first.id)


def test_one_objection_lets_it_go_and_the_next_meeting_knows_why(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        ask(session, held)
        first, second = keys(session)
        clearing.answer_link(session, first, agreed=False, note="The price is too high.", name="A. Donor", at=MORNING)
        with pytest.raises(Refused) as why:
            clearing.answer_link(session, second, agreed=True, note="", name="B. Board", at=MORNING)
        measure = session.get_one(Measure, held.first.id)
        told = sorted(m.to_id for m in mails(session, "rating/clearance_objected"))
        note = afterwards.objections(session, [measure.id])[measure.id].note
        free = figures(session, held.fund.id).free
        next_ = [m.id for m in agenda.waiting(session, held.call.id, held.committee.id)]
        return (
            measure.status,
            free,
            told,
            note,
            measure.id in next_,
            why.value.reasons,
            standing.last_decision(session, measure.id),
        )

    assert write(work) == (
        "rated", 200_000_00, sorted([held.manager.id, held.chair.id]), "The price is too high.", True,
        ("This link does not work any more.",), None,
    )  # fmt: skip


def test_an_objection_is_not_told_to_who_has_a_conflict_the_deputy_hears_it_for_the_chair(
    write: Any, held: Round
) -> None:
    def work(session: Any) -> Any:
        ask(session, held)
        deputy, second = held.members[0], make.person(session, role="manager")
        session.scalars(select(Member).where(Member.person_id == deputy.id)).one().deputy = True
        tied, helper = make.person(session, role="manager"), make.person(session, role="manager")
        session.get_one(Measure, held.first.id).prepared_by_id = helper.id
        said = select(Declaration).where(
            Declaration.measure_id == held.first.id, Declaration.person_id == held.chair.id
        )
        row = session.scalars(said).one()
        row.conflict, row.kind = True, "family"
        make.declaration(session, measure=held.first, person=tied, kind="family")
        key = keys(session)[0]
        clearing.answer_link(session, key, agreed=False, note="The price is too high.", name="A. Donor", at=MORNING)
        told = sorted(m.to_id for m in mails(session, "rating/clearance_objected"))
        return told == sorted([deputy.id, second.id, held.manager.id])

    assert write(work)


def test_an_objection_needs_a_reason_and_every_answer_a_name(write: Any, held: Round) -> None:
    def work(session: Any) -> list[tuple[str, ...]]:
        ask(session, held, DONOR)
        [key] = keys(session)
        found = []
        for agreed, note, name in ((False, "", "A. Donor"), (True, "", " ")):
            with pytest.raises(Refused) as why:
                clearing.answer_link(session, key, agreed=agreed, note=note, name=name, at=MORNING)
            found.append(why.value.reasons)
        return found

    assert write(work) == [("Please say in a sentence why.",), ("Please write your name.",)]


def test_ten_working_days_to_answer_and_silence_is_no_consent(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        ask(session, held, DONOR)
        [key] = keys(session)
        due = session.scalars(select(Obligation.due).where(Obligation.kind == "rating.clearance")).one()
        with pytest.raises(Refused) as why:
            clearing.answer_link(session, key, agreed=True, note="", name="A. Donor", at=MORNING + timedelta(days=15))
        return due, why.value.reasons, session.get_one(Measure, held.first.id).status

    assert write(work) == (date(2026, 3, 16), ("The time for an answer is over. Please call the fund.",), "rated")


def test_asked_again_the_old_link_is_over(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        ask(session, held, DONOR)
        [row] = session.scalars(select(Clearance))
        clearing.ask_again(session, row, by=held.manager, at=MORNING + timedelta(days=3))
        old, new = keys(session)
        return afterwards.by_key(session, old), afterwards.by_key(session, new).id == row.id

    assert write(work) == (None, True)


def test_who_is_withdrawn_is_not_waited_for(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        ask(session, held)
        first, second = keys(session)
        clearing.answer_link(session, first, agreed=True, note="", name="A. Donor", at=MORNING)
        row = afterwards.by_key(session, second)
        clearing.withdraw(session, row, by=held.manager, at=MORNING)
        return session.get_one(Measure, held.first.id).status, afterwards.by_key(session, second)

    assert write(work) == ("approved", None)


def test_withdrawing_the_only_one_asked_approves_nothing(write: Any, held: Round) -> None:
    def work(session: Any) -> str:
        ask(session, held, DONOR)
        clearing.withdraw(session, afterwards.by_key(session, keys(session)[0]), by=held.manager, at=MORNING)
        return session.get_one(Measure, held.first.id).status

    assert write(work) == "rated"


def test_nothing_else_happens_to_a_measure_that_waits(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        measure = session.get_one(Measure, held.first.id)
        before = reasons.why_not_reopen(session, measure, held.chair, MORNING)
        return before, [m.id for m in agenda.waiting(session, held.call.id, held.committee.id)]

    assert write(work) == (
        ["Its approval waits for a no-objection; take that back first."], [held.measures[2].id],
    )  # fmt: skip


def test_taken_back_with_a_reason_the_money_is_free_and_the_measure_waits_for_the_next_meeting(
    write: Any, held: Round
) -> None:
    def work(session: Any) -> Any:
        ask(session, held, DONOR)
        decision = waiting(session, held)
        with pytest.raises(Refused):
            clearing.take_back(session, decision, because=" ", by=held.manager, at=MORNING)
        clearing.take_back(session, decision, because="A slip in the amount.", by=held.manager, at=MORNING)
        return figures(session, held.fund.id).free, decision.waits, afterwards.by_key(session, keys(session)[0])

    assert write(work) == (200_000_00, False, None)


def test_a_proposal_withdrawn_while_it_waits_frees_the_money(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        ask(session, held, DONOR)
        measure = session.get_one(Measure, held.first.id)
        owner = session.get_one(Person, measure.owner_id)
        withdraw(session, measure, because="We have found other money.", by=owner, at=MORNING)
        return measure.status, figures(session, held.fund.id).free, afterwards.by_key(session, keys(session)[0])

    assert write(work) == ("withdrawn", 200_000_00, None)


def test_only_a_manager_asks(write: Any, held: Round) -> None:
    def work(session: Any) -> None:
        for by in (held.chair, held.members[0], session.get_one(Person, held.first.owner_id)):
            with pytest.raises(NotAllowed):
                clearing.ask(session, [waiting(session, held)], [DONOR], by=by, at=MORNING)

    write(work)


def test_donors_with_an_address_are_proposed_then_those_asked_last(write: Any, held: Round) -> None:
    def work(session: Any) -> Any:
        donor = make.donor(session, fund=held.fund, name="Donor Z")
        donor.contact = "Board office, Z Street 1, <z@donor.example>"
        session.flush()
        before = afterwards.usually_asked(session, held.fund.id)
        ask(session, held)
        return before, afterwards.usually_asked(session, held.fund.id)

    assert write(work) == ([Asked("Donor Z", "z@donor.example", "en")], [DONOR, BOARD])


# Through the addresses


def test_a_manager_asks_on_the_page_and_the_link_opens_without_signing_in(write: Any, client: Any, held: Round) -> None:
    url = f"/rating/measures/{held.first.id}/clearance"
    browser = client(held.manager)
    assert "Nobody has been asked yet." in browser.get(url).text
    asked = {"people-0-name": "Donor A", "people-0-email": "a@donor.example", "people-0-language": "en"}
    assert browser.post(url, data=asked).headers["location"] == url
    assert "One answer is missing." in browser.get(url).text
    [key] = write(keys)
    stranger = client()
    page = stranger.get(f"/rating/clearance/{key}")
    assert (page.status_code, "EUR 5,000.00" in page.text.replace("\u00a0", " ")) == (200, True)
    owner = write(lambda s: s.get_one(Person, held.first.owner_id))
    assert [word for word in (owner.given_name, owner.family_name, owner.email) if word and word in page.text] == []
    answer = {"answer": "agreed", "name": "A. Donor", "note": ""}
    assert stranger.post(f"/rating/clearance/{key}", data=answer).status_code == 200
    assert write(lambda s: s.get_one(Measure, held.first.id).status) == "approved"


def test_looking_at_a_link_does_not_use_it_and_it_works_once(write: Any, client: Any, held: Round) -> None:
    write(lambda s: ask(s, held))
    first, _second = write(keys)
    stranger, url = client(), f"/rating/clearance/{first}"
    assert [stranger.get(url).status_code for _n in range(3)] == [200] * 3
    answer = {"answer": "agreed", "name": "A. Donor"}
    assert stranger.post(url, data=answer).status_code == 200
    again = stranger.post(url, data={"answer": "objected", "name": "Somebody else", "note": "No, no."})
    assert (again.status_code, stranger.get(url).status_code) == (410, 410)
    assert write(lambda s: [c.answer for c in s.scalars(select(Clearance).order_by(Clearance.id))]) == ["agreed", None]


def test_a_guessed_link_says_nothing(client: Any, held: Round) -> None:
    for key in ("x" * 43, "1", held.first.number):
        page = client().get(f"/rating/clearance/{key}")
        assert page.status_code in (404, 410)
        assert held.first.title not in page.text


def test_an_objection_without_a_reason_is_told_beside_the_field(write: Any, client: Any, held: Round) -> None:
    write(lambda s: ask(s, held, DONOR))
    [key] = write(keys)
    page = client().post(f"/rating/clearance/{key}", data={"answer": "objected", "name": "A. Donor"})
    assert (page.status_code, "Please say in a sentence why." in page.text) == (422, True)


def test_an_answer_on_paper_is_noted_with_its_picture(write: Any, client: Any, held: Round) -> None:
    write(lambda s: ask(s, held, DONOR))
    [row] = write(lambda s: list(s.scalars(select(Clearance))))
    browser = client(held.manager)
    fields = {"answer": "agreed", "name": "A. Donor"}
    assert browser.post(f"/rating/clearances/{row.id}/answer", data=fields).status_code == 422
    files = {"file": ("letter.pdf", PDF, "application/pdf")}
    assert browser.post(f"/rating/clearances/{row.id}/answer", data=fields, files=files).status_code == 303
    kept = write(lambda s: s.scalars(select(File.subject).where(File.subject.like("rating.clearance%"))).all())
    assert kept == [f"rating.clearance:{row.id}"]
    assert write(lambda s: s.get_one(Measure, held.first.id).status) == "approved"
    assert browser.get(f"/rating/clearances/{row.id}/file").content == PDF


def test_nobody_but_managers_opens_the_page_of_no_objections(write: Any, client: Any, held: Round) -> None:
    owner = write(lambda s: s.get_one(Person, held.first.owner_id))
    url = f"/rating/measures/{held.first.id}/clearance"
    found = [client(who).get(url).status_code for who in (owner, held.members[0], held.chair)]
    assert found == [403, 403, 403]


def test_the_case_file_tells_staff_only(write: Any, client: Any, held: Round) -> None:
    owner = write(lambda s: s.get_one(Person, held.first.owner_id))
    url = f"/cases/{held.first.id}"
    assert "waits for a no-objection" in client(held.manager).get(url).text
    page = client(owner).get(url)
    assert page.status_code == 200
    for word in ("no-objection", "approved", "Many herders gain.", "Decision</dt>"):
        assert word not in page.text
