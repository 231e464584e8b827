"""Feedback for the applicant: drafted from the comments without names, released by the chair only."""

from typing import Any

import pytest
from sqlalchemy import select

from fundapp.kit.errors import NotAllowed, Refused
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import queries, releasing, standing
from fundapp.rating.models import Score
from fundapp.rating.proceedings import Decision, Meeting
from tests.factories import MORNING
from tests.rating.aftermath import NO, YES, begin, close, mails, written
from tests.rating.conftest import Round

TEXT = "Public benefit: many herders gain. Cost: the second offer was dear."


def first(session: Any, meeting: Meeting) -> Decision:
    return next(iter(standing.decisions(session, meeting.id).values()))


def test_the_draft_gathers_comments_by_criterion_and_says_no_names(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        for n, score in enumerate(session.scalars(select(Score).order_by(Score.id))):
            score.comment = ("Good prices", "A clear need.", "")[n % 3]
        session.flush()
        drafts = releasing.drafts(session, queries.loaded(session, [closed.first.id]))
        return drafts[closed.first.id].splitlines()

    lines = write(work)
    assert lines[0] == "Relevance and link to the bottleneck: A clear need. Good prices."
    assert not [name for person in closed.everybody for name in [person.given_name] if name in " ".join(lines)]


def test_released_before_the_close_it_stands_in_the_letter(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begin(session, closed, YES)
        releasing.release(session, first(session, meeting), TEXT, by=closed.chair, at=MORNING)
        close(session, closed, meeting)
        return written(session, "decision")[1], mails(session, "rating/feedback")

    letter, sent = write(work)
    assert f"What the committee would like you to know\n–{TEXT}" in letter.replace("\t", "")
    assert sent == []


def test_not_released_the_letter_goes_without_it_and_later_it_goes_as_a_mail(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        meeting = begin(session, closed, YES)
        releasing.keep(session, first(session, meeting), TEXT, by=closed.chair, at=MORNING)
        close(session, closed, meeting)
        letter = written(session, "decision")[1]
        releasing.release(session, first(session, meeting), TEXT, by=closed.chair, at=MORNING)
        [mail] = mails(session, "rating/feedback")
        return letter, mail.body, mail.case_id

    letter, body, case = write(work)
    assert "What the committee would like you to know" not in letter
    assert TEXT not in letter
    assert TEXT in body
    assert case == closed.first.id


def test_only_a_chair_of_the_committee_releases(write: Any, closed: Round) -> None:
    def work(session: Any) -> None:
        decision = first(session, begin(session, closed, YES))
        for by in (closed.manager, closed.members[0], session.get_one(Person, closed.first.owner_id)):
            with pytest.raises(NotAllowed):
                releasing.release(session, decision, TEXT, by=by, at=MORNING)

    write(work)


def test_names_addresses_and_numbers_are_warned_of(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        decision = first(session, begin(session, closed, YES))
        text = f"{closed.members[0].given_name} asks: write to a@example.org or call +976 9911 2233."
        with pytest.raises(Refused) as why:
            releasing.release(session, decision, text, by=closed.chair, at=MORNING)
        releasing.release(session, decision, text, anyway=True, by=closed.chair, at=MORNING)
        return why.value.reasons, decision.feedback_by_id

    found, by = write(work)
    assert found == (
        f"It names {closed.members[0].given_name} of the committee.", "It contains an e-mail address.",
        "It contains what looks like a telephone number.",
    )  # fmt: skip
    assert by == closed.chair.id


def test_what_was_released_stays(write: Any, closed: Round) -> None:
    def work(session: Any) -> Any:
        decision = first(session, begin(session, closed, YES))
        releasing.release(session, decision, TEXT, by=closed.chair, at=MORNING)
        with pytest.raises(Refused) as why:
            releasing.keep(session, decision, "Another text for them.", by=closed.chair, at=MORNING)
        return why.value.reasons, decision.feedback

    assert write(work) == (("The feedback has been released; it stays as the applicant has it.",), TEXT)


def test_the_chair_keeps_drafts_and_releases_all_on_one_page(write: Any, client: Any, closed: Round) -> None:
    meeting, ids = write(
        lambda s: (m := begin(s, closed, YES, NO), [d.id for d in standing.decisions(s, m.id).values()])
    )
    browser, url = client(closed.chair), f"/rating/meetings/{meeting.id}/feedback"
    assert "Relevance and link to the bottleneck: because of the text." in browser.get(url).text
    for id in ids:
        assert browser.post(url, data={"decision": id, "feedback": TEXT, "act": "keep"}).status_code == 303
    assert "Release all 2 drafts that were kept" in browser.get(url).text
    assert browser.post(f"{url}/all").status_code == 303
    assert write(lambda s: [d.feedback_at for d in s.scalars(select(Decision))]) == [MORNING, MORNING]
    assert [client(who).get(url).status_code for who in (closed.manager, closed.members[0])] == [403, 403]


def test_the_applicant_reads_it_on_the_case_file_once_it_is_released(write: Any, client: Any, closed: Round) -> None:
    def work(session: Any) -> tuple[Person, Meeting]:
        meeting = begin(session, closed, YES)
        releasing.keep(session, first(session, meeting), TEXT, by=closed.chair, at=MORNING)
        close(session, closed, meeting)
        return session.get_one(Person, session.get_one(Measure, closed.first.id).owner_id), meeting

    owner, meeting = write(work)
    browser = client(owner)
    assert TEXT not in browser.get(f"/cases/{closed.first.id}").text
    write(lambda s: releasing.release(s, first(s, meeting), TEXT, by=closed.chair, at=MORNING))
    assert TEXT in browser.get(f"/cases/{closed.first.id}").text
