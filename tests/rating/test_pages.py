"""Through the addresses, as a browser asks."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.measures.models import Measure
from fundapp.rating import queries, rounds, sheets, standing
from fundapp.rating.models import Sheet
from fundapp.rating.proceedings import Decision, Meeting
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import (
    CODES,
    FIRST,
    SECOND,
    Round,
    given,
    open_and_declare,
    rated_call,
    sheet_of,
    sign,
    sign_all,
)

BLIND = tuple(code for code in CODES if code != "R6")


def rows(points: dict[str, int]) -> dict[str, str]:
    """What the form of a sheet posts."""
    posted: dict[str, str] = {}
    for code, value in points.items():
        n = code[1:]
        posted |= {
            f"scores-{n}-code": code,
            f"scores-{n}-points": str(value),
            f"scores-{n}-comment": "as the text says",
        }
    return posted


def test_a_member_declares_scores_locks_and_signs_in_the_browser(write: Any, client: Any, database: Any) -> None:
    def world(session: Any) -> Round:
        found = rated_call(session, measures=1)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        return found

    found = write(world)
    member = found.members[0]
    browser = client(member)
    asked = browser.get(f"/rating/calls/{found.call.id}/declare")
    assert asked.status_code == 200
    name = f"said-{found.first.id}-answer"
    assert browser.post(f"/rating/calls/{found.call.id}/declare", data={name: "none"}).status_code == 303
    sheet = write(lambda s: sheet_of(s, s.get_one(Measure, found.first.id), member).id)
    assert browser.get(f"/rating/sheets/{sheet}").status_code == 200
    points = dict(zip(CODES, FIRST, strict=True))
    blind = {code: points[code] for code in BLIND}
    assert browser.post(f"/rating/sheets/{sheet}", data=rows(blind)).headers["location"] == f"/rating/sheets/{sheet}"
    assert browser.post(f"/rating/sheets/{sheet}/lock", data=rows(blind)).status_code == 303
    opened = browser.get(f"/rating/sheets/{sheet}")
    assert found.first.title in opened.text
    assert browser.post(f"/rating/sheets/{sheet}/review", data=rows({"R6": 5})).headers["location"].endswith("/sign")
    assert "72.0" in browser.get(f"/rating/sheets/{sheet}/sign").text
    assert browser.post(f"/rating/sheets/{sheet}/sign").status_code == 303
    kept = write(lambda s: s.get_one(Sheet, sheet))
    assert (kept.status, kept.total) == ("signed", 720000)


def crawl(browser: Any, start: list[str]) -> dict[str, str]:
    """Every page of the site that links lead to from `start`, by address."""
    seen: dict[str, str] = {}
    todo = list(start)
    while todo:
        url = todo.pop()
        if url in seen or len(seen) > 80:
            continue
        answer = browser.get(url)
        assert answer.status_code < 500, url
        seen[url] = answer.text
        if answer.status_code == 303:
            todo.append(answer.headers["location"])
        todo += [
            link for link in re.findall(r'href="(/[^"#]*)', answer.text) if link.startswith("/rating") or link == "/"
        ]
    return seen


def test_a_blind_rating_shows_no_name_on_any_page_before_the_member_has_locked(
    write: Any, client: Any, rated: Round
) -> None:
    member = rated.members[0]
    browser = client(member)
    mine = write(lambda s: [sheet.id for sheet, _no, _n in standing.my_sheets(s, member, [rated.call.id])])
    everywhere = [
        f"/rating/measures/{m.id}/{page}" for m in rated.measures for page in ("sheets", "answer", "promote", "meeting")
    ]
    everywhere += [f"/cases/{m.id}" for m in rated.measures] + [
        f"/rating/calls/{rated.call.id}/{page}" for page in ("declare", "ranking")
    ]
    everywhere += [
        "/measures?q=canary",
        "/rating/",
        *(f"/rating/sheets/{id}/{page}" for id in mine for page in ("sign", "conflict")),
    ]
    found = crawl(browser, [*everywhere, *(f"/rating/sheets/{id}" for id in mine)])
    said = [browser.post(f"/rating/sheets/{mine[0]}/save", data=rows({"R1": 4})).text]
    said.append(browser.post(f"/rating/sheets/{mine[0]}/lock", data=rows({"R1": 4})).text)
    assert [
        id for id in mine if "Wool is sold unwashed, says […] of the place; […] helps." in found[f"/rating/sheets/{id}"]
    ] == mine
    assert "The names are open" not in said[1]
    texts = {**found, **dict(enumerate(said))}
    assert {url: word for url, text in texts.items() for word in rated.secrets if word.lower() in text.lower()} == {}


@pytest.mark.parametrize("who", ["chair", "member"])
def test_no_page_ties_a_measure_to_its_number_in_a_blind_round(write: Any, client: Any, rated: Round, who: str) -> None:
    person = rated.chair if who == "chair" else rated.members[0]
    text = client(person).get(f"/rating/calls/{rated.call.id}").text
    assert "Proposal 1" in text
    assert not re.search(r"/(measures|cases)/\d", text)


def test_nobody_sees_what_others_gave_before_the_round_is_closed(write: Any, client: Any, rated: Round) -> None:
    def work(session: Any) -> None:
        measure = session.get_one(Measure, rated.first.id)
        for person in rated.members[:2]:
            sheet = sheet_of(session, measure, person)
            sheets.save(session, sheet, given(SECOND, BLIND), by=person, at=MORNING)
            sheets.lock(session, sheet, by=person, at=MORNING)
        sign(session, session.get_one(Measure, rated.measures[1].id), rated.members[0], FIRST)

    write(work)
    other = rated.members[2]
    pages = crawl(
        client(other), ["/rating/", f"/rating/calls/{rated.call.id}", f"/rating/calls/{rated.call.id}/ranking"]
    )
    theirs = write(lambda s: [sheet.id for sheet in s.scalars(select(Sheet)) if sheet.person_id != other.id])
    for text in pages.values():
        assert "because of the text" not in text
        assert "72.0" not in text
    browser = client(other)
    assert {browser.get(f"/rating/sheets/{id}").status_code for id in theirs} == {404}
    assert {browser.get(f"/rating/measures/{m.id}/sheets").status_code for m in rated.measures} == {403}
    assert "of 5" not in pages[f"/rating/calls/{rated.call.id}"]


def test_the_chair_and_the_manager_see_counts_and_no_scores(write: Any, client: Any, rated: Round) -> None:
    write(lambda s: sign(s, s.get_one(Measure, rated.first.id), rated.members[0], FIRST) and None)
    for person, how_far in ((rated.chair, False), (rated.manager, True)):  # the chair scores too and has not signed
        answer = client(person).get(f"/rating/calls/{rated.call.id}")
        text = answer.text
        assert answer.status_code == 200
        assert ("1 of 5" in text) is how_far
        assert "72.0" not in text
        assert rated.members[0].given_name not in text


def test_a_conflict_closes_the_proposal_at_every_address(write: Any, client: Any) -> None:
    def world(session: Any) -> tuple[Round, list[int]]:
        found = rated_call(session, blind=False)
        open_and_declare(session, found, conflict=found.members[3])
        sign_all(session, found)
        theirs = [s.id for s in session.scalars(select(Sheet).where(Sheet.measure_id == found.first.id))]
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        return found, theirs

    found, theirs = write(world)
    browser = client(found.members[3])
    n = found.first.id
    addresses = [f"/rating/sheets/{id}" for id in theirs] + [
        f"/rating/measures/{n}/{page}" for page in ("sheets", "meeting", "answer")
    ]
    assert {url: browser.get(url).status_code for url in addresses} == dict.fromkeys(addresses, 404)
    pages = crawl(browser, ["/rating/", f"/rating/calls/{found.call.id}", f"/rating/calls/{found.call.id}/ranking"])
    assert not [url for url, text in pages.items() if found.first.title in text]
    assert "One proposal is closed to you" in pages[f"/rating/calls/{found.call.id}/ranking"]


def test_the_ranking_shows_69_7_and_a_spread_of_13_0(write: Any, client: Any, closed: Round) -> None:
    text = client(closed.members[0]).get(f"/rating/calls/{closed.call.id}/ranking").text
    assert text.count(">69.7<") == 3
    assert text.count(">13.0 apart<") == 3
    assert "Scores 62.0, 72.0, 75.0, mean 69.7, 60 needed" in text


def test_after_the_close_members_see_all_sheets(write: Any, client: Any, closed: Round) -> None:
    text = client(closed.members[4 - 1]).get(f"/rating/measures/{closed.first.id}/sheets").text
    assert "because of the text" in text
    assert "72.0" in text


def test_scores_that_cannot_be_read_are_told_beside_their_criterion_and_the_rest_is_kept(
    write: Any, client: Any, rated: Round
) -> None:
    member = rated.members[0]
    id = write(lambda s: sheet_of(s, s.get_one(Measure, rated.first.id), member).id)
    posted = rows({"R1": 4}) | {"scores-2-code": "R2", "scores-2-points": "7", "scores-2-comment": ""}
    answer = client(member).post(f"/rating/sheets/{id}", data=posted)
    assert answer.status_code == 422
    assert "This may be at most 5." in answer.text
    kept = write(lambda s: [row.points for row in standing.scores(s, [id])[id].values()])
    assert kept == [4]


def test_autosaving_answers_with_the_lines_that_changed(write: Any, client: Any, rated: Round) -> None:
    member = rated.members[0]
    id = write(lambda s: sheet_of(s, s.get_one(Measure, rated.first.id), member).id)
    answer = client(member).post(f"/rating/sheets/{id}/save", data=rows({"R1": 4}), headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert 'id="state-R1"' in answer.text
    assert 'id="state-R2"' not in answer.text
    assert "16.0 of 20 points so far" in answer.text


def test_in_a_blind_call_all_is_declared_at_once(write: Any, client: Any) -> None:
    def world(session: Any) -> Round:
        found = rated_call(session)
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        return found

    found = write(world)
    answer = client(found.members[0]).post(
        f"/rating/calls/{found.call.id}/declare", data={f"said-{found.first.id}-answer": "none"}
    )
    assert answer.status_code == 422
    assert answer.text.count("Please answer for each proposal before any of them opens.") >= 2


def test_the_meeting_is_typed_in_and_closed_in_the_browser(write: Any, client: Any, closed: Round) -> None:
    manager, chair = client(closed.manager), client(closed.chair)
    answer = manager.get(f"/rating/measures/{closed.first.id}/meeting")
    assert answer.headers["location"] == f"/rating/meetings/new?call={closed.call.id}"
    assert manager.get(answer.headers["location"]).status_code == 200
    present = [str(person.id) for person in closed.everybody]
    facts = {"held_on": "2026-03-02", "place": "Ulaanbaatar", "present": present}
    made = manager.post(f"/rating/calls/{closed.call.id}/meetings", data=facts).headers["location"]
    assert manager.get(made).status_code == 200
    typed = {
        "measure": str(closed.first.id),
        "outcome": "approve",
        "yes": "5",
        "no": "0",
        "amount": "4,000.00",
        "version": "1",
    }
    wrong = manager.post(f"{made}/decisions", data=typed | {"amount": "4.0.0"})
    assert wrong.status_code == 422
    assert "4.0.0" in wrong.text
    assert manager.post(f"{made}/decisions", data=typed).status_code == 303
    assert manager.post(f"{made}/close").status_code == 403
    assert "Close the meeting" in chair.get(made).text
    assert chair.post(f"{made}/close").status_code == 303
    measure = write(lambda s: s.get_one(Measure, closed.first.id))
    assert (measure.status, measure.awarded) == ("approved", 4_000_00)
    assert "Approved with less than requested" in manager.get(made).text


def test_a_manager_sets_up_a_committee_and_the_scheme_of_a_call(write: Any, client: Any) -> None:
    def world(session: Any) -> tuple[Any, Any, int]:
        fund = make.fund(session)
        return (
            make.person(session, role="manager"),
            make.person(session, role="chair"),
            make.call(session, fund=fund).id,
        )

    manager, chair, call = write(world)
    browser = client(manager)
    url = browser.post("/rating/committees", data={"name": "Committee West", "smallest_quorum": "3"}).headers[
        "location"
    ]
    added = browser.post(f"{url}/members", data={"person": str(chair.id), "sector": "private", "seat": "chair"})
    assert added.status_code == 303
    text = browser.get(url).text
    assert "Nobody comes from: public offices, chambers, schools and associations." in text
    committee = url.rsplit("/", 1)[1]
    assert browser.get(f"/rating/calls/{call}/scheme").status_code == 200
    started = browser.post(f"/rating/calls/{call}/scheme/start", data={"committee": committee, "smallest_sheets": "3"})
    assert started.status_code == 303
    page = browser.get(f"/rating/calls/{call}/scheme").text
    assert "Relevance and link to the bottleneck" in page
    posted = {
        "highest": "5",
        "comment_for": "0, 1, 2, 5",
        "smallest_sheets": "3",
        "fundable_from": "60",
        "spread_limit": "20",
        "version": "1",
    }
    weights = dict(zip(CODES, (25, 10, 15, 15, 10, 10, 10, 5), strict=True))
    ids = write(lambda s: {c.code: c.id for c in queries.criteria(s, queries.scheme_of(s, call).id)})  # type: ignore[union-attr]
    for code, weight in weights.items():
        posted |= {
            f"criteria-{code[1:]}-id": str(ids[code]),
            f"criteria-{code[1:]}-code": code,
            f"criteria-{code[1:]}-title": code,
            f"criteria-{code[1:]}-weight": str(weight),
            f"criteria-{code[1:]}-threshold": "2.5",
        }
    assert browser.post(f"/rating/calls/{call}/scheme", data=posted).status_code == 303
    kept = write(lambda s: [c.weight for c in queries.criteria(s, queries.scheme_of(s, call).id)])  # type: ignore[union-attr]
    assert kept == [25, 10, 15, 15, 10, 10, 10, 5]
    assert browser.post(f"/rating/calls/{call}/scheme", data=posted).status_code == 409
    del posted["criteria-1-code"]  # a row that says nothing of its criterion shows the page again
    assert browser.post(f"/rating/calls/{call}/scheme", data=posted).status_code == 422


def test_an_applicant_answers_the_questions(write: Any, client: Any, closed: Round) -> None:
    def defer(session: Any) -> Any:
        measure = session.get_one(Measure, closed.first.id)
        measure.status = "deferred"
        meeting = Meeting(
            committee_id=closed.committee.id, call_id=closed.call.id, held_on=MORNING.date(), place="Here", status="closed",
            typed_by_id=closed.manager.id, present=[], closed_by_id=closed.chair.id, closed_at=MORNING,
        )  # fmt: skip
        session.add(meeting)
        session.flush()
        session.add(
            Decision(
                meeting_id=meeting.id,
                measure_id=measure.id,
                outcome="defer",
                yes=5,
                no=0,
                reasons="Who repairs it?",
                left_room=[],
                frozen={},
            )
        )
        from fundapp.people.models import Person  # noqa: PLC0415

        return session.get_one(Person, measure.owner_id)

    owner = write(defer)
    assert owner.roles
    browser = client(owner)
    url = f"/rating/measures/{closed.first.id}/answer"
    assert "Who repairs it?" in browser.get(url).text
    assert browser.post(url, data={"answer": "we"}).status_code == 422
    assert browser.post(url, data={"answer": "The cooperative repairs it."}).status_code == 303
    assert write(lambda s: s.get_one(Measure, closed.first.id).status) == "in_rating"


@pytest.mark.parametrize("path", ["", "/ranking"])
def test_a_stranger_to_the_committee_does_not_find_the_call(write: Any, client: Any, rated: Round, path: str) -> None:
    stranger = write(lambda s: make.person(s, role="member"))
    assert client(stranger).get(f"/rating/calls/{rated.call.id}{path}").status_code == 404


def test_a_list_costs_the_same_number_of_questions_for_many_measures(write: Any, database: Any) -> None:
    from sqlalchemy import event  # noqa: PLC0415

    from fundapp.rating import progress, ranking  # noqa: PLC0415

    def world(size: int) -> Round:
        def work(session: Any) -> Round:
            found = rated_call(session, measures=size)
            open_and_declare(session, found)
            return found

        return write(work)

    def cost(found: Round) -> tuple[int, int, int]:
        counts = []
        for ask in (
            lambda s: progress.of_round(s, found.call, found.chair),
            lambda s: ranking.of_call(s, found.call, visible_to=found.chair, at=MORNING),
            lambda s: standing.my_sheets(s, found.chair, [found.call.id]),
        ):
            seen: list[str] = []

            def note(_c: Any, _cursor: Any, statement: str, *_rest: Any, seen: list[str] = seen) -> None:
                seen.append(statement)

            with database.reading() as session:
                event.listen(database.engine, "before_cursor_execute", note)
                ask(session)
                event.remove(database.engine, "before_cursor_execute", note)
            counts.append(len(seen))
        return counts[0], counts[1], counts[2]

    assert cost(world(2)) == cost(world(6))


def test_the_first_page_of_a_chair_who_rates_blind_names_no_proposal(write: Any, client: Any, rated: Round) -> None:
    text = client(rated.chair).get("/").text.lower()
    assert [word for word in rated.secrets if word.lower() in text] == []


def test_the_first_page_of_a_member_who_rates_blind_names_no_proposal(write: Any, client: Any, rated: Round) -> None:
    answer = client(rated.members[0]).get("/")
    assert answer.status_code == 200
    assert [word for word in rated.secrets if word.lower() in answer.text.lower()] == []


def test_an_applicant_reaches_nothing_of_the_rating(write: Any, client: Any, closed: Round) -> None:
    from fundapp.people.models import Person  # noqa: PLC0415

    owner = write(lambda s: s.get_one(Person, closed.first.owner_id))
    browser, n = client(owner), closed.first.id
    asked = [
        "/rating/",
        f"/rating/calls/{closed.call.id}",
        f"/rating/calls/{closed.call.id}/ranking",
        f"/rating/measures/{n}/sheets",
    ]
    assert {browser.get(url).status_code for url in asked} <= {403, 404}
