"""What is due is reminded of once per stage, to whom it concerns, however many processes look and however long they slept."""

import threading
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from fundapp.kit.database import Database
from fundapp.kit.errors import Refused
from fundapp.mail.jobs import send_due
from fundapp.mail.models import Message
from fundapp.people.models import Person
from fundapp.reminders import queries
from fundapp.reminders.duties import Duty, subject_id
from fundapp.reminders.jobs import alive, sweep_due
from fundapp.reminders.models import DayOff, Obligation
from fundapp.reminders.service import cancel, cancel_case, done, note_contact, owe, sweep
from tests import factories as make

DUE = date(2026, 3, 30)  # a Monday
KIND = "evaluation.visit"
ZONE = ZoneInfo("Europe/Berlin")


@pytest.fixture
def world(write, clock):
    """A measure with an officer of its branch, and something due for it."""

    def work(session):
        branch = make.branch(session)
        officer = make.person(session, role="officer", branch=branch, email="officer@example.org")
        measure = make.measure(session, status="running", branch=branch)
        obligation = owe(session, KIND, measure, due=DUE, title="Visit", at=clock())
        return measure, officer, obligation.id

    return write(work)


@pytest.fixture
def duties(world):
    _measure, officer, _id = world
    still = {"due": True}
    duty = Duty(
        KIND, (14, 0, -7), lambda session, obligation: still["due"],
        lambda session, obligation: [session.get_one(Person, officer.id)], "evaluation/visit", "/evaluation/{id}",
    )  # fmt: skip
    return {KIND: duty, "still": still}


@pytest.fixture
def swept(write, duties, clock):
    """swept(day) -> how many reminders were queued."""
    return lambda day: write(lambda session: sweep(session, {KIND: duties[KIND]}, on=day, at=clock()))


@pytest.fixture
def kept(write, world):
    return lambda: write(lambda session: session.get_one(Obligation, world[2]))


def subjects(write):
    return write(lambda session: [m.subject for m in session.scalars(select(Message).order_by(Message.id))])


def test_each_stage_reminds_once(swept, write):
    days = [DUE + timedelta(days=n) for n in range(-20, 20)]
    assert [day for day in days if swept(day)] == [DUE - timedelta(14), DUE, DUE + timedelta(7)]
    assert [swept(day) for day in days] == [0] * len(days)
    assert [subject.split(":")[0] for subject in subjects(write)] == [
        "Visit due in 14 days",
        "Visit due today",
        "Visit 7 days late",
    ]


def test_after_downtime_one_mail_tells_the_newest_stage(swept, write, kept):
    assert swept(DUE + timedelta(days=30)) == 1
    assert subjects(write) == ["Visit 30 days late: Visit"]
    assert kept().reminded == [14, 0, -7]


def test_what_is_done_is_not_reminded_of(swept, write, world, clock):
    write(lambda session: done(session, KIND, world[0], at=clock()))
    assert swept(DUE) == 0


def test_what_is_no_longer_due_is_cancelled_when_it_would_remind(swept, duties, kept, clock):
    duties["still"]["due"] = False
    assert swept(DUE - timedelta(days=15)) == 0
    assert kept().cancelled_at is None
    assert swept(DUE) == 0
    assert kept().cancelled_at == clock()


def test_a_promise_holds_the_reminder_back_and_never_moves_the_due_date(swept, write, world, kept, clock):
    _measure, officer, id = world
    write(
        lambda session: note_contact(
            session, session.get_one(Obligation, id), by=officer, at=clock(), promised=date(2026, 4, 2)
        )
    )
    assert [swept(day) for day in (DUE, date(2026, 4, 1), date(2026, 4, 2), date(2026, 4, 3))] == [0, 0, 0, 1]
    assert (kept().due, kept().contacted_by_id) == (DUE, officer.id)


def test_a_contact_says_something(write, world, clock):
    _measure, officer, id = world
    with pytest.raises(Refused):
        write(lambda session: note_contact(session, session.get_one(Obligation, id), by=officer, at=clock()))


def test_owed_again_the_date_follows_and_the_stages_begin_anew(swept, write, world, clock, kept):
    swept(DUE)
    later = date(2026, 5, 4)
    write(lambda session: owe(session, KIND, world[0], due=later, title="Visit", at=clock()))
    assert (kept().due, kept().reminded) == (later, [])
    assert swept(later - timedelta(days=14)) == 1
    assert write(lambda session: session.query(Obligation).count()) == 1


def test_owed_again_for_the_same_day_nothing_is_said_twice(swept, write, world, clock):
    swept(DUE)
    write(lambda session: owe(session, KIND, world[0], due=DUE, title="Visit", at=clock()))
    assert swept(DUE) == 0


@pytest.mark.parametrize(
    ("wanted", "moved"),
    [
        (date(2026, 3, 27), date(2026, 3, 27)),
        (date(2026, 3, 28), date(2026, 3, 30)),  # Saturday
        (date(2026, 4, 3), date(2026, 4, 7)),  # Good Friday, the weekend, Easter Monday
        (date(2026, 4, 11), date(2026, 4, 11)),  # a Saturday that is worked
    ],
)
def test_a_due_date_moves_to_the_next_working_day(write, world, clock, wanted, moved):
    def work(session):
        session.add_all(
            [
                DayOff(day=date(2026, 4, 3), name="Good Friday"),
                DayOff(day=date(2026, 4, 6), name="Easter Monday"),
                DayOff(day=date(2026, 4, 11), name="Worked instead", working=True),
            ]
        )
        return owe(session, "evaluation.other", world[0], due=wanted, title="x", at=clock()).due

    assert write(work) == moved


def test_cancelling_a_case_cancels_the_kinds_that_are_named(write, world, clock):
    measure = world[0]
    write(lambda session: owe(session, "measures.other", measure, due=DUE, title="x", at=clock()))
    write(lambda session: cancel_case(session, measure.id, at=clock(), kinds=["measures.other"]))
    left = write(lambda session: [o.kind for o in queries.of_case(session, measure.id) if o.cancelled_at is None])
    assert left == [KIND]
    write(lambda session: cancel(session, KIND, measure, at=clock()))
    assert write(lambda session: [o for o in queries.of_case(session, measure.id) if o.cancelled_at is None]) == []


def test_the_day_is_counted_in_the_zone_of_the_fund(database, duties, clock):
    clock.set(make.MORNING.replace(month=3, day=15, hour=23, minute=30))  # 16 March in Berlin
    assert sweep_due(database, {KIND: duties[KIND]}, ZONE, clock, None) == 1


def test_another_day_can_be_asked_for_and_mail_keeps_the_real_moment(database, duties, clock, write):
    assert sweep_due(database, {KIND: duties[KIND]}, ZONE, clock, DUE) == 1
    assert write(lambda session: session.scalars(select(Message.queued_at)).all()) == [clock()]


def test_a_beat_is_noted(database, duties, clock, write):
    sweep_due(database, {KIND: duties[KIND]}, ZONE, clock, None)
    minute = timedelta(minutes=1)
    assert write(lambda session: alive(session, clock(), within=minute))
    assert not write(lambda session: alive(session, clock() + 2 * minute, within=minute))


def test_four_heartbeats_at_once_send_each_reminder_once(database, write, duties, clock, smtp):
    def many(session):
        for _ in range(30):
            owe(session, KIND, make.measure(session, status="running"), due=DUE, title="Visit", at=clock())

    write(many)
    databases = [Database(database.url) for _ in range(4)]
    wrong = []

    def beat(each):
        try:
            for _ in range(3):
                sweep_due(each, {KIND: duties[KIND]}, ZONE, clock, DUE)
                send_due(each, smtp.url, "fund@example.org", "http://x", clock)
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=beat, args=(each,)) for each in databases]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    for each in databases:
        each.close()
    assert wrong == []
    assert len(smtp.messages) == 31
    assert len({mail.get_content().split("/evaluation/")[1].split()[0] for mail in smtp.messages}) == 31


def test_a_sweep_stops_at_its_limit_and_goes_on_next_time(write, duties, clock):
    def many(session):
        for _ in range(9):
            owe(session, KIND, make.measure(session, status="running"), due=DUE, title="Visit", at=clock())

    write(many)
    counts = [write(lambda s: sweep(s, {KIND: duties[KIND]}, on=DUE, at=clock(), limit=4)) for _ in range(4)]
    assert counts == [4, 4, 2, 0]


def test_officers_see_what_is_due_in_their_branch_and_managers_everything(write, world):
    _measure, officer, id = world
    other, manager = write(lambda session: (make.person(session, role="officer"), make.person(session, role="manager")))

    def seen(person):
        return [o.id for o in write(lambda session: queries.open_for(session, person, until=DUE))]

    assert (seen(officer), seen(other), seen(manager)) == ([id], [], [id])


def test_the_subject_leads_to_the_thing():
    assert subject_id(Obligation(subject="grants.report:12")) == 12
