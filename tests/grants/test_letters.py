"""The Word files of this room and of the one above it, opened again."""

from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest

from fundapp.documents.jobs import render_ordered
from fundapp.documents.models import Document
from fundapp.files.models import File
from fundapp.files.store import Store
from fundapp.grants.letters import Grantor
from tests.grants.case import Case


def text_of(case: Case, store: Store, document_id: int) -> str:
    """All words of an issued Word file, tables included."""
    render_ordered(case.database, store, lambda: case.at)

    def file(session: Any) -> tuple[str, str, str | None]:
        document = session.get_one(Document, document_id)
        return (
            document.status,
            document.error,
            session.get_one(File, document.file_id).sha256 if document.file_id else None,
        )

    status, error, sha256 = case.do(file)
    assert (status, error) == ("issued", "")
    assert sha256 is not None
    opened = docx.Document(BytesIO(store.read(sha256)))
    cells = [cell.text for table in opened.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in opened.paragraphs), *cells]).replace("\u00a0", " ")


@pytest.mark.sqlite
def test_the_word_contract_says_what_the_database_says(case: Case, tmp_path: Path) -> None:
    issued = case.issue(grantor=Grantor(name="Chamber & Sons <Töv>", signatory="Б. Болд", function="Director"))
    text = text_of(case, Store(tmp_path), issued.document_id)
    for said in (
        "C-2026-0001", "EUR 7,500.00", "seven thousand five hundred euros", "75.0 %", "EUR 3,750.00", "EUR 3,000.00", "EUR 750.00",
        "MN120005001234567890", "Chamber & Sons <Töv>", "Б. Болд", "1 May 2026", "31 October 2026", "29 January 2027",
        "70 % of instalment 1 spent and shown by accepted receipts",
    ):  # fmt: skip
        assert said in text, said
    assert "{{" not in text


@pytest.mark.sqlite
def test_the_word_settlement_says_what_was_reckoned(case: Case, tmp_path: Path) -> None:
    case.run()
    case.pay_all(1)
    case.receipt(400000, line=1, accepted=380000, because="paid after the end")
    case.report("final")
    made = case.compute(refund_account="Khan Bank, MN77")
    assert (made.grant_due, made.balance, made.document_id is not None) == (285000, -90000, True)
    text = text_of(case, Store(tmp_path), made.document_id or 0)
    for said in (
        "EUR 2,850.00",
        "EUR 900.00",
        "4,000.00",
        "3,800.00",
        "receipt 1: paid after the end",
        "Khan Bank, MN77",
        "1 April 2026",
    ):
        assert said in text, said
