"""Bottlenecks and the yearly figures of a branch."""

import re
from datetime import date
from html import unescape

import pytest

from fundapp.kit import i18n
from fundapp.kit.errors import Refused
from fundapp.lifecycle.service import SYSTEM
from fundapp.regions import areas, queries, service
from tests import factories
from tests.factories import MORNING

BY = {"by": SYSTEM, "at": MORNING}
NAMED = {"factor": "infrastructure", "severity": 3, "reach": 3, "changeable": 1, "named_on": date(2026, 1, 5)}
YEAR = {"year": 2025, "members": 80, "staff": 2, "dues": 900_00, "service_income": 1_200_00, "currency": "EUR"}


def refused(call):
    with pytest.raises(Refused) as error:
        call()
    return error.value.reasons, error.value.field


def test_the_gravest_bottleneck_stands_first_and_a_retired_one_not_at_all(write):
    def work(session):
        branch = factories.branch(session, region="MN-041")
        for title, more in (("Mild", {"severity": 1}), ("Grave", {"changeable": 2}), ("Gone", {"severity": 5})):
            row = service.add_bottleneck(session, branch, title=title, **(NAMED | more), **BY)
        service.retire(session, row, **BY)
        own = [each.title for each in queries.bottlenecks(session, branch.id)]
        return own, [each.title for each in queries.bottlenecks_of_region(session, "MN-041")]

    assert write(work) == (["Grave", "Mild"], ["Grave", "Mild"])


@pytest.mark.parametrize(
    ("more", "field"), [({"severity": 6}, "severity"), ({"reach": 0}, "reach"), ({"changeable": 3}, "changeable")]
)
def test_the_scales_have_ends(write, more, field):
    def work(session):
        branch = factories.branch(session)
        return refused(lambda: service.add_bottleneck(session, branch, title="X", **(NAMED | more), **BY))[1]

    assert write(work) == field


def test_a_bottleneck_is_named_once_and_a_year_told_once(write):
    def work(session):
        branch = factories.branch(session)
        service.add_bottleneck(session, branch, title="X", **NAMED, **BY)
        service.add_year(session, branch, **YEAR, **BY)
        twice = refused(lambda: service.add_bottleneck(session, branch, title="X", **NAMED, **BY))
        return twice, refused(lambda: service.add_year(session, branch, **YEAR, **BY))

    assert write(work) == (
        (("This bottleneck is named already.",), "title"),
        (("The figures of 2025 are there already.",), "year"),
    )


def errors(answer):
    return {n: unescape(t) for n, t in re.findall(r'id="([\w-]+)-error">([^<]+)</p>', answer.text)}


@pytest.mark.sqlite
def test_an_officer_keeps_the_own_branch_and_looks_at_the_others(client, write):
    def work(session):
        branch, other = factories.branch(session), factories.branch(session)
        return factories.person(session, role="officer", branch=branch), branch.id, other.id

    officer, own, other = write(work)
    browser = client(officer)
    named = {"title": "No cold storage", "factor": "infrastructure", "severity": "4", "reach": "3", "changeable": "2"}
    root = f"/regions/branches/{own}"
    assert browser.post(f"{root}/bottlenecks", data=named | {"named_on": "2026-01-05"}).status_code == 303
    wrong = browser.post(f"{root}/bottlenecks", data=named | {"named_on": "2026-01-05", "severity": "9"})
    assert errors(wrong) == {"severity": "This may be at most 5."}
    year = {"year": "2025", "members": "80", "staff": "2", "dues": "900", "service_income": "1,200.50"}
    assert browser.post(f"{root}/years", data=year).status_code == 303
    assert browser.post(f"{root}/bottlenecks/1/retire").status_code == 303
    page = browser.get(root).text
    assert "1,200.50" in page
    assert "No cold storage" not in page
    foreign = browser.get(f"/regions/branches/{other}")
    assert (foreign.status_code, "<form class=" in foreign.text, "<form class=" in page) == (200, False, True)
    assert browser.post(f"/regions/branches/{other}/years", data=year).status_code == 403
    assert browser.post(f"/regions/branches/{other}/bottlenecks/1/retire").status_code == 403


@pytest.mark.sqlite
def test_who_reads_the_results_sees_all_branches_and_a_member_none(client, write):
    def work(session):
        factories.branch(session)
        factories.branch(session)
        return [factories.person(session, role=role) for role in ("manager", "auditor", "member")]

    manager, auditor, member = write(work)
    for person in (manager, auditor):
        assert client(person).get("/regions").text.count("/regions/branches/") == 2
    assert client(member).get("/regions").status_code == 403
    assert client(member).get("/regions/branches/1").status_code == 404
    assert client(auditor).post("/regions/branches/1/years", data={}).status_code == 403


# Growth


def grown(session, *counts, first=2020, **more):
    """A branch with these members from year to year; None leaves a year out."""
    branch = factories.branch(session, **more)
    for year, members in enumerate(counts, start=first):
        if members is not None:
            service.add_year(session, branch, **(YEAR | {"year": year, "members": members}), **BY)
    return branch


def test_a_branch_grows_when_its_last_year_on_record_has_more_members_than_its_first(write):
    def work(session):
        grown(session, 50, 40, 60, name="Up")
        grown(session, 70, None, 70, name="Even")
        grown(session, 30, 20, name="Down")
        grown(session, None, 0, 5, name="New")
        grown(session, 9, name="Once")
        grown(session, name="Bare")
        rows, growth = queries.growth(session)
        told = [(r.branch.name, r.growing, r.compared, str(r.percent)) for r in rows]
        return told, growth

    told, growth = write(work)
    assert told == [
        ("Bare", False, False, "None"), ("Down", False, True, "-33.3"), ("Even", False, True, "0.0"),
        ("New", True, True, "None"), ("Once", False, False, "None"), ("Up", True, True, "20.0"),
    ]  # fmt: skip
    assert growth == queries.Growth(growing=2, compared=4, first=150, last=155, first_year=2020, last_year=2022)


def test_without_any_figures_nothing_grows(write):
    assert write(queries.growth) == ([], queries.Growth())


def test_pictures_show_the_last_six_years(write):
    def work(session):
        old, new = grown(session, *range(10, 18), first=2015), grown(session, 5, first=2022)
        return queries.all_years(session).keys() == {old.id, new.id}, list(queries.all_years(session)[old.id])

    assert write(work) == (True, [2017, 2018, 2019, 2020, 2021, 2022])


@pytest.mark.sqlite
def test_the_branches_stand_about_where_they_lie_on_one_scale(client, write):
    def work(session):
        for region, name in (("MN-053", "Ömnögovi"), ("MN-071", "Bayan-Ölgii"), ("MN-043", "Khovd")):
            grown(session, 40, 80, region=region, name=name)
        return factories.person(session, role="manager")

    page = client(write(work)).get("/regions").text
    tiles = re.findall(r'<li class="col-(\d)"><a href="[^"]+"><span>(\S+) <b>(\d+)</b>', page)
    assert tiles == [("1", "Bayan-Ölgii", "80"), ("1", "Khovd", "80"), ("4", "Ömnögovi", "80")]
    assert page.count('height="40"/>') == 3
    assert "3 of 3 branches are growing: 120 members in 2020, 240 in 2021." in page
    assert re.findall(r'class="row-title" href="[^"]+">(\S+)</a>', page) == ["Bayan-Ölgii", "Khovd", "Ömnögovi"]


@pytest.mark.sqlite
def test_branches_without_a_place_of_their_own_stand_in_their_alphabet(client, write):
    def work(session):
        for name in ("West", "East"):
            grown(session, 40, 80, region="XX-1", name=name)
        return factories.person(session, role="manager")

    page = client(write(work)).get("/regions").text
    assert re.findall(r"<li><a href=\"[^\"]+\"><span>(\S+) <b>", page) == ["East", "West"]


@pytest.mark.sqlite
def test_a_branch_shows_its_figures_with_their_pictures(client, write):
    def work(session):
        branch = grown(session, 78, 90, 128, name="Arkhangai")
        return factories.person(session, role="manager"), branch.id

    manager, id = write(work)
    page = client(manager).get(f"/regions/branches/{id}").text
    assert "128 members in 2022; 78 in 2020 (+64.1&nbsp;%)." in page
    assert 'aria-label="2020: 78; 2021: 90; 2022: 128"' in page
    assert page.count("preserveAspectRatio") == 4


def test_every_area_has_its_name_in_each_language():
    assert all(set(names) == {"en", "de", "mn"} and all(names.values()) for names in areas.AREAS.values())
    assert len(areas.AREAS) == 22
    assert set(areas.PLACES) == set(areas.AREAS)
    assert len(set(areas.PLACES.values())) == 22


@pytest.mark.parametrize(
    ("language", "first", "name"),
    [("en", "Arkhangai", "Khövsgöl"), ("de", "Archangai", "Chöwsgöl"), ("mn", "Архангай", "Хөвсгөл")],
)
def test_areas_are_named_and_sorted_in_the_language_of_the_moment(language, first, name):
    token = i18n.LANGUAGE.set(language)
    try:
        assert (next(iter(areas.named().values())), areas.name("MN-041"), areas.name("XX-9")) == (first, name, "XX-9")
    finally:
        i18n.LANGUAGE.reset(token)
