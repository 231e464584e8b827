"""What an administrator does: organisations, invitations, and roles of branches, through the pages."""

import pytest
from sqlalchemy import select

from fundapp.people.models import Link, Organisation, Person
from tests import factories as make


@pytest.fixture
def admin(client, write):
    return client(write(lambda session: make.person(session, role="admin")))


def test_an_organisation_is_added_with_its_register(admin, write):
    typed = {"name": "Blue Sky", "kind": "cooperative", "sector": "private", "registration": "MN-REG-7", "email": ""}
    answer = admin.post("/people/organisations", data=typed)
    assert (answer.status_code, answer.headers["location"]) == (303, "/people/organisations")
    kept = write(lambda s: s.execute(select(Organisation.name, Organisation.register, Organisation.email)).all())
    assert kept == [("Blue Sky", "MN-REG-7", "")]


def test_who_has_a_password_gets_no_invitation_that_somebody_else_could_open(admin, write):
    known = write(lambda session: make.person(session, role="manager", password="a long enough sentence"))
    answer = admin.post(f"/people/persons/{known.id}/invite")
    assert (answer.status_code, "has a password already" in answer.text) == (409, True)
    assert write(lambda session: session.scalars(select(Link)).all()) == []
    assert "New invitation link" not in admin.get(f"/people/persons/{known.id}").text


def test_who_has_none_yet_is_invited_again(admin, write):
    new = write(lambda session: make.person(session, role="member", email="new@example.org"))
    answer = admin.post(f"/people/persons/{new.id}/invite")
    assert (answer.status_code, "/people/link/invite/" in answer.text) == (200, True)


@pytest.mark.parametrize(("branch", "status"), [("9" * 30, 422), ("-1", 422), ("999", 422), ("", 422)])
def test_an_officer_needs_a_branch_that_is_there(admin, write, branch, status):
    typed = {"given_name": "Tuya", "email": "tuya@example.org", "role": "officer", "branch": branch}
    assert admin.post("/people/persons/new", data=typed).status_code == status
    assert write(lambda session: session.scalars(select(Person.email).where(Person.given_name == "Tuya")).all()) == []
