"""The list of measures: narrowed by its address, summed by currency, paged by key, at a constant price; and its workbook."""

import io
import re
import zipfile
from datetime import date, timedelta
from html import unescape
from typing import Any

import pytest
from sqlalchemy import event, select

from fundapp.exchange import register as registers
from fundapp.exchange.register import Sum, page, register
from fundapp.exchange.workbook import write_register
from fundapp.funds import ledger
from fundapp.funds.models import Contribution
from fundapp.kit import i18n
from fundapp.kit.database import ReadSession, WriteSession
from fundapp.measures.listing import Filters
from tests import factories
from tests.evaluation.test_portfolio import AT, measured
from tests.factories import MORNING, TODAY


def found(
    session: ReadSession, person: Any = None, *, at: Any = MORNING, after: int | None = None, **filters: str
) -> Any:
    asked = register(session, person, Filters(**filters), at=at)
    return page(session, asked, after=after, limit=120)


def titles(session: ReadSession, person: Any = None, **more: Any) -> list[str]:
    return sorted(row.measure.title for row in found(session, person, **more).rows)


def funded(session: WriteSession, **more: Any) -> Any:
    """A running measure of which 2,000.00 are paid, 1,000.00 left and 700.00 proven; its fund has money."""
    fund = more.pop("fund", None) or factories.fund(session)
    manager = factories.person(session, role="manager")
    measure = factories.measure(session, fund=fund, status="running", awarded=3_000_00, **more)
    donor = factories.donor(session, fund=fund, paid=9_000_00)
    gift = session.scalars(select(Contribution).where(Contribution.donor_id == donor.id)).one()
    ledger.receive(session, fund, gift, by=manager, at=MORNING)
    booked = {"booked_on": TODAY, "document": "B-1", "by": manager, "at": MORNING}
    for verb, amount in ((ledger.reserve, 3_000_00), (ledger.commit, 3_000_00), (ledger.pay, 2_000_00)):
        verb(session, fund, measure, amount, key=f"{verb.__name__}:{measure.id}", **booked)
    factories.receipt(session, measure=measure, by=manager, amount=900_00, accepted=700_00, cut_reason="VAT")
    factories.receipt(session, measure=measure, by=manager, amount=100_00)
    return measure


def test_a_row_says_what_was_granted_paid_proven_and_what_is_left(write: Any) -> None:
    def work(session: WriteSession) -> Any:
        measure = funded(session)
        for days, done in ((9, None), (4, None), (1, MORNING)):
            factories.obligation(
                session, kind="disbursement.final_report", subject=f"x.y:{days}", title=f"Final report: {days}",
                due=TODAY + timedelta(days=days), case_id=measure.id, done_at=done,
            )  # fmt: skip
        row = found(session).rows[0]
        return row.measure.awarded, row.paid, row.proven, row.left, row.duty, row.due, row.late

    assert write(work) == (3_000_00, 2_000_00, 700_00, 1_000_00, "Final report", TODAY + timedelta(days=4), False)


def test_sums_follow_the_filter_and_never_mix_currencies(write: Any) -> None:
    def work(session: WriteSession) -> Any:
        euro, pound = factories.fund(session, code="EU"), factories.fund(session, currency="GBP")
        funded(session, fund=euro, requested=3_000_00)
        factories.measure(session, fund=euro, requested=200_00, status="approved")
        factories.measure(session, fund=pound, requested=50_00, status="approved", awarded=40_00)
        factories.measure(session, fund=euro, requested=1_000_00, status="submitted")
        return found(session).sums, found(session, status="approved").sums, found(session, fund="EU").count

    whole, narrowed, euros = write(work)
    assert whole == [
        Sum("EUR", 3, 4_200_00, 3_200_00, 2_000_00, 700_00, 1_000_00), Sum("GBP", 1, 50_00, 40_00, 0, 0, 0),
    ]  # fmt: skip
    assert narrowed == [Sum("EUR", 1, 200_00, 200_00, 0, 0, 0), Sum("GBP", 1, 50_00, 40_00, 0, 0, 0)]
    assert euros == 3


def test_what_a_person_may_not_see_is_in_no_row_and_no_sum(write: Any) -> None:
    def work(session: WriteSession) -> Any:
        ours, theirs = factories.branch(session), factories.branch(session)
        officer = factories.person(session, role="officer", branch=ours)
        manager = factories.person(session, role="manager")
        fund = factories.fund(session)
        for branch, title in ((ours, "Ours"), (theirs, "Theirs"), (ours, "Friend")):
            measure = factories.measure(session, fund=fund, branch=branch, title=title, status="approved")
        factories.declaration(session, measure=measure, person=manager, kind="family")
        return [(titles(session, who), [s.count for s in found(session, who).sums]) for who in (officer, manager)]

    assert write(work) == [(["Friend", "Ours"], [2]), (["Ours", "Theirs"], [2])]


def test_pages_follow_each_other_by_key(write: Any) -> None:
    def work(session: WriteSession) -> Any:
        call, person = factories.call(session), factories.person(session, role="manager")
        ids = [factories.measure(session, call=call).id for _ in range(5)]
        asked, after, seen = register(session, person, Filters(), at=MORNING), None, []
        for _ in range(3):
            part = page(session, asked, after=after, limit=2)
            seen.append([row.measure.id for row in part.rows])
            after = part.next
        return seen == [ids[:2:-1], ids[2:0:-1], ids[:1]], after, part.count

    assert write(work) == (True, None, 5)


def test_late_is_what_has_an_open_duty_before_today_where_its_fund_lies(write: Any) -> None:
    def work(session: WriteSession) -> Any:
        west = factories.fund(session, zone="America/New_York")
        for no, (title, due, more) in enumerate(
            (
                ("late", TODAY - timedelta(days=1), {}), ("due today", TODAY, {}), ("done", date(2026, 1, 1), {"done_at": MORNING}),
                ("void", date(2026, 1, 1), {"cancelled_at": MORNING}), ("sheet", date(2026, 1, 1), {"kind": "rating.sheet"}),
            )
        ):  # fmt: skip
            measure = factories.measure(session, title=title, status="running")
            duty = {"kind": "disbursement.final_report", "subject": f"x.y:{no}"} | more
            factories.obligation(session, due=due, case_id=measure.id, **duty)
        measure = factories.measure(session, title="still yesterday", fund=west, status="running")
        duty = {"kind": "disbursement.final_report", "subject": "x.y:9", "due": date(2026, 3, 1), "case_id": measure.id}
        factories.obligation(session, **duty)
        night = MORNING.replace(hour=2)
        return (
            titles(session, late="yes"),
            titles(session, late="yes", at=night),
            found(session, late="yes").rows[0].late,
        )

    assert write(work) == (["late", "still yesterday"], ["late"], True)


@pytest.fixture
def results(write: Any) -> None:
    """Measures with every kind of answer; the funding of all but one has ended on 31 October 2025."""

    def work(session: WriteSession) -> None:
        measured(session, (0, "yes"), (12, "yes"), title="yes", counts={0: {"jobs": (3, 1)}})
        measured(session, (0, "yes"), (12, "no"), title="lost", counts={0: {"jobs": (0, 0)}})
        measured(session, (0, "partly"), title="partly")
        measured(session, (0, "unknown"), title="unreached")
        measured(session, title="unasked", status="terminated")
        measured(session, title="running", status="running", funding_ends=date(2027, 1, 31))
        measured(session, (0, "yes"), title="elsewhere", imported_key="old:1")
        factories.measure(session, title="proposed", status="rated")

    write(work)


ENDED = ["lost", "partly", "unasked", "unreached", "yes"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"counted": "ended"}, ["elsewhere", *ENDED]),
        ({"counted": "running"}, ["running"]),
        ({"counted": "jobs"}, ["yes"]),
        ({"counted": "people_trained"}, []),
        ({"counted": "effective"}, ENDED),
        ({"effective": "due"}, ENDED),
        ({"effective": "yes"}, ["yes"]),
        ({"effective": "no"}, ["lost"]),
        ({"effective": "partly"}, ["partly"]),
        ({"effective": "unknown"}, ["unasked", "unreached"]),
        ({"effective": "yes-0"}, ["lost", "yes"]),
        ({"effective": "due-12"}, ENDED),
        ({"effective": "unknown-12"}, ["partly", "unasked", "unreached"]),
        ({"effective": "due-24"}, []),
        ({"counted": "ended", "effective": "yes"}, ["yes"]),
        ({"counted": "ended", "year": "2024"}, ["elsewhere", *ENDED]),
    ],
)
def test_a_figure_of_the_results_opens_exactly_its_rows(write: Any, results: Any, filters: Any, expected: Any) -> None:
    assert write(lambda session: titles(session, at=AT, **filters)) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [("counted", "happiness"), ("effective", "yes-13"), ("effective", "yes-"), ("effective", "YES"), ("late", "no")],
)
def test_an_unknown_figure_narrows_nothing_and_is_named(write: Any, name: str, value: str) -> None:
    def work(session: WriteSession) -> Any:
        factories.measure(session, status="running", title="One")
        return titles(session, **{name: value}), register(session, None, Filters(**{name: value}), at=MORNING).unknown

    assert write(work) == (["One"], [name])


def test_the_list_costs_the_same_for_many_rows_as_for_few(database: Any) -> None:
    seen: list[bool] = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2].startswith("SELECT")))

    def ask(count: int) -> int:
        database.write(lambda session: [funded(session) for _ in range(count)])
        with database.reading() as session:
            seen.clear()
            for row in found(session, q="wool", late="", counted="running").rows:
                m = row.measure
                assert all((m.fund.currency, m.organisation.name, m.branch.name, m.call.title))
            return sum(seen)

    assert ask(2) == ask(9) == 4


# The page


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)).replace("\N{NO-BREAK SPACE}", " "))


@pytest.mark.sqlite
def test_the_page_shows_rows_sums_and_chips_that_can_be_taken_away(client: Any, write: Any) -> None:
    def work(session: WriteSession) -> Any:
        branch = factories.branch(session, code="KHO", name="Khovd")
        funded(session, branch=branch, title="Felt slippers", topic="crafts")
        funded(session, title="Bees")
        return factories.person(session, role="manager")

    answer = client(write(work)).get("/measures?branch=KHO&topic=crafts&status=happy")
    text = plain(answer.text)
    assert "1 measure in EUR 3,000 2,000 700 1,000" in text
    assert "Felt slippers" in text
    assert "Bees" not in text
    assert "The address asks for something that is not known here (Status). It narrows nothing." in text
    assert '<a href="/measures?topic=crafts">Khovd</a> <a href="/measures?branch=KHO">Crafts' in answer.text
    assert 'href="/measures.xlsx?branch=KHO&amp;topic=crafts"' in answer.text


@pytest.mark.sqlite
def test_the_page_of_a_figure_keeps_it_while_it_is_narrowed_further(client: Any, write: Any) -> None:
    manager = write(lambda session: factories.person(session, role="manager"))
    page = client(manager).get("/measures?counted=jobs&effective=yes-12&q=%3Cb%3E").text
    assert '<input type="hidden" name="counted" value="jobs">' in page
    assert "still effective, 12 months after the end" in page
    assert "&lt;b&gt;" in page
    assert "<b>”" not in page


@pytest.mark.sqlite
def test_a_call_in_preparation_is_not_named_to_who_may_not_manage_calls(client: Any, write: Any) -> None:
    def work(session: WriteSession) -> Any:
        factories.call(session, title="Secret plans", code="SECRET", published_at=None)
        return [factories.person(session, role=role) for role in ("manager", "officer", "finance", "auditor", "chair")]

    manager, *others = write(work)
    assert "Secret plans" in client(manager).get("/measures").text
    for person in others:
        assert "Secret plans" not in client(person).get("/measures?call=SECRET").text


# The workbook


def cells(data: bytes) -> list[list[Any]]:
    """The rows of the first sheet as texts and numbers."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    rows = []
    for row in re.findall(r"<row .*?</row>|<row [^>]*/>", sheet):
        found = re.findall(
            r'<c r="([A-Z]+)\d+"(?: s="\d+")?(?: t="(\w+)")?>(?:<is><t[^>]*>(.*?)</t></is>|<v>(.*?)</v>)</c>', row
        )
        rows.append(
            {column: unescape(text) if kind == "inlineStr" else float(value) for column, kind, text, value in found}
        )
    return rows


def test_the_workbook_holds_exactly_what_is_filtered_in_the_readers_language(database: Any) -> None:
    def work(session: WriteSession) -> Any:
        branch = factories.branch(session, name="Khovd", names={"de": "Chowd"}, region="MN-043")
        first = funded(session, branch=branch, title="=1+1", contracted_on=date(2026, 3, 1))
        funded(session, title="Elsewhere")
        return first.number

    number = database.write(work)
    out = io.BytesIO()
    token = i18n.LANGUAGE.set("de")
    with database.reading() as session:
        assert write_register(session, out, register(session, None, Filters(q="=1"), at=MORNING)) == 1
    i18n.LANGUAGE.reset(token)
    head, row, total = cells(out.getvalue())
    assert [row[c] for c in "ABCD"] == [number, "=1+1", "Chowd", "Chowd"]
    assert [row[c] for c in "LMNOPQ"] == [5000.0, 6666.66, 3000.0, 2000.0, 700.0, 1000.0]
    assert row["R"] == (date(2026, 3, 1) - date(1899, 12, 30)).days
    assert [total.get(c) for c in "LMNOPQ"] == [5000.0, None, 3000.0, 2000.0, 700.0, 1000.0]
    assert len(head) == 22


@pytest.mark.sqlite
def test_the_workbook_is_for_those_who_may_give_out_and_holds_only_what_they_see(client: Any, write: Any) -> None:
    def work(session: WriteSession) -> Any:
        manager = factories.person(session, role="manager")
        friend = factories.measure(session, title="Friend", status="approved")
        factories.measure(session, title="Stranger", status="approved")
        factories.declaration(session, measure=friend, person=manager, kind="family")
        return manager, factories.person(session, role="officer"), factories.person(session, role="chair")

    manager, officer, chair = write(work)
    answer = client(manager).get("/measures.xlsx?status=approved")
    assert answer.headers["content-disposition"] == 'attachment; filename="measures.xlsx"'
    assert [row.get("B") for row in cells(answer.content)] == ["Title", "Stranger", "1 measure in EUR"]
    assert [client(who).get("/measures.xlsx").status_code for who in (officer, chair)] == [403, 403]


def test_the_workbook_is_read_in_parts(database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registers, "AT_ONCE", 2)
    database.write(lambda session: [factories.measure(session, status="approved") for _ in range(5)])
    out = io.BytesIO()
    with database.reading() as session:
        assert write_register(session, out, register(session, None, Filters(), at=MORNING)) == 5
    assert len(cells(out.getvalue())) == 7
