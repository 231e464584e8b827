"""Earlier grants in the browser: sent, understood, looked through, taken over, taken back."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from fundapp.exchange.columns import Meaning
from fundapp.exchange.guessing import columns_of
from fundapp.exchange.imports import take_over
from fundapp.exchange.models import Import
from fundapp.exchange.opening import Source
from fundapp.exchange.reading import read, seen
from fundapp.files.models import File
from fundapp.history.models import Entry
from fundapp.history.queries import broken
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.models import Measure
from tests import factories

OWN = Path(__file__).parent / "grants.csv"
GERMAN = (
    "Förderliste 2019;;;;\r\n;;;;\r\n"
    "Empfänger;Fördersumme (EUR);Bewilligt am;Vorhaben;Bemerkung\r\n"
    'Weberei Süd e.V.;"1.234,50";03.04.2019;Vier Webstühle;"erste\r\nZeile"\r\n'
    "Imkerverein;500;17.05.2019;Bienen;\r\n"
    "Imkerverein;500,00;17.05.2019;Bienen;noch einmal\r\n"
    "Schule Ost;1.2345,00;18.05.2020;Garten;\r\n"
    "Schule Ost;99;31.02.2020;Garten;\r\n"
    "Schule West;;01.06.2020;Zaun;\r\n"
).encode("cp1252")
MENDED = GERMAN.replace(b"1.2345,00", b"12.345,00").replace(b"31.02.2020", b"28.02.2020").replace(b"West;;", b"West;7;")


@pytest.fixture
def manager(write: Any) -> Any:
    return write(lambda session: factories.person(session, role="manager"))


@pytest.fixture
def fund(write: Any) -> Any:
    return write(lambda session: factories.fund(session, code="F", currency="EUR"))


def count(database: Any, kind: Any = Measure) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(kind)) or 0


def send(web: Any, data: bytes, name: str = "grants.csv", **fields: str) -> Any:
    return web.post("/exchange/import", data=fields, files={"file": (name, data, "text/csv")})


def posted(web: Any, where: str, **changes: str) -> dict[str, str]:
    """Everything that the form of the page would send, as it stands there, with changes."""
    text = web.get(where).text
    form = text[text.index(f'action="{where}"') : text.index("</form>", text.index(f'action="{where}"'))]
    found = dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form))
    found |= dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
    for name, inside in re.findall(r'<select id="[^"]*" name="([^"]+)".*?>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        found[name] = chosen[1] if chosen else ""
    found.pop("twins", None)
    return found | {"do": "check"} | changes


def agree(web: Any, where: str, **changes: str) -> Any:
    return web.post(where, data=posted(web, where, **changes))


def take(web: Any, where: str) -> Any:
    version = re.search(r'name="version" value="(\d+)"', web.get(f"{where}/check").text)
    assert version
    return web.post(f"{where}/take", data={"version": version[1]})


def test_a_file_is_read_looked_through_and_taken_over(database: Any, client: Any, manager: Any) -> None:
    web = client(manager)
    assert "CSV or Excel (XLSX), one grant a line, up to 15 MB and 20,000 lines." in web.get("/exchange/import").text
    where = send(web, OWN.read_bytes()).headers["location"]
    assert "This is how we read your file: 3 lines." in web.get(where).text
    assert agree(web, where).headers["location"] == f"{where}/check"
    look = web.get(f"{where}/check").text
    assert "3 grants can be taken over." in look
    assert "5,294.63" in look
    assert count(database) == 0
    assert take(web, where).headers["location"] == where
    assert count(database) == 3
    done = web.get(where).text
    assert "3 measures were taken over." in done
    assert 'href="/cases/' not in done
    with database.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.action == "exchange.take_over")).one()
        assert (entry.subject, entry.data["taken"]) == ("exchange.import:1", 3)
        assert entry.data["amounts"] == {"EUR": 529463, "USD": 50000}
        assert broken(session) == []


def test_a_spreadsheet_as_a_fund_has_it_is_understood(database: Any, client: Any, manager: Any, fund: Any) -> None:
    web = client(manager)
    where = send(web, GERMAN, "Förderung.csv", fund="F").headers["location"]
    page = web.get(where).text
    assert "This is how we read your file: 6 lines." in page
    assert posted(web, where) == {
        "version": "1", "columns-0-is": "recipient", "columns-1-is": "awarded", "columns-2-is": "awarded_on",
        "columns-3-is": "title", "columns-4-is": "", "style_awarded_on": "dmy", "style_awarded": "comma", "fund": "F",
        "encoding": "cp1252", "delimiter": "semicolon", "header": "3", "do": "check",
    }  # fmt: skip
    assert "03.04.2019 → <b>3 April 2019</b>" in page
    assert "1.234,50 → <b>1,234.50</b>" in page
    assert agree(web, where).status_code == 303
    check = web.get(f"{where}/check").text
    assert "2 grants can be taken over. 3 lines cannot be read and stay out." in check
    told = re.findall(
        r'data-label="Line">(\d+)</td><td class="two" data-label="Column">(.*?)</td><td class="full">(.*?)</td>', check
    )
    assert told == [
        ("8", "Fördersumme (EUR)", "“1.2345,00” is not a number as this column writes them."),
        ("9", "Bewilligt am", "“31.02.2020” is not in the calendar."),
        ("10", "Fördersumme (EUR)", "The cell is empty."),
    ]
    assert '<td class="num" data-label="As line">6</td><td class="full">the same recipient, date and amount' in check
    assert take(web, where).status_code == 303
    with database.reading() as session:
        rows = session.execute(
            select(Measure.title, Measure.awarded, Measure.recipient_name).order_by(Measure.id)
        ).all()
        assert rows == [("Vier Webstühle", 123450, "Weberei Süd e.V."), ("Bienen", 50000, "Imkerverein")]
        assert session.scalars(select(Measure.imported_row).order_by(Measure.id)).first() == {
            "Empfänger": "Weberei Süd e.V.", "Fördersumme (EUR)": "1.234,50", "Bewilligt am": "03.04.2019",
            "Vorhaben": "Vier Webstühle", "Bemerkung": "erste\nZeile",
        }  # fmt: skip
    kept = web.get(f"{where}/file")
    assert kept.content == GERMAN


def test_refused_lines_come_back_as_a_workbook_that_is_mended_and_read_by_itself(
    database: Any, client: Any, manager: Any, fund: Any
) -> None:
    web = client(manager)
    where = send(web, GERMAN, fund="F").headers["location"]
    agree(web, where)
    take(web, where)
    book = web.get(f"{where}/refused.xlsx").content
    lines = list(Source(book).table(Source(book).guessed()).lines)
    assert [cells for _line, cells in lines] == [
        ["8", "Fördersumme (EUR): “1.2345,00” is not a number as this column writes them.", "Schule Ost", "1.2345,00", "18.05.2020", "Garten"],
        ["9", "Bewilligt am: “31.02.2020” is not in the calendar.", "Schule Ost", "99", "31.02.2020", "Garten"],
        ["10", "Fördersumme (EUR): The cell is empty.", "Schule West", "", "01.06.2020", "Zaun"],
    ]  # fmt: skip
    again = send(web, mended(book, {"1.2345,00": "12.345,00", "31.02.2020": "28.02.2020"}), "mended.xlsx", fund="F")
    assert re.fullmatch(r"/exchange/import/\d+/check", again.headers["location"])
    check = web.get(again.headers["location"]).text
    assert "2 grants can be taken over. 1 line cannot be read and stays out." in check
    assert "The columns are read as in the last file with these titles." in check
    take(web, again.headers["location"].removesuffix("/check"))
    with database.reading() as session:
        assert session.scalars(select(Measure.awarded).order_by(Measure.id)).all() == [123450, 50000, 1234500, 9900]


def mended(book: bytes, changes: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            for before, after in changes.items():
                text = text.replace(f">{before}<".encode(), f">{after}<".encode())
            new.writestr(name, text)
    return out.getvalue()


def test_a_date_that_could_be_either_is_asked(client: Any, manager: Any, fund: Any) -> None:
    web = client(manager)
    data = b"Name,Amount,Date\nA,5,03/04/2019\nB,6,05/06/2019\n"
    where = send(web, data, fund="F").headers["location"]
    assert "03/04/2019 → <b>3 April 2019 or 4 March 2019</b>" in web.get(where).text
    answer = agree(web, where)
    assert answer.status_code == 422
    assert "Day and month could be either in “Date”. Please say which comes first." in answer.text
    assert web.get(f"{where}/check").headers["location"] == where
    assert agree(web, where, style_awarded_on="mdy").headers["location"] == f"{where}/check"
    assert "4 March 2019" in web.get(f"{where}/check").text


def test_columns_without_known_names_are_mapped_once_and_remembered_for_the_fund(
    client: Any, manager: Any, fund: Any, write: Any
) -> None:
    web = client(manager)
    data = b"Wer;Wieviel;Wann\nA;5,50;2019-04-03\n"
    where = send(web, data, fund="F").headers["location"]
    answer = agree(web, where)
    assert answer.status_code == 422
    assert "Choose a column for: Who received it." in answer.text
    assert agree(web, where, **{"columns-0-is": "recipient"}).status_code == 303
    next_one = send(web, data.replace(b"A;", b"B;"), fund="F").headers["location"]
    assert next_one.endswith("/check")
    other = write(lambda session: factories.fund(session, code="G", currency="EUR"))
    assert not send(web, data, fund=other.code).headers["location"].endswith("/check")


def test_the_table_may_stand_elsewhere_and_is_read_anew(client: Any, manager: Any, fund: Any) -> None:
    web = client(manager)
    data = "Name,Betrag,Datum\nJürg,5,2019-04-03\n".encode("mac_roman")
    where = send(web, data, fund="F").headers["location"]
    assert "JŸrg" in web.get(where).text
    answer = agree(web, where, encoding="mac_roman", do="again")
    assert answer.headers["location"] == where
    assert "Jürg" in web.get(where).text
    wrong = agree(web, where, header="7", do="again")
    assert wrong.status_code == 422
    assert "Line 7 holds no titles. Choose the line that does." in wrong.text
    assert agree(web, where, encoding="utf-8", do="again").status_code == 422
    assert agree(web, where).headers["location"] == f"{where}/check"


def test_a_second_confirmation_and_a_stale_one_store_nothing(database: Any, client: Any, manager: Any) -> None:
    web = client(manager)
    where = send(web, OWN.read_bytes()).headers["location"]
    agree(web, where)
    assert web.post(f"{where}/take", data={"version": "1"}).status_code == 409
    assert count(database) == 0
    assert take(web, where).status_code == 303
    assert web.post(f"{where}/take", data={"version": "2"}).headers["location"] == where
    assert agree_late(web, where).status_code == 409
    assert count(database) == 3
    again = send(web, OWN.read_bytes()).headers["location"]
    assert "All of it is here already; there is nothing to take over." in web.get(again).text
    assert web.post(f"{again.removesuffix('/check')}/take", data={"version": "1"}).status_code == 409


def agree_late(web: Any, where: str) -> Any:
    return web.post(where, data={"version": "3", "do": "check", "header": "1"})


def test_without_agreement_nothing_is_taken(database: Any, client: Any, manager: Any) -> None:
    web = client(manager)
    where = send(web, OWN.read_bytes()).headers["location"]
    answer = web.post(f"{where}/take", data={"version": "1"})
    assert answer.status_code == 409
    assert "Please say first what the columns mean." in answer.text
    assert count(database) == 0


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"x" * (15 * 1024 * 1024 + 1), "larger than 15 MB"),
        (None, "choose a file first"),
        (b"%PDF-1.7", "neither a text file (CSV) nor an Excel workbook"),
        (b"\xd0\xcf\x11\xe0rest", "an old Excel file (XLS), or one locked with a password"),
        (b"<html><table>", "This is a web page or XML."),
        (b"PK\x03\x04broken", "The workbook is damaged."),
        (b'Name,Amount\n"open,5\n', "Line 2 cannot be read as CSV"),
    ],
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
def test_a_file_is_its_senders_until_it_is_taken_over(client: Any, manager: Any, write: Any) -> None:
    web = client(manager)
    where = send(web, OWN.read_bytes()).headers["location"]
    other = client(write(lambda session: factories.person(session, role="manager")))
    for url in (where, f"{where}/check", f"{where}/file", f"{where}/refused.xlsx"):
        assert other.get(url).status_code == 404
    agree(web, where)
    take(web, where)
    assert other.get(where).status_code == 200


@pytest.mark.sqlite
@pytest.mark.parametrize(("role", "take", "give"), [("officer", 403, 403), ("finance", 403, 200), ("admin", 200, 403)])
def test_only_the_right_roles_take_over_and_give_out(client: Any, write: Any, role: str, take: int, give: int) -> None:
    web = client(write(lambda session: factories.person(session, role=role)))
    assert web.get("/exchange/import").status_code == take
    assert send(web, OWN.read_bytes()).status_code == (303 if take == 200 else 403)
    assert web.get("/exchange/export.csv").status_code == give


@pytest.mark.sqlite
def test_who_is_not_signed_in_leaves_no_file(app: Any, client: Any, database: Any) -> None:
    web = client()
    web.cookies.set("fund", "no such session")
    assert send(web, OWN.read_bytes()).status_code == 303
    assert count(database, File) == 0
    assert list(app.state.store.hashes()) == []


def test_an_import_is_taken_back_within_a_day(database: Any, client: Any, manager: Any, clock: Any) -> None:
    web = client(manager)
    where = send(web, OWN.read_bytes()).headers["location"]
    agree(web, where)
    take(web, where)
    clock.forward(minutes=5)
    assert web.post(f"{where}/undo").headers["location"] == where
    with database.reading() as session:
        trace = session.scalars(select(Measure)).one()
        assert (trace.status, trace.number, trace.imported_key, trace.awarded) == ("withdrawn", None, None, None)
        assert trace.title == "Taken back: 3 measures from “grants.csv”"
        assert broken(session) == []
    assert "3 measures were taken over and taken back." in web.get(where).text
    assert web.post(f"{where}/undo").status_code == 409
    again = send(web, OWN.read_bytes()).headers["location"].removesuffix("/check")
    assert take(web, again).status_code == 303
    assert count(database) == 4


def test_what_was_built_upon_and_what_is_long_ago_is_not_taken_back_lightly(
    database: Any, client: Any, manager: Any, clock: Any, write: Any
) -> None:
    web = client(manager)
    where = send(web, OWN.read_bytes()).headers["location"]
    agree(web, where)
    take(web, where)
    clock.forward(hours=25)
    admin = client(write(lambda session: factories.person(session, role="admin")))
    assert "Only who took it over, within 24 hours, or a manager can take it back." in admin.get(where).text
    web = client(manager)
    assert "Please give a reason" in web.post(f"{where}/undo").text

    def build(session: Any) -> None:
        from fundapp.history.service import record  # noqa: PLC0415

        measure = session.scalars(select(Measure)).first()
        record(session, "evaluation.answer", measure, by=manager, at=clock())

    write(build)
    answer = web.post(f"{where}/undo", data={"because": "the wrong file"})
    assert answer.status_code == 409
    assert "Something was built on it: of its measures, 1 have something new in their history." in answer.text
    assert count(database) == 3


def test_the_pages_ask_the_same_number_of_questions_for_many_lines(
    app: Any, client: Any, manager: Any, fund: Any, database: Any
) -> None:
    from tests.house.test_lists import counted  # noqa: PLC0415

    web, asked = client(manager), []
    for lines in (2, 300):
        data = "Name,Amount,Date\n" + "".join(f"Group {n},5,2019-04-{n % 30 + 1:02}\n" for n in range(lines))
        where = send(web, data.encode(), fund="F").headers["location"].removesuffix("/check")
        agree(web, where)
        with counted(app.state.database) as seen:
            assert web.get(f"{where}/check").status_code == 200
        asked.append(len(seen))
    assert asked[0] == asked[1] <= 10


def test_the_export_comes_as_a_file(client: Any, manager: Any, write: Any) -> None:
    def work(session: Any) -> None:
        source = Source(OWN.read_bytes())
        layout = source.guessed()
        found = read(source, layout, seen(source, layout, Meaning(columns_of(source, layout)), None).meaning, None)
        take_over(session, found, None, of=None, by=SYSTEM, at=factories.MORNING, zone="UTC")

    write(work)
    answer = client(manager).get("/exchange/export.csv?fund=REG-F")
    assert answer.headers["content-disposition"] == 'attachment; filename="grants-REG-F.csv"'
    rows = list(csv.DictReader(answer.text.splitlines(keepends=True)))
    assert [row["Title"] for row in rows] == ["Looms for the weavers", "'=A formula"]
    assert client(manager).get("/exchange/export.csv?fund=NONE").status_code == 409
    book = client(manager).get("/measures.xlsx")
    assert book.headers["content-disposition"] == 'attachment; filename="measures.xlsx"'
    assert book.content.startswith(b"PK")


def test_what_came_by_other_titles_goes_out_by_those_of_360giving(
    client: Any, manager: Any, fund: Any, database: Any
) -> None:
    web = client(manager)
    where = send(web, GERMAN, fund="F").headers["location"]
    agree(web, where)
    take(web, where)
    rows = list(csv.DictReader(web.get("/exchange/export.csv").text.splitlines(keepends=True)))
    assert "Empfänger" not in rows[0]
    assert [(row["Recipient Org:Name"], row["Amount Awarded"], row["Award Date"]) for row in rows] == [
        ("Weberei Süd e.V.", "1234.50", "2019-04-03"),
        ("Imkerverein", "500", "2019-05-17"),
    ]
    assert count(database, Import) == 1
