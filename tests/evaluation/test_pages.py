from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.evaluation.jobs import plan_due
from fundapp.evaluation.models import Evaluation, Value
from fundapp.measures.models import Measure
from tests import factories
from tests.evaluation.test_portfolio import measured

LATER = datetime(2027, 12, 1, 9, tzinfo=UTC)
PHOTO = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
GOOD = {
    "version": "1",
    "effective": "yes",
    "visited_on": "2027-11-30",
    "counts-0-code": "people_trained",
    "counts-0-value": "24",
    "counts-0-women": "13",
    "counts-1-code": "jobs",
    "counts-1-value": "3.5",
    "counts-1-women": "",
    "voice": "“It runs.”",
}


class World:
    def __init__(self, write: Any, database: Any, clock: Any) -> None:
        clock.set(LATER)

        def work(session: Any) -> None:
            self.branch = factories.branch(session)
            self.officer = factories.person(session, role="officer", branch=self.branch)
            self.stranger = factories.person(session, role="officer")
            self.manager = factories.person(session, role="manager")
            self.owner = factories.person(session, role="applicant")
            measure = factories.measure(
                session, status="settled", branch=self.branch, owner=self.owner, title="Dairy", short_title="Dairy",
                funding_ends=date(2025, 11, 28),
            )  # fmt: skip
            self.measure_id = measure.id

        write(work)
        plan_due(database, clock)
        with database.reading() as session:
            self.ids = session.scalars(select(Evaluation.id).order_by(Evaluation.point)).all()
        self.at_24 = f"/evaluation/{self.ids[3]}"


@pytest.fixture
def world(write: Any, database: Any, clock: Any) -> World:
    return World(write, database, clock)


def test_a_visit_is_filled_in_and_the_measure_closed(world: World, client: Any, database: Any) -> None:
    web = client(world.officer)
    page = web.get(world.at_24)
    assert page.status_code == 200
    assert "Is it still running?" in page.text
    assert "24 months after the end" in page.text
    answer = web.post(world.at_24, data=GOOD)
    assert (answer.status_code, answer.headers["location"]) == (303, world.at_24)
    assert "Yes, it is still effective." in web.get(world.at_24).text
    with database.reading() as session:
        values = session.execute(select(Value.code, Value.value, Value.women).order_by(Value.code))
        assert [tuple(row) for row in values] == [("jobs", 3500, None), ("people_trained", 24000, 13000)]
    closed = client(world.manager).post(f"/evaluation/measures/{world.measure_id}/close")
    assert closed.headers["location"] == f"/cases/{world.measure_id}"
    with database.reading() as session:
        assert session.scalar(select(Measure.status)) == "closed"


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"effective": ""}, "Please fill this in."),
        ({"effective": "perhaps"}, "Please choose one of the answers given."),
        ({"visited_on": "31.2.2027"}, "is not a date"),
        ({"visited_on": "2027-12-02"}, "lies in the future"),
        ({"counts-0-value": "12o"}, "“12o” is not a number."),
        ({"counts-0-value": "24.5"}, "Persons are counted whole."),
        ({"counts-0-value": "5"}, "More women than persons cannot be."),
        ({"counts-0-value": ""}, "Write how many persons there are in all."),
        ({"counts-1-value": "٣"}, "is not a number."),
        ({"voice": "x" * 501}, "Please write at most 500 characters; these are 501."),
        ({"score_ease": "6"}, "This may be at most 5."),
    ],
)
def test_bad_input_is_told_next_to_its_field_and_nothing_is_lost(
    world: World, client: Any, database: Any, change: dict[str, str], said: str
) -> None:
    answer = client(world.officer).post(world.at_24, data=GOOD | {"lesson": "Begin earlier"} | change)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Begin earlier" in answer.text
    with database.reading() as session:
        assert session.scalars(select(Evaluation).where(Evaluation.done_at.is_not(None))).first() is None


@pytest.mark.sqlite
def test_a_second_sender_is_told_what_the_first_wrote(world: World, client: Any) -> None:
    assert client(world.officer).post(world.at_24, data=GOOD).status_code == 303
    answer = client(world.manager).post(world.at_24, data=GOOD | {"effective": "no"})
    assert answer.status_code == 409
    assert "Somebody else has changed this" in answer.text


@pytest.mark.sqlite
def test_a_visit_can_be_corrected(world: World, client: Any, database: Any) -> None:
    web = client(world.officer)
    web.post(world.at_24, data=GOOD)
    page = web.get(f"{world.at_24}?correct=true")
    assert 'value="24"' in page.text
    assert 'value="3.5"' in page.text
    assert web.post(world.at_24, data=GOOD | {"version": "2", "effective": "partly"}).status_code == 303
    with database.reading() as session:
        assert session.get_one(Evaluation, world.ids[3]).effective == "partly"


@pytest.mark.sqlite
def test_a_photograph_is_kept_and_shown(world: World, client: Any) -> None:
    web = client(world.officer)
    web.post(world.at_24, data=GOOD)
    sent = web.post(f"{world.at_24}/photo", files={"photo": ("dairy.jpg", PHOTO, "image/jpeg")})
    assert sent.status_code == 303
    assert web.get(f"{world.at_24}/photo").content == PHOTO
    wrong = web.post(f"{world.at_24}/photo", files={"photo": ("dairy.txt", b"hello", "text/plain")})
    assert wrong.status_code == 422
    assert "is not a file that can be read here" in wrong.text


@pytest.mark.sqlite
def test_before_it_opens_a_visit_says_when(world: World, client: Any, clock: Any) -> None:
    clock.set(datetime(2026, 3, 2, 9, tzinfo=UTC))
    web = client(world.officer)
    assert "This visit opens on 29 September 2027." in web.get(world.at_24).text
    assert web.post(world.at_24, data=GOOD).status_code == 409


@pytest.mark.sqlite
def test_who_may_see_and_who_may_fill_in(world: World, client: Any) -> None:
    assert client(world.stranger).get(world.at_24).status_code == 404
    assert client(world.stranger).post(world.at_24, data=GOOD).status_code == 404
    assert client(world.owner).get(world.at_24).status_code == 200
    assert client(world.owner).post(world.at_24, data=GOOD).status_code == 403
    assert client(world.officer).post(f"/evaluation/measures/{world.measure_id}/close").status_code == 403
    assert client(world.owner).get("/evaluation/").status_code == 403
    assert client(world.owner).get("/evaluation/results").status_code == 403


@pytest.mark.sqlite
def test_the_list_says_what_is_late(world: World, client: Any) -> None:
    page = client(world.officer).get("/evaluation/")
    assert "4 visits are past their date." in page.text
    assert page.text.count("row-title") == 4
    assert "No visit is late." in client(world.stranger).get("/evaluation/").text
    for show in ("planned", "done", "due&after=2026-05-28_1", "due&after=nonsense"):
        assert client(world.officer).get(f"/evaluation/?show={show}").status_code == 200


def test_the_results_show_their_figures_and_order_the_report(client: Any, write: Any, clock: Any) -> None:
    clock.set(LATER)
    counts = {0: {"people_trained": (1200, 700), "jobs": (3, 1)}}

    def work(session: Any) -> Any:
        branch = factories.branch(session, name="North")
        measured(session, (0, "yes"), branch=branch, counts=counts)
        measured(session, (0, "no"), branch=branch)
        return factories.person(session, role="finance")

    web = client(write(work))
    page = web.get("/evaluation/results")
    assert page.status_code == 200
    for figure in ("1,200", "50.0 %", "1 of 2", "EUR 10,000", "North"):
        assert figure in page.text.replace("\N{NO-BREAK SPACE}", " ")
    for figure, count in (("ended", 2), ("people_trained", 1), ("effective?year=2024", 2), ("running", 0)):
        assert web.get(f"/evaluation/results/{figure}").text.count('class="row-title"') == count
    answer = web.post("/evaluation/results", data={"fund": "", "year": "2024", "language": "en"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/documents/1")
    assert web.get("/documents/1").status_code == 200
    assert "Portfolio report 2024" in web.get("/evaluation/results").text


@pytest.mark.sqlite
def test_results_of_a_fund_that_is_not_there_are_not_there(client: Any, write: Any) -> None:
    web = client(write(lambda session: factories.person(session, role="manager")))
    assert "No measure has been contracted yet." in web.get("/evaluation/results").text
    assert web.get("/evaluation/results?fund=NONE").status_code == 404
    assert web.get("/evaluation/results?year=20x4").status_code == 404
    assert web.get("/evaluation/results/happiness").status_code == 404
