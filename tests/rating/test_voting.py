"""A meeting that runs from the screen: motions, votes, ties, what voids them; and answers in writing."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.funds.models import Call
from fundapp.grants import service as grants
from fundapp.history.models import Entry
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.measures import declaring as own
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import agenda, inviting, meetings, moving, rounds, running, screen, standing, voting
from fundapp.rating.models import Member
from fundapp.rating.moving import Typed
from fundapp.rating.proceedings import AgendaItem, Decision, Meeting, Vote
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import Round, open_and_declare, rated_call, sign_all

LATER = MORNING + timedelta(days=7)
YES = Typed("approve", 0, 0, amount=5_000_00)


def begun(session: Any, found: Round, present: list[Person] | None = None, *, secret: bool = False) -> Meeting:
    """A meeting planned by the manager that has begun, with the first item called up."""
    call = session.get_one(Call, found.call.id)
    meeting = inviting.plan(
        session, call, starts_at=LATER, place="Ulaanbaatar", secret=secret, by=found.manager, at=MORNING
    )
    running.begin(session, meeting, by=found.manager, at=LATER)
    for person in found.everybody if present is None else present:
        running.come(session, meeting, by=person, at=LATER)
    return meeting


def first(session: Any, meeting: Meeting) -> AgendaItem:
    return next(iter(agenda.items(session, meeting.id).values()))


def moved(session: Any, found: Round, meeting: Meeting, item: AgendaItem, motion: Typed = YES) -> Decision:
    before = standing.decisions(session, meeting.id).get(item.measure_id)
    return moving.move(session, meeting, item, motion, seen=moving.mark_of(before), by=found.manager, at=LATER)


def cast(session: Any, item: AgendaItem, people: list[Person], choices: str) -> None:
    words = {"y": "yes", "n": "no", "a": "abstain"}
    for person, choice in zip(people, choices, strict=True):
        voting.vote(session, item, words[choice], by=person, at=LATER)


def voted(
    session: Any, found: Round, meeting: Meeting, choices: str, motion: Typed = YES
) -> tuple[AgendaItem, Decision]:
    """The first item moved, voted on by everybody in their order, and counted."""
    item = first(session, meeting)
    moved(session, found, meeting, item, motion)
    voting.open_vote(session, meeting, item, by=found.manager, at=LATER)
    cast(session, item, found.everybody[: len(choices)], choices)
    return item, voting.close_vote(session, meeting, item, by=found.manager, at=LATER)


def test_votes_are_counted_when_the_vote_is_closed_and_who_did_not_vote_has_abstained(
    write: Any, closed: Round
) -> None:
    def work(session: Any) -> Any:
        _item, decision = voted(session, closed, begun(session, closed), "yyn")
        return decision.yes, decision.no, decision.abstained, len(decision.present)

    assert write(work) == (2, 1, 2, 5)


def test_an_open_vote_may_be_changed_until_it_is_closed(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begun(session, closed)
        item = first(session, meeting)
        moved(session, closed, meeting, item)
        voting.open_vote(session, meeting, item, by=closed.manager, at=LATER)
        cast(session, item, [closed.chair, closed.chair], "yn")
        decision = voting.close_vote(session, meeting, item, by=closed.manager, at=LATER)
        with pytest.raises(Refused) as why:
            voting.vote(session, item, "yes", by=closed.chair, at=LATER)
        return decision.yes, decision.no, why.value.reasons

    assert write(work) == (0, 1, ("The vote is not open.",))


def test_of_a_secret_vote_only_that_somebody_voted_is_kept(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begun(session, closed, secret=True)
        item = first(session, meeting)
        moved(session, closed, meeting, item)
        voting.open_vote(session, meeting, item, by=closed.manager, at=LATER)
        cast(session, item, closed.everybody, "yynya")
        with pytest.raises(Refused):
            voting.vote(session, item, "no", by=closed.chair, at=LATER)
        rows = session.scalars(select(Vote)).all()
        told = [entry.facts for entry in session.scalars(select(Entry).where(Entry.action.like("rating.%vote%")))]
        decision = voting.close_vote(session, meeting, item, by=closed.manager, at=LATER)
        return (
            {(vote.choice, vote.note, vote.at) for vote in rows},
            told,
            (decision.yes, decision.no, decision.abstained),
        )

    assert write(work) == ({(None, "", LATER)}, [], (3, 1, 1))


def test_the_chairs_own_vote_breaks_a_tie(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        _item, decision = voted(session, closed, begun(session, closed), "ynyna")
        return decision.casting

    assert write(work) == "yes"


def test_a_chair_who_abstained_or_votes_in_secret_breaks_the_tie_afterwards(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begun(session, closed, secret=True)
        item, decision = voted(session, closed, meeting, "aynyn")
        open_ = agenda.why_not_close(session, meeting, LATER.date())
        with pytest.raises(NotAllowed):
            voting.break_tie(session, meeting, item, "yes", by=closed.manager, at=LATER)
        voting.break_tie(session, meeting, item, "no", by=closed.chair, at=LATER)
        lost = agenda.why_not_close(session, meeting, LATER.date())
        return [r.partition(": ")[2] for r in (*open_, *lost)], decision.casting

    assert write(work) == (
        ["the chair has not broken the tie yet.", "the chair has broken the tie against it; put another motion."], "no",
    )  # fmt: skip


def test_another_motion_voids_the_votes_and_other_arguments_do_not(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begun(session, closed)
        item, _decision = voted(session, closed, meeting, "yyyyy")
        kept = moved(session, closed, meeting, item, Typed("approve", 0, 0, amount=5_000_00, arguments="Clear to all."))
        before = kept.yes
        changed = moved(session, closed, meeting, item, Typed("approve", 0, 0, amount=4_000_00))
        votes = session.scalars(select(Vote)).all()
        return before, changed.yes, item.voting_from, votes

    assert write(work) == (5, 0, None, [])


def test_two_who_put_a_motion_at_once_are_told(write: Any, closed: Round) -> None:
    def work(session: Any) -> None:
        meeting = begun(session, closed)
        item = first(session, meeting)
        moved(session, closed, meeting, item)
        with pytest.raises(Stale):
            moving.move(session, meeting, item, YES, seen="", by=closed.chair, at=LATER)

    write(work)


def test_who_has_a_conflict_or_is_not_there_does_not_vote(write: Any) -> None:
    def work(session: Any) -> list[tuple[str, ...]]:
        found = rated_call(session, measures=1)
        open_and_declare(session, found, conflict=found.members[3])
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        meeting = begun(session, found, [found.chair, *found.members[1:]])
        item = first(session, meeting)
        moved(session, found, meeting, item)
        voting.open_vote(session, meeting, item, by=found.manager, at=LATER)
        said = []
        for person in (found.members[3], found.members[0], found.manager):
            with pytest.raises(Refused) as why:
                voting.vote(session, item, "yes", by=person, at=LATER)
            said.append(why.value.reasons)
        return said

    assert write(work) == [
        ("You have a conflict of interest in this item and do not vote on it.",), ("Say first that you are here.",), ("You have no vote here.",),
    ]  # fmt: skip


def test_a_conflict_declared_after_the_vote_takes_the_vote_out(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begun(session, closed)
        item = first(session, meeting)
        moved(session, closed, meeting, item)
        voting.open_vote(session, meeting, item, by=closed.manager, at=LATER)
        cast(session, item, closed.everybody, "yynny")
        measure = session.get_one(Measure, item.measure_id)
        own.declare(
            session, measure, conflict=True, kind="business", explanation="We buy from them.", by=closed.members[3], at=LATER
        )  # fmt: skip
        decision = voting.close_vote(session, meeting, item, by=closed.manager, at=LATER)
        return decision.yes, decision.no, decision.abstained, len(agenda.votes(session, [item.id])[item.id])

    assert write(work) == (2, 2, 0, 4)


def test_a_vote_needs_a_quorum_and_nobody_goes_in_the_midst_of_it(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begun(session, closed, closed.everybody[:2])
        item = first(session, meeting)
        moved(session, closed, meeting, item)
        with pytest.raises(Refused) as few:
            voting.open_vote(session, meeting, item, by=closed.manager, at=LATER)
        running.come(session, meeting, by=closed.members[2], at=LATER)
        voting.open_vote(session, meeting, item, by=closed.manager, at=LATER)
        voting.vote(session, item, "yes", by=closed.chair, at=LATER)
        with pytest.raises(Refused) as gone:
            running.tick(session, meeting, closed.chair.id, there=False, by=closed.manager, at=LATER)
        return few.value.reasons, gone.value.reasons

    assert write(work) == (
        ("2 members without a conflict are present, 3 are needed.",), ("This member has voted in the vote that is open; close it first.",),
    )  # fmt: skip


def test_where_the_chair_has_a_conflict_the_deputy_breaks_the_tie(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session, measures=1)
        deputy = deputised(session, found)
        open_and_declare(session, found, conflict=found.chair)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=deputy, at=MORNING)
        meeting = begun(session, found, secret=True)
        item = first(session, meeting)
        moved(session, found, meeting, item)
        voting.open_vote(session, meeting, item, by=found.manager, at=LATER)
        cast(session, item, found.members, "yynn")
        decision = voting.close_vote(session, meeting, item, by=found.manager, at=LATER)
        voting.break_tie(session, meeting, item, "yes", by=deputy, at=LATER)
        return decision.casting, agenda.why_not_close(session, meeting, LATER.date())

    assert write(work) == ("yes", [])


def deputised(session: Any, found: Round) -> Person:
    """The first member, as the deputy."""
    session.scalars(select(Member).where(Member.person_id == found.members[0].id)).one().deputy = True
    deputy = session.get_one(Person, found.members[0].id)
    make.give(session, deputy, role="chair")
    return deputy


def test_a_chair_with_a_conflict_does_not_countersign_the_deputy_does(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session, measures=1)
        deputy = deputised(session, found)
        open_and_declare(session, found, conflict=found.chair)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=deputy, at=MORNING)
        meeting = begun(session, found)
        item = first(session, meeting)
        moved(session, found, meeting, item, Typed("reject", 0, 0, rule="costs", reasons="Twice the price."))
        voting.open_vote(session, meeting, item, by=found.manager, at=LATER)
        cast(session, item, found.members, "yyyy")
        decision = voting.close_vote(session, meeting, item, by=found.manager, at=LATER)
        with pytest.raises(NotAllowed) as why:
            voting.countersign(session, meeting, item, by=found.chair, at=LATER)
        with pytest.raises(Refused) as closing:
            meetings.close_meeting(session, meeting, by=found.chair, at=LATER, countersign=True)
        before = decision.countersigned_by_id
        voting.countersign(session, meeting, item, by=deputy, at=LATER)
        meetings.close_meeting(session, meeting, by=found.chair, at=LATER)
        return why.value.reason, closing.value.reasons[0].partition(": ")[2], before, decision.countersigned_by_id == deputy.id  # fmt: skip

    assert write(work) == (
        "Only the chair does this; where the chair has a conflict or is away, the deputy.",
        "you have a conflict of interest here; the deputy countersigns first.", None, True,
    )  # fmt: skip


def test_a_departure_waits_for_a_chair_who_countersigns_it(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begun(session, closed)
        item, _decision = voted(
            session, closed, meeting, "yyyyy", Typed("reject", 0, 0, rule="costs", reasons="Twice the price.")
        )
        with pytest.raises(Refused) as why:
            meetings.close_meeting(session, meeting, by=closed.chair, at=LATER)
        voting.countersign(session, meeting, item, by=closed.chair, at=LATER)
        meetings.close_meeting(session, meeting, by=closed.chair, at=LATER)
        [decision] = standing.decisions(session, meeting.id).values()
        return (
            why.value.reasons[0].partition(": ")[2],
            decision.frozen["departs"],
            decision.countersigned_by_id == closed.chair.id,
        )

    assert write(work) == (
        "The money reaches it, and it is not approved. A chair countersigns this.", ["passed_over"], True,
    )  # fmt: skip


def test_a_withdrawn_proposal_leaves_the_meeting_with_its_motion_and_votes(write: Any, closed: Round) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        meeting = begun(session, closed)
        item, _decision = voted(session, closed, meeting, "yyyyy")
        measure = session.get_one(Measure, item.measure_id)
        grants.withdraw(
            session, measure, because="No land any more", by=session.get_one(Person, measure.owner_id), at=LATER
        )
        why = agenda.why_not_close(session, meeting, LATER.date())
        return (
            measure.status,
            measure.id in agenda.items(session, meeting.id),
            standing.decisions(session, meeting.id),
            why,
        )

    status, there, decisions, why = write(work)
    assert (status, there, decisions) == ("withdrawn", False, {})
    assert why == ["No decision has been typed in yet."]


def test_in_writing_all_must_answer_before_it_is_counted_and_closed(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        call = session.get_one(Call, closed.call.id)
        meeting = inviting.plan(session, call, answer_by=LATER.date(), by=closed.manager, at=MORNING)
        with pytest.raises(Refused):
            inviting.invite(session, meeting, version=meeting.version, by=closed.manager, at=MORNING)
        items = list(agenda.items(session, meeting.id).values())
        for item in items:
            moved(session, closed, meeting, item)
        written = inviting.invite(session, meeting, version=meeting.version, by=closed.manager, at=MORNING)
        for item in items:
            cast(session, item, closed.everybody[:4], "yyya")
        with pytest.raises(Refused) as why:
            voting.count_all(session, meeting, by=closed.manager, at=LATER)
        silent = [person.id for person in screen.silent(session, meeting)]
        for item in items:
            voting.vote(session, item, "no", note="Too dear.", by=closed.members[3], at=LATER)
        voting.count_all(session, meeting, by=closed.manager, at=LATER)
        meetings.close_meeting(session, meeting, by=closed.chair, at=LATER)
        measure = session.get_one(Measure, closed.first.id)
        return (
            written,
            len(why.value.reasons),
            silent == [closed.members[3].id],
            measure.status,
            meeting.held_on,
            len(meeting.present),
        )

    assert write(work) == (5, 3, True, "approved", LATER.date(), 5)


# Races


def at_once(*work: Any) -> list[BaseException | None]:
    """Runs these at the same moment; what each was refused with."""
    said: list[BaseException | None] = [None] * len(work)
    barrier = threading.Barrier(len(work))

    def run(n: int) -> None:
        barrier.wait()
        try:
            work[n]()
        except Refused as error:
            said[n] = error

    threads = [threading.Thread(target=run, args=(n,)) for n in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return said


@pytest.fixture
def ballot(write: Any, closed: Round) -> tuple[Round, int, int]:
    """(round, meeting id, item id) of a secret vote that is open, everybody there."""

    def work(session: Any) -> tuple[Round, int, int]:
        meeting = begun(session, closed, secret=True)
        item = first(session, meeting)
        moved(session, closed, meeting, item)
        voting.open_vote(session, meeting, item, by=closed.manager, at=LATER)
        return closed, meeting.id, item.id

    return write(work)


def test_members_who_vote_at_the_same_moment_are_all_counted(write: Any, ballot: tuple[Round, int, int]) -> None:
    found, _meeting, item_id = ballot

    def one(person: Person) -> Any:
        return lambda: write(lambda s: voting.vote(s, s.get_one(AgendaItem, item_id), "yes", by=person, at=LATER))

    assert at_once(*(one(person) for person in found.everybody)) == [None] * 5
    item = write(lambda session: session.get_one(AgendaItem, item_id))
    assert (item.yes, item.no_, item.abstained) == (5, 0, 0)


def test_a_vote_given_while_the_vote_is_closed_counts_or_is_refused(write: Any, ballot: tuple[Round, int, int]) -> None:
    found, meeting_id, item_id = ballot

    def vote() -> None:
        write(lambda s: voting.vote(s, s.get_one(AgendaItem, item_id), "yes", by=found.members[0], at=LATER))

    def close() -> None:
        write(lambda s: voting.close_vote(
            s, s.get_one(Meeting, meeting_id), s.get_one(AgendaItem, item_id), by=found.manager, at=LATER
        ))  # fmt: skip

    refused, none = at_once(vote, close)
    [decision] = write(lambda session: list(standing.decisions(session, meeting_id).values()))
    votes = write(lambda session: len(agenda.votes(session, [item_id])[item_id]))
    assert none is None
    assert (decision.yes, votes) == ((0, 0) if refused else (1, 1))
    assert decision.yes + decision.no + decision.abstained == 5
