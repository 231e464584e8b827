"""Score sheets as Word: taken, filled in elsewhere, sent back, shown, taken over once confirmed."""

import io
import re
import shutil
import subprocess
from html import unescape
from typing import Any

import pytest
from docx import Document
from sqlalchemy import event, func, select

from fundapp.documents.controls import EMPTY, TICKED, W14, WORD, qn
from fundapp.files.models import File
from fundapp.measures.models import Measure
from fundapp.rating import queries, sheetforms, sheetpaper, sheets, standing
from fundapp.rating.sheets import Given
from tests.conftest import missing
from tests.factories import MORNING
from tests.rating.conftest import CODES, FIRST, Round, given, open_and_declare, rated_call, sheet_of, sign


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def fill(data: bytes, **texts: str) -> bytes:
    """The document as somebody fills it in: `s7_R1_points='4'`; 'yes' ticks a box. Names are told by their beginning."""
    document = Document(io.BytesIO(data))
    for sdt in document.element.body.iter(qn("w:sdt")):
        properties = sdt.find(qn("w:sdtPr"))
        tag = properties.find(qn("w:tag")).get(qn("w:val")).rpartition("-")[0].replace("-", "_")
        if tag not in texts:
            continue
        shown = properties.find(qn("w:showingPlcHdr"))
        if shown is not None:
            properties.remove(shown)
        box = properties.find(f"{{{W14}}}checkbox")
        if box is not None:
            box.find(f"{{{W14}}}checked").set(f"{{{W14}}}val", "1" if texts[tag] else "0")
            next(sdt.iter(qn("w:t"))).text = TICKED if texts[tag] else EMPTY
            continue
        first, *rest = sdt.iter(qn("w:t"))
        first.text = texts[tag]
        for other in rest:
            other.text = ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def open_call(write: Any) -> Round:
    """Open names, two proposals, everybody has declared."""

    def work(session: Any) -> Round:
        found = rated_call(session, blind=False, measures=2)
        open_and_declare(session, found)
        return found

    return write(work)


def field(write: Any, found: Round, what: str, code: str = "R1", n: int = 0, member: int = 0) -> str:
    """The name of a field of a member's sheet, as `fill` knows it."""

    def work(session: Any) -> str:
        sheet = sheet_of(session, session.get_one(Measure, found.measures[n].id), found.members[member])
        criterion = next(c for c in queries.criteria(session, sheet.scheme_id) if c.code == code)
        return f"s{sheet.id}_c{criterion.id}_{what}"

    return write(work)


def scored(write: Any, found: Round, n: int = 0) -> dict[str, tuple[int | None, bool, str]]:
    def work(session: Any) -> Any:
        sheet = sheet_of(session, session.get_one(Measure, found.measures[n].id), found.members[0])
        codes = {c.id: c.code for c in queries.criteria(session, sheet.scheme_id)}
        rows = standing.scores(session, [sheet.id]).get(sheet.id, {})
        return {codes[id]: (row.points, row.unjudged, row.comment) for id, row in rows.items()}

    return write(work)


def send(browser: Any, found: Round, data: bytes) -> Any:
    return browser.post(f"/rating/calls/{found.call.id}/sheets-file", files={"file": ("sheets.docx", data, WORD)})


def was_on(page: Any) -> str:
    return unescape(re.search(r'name="was" value="([^"]*)"', page.text)[1])  # type: ignore[index]


def test_sheets_taken_and_sent_back_change_nothing(client: Any, open_call: Round) -> None:
    browser = client(open_call.members[0])
    data = browser.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content
    sent = send(browser, open_call, data)
    page = browser.get(sent.headers["location"])
    assert "The file says nothing that does not stand in your sheets already." in words(page)
    assert len(sheetpaper.read(data).found) == 16


def test_what_was_filled_in_is_saved_only_once_it_is_confirmed_and_not_signed(client: Any, write: Any, open_call: Round) -> None:  # fmt: skip
    browser = client(open_call.members[0])
    data = browser.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content
    told = {
        field(write, open_call, "points"): "5 very good",
        field(write, open_call, "comment"): "A dated plan.",
        field(write, open_call, "unjudged", "R2"): "yes",
        field(write, open_call, "points", "R3"): "3",
    }
    report = send(browser, open_call, fill(data, **told)).headers["location"]
    page = browser.get(report)
    assert "4 entries are new" in words(page)
    assert scored(write, open_call) == {}
    take = re.findall(r'name="take" value="([^"]+)" checked', page.text)
    for _again in range(2):
        assert browser.post(report, data={"was": was_on(page), "take": take}).headers["location"] == "/rating/"
        assert scored(write, open_call) == {
            "R1": (5, False, "A dated plan."), "R2": (None, True, ""), "R3": (3, False, ""),
        }  # fmt: skip
    kept = write(lambda s: sheet_of(s, s.get_one(Measure, open_call.first.id), open_call.members[0]))
    assert (kept.source, kept.status) == ("file", "open")


def test_what_was_changed_in_both_places_is_shown_with_both_and_the_member_chooses(client: Any, write: Any, open_call: Round) -> None:  # fmt: skip
    browser, member = client(open_call.members[0]), open_call.members[0]
    data = browser.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content

    def meanwhile(session: Any) -> None:
        sheet = sheet_of(session, session.get_one(Measure, open_call.first.id), member)
        sheets.save(session, sheet, {"R1": Given(2, "late"), "R3": Given(4)}, by=member, at=MORNING)

    write(meanwhile)
    report = send(browser, open_call, fill(data, **{field(write, open_call, "points"): "5"})).headers["location"]
    page = browser.get(report)
    assert "On the screen: 2 poor In the file: 5 very good" in words(page)
    assert "What you changed on the screen stays" in words(page)
    name = re.search(r'name="(both-[^"]+)"', page.text)[1]  # type: ignore[index]
    browser.post(report, data={"was": was_on(page), name: "screen"})
    assert scored(write, open_call)["R1"] == (2, False, "late")
    browser.post(report, data={"was": was_on(page), name: "file"})
    assert scored(write, open_call) == {"R1": (5, False, "late"), "R3": (4, False, "")}


def test_nothing_is_taken_over_when_the_screen_has_moved_on_since_the_report(client: Any, write: Any, open_call: Round) -> None:  # fmt: skip
    browser, member = client(open_call.members[0]), open_call.members[0]
    data = browser.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content
    report = send(browser, open_call, fill(data, **{field(write, open_call, "points"): "5"})).headers["location"]
    page = browser.get(report)

    def meanwhile(session: Any) -> None:
        sheet = sheet_of(session, session.get_one(Measure, open_call.first.id), member)
        sheets.save(session, sheet, {"R1": Given(1, "no")}, by=member, at=MORNING)

    write(meanwhile)
    take = re.findall(r'name="take" value="([^"]+)" checked', page.text)
    assert browser.post(report, data={"was": was_on(page), "take": take}).headers["location"] == report
    assert scored(write, open_call)["R1"] == (1, False, "no")


def test_what_cannot_be_read_is_named_with_the_reason(client: Any, write: Any, open_call: Round) -> None:
    browser = client(open_call.members[0])
    data = browser.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content
    told = {
        field(write, open_call, "points"): "nine",
        field(write, open_call, "points", "R2"): "4",
        field(write, open_call, "unjudged", "R2"): "yes",
        field(write, open_call, "points", "R4"): "7",
    }
    page = words(browser.get(send(browser, open_call, fill(data, **told)).headers["location"]))
    assert "“nine” – these are no whole points from 0 to 5" in page
    assert "“4” – there are points, and it is ticked that you cannot judge it" in page
    assert "“7” – these are no whole points from 0 to 5" in page
    assert "3 entries could not be read" in page


def test_a_file_that_is_no_word_file_is_refused_and_nothing_is_kept(client: Any, write: Any, open_call: Round) -> None:
    browser = client(open_call.members[0])
    before = write(lambda s: s.scalar(select(func.count()).select_from(File)))
    sent = send(browser, open_call, b"PK\x03\x04 not a file")
    assert sent.status_code == 422
    assert write(lambda s: s.scalar(select(func.count()).select_from(File))) == before


def test_nobody_reads_the_file_of_another_nor_learns_of_their_sheets(client: Any, write: Any, open_call: Round) -> None:
    mine, other = client(open_call.members[0]), client(open_call.members[1])
    data = mine.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content
    filled = fill(data, **{field(write, open_call, "comment"): "Zqxcanary"})
    report = send(mine, open_call, filled).headers["location"]
    assert other.get(report).status_code == 404
    assert client(open_call.chair).get(report).status_code == 404
    assert client(open_call.manager).get(report).status_code == 404
    page = other.get(send(other, open_call, filled).headers["location"])
    assert "This file was made for somebody else" in words(page)
    assert "2 sheets in this file are not open for you." in words(page)
    assert "Zqxcanary" not in page.text


def test_a_signed_sheet_is_not_in_the_file_and_is_not_changed_by_one(client: Any, write: Any, open_call: Round) -> None:
    browser = client(open_call.members[0])
    data = browser.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content
    write(lambda s: sign(s, s.get_one(Measure, open_call.first.id), open_call.members[0], FIRST) and None)
    page = browser.get(
        send(browser, open_call, fill(data, **{field(write, open_call, "points"): "0"})).headers["location"]
    )
    assert "“0 not answered” – The sheet is signed." in words(page)
    again = browser.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content
    assert len({sheet for sheet, _criterion in sheetpaper.read(again).found}) == 1


def test_in_a_blind_call_nothing_in_the_file_tells_who_proposes(client: Any, write: Any, rated: Round) -> None:
    member = rated.members[0]
    browser = client(member)

    def lock(session: Any) -> None:
        sheet = sheet_of(session, session.get_one(Measure, rated.first.id), member)
        blind = tuple(code for code in CODES if code != "R6")
        sheets.save(session, sheet, given(FIRST, blind), by=member, at=MORNING)
        sheets.lock(session, sheet, by=member, at=MORNING)

    write(lock)
    data = browser.get(f"/rating/calls/{rated.call.id}/sheets.docx").content
    parts = b"".join(sheetpaper.package.parts(data).values()).decode("utf-8", "replace")
    assert [secret for secret in rated.secrets if secret in parts] == []
    told = {field(write, rated, "points", "R6"): "4", field(write, rated, "points", "R1"): "0"}
    page = words(browser.get(send(browser, rated, fill(data, **told)).headers["location"]))
    assert "1 entry is new" in page
    assert "R6 Applicant, champions, three-sector partnership" in page


def test_the_identity_cannot_be_scored_from_a_file_before_the_names_are_open(client: Any, write: Any, rated: Round) -> None:  # fmt: skip
    data = client(rated.members[0]).get(f"/rating/calls/{rated.call.id}/sheets.docx").content
    codes = {criterion for _sheet, criterion in sheetpaper.read(data).found}
    assert len(codes) == 7
    assert "Scored once the names are open." in "\n".join(
        cell.text for table in Document(io.BytesIO(data)).tables for row in table.rows for cell in row.cells
    )


def test_one_sheet_alone_can_be_taken(client: Any, write: Any, open_call: Round) -> None:
    id = write(lambda s: sheet_of(s, s.get_one(Measure, open_call.first.id), open_call.members[0]).id)
    data = client(open_call.members[0]).get(f"/rating/calls/{open_call.call.id}/sheets.docx?sheet={id}").content
    assert {sheet for sheet, _criterion in sheetpaper.read(data).found} == {id}


def test_who_has_no_sheet_gets_no_file(client: Any, open_call: Round) -> None:
    answer = client(open_call.manager).get(f"/rating/calls/{open_call.call.id}/sheets.docx")
    assert answer.status_code == 409


def test_sheets_that_went_through_libreoffice_are_read_as_well(client: Any, write: Any, open_call: Round, tmp_path: Any) -> None:  # fmt: skip
    office = shutil.which("soffice")
    if office is None:
        missing("LibreOffice is not installed")
    browser = client(open_call.members[0])
    data = browser.get(f"/rating/calls/{open_call.call.id}/sheets.docx").content
    told = {
        field(write, open_call, "points"): "4 good",
        field(write, open_call, "comment"): "Two lines,\nas it should be.",
        field(write, open_call, "unjudged", "R2"): "yes",
    }
    (tmp_path / "sheets.docx").write_bytes(fill(data, **told))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    how = [str(office), profile, "--headless", "--convert-to", "docx:MS Word 2007 XML", "--outdir", f"{tmp_path}/out"]
    subprocess.run([*how, f"{tmp_path}/sheets.docx"], check=True, capture_output=True, timeout=120)
    report = send(browser, open_call, (tmp_path / "out/sheets.docx").read_bytes()).headers["location"]
    page = browser.get(report)
    assert "3 entries are new" in words(page)
    assert sheetpaper.read((tmp_path / "out/sheets.docx").read_bytes()).key == sheetpaper.read(data).key
    take = re.findall(r'name="take" value="([^"]+)" checked', page.text)
    browser.post(report, data={"was": was_on(page), "take": take})
    assert scored(write, open_call)["R1"][:2] == (4, False)
    assert scored(write, open_call)["R2"][:2] == (None, True)


def test_the_report_of_many_sheets_costs_no_more_questions_than_of_few(write: Any, database: Any) -> None:
    def asked(measures: int) -> int:
        def world(session: Any) -> Any:
            found = rated_call(session, blind=False, measures=measures)
            open_and_declare(session, found)
            return found, sheetforms.own(session, found.call, found.members[0], language="en", today=MORNING.date())

        found, data = write(world)
        seen: list[str] = []

        def note(*facts: Any) -> None:
            seen.append(facts[2])

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            with database.reading() as session:
                sheetforms.report(session, found.call, found.members[0], data, language="en")
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        return sum(statement.startswith("SELECT") for statement in seen)

    assert asked(2) == asked(9) <= 5


def test_points_are_read_as_people_write_them() -> None:
    words_ = [{4: "good"}, {4: "gut"}]
    texts = ["4", " 4  good", "4 – gut", "4: good", "4 bad", "6", "four", "4.5", "-1", ""]
    assert [sheetpaper.points_in(text, words_, 5) for text in texts] == [4, 4, 4, 4, None, None, None, None, None, None]
