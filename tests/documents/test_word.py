"""Filling a template and reading it back."""

import base64
import io
import re
import zipfile

import pytest
from docx import Document

from fundapp.documents.checker import DOT
from fundapp.documents.package import NotAWordFile
from fundapp.documents.word import CannotFill, Difference, Template

HARD = [
    "R&D <b>x</b>",
    "</w:t></w:r></w:p><w:p><w:r><w:t>injected",
    "]]>",
    "{{ amount }}",
    "{% if %}",
    "Ulaanbaatar 🐑🧶",
    "Хөвсгөл аймаг",
    "first\nsecond",
    "left\tright",
    "  spaces  ",
    "“quoted” ‘so’",
    "نسيج",
    "x" * 5000,
]
ROWS = [["{%tr for row in rows %}", ""], ["{{ row.name }}", "{{ loop.index }}"], ["{%tr endfor %}", ""]]


def paragraphs(data: bytes) -> list[str]:
    return [paragraph.text for paragraph in Document(io.BytesIO(data)).paragraphs]


def cells(data: bytes) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in Document(io.BytesIO(data)).tables[0].rows]


@pytest.mark.parametrize("value", HARD)
def test_whatever_a_person_writes_stands_in_the_letter_as_written(word_file, value):
    template = Template(word_file("to {{ name }}.", header="{{ name }}", footer="{{ name }}"))
    filled = template.render({"name": value})
    section = Document(io.BytesIO(filled)).sections[0]
    assert paragraphs(filled) == [f"to {value}."]
    assert section.header.paragraphs[0].text == section.footer.paragraphs[0].text == value
    assert template.differences(filled, {"name": value}) == []


def test_control_characters_are_left_out(word_file):
    template = Template(word_file("{{ name }}"))
    assert paragraphs(template.render({"name": "a\x00\x07b\ud800\uffff\r\nc\rd"})) == ["ab\nc\nd"]


def test_a_field_that_word_has_split_into_runs_is_filled(word_file):
    template = Template(word_file(["amount: {{ con", "tract.", "amount }", "} in all"]))
    assert paragraphs(template.render({"contract": {"amount": "7,500.00"}})) == ["amount: 7,500.00 in all"]


def test_quotation_marks_that_word_has_curled_inside_a_tag_are_read(word_file):
    template = Template(word_file("{% if kind == “fixed” %}fixed sum{% endif %}"))
    filled = template.render({"kind": "fixed"})
    assert paragraphs(filled) == ["fixed sum"]
    assert template.differences(filled, {"kind": "fixed"}) == []


def test_a_table_row_is_repeated_for_each_entry(word_file):
    template, fields = Template(word_file(table=ROWS)), {"rows": [{"name": f"item & {i}"} for i in range(30)]}
    filled = template.render(fields)
    assert cells(filled) == [[f"item & {i}", str(i + 1)] for i in range(30)]
    assert template.differences(filled, fields) == []


def test_a_table_loop_without_entries_leaves_no_row(word_file):
    template = Template(word_file(table=[["Name", "No."], *ROWS]))
    filled = template.render({"rows": []})
    assert cells(filled) == [["Name", "No."]]
    assert template.differences(filled, {"rows": []}) == []


def test_paragraph_tags_leave_no_paragraph_behind(word_file):
    template = Template(
        word_file("{%p for name in names %}", "{{ name }}", "{%p endfor %}", "{%p if no %}", "x", "{%p endif %}")
    )
    fields = {"names": ["one", "two"], "no": False}
    filled = template.render(fields)
    assert paragraphs(filled) == ["one", "two"]
    assert template.differences(filled, fields) == []


def test_columns_repeat_by_the_longer_way(word_file):
    cells_of_years = ["{%tc for year in years %}", "{{ year }}", "{%tc endfor %}"]
    template = Template(word_file(table=[cells_of_years]))
    filled = template.render({"years": [2024, 2025]})
    assert cells(filled) == [["2024", "2025"]]
    assert template.differences(filled, {"years": [2024, 2025]}) == []


def test_the_same_fields_give_the_same_bytes(word_file):
    template = Template(word_file("{{ name }}"))
    assert template.render({"name": "a"}) == template.render({"name": "a"})


def test_a_picture_stands_where_its_field_was_and_says_what_it_shows(word_file):
    template = Template(word_file("before", "{{ by_year }}", "{{ name }}", table=ROWS))
    fields = {
        "by_year": {"png": DOT, "width_cm": 5, "alt": "grants & years"},
        "name": "a\tb\n<c>",
        "rows": [{"name": "x"}],
    }
    filled = template.render(fields)
    assert paragraphs(filled) == ["before", "", "a\tb\n<c>"]
    assert cells(filled) == [["x", "1"]]
    assert Document(io.BytesIO(filled)).inline_shapes[0].width.cm == 5
    assert b'descr="grants &amp; years"' in zipfile.ZipFile(io.BytesIO(filled)).read("word/document.xml")
    assert template.differences(filled, fields) == []


def test_text_that_changed_beside_a_picture_is_named(word_file):
    template = Template(word_file("{{ picture }}", "{{ name }}"))
    filled = template.render({"picture": {"png": DOT}, "name": "a"})
    found = template.differences(filled, {"picture": {"png": DOT}, "name": "b"})
    assert found == [Difference("word/document.xml", "paragraph 2", "b", "a")]


@pytest.mark.parametrize(
    "picture", [{"png": "no base64!"}, {"png": base64.b64encode(b"GIF89a").decode()}, {"png": DOT, "width_cm": 99}]
)
def test_what_is_no_picture_is_refused(word_file, picture):
    with pytest.raises(CannotFill, match="picture"):
        Template(word_file("{{ picture }}")).render({"picture": picture})


def test_a_changed_amount_in_the_filled_file_is_named_with_its_place(word_file):
    template, fields = Template(word_file("intro", table=ROWS)), {"rows": [{"name": "7,500.00"}, {"name": "2,500.00"}]}
    filled = template.render(fields)
    with zipfile.ZipFile(io.BytesIO(filled)) as archive:
        members = {name: archive.read(name).replace(b"2,500.00", b"2,900.00") for name in archive.namelist()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    assert template.differences(out.getvalue(), fields) == [
        Difference("word/document.xml", "table 1, row 2, cell 1", "2,500.00", "2,900.00")
    ]


def test_a_missing_paragraph_and_an_added_one_are_named(word_file):
    template = Template(word_file("{{ a }}", "same"))
    longer, shorter = word_file("x", "same", "more"), word_file("x")
    assert template.differences(longer, {"a": "x"}) == [Difference("word/document.xml", "paragraph 3", None, "more")]
    assert template.differences(shorter, {"a": "x"}) == [
        Difference("word/document.xml", "end of the file", "same", None)
    ]


def test_a_misspelled_field_is_an_error_with_its_place_and_not_an_empty_amount(word_file):
    template = Template(word_file("one", "amount {{ contract.amuont }}"))
    with pytest.raises(CannotFill, match=re.escape("paragraph 2: there is no field 'amuont' here")):
        template.render({"contract": {"amount": "1.00"}})


@pytest.mark.parametrize(
    ("value", "said"), [(None, "an empty value"), (True, "a yes or no"), ([1], "a list"), ({}, "a group")]
)
def test_what_is_no_text_is_not_printed(word_file, value, said):
    with pytest.raises(CannotFill, match=f"paragraph 1: {said}.* is printed where a text is expected"):
        Template(word_file("{{ field }}")).render({"field": value})


@pytest.mark.parametrize(
    "payload",
    [
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ fund.__class__.__mro__ }}",
        "{{ fund['__class__'] }}",
        "{{ fund.update({'name': 'x'}) }}",
        "{{ fund.name.upper() }}",
        "{{ fund.name.format_map(fund) }}",
        "{{ rows.append(1) }}",
        "{{ self.__init__ }}",
        "{{ lipsum.__globals__ }}",
        "{% for x in rows %}{{ loop.__class__ }}{% endfor %}",
        "{{ range(10**9) }}",
        "{{ 'a'*10**9 }}",
        "{{ 'a' * 1000 }}",
        "{{ ''.join(rows) }}",
        "{{ dict(a=1) }}",
        "{% include 'word/document.xml' %}",
    ],
)
def test_a_hostile_template_reaches_nothing(word_file, payload):
    fields = {"fund": {"name": "a"}, "rows": ["x"]}
    with pytest.raises(CannotFill):
        Template(word_file(payload)).render(fields)
    assert fields == {"fund": {"name": "a"}, "rows": ["x"]}


@pytest.mark.parametrize(
    "payload", ["{{ name|attr('x') }}", "{{ name|safe }}", "{{ name|format(1) }}", "{{ name|center(9) }}"]
)
def test_filters_that_reach_or_grow_do_not_exist(word_file, payload):
    with pytest.raises(CannotFill, match="No filter named"):
        Template(word_file(payload))


def test_fields_in_the_properties_of_the_file_are_refused():
    document, out = Document(), io.BytesIO()
    document.core_properties.title = "{{ contract.number }}"
    document.save(out)
    with pytest.raises(CannotFill, match="properties"):
        Template(out.getvalue())


def test_what_is_no_word_file_is_refused():
    with pytest.raises(NotAWordFile, match="not a Word file"):
        Template(b"PK\x03\x04 and nothing")


def test_markup_made_inside_the_template_stays_text(word_file):
    template = Template(word_file("{% set x %}<b>{{ name }}</b>{% endset %}{{ name ~ '</w:t>' }}"))
    assert paragraphs(template.render({"name": "<i>"})) == ["<i></w:t>"]


def test_a_table_left_without_rows_is_refused_because_word_could_not_open_it(word_file):
    with pytest.raises(CannotFill, match="Word could not open it"):
        Template(word_file(table=ROWS)).render({"rows": []})


def test_a_cell_left_without_a_paragraph_is_refused_because_word_could_not_open_it():
    document, out = Document(), io.BytesIO()
    cell = document.add_table(1, 1).rows[0].cells[0]
    cell.paragraphs[0].text = "{%p if yes %}"
    cell.add_paragraph("{%p endif %}")
    document.save(out)
    with pytest.raises(CannotFill, match="Word could not open it"):
        Template(out.getvalue()).render({"yes": True})
