"""Colleagues of an applicant's organisation: editors and readers, invited, changed, removed, leaving; and what they may."""

import re

import pytest
from sqlalchemy import select

from fundapp.history import queries as history
from fundapp.history.service import record
from fundapp.kit.errors import NotAllowed
from fundapp.mail.models import Message
from fundapp.measures import drafting, queries, starting
from fundapp.measures.handing import pass_on
from fundapp.measures.models import Measure
from fundapp.people import members
from fundapp.people.models import Invitation, Membership, Organisation, Person
from fundapp.people.permissions import EDITOR, READER, RIGHTS, Action, Scope, may
from fundapp.rating import queries as rating
from fundapp.rating import sitting
from tests import factories as make
from tests.house.test_lists import counted

HERE = "/people/account/organisation"
OWN = [action for action, rights in RIGHTS.items() if any(right.scope is Scope.OWN for right in rights)]


@pytest.fixture
def group(write):
    """Saran and Bold edit, Nara reads; Saran has a draft and a running measure of the organisation, and one of her own."""

    def work(session):
        organisation = make.organisation(session, name="Wool cooperative")
        people = {}
        for name, kind in (("saran", EDITOR), ("bold", EDITOR), ("nara", READER)):
            people[name] = make.person(
                session, role="applicant", name=name.capitalize(), email=f"{name}@example.org",
                organisation_id=organisation.id if kind == EDITOR else None,
            )  # fmt: skip
            make.membership(session, person=people[name], organisation=organisation, kind=kind)
        call = make.call(session)
        how = {"owner": people["saran"], "call": call, "organisation": organisation}
        draft = make.measure(session, status="draft", title="A draft", **how)
        running = make.measure(session, status="running", title="A running one", **how)
        other = make.measure(session, status="draft", title="Of her own", owner=people["saran"], call=call)
        return people | {"organisation": organisation, "draft": draft, "running": running, "other": other}

    return write(work)


def row_of(write, person, organisation):
    asked = select(Membership).where(Membership.person_id == person.id, Membership.organisation_id == organisation.id)
    return write(lambda session: session.scalars(asked.order_by(Membership.id.desc())).first())


def told(write, organisation):
    return write(
        lambda s: [t.entry.action for t in reversed(history.of_subject(s, f"people.organisation:{organisation.id}"))]
    )


# What they may


def test_editors_may_what_the_owner_may_and_readers_only_read(group):
    for thing in (group["draft"], group["running"]):
        may_owner = {action for action in OWN if may(group["saran"], action, thing)}
        assert {action for action in OWN if may(group["bold"], action, thing)} == may_owner
        assert {action for action in OWN if may(group["nara"], action, thing)} == {
            Action.READ_CASE,
            Action.READ_ORGANISATION,
        }
    assert {Action.WRITE_PROPOSAL, Action.SUBMIT, Action.WITHDRAW} <= {
        one for one in OWN if may(group["bold"], one, group["draft"])
    }


def test_what_is_not_the_organisations_is_not_theirs(group):
    for name in ("bold", "nara"):
        assert not any(may(group[name], action, group["other"]) for action in OWN)


def test_each_sees_the_organisations_measures(client, group):
    titles = {
        "saran": {"A draft", "A running one", "Of her own"},
        "bold": {"A draft", "A running one"},
        "nara": {"A draft", "A running one"},
    }
    for name, expected in titles.items():
        page = client(group[name]).get("/measures").text
        assert {title for title in ("A draft", "A running one", "Of her own") if title in page} == expected
    for path, statuses in {
        f"/measures/{group['draft'].id}/review": [200, 200, 200],
        f"/cases/{group['running'].id}": [200, 200, 200],
        f"/measures/{group['draft'].id}/form/measure": [200, 200, 403],
        f"/measures/{group['other'].id}/review": [200, 404, 404],
        f"/mine/{group['running'].id}": [200, 200, 404],
    }.items():
        assert [client(group[name]).get(path).status_code for name in ("saran", "bold", "nara")] == statuses, path


def test_a_member_reads_the_case_file_as_the_applicant_does(client, group, write):
    officer = write(lambda session: make.person(session, role="officer", name="Oyun"))
    words = "a word among officers"
    write(lambda s: record(s, "measures.answer_checks", group["running"], by=officer, at=make.MORNING, because=words))
    pages = [client(group[name]).get(f"/cases/{group['running'].id}").text for name in ("saran", "bold", "nara")]
    assert not any(words in page or "Oyun" in page for page in pages)


def test_editors_write_and_history_names_who_did_it(group, write, database):
    def saves(name):
        def work(session):
            by = members.known(session, session.get_one(Person, group[name].id))
            measure = queries.get(session, group["draft"].id)
            measure.status = "returned"
            drafting.save(session, measure, "measure", {"title": f"By {name}"}, by=by, at=make.MORNING)

        return work

    write(saves("bold"))
    with pytest.raises(NotAllowed):
        write(saves("nara"))
    entry = write(lambda session: history.of_case(session, group["draft"].id)[0].entry)
    assert (entry.action, entry.by_id) == ("measures.edit", group["bold"].id)
    with database.reading() as session:
        assert session.get_one(Measure, group["draft"].id).title == "By bold"


def test_an_editor_may_send_confirm_and_withdraw_and_a_reader_not(client, group):
    draft = group["draft"].id
    for path, field in ((f"/measures/{draft}/submit", {}), (f"/measures/{draft}/confirm", {})):
        assert client(group["nara"]).post(path, data=field).status_code == 403
        assert client(group["bold"]).post(path, data=field).status_code in (303, 409)  # what is missing, not who asks


def test_rights_end_with_the_membership(client, group, write):
    bold = client(group["bold"])
    assert bold.get(f"/measures/{group['draft'].id}/form/measure").status_code == 200
    row = row_of(write, group["bold"], group["organisation"])
    client(group["saran"]).post(f"{HERE}/{group['organisation'].id}/members/{row.id}/remove")
    assert [
        bold.get(path).status_code
        for path in (f"/measures/{group['draft'].id}/form/measure", f"{HERE}/{group['organisation'].id}")
    ] == [404, 404]


def test_who_they_are_and_for_whom_they_work_is_asked_in_one_question(app, client, group):
    def asks(name):
        visitor = client(group[name])
        with counted(app.state.database) as seen:
            visitor.get("/people/deputies")
        return len(seen)

    assert asks("saran") == asks("nara")


# Conflicts of interest


@pytest.mark.parametrize("name", ["bold", "nara"])
def test_a_member_on_the_committee_has_a_plain_conflict(group, write, name):
    def work(session):
        person = session.get_one(Person, group[name].id)
        person.organisation_id = None
        committee = make.committee(session, members=1, chair=person)
        seats = sitting.members(session, committee.id)
        found = rating.conflicted(session, [session.get_one(Measure, group[m].id) for m in ("running", "other")], seats)
        mine = set(session.scalars(select(Measure.id).where(rating.own_hand(person))))
        return found, mine

    found, mine = write(work)
    assert found == {group["running"].id: {group[name].id}, group["other"].id: set()}
    assert mine == {group["running"].id, group["draft"].id}


def test_a_measure_without_organisation_is_no_conflict_of_who_has_none(group, write):
    stranger = write(lambda session: make.person(session, role="member"))
    assert (
        write(
            lambda session: list(
                session.scalars(select(Measure.id).where(rating.own_hand(session.get_one(Person, stranger.id))))
            )
        )
        == []
    )


# Inviting


def invite(client, group, address="tuya@example.org", kind="editor", name="Tuya", by="saran"):
    data = {"name": name, "address": address, "kind": kind}
    return client(group[by]).post(f"{HERE}/{group['organisation'].id}/invite", data=data)


def mailed(write):
    body = write(
        lambda s: s.scalars(
            select(Message.body).where(Message.kind == "people/join").order_by(Message.id.desc())
        ).first()
    )
    return body, re.search(r"/people/\S+", body)[0]


def answer(visitor, write, joins):
    found = write(lambda session: session.scalars(select(Invitation.id).where(Invitation.ended_at.is_(None))).first())
    return visitor.post(f"{HERE}/invitations/{found}", data={"joins": joins})


@pytest.mark.parametrize("kind", [EDITOR, READER])
def test_somebody_new_joins_by_the_link_in_a_mail(client, group, write, kind):
    assert invite(client, group, kind=kind).status_code == 303
    body, link = mailed(write)
    assert ("Saran" in body, "Wool cooperative" in body) == (True, True)
    visitor = client()
    assert visitor.post(link, data={"given_name": "Tuya"}).headers["location"] == HERE
    assert "Saran asks you to work for Wool cooperative" in visitor.get(HERE).text
    assert visitor.get(f"/measures/{group['draft'].id}/review").status_code == 404
    assert answer(visitor, write, "yes").status_code == 303
    assert visitor.get(f"/measures/{group['draft'].id}/review").status_code == 200
    assert visitor.get(f"/measures/{group['draft'].id}/form/measure").status_code == (200 if kind == EDITOR else 403)
    tuya = write(lambda session: session.scalars(select(Person).where(Person.given_name == "Tuya")).one())
    assert (row_of(write, tuya, group["organisation"]).kind, tuya.organisation_id) == (
        kind,
        group["organisation"].id if kind == EDITOR else None,
    )
    assert told(write, group["organisation"]) == ["people.invite_member", "people.join"]


def test_who_declines_stays_outside(client, group, write):
    invite(client, group)
    visitor = client()
    visitor.post(mailed(write)[1], data={"given_name": "Tuya"})
    assert answer(visitor, write, "no").headers["location"] == "/people/account"
    assert "You do not work for an organisation here yet" in visitor.get(HERE).text
    assert told(write, group["organisation"])[-1] == "people.decline"


def test_somebody_with_a_telephone_joins_by_a_code_of_the_branch(client, group, write):
    assert "Your%20branch%20makes%20the%20code" in invite(client, group, "8811 0000").headers["set-cookie"]
    officer = write(lambda session: make.person(session, role="officer"))
    made = client(officer).post("/people/codes", data={"number": "88110000", "given_name": "Tuya"})
    code = re.search(r"<code>(\w{4} \w{4})</code>", made.text)[1]
    visitor = client()
    assert visitor.post("/people/code", data={"number": "8811 0000", "code": code}).headers["location"] == HERE
    answer(visitor, write, "yes")
    assert visitor.get(f"/measures/{group['draft'].id}/form/measure").status_code == 200


def test_staff_join_only_with_their_password(client, group, write):
    write(
        lambda session: make.person(session, role="officer", email="tuya@example.org", password="correct horse battery")
    )
    invite(client, group)
    assert mailed(write)[1] == f"/people/sign-in?how=password&next={HERE}"


def test_an_invitation_is_for_its_address_only(client, group, write):
    invite(client, group)
    other = write(lambda session: make.person(session, role="applicant"))
    assert answer(client(other), write, "yes").status_code == 404


def test_nobody_joins_by_a_number_that_they_wrote_into_their_account_themselves(client, group, write):
    invite(client, group, "8811 0000")
    other = write(lambda session: make.person(session, role="applicant"))
    visitor = client(other)
    assert visitor.post("/people/account/phone", data={"phone": "8811 0000"}).status_code == 303
    assert answer(visitor, write, "yes").status_code == 404
    officer = write(lambda session: make.person(session, role="officer"))
    assert client(officer).post("/people/codes", data={"number": "88110000", "person": other.id}).status_code == 200
    assert answer(visitor, write, "yes").headers["location"] == HERE


def test_an_invitation_that_was_taken_back_does_not_stand(client, group, write):
    invite(client, group)
    found = write(lambda session: session.scalars(select(Invitation.id)).one())
    assert (
        client(group["bold"]).post(f"{HERE}/{group['organisation'].id}/invitations/{found}/take-back").status_code
        == 303
    )
    visitor = client()
    visitor.post(mailed(write)[1], data={"given_name": "Tuya"})
    assert visitor.post(f"{HERE}/invitations/{found}", data={"joins": "yes"}).status_code == 404


def test_asked_twice_there_is_one_invitation_of_the_kind_given_last(client, group, write):
    invite(client, group, kind="editor")
    invite(client, group, " TUYA@example.org", kind="reader")
    assert write(lambda session: [(one.address, one.kind) for one in session.query(Invitation)]) == [
        ("tuya@example.org", READER)
    ]
    assert write(lambda session: session.query(Message).count()) == 1


def test_only_ten_invitations_wait_at_a_time(client, group, write):
    for n in range(members.MOST_OPEN):
        assert invite(client, group, f"n{n}@example.org").status_code == 303
    refused = invite(client, group, "one-more@example.org")
    assert (refused.status_code, "10 invitations wait" in refused.text) == (422, True)


@pytest.mark.parametrize(("address", "name"), [("nobody", "Tuya"), ("", "Tuya"), ("tuya@example.org", "")])
def test_what_is_missing_of_an_invitation_is_told(client, group, write, address, name):
    assert invite(client, group, address, name=name).status_code == 422
    assert write(lambda session: session.query(Invitation).count()) == 0


def test_a_member_is_not_invited_again(client, group):
    assert "is a member already" in invite(client, group, "nara@example.org").text


def test_what_a_member_wrote_makes_no_link_in_a_mail_to_others(client, group, write):
    write(
        lambda s: setattr(
            s.get_one(Organisation, group["organisation"].id), "name", "Win https://evil.example/x\nnow " + "x" * 200
        )
    )
    invite(client, group)
    body, _link = mailed(write)
    line = next(line for line in body.splitlines() if "Win" in line)
    assert ("evil.example" in body, "://evil" in body, len(line) < 200) == (False, False, True)


def test_readers_and_strangers_change_nothing(client, group, write):
    stranger = write(lambda session: make.person(session, role="applicant"))
    row = row_of(write, group["bold"], group["organisation"])
    for path in ("", "/invite", f"/members/{row.id}", f"/members/{row.id}/remove", "/invitations/1/take-back"):
        url = f"{HERE}/{group['organisation'].id}{path}"
        assert [client(one).post(url).status_code for one in (group["nara"], stranger)] == [403, 404]


# Changing, removing, leaving


def change(client, group, write, name, kind, by="saran"):
    row = row_of(write, group[name], group["organisation"])
    return client(group[by]).post(f"{HERE}/{group['organisation'].id}/members/{row.id}", data={"kind": kind})


def owner(write, measure):
    return write(lambda session: session.get_one(Measure, measure.id).owner_id)


def test_a_reader_becomes_editor_and_an_editor_reader(client, group, write):
    assert change(client, group, write, "nara", "editor").status_code == 303
    assert change(client, group, write, "bold", "reader").status_code == 303
    kinds = [row_of(write, group[name], group["organisation"]).kind for name in ("saran", "bold", "nara")]
    assert kinds == [EDITOR, READER, EDITOR]


def test_one_editor_stays(client, group, write):
    change(client, group, write, "bold", "reader")
    refused = change(client, group, write, "saran", "reader")
    assert (refused.status_code, "One editor has to stay" in refused.text) == (409, True)


def test_what_somebody_answered_for_passes_on_when_they_only_read_from_now_on(client, group, write):
    change(client, group, write, "saran", "reader", by="bold")
    assert [owner(write, group[name]) for name in ("draft", "running", "other")] == [
        group["bold"].id,
        group["bold"].id,
        group["saran"].id,
    ]
    assert client(group["saran"]).get(f"/measures/{group['draft'].id}/form/measure").status_code == 403


def test_who_is_removed_sees_nothing_and_their_measures_pass_to_who_removes(client, group, write):
    row = row_of(write, group["saran"], group["organisation"])
    assert client(group["bold"]).post(f"{HERE}/{group['organisation'].id}/members/{row.id}/remove").status_code == 303
    saran = client(group["saran"])
    assert [saran.get(f"/measures/{group[name].id}/review").status_code for name in ("draft", "other")] == [404, 200]
    assert [owner(write, group[name]) for name in ("draft", "running", "other")] == [
        group["bold"].id,
        group["bold"].id,
        group["saran"].id,
    ]
    entry = write(lambda session: history.of_case(session, group["draft"].id)[0].entry)
    assert (entry.action, entry.by_id, entry.data) == (
        "measures.pass_on",
        group["bold"].id,
        {"before": group["saran"].id, "after": group["bold"].id},
    )
    assert told(write, group["organisation"]) == ["people.remove_member"]


def test_nobody_removes_themselves(client, group, write):
    row = row_of(write, group["saran"], group["organisation"])
    assert client(group["saran"]).post(f"{HERE}/{group['organisation'].id}/members/{row.id}/remove").status_code == 409


def leave(client, group, name, **data):
    return client(group[name]).post(f"{HERE}/{group['organisation'].id}/leave", data=data)


def test_a_reader_leaves_by_themselves(client, group, write):
    assert leave(client, group, "nara").status_code == 303
    assert client(group["nara"]).get(f"/measures/{group['draft'].id}/review").status_code == 404
    assert told(write, group["organisation"]) == ["people.leave"]


def test_an_editor_leaves_to_the_other_editor(client, group, write):
    assert leave(client, group, "saran").status_code == 303
    assert owner(write, group["draft"]) == group["bold"].id


def test_the_last_editor_leaves_only_by_naming_who_carries_on(client, group, write):
    leave(client, group, "bold")
    refused = leave(client, group, "saran")
    assert (refused.status_code, "You are the last editor" in refused.text) == (422, True)
    nara = row_of(write, group["nara"], group["organisation"])
    assert leave(client, group, "saran", heir=nara.id).status_code == 303
    assert (row_of(write, group["nara"], group["organisation"]).kind, owner(write, group["draft"])) == (
        EDITOR,
        group["nara"].id,
    )
    assert leave(client, group, "nara").status_code == 422


def test_who_carries_on_is_a_member(client, group, write):
    other = write(
        lambda s: make.membership(s, person=make.person(s, role="applicant"), organisation=make.organisation(s))
    )
    assert leave(client, group, "saran", heir=other.id).status_code == 404


def test_who_left_may_be_invited_again(client, group, write):
    leave(client, group, "nara")
    invite(client, group, "nara@example.org", kind="editor")
    nara = client(group["nara"])
    assert answer(nara, write, "yes").status_code == 303
    assert nara.get(f"/measures/{group['draft'].id}/form/measure").status_code == 200


def test_there_is_one_open_membership_for_a_person_and_an_organisation(group, write):
    with pytest.raises(Exception, match=r"(?i)unique"):
        write(lambda session: make.membership(session, person=group["nara"], organisation=group["organisation"]))


# The organisation


def test_the_first_proposal_makes_its_writer_the_first_editor(write):
    def work(session):
        call = make.call(session)
        saran = make.person(session, role="applicant")
        measure = starting.start(session, call, by=saran, at=make.MORNING)
        data = {"name": "Wool cooperative", "kind": "cooperative", "sector": "private"}
        drafting.save(session, measure, "applicant", {"organisation": data}, by=saran, at=make.MORNING)
        row = session.scalars(select(Membership)).one()
        return (row.person_id, row.organisation_id, row.kind) == (
            saran.id,
            measure.organisation_id,
            EDITOR,
        ), saran.organisation_id

    same, organisation_id = write(work)
    assert (same, organisation_id is not None) == (True, True)


def test_its_data_stand_once_and_new_proposals_begin_with_them(client, group, write):
    data = {
        "name": "Wool union",
        "kind": "association",
        "sector": "private",
        "registration": "R-1",
        "phone": "7046 0000",
    }
    url = f"{HERE}/{group['organisation'].id}"
    assert client(group["bold"]).post(url, data=data).status_code == 303
    page = client(group["bold"]).get(HERE).text
    assert all(text in page for text in ('value="Wool union"', 'value="R-1"', 'value="7046 0000"'))
    kept = write(lambda session: session.get_one(Organisation, group["organisation"].id))
    assert (kept.name, kept.kind, kept.register) == ("Wool union", "association", "R-1")
    assert client(group["bold"]).post(url, data=data | {"name": ""}).status_code == 422
    assert told(write, group["organisation"]) == ["people.change_organisation"]


def test_a_reader_starts_proposals_of_their_own_only(group, write):
    call = write(lambda session: make.call(session))
    started = [
        write(
            lambda s, one=group[name]: (
                starting.start(s, s.merge(call), by=s.get_one(Person, one.id), at=make.MORNING).organisation_id
            )
        )
        for name in ("bold", "nara")
    ]
    assert started == [group["organisation"].id, None]


def test_who_works_for_two_organisations_finds_both(client, group, write):
    second = write(lambda s: make.organisation(s, name="Second union"))
    write(lambda s: make.membership(s, person=s.get_one(Person, group["nara"].id), organisation=second))
    nara = client(group["nara"])
    assert "Second union" in nara.get(HERE).text
    assert "Wool cooperative" in nara.get(f"{HERE}/{group['organisation'].id}").text
    assert nara.get(f"{HERE}/{second.id}").status_code == 200


def test_who_has_none_is_told_where_one_comes_from(client, write):
    alone = write(lambda session: make.person(session, role="applicant"))
    page = client(alone).get(HERE)
    assert (page.status_code, "second page of your first proposal" in page.text) == (200, True)
    assert client(alone).get(f"{HERE}/1").status_code == 404


def test_passing_on_names_nobody_who_owns_nothing(group, write):
    write(lambda s: pass_on(s, group["organisation"].id, group["nara"], group["bold"], group["saran"], make.MORNING))
    assert owner(write, group["draft"]) == group["saran"].id
