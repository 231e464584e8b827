"""Before the meeting: planned, its agenda made and put in order, members invited, papers for each without what is closed to them."""

import io
import zipfile
from datetime import date, timedelta
from typing import Any

import pytest
from docx import Document
from sqlalchemy import select

from fundapp.funds.models import Call
from fundapp.kit.errors import Refused, Stale
from fundapp.mail.models import Message
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import agenda, inviting, meetings, rounds
from fundapp.rating.proceedings import AgendaItem, Meeting
from tests.factories import MORNING
from tests.rating.conftest import FIRST, SECOND, Round, open_and_declare, rated_call, sign, sign_all
from tests.rating.test_voting import LATER


def planned(session: Any, found: Round, **more: Any) -> Meeting:
    call = session.get_one(Call, found.call.id)
    return inviting.plan(session, call, starts_at=LATER, place="Ulaanbaatar", by=found.manager, at=MORNING, **more)


def order(session: Any, meeting: Meeting) -> list[tuple[int, int, int]]:
    """(number, rank, measure id) of each item."""
    return [(item.no, item.rank, item.measure_id) for item in agenda.items(session, meeting.id).values()]


def ranked(session: Any) -> Round:
    """Three proposals, the last of them the best, the other two equal."""
    found = rated_call(session, blind=False)
    open_and_declare(session, found)
    for n, measure in enumerate(found.measures):
        for person in found.members[:3]:
            sign(session, measure, person, SECOND if n == 2 else FIRST)
    rounds.close_round(session, found.call, by=found.chair, at=MORNING)
    return found


def test_the_agenda_is_in_ranked_order_and_equals_stand_by_number(write: Any) -> None:
    def work(session: Any) -> Any:
        found = ranked(session)
        first, second, third = (m.id for m in found.measures)
        rows = order(session, planned(session, found))
        return rows, [third, first, second]

    rows, ids = write(work)
    assert [row[0] for row in rows] == [1, 2, 3]
    assert next(row[2] for row in rows) == ids[0]
    assert sorted(row[2] for row in rows) == sorted(ids)


def test_items_are_moved_taken_off_and_put_back(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = planned(session, closed)
        one, two, three = agenda.items(session, meeting.id).values()
        ids = [one.measure_id, two.measure_id, three.measure_id]
        how: Any = {"by": closed.manager, "at": MORNING}
        inviting.move_to(session, meeting, three, 1, version=meeting.version, **how)
        moved = [row[2] for row in order(session, meeting)]
        with pytest.raises(Stale):
            inviting.take_off(session, meeting, one, version=1, **how)
        inviting.take_off(session, meeting, one, version=meeting.version, **how)
        off = order(session, meeting)
        inviting.put_back(session, meeting, session.get_one(Measure, ids[0]), version=meeting.version, **how)
        again = inviting.put_all(session, meeting, **how)
        return (
            moved == [ids[2], ids[0], ids[1]],
            [row[0] for row in off],
            [row[2] for row in order(session, meeting)] == [ids[2], ids[1], ids[0]],
            again,
        )

    assert write(work) == (True, [1, 2], True, 0)


def test_a_meeting_is_planned_for_a_day_to_come_with_a_place_and_only_once(write: Any, closed: Round) -> None:
    def work(session: Any) -> list[str]:
        call = session.get_one(Call, closed.call.id)
        said = []
        for facts in (
            {},
            {"starts_at": LATER},
            {"starts_at": MORNING - timedelta(hours=1), "place": "x"},
            {"answer_by": MORNING.date()},
        ):
            with pytest.raises(Refused) as why:
                inviting.plan(session, call, by=closed.manager, at=MORNING, **facts)
            said.append(why.value.reasons[0])
        planned(session, closed)
        with pytest.raises(Refused) as why:
            planned(session, closed)
        return [*said, why.value.reasons[0]]

    assert write(work) == [
        "Please say when the meeting begins, or until when members answer in writing.",
        "Please say where, or give the link.",
        "This moment has passed already.",
        "Please give the members at least until tomorrow.",
        "A meeting on this call is still open; close it first.",
    ]


def test_every_member_gets_the_invitation_once_and_again_when_it_is_put_off(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = planned(session, closed)
        how: Any = {"by": closed.manager, "at": MORNING}
        count = inviting.invite(session, meeting, version=meeting.version, **how)
        inviting.put_off(
            session, meeting, starts_at=LATER + timedelta(days=1), answer_by=None, place="Erdenet", secret=False,
            version=meeting.version, **how,
        )  # fmt: skip
        mails = session.scalars(select(Message).where(Message.kind == "rating/invited").order_by(Message.id)).all()
        return (
            count,
            len(mails),
            mails[0].subject,
            mails[-1].subject,
            "Erdenet" in mails[-1].body,
            f"/rating/meetings/{meeting.id}/meeting.ics" in mails[0].body,
        )

    assert write(work) == (
        5, 10, "Invitation: meeting of the committee on 9 March 2026", "Invitation: meeting of the committee on 10 March 2026", True, True,
    )  # fmt: skip


def words(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as whole:
        return "".join(whole.read(name).decode(errors="ignore") for name in whole.namelist())


def test_the_papers_leave_out_wholly_what_a_conflict_closes(write: Any, client: Any) -> None:
    def work(session: Any) -> tuple[Round, int, list[str], list[str]]:
        found = rated_call(session, blind=False)
        open_and_declare(session, found, conflict=found.members[3])
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        return (
            found,
            planned(session, found).id,
            [found.first.title, found.first.number or ""],
            [found.measures[1].title],
        )

    found, meeting, closed_words, open_words = write(work)
    free = client(found.chair).get(f"/rating/meetings/{meeting}/papers")
    shut = client(found.members[3]).get(f"/rating/meetings/{meeting}/papers")
    assert (free.status_code, shut.status_code) == (200, 200)
    assert all(word in words(free.content) for word in (closed_words[0], *open_words))
    assert [word for word in closed_words if word in words(shut.content)] == []
    texts = [paragraph.text for paragraph in Document(io.BytesIO(shut.content)).paragraphs]
    assert "1. closed to you, because of a conflict of interest" in texts
    assert client(write(lambda s: s.get_one(Person, found.first.owner_id))).get(
        f"/rating/meetings/{meeting}/papers"
    ).status_code in (403, 404)


def test_the_papers_of_a_blind_call_hide_names_in_the_texts(write: Any, client: Any, closed: Round) -> None:
    meeting = write(lambda session: planned(session, closed).id)
    text = words(client(closed.chair).get(f"/rating/meetings/{meeting}/papers").content)
    assert "Wool is sold unwashed, says […] of the place" in text


def test_the_entry_for_the_calendar_is_the_meeting(write: Any, client: Any, closed: Round) -> None:
    meeting = write(lambda session: planned(session, closed).id)
    lines = client(closed.chair).get(f"/rating/meetings/{meeting}/meeting.ics").text.split("\r\n")
    assert {
        "DTSTART:20260309T090000Z",
        "DTEND:20260309T110000Z",
        "LOCATION:Ulaanbaatar",
        f"UID:meeting-{meeting}@testserver",
    } <= set(lines)


def test_the_whole_way_in_the_browser_from_planning_to_inviting(write: Any, client: Any, closed: Round) -> None:
    manager = client(closed.manager)
    assert manager.get(f"/rating/meetings/plan?call={closed.call.id}").status_code == 200
    blank = manager.post(
        f"/rating/calls/{closed.call.id}/plan",
        data={"way": "sitting", "day": "2026-03-09", "hour": "", "place": "Here"},
    )
    assert (blank.status_code, "at what hour" in blank.text) == (422, True)
    made = manager.post(
        f"/rating/calls/{closed.call.id}/plan",
        data={"way": "sitting", "day": "2026-03-09", "hour": "10:00", "place": "https://example.org/room"},
    )
    page = made.headers["location"]
    assert manager.get(page).status_code == 200
    meeting = write(lambda session: session.scalars(select(Meeting)).one())
    assert (meeting.starts_at, meeting.held_on) == (LATER.replace(hour=9), date(2026, 3, 9))
    item = write(lambda session: list(agenda.items(session, meeting.id).values())[1].id)
    assert manager.post(f"/rating/items/{item}/move-to", data={"version": meeting.version, "no": 1}).status_code == 303
    assert write(lambda session: session.get_one(AgendaItem, item).no) == 1
    version = write(lambda session: session.get_one(Meeting, meeting.id).version)
    assert manager.post(f"/rating/meetings/{meeting.id}/invite", data={"version": version}).status_code == 303
    assert client(closed.members[0]).get(f"/rating/meetings/{meeting.id}/live").status_code == 200
    assert client(closed.members[0]).get(f"/rating/meetings/{meeting.id}/agenda").status_code == 403


def test_money_for_complaints_and_the_ceiling_of_a_branch_stand_against_giving_more(write: Any, closed: Round) -> None:
    def work(session: Any) -> list[str]:
        from fundapp.rating.models import Scheme  # noqa: PLC0415
        from fundapp.rating.moving import Typed  # noqa: PLC0415

        scheme = session.get_one(Scheme, closed.scheme.id)
        scheme.complaint_reserve, scheme.branch_ceiling = 96_000_00, 4_500_00
        session.flush()
        call = session.get_one(Call, closed.call.id)
        held: Any = {"held_on": MORNING.date(), "place": "Here", "present": [p.id for p in closed.everybody]}
        meeting = meetings.hold(session, call, by=closed.manager, at=MORNING, **held)
        measure = session.get_one(Measure, closed.first.id)
        typed = Typed("approve", 5, 0, amount=5_000_00)
        meetings.decide(session, meeting, measure, typed, version=meeting.version, by=closed.manager, at=MORNING)
        return [
            reason.partition(": ")[2] or reason for reason in agenda.why_not_close(session, meeting, MORNING.date())
        ]

    money, branch = write(work)
    assert money == "EUR\u00a05,000.00 are to be given, EUR\u00a04,000.00 are left in the call and the fund."
    assert branch == "EUR\u00a05,000.00 are to be given, EUR\u00a04,500.00 are left for one branch."
