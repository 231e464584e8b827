"""The table of steps is the only way a status changes: every step, status and role is tried."""

from importlib import import_module

import pytest

from fundapp.history import queries as history
from fundapp.kit.errors import FundError, NotAllowed, Refused
from fundapp.lifecycle.service import take
from fundapp.lifecycle.steps import open_to
from fundapp.measures.lifecycle import ENDED, FUNDED, STEPS, Status
from fundapp.overview.steps import ALL
from fundapp.people.permissions import RIGHTS, Action, Role, Scope
from tests import factories as make
from tests.house.diagram import diagram

A, O, C, G, F, D = Role.APPLICANT, Role.OFFICER, Role.CHAIR, Role.MANAGER, Role.FINANCE, Role.ADMIN  # noqa: E741
WHO = {
    "submit": {A, O},
    "admit_late": {G},
    "send_back": {O, G},
    "accept": {O, G},
    "turn_down": {O, G},
    "open_rating": {C, G},
    "close_rating": {C},
    "reopen_rating": {C},
    "approve": {C},
    "reserve": {C},
    "defer": {C},
    "reject": {C},
    "answer": {A},
    "promote": {G},
    "uphold_eligibility": {G},
    "uphold_decision": {G},
    "sign": {G},
    "start": {O, G},
    "suspend": {G},
    "resume": {G},
    "terminate": {G},
    "settle": {G, F},
    "close": {G},
    "withdraw": {A},
    "lapse": {G},
    "expire": {O, G},
    "expire_reserve": {O, G},
    "take_over": {G, D},
}
WAY = {
    "submit": "draft returned > submitted",
    "admit_late": "draft > submitted",
    "send_back": "submitted > returned",
    "accept": "submitted > eligible",
    "turn_down": "submitted > ineligible",
    "open_rating": "eligible > in_rating",
    "close_rating": "in_rating > rated",
    "reopen_rating": "rated > in_rating",
    "approve": "rated > approved",
    "reserve": "rated > reserved",
    "defer": "rated > deferred",
    "reject": "rated > rejected",
    "answer": "deferred > in_rating",
    "promote": "reserved > approved",
    "uphold_eligibility": "ineligible > eligible",
    "uphold_decision": "rejected > reserved",
    "sign": "approved > contracted",
    "start": "contracted > running",
    "suspend": "running > suspended",
    "resume": "suspended > running",
    "terminate": "contracted running suspended > terminated",
    "settle": "running terminated > settled",
    "close": "settled > closed",
    "withdraw": "draft submitted returned eligible in_rating rated deferred reserved approved > withdrawn",
    "lapse": "approved > lapsed",
    "expire": "draft returned > withdrawn",
    "expire_reserve": "reserved > rejected",
    "take_over": "> closed",
}
REASONED = {
    "admit_late", "send_back", "reopen_rating", "uphold_eligibility", "uphold_decision", "suspend", "resume", "terminate", "withdraw",
}  # fmt: skip


def test_the_table_says_what_the_house_says():
    found = {step.name: (set(step.sources), step.target) for step in STEPS}
    told = {name: (set(way.split(">")[0].split()), way.split(">")[1].strip()) for name, way in WAY.items()}
    assert found == told
    assert {step.name for step in STEPS if step.reason} == REASONED


def test_names_and_labels_are_told_apart():
    assert len({step.name for step in STEPS}) == len(STEPS)
    assert {step.target for step in STEPS} | {s for step in STEPS for s in step.sources} == set(Status)
    assert all(step.label and step.told for step in STEPS)


def test_every_status_but_the_last_ones_leads_on():
    dead = {status for status in Status if not any(status in step.sources for step in STEPS)}
    assert dead == {Status.CLOSED, Status.WITHDRAWN, Status.LAPSED}
    assert set(ENDED) | set(FUNDED) <= set(Status)


def test_every_step_is_offered_once_by_the_room_it_names():
    assert sorted(offer.step.name for offer in ALL) == sorted(step.name for step in STEPS)
    for room in {step.room for step in STEPS}:
        offered = {offer.step.name for offer in import_module(f"fundapp.{room}.offers").OFFERS}
        assert offered == {step.name for step in STEPS if step.room == room}


def test_rights_name_statuses_that_exist():
    for action, rights in RIGHTS.items():
        for right in rights:
            assert right.states <= set(Status), (action, right)


def test_a_step_is_given_to_somebody_in_every_status_it_leads_on_from():
    for step in STEPS:
        for source in step.sources:
            assert any(not right.states or source in right.states for right in RIGHTS[step.action]), (step.name, source)


def test_every_action_is_in_the_table():
    assert set(RIGHTS) == set(Action) - {Action.ANYONE, Action.SIGNED_IN}
    assert all(right.scope in Scope for rights in RIGHTS.values() for right in rights)


@pytest.fixture
def cast(write):
    """(measures by status, persons by role): the applicant owns them all, the officer is of their branch."""

    def work(session):
        branch = make.branch(session)
        people = {role: make.person(session, role=role, branch=branch) for role in Role}
        call = make.call(session)
        facts = {"awarded": 5_000_00, "contracted_on": make.TODAY, "call": call, "branch": branch}
        measures = {
            status: make.measure(session, status=status, owner=people[Role.APPLICANT], number=f"N-{n}", **facts)
            for n, status in enumerate(Status)
        }
        return measures, people

    return write(work)


def test_a_step_from_the_wrong_status_or_by_the_wrong_role_changes_nothing(database, write, cast):
    measures, people = cast
    tried = 0

    def work(session):
        nonlocal tried
        for status, made in measures.items():
            measure = session.get(type(made), made.id)
            for step in STEPS:
                for role, person in people.items():
                    if status in step.sources and role in WHO[step.name]:
                        continue
                    with pytest.raises(FundError) as told:
                        take(session, measure, step, by=person, at=make.MORNING, because="a reason")
                    assert isinstance(told.value, NotAllowed if status in step.sources else Refused)
                    tried += 1
            assert measure.status == status

    write(work)
    assert tried > 4000
    assert write(lambda session: history.head(session)[0]) == 0


@pytest.mark.parametrize("step", [step for step in STEPS if step.sources], ids=lambda step: step.name)
def test_a_step_by_the_right_role_leads_where_the_table_says(write, cast, step):
    measures, people = cast

    def work(session):
        for source in step.sources:
            for role in WHO[step.name]:
                with session.begin_nested() as savepoint:
                    measure = session.get(type(measures[source]), measures[source].id)
                    take(session, measure, step, by=people[role], at=make.MORNING, because="a reason")
                    assert measure.status == step.target
                    happened = session.info.pop("history")[0]
                    assert (happened.action, happened.source, happened.target) == (
                        f"measures.{step.name}",
                        source,
                        step.target,
                    )
                    savepoint.rollback()
                session.expire_all()

    write(work)


def test_the_buttons_of_a_person_are_the_steps_the_house_gives_them(cast):
    measures, people = cast
    for status, measure in measures.items():
        for role, person in people.items():
            found = {step.name for step in open_to(STEPS, measure, person)}
            assert found == {step.name for step in STEPS if status in step.sources and role in WHO[step.name]}


@pytest.mark.parametrize("stranger", [Role.APPLICANT, Role.OFFICER])
def test_another_applicant_and_another_branch_have_no_step(write, cast, stranger):
    measures, _people = cast
    person = write(lambda session: make.person(session, role=stranger))
    assert [open_to(STEPS, measure, person) for measure in measures.values()] == [[] for _ in measures]


def test_reasons_against_a_step_are_told_together_and_it_is_not_taken(write, cast):
    measures, people = cast
    step = next(step for step in STEPS if step.name == "start")

    def work(session):
        measure = session.get(type(measures["contracted"]), measures["contracted"].id)
        with pytest.raises(Refused) as told:
            take(
                session,
                measure,
                step,
                by=people[G],
                at=make.MORNING,
                unless=["It is too early.", "The plan is missing."],
            )
        return told.value.reasons, measure.status

    assert write(work) == (("It is too early.", "The plan is missing."), "contracted")


def test_a_grave_step_needs_a_reason(write, cast):
    measures, people = cast
    step = next(step for step in STEPS if step.name == "suspend")

    def work(session):
        measure = session.get(type(measures["running"]), measures["running"].id)
        with pytest.raises(Refused) as told:
            take(session, measure, step, by=people[G], at=make.MORNING, because="   ")
        return told.value.field, measure.status

    assert write(work) == ("because", "running")


def test_the_diagram_shows_every_step():
    drawn = diagram()
    for step in STEPS:
        assert f"{step.target}: {step.label}" in drawn
