import csv
import io
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import event, func, select

from fundapp.exchange.exports import export_grants
from fundapp.exchange.giving import plain_amount
from fundapp.exchange.imports import Report
from fundapp.exchange.service import export_file, import_file
from fundapp.funds.models import Fund, Journal
from fundapp.history.models import Entry
from fundapp.history.queries import broken
from fundapp.kit.database import Base, Database
from fundapp.kit.errors import Refused
from fundapp.measures.models import Measure
from fundapp.people.models import Organisation
from fundapp.reminders.models import Obligation
from tests import factories

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWN = Path(__file__).parent / "grants.csv"
REAL = Path(__file__).parents[2].parent / "shared" / "data" / "trafford_voluntary_sector_grants.csv"
real = pytest.mark.skipif(not REAL.exists(), reason="the published file of 555 grants is not here")


def take(database: Database, path: Path = OWN, fund: str | None = None, dry_run: bool = False) -> Report:
    return import_file(database, path, fund, dry_run, AT)


def told(report: Report) -> tuple[int, int, list[tuple[int, str]], dict[str, int]]:
    """What is new, how much was here, what is refused, and all that can be read."""
    return report.taken, len(report.known), [(each.line, str(each)) for each in report.refused], report.totals


def changed(tmp_path: Path, old: str, new: str) -> Path:
    path = tmp_path / "grants.csv"
    path.write_text(OWN.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    return path


def count(database: Database, *kinds: type[Base]) -> list[int]:
    with database.reading() as session:
        return [session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds]


def test_grants_are_taken_over_as_closed_measures(database: Database) -> None:
    assert told(take(database)) == (3, 0, [], {"EUR": 529463, "USD": 50000})
    with database.reading() as session:
        measure = session.scalars(select(Measure).where(Measure.imported_key == "360G-test-1")).one()
        assert (measure.status, measure.awarded, measure.recipient_name) == ("closed", 302863, "Weavers of the valley")
        assert (measure.contracted_on, measure.funding_ends) == (date(2019, 3, 1), date(2020, 3, 1))
        assert measure.imported_row is not None
        assert measure.imported_row["Description"] == "Four looms,\nand a course"
        assert measure.imported_row["Our own note"] == "first"


def test_each_fund_is_that_of_funder_and_currency(database: Database) -> None:
    take(database)
    with database.reading() as session:
        funds = session.execute(select(Fund.code, Fund.name, Fund.currency, Fund.opened_on).order_by(Fund.id))
        assert list(funds) == [
            ("REG-F", "Example Foundation", "EUR", date(2019, 3, 1)),
            ("REG-F-USD", "Example Foundation", "USD", date(2021, 1, 31)),
        ]


def test_an_organisation_is_known_by_its_identifier_and_each_grant_keeps_the_name_given(database: Database) -> None:
    take(database)
    with database.reading() as session:
        assert list(session.scalars(select(Organisation.name).order_by(Organisation.id))) == [
            "Weavers of the valley",
            "A group without register",
        ]
        assert list(session.scalars(select(Measure.recipient_name).order_by(Measure.id))) == [
            "Weavers of the valley",
            "The weavers",
            "A group without register",
        ]


def test_taking_over_books_nothing_and_owes_nothing_but_is_in_the_history(database: Database) -> None:
    take(database)
    assert count(database, Journal, Obligation) == [0, 0]
    with database.reading() as session:
        entries = session.scalars(select(Entry).where(Entry.action == "measures.take_over").order_by(Entry.seq)).all()
        assert [(entry.target, entry.data["awarded"]) for entry in entries] == [
            ("closed", 302863),
            ("closed", 226600),
            ("closed", 50000),
        ]
        assert broken(session) == []


def test_importing_twice_changes_nothing(database: Database) -> None:
    take(database)
    before = count(database, Measure, Fund, Organisation, Entry)
    assert told(take(database)) == (0, 3, [], {"EUR": 529463, "USD": 50000})
    assert count(database, Measure, Fund, Organisation, Entry) == before


def test_a_row_that_has_other_words_now_is_named_and_left_as_it_is(database: Database, tmp_path: Path) -> None:
    take(database)
    report = take(database, changed(tmp_path, "2266", "2300"))
    assert told(report)[:3] == (0, 3, [])
    assert [(each.line, each.number, each.differing) for each in report.differing] == [
        (4, "360G-test-2", ("Amount Awarded",))
    ]
    with database.reading() as session:
        assert session.scalar(select(Measure.awarded).where(Measure.number == "360G-test-2")) == 226600


def test_one_bad_row_is_named_with_its_line_and_nothing_is_imported(database: Database, tmp_path: Path) -> None:
    report = take(database, changed(tmp_path, "2266", "2.266,00"))
    assert told(report)[2] == [(4, "The line has 14 cells, the titles are 13.")]
    assert count(database, Measure, Fund, Organisation, Entry) == [0, 0, 0, 0]


def test_a_dry_run_says_what_would_happen_and_writes_nothing(database: Database) -> None:
    assert told(take(database, dry_run=True)) == (3, 0, [], {"EUR": 529463, "USD": 50000})
    assert count(database, Measure, Fund, Organisation, Entry) == [0, 0, 0, 0]


def test_into_a_named_fund_only_its_currency_goes(database: Database) -> None:
    database.write(lambda session: factories.fund(session, code="F", currency="EUR"))
    assert told(take(database, fund="F"))[2] == [(5, "The currency is USD; the fund F keeps EUR.")]
    assert count(database, Measure) == [0]


def test_a_fund_that_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(Refused, match="There is no fund with the code “NONE”"):
        take(database, fund="NONE")


def test_another_encoding_is_read_as_well(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "grants.csv"
    path.write_bytes(OWN.read_text(encoding="utf-8").encode("utf-16"))
    assert told(take(database, path)) == (3, 0, [], {"EUR": 529463, "USD": 50000})


def test_a_file_with_an_open_quote_is_refused_with_its_line(database: Database, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="Line 4 cannot be read as CSV"):
        take(database, changed(tmp_path, "=A formula", '"A formula'))


def test_an_export_imported_elsewhere_gives_the_same_export(database: Database, tmp_path: Path) -> None:
    take(database)
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert export_file(database, "csv", first, None, AT) == 3
    assert told(take(database, first)) == (0, 3, [], {"EUR": 529463, "USD": 50000})
    elsewhere = Database(f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")
    Base.metadata.create_all(elsewhere.engine)
    assert told(take(elsewhere, first)) == (3, 0, [], {"EUR": 529463, "USD": 50000})
    assert export_file(elsewhere, "csv", second, None, AT) == 3
    elsewhere.close()
    assert first.read_bytes() == second.read_bytes()
    assert "'=A formula" in first.read_text(encoding="utf-8")


def test_a_measure_of_our_own_goes_out_by_the_titles(database: Database, tmp_path: Path) -> None:
    given = {"status": "running", "title": "-10 °C store", "declarations": {"publication": True}}
    measure = database.write(lambda session: factories.measure(session, **given))
    path = tmp_path / "own.csv"
    assert export_file(database, "csv", path, None, AT) == 1
    with path.open(encoding="utf-8", newline="") as file:
        row = next(csv.DictReader(file))
    assert (row["Identifier"], row["Title"], row["Award Date"]) == (measure.number, "'-10 °C store", "2026-02-25")
    assert row["Amount Awarded"] == plain_amount(measure.awarded, "EUR")
    assert told(take(database, path)) == (0, 1, [], {"EUR": measure.awarded})


def test_a_measure_without_award_does_not_go_out(database: Database, tmp_path: Path) -> None:
    database.write(lambda session: factories.measure(session, status="in_rating"))
    assert export_file(database, "csv", tmp_path / "none.csv", None, AT) == 0


def test_an_export_of_one_fund_holds_only_its_grants(database: Database, tmp_path: Path) -> None:
    take(database)
    assert export_file(database, "csv", tmp_path / "usd.csv", "REG-F-USD", AT) == 1
    assert [path.name for path in tmp_path.glob("*.csv*")] == ["usd.csv"]


def test_the_list_of_measures_goes_out_as_a_workbook_without_formulas(database: Database, tmp_path: Path) -> None:
    take(database)
    measure = database.write(
        lambda session: factories.measure(session, status="running", title="=1+1", awarded=1_234_56)
    )
    database.write(lambda session: factories.measure(session, status="draft"))
    path = tmp_path / "measures.xlsx"
    assert export_file(database, "xlsx", path, None, AT) == 4
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert all(text in sheet for text in ("=1+1", "=A formula", measure.number, "<v>1234.56</v>", "<v>3028.63</v>"))


def test_an_unknown_format_or_fund_writes_no_file(database: Database, tmp_path: Path) -> None:
    for format, fund in (("pdf", None), ("csv", "NONE")):
        with pytest.raises(Refused):
            export_file(database, format, tmp_path / "out", fund, AT)
    with pytest.raises(Refused):
        export_file(database, "xlsx", tmp_path / "out", None, AT, language="xx")
    assert list(tmp_path.glob("*out*")) == []


@real
def test_the_555_published_grants_come_in_exactly(database: Database) -> None:
    assert told(take(database, REAL)) == (555, 0, [], {"GBP": 129143654})
    with database.reading() as session:
        assert session.scalar(select(func.sum(Measure.awarded))) == 129143654
        assert session.scalar(select(func.count(Measure.recipient_name.distinct()))) == 359
        assert session.scalar(select(func.count(Organisation.register.distinct()))) == 323
        assert session.execute(select(Fund.code, Fund.currency)).all() == [("GB-LAE-TRF", "GBP")]
    assert told(take(database, REAL)) == (0, 555, [], {"GBP": 129143654})


@real
def test_the_published_grants_go_out_as_they_came_in(database: Database) -> None:
    take(database, REAL)
    out = io.StringIO(newline="")
    with database.reading() as session:
        assert export_grants(session, out) == 555
    out.seek(0)
    with REAL.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(out)) == list(csv.reader(file))


@real
def test_an_import_asks_no_question_for_each_row(database: Database) -> None:
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *facts: asked.append(facts[2]))
    take(database, REAL)
    assert len([text for text in asked if text.startswith("SELECT")]) < 20
