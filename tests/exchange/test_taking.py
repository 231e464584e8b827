"""What is new, twice, here already or refused; stored once, whoever presses how often; understood from the command line as in the browser."""

import csv
import io
import threading
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func, select

from fundapp.exchange import queries, reading, taking
from fundapp.exchange.cells import Layout
from fundapp.exchange.columns import Meaning, fingerprint
from fundapp.exchange.imports import ALIKE, SAME_IDENTIFIER, Double, Report, sorted_out
from fundapp.exchange.models import Import, Taken
from fundapp.exchange.service import export_file, import_file
from fundapp.files.models import File
from fundapp.history.models import Entry
from fundapp.kit.errors import NotAllowed, Refused, Stale
from fundapp.measures.models import Measure
from tests import factories

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = "Reference,Recipient,Amount,Date\n"


@pytest.fixture
def fund(write: Any) -> Any:
    return write(lambda session: factories.fund(session, code="F", currency="EUR"))


def looked(database: Any, fund: Any, text: str, **said: Any) -> Report:
    source = reading.opened(text.encode())
    with database.reading() as session:
        found = reading.guess(session, source, fund)
        lines = reading.read(source, found.layout, found.meaning, fund)
        return sorted_out(session, lines, fund, **{"twins": False} | said)


def begun(session: Any, text: str, fund: Any, by: Any, *, agreed: bool = True) -> Import:
    data = text.encode()
    file = File(
        sha256="0" * 64, size=len(data), name="g.csv", media_type="text/csv", subject="x", by_id=by.id, kept_at=AT
    )
    session.add(file)
    session.flush()
    source = reading.opened(data)
    found = reading.guess(session, source, fund)
    assert found.look is not None
    made = Import(
        file_id=file.id, by_id=by.id, sent_at=AT, fund_id=fund.id, layout=vars(found.layout), meaning=found.meaning.as_json(),
        fingerprint=found.look.fingerprint, agreed_at=AT if agreed else None,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def test_the_same_identifier_is_the_same_grant_unless_the_words_differ(database: Any, fund: Any) -> None:
    report = looked(
        database, fund, HEAD + "N1,A,5,2019-03-01\nN1,A,5,2019-03-01\nN1,A,6,2019-03-01\nN2,A,5,2019-03-01\n"
    )
    assert [grant.key for grant in report.new] == ["N1", "N2"]
    assert report.doubles == [Double(3, 2, SAME_IDENTIFIER)]
    assert [(each.line, str(each)) for each in report.refused] == [
        (4, "“N1” stands in line 2 already, with other words.")
    ]
    assert report.totals == {"EUR": 1500}


def test_without_identifier_the_same_recipient_date_and_amount_is_the_same_grant_unless_said_otherwise(
    database: Any, fund: Any
) -> None:
    text = (
        "Recipient,Amount,Date,Note\nA  b,5,2019-03-01,x\na b,5.00,2019-03-01,y\nA b,6,2019-03-01,\nA b,5,2019-03-02,\n"
    )
    report = looked(database, fund, text)
    assert (report.taken, report.doubles) == (3, [Double(3, 2, ALIKE)])
    assert looked(database, fund, text, twins=True).taken == 4


def test_a_grant_of_our_own_is_known_by_what_it_is(database: Any, fund: Any, write: Any) -> None:
    call = write(lambda session: factories.call(session, fund=fund))
    measure = write(
        lambda session: factories.measure(
            session,
            status="running",
            call=call,
            awarded=500_00,
            decided_on=date(2019, 3, 1),
            recipient_name="Wool group",
        )
    )
    for text in (HEAD + "N1,wool  GROUP,500,2019-03-01\n", "Recipient,Amount,Date\nWool group,500,2019-03-01\n"):
        report = looked(database, fund, text)
        assert [(each.line, each.measure_id, each.why) for each in report.known] == [(2, measure.id, ALIKE)]
        assert report.new == []
    assert looked(database, fund, HEAD + "N1,Wool group,500,2019-03-02\n").taken == 1


def test_two_identifiers_of_the_same_office_are_two_grants(database: Any, fund: Any, tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text(HEAD + "N1,A,5,2019-03-01\n")
    import_file(database, path, "F", False, AT)
    assert looked(database, fund, HEAD + "N2,A,5,2019-03-01\n").taken == 1


def test_the_number_of_another_funds_measure_is_refused(database: Any, fund: Any, write: Any, tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text(HEAD + "1,A,5,2019-03-01\n2,B,7,2019-03-01\n")
    import_file(database, path, "F", False, AT)
    write(lambda session: factories.fund(session, code="G", currency="EUR"))
    report = import_file(database, path, "G", True, AT)
    assert [str(each) for each in report.refused] == [
        f"“{n}” is the number of a measure of another fund. Leave the column of identifiers out." for n in (1, 2)
    ]


def test_without_identifiers_the_same_grant_may_be_one_of_two_funds(
    database: Any, fund: Any, write: Any, tmp_path: Path
) -> None:
    path = tmp_path / "g.csv"
    path.write_text("Recipient,Amount,Date\nA,5,2019-03-01\n")
    write(lambda session: factories.fund(session, code="G", currency="EUR"))
    assert [import_file(database, path, code, False, AT).taken for code in ("F", "G", "F", "G")] == [1, 1, 0, 0]


def test_sums_are_those_of_each_year_and_say_what_is_new(database: Any, fund: Any, tmp_path: Path) -> None:
    path = tmp_path / "g.csv"
    path.write_text(HEAD + "1,A,5.50,2019-03-01\n")
    import_file(database, path, "F", False, AT)
    report = looked(
        database, fund, HEAD + "1,A,5.50,2019-03-01\n2,B,7,2019-12-31\n3,C,11,2020-01-01\n4,D,x,2020-01-01\n"
    )
    sums = {key: (each.lines, each.amount, each.new, each.new_amount) for key, each in report.sums.items()}
    assert sums == {("EUR", 2019): (2, 1250, 1, 700), ("EUR", 2020): (1, 1100, 1, 1100)}
    assert vars(report.total("EUR")) == {"lines": 3, "amount": 2350, "new": 2, "new_amount": 1800}


def test_the_command_takes_workbooks_and_asks_by_refusing(database: Any, fund: Any, tmp_path: Path) -> None:
    path = tmp_path / "g.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("2019")
        sheet.write_row(0, 0, ["Empfänger", "Betrag", "Datum"])
        sheet.write_row(1, 0, ["A", 1234.5, "03/04/2019"])
    with pytest.raises(Refused, match="Day and month could be either in “Datum”"):
        import_file(database, path, "F", False, AT)
    with pytest.raises(Refused, match="choose the fund, or the column that says who gave"):
        import_file(database, path, None, False, AT, dates="dmy")
    assert import_file(database, path, "F", False, AT, dates="dmy").totals == {"EUR": 123450}
    with database.reading() as session:
        assert session.scalar(select(Measure.decided_on)) == date(2019, 4, 3)


def test_the_command_remembers_what_was_agreed_in_the_browser(
    database: Any, fund: Any, write: Any, tmp_path: Path
) -> None:
    titles = ("Wer", "Was", "Wann")
    meaning = Meaning(dict(zip(titles, ("recipient", "awarded", "awarded_on"), strict=True)), {"awarded_on": "mdy"})
    manager = write(lambda session: factories.person(session, role="manager"))

    def remember(session: Any) -> None:
        made = begun(session, "Name,Amount,Date\nA,5,2019-03-01\n", fund, manager)
        made.meaning, made.fingerprint = meaning.as_json(), fingerprint(titles)

    write(remember)
    path = tmp_path / "g.csv"
    path.write_text("Wann;Wer;Was\n03/04/2019;A;5,50\n")
    assert import_file(database, path, "F", False, AT).totals == {"EUR": 550}
    with database.reading() as session:
        assert session.scalar(select(Measure.decided_on)) == date(2019, 3, 4)


def test_eight_confirmations_at_once_store_one_import(database: Any, fund: Any, write: Any) -> None:
    manager = write(lambda session: factories.person(session, role="manager"))
    text = HEAD + "".join(f"N{n},Group {n},5,2019-03-01\n" for n in range(40))
    made = write(lambda session: begun(session, text, fund, manager))
    source = reading.opened(text.encode())
    lines = reading.read(source, Layout(**made.layout), Meaning.of(made.meaning), fund)
    done: list[bool] = []

    def press() -> None:
        def work(session: Any) -> bool:
            again = queries.find_import(session, made.id, visible_to=manager)
            report = sorted_out(session, lines, fund, twins=False)
            return taking.take(session, again, report, version=1, by=manager, at=AT, zone="UTC")

        done.append(database.write(work))

    presses = [threading.Thread(target=press) for _ in range(8)]
    for each in presses:
        each.start()
    for each in presses:
        each.join()
    assert sorted(done) == [False] * 7 + [True]
    with database.reading() as session:
        for kind in (Measure, Taken):
            assert session.scalar(select(func.count()).select_from(kind)) == 40
        assert session.scalar(select(func.count()).where(Entry.action == "exchange.take_over")) == 1


def test_only_who_may_takes_over_and_only_what_was_agreed_and_is_still_so(database: Any, fund: Any, write: Any) -> None:
    manager, officer = (
        write(lambda session, r=role: factories.person(session, role=r)) for role in ("manager", "officer")
    )
    text = HEAD + "N1,A,5,2019-03-01\n"
    made = write(lambda session: begun(session, text, fund, manager, agreed=False))
    report = looked(database, fund, text)

    def take(by: Any, version: int = 1) -> Any:
        return write(
            lambda session: taking.take(
                session,
                queries.find_import(session, made.id, visible_to=manager),
                report,
                version=version,
                by=by,
                at=AT,
                zone="UTC",
            )
        )

    with pytest.raises(NotAllowed):
        take(officer)
    with pytest.raises(Stale):
        take(manager, version=2)
    with pytest.raises(Refused, match="what the columns mean"):
        take(manager)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Measure)) == 0


@pytest.mark.sqlite
def test_nothing_hostile_in_a_cell_is_a_formula_or_markup_anywhere(
    database: Any, fund: Any, client: Any, write: Any, tmp_path: Path
) -> None:
    hostile = ["=cmd|' /C calc'!A0", "<script>alert(1)</script>", "{{ 7*7 }}", "@SUM(A1)", "\u202eevil", "-2+3"]
    out = io.StringIO()
    csv.writer(out).writerows([["Recipient", "Title", "Amount", "Date"], *([h, h, h, "2019-03-01"] for h in hostile)])
    csv.writer(out).writerows([h, h, "5", f"2019-03-{n + 1:02}"] for n, h in enumerate(hostile))
    web = client(write(lambda session: factories.person(session, role="manager")))
    file = {"file": ("<b>.csv", out.getvalue().encode(), "text/csv")}
    where = web.post("/exchange/import", data={"fund": "F"}, files=file).headers["location"]
    page = web.get(where).text
    assert "<script>alert" not in page
    assert "49" not in page.split("What it is")[1][:3000]
    sent = {
        "version": "1",
        "header": "1",
        "fund": "F",
        "do": "check",
        "style_awarded": "point",
        "style_awarded_on": "ymd",
    }
    sent |= {f"columns-{n}-is": code for n, code in enumerate(("recipient", "title", "awarded", "awarded_on"))}
    assert web.post(where, data=sent).status_code == 303
    check = web.get(f"{where}/check").text
    assert "6 grants can be taken over. 6 lines cannot be read and stay out." in check
    assert "<script>alert" not in check
    assert b"<f>" not in web.get(f"{where}/refused.xlsx").content
    assert web.post(f"{where}/take", data={"version": "2"}).status_code == 303
    assert export_file(database, "csv", tmp_path / "out.csv", None, AT) == 6
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as lines:
        cells = [row["Title"] for row in csv.DictReader(lines)]
    assert not any(cell[0] in "=+-@\t\r" for cell in cells)
