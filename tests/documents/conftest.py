"""Small Word files, built with python-docx."""

import io
from collections.abc import Callable, Sequence

import pytest
from docx import Document

WordFile = Callable[..., bytes]


@pytest.fixture
def word_file() -> WordFile:
    """word_file('a paragraph', ['one', 'in runs'], table=[['a cell', …], …], header='', footer='') -> bytes."""

    def build(
        *lines: str | list[str], table: Sequence[Sequence[str]] = (), header: str = "", footer: str = ""
    ) -> bytes:
        document = Document()
        for line in lines:
            paragraph = document.add_paragraph()
            for run in [line] if isinstance(line, str) else line:
                paragraph.add_run(run).bold = len(paragraph.runs) % 2 == 0
        if table:
            rows = document.add_table(len(table), len(table[0])).rows
            for row, texts in zip(rows, table, strict=True):
                for cell, text in zip(row.cells, texts, strict=True):
                    cell.text = text
        if header:
            document.sections[0].header.paragraphs[0].text = header
        if footer:
            document.sections[0].footer.paragraphs[0].text = footer
        out = io.BytesIO()
        document.save(out)
        return out.getvalue()

    return build
