"""Languages: chosen by wish, by the browser, else English; catalogues are compiled from the committed files."""

import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from babel.messages.pofile import read_po

from fundapp.kit import i18n, texts
from fundapp.kit.places import LOCALES

CATALOGUES = sorted(LOCALES.glob("*.po")) if LOCALES.exists() else []
NBSP = "\N{NO-BREAK SPACE}"
FIELD = re.compile(r"%\((\w+)\)s|%%|{(\w*)}")


@pytest.mark.parametrize(
    ("wanted", "accept", "chosen"),
    [
        ("en", "", "en"),
        (None, "en-GB,en;q=0.9", "en"),
        (None, "xx, EN;q=0.5", "en"),
        (None, "", "en"),
        ("xx", "yy", "en"),
        (None, ";;,,q=", "en"),
    ],
)
def test_the_language_is_chosen(wanted, accept, chosen):
    assert i18n.choose(wanted, accept) == chosen


def test_english_needs_no_catalogue():
    assert i18n.gettext("Sign in") == "Sign in"
    assert i18n.ngettext("%(num)s day", "%(num)s days", 2) == "2 days"


def test_every_catalogue_keeps_the_fields_of_every_message():
    for path in CATALOGUES:
        with path.open("rb") as file:
            messages = [message for message in read_po(file, locale=path.stem) if message.id and message.string]
        assert messages
        for message in messages:
            wanted, found = fields(message.id), fields(message.string)
            assert found <= wanted, (path.stem, message.id)


def fields(text):
    texts = text if isinstance(text, tuple) else (text,)
    return {match.group() for each in texts for match in FIELD.finditer(each)}


def test_every_catalogue_speaks():
    for path in CATALOGUES:
        with i18n.speaking(path.stem):
            assert i18n.gettext("Sign in") != "Sign in"


@pytest.mark.parametrize(
    ("names", "sorted_names"),
    [
        (["Өмнөговь", "Увс", "Орхон", "Өвөрхангай", "Төв"], ["Орхон", "Өвөрхангай", "Өмнөговь", "Төв", "Увс"]),
        (["Үенч", "Увс", "Фонд", "үер"], ["Увс", "Үенч", "үер", "Фонд"]),
        (["Жавхлан", "Ёл", "Ерөө"], ["Ерөө", "Ёл", "Жавхлан"]),
        (["Йогурт", "Иргэн", "Кино"], ["Иргэн", "Йогурт", "Кино"]),
        (["Uws", "Öwörchangai", "Orchon", "Ägypten", "Archangai", "Straße", "Strasse"],
         ["Ägypten", "Archangai", "Orchon", "Öwörchangai", "Strasse", "Straße", "Uws"]),
        (["Увс", "Uvs", "7 гол", " bulgan"], ["7 гол", " bulgan", "Uvs", "Увс"]),
    ],
)  # fmt: skip
def test_names_stand_in_the_order_of_the_readers_alphabet(names, sorted_names):
    assert sorted(names, key=i18n.by_name) == sorted_names


def test_a_letter_written_as_two_marks_sorts_as_the_one_it_is():
    assert i18n.by_name("И\u0306л")[0] == i18n.by_name("Йл")[0]
    assert i18n.by_name("\u0301")[0] == "\u0301"


class Place:
    name, names = "Övörkhangai", {"mn": "Өвөрхангай"}


def test_a_thing_is_named_in_the_language_of_the_moment_else_by_its_name():
    found = {}
    for language in ("en", "mn"):
        token = i18n.LANGUAGE.set(language)
        found[language] = i18n.named(Place)
        i18n.LANGUAGE.reset(token)
    assert found == {"en": "Övörkhangai", "mn": "Өвөрхангай"}


@pytest.mark.parametrize(
    ("language", "form", "name"),
    [
        ("en", "list", "Болд Бат"),
        ("de", "full", "Болд Бат"),
        ("en", "initial", "Б. Болд"),
        ("mn", "list", "Б.Болд"),
        ("mn", "initial", "Б.Болд"),
        ("mn", "full", "Бат Болд"),
    ],
)
def test_a_person_is_called_as_the_language_does_it(language, form, name):
    with i18n.speaking(language):
        assert i18n.called(SimpleNamespace(given_name="Болд", family_name="Бат"), form) == name
        assert i18n.called(SimpleNamespace(given_name="Болд", family_name=""), form) == "Болд"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ["1,234.5", "69.7", "12.0 %", "9 March 2026", "9 Mar", "9 Mar 2026, 18:05", "a, b and c", "a or b"]),
        (
            "de",
            ["1.234,5", "69,7", "12,0 %", "9. März 2026", "9. März", "9. März 2026, 18:05", "a, b und c", "a oder b"],
        ),
        (
            "mn",
            [
                f"1{NBSP}234.5",
                "69.7",
                "12.0 %",
                f"2026{NBSP}оны 3-р сарын 9",
                "3-р сарын 9",
                f"2026{NBSP}оны 3-р сарын 9, 18:05",
                "a, b, c",
                "a эсвэл b",
            ],
        ),
    ],
)
def test_numbers_and_dates_are_written_as_the_language_does_it(language, said):
    moment = datetime(2026, 3, 9, 17, 5, tzinfo=UTC)
    with i18n.speaking(language):
        assert [
            i18n.number(1234.5),
            texts.show_points(696667),
            texts.show_percent(120),
            texts.show_date(moment.date()),
            texts.show_day(moment.date()),
            texts.show_moment(moment, "Europe/Berlin"),
            i18n.listed(["a", "b", "c"]),
            i18n.listed(["a", "b"], "or"),
        ] == said


def test_what_the_database_keeps_in_english_is_told_in_the_readers_language(monkeypatch):
    kept = i18n.keep("Minutes of %(day)s, at last")
    monkeypatch.setattr(
        i18n, "gettext", lambda text, **fields: text.replace("Minutes of", "Niederschrift vom") % fields
    )
    with i18n.speaking("de"):
        assert i18n.told(kept % {"day": "2026-03-09"}) == "Niederschrift vom 2026-03-09, at last"
        assert i18n.told("What somebody wrote") == "What somebody wrote"
