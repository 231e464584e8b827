"""Bottlenecks and the yearly figures of a branch."""

import re
from datetime import date
from html import unescape

import pytest

from fundapp.kit.errors import Refused
from fundapp.lifecycle.service import SYSTEM
from fundapp.regions import queries, service
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
def test_an_officer_keeps_the_own_branch_only(client, write):
    def work(session):
        branch, other = factories.branch(session), factories.branch(session)
        return factories.person(session, role="officer", branch=branch), branch.id, other.id

    officer, own, other = write(work)
    browser = client(officer)
    assert browser.get("/regions").headers["location"] == f"/regions/branches/{own}"
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
    assert browser.get(f"/regions/branches/{other}").status_code == 404
    assert browser.post(f"/regions/branches/{other}/bottlenecks/1/retire").status_code == 404


@pytest.mark.sqlite
def test_a_manager_sees_all_branches_and_a_member_none(client, write):
    def work(session):
        factories.branch(session)
        factories.branch(session)
        return factories.person(session, role="manager"), factories.person(session, role="member")

    manager, member = write(work)
    assert client(manager).get("/regions").text.count("/regions/branches/") == 2
    assert client(member).get("/regions").status_code == 403
