"""The Word templates that come with the system."""

import io
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn

from fundapp.documents.word import Template

FOLDER = Path(__file__).parents[2] / "documents"
FILES = sorted(FOLDER.glob("*.docx"))


@pytest.fixture(params=FILES, ids=lambda path: path.name)
def shipped(request):
    return Document(io.BytesIO(request.param.read_bytes()))


def test_there_are_templates():
    assert {path.name.split(".")[0] for path in FILES} >= {
        "contract",
        "decision",
        "minutes",
        "portfolio",
        "refusal",
        "settlement",
    }


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_template_can_be_read(path):
    Template(path.read_bytes())


def test_a_template_is_a4_and_names_nobody(shipped):
    section, properties = shipped.sections[0], shipped.core_properties
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    assert round(section.left_margin.cm, 1) == round(section.right_margin.cm, 1) == 2.2
    assert (properties.author, properties.comments, properties.last_modified_by) == ("", "", "")


def test_a_template_counts_its_pages_and_carries_number_and_version(shipped):
    footer = shipped.sections[0].footer._element
    assert [field.get(qn("w:instr")).strip() for field in footer.iter(qn("w:fldSimple"))] == ["PAGE", "NUMPAGES"]
    text = shipped.sections[0].footer.paragraphs[0].text
    assert "{{ document.number }}" in text
    assert "{{ document.version }}" in text


def test_no_row_breaks_and_every_list_repeats_its_head(shipped):
    for table in shipped.tables:
        rows = list(table._tbl.iter(qn("w:tr")))
        assert all(row.find(f".//{qn('w:cantSplit')}") is not None for row in rows)
        if any("{%tr" in cell.text for row in table.rows for cell in row.cells):
            assert rows[0].find(f".//{qn('w:tblHeader')}") is not None


def test_the_contract_has_all_clauses():
    contract = Document(io.BytesIO((FOLDER / "contract.en.docx").read_bytes()))
    numbers = [p.text.split("\t")[0] for p in contract.paragraphs if p.style.name == "Heading 2" and "\t" in p.text]
    assert numbers == [str(number) for number in range(1, 33)]
