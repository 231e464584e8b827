"""Chapter 10: every Word file is opened again and its figures are compared with the database; chain, ledger and files are proved."""

import re
from io import BytesIO
from typing import Any

from docx import Document as Word
from docx.oxml.ns import qn
from sqlalchemy import select

from fundapp.disbursement.models import Payment, Receipt, Settlement
from fundapp.documents.models import Document
from fundapp.evaluation.models import Evaluation, Value
from fundapp.files.models import File
from fundapp.funds.queries import figures
from fundapp.grants.models import Contract, Instalment
from fundapp.kit.dates import show as day
from fundapp.kit.money import in_words, show
from fundapp.measures.models import BudgetLine, Measure
from fundapp.people.models import Person
from fundapp.rating.models import Member, Result
from fundapp.rating.proceedings import Decision, Meeting
from fundapp.rooms import verified
from tests.journeys.stage import Stage

EXPECTED = ("minutes", "decision", "contract", "settlement", "portfolio")


def words(data: bytes) -> str:
    """All text of a Word file, each paragraph a line, tables and boxes included."""
    paragraphs = Word(BytesIO(data)).element.body.iter(qn("w:p"))
    lines = ("".join(part.text or "" for part in each.iter(qn("w:t"))) for each in paragraphs)
    return "\n".join(line for line in lines if line.strip()).replace("\xa0", " ")


def money(amount: int) -> str:
    return show(amount, "EUR", "en", with_currency=True).replace("\xa0", " ")


def hold(text: str, *facts: str) -> None:
    for fact in facts:
        assert fact in text, f"“{fact}” does not stand in:\n{text}"


def opened(stage: Stage) -> dict[str, str]:
    """Every document of the database, issued, as it lies in the store; what was downloaded is the same."""

    def read(session: Any) -> dict[str, bytes]:
        rows = session.scalars(select(Document)).all()
        assert {row.status for row in rows} == {"issued"}
        return {row.name: stage.app.state.store.read(session.get(File, row.file_id).sha256) for row in rows}

    files = stage.ask(read)
    assert sorted(files) == sorted(EXPECTED)
    for name, data in stage.kept.items():
        assert data == files[name]
    return {name: words(data) for name, data in files.items()}


def agree(stage: Stage) -> None:
    """The figures, names, dates and votes of the papers are those of the rows."""
    texts = opened(stage)
    stage.ask(lambda session: minutes(session, texts["minutes"]))
    stage.ask(lambda session: decision(session, texts["decision"]))
    stage.ask(lambda session: contract(session, texts["contract"]))
    stage.ask(lambda session: settlement(session, texts["settlement"]))
    stage.ask(lambda session: portfolio(session, texts["portfolio"]))
    assert len(Word(BytesIO(stage.kept["portfolio"])).inline_shapes) == 2


def minutes(session: Any, text: str) -> None:
    meeting, made, result = (session.scalars(select(kind)).one() for kind in (Meeting, Decision, Result))
    names = {m.person_id: session.get(Person, m.person_id).shown_name for m in session.scalars(select(Member))}
    absent = [name for id, name in names.items() if id not in meeting.present]
    assert (result.total, result.spread) == (696667, 130000)
    hold(text, day(meeting.held_on, "en"), meeting.place, "10:00 to 11:30", f"Absent: {absent[0]}.", "69.7\n13.0")
    hold(text, *(names[id] for id in meeting.present), *(f"{names[id]}: Family" for id in made.left_room))
    hold(
        text,
        f"{made.yes} yes, {made.no} no, {made.abstained} abstained",
        f"{money(made.amount)} awarded in this meeting",
    )
    hold(
        text,
        f"{made.frozen['voting']} of 4 members",
        f"{made.frozen['quorum']} were needed",
        made.conditions,
        made.reasons,
    )


def decision(session: Any, text: str) -> None:
    measure = session.scalars(select(Measure)).one()
    hold(
        text,
        measure.number,
        measure.title,
        money(measure.awarded),
        money(measure.requested),
        measure.conditions,
        "69.7",
    )


def contract(session: Any, text: str) -> None:
    made, measure = (session.scalars(select(kind)).one() for kind in (Contract, Measure))
    lines = session.scalars(select(BudgetLine).order_by(BudgetLine.no)).all()
    parts = session.scalars(select(Instalment).order_by(Instalment.no)).all()
    assert (
        sum(part.amount for part in parts) == made.amount == sum(line.from_grant for line in lines) == measure.awarded
    )
    hold(text, made.number, measure.number, measure.title, money(made.amount), in_words(made.amount, "EUR", "en"))
    hold(
        text, money(made.total_cost), day(made.starts_on, "en"), day(made.ends_on, "en"), made.payee, made.payee_account
    )
    hold(text, *(money(part.amount) for part in parts), *(line.description for line in lines))
    hold(text, *(show(line.amount, "EUR", "en") for line in lines), "Maral Manager", "Saran Bold", "Oyun")
    hold(text, f"The school of {measure.place}, Zavkhan may wash its wool on Tuesdays.")


def settlement(session: Any, text: str) -> None:
    made, agreed = (session.scalars(select(kind)).one() for kind in (Settlement, Contract))
    receipts = session.scalars(select(Receipt)).all()
    paid = session.scalars(select(Payment).where(Payment.status == "paid").order_by(Payment.id)).all()
    assert made.accepted_cost == sum(receipt.accepted for receipt in receipts) == 1004050
    assert made.grant_due == sum(payment.amount for payment in paid) == 689054
    assert (made.balance, [payment.amount for payment in paid]) == (59054, [350000, 280000, 59054])
    hold(
        text,
        agreed.number,
        money(agreed.amount),
        money(made.grant_due),
        money(made.paid),
        f"we pay you {money(made.balance)}",
    )
    hold(
        text,
        show(made.accepted_cost, "EUR", "en"),
        show(sum(r.amount for r in receipts), "EUR", "en"),
        agreed.payee_account,
    )
    hold(text, *(receipt.cut_reason for receipt in receipts if receipt.cut_reason))


def portfolio(session: Any, text: str) -> None:
    measure = session.scalars(select(Measure)).one()
    visits = session.scalars(select(Evaluation).order_by(Evaluation.point)).all()
    last = {
        row.code: row.value // 1000
        for row in session.scalars(select(Value).where(Value.evaluation_id == visits[-1].id))
    }
    assert [visit.effective for visit in visits] == ["yes", "yes", "partly", "yes"]
    found = f"They trained {last['people_trained']} people, created {last['jobs']} jobs and gave {last['higher_income']} people a higher income."
    hold(text, found, "1 of 1\nstill effective (100.0 %)", "12 months later\n1\n0\n1\n0\n0\n0.0 %")
    sums = [show(amount, "EUR", "en") for amount in (measure.awarded, measure.settled_grant, 1004050)]
    hold(
        text,
        "\n".join(["EUR", "1", *sums]),
        f"{measure.number}\n{measure.title}\nBranch Zavkhan\n2026\n{money(measure.awarded)}\nclosed\nyes",
    )


def proved(stage: Stage) -> None:
    """The head that left by mail long ago is part of the chain; ledger, totals and files hold."""
    head = re.search(r"\b[0-9a-f]{64}\b", stage.mails("ira")[1].get_content())[0]
    assert stage.ask(lambda session: verified(session, stage.app.state.store, head)) == []
    money_ = stage.ask(lambda session: figures(session, 1))
    assert (money_.received, money_.paid, money_.committed, money_.reserved, money_.free) == (
        8500050,
        689054,
        0,
        0,
        7810996,
    )


def received(stage: Stage) -> None:
    """What the applicant was told by mail, in order."""
    assert [mail["Subject"] for mail in stage.mails("saran")] == [
        "Your link to sign in",
        "We have your proposal: LED-057-2026-0001",
        "Your proposal fits the call: LED-057-2026-0001",
        "Good news: your measure is approved, with less than you asked for",
        "Your contract is ready to be signed",
        "Your contract is signed",
        "Money is on its way to you",
        "Interim report due in 3 days",
        "Your report is accepted",
        "Money is on its way to you",
        "Your report is accepted",
        "The settlement of your measure",
        "Money is on its way to you",
        "Your measure is settled",
    ]


def read_by_all(stage: Stage) -> None:
    """Who may read all reads all; the applicant sees the whole life on the phone."""
    ira, ada, saran = stage.ira, stage.ada, stage.saran
    for path in ("/cases/1", "/measures", "/funds/1/ledger", "/funds/journals/1", "/history", "/evaluation/results"):
        ira.go(path)
    ira.go("/cases/1")
    ira.sees("Closed", "69.7 points from 3 sheets")
    for path in ("/outbox", "/outbox/1", "/people/rights", "/people/persons", "/people/account"):
        ada.go(path)
    for path in ("/measures", "/cases/1", "/measures/1/review", "/disbursement/measures/1", "/people/account"):
        saran.go(path)
