"""The fixtures do what the other tests rest on."""

import pytest

from fundapp.measures.lifecycle import Status
from fundapp.measures.models import Measure
from tests import factories as make


@pytest.mark.parametrize("status", list(Status))
def test_a_measure_can_be_made_in_every_status(write, status):
    made = write(lambda session: make.measure(session, status=status))
    assert write(lambda session: session.get(Measure, made.id).status) == status


def test_a_funded_measure_with_everything_around_it_can_be_made(write):
    def work(session):
        measure = make.measure(session, status="running")
        manager = make.person(session, role="manager")
        contract = make.contract(session, measure=measure, by=manager)
        make.payment(session, contract=contract, prepared_by=manager, instalment=make.instalments(session, contract)[0])
        make.report(session, measure=measure)
        make.receipt(session, measure=measure, by=manager)
        make.evaluation(session, measure=measure)
        make.obligation(session, kind="disbursement.report", due=make.TODAY)
        make.bottleneck(session, branch=make.branch(session))
        make.donor(session, fund=make.fund(session), paid=100_00)
        committee = make.committee(session)
        scheme = make.scheme(session, call=make.call(session), committee=committee)
        for member in make.members_of(session, committee):
            make.sheet(session, measure=measure, person=member, scheme=scheme, status="signed", points=4)
        return sum(part.amount for part in make.instalments(session, contract)), measure.awarded

    planned, awarded = write(work)
    assert planned == awarded


def test_the_clock_moves_only_when_told(clock):
    assert clock() == make.MORNING
    assert clock.forward(days=2) == clock()
