"""What the checker tells about an uploaded template."""

import io
import zipfile

import pytest

from fundapp.documents.checker import DOT, Finding, check

SAMPLE = {
    "contract": {"number": "LF-12", "amount": "7,500.00"},
    "lines": [{"name": "Press", "cost": "1.00", "note": "x"}, {"name": "Van", "cost": "2.00"}],
    "picture": {"png": DOT, "width_cm": 3},
}
BODY = ("{{ contract.number }} {{ contract.amount }} {{ picture }}",)
LINES = [["{%tr for line in lines %}"], ["{{ line.name }} {{ line.cost }} {{ line.note }}"], ["{%tr endfor %}"]]
COMPLETE = {
    "lines": [{"name": "Press", "cost": "1.00", "note": "x"}],
    "contract": SAMPLE["contract"],
    "picture": SAMPLE["picture"],
}


def changed(data: bytes, **members: bytes) -> bytes:
    """The package with members replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, content in members.items():
            new.writestr(name, content)
    return out.getvalue()


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def errors(data: bytes, sample=SAMPLE) -> list[tuple[str, str]]:
    return [(finding.place, finding.message) for finding in check(data, sample).errors]


def test_a_template_that_uses_every_field_has_no_findings(word_file):
    report = check(word_file(*BODY, table=[["Lines"], *LINES]), COMPLETE)
    assert report.findings == ()
    assert report.passed


def test_a_misspelled_field_is_named_with_its_place_and_the_likely_name(word_file):
    data = word_file("intro", "pays {{ contract.amuont }}", table=[["a"], ["{{ nowhere }}"]])
    assert check(data, SAMPLE).errors == (
        Finding(
            "error",
            "There is no field 'contract.amuont'. Did you mean 'contract.amount'?",
            "paragraph 2",
            "contract.amuont",
        ),
        Finding("error", "There is no field 'nowhere'.", "table 1, row 2, cell 1", "nowhere"),
    )


def test_places_are_named_in_header_and_footer(word_file):
    data = word_file("x", header="{{ a }}", footer="{{ contract.b }}")
    assert sorted(place for place, _ in errors(data)) == ["footer, paragraph 1", "header, paragraph 1"]


def test_a_wrong_field_inside_a_loop_is_looked_up_in_the_members_of_the_list(word_file):
    data = word_file(table=[["{%tr for line in lines %}"], ["{{ line.prize }}"], ["{%tr endfor %}"]])
    assert errors(data) == [("table 1, row 2, cell 1", "There is no field 'lines[].prize'.")]


def test_a_field_that_only_some_members_have_counts(word_file):
    data = word_file(
        table=[["{%tr for line in lines %}"], ["{% if line.note %}{{ line.note }}{% endif %}"], ["{%tr endfor %}"]]
    )
    assert [finding.message for finding in check(data, COMPLETE).errors] == []


def test_a_loop_variable_ends_with_its_loop(word_file):
    assert errors(word_file("{% for line in lines %}{{ line.name }}{% endfor %}{{ line }}")) == [
        ("paragraph 1", "There is no field 'line'. Did you mean 'lines'?")
    ]


def test_fields_that_the_template_does_not_use_are_notes(word_file):
    report = check(word_file("{{ contract.number }}", "{% for line in lines %}{{ line.name }}{% endfor %}"), SAMPLE)
    assert [(finding.severity, finding.name) for finding in report.findings] == [
        ("note", "contract.amount"),
        ("note", "lines[].cost"),
        ("note", "lines[].note"),
        ("note", "picture"),
    ]
    assert report.passed


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "__globals__"),
        ("{{ contract['__class__'] }}", "contract.__class__"),
        ("{{ contract.update({}) }}", "contract.update"),
        ("{{ range(10**9) }}", "range"),
        ("{{ contract|attr('x') }}", "attr"),
        ("{{ contract.number|format }}", "format"),
        ("{{ contract.number.upper() }}", "contract.number.upper"),
        ("{% if contract is evil %}{% endif %}", "evil"),
        ("{% include 'x' %}", "include"),
        ("{% extends 'x' %}", "extends"),
    ],
)
def test_a_hostile_name_is_an_error(word_file, payload, name):
    assert (name, "paragraph 2") in {
        (found.name, found.place) for found in check(word_file("", payload), SAMPLE).errors
    }


def test_arithmetic_that_grows_fails_in_the_trial(word_file):
    [(place, message)] = errors(word_file("{{ 'a'*10**9 }}"))
    assert (place, message) == ("paragraph 1", "A trial with sample values failed: '**' is not allowed here.")


def test_a_group_printed_as_a_text_fails_in_the_trial(word_file):
    assert errors(word_file("{{ contract }}")) == [
        ("paragraph 1", "A trial with sample values failed: a group of fields is printed where a text is expected.")
    ]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{{ contract.number", "'{{' and '}}' do not match in this paragraph."),
        ("{{ contract.number | }}", "The fields cannot be read: expected token 'name', got 'end of print statement'."),
        ("{% if contract %}", "An if or for that begins here is not closed by an endif or endfor."),
        ("{{r contract.number }}", "'{{r c': formatted text is not filled; write {{ name }}."),
        ("{% vm %}", "'{% vm %}': merging cells by a tag is not possible here."),
        ("{%p if contract %}{%p endif %}", "Two {%p tags in one paragraph; give each its own."),
    ],
)
def test_a_tag_that_cannot_be_read_is_named_with_its_place(word_file, line, message):
    assert ("paragraph 2", message) in errors(word_file("a", line, "b", "c"))


def test_two_row_tags_in_one_row_are_an_error(word_file):
    data = word_file(table=[["{%tr for line in lines %}", "{%tr endfor %}"]])
    assert ("table 1, row 1", "Two {%tr tags in one row; give each a row of its own.") in errors(data)


def test_macros_are_refused(word_file):
    data = word_file("x")
    types = member(data, "[Content_Types].xml").replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )
    data = changed(data, **{"[Content_Types].xml": types, "word/vbaProject.bin": b"x"})
    assert errors(data) == [("", "The file holds macros. Save it in Word as .docx without macros.")]


def test_a_template_type_is_refused(word_file):
    data = word_file("x")
    types = member(data, "[Content_Types].xml").replace(b"document.main+xml", b"template.main+xml")
    assert errors(changed(data, **{"[Content_Types].xml": types})) == [
        ("", "This is not a plain Word document. Save it in Word as .docx, not as a template (.dotx).")
    ]


@pytest.mark.parametrize(
    ("kind", "target", "refused"),
    [
        ("attachedTemplate", "file:///c:/evil.dotm", True),
        ("image", "https://tracker.example/x.png", True),
        ("hyperlink", "file:///etc/passwd", True),
        ("hyperlink", "https://fund.example/", False),
        ("hyperlink", "mailto:office@fund.example", False),
    ],
)
def test_only_links_that_a_reader_clicks_may_lead_outside(word_file, kind, target, refused):
    data = word_file("x")
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    link = f'<Relationship Id="rId99" Type="{base}/{kind}" Target="{target}" TargetMode="External"/></Relationships>'
    rels = member(data, "word/_rels/document.xml.rels").replace(b"</Relationships>", link.encode())
    report = check(changed(data, **{"word/_rels/document.xml.rels": rels}), SAMPLE)
    assert report.passed is not refused


def test_a_part_that_unpacks_to_too_much_is_refused_unread(word_file):
    data = changed(word_file("x"), **{"word/media/a.png": bytes(60 * 1024 * 1024)})
    assert [message for _, message in errors(data)] == [
        "Unpacked the file has 60 MB; at most 50 are allowed.",
        "The part word/media/a.png is packed more than 200 times, which no letter is.",
    ]


def test_too_many_parts_are_refused(word_file):
    data = changed(word_file("x"), **{f"word/media/{number}.png": b"" for number in range(2001)})
    assert "parts; at most 2000 are allowed." in errors(data)[0][1]


def test_an_entity_is_refused(word_file):
    bomb = b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    assert errors(changed(word_file("x"), **{"word/document.xml": bomb})) == [
        ("", "A part of the file declares a document type; Word never does.")
    ]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"])
def test_what_is_no_word_file_gets_one_plain_sentence(data):
    [finding] = check(data, SAMPLE).errors
    assert finding.message.startswith(("This is not a Word file", "This is an old .doc file"))


def test_tracked_changes_and_comments_are_notes(word_file):
    data = word_file("x")
    body = (
        member(data, "word/document.xml")
        .replace(b"<w:r>", b'<w:ins w:id="1" w:author="a"><w:r>')
        .replace(b"</w:r>", b"</w:r></w:ins>")
    )
    data = changed(data, **{"word/document.xml": body, "word/comments.xml": b"<x/>"})
    messages = [finding.message for finding in check(data, {}).findings]
    assert messages == [
        "1 tracked changes are still open; accept or reject them in Word.",
        "The file has comments; they would go out with every letter.",
    ]


def test_a_field_where_it_would_not_be_filled_is_an_error(word_file):
    data = changed(word_file("x"), **{"word/comments.xml": b"<w>{{ <b/>contract.number }}</w>"})
    assert errors(data) == [("word/comments.xml", "Fields in word/comments.xml are not filled; remove them.")]


def test_a_list_that_must_not_be_empty_is_a_note(word_file):
    report = check(word_file(*BODY, table=LINES), COMPLETE)
    assert [(finding.severity, finding.name) for finding in report.findings] == [("note", "lines")]
