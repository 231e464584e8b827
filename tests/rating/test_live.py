"""The meeting on many screens: only what is new is sent, nobody sees what is closed to them, nobody sees another's vote in time."""

import re
from typing import Any

import pytest
from sqlalchemy import event, select

from fundapp.measures.models import Measure
from fundapp.rating import rounds, running, voting
from fundapp.rating.proceedings import AgendaItem, Meeting, Vote
from tests.factories import MORNING
from tests.rating.conftest import Round, open_and_declare, rated_call, sign_all
from tests.rating.test_voting import LATER, begun, first, moved


@pytest.fixture
def running_meeting(write: Any, clock: Any) -> tuple[Round, int, int]:
    """(round, meeting id, item id): a vote is open on the first item; the last member has a conflict in it."""
    clock.set(LATER)

    def work(session: Any) -> tuple[Round, int, int]:
        found = rated_call(session)
        open_and_declare(session, found, conflict=found.members[3])
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        meeting = begun(session, found)
        item = next(i for i in session.scalars(select(AgendaItem)) if i.measure_id == found.first.id)
        running.call_up(session, meeting, item, by=found.manager, at=LATER)
        moved(session, found, meeting, item)
        voting.open_vote(session, meeting, item, by=found.manager, at=LATER)
        return found, meeting.id, item.id

    return write(work)


def test_what_has_not_changed_is_not_sent_again_and_a_change_is(
    write: Any, client: Any, running_meeting: tuple[Round, int, int]
) -> None:
    found, meeting, item = running_meeting
    chair, url = client(found.chair), f"/rating/meetings/{meeting}/live/now"
    mark = chair.get(url).headers["etag"]
    same = chair.get(url, headers={"if-none-match": mark})
    assert (same.status_code, same.content, same.headers["etag"], same.headers["cache-control"]) == (
        304,
        b"",
        mark,
        "no-store",
    )
    write(lambda s: voting.vote(s, s.get_one(AgendaItem, item), "no", by=found.members[0], at=LATER))
    news = chair.get(url, headers={"if-none-match": mark})
    assert (news.status_code, "1 of 4 have voted." in news.text) == (200, True)


def test_the_mark_is_another_for_everybody_and_in_every_language(
    client: Any, running_meeting: tuple[Round, int, int]
) -> None:
    found, meeting, _item = running_meeting
    url = f"/rating/meetings/{meeting}/live/now"
    one, two = client(found.chair).get(url), client(found.members[0]).get(url)
    german = client(found.chair).get(f"{url}?lang=de")
    assert one.text == two.text  # neither has voted
    assert len({one.headers["etag"], two.headers["etag"], german.headers["etag"]}) == 3


def test_who_has_a_conflict_sees_a_blank_item_with_its_number(
    write: Any, client: Any, running_meeting: tuple[Round, int, int]
) -> None:
    found, meeting, item = running_meeting
    shut = client(found.members[3])
    number = write(lambda session: session.get_one(AgendaItem, item).no)
    for page in ("live", "live/now"):
        text = shut.get(f"/rating/meetings/{meeting}/{page}").text
        assert f"Item {number} of 3" in text
        assert "Closed to you" in text
        assert [word for word in (found.first.title, found.first.number, "5,000", "have voted") if word in text] == []
    assert shut.post(f"/rating/items/{item}/vote", data={"choice": "yes"}).status_code == 404


def test_nobody_learns_of_a_single_vote_before_the_vote_is_closed(
    write: Any, client: Any, running_meeting: tuple[Round, int, int]
) -> None:
    found, meeting, item = running_meeting
    pages = [
        (found.members[1], "live/now"),
        (found.manager, "screen/now"),
        (found.manager, "run/now"),
        (found.chair, "run/now"),
    ]

    def told() -> list[str]:
        return [client(person).get(f"/rating/meetings/{meeting}/{page}").text for person, page in pages]

    def set_to(choice: str) -> list[str]:
        write(lambda s: voting.vote(s, s.get_one(AgendaItem, item), choice, by=found.members[0], at=LATER))
        return told()

    assert set_to("yes") == set_to("no") == set_to("abstain")
    write(
        lambda s: voting.close_vote(
            s, s.get_one(Meeting, meeting), s.get_one(AgendaItem, item), by=found.manager, at=LATER
        )
    )
    assert "Who voted how" in told()[2]


def test_of_a_secret_vote_nobody_is_named_afterwards_either(write: Any, client: Any, clock: Any, closed: Round) -> None:
    clock.set(LATER)

    def work(session: Any) -> tuple[int, int]:
        meeting = begun(session, closed, secret=True)
        item = first(session, meeting)
        moved(session, closed, meeting, item)
        voting.open_vote(session, meeting, item, by=closed.manager, at=LATER)
        for person in closed.everybody:
            voting.vote(session, item, "yes", by=person, at=LATER)
        voting.close_vote(session, meeting, item, by=closed.manager, at=LATER)
        return meeting.id, item.id

    meeting, _item = write(work)
    text = client(closed.manager).get(f"/rating/meetings/{meeting}/run/now").text
    assert ("Who voted how" in text, "5 yes, 0 no, 0 abstained." in text) == (False, True)


def test_the_shared_screen_names_no_person(client: Any, running_meeting: tuple[Round, int, int]) -> None:
    found, meeting, _item = running_meeting
    text = client(found.manager).get(f"/rating/meetings/{meeting}/screen/now").text
    assert found.first.title in text
    assert [person.given_name for person in found.everybody if person.given_name in text] == []
    assert client(found.members[0]).get(f"/rating/meetings/{meeting}/screen").status_code == 403


def test_a_member_says_that_they_are_here_votes_and_changes_the_vote_with_and_without_script(
    write: Any, client: Any, running_meeting: tuple[Round, int, int]
) -> None:
    found, meeting, item = running_meeting
    member = found.members[0]
    write(lambda s: running.tick(s, s.get_one(Meeting, meeting), member.id, there=False, by=found.manager, at=LATER))
    phone, script = client(member), {"hx-request": "true"}
    assert "Are you at the meeting?" in phone.get(f"/rating/meetings/{meeting}/live").text
    assert phone.post(f"/rating/meetings/{meeting}/come").headers["location"] == f"/rating/meetings/{meeting}/live"
    answer = phone.post(f"/rating/items/{item}/vote", data={"choice": "yes"}, headers=script)
    assert (answer.status_code, "Your vote is kept." in answer.text) == (200, True)
    assert phone.post(f"/rating/items/{item}/vote", data={"choice": "no"}).status_code == 303
    assert write(lambda session: session.scalars(select(Vote.choice)).all()) == ["no"]
    assert phone.post(f"/rating/items/{item}/vote", data={"choice": "perhaps"}).status_code == 409


def test_a_late_conflict_blanks_the_item_at_the_next_look(
    write: Any, client: Any, running_meeting: tuple[Round, int, int]
) -> None:
    from fundapp.measures import declaring as own  # noqa: PLC0415

    found, meeting, _item = running_meeting
    phone, url = client(found.members[0]), f"/rating/meetings/{meeting}/live/now"
    mark = phone.get(url).headers["etag"]
    write(lambda s: own.declare(
        s, s.get_one(Measure, found.first.id), conflict=True, kind="business", explanation="We buy.", by=found.members[0], at=LATER
    ))  # fmt: skip
    text = phone.get(url, headers={"if-none-match": mark}).text
    assert ("Closed to you" in text, found.first.title in text) == (True, False)


def test_the_meeting_is_led_and_closed_from_the_screen(write: Any, client: Any, clock: Any, closed: Round) -> None:
    clock.set(LATER)
    meeting = write(lambda session: begun(session, closed).id)
    lead, url = client(closed.manager), f"/rating/meetings/{meeting}"
    for n in range(3):
        page = lead.get(f"{url}/run").text
        item = int(re.findall(r"/rating/items/(\d+)/motion", page)[0])
        seen = re.findall(r'name="seen" value="(\w*)"', page)[0]
        motion = {"outcome": "approve", "amount": "5000", "seen": seen}
        assert lead.post(f"/rating/items/{item}/motion", data=motion).status_code == 303
        assert lead.post(f"/rating/items/{item}/open-vote").status_code == 303
        for person in closed.everybody:
            assert client(person).post(f"/rating/items/{item}/vote", data={"choice": "yes"}).status_code == 303
        assert lead.post(f"/rating/items/{item}/close-vote").status_code == 303
        following = re.findall(r'name="item" value="(\d+)"', lead.get(f"{url}/run/now").text)
        if n < 2:
            assert lead.post(f"{url}/call-up", data={"item": following[0]}).status_code == 303
    assert lead.get(url).status_code == 200
    assert lead.post(f"{url}/close").status_code == 403
    assert client(closed.chair).post(f"{url}/close").status_code == 303
    assert {write(lambda s, m=m: s.get_one(Measure, m.id).status) for m in closed.measures} == {"approved"}
    assert "The meeting is closed" in client(closed.members[0]).get(f"{url}/live/now").text


def test_in_writing_members_answer_with_a_word(write: Any, client: Any, clock: Any, closed: Round) -> None:
    from fundapp.funds.models import Call  # noqa: PLC0415
    from fundapp.rating import agenda, inviting  # noqa: PLC0415

    def work(session: Any) -> tuple[int, list[int]]:
        call = session.get_one(Call, closed.call.id)
        meeting = inviting.plan(session, call, answer_by=LATER.date(), by=closed.manager, at=MORNING)
        items = list(agenda.items(session, meeting.id).values())
        for item in items:
            moved(session, closed, meeting, item)
        inviting.invite(session, meeting, version=meeting.version, by=closed.manager, at=MORNING)
        return meeting.id, [item.id for item in items]

    meeting, items = write(work)
    phone = client(closed.members[0])
    assert "hx-trigger" not in phone.get(f"/rating/meetings/{meeting}/live").text
    assert phone.post(f"/rating/items/{items[0]}/vote", data={"choice": "no", "note": "Too dear."}).status_code == 303
    assert write(lambda session: session.scalars(select(Vote.note)).all()) == ["Too dear."]
    assert "One answer so far" in client(closed.manager).get(f"/rating/meetings/{meeting}/agenda").text


def asked(database: Any, client: Any, url: str) -> list[str]:
    """The questions that an address costs the database."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    client.get(url)
    event.listen(database.engine, "before_cursor_execute", note)
    assert client.get(url).status_code == 200
    event.remove(database.engine, "before_cursor_execute", note)
    return seen


@pytest.mark.sqlite
def test_what_is_asked_for_every_two_seconds_costs_few_questions(write: Any, client: Any, app: Any, clock: Any) -> None:
    def world(measures: int) -> tuple[Round, int]:
        def work(session: Any) -> tuple[Round, int]:
            found = rated_call(session, measures=measures)
            open_and_declare(session, found)
            sign_all(session, found)
            rounds.close_round(session, found.call, by=found.chair, at=MORNING)
            meeting = begun(session, found)
            item = first(session, meeting)
            moved(session, found, meeting, item)
            voting.open_vote(session, meeting, item, by=found.manager, at=LATER)
            return found, meeting.id

        return write(work)

    clock.set(LATER)
    database, costs = app.state.database, []
    for measures in (2, 6):
        found, meeting = world(measures)
        member, lead = client(found.members[0]), client(found.manager)
        pages = [(member, "/live/now"), (lead, "/screen/now"), (lead, "/run/now"), (lead, ""), (lead, "/agenda")]
        costs.append([len(asked(database, who, f"/rating/meetings/{meeting}{page}")) for who, page in pages])
    assert costs[0] == costs[1]
    assert costs[0][0] <= 8, asked(database, member, f"/rating/meetings/{meeting}/live/now")
