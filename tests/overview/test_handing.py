"""Everything open of one person goes to another in one act, by the rules for roles and committees, and can be taken back."""

from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from fundapp.cli import app as commands
from fundapp.history.models import Entry
from fundapp.history.queries import broken
from fundapp.kit.database import Database
from fundapp.kit.errors import Refused
from fundapp.mail.models import Message
from fundapp.overview import handing
from fundapp.overview.handing import Chosen
from fundapp.people import deputies, queries, service
from fundapp.people.models import Deputy, Person, RoleHeld, SignIn
from fundapp.people.permissions import Role
from fundapp.rating.models import Member
from tests import factories as make
from tests.factories import MORNING, TODAY


@pytest.fixture
def office(write: Any) -> dict[str, Any]:
    def work(session: Any) -> dict[str, Any]:
        branch = make.branch(session)
        found = {name: make.person(session, role="admin") for name in ("admin", "second")}
        found |= {
            "leaver": make.person(session, role="officer", branch=branch),
            "heir": make.person(session, role="finance"),
        }
        found["manager"] = make.person(session, role="manager")
        measure = make.measure(session, status="running", branch=branch)
        make.obligation(
            session, kind="evaluation.visit", due=TODAY.replace(day=1), case_id=measure.id, branch_id=branch.id
        )
        make.measure(session, status="draft", branch=branch, prepared_by_id=found["leaver"].id)
        contract = make.contract(session, measure=measure)
        make.payment(
            session, contract=contract, prepared_by=found["leaver"], instalment=make.instalments(session, contract)[0]
        )
        return found | {"branch": branch, "measure": measure}

    made: dict[str, Any] = write(work)
    return made


def roles(database: Database, person: Person) -> list[tuple[str, str]]:
    """(role, state) of what the person holds or held, oldest first."""
    with database.reading() as session:
        asked = select(RoleHeld).where(RoleHeld.person_id == person.id).order_by(RoleHeld.id)
        return [
            (held.role, "ended" if held.ended_at else "holds" if held.confirmed_at else "waits")
            for held in session.scalars(asked)
        ]


def act(
    database: Database, office: dict[str, Any], by: str = "admin", who: str = "leaver", to: str = "heir", **chosen: Any
) -> None:
    def work(session: Any) -> None:
        people = [session.get_one(Person, office[name].id) for name in (who, to, by)]
        found = handing.in_hand(session, people[0], TODAY)
        all_ = {"roles": [held.id for held in found.roles], "seats": []}
        handing.hand_over(session, people[0], people[1], Chosen(**(all_ | chosen)), by=people[2], at=MORNING, on=TODAY)

    database.write(work)


def test_what_is_open_is_shown(client: Any, database: Database, office: dict[str, Any]) -> None:
    with database.reading() as session:
        found = handing.in_hand(session, session.get_one(Person, office["leaver"].id), TODAY)
    assert [held.role for held in found.roles] == ["officer"]
    assert (len(found.drafts), len(found.payments), found.due, found.late) == (1, 1, 1, 1)
    for role, status in (("admin", 200), ("manager", 200), ("heir", 403)):
        assert client(office[role]).get(f"/handing-over/{office['leaver'].id}").status_code == status
        assert client(office[role]).get("/handing-over").status_code == status


def test_one_act_moves_the_roles_and_the_duties_follow(database: Database, office: dict[str, Any]) -> None:
    act(database, office)
    assert roles(database, office["leaver"]) == [("officer", "ended")]
    assert roles(database, office["heir"]) == [("finance", "holds"), ("officer", "holds")]
    with database.reading() as session:
        assert [p.id for p in queries.officers_or_managers(session, office["branch"].id)] == [office["heir"].id]
        entry = session.scalars(select(Entry).where(Entry.action == "people.hand_over")).one()
        assert (entry.by_id, entry.subject, entry.data["to"]) == (
            office["admin"].id, f"people.person:{office['leaver'].id}", office["heir"].id,
        )  # fmt: skip
        assert [m.to_id for m in session.scalars(select(Message))] == [office["heir"].id]
        assert broken(session) == []


def test_a_grave_role_moves_when_a_second_person_confirms_it(database: Database, office: dict[str, Any]) -> None:
    act(database, office, who="manager")
    assert (roles(database, office["manager"]), roles(database, office["heir"])[-1]) == (
        [("manager", "holds")], ("manager", "waits"),
    )  # fmt: skip

    def confirm(session: Any) -> None:
        held, _person = queries.to_confirm(session)[0]
        service.confirm_role(session, held, by=session.get_one(Person, office["second"].id), at=MORNING)

    database.write(confirm)
    assert (roles(database, office["manager"]), roles(database, office["heir"])[-1]) == (
        [("manager", "ended")], ("manager", "holds"),
    )  # fmt: skip


def test_what_a_manager_hands_over_waits_for_an_administrator(database: Database, office: dict[str, Any]) -> None:
    act(database, office, by="manager")
    assert (roles(database, office["leaver"]), roles(database, office["heir"])[-1]) == (
        [("officer", "holds")], ("officer", "waits"),
    )  # fmt: skip


def test_who_leaves_is_out_the_same_moment(client: Any, database: Database, office: dict[str, Any]) -> None:
    leaver = client(office["leaver"])
    assert leaver.get("/").status_code == 200
    database.write(
        lambda s: deputies.name(
            s, s.get_one(Person, office["manager"].id), s.get_one(Person, office["leaver"].id), TODAY, TODAY,
            by=office["manager"], at=MORNING, on=TODAY,
        )
    )  # fmt: skip
    held = database.write(
        lambda s: s.scalars(select(RoleHeld.id).where(RoleHeld.person_id == office["leaver"].id)).one()
    )
    form = {"to": str(office["heir"].id), "roles": str(held), "leaves": "yes"}
    assert client(office["admin"]).post(f"/handing-over/{office['leaver'].id}", data=form).status_code == 303
    assert leaver.get("/people/account").status_code in (303, 401)
    with database.reading() as session:
        assert session.get_one(Person, office["leaver"].id).active is False
        assert [row.ended_at for row in session.scalars(select(Deputy))] == [MORNING]
        mine = select(SignIn).where(SignIn.person_id == office["leaver"].id, SignIn.ended_at.is_(None))
        assert session.scalars(mine).all() == []


def test_the_seat_on_a_committee_is_moved_by_a_manager_with_a_sheet_of_ones_own(
    database: Database, office: dict[str, Any]
) -> None:
    def seat(session: Any) -> int:
        make.committee(session, chair=session.get_one(Person, office["leaver"].id))
        return session.scalars(select(Member.id).where(Member.person_id == office["leaver"].id)).one()  # type: ignore[no-any-return]

    id = database.write(seat)
    with pytest.raises(Refused, match="A manager moves the seat"):
        act(database, office, seats=[id])
    assert roles(database, office["leaver"]) == [("officer", "holds")]
    act(database, office, by="manager", roles=[], seats=[id])
    with database.reading() as session:
        old, new = session.get_one(Member, id), session.scalars(select(Member).order_by(Member.id.desc())).first()
        assert new is not None
        assert (old.left_at is not None, new.person_id, new.chair, new.sector) == (
            True, office["heir"].id, True, old.sector,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("to", "chosen", "says"),
    [("leaver", {}, "Choose another person"), ("heir", {"roles": []}, "Choose what is handed over")],
)
def test_nothing_and_nobody_is_refused(
    database: Database, office: dict[str, Any], to: str, chosen: Any, says: str
) -> None:
    with pytest.raises(Refused, match=says):
        act(database, office, to=to, **chosen)
    with pytest.raises(Refused, match="Nobody gives a role to themselves"):
        act(database, office, by="admin", to="admin")


def test_an_act_is_taken_back_once(database: Database, office: dict[str, Any]) -> None:
    act(database, office, leaves=True)

    def back(session: Any) -> None:
        people = [session.get_one(Person, office[name].id) for name in ("leaver", "admin")]
        handing.hand_back(session, people[0], by=people[1], at=MORNING)

    database.write(back)
    assert roles(database, office["leaver"]) == [("officer", "ended"), ("officer", "holds")]
    assert roles(database, office["heir"]) == [("finance", "holds"), ("officer", "ended")]
    with database.reading() as session:
        assert session.get_one(Person, office["leaver"].id).active is True
    with pytest.raises(Refused, match="Nothing of this person"):
        database.write(back)


def test_what_still_waited_is_taken_back_without_a_trace_of_power(database: Database, office: dict[str, Any]) -> None:
    act(database, office, who="manager")
    database.write(
        lambda s: handing.hand_back(
            s, s.get_one(Person, office["manager"].id), by=s.get_one(Person, office["admin"].id), at=MORNING
        )
    )
    assert roles(database, office["manager"]) == [("manager", "holds")]
    assert roles(database, office["heir"])[-1] == ("manager", "ended")


def test_the_last_administrator_stays_and_can_be_restored_from_the_console(
    database: Database, settings: Any, office: dict[str, Any], monkeypatch: Any
) -> None:
    def off(name: str) -> None:
        database.write(
            lambda s: service.set_active(s, s.get_one(Person, office[name].id), False, by=office["manager"], at=MORNING)
        )

    off("second")
    with pytest.raises(Refused, match="This is the last administrator"):
        off("admin")
    monkeypatch.setenv("FUNDAPP_HOME", str(settings.home))
    monkeypatch.setenv("FUNDAPP_DATABASE_URL", settings.database_url)
    email = office["second"].email
    told = CliRunner().invoke(commands, ["person", "add", email, "--name", "Second", "--role", "admin"])
    assert (told.exit_code, "/people/link/invite/" in told.output) == (0, True)
    assert roles(database, office["second"]) == [("admin", "holds")]
    with database.reading() as session:
        assert session.get_one(Person, office["second"].id).active is True
        assert queries.administrators(session) == 2
        actions = list(session.scalars(select(Entry.action).order_by(Entry.seq.desc()).limit(2)))
        assert actions == ["people.from_console", "people.activate"]


def test_the_console_gives_a_waiting_role_its_confirmation(database: Database, office: dict[str, Any]) -> None:
    from fundapp.lifecycle.service import SYSTEM  # noqa: PLC0415
    from fundapp.people.handing import from_console  # noqa: PLC0415

    act(database, office, who="manager")
    how = {"given_name": "Heir", "family_name": "", "role": Role.MANAGER, "branch": None, "by": SYSTEM, "at": MORNING}
    database.write(lambda s: from_console(s, office["heir"].email, **how))
    assert roles(database, office["heir"])[-1] == ("manager", "holds")
    with database.reading() as session:
        managers = {person.id for person in queries.with_role(session, Role.MANAGER)}
        assert (office["heir"].id in managers, office["manager"].id in managers) == (True, False)
