"""Ordering documents, the job that writes them, and the versions of a template."""

import io
import threading
from dataclasses import asdict
from datetime import timedelta

import pytest
from docx import Document as Word
from sqlalchemy import func, select, update

from fundapp.documents import checker, queries, service
from fundapp.documents.jobs import render_ordered
from fundapp.documents.letters import Letter
from fundapp.documents.models import Document, WordTemplate
from fundapp.files.models import File
from fundapp.files.store import TYPES, Store
from fundapp.history.models import Entry
from fundapp.kit.database import Database
from fundapp.kit.errors import Refused
from fundapp.mail.models import Message
from fundapp.presets.service import choose
from tests import factories as make
from tests.factories import MORNING

SAMPLE = {"number": "C-2026-0001", "money": {"grant": "EUR 7,500.00"}, "parts": [{"amount": "EUR 3,750.00"}]}
LETTER = Letter("contract", "Grant agreement", SAMPLE)
LINES = ("Agreement {{ number }}", "{% for part in parts %}{{ part.amount }} {% endfor %}of {{ money.grant }}")
FIELDS = {
    "number": "C-2026-0003",
    "money": {"grant": "EUR 3,200.00"},
    "parts": [{"amount": "EUR 1,600.00"}, {"amount": "EUR 1,600.00"}],
}


@pytest.fixture(autouse=True)
def shipped(tmp_path, monkeypatch, word_file):
    """A folder of shipped templates with the contract in English."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / "contract.en.docx").write_bytes(word_file(*LINES))
    monkeypatch.setattr(queries, "DOCUMENTS", folder)
    return folder


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "files")


@pytest.fixture
def people(write):
    return write(lambda session: [make.person(session, role="manager") for _ in range(2)])


@pytest.fixture
def order(write, people, clock):
    """order(fields=…, language=…) -> the ordered document."""

    def work(session, fields, language, title):
        measure = make.measure(session, status="approved")
        return service.order(session, LETTER, measure, fields, language=language, title=title, by=people[0], at=clock())

    return lambda fields=FIELDS, language="en", title="contract C-2026-0003": write(
        lambda session: work(session, fields, language, title)
    )


@pytest.fixture
def upload(write, people, store, clock):
    """upload(bytes, language='en') -> the new version, checked against the letter's sample, by the first manager."""

    def work(session, data, language):
        kept = store.keep("contract.docx", data, TYPES[".docx"])
        findings = [asdict(found) for found in checker.check(data, SAMPLE).findings]
        return service.upload(session, LETTER, language, kept, findings, by=people[0], at=clock())

    return lambda data, language="en": write(lambda session: work(session, data, language))


@pytest.fixture
def activate(write, people, clock):
    """activate(version, by=…) by the second manager unless another is given."""

    def work(session, version, by):
        service.activate(session, session.get(WordTemplate, version.id), by=by or people[1], at=clock())

    return lambda version, by=None: write(lambda session: work(session, version, by))


@pytest.fixture
def again(write):
    """The row as it stands in the database now."""
    return lambda row: write(lambda session: session.get(type(row), row.id))


@pytest.fixture
def written(write, store):
    """The paragraphs of an issued document's file."""

    def work(session, document):
        file = queries.file_of(session, session.get(Document, document.id))
        return [line.text for line in Word(io.BytesIO(store.read(file.sha256))).paragraphs]

    return lambda document: write(lambda session: work(session, document))


def test_an_ordered_document_is_written_with_its_figures(database, store, clock, order, again, written, write):
    ordered = order()
    assert ordered.status == "ordered"
    assert render_ordered(database, store, clock) == 1
    issued = again(ordered)
    assert (issued.status, issued.error, issued.claimed_until, issued.issued_at) == ("issued", "", None, clock())
    assert written(issued) == ["Agreement C-2026-0003", "EUR 1,600.00 EUR 1,600.00 of EUR 3,200.00"]
    file = write(lambda session: queries.file_of(session, issued))
    assert (file.name, file.subject) == ("contract C-2026-0003.docx", f"documents.document:{issued.id}")
    assert file.case_id == issued.case_id


def test_ordering_wakes_the_job_once(write, people, clock):
    def work(session):
        measure = make.measure(session, status="approved")
        for title in ("one", "two"):
            service.order(session, LETTER, measure, FIELDS, language="en", title=title, by=people[0], at=clock())
        return session.info["wake"]

    assert write(work) == ["documents"]


def test_an_issued_document_stands_in_the_history_by_the_system(database, store, clock, order, write):
    ordered = order()
    render_ordered(database, store, clock)
    asked = select(Entry).where(Entry.subject == f"documents.document:{ordered.id}").order_by(Entry.seq)
    entries = write(lambda session: list(session.scalars(asked)))
    assert [(entry.action, entry.by_id is None) for entry in entries] == [
        ("documents.order", False),
        ("documents.issue", True),
    ]


def test_a_document_is_not_written_twice(database, store, clock, order):
    order()
    assert [render_ordered(database, store, clock) for _ in range(2)] == [1, 0]


def test_a_title_becomes_a_name_that_every_system_takes():
    assert service.file_name("Minutes 3/2026: “first?”") == "Minutes 3-2026- “first-”.docx"
    assert service.file_name("../..") == "document.docx"


def test_a_field_that_is_missing_fails_in_plain_words_and_tells_who_ordered(
    database, store, clock, order, again, write, people
):
    ordered = order({"number": "C-2026-0003", "parts": []})
    assert render_ordered(database, store, clock) == 0
    failed = again(ordered)
    assert (failed.status, failed.file_id) == ("failed", None)
    assert failed.error == "Paragraph 2: there is no field 'money'."
    mail = write(lambda session: session.scalars(select(Message)).one())
    assert (mail.to_id, mail.subject) == (people[0].id, "A document could not be written: contract C-2026-0003")
    assert f"/documents/{ordered.id}" in mail.body


def test_a_failed_document_can_be_ordered_again_once_the_template_is_mended(
    database, store, clock, order, again, write, people, shipped, word_file, written
):
    good = (shipped / "contract.en.docx").read_bytes()
    (shipped / "contract.en.docx").write_bytes(word_file("{{ amuont }}"))
    ordered = order()
    render_ordered(database, store, clock)
    (shipped / "contract.en.docx").write_bytes(good)
    write(
        lambda session: service.reorder(
            session, session.get(Document, ordered.id), by=people[1], at=clock.forward(hours=1)
        )
    )
    assert (again(ordered).status, again(ordered).error) == ("ordered", "")
    assert render_ordered(database, store, clock) == 1
    assert written(ordered)[0] == "Agreement C-2026-0003"


def test_an_issued_document_is_not_ordered_again(database, store, clock, order, write, people):
    ordered = order()
    render_ordered(database, store, clock)
    with pytest.raises(Refused, match="could not be written"):
        write(lambda session: service.reorder(session, session.get(Document, ordered.id), by=people[0], at=clock()))


def test_a_letter_without_any_template_fails_and_says_so(database, store, clock, order, again, shipped):
    (shipped / "contract.en.docx").unlink()
    ordered = order()
    render_ordered(database, store, clock)
    assert again(ordered).error == "There is no Word template for “contract”."


def test_a_language_without_template_is_written_in_english(order):
    assert order(language="de").language == "en"


def test_the_template_that_held_when_ordered_is_used(
    database, store, clock, order, upload, activate, written, word_file
):
    before = order()
    activate(upload(word_file("New {{ number }}", *LINES)))
    after = order()
    render_ordered(database, store, clock)
    assert written(before)[0] == "Agreement C-2026-0003"
    assert written(after)[0] == "New C-2026-0003"


def test_an_uploaded_version_that_is_replaced_meanwhile_still_writes_what_was_ordered_with_it(
    database, store, clock, order, upload, activate, written, word_file
):
    activate(upload(word_file("First {{ number }}", *LINES)))
    ordered = order()
    activate(upload(word_file("Second {{ number }}", *LINES)))
    render_ordered(database, store, clock)
    assert written(ordered)[0] == "First C-2026-0003"


def test_a_shipped_template_that_changed_since_is_taken_as_it_is_now(
    database, store, clock, order, again, written, shipped, word_file
):
    ordered = order()
    (shipped / "contract.en.docx").write_bytes(word_file("Newer {{ number }}"))
    render_ordered(database, store, clock)
    assert written(ordered) == ["Newer C-2026-0003"]
    assert again(ordered).template_sha256 != ordered.template_sha256


def test_a_document_whose_process_was_lost_is_taken_over_after_the_lease(database, store, clock, order, write):
    ordered = order()
    lost = write(lambda session: service.claim(session, at=clock()))
    assert lost.id == ordered.id
    assert render_ordered(database, store, clock) == 0
    clock.forward(minutes=2)
    assert render_ordered(database, store, clock) == 1
    late = store.keep("late.docx", b"late", TYPES[".docx"])
    assert write(lambda session: service.issue(session, lost, late, at=clock())) is False


def test_four_jobs_at_once_write_each_document_once(database, store, clock, order, write):
    for _ in range(6):
        order()
    ready, done = threading.Barrier(4), []

    def work():
        mine = Database(database.url)
        ready.wait()
        done.append(render_ordered(mine, store, clock))
        mine.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    issued = select(func.count()).where(Entry.action == "documents.issue")
    assert (len(done), sum(done)) == (4, 6)
    assert write(lambda session: session.scalar(issued)) == 6
    assert write(lambda session: session.scalar(select(func.count()).select_from(File))) == 6


def test_a_version_waits_until_a_second_person_activates_it(upload, activate, word_file, again, people, write):
    write(lambda session: choose(session, "national", by=people[0], at=MORNING))
    version = upload(word_file(*LINES))
    assert (version.fit, version.activated_at) == (True, None)
    with pytest.raises(Refused, match="a second person activates it"):
        activate(version, by=people[0])
    activate(version)
    assert again(version).activated_by_id == people[1].id
    assert write(lambda session: queries.active(session, "contract", "en").id) == version.id


def test_in_a_small_office_who_uploaded_a_version_may_activate_it(upload, activate, word_file, again, people):
    version = upload(word_file(*LINES))
    activate(version, by=people[0])
    assert again(version).activated_by_id == people[0].id


def test_an_unfit_version_is_not_activated(upload, activate, word_file):
    version = upload(word_file("{{ money.grnat }}"))
    assert version.fit is False
    with pytest.raises(Refused, match="found errors"):
        activate(version)


def test_a_version_is_activated_once(upload, activate, word_file):
    version = upload(word_file(*LINES))
    activate(version)
    with pytest.raises(Refused, match="already"):
        activate(version)


def test_a_new_version_retires_the_one_before(upload, activate, word_file, again, clock, write):
    first = upload(word_file("One {{ number }}"))
    activate(first)
    second = upload(word_file("Two {{ number }}"))
    clock.forward(days=1)
    activate(second)
    assert (again(first).retired_at, again(second).retired_at) == (clock(), None)
    held = select(func.count()).where(WordTemplate.activated_at.is_not(None), WordTemplate.retired_at.is_(None))
    assert write(lambda session: session.scalar(held)) == 1


def test_the_database_refuses_two_versions_that_hold(upload, activate, word_file, write, people, clock):
    activate(upload(word_file("One {{ number }}")))
    second = upload(word_file("Two {{ number }}"))
    values = {"activated_at": clock(), "activated_by_id": people[1].id}
    with pytest.raises(Exception, match=r"(?i)unique|once"):
        write(lambda session: session.execute(update(WordTemplate).where(WordTemplate.id == second.id).values(values)))


def test_two_who_activate_at_once_leave_one_version_that_holds(database, upload, word_file, people, clock, write):
    versions = [upload(word_file(f"{n} {{{{ number }}}}")) for n in range(2)]
    ready = threading.Barrier(2)

    def work(version):
        ready.wait()
        database.write(
            lambda session: service.activate(session, session.get(WordTemplate, version.id), by=people[1], at=clock())
        )

    threads = [threading.Thread(target=work, args=(version,)) for version in versions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    states = write(lambda session: [session.get(WordTemplate, version.id).retired_at for version in versions])
    assert sorted(state is None for state in states) == [False, True]


def test_the_same_file_sent_twice_is_one_version(upload, word_file):
    data = word_file(*LINES)
    assert upload(data).id == upload(data).id


def test_the_list_names_what_holds_in_each_language(upload, activate, word_file, write):
    german = upload(word_file("{{ number }}"), "de")
    upload(word_file("other {{ number }}"))
    activate(german)
    held = write(lambda session: queries.holdings(session, {"contract": LETTER}))
    assert [(h.language, h.version.id if h.version else None, h.waiting) for h in held] == [
        ("en", None, 1),
        ("de", german.id, 0),
    ]


def test_every_field_of_a_letter_is_told_as_it_is_written():
    letter = Letter("x", "X", {"a": {"b": "1"}, "yes": True, "rows": [{"c": "2"}, {"d": "3"}], "names": ["N"]})
    assert [(field.write, field.sample, field.depth) for field in queries.fields(letter)] == [
        ("{{ a.b }}", "1", 0),
        ("{% if yes %} … {% endif %}", "yes", 0),
        ("{% for item in rows %} … {% endfor %}", "a list, here of 2", 0),
        ("{{ item.c }}", "2", 1),
        ("{{ item.d }}", "3", 1),
        ("{% for item in names %} … {% endfor %}", "a list, here of 1", 0),
        ("{{ item }}", "N", 1),
    ]


def test_a_lease_outlasts_the_longest_rendering():
    assert timedelta(seconds=20) < service.LEASE
