"""Who sees which measures, and declared conflicts of interest."""

import pytest

from fundapp.kit.errors import Refused
from fundapp.measures import conflicts, declaring, queries
from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Declaration
from tests import factories
from tests.factories import MORNING

SEEN = {
    "applicant": set(),
    "member": set(),
    "admin": set(),
    "officer": set(Status),
    "manager": set(Status),
    "auditor": set(Status) - {"draft"},
    "chair": {
        "rated", "approved", "reserved", "deferred", "rejected", "contracted", "running", "suspended", "terminated", "settled",
        "closed", "lapsed",
    },
    "finance": {"approved", "contracted", "running", "suspended", "terminated", "settled", "closed"},
}  # fmt: skip


@pytest.mark.parametrize("role", sorted(SEEN))
def test_a_role_sees_the_measures_of_its_states(write, role):
    def work(session):
        branch = factories.branch(session)
        for status in Status:
            factories.measure(session, status=status, branch=branch)
        person = factories.person(session, role=role, branch=branch if role == "officer" else None)
        return {m.status for m in (queries.find(session, id, visible_to=person) for id in range(1, 20)) if m}

    assert write(work) == SEEN[role]


def test_an_applicant_sees_the_own_proposal_and_an_officer_the_own_branch(write):
    def work(session):
        owner, branch = factories.person(session, role="applicant"), factories.branch(session)
        measure, other = factories.measure(session, owner=owner, branch=branch), factories.measure(session)
        officer = factories.person(session, role="officer", branch=branch)
        return [
            [queries.find(session, m.id, visible_to=person) is not None for m in (measure, other)]
            for person in (owner, officer)
        ]

    assert write(work) == [[True, False], [True, False]]


@pytest.mark.parametrize("role", ["manager", "officer", "chair", "auditor", "finance"])
def test_who_declared_a_conflict_does_not_see_the_measure_any_more(write, role):
    def work(session):
        branch = factories.branch(session)
        measure = factories.measure(session, status="approved", branch=branch)
        person = factories.person(session, role=role, branch=branch if role == "officer" else None)
        before = queries.find(session, measure.id, visible_to=person) is not None
        declaring.declare(session, measure, conflict=True, kind="family", by=person, at=MORNING)
        return before, queries.find(session, measure.id, visible_to=person)

    assert write(work) == (True, None)


def test_an_applicant_who_also_decides_keeps_the_own_proposal(write):
    def work(session):
        owner = factories.person(session, role="applicant")
        factories.give(session, owner, role="manager")
        measure = factories.measure(session, owner=owner)
        declaring.declare(session, measure, conflict=True, kind="same_organisation", by=owner, at=MORNING)
        return queries.find(session, measure.id, visible_to=owner) is not None

    assert write(work)


def test_a_late_declaration_takes_the_place_of_the_earlier_which_is_kept(write):
    def work(session):
        measure, member = factories.measure(session, status="in_rating"), factories.person(session, role="member")
        declaring.declare(session, measure, conflict=False, by=member, at=MORNING)
        declaring.declare(session, measure, conflict=False, by=member, at=MORNING)
        declaring.declare(
            session, measure, conflict=True, kind="business", explanation="Sells wool", by=member, at=MORNING
        )
        kept = session.query(Declaration).order_by(Declaration.id).all()
        closed = conflicts.closed_to(session, member.id) == [measure.id]
        return [(d.conflict, d.kind, d.replaced_at) for d in kept], closed

    assert write(work) == ([(False, None, MORNING), (True, "business", None)], True)


def test_a_conflict_says_what_kind_it_is(write):
    def work(session):
        measure, member = factories.measure(session, status="in_rating"), factories.person(session, role="member")
        with pytest.raises(Refused) as refused:
            declaring.declare(session, measure, conflict=True, kind="dislike", by=member, at=MORNING)
        return refused.value.field

    assert write(work) == "kind"
