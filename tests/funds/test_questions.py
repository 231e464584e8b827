"""A call's own questions: which are shown, in which words; and the page on which they are edited, without a word lost."""

import re

import pytest
from sqlalchemy import select

from fundapp.funds import editor, questions
from fundapp.funds.models import Call
from fundapp.funds.questions import Question
from fundapp.history.models import Entry
from tests import factories
from tests.factories import MORNING
from tests.funds.test_pages import errors, words

LAND = Question(
    "q1", "one", {"mn": "Газар хэнийх вэ?", "en": "Whose is the land?"}, {"en": "Where it will stand."}, True,
    (("c1", {"mn": "Манайх", "en": "Our own"}), ("c2", {"mn": "Түрээсийн"})),
)  # fmt: skip
RENT = Question("q2", "money", {"mn": "Түрээс хэд вэ?"}, shown_if=("q1", "c2"))
PAPER = Question("q3", "file", {"mn": "Гэрээ"}, shown_if=("q2", "yes"))
ALL = [LAND, RENT, PAPER]


def test_questions_are_kept_and_read_back_equal():
    assert questions.of(Call(questions=questions.kept(ALL))) == ALL
    assert questions.of(Call(questions=[])) == []


@pytest.mark.parametrize(
    ("answers", "seen"),
    [
        ({}, ["q1"]),
        ({"q1": "c1"}, ["q1"]),
        ({"q1": "c2"}, ["q1", "q2"]),
        ({"q1": ["c1", "c2"]}, ["q1", "q2"]),
        ({"q2": "yes"}, ["q1"]),
        ({"q1": "c2", "q2": "yes"}, ["q1", "q2", "q3"]),
    ],
)
def test_a_question_is_shown_only_after_the_answer_it_waits_for(answers, seen):
    assert [question.code for question in questions.shown(ALL, answers)] == seen


def test_words_fall_back_to_the_first_language():
    assert questions.words(LAND.label, "en") == "Whose is the land?"
    assert questions.words(LAND.label, "de") == "Газар хэнийх вэ?"
    assert questions.words({}, "de") == ""
    assert questions.choices_of(LAND, "en") == [("c1", "Our own"), ("c2", "Түрээсийн")]
    assert PAPER.annex == "q:q3"


@pytest.fixture
def manager(client, write):
    return client(write(lambda s: factories.person(s, role="manager")))


@pytest.fixture
def call(write):
    return write(lambda s: factories.call(s, language="en", questions=[], published_at=None))


def row(n, code="", kind="short", **texts):
    return {f"q-{n}-{name}": value for name, value in {"code": code, "kind": kind, **texts}.items()}


TWO = {
    **row(0, "q1", "one", label_en="Whose is the land?", label_de="Wem gehört das Land?", choices_en="Our own\nRented", needed="yes"),
    **row(1, "q2", "money", label_en="What is the rent?", shown_if="q1=Rented", help_en="A year"),
}  # fmt: skip


def kept(write, call):
    return write(lambda s: questions.of(s.get_one(Call, call.id)))


def test_a_manager_writes_two_questions_of_which_one_depends_on_the_other(manager, write, call):
    url = f"/funds/calls/{call.id}/questions"
    assert "This call asks nothing besides the form." in words(manager.get(url))
    assert manager.post(url, data=TWO | {"do": "keep", "version": "1"}).status_code == 303
    first, second = kept(write, call)
    assert first.label == {"en": "Whose is the land?", "de": "Wem gehört das Land?"}
    assert first.choices == (("c1", {"en": "Our own"}), ("c2", {"en": "Rented"}))
    assert (first.needed, second.needed, second.shown_if) == (True, False, ("q1", "c2"))
    page = manager.get(url).text
    assert re.search(r'value="q1=Rented" selected', page)


@pytest.mark.parametrize(
    ("do", "order"),
    [
        ("add", ["q1", "q2", "q3"]),
        ("remove-0", ["q2"]),
        ("up-1", ["q2", "q1"]),
        ("down-0", ["q2", "q1"]),
        ("up-0", ["q1", "q2"]),
        ("remove-9", ["q1", "q2"]),
        ("up-²", ["q1", "q2"]),
        ("nonsense", ["q1", "q2"]),
    ],
)
def test_rows_are_added_removed_and_moved_without_script_and_nothing_is_kept_yet(manager, write, call, do, order):
    answer = manager.post(f"/funds/calls/{call.id}/questions", data=TWO | {"do": do})
    assert answer.status_code == 200
    assert re.findall(r'name="q-\d+-code" value="(\w+)"', answer.text) == order
    if "q1" in order:
        assert 'value="Wem gehört das Land?"' in answer.text
    assert kept(write, call) == []


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"q-0-label_en": ""}, {"q-0-label_en": "Please write what you ask."}),
        ({"q-1-kind": "sing"}, {"q-1-kind": "Please choose one of the answers given."}),
        ({"q-0-label_de": "x" * 201}, {"q-0-label_de": "Please write at most 200 characters."}),
        (
            {"q-0-choices_en": "Only"},
            {
                "q-0-choices_en": "Write two or more different answers, one on each line, of at most 120 characters.",
                "q-1-shown_if": "Choose an answer of a question that stands before this one.",
            },
        ),
        (
            {"q-0-choices_de": "Eigenes"},
            {"q-0-choices_de": "Write as many lines as in the first language: 2."},
        ),
        ({"q-1-shown_if": "q2=Rented"}, {"q-1-shown_if": "Choose an answer of a question that stands before this one."}),
        ({"q-1-shown_if": "q1=Lent"}, {"q-1-shown_if": "Choose an answer of a question that stands before this one."}),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_told_next_to_its_field(manager, write, call, typed, said):
    answer = manager.post(f"/funds/calls/{call.id}/questions", data=TWO | typed | {"do": "keep"})
    assert (answer.status_code, errors(answer)) == (422, said)
    assert kept(write, call) == []


def test_a_choice_keeps_its_code_as_long_as_it_keeps_its_words(manager, write, call):
    url = f"/funds/calls/{call.id}/questions"
    manager.post(url, data=TWO | {"do": "keep"})
    manager.post(url, data=TWO | {"q-0-choices_en": "Lent\nRented\nOur own", "do": "keep"})
    first, second = kept(write, call)
    assert [(code, texts["en"]) for code, texts in first.choices] == [("c3", "Lent"), ("c2", "Rented"), ("c1", "Our own")]  # fmt: skip
    assert second.shown_if == ("q1", "c2")


def test_a_removed_question_never_gives_its_code_to_another(manager, write, call):
    url = f"/funds/calls/{call.id}/questions"
    manager.post(url, data=TWO | {"do": "keep"})
    answer = manager.post(url, data=row(0, "q1", "short", label_en="Why?") | {"do": "add"})
    assert re.findall(r'name="q-\d+-code" value="(\w+)"', answer.text) == ["q1", "q3"]


def test_at_most_thirty_questions_are_asked():
    made = editor.Editor(["en"], [{"code": f"q{n}", "kind": "short"} for n in range(30)])
    assert made.act("add") is None
    assert len(made.rows) == 30


def test_of_two_managers_the_second_is_told_and_overwrites_nothing(manager, write, call):
    url = f"/funds/calls/{call.id}/questions"
    assert manager.post(url, data=TWO | {"do": "keep", "version": "1"}).status_code == 303
    other = row(0, "q1", "short", label_en="Mine")
    assert manager.post(url, data=other | {"do": "keep", "version": "1"}).status_code == 409
    assert [question.code for question in kept(write, call)] == ["q1", "q2"]


def test_questions_of_a_public_call_make_its_next_edition_and_stand_in_the_history(manager, write, call):
    write(lambda s: setattr(s.get_one(Call, call.id), "published_at", MORNING))
    manager.post(f"/funds/calls/{call.id}/questions", data=TWO | {"do": "keep"})
    assert write(lambda s: s.get_one(Call, call.id).edition) == 2
    told = write(lambda s: s.scalars(select(Entry.data).where(Entry.action == "funds.edit_call")).one())
    assert (told["changed"], told["edition"]) == (["questions"], 2)
    assert "changed: questions (edition 2)" in words(manager.get(f"/funds/calls/{call.id}"))


def test_questions_are_fixed_with_the_rules(manager, write, call):
    write(lambda s: setattr(s.get_one(Call, call.id), "frozen_at", MORNING))
    assert "The rules are fixed." in words(manager.get(f"/funds/calls/{call.id}/questions"))
    assert manager.post(f"/funds/calls/{call.id}/questions", data=TWO | {"do": "keep"}).status_code == 409
    assert kept(write, call) == []
