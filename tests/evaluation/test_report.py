import io
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from docx import Document

from fundapp.documents.process import check
from fundapp.documents.queries import shipped
from fundapp.evaluation.jobs import write_report
from fundapp.evaluation.letters import PORTFOLIO, portfolio_fields
from fundapp.exchange.service import import_file
from fundapp.files.store import Store
from fundapp.kit.database import Database, WriteSession
from fundapp.kit.errors import Refused
from fundapp.lifecycle.service import SYSTEM
from fundapp.regions.service import add_year
from tests import factories
from tests.evaluation.test_portfolio import AT, OWN, measured


def filled(database: Database) -> None:
    def work(session: WriteSession) -> None:
        north, fund = factories.branch(session, name="North"), factories.fund(session, code="LED")
        counts = {"people_trained": (1200, 700), "jobs": (3, 1), "higher_income": (9, 4)}
        done = {"branch": north, "fund": fund, "counts": {0: counts}}
        measured(session, (0, "yes"), title="Dairy", **done)
        measured(session, (0, "partly"), contracted_on=date(2023, 5, 1), title="Bees", **done)
        measured(session, status="running", funding_ends=date(2027, 3, 31), branch=north, fund=fund)
        for branch, year, members in (
            (north, 2020, 78),
            (north, 2025, 1280),
            (factories.branch(session, name="New"), 2025, 5),
        ):
            figures = {"year": year, "members": members, "staff": 2, "dues": 0, "service_income": 0, "currency": "MNT"}
            add_year(session, branch, **figures, by=SYSTEM, at=AT)

    database.write(work)
    import_file(database, OWN, None, False, AT)


def fields(database: Database, **more: Any) -> dict[str, Any]:
    with database.reading() as session:
        return portfolio_fields(session, more.get("fund_ids"), more.get("year"), AT, more.get("language", "en"))


def text_of(path: Path) -> str:
    document = Document(io.BytesIO(path.read_bytes()))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


def shape(value: Any) -> Any:
    if isinstance(value, Mapping):
        return "chart" if "chart" in value else {key: shape(inner) for key, inner in value.items()}
    return [shape(value[0])] if isinstance(value, list) and value else type(value).__name__


def test_the_fields_have_the_shape_of_the_sample(database: Database) -> None:
    filled(database)
    assert shape(fields(database)) == shape(PORTFOLIO.sample)


@pytest.mark.parametrize("language", ["en", "de", "mn"])
def test_the_shipped_template_fits_the_sample(language: str) -> None:
    data = shipped("portfolio", language)
    assert data is not None
    report = check(data, PORTFOLIO.sample)
    assert report.passed, report.findings


def test_the_report_says_what_the_database_says(database: Database) -> None:
    filled(database)
    told = fields(database)
    assert [figure["value"] for figure in told["figures"]] == [
        "5",
        "2,400",
        "6",
        "18",
        "1 of 2",
        "0 of 2",
        "–",
        "1 of 1",
    ]
    assert told["figures"][4]["name"] == "still effective (50.0\N{NO-BREAK SPACE}%)"
    assert (told["running"]["value"], told["report"]["period"], told["fund"]["name"]) == (
        "1",
        "2019 to 2024",
        "All funds",
    )
    assert told["total"] == {
        "contracted": "6", "ended": "5", "trained": "2,400", "jobs": "6", "incomes": "18", "effective": "1 of 2",
    }  # fmt: skip
    assert [(money["currency"], money["measures"], money["awarded"]) for money in told["currencies"]] == [
        ("EUR", "4", "15,294.63"),
        ("USD", "1", "500.00"),
    ]
    assert [row["branch"] for row in told["by_branch"]] == ["North", "Without a branch"]
    assert told["by_branch_picture"]["chart"]["series"][0]["values"] == [2400]
    assert [row["effective"] for row in told["measures"]] == [
        "not evaluated", "not evaluated", "not evaluated", "partly", "yes",
    ]  # fmt: skip
    assert told["effective"][0] == {
        "point": "at the end", "due": "2", "yes": "1", "partly": "1", "no": "0", "unknown": "0", "rate": "50.0\N{NO-BREAK SPACE}%",
    }  # fmt: skip
    assert len(told["notes"]) == 2
    assert told["figures"][7] == {
        "value": "1 of 1",
        "name": "branches growing in members (78 to 1,280)",
        "definition": "more members in the last year on record than in the first, whatever fund or year is chosen; "
        "1 branch has figures of fewer than two years and is not compared",
        "as_of": "2020 to 2025",
    }
    assert told["members"] == [
        {"branch": "New", "first_year": "2025", "first": "5", "last_year": "2025", "last": "5", "growth": "–"},
        {
            "branch": "North",
            "first_year": "2020",
            "first": "78",
            "last_year": "2025",
            "last": "1,280",
            "growth": "+1,541.0\N{NO-BREAK SPACE}%",
        },
    ]
    assert told["summary"][3]["text"] == "1 of 1 branches are growing: 78 members in 2020, 1,280 in 2025."


def test_the_report_is_written_as_a_word_file(database: Database, tmp_path: Path) -> None:
    filled(database)
    to = tmp_path / "report.docx"
    write_report(database, Store(tmp_path / "files"), "portfolio", to, None, None, "en", AT)
    text = text_of(to)
    for expected in (
        "2,400",
        "1 of 2",
        "15,294.63",
        "Dairy",
        "Looms for the weavers",
        "North",
        "1,280",
        "+1,541.0\N{NO-BREAK SPACE}%",
    ):
        assert expected in text
    assert len(Document(io.BytesIO(to.read_bytes())).inline_shapes) == 2
    assert [path.name for path in tmp_path.glob("*report*")] == ["report.docx"]


def test_a_report_on_one_fund_and_year_in_german(database: Database, tmp_path: Path) -> None:
    filled(database)
    to = tmp_path / "bericht.docx"
    write_report(database, Store(tmp_path / "files"), "portfolio", to, "LED", 2023, "de", AT)
    text = text_of(to)
    assert "Bees" in text
    assert "Dairy" not in text
    assert "1.200" in text


def test_a_report_without_any_measure_is_a_report_too(database: Database, tmp_path: Path) -> None:
    to = tmp_path / "empty.docx"
    write_report(database, Store(tmp_path / "files"), "portfolio", to, None, None, "en", AT)
    assert "No evaluation was due yet." in text_of(to)


def test_an_unknown_report_or_fund_writes_no_file(database: Database, tmp_path: Path) -> None:
    for name, fund in (("annual", None), ("portfolio", "NONE")):
        with pytest.raises(Refused):
            write_report(database, Store(tmp_path / "files"), name, tmp_path / "x.docx", fund, None, "en", AT)
    assert not (tmp_path / "x.docx").exists()
