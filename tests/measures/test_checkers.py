"""Who checks a proposal: never who typed or wrote it."""

from datetime import timedelta

import pytest

from fundapp.kit import i18n
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.measures import checkers, checking, helping, queries, submission
from fundapp.measures.duties import DUTIES
from fundapp.measures.models import Measure
from fundapp.people.models import Branch
from fundapp.people.pairing import pair
from fundapp.people.permissions import Action, may
from fundapp.reminders.models import Obligation
from tests import factories
from tests.factories import MORNING
from tests.house.test_lists import counted

LATER = MORNING + timedelta(days=1)


@pytest.fixture
def lone(draft):
    """lone(session, kind) -> (measure, its only officer, an officer of the partner branch, a manager); sent after the officer helped."""

    def make(session, *kinds, partner=True):
        here = factories.branch(session, region="MN-041", name="Khövsgöl")
        there = factories.branch(session, region="MN-046", name="Uvs")
        officer = factories.person(session, role="officer", branch=here, name="Bat", family_name="Bold")
        other = factories.person(session, role="officer", branch=there, name="Tuya")
        manager = factories.person(session, role="manager", name="Saran")
        if partner:
            pair(session, here, there, by=factories.person(session, role="admin"), at=MORNING)
        measure = draft(session, branch=here)
        for kind in kinds:
            helping.note_help(session, measure, officer, kind, by=officer, at=MORNING)
        submission.submit(session, measure, by=measure.owner, at=MORNING)
        return measure, officer, other, manager

    return make


def names(people):
    return [person.given_name for person in people]


def test_explaining_the_rules_bars_nobody(write, lone):
    def work(session):
        measure, officer, _other, _manager = lone(session, "explained")
        turn = checkers.turn(session, measure)
        checking.answer(session, measure, {"E8": ("pass", "")}, by=officer, at=LATER)
        return names(turn.people), turn.place, turn.why, turn.helped, measure.check_branch_id

    assert write(work) == (["Bat"], "branch", "", ["B. Bat explained the rules"], None)


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("typed", "for Khövsgöl, because B. Bat typed it"),
        ("wrote", "for Khövsgöl, because B. Bat wrote it"),
    ],
)
def test_what_the_only_officer_typed_or_wrote_goes_to_the_partner_branch(write, lone, kind, why):
    def work(session):
        measure, officer, other, _manager = lone(session, kind)
        turn = checkers.turn(session, measure)
        with pytest.raises(Refused) as refused:
            checking.answer(session, measure, {"E8": ("pass", "")}, by=officer, at=LATER)
        checking.answer(session, measure, {"E8": ("pass", "")}, by=other, at=LATER)
        mine = measure.check_branch_id == other.roles[0].branch_id
        return names(turn.people), turn.place, turn.why, refused.value.reasons, mine

    barred = "You wrote or typed this proposal; another officer, the partner branch or head office checks it."
    assert write(work) == (["Tuya"], "partner", why, (barred,), True)


def test_a_second_officer_of_the_branch_comes_before_the_partner(write, lone):
    def work(session):
        measure, officer, _other, _manager = lone(session)
        factories.person(session, role="officer", branch=measure.branch, name="Dorj")
        helping.note_help(session, measure, officer, "typed", by=officer, at=LATER)
        return names(checkers.checkers(session, measure)), measure.check_branch_id

    assert write(work) == (["Dorj"], None)


def test_without_a_partner_head_office_checks(write, lone):
    def work(session):
        measure, _officer, other, manager = lone(session, "wrote", partner=False)
        turn = checkers.turn(session, measure)
        checking.answer(session, measure, {"E8": ("pass", "")}, by=manager, at=LATER)
        return names(turn.people), turn.place, queries.find(session, measure.id, visible_to=other)

    assert write(work) == (["Saran"], "head", None)


def test_noting_it_after_the_proposal_was_sent_gives_it_to_the_partner_too(write, lone):
    def work(session):
        measure, officer, other, manager = lone(session)
        before = queries.find(session, measure.id, visible_to=other)
        helping.note_help(session, measure, officer, "typed", by=manager, at=LATER)
        helping.note_help(session, measure, officer, "typed", by=manager, at=LATER)  # twice, and it stands once
        after = queries.find(session, measure.id, visible_to=other)
        return before, after is measure, checkers.turn(session, measure).helped

    assert write(work) == (None, True, ["B. Bat typed it"])


def test_the_partner_reads_and_checks_this_proposal_and_nothing_else(write, lone):
    def work(session):
        measure, _officer, other, _manager = lone(session, "typed")
        neighbour = factories.measure(session, status="submitted", branch=measure.branch)
        rights = {one for one in Action if may(other, one, measure) and not may(other, one, neighbour)}
        seen = [queries.find(session, one.id, visible_to=other) is not None for one in (measure, neighbour)]
        measure.status = "in_rating"
        session.flush()
        return rights, seen, queries.find(session, measure.id, visible_to=other)

    assert write(work) == ({Action.READ_CASE, Action.CHECK, Action.NOTE_HELP}, [True, False], None)


def test_the_reminder_of_the_check_goes_to_who_checks(write, lone):
    def work(session):
        measure, *_ = lone(session, "typed")
        duty = next(duty for duty in DUTIES if duty.kind == "measures.check")
        owed = session.query(Obligation).filter_by(kind="measures.check", case_id=measure.id).one()
        return names(duty.to(session, owed))

    assert write(work) == ["Tuya"]


def test_only_the_office_is_noted_and_only_by_who_may(write, lone):
    def work(session):
        measure, officer, _other, _manager = lone(session)
        stranger = factories.person(session, role="officer")
        with pytest.raises(Refused) as refused:
            helping.note_help(session, measure, measure.owner, "typed", by=officer, at=LATER)
        with pytest.raises(NotAllowed):
            helping.note_help(session, measure, officer, "typed", by=stranger, at=LATER)
        return refused.value.reasons

    assert write(work) == ("Only people of the office are noted here.",)


def test_the_reason_is_said_in_the_readers_language(write, lone):
    def work(session):
        measure, *_ = lone(session, "typed")
        measure.branch.names = {"mn": "Хөвсгөл"}
        with i18n.speaking("mn"):
            return "Хөвсгөл" in checkers.turn(session, measure).why

    assert write(work)


def test_who_checks_is_asked_in_two_questions_however_many_proposals_there_are(database, write, lone):
    def more(session):
        _measure, officer, _other, _manager = lone(session, "typed")
        branch = session.get(Branch, officer.roles[0].branch_id)
        for _one in range(5):
            measure = factories.measure(session, status="submitted", branch=branch)
            helping.helped(session, measure, officer, "wrote", by=officer, at=MORNING)

    write(more)
    with database.reading() as session:
        found = session.query(Measure).all()
        with counted(database) as seen:
            places = [turn.place for turn in checkers.turns(session, found).values()]
    assert (places, len(seen)) == (["partner"] * 6, 2)
