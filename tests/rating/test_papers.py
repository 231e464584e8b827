"""The papers of a proposal on the member's sheet, and who gets in at the addresses of a rating."""

import re
from typing import Any

import pytest

from fundapp.measures.models import Annex, Measure
from fundapp.people.models import Person
from fundapp.rating import declaring, inviting, rounds
from tests import factories as make
from tests.documents.stained import jpeg, pdf, unpacked
from tests.factories import MORNING
from tests.rating.conftest import FIRST, Round, open_and_declare, rated_call, sheet_of, sign, sign_all
from tests.rating.test_voting import LATER

TOKEN = "Zqxpapercanary"


def paper(session: Any, store: Any, measure: Measure, kind: str, data: bytes, ending: str, media: str) -> None:
    kept = store.keep(f"{TOKEN}.{ending}", data, media)
    file = make.file(
        session, data=data, thing=f"measures.measure:{measure.id}", name=kept.name, media_type=media, case_id=measure.id
    )
    session.add(Annex(measure_id=measure.id, kind=kind, file_id=file.id))
    session.flush()


@pytest.fixture
def with_papers(write: Any, app: Any, request: Any) -> tuple[Round, int]:
    """(round, a sheet of the first member): a photograph, an offer with a name in it, a certificate, an offer with a password."""

    def work(session: Any) -> tuple[Round, int]:
        found = rated_call(session, measures=1, blind=getattr(request, "param", True))
        for kind, data, ending, media in (
            ("photos", jpeg(TOKEN), "jpg", "image/jpeg"),
            ("offers", pdf(TOKEN, f"For {found.first.organisation_id} {found.secrets[2]}"), "pdf", "application/pdf"),
            ("registration", pdf(TOKEN), "pdf", "application/pdf"),
            ("offers", pdf(TOKEN, password="x"), "pdf", "application/pdf"),
        ):
            paper(session, app.state.store, found.first, kind, data, ending, media)
        open_and_declare(session, found)
        return found, sheet_of(session, found.first, found.members[0]).id

    return write(work)  # type: ignore[no-any-return]


def test_in_a_blind_round_papers_have_a_number_and_no_name(client: Any, with_papers: tuple[Round, int]) -> None:
    found, sheet = with_papers
    browser = client(found.members[0])
    page = browser.get(f"/rating/sheets/{sheet}").text
    assert re.findall(r">(Paper \d\.\w+)</a>", page) == ["Paper 1.jpg", "Paper 2.pdf", "Paper 4.pdf"]
    assert ("One more paper tells who proposes" in page, TOKEN in page) == (True, False)
    photo = browser.get(f"/rating/sheets/{sheet}/papers/1")
    assert (photo.status_code, photo.headers["cache-control"], TOKEN.encode() in unpacked(photo.content)) == (
        200,
        "no-store",
        False,
    )
    assert (
        photo.headers["content-disposition"] == "attachment; filename=\"Paper 1.jpg\"; filename*=UTF-8''Paper%201.jpg"
    )
    assert not {"etag", "last-modified"} & set(photo.headers)
    named, hidden, locked = (browser.get(f"/rating/sheets/{sheet}/papers/{no}") for no in (2, 3, 4))
    assert [(one.status_code, TOKEN in one.text) for one in (named, hidden, locked)] == [
        (409, False),
        (404, False),
        (409, False),
    ]
    assert "Names stand in its text." in named.text
    assert "It is protected by a password." in locked.text


@pytest.mark.parametrize("with_papers", [False], indirect=True)
def test_where_names_are_open_papers_are_as_they_were_sent(client: Any, with_papers: tuple[Round, int]) -> None:
    found, sheet = with_papers
    browser = client(found.members[0])
    assert browser.get(f"/rating/sheets/{sheet}").text.count(f"{TOKEN}.") == 4
    assert [browser.get(f"/rating/sheets/{sheet}/papers/{no}").status_code for no in (1, 2, 3, 4, 5)] == [
        200,
        200,
        200,
        200,
        404,
    ]
    assert browser.get(f"/rating/sheets/{sheet}/papers/1").content == jpeg(TOKEN)


def test_the_papers_are_open_once_the_member_has_signed_and_closed_by_a_conflict(
    write: Any, client: Any, with_papers: tuple[Round, int]
) -> None:
    found, sheet = with_papers
    member, url = found.members[0], f"/rating/sheets/{sheet}/papers/3"
    write(lambda s: sign(s, s.get_one(Measure, found.first.id), s.get_one(Person, member.id), FIRST) and None)
    assert client(member).get(url).content == pdf(TOKEN)
    assert client(found.members[1]).get(url).status_code == 404

    def late(session: Any) -> None:
        declaring.declare(
            session, session.get_one(Measure, found.first.id), conflict=True, kind="business", explanation="We sell to them.",
            by=session.get_one(Person, member.id), at=MORNING,
        )  # fmt: skip

    write(late)
    assert client(member).get(url).status_code == 404


INSIDE = (  # the addresses of a rating and its meeting; each is asked for by those who must not get in
    "/rating/sheets/{sheet}", "/rating/sheets/{sheet}/papers/1", "/rating/sheets/{sheet}/sign", "/rating/sheets/{sheet}/conflict",
    "/rating/sheets/{sheet}/scan", "/rating/measures/{measure}/scans/{sheet}", "/rating/meetings/{meeting}/live",
    "/rating/meetings/{meeting}/live/now", "/rating/meetings/{meeting}/papers", "/rating/meetings/{meeting}/meeting.ics",
    "/rating/calls/{call}/sheets.docx", "/rating/calls/{call}/sheets-file", "/rating/calls/{call}/conflicts",
    "/rating/calls/{call}", "/rating/calls/{call}/declare",
)  # fmt: skip
OFFICE = (
    "/rating/meetings/{meeting}", "/rating/meetings/{meeting}/agenda", "/rating/meetings/{meeting}/run", "/rating/meetings/{meeting}/screen",
    "/rating/meetings/{meeting}/run/now", "/rating/meetings/{meeting}/screen/now", "/rating/meetings/plan?call={call}",
    "/rating/calls/{call}/assignment", "/rating/calls/{call}/paper", "/rating/calls/{call}/paper.docx", "/rating/calls/{call}/scheme",
    "/rating/calls/{call}/panels", "/rating/calls/{call}/reopen", "/rating/committees", "/rating/complaints",
    "/rating/measures/{measure}/clearance", "/rating/measures/{measure}/complaints", "/rating/meetings/{meeting}/feedback",
)  # fmt: skip
SCORES = (
    "/rating/calls/{call}/ranking", "/rating/calls/{call}/ranking.xlsx", "/rating/calls/{call}/fairness", "/rating/calls/{call}/fits",
    "/rating/measures/{measure}/sheets",
)  # fmt: skip


def test_nobody_else_gets_in_at_the_addresses_of_a_rating(write: Any, client: Any) -> None:
    def work(session: Any) -> tuple[Round, dict[str, int], dict[str, Person]]:
        found = rated_call(session, blind=False)
        open_and_declare(session, found)
        sheet = sheet_of(session, found.first, found.members[0]).id
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        meeting = inviting.plan(session, found.call, starts_at=LATER, place="Ulaanbaatar", by=found.manager, at=MORNING)
        people = {
            role: make.person(session, role=role) for role in ("applicant", "officer", "finance", "auditor", "admin")
        }
        people["owner"] = session.get_one(Person, found.first.owner_id)
        people["elsewhere"] = make.members_of(session, make.committee(session))[1]
        return found, {"sheet": sheet, "meeting": meeting.id, "call": found.call.id, "measure": found.first.id}, people

    found, ids, people = write(work)
    browsers = {name: client(person) for name, person in people.items()}
    sent_away = {
        name: {browser.get(url.format(**ids)).status_code for url in (*INSIDE, *OFFICE)}
        for name, browser in browsers.items()
    }
    assert {name: codes - {403, 404} for name, codes in sent_away.items() if codes - {403, 404}} == {}
    closed = {
        name: {browsers[name].get(url.format(**ids)).status_code for url in SCORES}
        for name in people
        if name != "auditor"
    }
    assert {name: codes - {403, 404} for name, codes in closed.items() if codes - {403, 404}} == {}
    stranger = client()
    for url in (*INSIDE, *OFFICE, *SCORES):
        assert stranger.get(url.format(**ids)).headers["location"].startswith("/people/sign-in"), url
    member = client(found.members[0])
    assert {url: code for url in OFFICE if (code := member.get(url.format(**ids)).status_code) not in (403, 404)} == {}
