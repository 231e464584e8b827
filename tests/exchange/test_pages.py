import csv
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from fundapp.exchange.imports import import_grants
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.models import Measure
from tests import factories

OWN = Path(__file__).parent / "grants.csv"
BAD = OWN.read_text(encoding="utf-8").replace("2266", "2.266").encode()


@pytest.fixture
def manager(write: Any) -> Any:
    return write(lambda session: factories.person(session, role="manager"))


def measures(database: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Measure)) or 0


def send(web: Any, data: bytes, **fields: str) -> Any:
    return web.post("/exchange/import", data=fields, files={"file": ("grants.csv", data, "text/csv")})


def test_a_file_is_looked_at_first_and_then_taken_over(database: Any, client: Any, manager: Any) -> None:
    web = client(manager)
    assert "The CSV file" in web.get("/exchange/import").text
    answer = send(web, OWN.read_bytes())
    assert answer.status_code == 303
    look = web.get(answer.headers["location"])
    assert "3 grants can be taken over." in look.text
    assert "5,294.63" in look.text
    assert measures(database) == 0
    assert web.post(answer.headers["location"]).headers["location"] == "/measures"
    assert measures(database) == 3
    assert "All of it is here already" in web.get(answer.headers["location"]).text


def test_a_bad_line_is_named_and_nothing_is_taken_over(database: Any, client: Any, manager: Any) -> None:
    web = client(manager)
    where = send(web, BAD).headers["location"]
    assert "Amount Awarded “2.266” has more decimals than EUR has." in web.get(where).text
    assert web.post(where).status_code == 422
    assert measures(database) == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [(b"", "is empty"), (b"x" * (15 * 1024 * 1024 + 1), "larger than 15 MB"), (None, "choose a CSV file")],
)
@pytest.mark.sqlite
def test_a_file_that_is_none_is_refused_next_to_its_field(
    client: Any, manager: Any, data: bytes | None, said: str
) -> None:
    web = client(manager)
    answer = web.post("/exchange/import", data={"fund": ""}) if data is None else send(web, data)
    assert answer.status_code == 422
    assert said in answer.text


@pytest.mark.sqlite
def test_a_file_of_another_kind_is_refused_when_looked_at(client: Any, manager: Any) -> None:
    web = client(manager)
    answer = web.get(send(web, b"\xff\xfeName").headers["location"])
    assert answer.status_code == 422
    assert "not encoded as UTF-8" in answer.text


@pytest.mark.sqlite
def test_what_one_person_sent_is_not_there_for_another(client: Any, manager: Any, write: Any) -> None:
    where = send(client(manager), OWN.read_bytes()).headers["location"]
    other = write(lambda session: factories.person(session, role="manager"))
    assert client(other).get(where).status_code == 404


@pytest.mark.sqlite
@pytest.mark.parametrize(("role", "take", "give"), [("officer", 403, 403), ("finance", 403, 200), ("admin", 200, 403)])
def test_only_the_right_roles_take_over_and_give_out(client: Any, write: Any, role: str, take: int, give: int) -> None:
    web = client(write(lambda session: factories.person(session, role=role)))
    assert web.get("/exchange/import").status_code == take
    assert web.get("/exchange/export.csv").status_code == give


def test_the_export_comes_as_a_file(client: Any, manager: Any, write: Any) -> None:
    with OWN.open(encoding="utf-8", newline="") as lines:
        write(lambda session: import_grants(session, lines, by=SYSTEM, at=factories.MORNING))
    answer = client(manager).get("/exchange/export.csv?fund=REG-F")
    assert answer.headers["content-disposition"] == 'attachment; filename="grants-REG-F.csv"'
    rows = list(csv.DictReader(answer.text.splitlines(keepends=True)))
    assert [row["Title"] for row in rows] == ["Looms for the weavers", "'=A formula"]
    assert client(manager).get("/exchange/export.csv?fund=NONE").status_code == 409
    book = client(manager).get("/measures.xlsx")
    assert book.headers["content-disposition"] == 'attachment; filename="measures.xlsx"'
    assert book.content.startswith(b"PK")
