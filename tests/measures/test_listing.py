"""What lists are narrowed by, and a person's own proposals."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event, select

from fundapp.kit import i18n
from fundapp.measures import listing
from fundapp.measures.listing import Filters
from fundapp.measures.models import Measure
from fundapp.people.models import Organisation
from tests import factories


def titles(session, person=None, **filters):
    """The titles that the filters let through, and the names of those that were not understood."""
    found, unknown = listing.narrowed(Filters(**filters), listing.choices(session, person))
    asked = select(Measure.title).outerjoin(Organisation, Organisation.id == Measure.organisation_id)
    return list(session.scalars(asked.where(*found).order_by(Measure.id))), unknown


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("wool", ["Wool washing line"]),
        ("WASHING", ["Wool washing line"]),
        ("ноос", ["Ноос угаах шугам"]),
        ("LED-7", ["Wool washing line"]),
        ("herders", ["Ноос угаах шугам"]),
        ("trafford", ["Old grant"]),
        ("100%", []),
        ("_", []),
    ],
)
def test_words_number_and_applicant_are_found(write, q, found):
    def work(session):
        factories.measure(session, title="Wool washing line", number="LED-7", status="eligible")
        factories.measure(
            session, title="Ноос угаах шугам", organisation=factories.organisation(session, name="Herders of Bulgan")
        )
        factories.measure(session, title="Old grant", recipient_name="Trafford Club")
        return titles(session, q=q)

    assert write(work) == (found, [])


@pytest.fixture
def three(write):
    """A running measure of 2024 with codes of its own, a running one of 2025, a draft sent in at the end of 2024."""

    def work(session):
        fund, branch = factories.fund(session, code="GBPF"), factories.branch(session, code="KHO")
        call = factories.call(session, fund=fund, code="C-9")
        more = {"status": "running", "topic": "tourism"}
        factories.measure(session, call=call, branch=branch, title="Ours", contracted_on=date(2024, 5, 1), **more)
        factories.measure(session, status="running", title="Other", contracted_on=date(2025, 5, 1))
        factories.measure(session, title="Late", submitted_at=datetime(2024, 12, 31, 20, tzinfo=UTC))
        return {"branch": str(branch.id), "call": str(call.id), "fund": str(fund.id)}

    return write(work)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"status": "running"}, ["Ours", "Other"]),
        ({"status": "writing"}, ["Late"]),
        ({"branch": "KHO"}, ["Ours"]),
        ({"branch": None}, ["Ours"]),
        ({"call": "C-9"}, ["Ours"]),
        ({"call": None}, ["Ours"]),
        ({"fund": "GBPF"}, ["Ours"]),
        ({"fund": None}, ["Ours"]),
        ({"year": "2024"}, ["Ours", "Late"]),
        ({"topic": "tourism"}, ["Ours"]),
        ({"status": "running", "year": "2025"}, ["Other"]),
    ],
)
def test_each_filter_narrows_by_code_or_id(write, three, filters, found):
    filters = {name: value or three[name] for name, value in filters.items()}
    assert write(lambda session: titles(session, **filters)) == (found, [])


@pytest.mark.parametrize(
    "filters",
    [
        {"status": "happy"}, {"branch": "NONE"}, {"fund": "999999999999"}, {"call": "C-0"}, {"topic": "war"},
        {"year": "1850"}, {"year": "x"}, {"status": "happy", "branch": "'; --"},
    ],
)  # fmt: skip
def test_a_value_that_is_not_known_narrows_nothing_and_is_named(write, three, filters):
    assert write(lambda session: titles(session, **filters)) == (["Ours", "Other", "Late"], list(filters))


def test_a_call_in_preparation_is_a_choice_for_its_managers_only(write):
    def work(session):
        fund = factories.fund(session)
        factories.call(session, fund=fund, code="OPEN", title="Open")
        factories.call(session, fund=fund, code="SOON", title="Soon", published_at=None)
        manager, officer = (factories.person(session, role=role) for role in ("manager", "officer"))
        named = [sorted(call.title for call in listing.choices(session, who).calls) for who in (manager, officer)]
        return named, titles(session, manager, call="SOON")[1], titles(session, officer, call="SOON")[1]

    assert write(work) == ([["Open", "Soon"], ["Open"]], [], ["call"])


def test_branches_stand_in_the_alphabet_of_the_reader(write):
    def work(session):
        for name, mongolian in (("Övörkhangai", "Өвөрхангай"), ("Uvs", "Увс"), ("Orkhon", "Орхон"), ("Töv", "Төв")):
            factories.branch(session, name=name, names={"mn": mongolian})
        found = []
        for language in ("en", "mn"):
            token = i18n.LANGUAGE.set(language)
            found.append([i18n.named(branch) for branch in listing.choices(session, None).branches])
            i18n.LANGUAGE.reset(token)
        return found

    english, mongolian = write(work)
    assert english == ["Orkhon", "Övörkhangai", "Töv", "Uvs"]
    assert mongolian == ["Орхон", "Өвөрхангай", "Төв", "Увс"]


def test_choices_are_two_questions(database):
    seen = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: seen.append(a[2].startswith("SELECT")))
    database.write(lambda session: [factories.measure(session) for _ in range(4)])
    with database.reading() as session:
        seen.clear()
        found = listing.choices(session, None)
    assert (sum(seen), len(found.branches), len(found.calls), len(found.funds), found.years) == (2, 4, 4, 4, [2026])


def test_without_any_measure_there_is_no_year_to_choose(write):
    assert write(lambda session: listing.choices(session, None).years) == []


def test_an_applicants_open_proposals_stand_first(write):
    def work(session):
        owner = factories.person(session, role="applicant")
        for status in ("draft", "running", "returned", "closed"):
            factories.measure(session, owner=owner, status=status)
        return [row.status for row in listing.of_owner(session, owner)]

    assert write(work) == ["returned", "draft", "closed", "running"]
