"""A word of its own in every field that says who proposes, or what a member gave: looked for in everything others can ask for."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from fundapp.measures.models import Annex, Measure, Party
from fundapp.people.models import Branch, Organisation, Person
from fundapp.rating import rounds, running, voting
from fundapp.rating.models import Score
from fundapp.rating.proceedings import AgendaItem
from tests import factories as make
from tests.documents.stained import EXCEL, WORD, docx, jpeg, pdf, png, xlsx
from tests.factories import MORNING
from tests.rating.aftermath import NO, YES, meet
from tests.rating.conftest import FIRST, SECOND, THIRD, Round, open_and_declare, rated_call, sign, sign_all
from tests.rating.crawling import NONSENSE, Crawl, addresses, mails
from tests.rating.test_voting import LATER, begun, moved

PAPERS = (  # kind, ending, media type, how it is made
    ("offers", "pdf", "application/pdf", pdf), ("offers", "docx", WORD, docx), ("offers", "xlsx", EXCEL, xlsx), ("photos", "jpg", "image/jpeg", jpeg),
    ("photos", "png", "image/png", png), ("registration", "pdf", "application/pdf", pdf),
)  # fmt: skip


def marked(session: Any, found: Round, store: Any) -> list[str]:
    """Further words: contact data, numbers of the registers, parties, account holder, and papers with a word wherever one hides."""
    words: list[str] = []

    def word(what: str) -> str:
        words.append(f"Zqw{len(words)}{what}canary")
        return words[-1]

    for each in found.measures:
        measure = session.get_one(Measure, each.id)
        owner, organisation = (
            session.get_one(Person, measure.owner_id),
            session.get_one(Organisation, measure.organisation_id),
        )
        owner.email, owner.phone = f"{word('mail').lower()}@example.org", word("phone")
        organisation.tax_number, organisation.register, organisation.phone = (
            word("tax"),
            word("register"),
            word("phone"),
        )
        for party in session.scalars(select(Party).where(Party.measure_id == measure.id)):
            for name in ("organisation", "person", "function", "phone", "email", "bank", "account"):
                setattr(party, name, word(f"{party.part}{name}"))
        measure.recipient_name = word("recipient")
        measure.problem += f" Tax {organisation.tax_number}, {organisation.register}, {owner.phone}."
        for kind, ending, media, made in PAPERS:
            kept = store.keep(f"{word('file')}.{ending}", made(word("inside")), media)
            file = make.file(
                session, thing=f"measures.measure:{measure.id}", name=kept.name, media_type=media, case_id=measure.id
            )
            file.sha256, file.size = kept.sha256, kept.size
            session.add(Annex(measure_id=measure.id, kind=kind, file_id=file.id))
    session.flush()
    return words


BRANCHES = re.compile(
    r"^/(calls|measures|regions)\b"
)  # the branches of the chamber with their names, all of them, are no secret


def look(write: Any, browser: Any, app: Any, *more: str) -> Crawl:
    return Crawl(browser).every([*more, *write(lambda session: list(addresses(app, session)))])


def told(crawl: Crawl, words: list[str], branches: list[str]) -> dict[str, list[str]]:
    """Where one of the words stands; the names of branches may stand where all branches are listed."""
    public = {name.lower() for name in branches}
    found = {
        url: [w for w in there if not (w in public and BRANCHES.match(url))]
        for url, there in crawl.with_words(words).items()
    }
    return {url: there for url, there in found.items() if there}


def branches(session: Any) -> list[str]:
    return [*session.scalars(select(Branch.name)), *session.scalars(select(Branch.region))]


@pytest.mark.sqlite
@pytest.mark.parametrize("who", ["member", "chair"])
def test_whoever_rates_blind_finds_no_name_at_any_address_before_the_names_open(
    write: Any, client: Any, app: Any, who: str
) -> None:
    def world(session: Any) -> tuple[Round, list[str]]:
        found = rated_call(session, measures=2)
        words = marked(session, found, app.state.store)
        open_and_declare(session, found)
        return found, [*found.secrets, *words]

    found, words = write(world)
    person = found.chair if who == "chair" else found.members[0]
    asked = [
        f"/measures?q={words[2]}",
        f"/measures?q={NONSENSE[: len(words[2])]}",
        "/measures?sort=organisation",
        "/rating/?q=" + words[2],
    ]
    crawl = look(write, client(person), app, *asked)
    papers = [url for url, seen in crawl.seen.items() if "/papers/" in url and seen.status == 200]
    assert (len(papers), len(crawl.seen) > 200) == (10, True)
    one, other = (crawl.seen.pop(url).text() for url in asked[:2])
    assert one.replace(words[2].lower(), NONSENSE[: len(words[2])].lower()) == other
    del crawl.seen[asked[3]]
    assert told(crawl, words, write(branches)) == {}
    assert [word for word in words if word.lower() in write(lambda s: mails(s, person))] == []


def named(session: Any, people: list[Person]) -> list[str]:
    """Gives these persons names and addresses that stand nowhere else."""
    words = []
    for each in people:
        row = session.get_one(Person, each.id)
        row.given_name, row.family_name, row.email = (
            f"Zqr{row.id}{what}canary" for what in ("given", "family", "mail")
        )
        words += [row.given_name, row.family_name, row.email]
        row.email = f"{row.email.lower()}@example.org"
    session.flush()
    return words


def scored(session: Any, found: Round, person: Person, points: tuple[int, ...]) -> str:
    """This person signs a sheet on every proposal; the word in every reason."""
    word = f"Zqs{person.id}reasoncanary"
    for each in found.measures:
        sheet = sign(session, session.get_one(Measure, each.id), session.get_one(Person, person.id), points)
        for score in session.scalars(select(Score).where(Score.sheet_id == sheet.id)):
            score.comment = word
    session.flush()
    return word


@pytest.mark.sqlite
@pytest.mark.parametrize("blind", [True, False], ids=["blind", "open"])
def test_every_answer_to_a_member_is_the_same_before_and_after_another_signs(
    write: Any, client: Any, app: Any, blind: bool
) -> None:
    def world(session: Any) -> Round:
        found = rated_call(session, blind=blind, measures=2)
        open_and_declare(session, found)
        return found

    found = write(world)
    other, applicant = found.members[1], write(lambda s: s.get_one(Person, found.first.owner_id))
    urls = ["/measures?sort=score", "/measures?sort=rank", "/rating/?sort=total"]
    browsers = [client(who) for who in (other, applicant)]
    before = [look(write, browser, app, *urls) for browser in browsers]
    said = write(lambda s: [mails(s, who) for who in (other, applicant)])
    words = [write(lambda s: scored(s, found, found.members[0], FIRST)), "72.0"]
    after = [look(write, browser, app, *urls) for browser in browsers]
    assert [one.other(two) for one, two in zip(after, before, strict=True)] == [{}, {}]
    assert [crawl.with_words(words[:1]) for crawl in after] == [{}, {}]
    assert write(lambda s: [mails(s, who) for who in (other, applicant)]) == said


@pytest.mark.sqlite
def test_an_applicant_learns_no_member_sheet_or_place_in_the_ranking_before_and_after_the_decision(
    write: Any, client: Any, app: Any
) -> None:
    def world(session: Any) -> tuple[Round, list[str]]:
        found = rated_call(session, blind=False)
        words = named(session, found.everybody)
        open_and_declare(session, found)
        words += [
            scored(session, found, who, points)
            for who, points in zip(found.members, (FIRST, SECOND, THIRD), strict=False)
        ]
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        return found, words

    found, words = write(world)
    applicant = write(lambda s: s.get_one(Person, found.first.owner_id))
    assert look(write, client(applicant), app).with_words([*words, "69.7", "72.0", "75.0", "62.0"]) == {}
    write(lambda s: meet(s, found, YES, NO, NO) and None)
    after = look(write, client(applicant), app)
    assert after.with_words([*words, "72.0", "75.0", "62.0", "too narrow"]) == {}
    assert [word for word in words if word.lower() in write(lambda s: mails(s, applicant))] == []


@pytest.mark.sqlite
@pytest.mark.parametrize("who", ["member", "chair"])
def test_a_conflict_closes_the_proposal_at_every_address_before_and_in_the_meeting(
    write: Any, client: Any, app: Any, clock: Any, who: str
) -> None:
    clock.set(LATER)

    def world(session: Any) -> tuple[Round, Person]:
        found = rated_call(session, blind=False)
        marked(session, found, app.state.store)
        shut = found.chair if who == "chair" else found.members[3]
        open_and_declare(session, found, conflict=shut)
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        meeting = begun(session, found)
        item = next(i for i in session.scalars(select(AgendaItem)) if i.measure_id == found.first.id)
        running.call_up(session, meeting, item, by=found.manager, at=LATER)
        moved(session, found, meeting, item)
        voting.open_vote(session, meeting, item, by=found.manager, at=LATER)
        return found, shut

    found, shut = write(world)
    words = [word for word in found.secrets if word.startswith("Zqx0")] + [found.first.number]
    asked = [
        f"/measures?q={words[2]}",
        f"/measures?q={NONSENSE[: len(words[2])]}",
        "/measures?sort=title",
        "/measures?sort=score",
    ]
    crawl = look(write, client(shut), app, *asked)
    one, other = (crawl.seen.pop(url).text() for url in asked[:2])
    assert one.replace(words[2].lower(), NONSENSE[: len(words[2])].lower()) == other
    assert told(crawl, words, write(branches)) == {}
    assert [word for word in words if word.lower() in write(lambda s: mails(s, shut))] == []


@pytest.mark.sqlite
def test_a_conflict_closes_the_proposal_at_every_address_after_the_meeting(write: Any, client: Any, app: Any) -> None:
    def world(session: Any) -> Round:
        found = rated_call(session, blind=False)
        open_and_declare(session, found, conflict=found.members[3])
        sign_all(session, found)
        rounds.close_round(session, found.call, by=found.chair, at=MORNING)
        reject = replace(NO, yes=5)
        meet(session, found, replace(YES, yes=4), reject, reject)
        return found

    found = write(world)
    words = [word for word in found.secrets if word.startswith("Zqx0")] + [found.first.number]
    crawl = look(write, client(found.members[3]), app)
    assert told(crawl, words, write(branches)) == {}
    assert [word for word in words if word.lower() in write(lambda s: mails(s, found.members[3]))] == []
