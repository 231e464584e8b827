"""Partner branches."""

import pytest

from fundapp.kit.errors import Refused
from fundapp.people.pairing import pair
from tests import factories
from tests.factories import MORNING


def four(session):
    admin = factories.person(session, role="admin")
    return admin, *(factories.branch(session, name=name) for name in ("Zavkhan", "Uvs", "Khovd"))


def test_two_branches_become_partners_of_each_other_and_part_again(write):
    def work(session):
        admin, zavkhan, uvs, _khovd = four(session)
        pair(session, zavkhan, uvs, by=admin, at=MORNING)
        together = (zavkhan.partner_id, uvs.partner_id) == (uvs.id, zavkhan.id)
        pair(session, uvs, None, by=admin, at=MORNING)
        return together, zavkhan.partner_id, uvs.partner_id

    assert write(work) == (True, None, None)


def test_a_branch_has_one_partner_and_never_itself(write):
    def work(session):
        admin, zavkhan, uvs, khovd = four(session)
        pair(session, zavkhan, uvs, by=admin, at=MORNING)
        said = []
        for one, other in ((khovd, uvs), (zavkhan, khovd), (khovd, khovd)):
            with pytest.raises(Refused) as refused:
                pair(session, one, other, by=admin, at=MORNING)
            said += refused.value.reasons
        return said

    assert write(work) == [
        "Uvs has a partner already; end that pair first.",
        "Zavkhan has a partner already; end that pair first.",
        "A branch is not its own partner.",
    ]


def test_the_administrator_pairs_branches_on_their_page_and_nobody_else(client, write):
    def people(session):
        admin, zavkhan, uvs, _khovd = four(session)
        return admin, factories.person(session, role="manager"), zavkhan.id, uvs.id

    admin, manager, zavkhan, uvs = write(people)
    url = f"/people/branches/{zavkhan}/partner"
    assert client(manager).post(url, data={"partner": uvs}).status_code == 403
    assert client(admin).post(url, data={"partner": uvs}).status_code == 303
    shown = client(admin).get("/people/branches").text
    assert shown.count("End the pair") == 2
    assert client(admin).post(url, data={"partner": ""}).status_code == 303
    assert "End the pair" not in client(admin).get("/people/branches").text
