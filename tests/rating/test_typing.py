"""Sheets signed on paper, typed in by the office with a scan."""

import re
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event, select

from fundapp.files.models import File
from fundapp.files.store import Kept
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.mail.models import Message
from fundapp.measures.models import Measure
from fundapp.people.models import Person
from fundapp.rating import resigning, rounds, sheetpaper, sheets, standing, typing
from fundapp.rating.models import Sheet
from fundapp.rating.sheets import Given
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import FIRST, Round, declare, given, open_and_declare, rated_call, sheet_of, sign

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
SCAN = Kept("a" * 64, 1000, "sheet.pdf", "application/pdf")


def words(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def opened(session: Any, *, blind: bool = False, **how: Any) -> Round:
    found = rated_call(session, blind=blind, measures=2)
    open_and_declare(session, found, **how)
    return found


def first(session: Any, found: Round) -> Measure:
    return session.get_one(Measure, found.first.id)  # type: ignore[no-any-return]


def type_in(session: Any, found: Round, member: Person, *, by: Person | None = None, **how: Any) -> Sheet:
    how = {"given": given(FIRST), "scan": SCAN} | how
    return typing.type_in(
        session, first(session, found), member, how["given"], how["scan"], by=by or found.manager, at=MORNING
    )


def test_a_typed_sheet_is_signed_marked_and_has_its_scan_and_the_member_gets_a_mail(write: Any) -> None:
    def work(session: Any) -> Any:
        found = opened(session)
        sheet = type_in(session, found, found.members[0])
        mail = session.scalars(select(Message).where(Message.kind == "rating/typed")).one()
        scan = session.get_one(File, sheet.scan_id)
        return (
            sheet.status, sheet.total, sheet.source, sheet.typed_by_id == found.manager.id, scan.name, scan.case_id,
            mail.to_address == found.members[0].email, "72" in mail.body,
        )  # fmt: skip

    assert write(work) == ("signed", 720000, "paper", True, "sheet.pdf", None, True, False)


def test_the_same_scan_again_changes_nothing_and_another_paper_is_refused(write: Any) -> None:
    def work(session: Any) -> Any:
        found = opened(session)
        one, two = type_in(session, found, found.members[0]), type_in(session, found, found.members[0])
        with pytest.raises(Refused) as why:
            type_in(session, found, found.members[0], scan=Kept("b" * 64, 9, "other.pdf", "application/pdf"))
        return one.id == two.id, why.value.reasons[0].endswith("has signed a sheet for this proposal already; only the member can change it.")  # fmt: skip

    assert write(work) == (True, True)


def test_what_the_member_had_begun_on_the_screen_is_void_and_kept(write: Any) -> None:
    def work(session: Any) -> Any:
        found = opened(session)
        old = sheet_of(session, first(session, found), found.members[0])
        sheets.save(session, old, {"R1": Given(0, "no")}, by=found.members[0], at=MORNING)
        new = type_in(session, found, found.members[0])
        return old.status, old.because, len(standing.scores(session, [old.id])[old.id]), new.replaces_id == old.id

    assert write(work) == ("void", "replaced by the sheet signed on paper", 1, True)


def test_in_a_blind_call_both_parts_stand_at_once(write: Any) -> None:
    def work(session: Any) -> Any:
        found = opened(session, blind=True)
        sheet = type_in(session, found, found.members[0])
        return sheet.status, sheet.locked_at == MORNING, sheet.total

    assert write(work) == ("signed", True, 720000)


def test_the_member_objects_by_changing_it_while_the_round_is_open(write: Any) -> None:
    def work(session: Any) -> Any:
        found = opened(session)
        old = type_in(session, found, found.members[0])
        new = resigning.change(session, old, by=found.members[0], at=MORNING)
        return old.status, old.scan_id is not None, new.status, new.source

    assert write(work) == ("void", True, "open", "screen")


def test_who_sits_on_the_committee_types_nothing_in(write: Any) -> None:
    def work(session: Any) -> Any:
        found = opened(session)
        make.give(session, found.members[1], role="manager")
        with pytest.raises(Refused) as why:
            type_in(session, found, found.members[0], by=found.members[1])
        return why.value.reasons

    assert write(work) == (
        "You sit on the committee of this call. Somebody who does not score in it types the sheets in.",
    )


def test_a_manager_with_a_hand_in_the_proposal_and_a_member_type_nothing_in(write: Any) -> None:
    def work(session: Any) -> None:
        found = opened(session)
        helper = make.person(session, role="manager")
        first(session, found).prepared_by_id = helper.id
        session.flush()
        for person in (helper, found.members[1], found.chair):
            with pytest.raises(NotAllowed):
                type_in(session, found, found.members[0], by=person)

    write(work)


def test_all_that_is_missing_is_said_at_once(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session, blind=False, measures=2)
        declare(session, found, *found.everybody[1:])
        rounds.open_round(session, found.call, by=found.chair, at=MORNING)
        some = given(FIRST) | {"R1": Given(None), "R6": Given(5, "")}
        with pytest.raises(Refused) as why:
            type_in(session, found, found.chair, given=some, scan=Kept("c" * 64, 9, "notes.txt", "text/plain"))
        name = found.chair.shown_name
        return [reason.replace(name, "N") for reason in why.value.reasons]

    assert write(work) == [
        "N has not said yet that there is no conflict of interest in it.",
        "Not scored yet: R1.",
        "A reason is needed for R6: for 0, 1, 2, 5; below the mean needed; where you cannot judge.",
        "The scan is a picture (JPEG or PNG) or a PDF.",
    ]


def test_a_member_with_a_conflict_has_no_sheet_to_type(write: Any) -> None:
    def work(session: Any) -> Any:
        found = rated_call(session, blind=False, measures=2)
        open_and_declare(session, found, conflict=found.members[0])
        with pytest.raises(Refused) as why:
            type_in(session, found, found.members[0])
        return why.value.reasons[0].endswith("a conflict of interest, or others score it.")

    assert write(work)


def rows(points: tuple[int, ...]) -> dict[str, str]:
    found = {}
    for n, value in enumerate(points, start=1):
        found |= {f"scores-{n}-code": f"R{n}", f"scores-{n}-points": str(value), f"scores-{n}-comment": "as written"}
    return found


def test_the_office_types_a_sheet_in_and_the_member_reads_it_with_its_scan(write: Any, client: Any) -> None:
    found = write(opened)
    member, url = found.members[0], f"/rating/calls/{found.call.id}/paper"
    browser = client(found.manager)
    pair = {"member": str(member.id), "proposal": str(found.first.id)}
    page = browser.get(url, params=pair)
    assert page.status_code == 200
    assert "The sheet of" in words(page)
    missing = browser.post(url, data=rows(FIRST) | pair)
    assert missing.status_code == 422
    assert "Please attach the scan or a picture of the signed sheet." in words(missing)
    assert 'value="4" checked' in missing.text
    files = {"scan": ("sheet.png", PNG, "image/png")}
    assert browser.post(url, data=rows(FIRST) | pair, files=files).headers["location"] == f"{url}?member={member.id}"
    sheet = write(lambda s: sheet_of(s, first(s, found), member).id)
    own = client(member).get(f"/rating/sheets/{sheet}")
    assert "typed in by" in words(own)
    assert client(member).get(f"/rating/sheets/{sheet}/scan").content == PNG
    for other in (found.members[1], found.chair, found.manager):
        assert client(other).get(f"/rating/sheets/{sheet}/scan").status_code == 404
        assert client(other).get(f"/rating/measures/{found.first.id}/scans/{sheet}").status_code in (403, 404)


def test_after_the_close_all_who_see_the_scores_see_the_mark_and_the_scan(write: Any, client: Any) -> None:
    found = write(opened)
    files = {"scan": ("sheet.png", PNG, "image/png")}
    pair = {"member": str(found.members[0].id), "proposal": str(found.first.id)}
    sent = client(found.manager).post(f"/rating/calls/{found.call.id}/paper", data=rows(FIRST) | pair, files=files)
    assert sent.status_code == 303

    def close(session: Any) -> int:
        for person in found.members[1:3]:
            sign(session, first(session, found), person, FIRST)
        rounds.close_rating(session, first(session, found), by=found.chair, at=MORNING)
        return session.scalars(select(Sheet.id).where(Sheet.source == "paper")).one()  # type: ignore[no-any-return]

    sheet = write(close)
    page = client(found.members[1]).get(f"/rating/measures/{found.first.id}/sheets")
    assert "from signed paper" in words(page)
    assert client(found.members[1]).get(f"/rating/measures/{found.first.id}/scans/{sheet}").content == PNG


def test_empty_sheets_to_print_hold_nothing_that_was_scored(write: Any, client: Any) -> None:
    def work(session: Any) -> Round:
        found = opened(session, blind=True)
        sheet = sheet_of(session, first(session, found), found.members[0])
        sheets.save(session, sheet, {"R1": Given(2, "Zqxcanary")}, by=found.members[0], at=MORNING)
        return found

    found = write(work)
    url = f"/rating/calls/{found.call.id}/paper.docx?member={found.members[0].id}"
    data = client(found.manager).get(url).content
    parts = b"".join(sheetpaper.package.parts(data).values()).decode("utf-8", "replace")
    assert [word for word in [*found.secrets, "Zqxcanary"] if word in parts] == []
    assert len(sheetpaper.read(data).found) == 16
    assert "Only after you were told who proposes it." in parts
    assert [client(p).get(url).status_code for p in (found.chair, found.members[0])] == [403, 403]


def test_the_choice_costs_a_constant_number_of_questions(write: Any, database: Any) -> None:
    def asked(measures: int) -> int:
        def world(session: Any) -> Round:
            found = rated_call(session, blind=False, measures=measures)
            open_and_declare(session, found)
            return found

        found, seen = write(world), list[str]()

        def note(*facts: Any) -> None:
            seen.append(facts[2])

        event.listen(database.engine, "before_cursor_execute", note)
        try:
            with database.reading() as session:
                assert len(typing.choice(session, found.call, found.manager).sheets) == measures * 5
        finally:
            event.remove(database.engine, "before_cursor_execute", note)
        return sum(statement.startswith("SELECT") for statement in seen)

    assert asked(2) == asked(9) <= 8
