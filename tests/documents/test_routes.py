"""The pages of the template store and of the documents, asked by people with different rights."""

import io
import zipfile

import pytest
from docx import Document as Word
from sqlalchemy import func, select

from fundapp.documents import queries, service
from fundapp.documents.jobs import render_ordered
from fundapp.documents.letters import Letter
from fundapp.documents.models import Document, WordTemplate
from fundapp.files.store import TYPES
from fundapp.history.models import Entry
from fundapp.lifecycle.service import SYSTEM
from fundapp.measures.models import Measure
from fundapp.people.permissions import Action, may
from fundapp.presets.service import choose
from tests import factories as make
from tests.factories import MORNING

SAMPLE = {"number": "C-2026-0001", "money": {"grant": "EUR 7,500.00"}, "parts": [{"amount": "EUR 3,750.00"}]}
LETTER = Letter("contract", "Grant agreement", SAMPLE)
LINES = ("Agreement {{ number }}", "{% for part in parts %}{{ part.amount }} {% endfor %}of {{ money.grant }}")
STORE = "/documents/templates"
CONTRACT = f"{STORE}/contract/en"


@pytest.fixture(autouse=True)
def shipped(tmp_path, monkeypatch, word_file):
    """A folder of shipped templates with the contract in English."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "contract.en.docx").write_bytes(word_file(*LINES))
    monkeypatch.setattr(queries, "DOCUMENTS", folder)
    return folder


@pytest.fixture(autouse=True)
def assembled(app):
    """What the rooms above supply: the letters, and who reads a case."""

    def reads(session, person, document):
        if document.case_id is None:
            return may(person, Action.READ_RESULTS)
        return may(person, Action.READ_CASE, session.get(Measure, document.case_id))

    app.state.letters = {"contract": LETTER}
    app.state.reads = reads


@pytest.fixture
def people(write):
    """One of each role, and a second manager."""
    roles = ("manager", "admin", "auditor", "finance", "applicant", "officer", "member")
    made = write(lambda session: {role: make.person(session, role=role) for role in roles})
    return made | {"second": write(lambda session: make.person(session, role="manager"))}


@pytest.fixture
def as_(client, people):
    """as_('manager') -> this person's client, always the same."""
    made = {}
    return lambda role: made.setdefault(role, client(people[role]))


@pytest.fixture
def ordered(write, people, clock):
    """A contract ordered by the manager for an approved measure of the applicant."""

    def work(session):
        measure = make.measure(session, status="approved", owner=people["applicant"])
        return service.order(
            session,
            LETTER,
            measure,
            SAMPLE,
            language="en",
            title="contract C-2026-0003",
            by=people["manager"],
            at=clock(),
        )

    return write(work)


@pytest.fixture
def rendered(app, database, clock):
    """rendered() runs the job that writes what is ordered."""
    return lambda: render_ordered(database, app.state.store, clock)


def sent(data, name="contract.docx"):
    return {"files": {"file": (name, data, "application/octet-stream")}}


def packed(data, **parts):
    """The same Word file with these parts besides."""
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def count(write):
    return write(lambda session: session.scalar(select(func.count()).select_from(WordTemplate)))


# Documents


def test_the_page_looks_again_until_the_document_is_there(as_, ordered, rendered):
    manager, url = as_("manager"), f"/documents/{ordered.id}"
    waiting = manager.get(url).text
    assert "is being written" in waiting
    assert f'hx-get="{url}/state" hx-trigger="every 2s"' in waiting
    assert f'href="{url}">Look again' in waiting
    assert manager.get(f"{url}/state").status_code == 204
    assert manager.get(f"{url}/file").status_code == 404
    rendered()
    done = manager.get(f"{url}/state")
    assert (done.status_code, "every 2s" in done.text, "<html" in done.text) == (200, False, False)
    assert f'href="{url}/file">Download the Word file' in manager.get(url).text


def test_the_file_comes_as_a_download_with_its_figures(as_, ordered, rendered):
    rendered()
    answer = as_("applicant").get(f"/documents/{ordered.id}/file")
    assert answer.headers["content-type"] == TYPES[".docx"]
    assert answer.headers["content-disposition"].startswith('attachment; filename="contract C-2026-0003.docx"')
    assert [line.text for line in Word(io.BytesIO(answer.content)).paragraphs] == [
        "Agreement C-2026-0001",
        "EUR 3,750.00 of EUR 7,500.00",
    ]


def test_who_downloads_a_document_of_a_case_is_written_down(as_, ordered, rendered, write, people):
    rendered()
    as_("finance").get(f"/documents/{ordered.id}/file")
    read = write(lambda session: session.scalars(select(Entry).where(Entry.action == "people.read")).one())
    assert (read.by_id, read.subject) == (people["finance"].id, f"documents.document:{ordered.id}")


@pytest.mark.parametrize("page", ["", "/state", "/file"])
def test_who_does_not_read_the_case_finds_no_document(as_, client, ordered, rendered, page):
    rendered()
    url = f"/documents/{ordered.id}{page}"
    assert [as_(role).get(url).status_code for role in ("member", "officer", "admin")] == [404, 404, 404]
    assert [as_(role).get(url).status_code for role in ("applicant", "finance", "auditor")] == [200, 200, 200]
    assert client().get(url).status_code == 303
    assert as_("manager").get("/documents/999").status_code == 404


def test_a_document_without_a_case_is_for_who_reads_results(as_, write, people, clock):
    def work(session):
        fund = make.fund(session)
        return service.order(
            session, LETTER, fund, SAMPLE, language="en", title="portfolio", by=people["manager"], at=clock()
        )

    url = f"/documents/{write(work).id}"
    assert [as_(role).get(url).status_code for role in ("manager", "auditor", "applicant")] == [200, 200, 404]


def test_a_failed_document_says_why_and_a_manager_orders_it_again(as_, ordered, rendered, shipped, word_file, write):
    url = f"/documents/{ordered.id}"
    (shipped / "contract.en.docx").write_bytes(word_file("{{ amuont }}"))
    rendered()
    shown = as_("manager").get(url).text
    assert "Paragraph 1: there is no field &#39;amuont&#39;." in shown
    assert f'action="{url}/reorder"' in shown
    assert "/reorder" not in as_("finance").get(url).text
    assert as_("finance").post(f"{url}/reorder").status_code == 403
    assert as_("member").post(f"{url}/reorder").status_code == 404
    (shipped / "contract.en.docx").write_bytes(word_file(*LINES))
    assert as_("manager").post(f"{url}/reorder").headers["location"] == url
    assert rendered() == 1
    assert write(lambda session: session.get(Document, ordered.id).status) == "issued"


def test_an_issued_document_is_refused_a_second_order(as_, ordered, rendered):
    rendered()
    assert as_("manager").post(f"/documents/{ordered.id}/reorder").status_code == 409


def test_the_job_that_an_order_wakes_is_the_heartbeats(app):
    assert service.JOB in app.state.heart.jobs


# The template store


def test_the_store_lists_every_letter_with_what_holds(as_):
    text = as_("auditor").get(STORE).text
    assert "Grant agreement" in text
    assert "shipped with the program" in text
    assert f'href="{CONTRACT}/file"' in text


@pytest.mark.parametrize("url", [STORE, CONTRACT, f"{CONTRACT}/file", f"{CONTRACT}/trial"])
def test_the_store_is_for_managers_auditors_and_administrators(as_, client, url):
    assert [as_(role).get(url).status_code for role in ("manager", "auditor", "admin")] == [200, 200, 200]
    assert [as_(role).get(url).status_code for role in ("applicant", "finance", "officer")] == [403, 403, 403]
    assert client().get(url).status_code == 303


@pytest.mark.parametrize("url", [f"{STORE}/nothing/en", f"{STORE}/contract/xx", f"{STORE}/contract/de/file"])
def test_what_is_not_in_the_store_is_not_found(as_, url):
    assert as_("manager").get(url).status_code == 404


def test_the_shipped_template_is_downloaded_as_it_is(as_, shipped):
    answer = as_("manager").get(f"{CONTRACT}/file")
    assert answer.content == (shipped / "contract.en.docx").read_bytes()
    assert 'filename="contract.en.docx"' in answer.headers["content-disposition"]


def test_a_template_is_tried_with_the_sample(as_):
    answer = as_("auditor").get(f"{CONTRACT}/trial")
    assert 'filename="Grant agreement, sample.docx"' in answer.headers["content-disposition"]
    assert Word(io.BytesIO(answer.content)).paragraphs[0].text == "Agreement C-2026-0001"


def test_a_language_without_template_offers_the_upload_and_says_what_is_used(as_):
    text = as_("manager").get(f"{STORE}/contract/mn").text
    assert "this letter is written in English" in text
    assert f'action="{STORE}/contract/mn"' in text
    assert "{{ money.grant }}" in text


def test_an_upload_is_checked_and_a_second_person_activates_it(as_, word_file, ordered, write):
    write(lambda session: choose(session, "national", by=SYSTEM, at=MORNING))
    data = word_file("Edited {{ number }}", *LINES)
    answer = as_("manager").post(CONTRACT, **sent(data))
    url = answer.headers["location"]
    assert answer.status_code == 303
    own = as_("manager").get(url).text
    assert "The checker found no error" in own
    assert "You uploaded it yourself; a second person activates it." in own
    assert 'action="' + url not in own
    assert as_("manager").post(f"{url}/activate").status_code == 409
    assert f'action="{url}/activate"' in as_("second").get(url).text
    assert as_("second").post(f"{url}/activate").status_code == 303
    assert "This version holds" in as_("auditor").get(url).text
    assert as_("manager").get(f"{url}/file").content == data
    assert as_("manager").get(f"{CONTRACT}/file").content == data
    assert "uploaded by" in as_("manager").get(STORE).text


def test_after_activation_letters_are_written_from_the_new_version(as_, word_file, rendered, write, people, clock, app):
    url = as_("manager").post(CONTRACT, **sent(word_file("Edited {{ number }}", *LINES))).headers["location"]
    as_("admin").post(f"{url}/activate")
    document = write(
        lambda session: service.order(
            session, LETTER, make.measure(session, status="approved"), SAMPLE, language="en", title="contract",
            by=people["manager"], at=clock(),
        )
    )  # fmt: skip
    rendered()
    answer = as_("manager").get(f"/documents/{document.id}/file")
    assert Word(io.BytesIO(answer.content)).paragraphs[0].text == "Edited C-2026-0001"


def test_a_misspelled_field_is_told_with_its_place(as_, word_file):
    data = word_file("Agreement {{ number }}", "", "of {{ money.grnat }}")
    url = as_("manager").post(CONTRACT, **sent(data)).headers["location"]
    text = as_("second").get(url).text
    assert "The checker found one error; the version cannot be used." in text
    assert "&#39;money.grnat&#39;" in text
    assert "paragraph 3" in text
    assert "The checker found errors in it; upload a corrected version." in text
    assert as_("second").post(f"{url}/activate").status_code == 409
    assert as_("second").get(f"{url}/trial").status_code == 409


def test_the_notes_name_what_is_not_used(as_, word_file):
    url = as_("manager").post(CONTRACT, **sent(word_file("{{ number }}"))).headers["location"]
    assert "The template does not use &#39;money&#39;." in as_("manager").get(url).text


def test_only_managers_upload_and_nobody_else_costs_a_check(as_, word_file, write, client):
    data = word_file(*LINES)
    assert [as_(role).post(CONTRACT, **sent(data)).status_code for role in ("admin", "auditor", "applicant")] == [
        403
    ] * 3
    assert client().post(CONTRACT, **sent(data)).status_code == 303
    assert count(write) == 0


def test_only_managers_and_administrators_activate(as_, word_file):
    url = as_("manager").post(CONTRACT, **sent(word_file(*LINES))).headers["location"]
    assert [as_(role).post(f"{url}/activate").status_code for role in ("auditor", "finance")] == [403, 403]
    assert "/activate" not in as_("auditor").get(url).text


MACROS = {"word__vbaProject.bin": b"x"}


@pytest.mark.parametrize(
    ("name", "make_file", "said"),
    [
        ("contract.docm", lambda word: packed(word, **MACROS), "“contract.docm” may hold macros. Open it in Word and save it as .docx"),
        ("contract.docx", lambda word: packed(word, **MACROS), "The file holds macros. Save it in Word as .docx without macros."),
        ("contract.docx", lambda word: b"%PDF-1.7\n1 0 obj", "“contract.docx” is called a Word file but holds something else."),
        ("contract.pdf", lambda word: b"%PDF-1.7\n1 0 obj", "“contract.pdf” is not a Word file. Please send a .docx."),
        ("contract.docx", lambda word: word + b"\0" * (20 << 20), "“contract.docx” has 20 MB; a file may have at most 15 MB."),
        ("contract.docx", lambda word: b"", "“contract.docx” is empty."),
        ("contract.docx", lambda word: word[:900], "This is not a Word file, or it is damaged."),
    ],
    ids=["docm", "macros in a docx", "pdf called docx", "pdf", "20 MB", "empty", "cut off"],
)  # fmt: skip
def test_a_file_that_cannot_be_a_template_is_refused_next_to_its_field(as_, word_file, write, name, make_file, said):
    answer = as_("manager").post(CONTRACT, **sent(make_file(word_file(*LINES)), name))
    assert answer.status_code == 422
    error = answer.text.split('id="file-error">')[1].split("</p>")[0]
    assert said in error
    assert count(write) == 0


def test_no_file_at_all_is_told(as_):
    answer = as_("manager").post(CONTRACT, data={})
    assert (answer.status_code, "Please choose the Word file (.docx)." in answer.text) == (422, True)
