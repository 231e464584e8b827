"""A deputy may do what the person may, within the days, on record with both names; the two are one hand."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.disbursement.models import Payment
from fundapp.history.models import Entry
from fundapp.history.queries import broken
from fundapp.kit.database import Database
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.mail.models import Message
from fundapp.measures import queries as measures
from fundapp.measures.conflicts import closed_to
from fundapp.people import deputies, service
from fundapp.people.models import Deputy, Person
from fundapp.people.permissions import NEVER_LENT, Action, Lender, Role, branches, holds, may
from fundapp.reminders.service import sweep
from tests import factories as make
from tests.grants.case import Case

TODAY = make.TODAY


@pytest.fixture
def office(write: Any) -> dict[str, Any]:
    def work(session: Any) -> dict[str, Any]:
        branch = make.branch(session)
        people = {
            role: make.person(session, role=role, branch=branch) for role in ("officer", "manager", "finance", "admin")
        }
        people["applicant"] = make.person(session, role="applicant")
        return people | {"measure": make.measure(session, status="running", branch=make.branch(session))}

    made: dict[str, Any] = write(work)
    return made


def stands_in(
    session: Any, person: Person, deputy: Person, first: date = TODAY, last: date = TODAY, by: Person | None = None
) -> Deputy:
    person, deputy = session.get_one(Person, person.id), session.get_one(Person, deputy.id)
    return deputies.name(session, person, deputy, first, last, by=by or person, at=make.MORNING, on=TODAY)


def lent(database: Database, deputy: Person, on: date = TODAY) -> Person:
    """The deputy as they are let in on this day."""
    with database.reading() as session:
        found = session.get_one(Person, deputy.id)
        found.lenders = deputies.lenders(session, found, on, closed_to)
        return found


def test_a_deputy_may_do_it_from_the_first_to_the_last_day_and_not_once_it_was_ended(
    client: Any, write: Any, clock: Any, office: dict[str, Any]
) -> None:
    officer, address = office["officer"], f"/cases/{office['measure'].id}"
    row = write(lambda s: stands_in(s, office["manager"], officer, TODAY + timedelta(1), TODAY + timedelta(2)))
    got = []
    for _day in range(4):
        got.append((client(officer).get(address).status_code, client(officer).get("/funds").status_code))
        clock.forward(days=1)
    assert got == [(404, 403), (200, 200), (200, 200), (404, 403)]
    clock.forward(days=-2)
    write(lambda s: deputies.end(s, s.get_one(Deputy, row.id), by=office["manager"], at=clock()))
    assert client(officer).get(address).status_code == 404


def test_giving_roles_declaring_and_scoring_are_never_lent() -> None:
    everything = tuple(make.RoleHeld(role=role.value, branch_id=None) for role in Role if role is not Role.APPLICANT)
    deputy = Person(id=1, roles=[])
    deputy.lenders = (Lender(2, everything),)
    refused = {action for action in Action if not may(deputy, action)}
    assert {Action.MANAGE_PEOPLE, Action.DECLARE, Action.SCORE} <= NEVER_LENT
    own = {Action.CONFIRM_PROPOSAL, Action.WITHDRAW, Action.ANSWER, Action.ASK_BRANCH}
    own |= {Action.OBJECT, Action.GIVE_PROPOSAL, Action.WITHDRAW_CONSENT, Action.COMPLAIN}
    assert refused == {*NEVER_LENT, *own, Action.READ_ORGANISATION, Action.KEEP_ORGANISATION}


def test_what_needs_the_lent_right_is_recorded_with_both_and_the_rest_with_one(
    client: Any, write: Any, database: Database, office: dict[str, Any]
) -> None:
    officer, manager, measure = office["officer"], office["manager"], office["measure"]
    own = write(lambda s: make.measure(s, status="running", branch=s.get_one(make.Branch, officer.roles[0].branch_id)))
    write(lambda s: stands_in(s, manager, officer))
    said = {"because": "The spring is late.", "review_on": "2026-04-30"}
    for id in (measure.id, own.id):
        answer = client(officer).post(f"/grants/measures/{id}/suspend", data=said)
        assert answer.status_code == 303, answer.text
    client(officer).post("/people/account/language", data={"language": "de"})
    with database.reading() as session:
        asked = select(Entry).where(Entry.action == "measures.suspend").order_by(Entry.seq)
        found = [(entry.case_id, entry.by_id, entry.for_id) for entry in session.scalars(asked)]
        assert found == [(measure.id, officer.id, manager.id), (own.id, officer.id, manager.id)]
        assert {e.for_id for e in session.scalars(select(Entry).where(Entry.action == "people.sign_in"))} <= {None}
        assert broken(session) == []
    both = f"{officer.initial_name} for {manager.initial_name}"
    assert both in client(manager).get(f"/cases/{measure.id}").text
    assert both in client(manager).get("/history").text


def test_the_name_of_the_one_stood_in_for_cannot_be_changed_unnoticed(
    database: Database, office: dict[str, Any]
) -> None:
    manager, officer = office["manager"], office["officer"]
    database.write(lambda s: stands_in(s, manager, officer))
    deputy = lent(database, officer)
    assert may(deputy, Action.MANAGE_FUND)

    def act(session: Any) -> Entry:
        service.add_branch(session, code="X1", name="X", region="MN-041", by=deputy, at=make.MORNING)
        return session.scalars(select(Entry).order_by(Entry.seq.desc())).first()  # type: ignore[no-any-return]

    database.write(act)
    with database.reading() as session:
        entry = session.scalars(select(Entry).order_by(Entry.seq.desc())).first()
        assert entry is not None
        assert (entry.by_id, entry.for_id) == (officer.id, manager.id)
        session.expunge(entry)
        from fundapp.history.links import digest  # noqa: PLC0415

        assert digest(entry) == entry.hash
        entry.for_id = None
        assert digest(entry) != entry.hash


def test_two_hands_of_a_payment_are_neither_the_deputy_and_the_person(database: Database) -> None:
    case = Case(database)
    case.run()
    database.write(lambda s: stands_in(s, case.manager, case.officer))
    deputy = lent(database, case.officer)
    by_manager = case.prepare(1, by=case.manager)
    name = case.manager.initial_name
    with pytest.raises(Refused, match=f"{name} took the step before, in person or through a deputy"):
        case.authorise(by_manager, by=deputy)
    case.authorise(by_manager, by=case.second)
    case.pay(by_manager)


def test_what_ones_own_right_is_enough_for_one_signs_alone(database: Database) -> None:
    case = Case(database)
    case.run()
    database.write(lambda s: stands_in(s, case.manager, case.officer))
    case.prepare(1, by=lent(database, case.officer))
    with database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.action == "disbursement.prepare")).one()
        assert (entry.by_id, entry.for_id) == (case.officer.id, None)


def test_what_the_deputy_prepared_in_ones_place_one_does_not_authorise_oneself(database: Database) -> None:
    case = Case(database)
    case.run()
    database.write(lambda s: stands_in(s, case.manager, case.finance))
    deputy = lent(database, case.finance)
    payment = case.prepare(1, by=deputy)
    with pytest.raises(Refused, match="took the step before"):
        case.authorise(payment, by=case.manager)
    case.authorise(payment, by=case.second)
    with pytest.raises(Refused, match="You prepared this payment yourself"):
        case.pay(payment, by=case.finance)
    kept = case.do(lambda s: s.get_one(Payment, payment.id))
    assert (kept.prepared_by_id, kept.authorised_by_id, kept.status) == (case.finance.id, case.second.id, "authorised")


def test_a_conflict_of_either_closes_the_case_to_the_deputy(database: Database, office: dict[str, Any]) -> None:
    officer, manager, measure = office["officer"], office["manager"], office["measure"]
    database.write(lambda s: stands_in(s, manager, officer))

    def sees() -> bool:
        deputy = lent(database, officer)
        with database.reading() as session:
            return measures.find(session, measure.id, visible_to=deputy) is not None

    assert sees()
    database.write(lambda s: make.declaration(s, measure=measure, person=manager, kind="family"))
    assert not sees()
    assert not may(lent(database, officer), Action.SUSPEND, measure)


def test_nothing_is_lent_by_who_was_switched_off_and_no_proposal_of_an_applicant(
    database: Database, office: dict[str, Any]
) -> None:
    officer, manager = office["officer"], office["manager"]

    def work(session: Any) -> None:
        make.give(session, session.get_one(Person, manager.id), role="applicant")
        stands_in(session, manager, officer)

    database.write(work)
    assert (holds(lent(database, officer), Role.MANAGER), holds(lent(database, officer), Role.APPLICANT)) == (
        True,
        False,
    )
    database.write(
        lambda s: service.set_active(s, s.get_one(Person, manager.id), False, by=office["admin"], at=make.MORNING)
    )
    assert not holds(lent(database, officer), Role.MANAGER)
    with database.reading() as session:
        assert deputies.stands_in_for(session, session.get_one(Person, officer.id), TODAY) == []


def test_a_deputy_works_in_the_branches_of_both_but_is_at_home_in_one(
    database: Database, office: dict[str, Any]
) -> None:
    other = database.write(lambda s: make.person(s, role="officer", branch=make.branch(s)))
    database.write(lambda s: stands_in(s, other, office["officer"]))
    deputy = lent(database, office["officer"])
    assert branches(deputy) == {office["officer"].roles[0].branch_id, other.roles[0].branch_id}
    assert branches(deputy, own=True) == {office["officer"].roles[0].branch_id}


@pytest.mark.parametrize(
    ("deputy", "first", "last", "field", "says"),
    [
        ("manager", TODAY, TODAY, "deputy", "Nobody stands in for themselves"),
        ("applicant", TODAY, TODAY, "deputy", "Only a colleague"),
        ("officer", TODAY, TODAY - timedelta(1), "last_day", "before the first"),
        ("officer", TODAY - timedelta(3), TODAY - timedelta(1), "last_day", "passed already"),
    ],
)
def test_who_cannot_stand_in(
    write: Any, office: dict[str, Any], deputy: str, first: date, last: date, field: str, says: str
) -> None:
    with pytest.raises(Refused, match=says) as refused:
        write(lambda s: stands_in(s, office["manager"], office[deputy], first, last))
    assert refused.value.field == field


def test_one_names_and_ends_a_deputy_on_ones_own_page_and_the_administrator_for_anybody(
    client: Any, write: Any, database: Database, office: dict[str, Any]
) -> None:
    manager, officer, admin = office["manager"], office["officer"], office["admin"]
    days = {"first_day": "2026-03-02", "last_day": "2026-03-20"}
    own = {"deputy": str(officer.id)} | days
    assert client(manager).post("/people/deputies", data=own).status_code == 303
    for_finance = f"/people/persons/{office['finance'].id}/deputies"
    assert client(officer).post(for_finance, data=own).status_code == 403
    assert client(admin).post(for_finance, data=own).status_code == 303
    assert "You stand in for" in client(officer).get("/people/account").text
    with database.reading() as session:
        rows = list(session.scalars(select(Deputy).order_by(Deputy.id)))
        assert [(row.person_id, row.deputy_id, row.by_id) for row in rows] == [
            (manager.id, officer.id, manager.id), (office["finance"].id, officer.id, admin.id),
        ]  # fmt: skip
    assert client(office["applicant"]).post(f"/people/deputies/{rows[0].id}/end").status_code == 404
    assert client(manager).post(f"/people/deputies/{rows[0].id}/end").status_code == 303
    assert client(admin).post(f"{for_finance}/{rows[1].id}/end").status_code == 303
    assert client(admin).post(f"{for_finance}/{rows[1].id}/end").status_code == 409
    assert lent(database, officer).lenders == ()


def test_what_does_not_do_is_told_next_to_the_field(client: Any, office: dict[str, Any]) -> None:
    said = {"deputy": str(office["officer"].id), "first_day": "2026-03-09", "last_day": "2026-03-02"}
    answer = client(office["manager"]).post("/people/deputies", data=said)
    assert (answer.status_code, "The last day lies before the first." in answer.text) == (422, True)


def test_reminders_go_to_the_deputy_too_within_the_time(write: Any, database: Database, office: dict[str, Any]) -> None:
    from fundapp.reminders.duties import Duty  # noqa: PLC0415

    manager, officer, finance = office["manager"], office["officer"], office["finance"]

    def mailed(day: date) -> list[int | None]:
        def work(session: Any) -> None:
            to = [session.get_one(Person, manager.id), session.get_one(Person, finance.id)]
            duty = Duty(
                "evaluation.visit", (0,), lambda *_: True, lambda *_: to, "evaluation/visit", "/evaluation/{id}"
            )
            make.obligation(
                session, kind="evaluation.visit", due=day, subject=f"x.y:{make.number()}", case_id=office["measure"].id
            )
            sweep(session, {"evaluation.visit": duty}, on=day, at=make.MORNING)

        write(work)
        with database.reading() as session:
            asked = select(Message.to_id).order_by(Message.id.desc())
            return list(session.scalars(asked))

    write(lambda s: stands_in(s, manager, finance))
    write(lambda s: stands_in(s, manager, officer))
    assert sorted(id or 0 for id in mailed(TODAY)) == sorted([manager.id, finance.id, officer.id])
    assert len(mailed(TODAY + timedelta(1))) == 5


def test_who_has_no_right_to_lend_lends_none(database: Database, office: dict[str, Any]) -> None:
    case = Case(database)
    case.run()
    database.write(lambda s: stands_in(s, office["finance"], office["officer"]))
    with pytest.raises(NotAllowed):
        case.prepare(1, by=lent(database, office["officer"]))
