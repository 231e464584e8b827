"""The proposal's form without a line: out as Word, filled, read back, shown, taken over."""

import base64
import io
import re
import shutil
import subprocess
import zipfile
from html import unescape

import pytest
from docx import Document
from docx.shared import Cm
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fundapp.documents import controls
from fundapp.documents.controls import WORD
from fundapp.funds.questions import Question, kept
from fundapp.measures import printing, queries, reading
from fundapp.measures.codes import FULL, SHORT, sections
from fundapp.measures.fields import PAGES
from tests import factories
from tests.conftest import missing
from tests.factories import MORNING
from tests.measures.conftest import FIELDS

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)  # one pixel
SIGNS = st.sampled_from(
    [
        *"abcABC ,.&<>\"'/\\[]{}=+-@%",
        "\n",
        "\t",
        "Ө",
        "ү",
        "ё",
        "ß",
        "é",
        "🐑",
        "🏽",
        "\u200d",
        "中",
        "\u200f",
        "\u2028",
    ]
)
TEXT = st.text(SIGNS, max_size=60).map(str.strip).filter(lambda text: not set(text) <= {"…", " ", "\u200f", "\u2028"})
LONG = st.builds(lambda text, times: (text * times)[:3000].strip(), TEXT, st.integers(1, 200))
LINE = TEXT.map(lambda text: " ".join(text.replace("\u2028", " ").split()))
QUESTIONS = (
    Question("water", "yes_no", {"en": "Is water used?"}),
    Question(
        "how",
        "several",
        {"en": "From where?"},
        choices=(("well", {"en": "Well"}), ("river", {"en": "River"})),
        shown_if=("water", "yes"),
    ),
    Question("more", "long", {"en": "Tell us more"}),
    Question("price", "money", {"en": "At what price?"}),
    Question("permit", "file", {"en": "The permit"}),
)


@st.composite
def written(draw):
    """A form, full or short, with any text in any field of it."""
    form = draw(st.sampled_from([SHORT, SHORT, SHORT, FULL]))
    texts = {}
    for name, page in ((each.name, PAGES[each.name]) for each in sections(form, questions=False)):
        own = {
            each.name: each for each in page.fields if each.asked(form) and each.kind not in ("region", "bottleneck")
        }
        if page.table is not None and page.table.prefix not in ("indicators", "parties"):
            own |= {
                f"{page.table.prefix}-{n}-{each.name}": each
                for n in (0, 2)
                for each in page.table.fields
                if each.asked(form)
            }
        texts[name] = {key: draw(value(each)) for key, each in own.items()}
    return form, {name: {key: text for key, text in page.items() if text} for name, page in texts.items()}


def value(each):
    if each.choices:
        return st.sampled_from(["", *each.choices])
    match each.kind:
        case "tick":
            return st.sampled_from(["", "yes"])
        case "date":
            return st.one_of(st.just(""), st.dates().map(lambda day: day.isoformat()))
        case "text":
            return st.one_of(st.just(""), TEXT, LONG)
        case _other:
            return st.one_of(st.just(""), LINE)


def blank(form=FULL, texts=None, language="en", asked=()):
    return printing.Blank(
        "A call", ["Deadline"], reading.key_of(call="C", form=form), form, language, "EUR", asked, texts=texts or {}
    )


def filled(texts):
    return {page: found for page, own in texts.items() if (found := {name: text for name, text in own.items() if text})}


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(written())
def test_a_filled_form_that_is_read_back_is_equal(given_):
    form, texts = given_
    back = reading.read(printing.document(blank(form, texts)), (), {})
    assert (filled(back.texts), back.unread) == (filled(texts), [])


@pytest.mark.parametrize("language", ["en", "de", "mn"])
def test_what_is_chosen_and_the_calls_own_questions_come_back_as_codes(language):
    texts = {
        "measure": {"topic": "tourism", "starts_on": "2026-06-01"},
        "questions": {"q_water": "yes", "q_how": "well\nriver", "q_more": "A\n\nB", "q_price": "1,200.00"},
    }
    back = reading.read(printing.document(blank(texts=texts, language=language, asked=QUESTIONS)), QUESTIONS, {})
    assert (filled(back.texts), back.key["call"]) == (texts, "C")


def test_a_form_that_went_through_another_program_is_still_read(tmp_path):
    if shutil.which("soffice") is None:
        missing("no LibreOffice: install libreoffice-writer-nogui")
    texts = {
        "measure": {"title": 'R&D <b>line</b> "x" 🐑', "summary": "Хөх\nтэнгэр\n\nend", "topic": "tourism"},
        "costs": {"lines-3-description": "Scale", "lines-3-unit_price": "1,200.00", "lines-3-category": "equipment"},
        "questions": {"q_how": "river"},
        "declarations": {"correct": "yes", "signed_on": "2026-03-02"},
    }
    (tmp_path / "form.docx").write_bytes(printing.document(blank(texts=texts, asked=QUESTIONS)))
    command = [
        "soffice",
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "docx",
        "--outdir",
        "out",
        "form.docx",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert filled(reading.read((tmp_path / "out/form.docx").read_bytes(), QUESTIONS, {}).texts) == texts


def test_days_as_people_write_them_are_read_and_others_stay_as_they_are():
    def back(day):
        data = printing.document(blank(texts={"measure": {"starts_on": day}}))
        return reading.read(data, (), {}).texts["measure"]["starts_on"]

    assert [back(day) for day in ("1.6.2026", "2026.06.01", "2026-6-1", "31.2.2026", "in June")] == [
        "2026-06-01", "2026-06-01", "2026-06-01", "31.2.2026", "in June",
    ]  # fmt: skip


def test_an_answer_that_cannot_be_chosen_is_named(write, draft):
    data = printing.document(blank(texts={"measure": {"topic": "space travel"}}))
    back = reading.read(data, (), {})
    assert [(each.name, each.text) for each in back.unread] == [("topic", "space travel")]


# Through the pages


def words(response):
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def put(browser, path, data, name="form.docx"):
    return browser.post(path, files={"file": (name, data, WORD)})


def changed(data, **texts):
    """The document with other words in some of its fields."""
    document = Document(io.BytesIO(data))
    for sdt in document.element.body.iter(controls.qn("w:sdt")):
        tag = sdt.find(controls.qn("w:sdtPr")).find(controls.qn("w:tag")).get(controls.qn("w:val"))
        if tag in texts:
            first, *rest = sdt.iter(controls.qn("w:t"))
            first.text = texts[tag]
            for other in rest:
                other.text = ""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.fixture
def desk(write, draft, client):
    """An applicant with a complete draft: (browser, address of the proposal)."""

    def work(session):
        measure = draft(session)
        measure.call.questions = kept(QUESTIONS)
        return measure.owner, measure.id

    owner, id = write(work)
    return client(owner), f"/measures/{id}"


def test_the_proposal_as_word_read_back_changes_nothing(desk):
    browser, root = desk
    data = browser.get(f"{root}/form.docx").content
    sent = put(browser, f"{root}/word", data)
    assert sent.status_code == 303
    assert "The file says what stands in the proposal already." in words(browser.get(sent.headers["location"]))


def test_what_was_changed_in_word_is_shown_and_stored_only_once_it_is_confirmed(desk, write):
    browser, root = desk
    data = changed(browser.get(f"{root}/form.docx").content, title="Felt workshop of the soum", breadth="135")
    report = put(browser, f"{root}/word", data).headers["location"]
    page = browser.get(report)
    assert "2 fields are different" in words(page)
    assert "Felt workshop of the soum" in words(page)
    assert write(lambda s: (lambda m: (m.title, m.breadth))(queries.get(s, 1))) == (FIELDS["measure"]["title"], 120)
    was = unescape(re.search(r'name="was" value="([^"]*)"', page.text)[1])
    for _again in range(2):
        done = browser.post(report, data={"was": was, "take": ["measure/title", "benefit/breadth"]})
        assert done.headers["location"] == f"{root}/review"
        assert write(lambda s: (lambda m: (m.title, m.breadth))(queries.get(s, 1))) == (
            "Felt workshop of the soum",
            135,
        )


def test_what_cannot_be_read_waits_on_its_page_as_it_was_written(desk, write):
    browser, root = desk
    data = changed(browser.get(f"{root}/form.docx").content, breadth="many")
    report = put(browser, f"{root}/word", data).headers["location"]
    done = browser.post(report, data={"was": '{"benefit/breadth": "120"}', "take": "benefit/breadth"})
    assert done.headers["location"] == f"{root}/form/benefit"
    assert write(lambda s: queries.typed(s, queries.get(s, 1), "benefit").content["breadth"]) == "many"


def test_pictures_in_the_file_are_offered_as_papers(desk, write):
    browser, root = desk
    document = Document(io.BytesIO(browser.get(f"{root}/form.docx").content))
    document.add_picture(io.BytesIO(PNG), width=Cm(2))
    out = io.BytesIO()
    document.save(out)
    report = put(browser, f"{root}/word", out.getvalue()).headers["location"]
    assert "1 picture" in words(browser.get(report))
    assert browser.get(f"{report}/pictures/0").content == PNG
    browser.post(report, data={"picture-0": "photos"})
    assert write(lambda s: [a.kind for a, _f in queries.proposal(s, queries.get(s, 1)).annexes]) == [
        "registration",
        "photos",
    ]


def test_what_is_only_called_a_picture_is_none(desk):
    browser, root = desk
    data = io.BytesIO(browser.get(f"{root}/form.docx").content)
    with zipfile.ZipFile(data, "a") as archive:
        archive.writestr("word/media/a.png", b"<script>alert(1)</script>")
        archive.writestr("word/media/b.png", PNG)
    assert [each.name for each in reading.read(data.getvalue(), (), {}).pictures] == ["b.png"]


def hostile(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("--", "."), data)
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"no Word file",
        hostile(**{"word__document--xml": "<a/>"}),
        hostile(**{"word__document--xml": b"0" * 60_000_000}),
    ],
    ids=["text", "half", "bomb"],
)
def test_files_that_are_no_form_are_refused_and_nothing_changes(desk, data):
    browser, root = desk
    refused = put(browser, f"{root}/word", data)
    assert refused.status_code == 422
    assert "Nothing was changed." in words(refused)


def test_a_damaged_file_is_refused_also_when_it_was_sent_as_a_paper(desk, write):
    browser, root = desk
    data = bytearray(browser.get(f"{root}/form.docx").content)
    start = zipfile.ZipFile(io.BytesIO(data)).getinfo("word/document.xml").header_offset + 47
    data[start : start + 40] = b"\xff" * 40
    assert put(browser, f"{root}/word", bytes(data)).status_code == 422
    paper = {"file": ("form.docx", bytes(data), WORD)}
    assert browser.post(f"{root}/annexes", data={"kind": "photos"}, files=paper).status_code == 303
    id = write(lambda s: queries.proposal(s, queries.get(s, 1)).annexes[-1][1].id)
    assert [browser.get(f"{root}/word/{id}").status_code, browser.post(f"{root}/word/{id}").status_code] == [409, 409]


def test_a_language_that_nobody_speaks_is_left_aside(desk):
    browser, root = desk
    document = Document(io.BytesIO(browser.get(f"{root}/form.docx").content))
    document.core_properties.keywords = document.core_properties.keywords.replace("language=en", "language=q_/x")
    out = io.BytesIO()
    document.save(out)
    report = put(browser, f"{root}/word", out.getvalue())
    assert browser.get(report.headers["location"]).status_code == 200


def test_a_field_that_was_not_asked_for_is_not_taken_from_a_file(desk, write):
    browser, root = desk
    data = changed(browser.get(f"{root}/form.docx").content, title="Felt workshop", short_title="Felt")

    def back(session):
        measure = queries.get(session, 1)
        measure.number, measure.submitted_at, measure.returned_at = "LED-1", MORNING, MORNING
        measure.asked = [{"section": "measure", "field": "title", "words": "Say where."}]
        measure.status, measure.return_by = "returned", MORNING.date()

    write(back)
    report = put(browser, f"{root}/word", data).headers["location"]
    page = browser.get(report)
    assert "Only what was asked for can be changed now." in words(page)
    was = unescape(re.search(r'name="was" value="([^"]*)"', page.text)[1])
    done = browser.post(report, data={"was": was, "take": ["measure/title", "measure/short_title"]})
    assert done.headers["location"] == f"{root}/review"
    assert write(lambda s: (lambda m: (m.title, m.short_title))(queries.get(s, 1))) == ("Felt workshop", "Wool line")


def test_strangers_and_others_see_no_proposal_but_the_calls_form(desk, write, client):
    _browser, root = desk
    other = client(write(lambda session: factories.person(session, role="applicant")))
    assert [other.get(f"{root}/{path}").status_code for path in ("form.docx", "word")] == [404, 404]
    blank_form = client().get("/calls/1/form.de.docx")
    assert (blank_form.status_code, blank_form.headers["content-type"]) == (200, WORD)
    assert reading.read(blank_form.content, (), {}).count == 0
