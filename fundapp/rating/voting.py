"""Votes on a motion: on the members' own screens, or answers in writing.

Nothing takes effect before the chair closes the meeting. Of a secret vote only that somebody voted is kept, and the sums.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update

from fundapp.history.service import record
from fundapp.kit.database import ReadSession, WriteSession, locked
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.kit.i18n import gettext as _
from fundapp.kit.i18n import ngettext
from fundapp.people.models import Person
from fundapp.people.permissions import Action, may
from fundapp.rating import agenda, moving, queries, quorum, screen, standing
from fundapp.rating.proceedings import AgendaItem, Decision, Meeting, Vote

CHOICES = ("yes", "no", "abstain")


def open_vote(session: WriteSession, meeting: Meeting, item: AgendaItem, *, by: Person, at: datetime) -> None:
    """Members vote from now on; what was counted on it before is void."""
    moving.unclosed(session, meeting, by)
    locked(session, item)
    decision = _motion(session, item)
    here = screen.around(session, meeting, item.measure_id)
    begun = meeting.invited_at if meeting.written else meeting.began_at
    reasons = [] if begun is not None else [_("The meeting has not begun.")]
    if here.there < here.needed:
        reasons.append(
            _(
                "%(there)s members without a conflict are present, %(asked)s are needed.",
                there=here.there,
                asked=here.needed,
            )
        )
    if reasons:
        raise Refused(*reasons)
    moving.forget_votes(session, item)
    decision.yes = decision.no = decision.abstained = 0
    decision.casting, decision.present = None, []
    item.voting_from = at
    meeting.current_id = item.id
    meeting.version += 1
    session.flush()


def vote(session: WriteSession, item: AgendaItem, choice: str, *, note: str = "", by: Person, at: datetime) -> None:
    """One's own vote. An open one may be changed until the vote is closed; a secret one is given once, and nobody can tell whose it is."""
    if choice not in CHOICES:
        raise Refused(_("Vote yes, no, or abstain."), field="choice")
    locked(session, item)
    meeting = session.get_one(Meeting, item.meeting_id)
    if reasons := why_not_vote(session, meeting, item, by):
        raise Refused(*reasons)
    mine = session.scalars(select(Vote.id).where(Vote.item_id == item.id, Vote.person_id == by.id)).one_or_none()
    if mine is not None and meeting.secret:
        raise Refused(_("You have voted. A secret vote cannot be changed, because nobody knows which one is yours."))
    given = {"choice": None, "note": "", "at": item.voting_from} if meeting.secret else {"choice": choice, "note": note.strip(), "at": at}  # fmt: skip
    if mine is None:
        session.add(Vote(item_id=item.id, person_id=by.id, **given))
    else:
        session.execute(update(Vote).where(Vote.id == mine).values(**given))
    if meeting.secret:
        counted = {"yes": AgendaItem.yes, "no": AgendaItem.no_, "abstain": AgendaItem.abstained}[choice]
        session.execute(update(AgendaItem).where(AgendaItem.id == item.id).values({counted: counted + 1}))
    session.flush()


def why_not_vote(session: ReadSession, meeting: Meeting, item: AgendaItem, person: Person) -> list[str]:
    """All reasons against this person voting on the item now."""
    if not may(person, Action.VOTE):
        return [_("You have no vote here.")]
    table = screen.around(session, meeting, item.measure_id)
    mine = next((seat for seat in table.seats if seat.person_id == person.id), None)
    if mine is None:
        return [_("You have no vote here.")]
    if mine.conflict:
        return [_("You have a conflict of interest in this item and do not vote on it.")]
    reasons = []
    if meeting.status != "open" or item.voting_from is None or item.voting_to is not None:
        reasons.append(_("The vote is not open."))
    if not mine.present:
        reasons.append(_("Say first that you are here."))
    elif person.id not in table.entitled:
        reasons.append(_("You are a substitute, and nobody needs one on this item."))
    return reasons


def close_vote(session: WriteSession, meeting: Meeting, item: AgendaItem, *, by: Person, at: datetime) -> Decision:
    """Counts the votes into the decision. Who is there and did not vote has abstained; of a tie in an open vote the chair's own
    vote decides."""
    moving.unclosed(session, meeting, by)
    locked(session, item)
    if item.voting_from is None or item.voting_to is not None:
        raise Refused(_("The vote is not open."))
    decision = _motion(session, item)
    given = agenda.votes(session, [item.id])[item.id]
    here = screen.around(session, meeting, item.measure_id)
    strangers = [vote for vote in given if vote.person_id not in here.entitled]
    if strangers and meeting.secret:
        raise Refused(
            ngettext(
                "One vote is of a member who may no longer vote on it. Open the vote again.",
                "%(num)s votes are of members who may no longer vote on it. Open the vote again.",
                len(strangers),
            )
        )
    for vote in strangers:  # a conflict was declared, or they have gone
        session.delete(vote)
    given = [vote for vote in given if vote not in strangers]
    if meeting.written and len(given) < len(here.entitled):
        raise Refused(_("In writing everybody who may vote has to answer."))
    _count(meeting, item, decision, given, len(here.entitled))
    item.voting_to = at
    decision.present = sorted(v.person_id for v in given) if meeting.written else list(meeting.present)
    if decision.yes == decision.no and not meeting.secret:
        leads = agenda.leader(here.members, decision.present, here.conflicted)
        cast = {vote.person_id: vote.choice for vote in given}.get(leads or 0)
        decision.casting = cast if cast in ("yes", "no") else None
    meeting.version += 1
    record(
        session, "rating.close_vote", item, by=by, at=at, yes=decision.yes, no=decision.no, abstained=decision.abstained,
        secret=meeting.secret,
    )  # fmt: skip
    session.flush()
    return decision


def count_all(session: WriteSession, meeting: Meeting, *, by: Person, at: datetime) -> None:
    """Counts the answers in writing to every item; Refused as long as somebody who may vote has not answered."""
    moving.unclosed(session, meeting, by)
    if reasons := why_not_count(session, meeting):
        raise Refused(*reasons)
    everybody: set[int] = set()
    for item in agenda.items(session, meeting.id).values():
        if item.voting_from is not None and item.voting_to is None:
            everybody |= set(close_vote(session, meeting, item, by=by, at=at).present)
    meeting.present = sorted(everybody | set(meeting.present))


def why_not_count(session: ReadSession, meeting: Meeting) -> list[str]:
    """In writing all must answer: how many are missing, by item."""
    items = agenda.items(session, meeting.id)
    given = agenda.votes(session, [item.id for item in items.values()])
    measures = {m.id: m for m in queries.loaded(session, items)}
    seats = agenda.seats_of(session, meeting, list(measures.values()))
    reasons = []
    for id, item in items.items():
        missing = len(set(quorum.voters(seats[id])) - {vote.person_id for vote in given[item.id]})
        if item.voting_to is None and missing:
            said = ngettext("one member has not answered.", "%(num)s members have not answered.", missing)
            reasons.append(f"{measures[id].number}: {said}")
    return reasons


def break_tie(
    session: WriteSession, meeting: Meeting, item: AgendaItem, choice: str, *, by: Person, at: datetime
) -> None:
    """The chair (where the chair may not: the deputy) decides a tie that the own vote has not decided already."""
    moving.unclosed(session, meeting, by)
    locked(session, item)
    decision = _motion(session, item)
    if choice not in ("yes", "no"):
        raise Refused(_("Vote yes or no."), field="choice")
    if item.voting_to is None or decision.yes != decision.no or decision.casting:
        raise Refused(_("There is no tie to break."))
    _leads(session, meeting, item, by, decision.present)
    decision.casting = choice
    meeting.version += 1
    record(session, "rating.break_tie", item, by=by, at=at, choice=choice)


def countersign(session: WriteSession, meeting: Meeting, item: AgendaItem, *, by: Person, at: datetime) -> None:
    """The chair (where the chair may not: the deputy) signs that the decision departs from the ranking for the reason given."""
    moving.unclosed(session, meeting, by)
    if not may(by, Action.COUNTERSIGN):
        raise NotAllowed
    decision = _motion(session, item)
    _leads(session, meeting, item, by, decision.present or meeting.present)
    if not decision.deviation and (decision.outcome == "approve" or not decision.reasons):
        raise Refused(_("Say first why it departs from the ranking."))
    moving.sign(session, decision, by=by, at=at)
    meeting.version += 1


def _count(meeting: Meeting, item: AgendaItem, decision: Decision, given: Sequence[Vote], there: int) -> None:
    if meeting.secret:
        decision.yes, decision.no = item.yes, item.no_
    else:
        decision.yes = sum(vote.choice == "yes" for vote in given)
        decision.no = sum(vote.choice == "no" for vote in given)
    decision.abstained = there - decision.yes - decision.no


def _motion(session: ReadSession, item: AgendaItem) -> Decision:
    decision = standing.decisions(session, item.meeting_id).get(item.measure_id)
    if decision is None:
        raise Refused(_("There is no motion on it yet."))
    return decision


def _leads(session: ReadSession, meeting: Meeting, item: AgendaItem, by: Person, present: Sequence[int]) -> None:
    here = screen.around(session, meeting, item.measure_id)
    if agenda.leader(here.members, present, here.conflicted) != by.id:
        raise NotAllowed(_("Only the chair does this; where the chair has a conflict or is away, the deputy."))
