"""Two hundred people press a button at the same moment: every one is answered, and of two who changed the same page one is told so."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx2
from sqlalchemy import select

from fundapp.measures.models import Measure
from fundapp.rating.models import Score, Sheet
from tests import factories as make

SAME = {"sec-fetch-site": "same-origin"}
AT_ONCE, SECONDS = 200, 60


def all_at_once(app: Any, posts: list[tuple[str, str, dict[str, str]]]) -> list[httpx2.Response]:
    """Sends (key of the sign-in, address, fields) to the application, all together; in the order of `posts`."""

    async def send() -> list[httpx2.Response]:
        how = {"transport": httpx2.ASGITransport(app=app), "base_url": "http://testserver", "timeout": SECONDS}
        async with httpx2.AsyncClient(headers=SAME, **how) as web:
            each = (web.post(url, data=fields, headers={"cookie": f"fund={key}"}) for key, url, fields in posts)
            return await asyncio.gather(*each)

    began = time.monotonic()
    answers = asyncio.run(send())
    assert time.monotonic() - began < SECONDS
    return answers


def test_of_two_hundred_saved_pages_each_is_kept_or_told_that_another_was_first(
    app: Any, write: Callable[..., Any]
) -> None:
    """A hundred drafts, each open in two tabs that change the same field."""

    def work(session: Any) -> tuple[str, list[tuple[int, str]]]:
        owner, call, branch = make.person(session, role="applicant"), make.call(session), make.branch(session)
        drafts = [make.measure(session, call=call, owner=owner, branch=branch) for _ in range(AT_ONCE // 2)]
        return make.sign_in(session, owner), [(draft.id, draft.after_funding) for draft in drafts]

    key, drafts = write(work)
    posts = [
        (
            key,
            f"/measures/{id}/form/afterwards",
            {"was": json.dumps({"after_funding": was}), "after_funding": f"{id} as tab {tab} says"},
        )
        for id, was in drafts
        for tab in ("one", "two")
    ]
    answers = all_at_once(app, posts)
    assert Counter(answer.status_code for answer in answers) == {303: AT_ONCE // 2, 409: AT_ONCE // 2}
    kept = write(lambda session: {m.id: (m.after_funding, m.version) for m in session.scalars(select(Measure))})
    for (_key, url, fields), answer in zip(posts, answers, strict=True):
        if answer.status_code == 303:
            assert kept[int(url.split("/")[2])] == (fields["after_funding"], 2)


def test_two_hundred_scores_given_at_once_are_all_kept(app: Any, write: Callable[..., Any]) -> None:
    """Five members score eight criteria of five proposals, each score saved as it is given."""

    def work(session: Any) -> list[tuple[str, int]]:
        call, committee = make.call(session), make.committee(session, members=4)
        scheme, found = make.scheme(session, call=call, committee=committee), []
        measures = [make.measure(session, call=call, status="in_rating") for _ in range(5)]
        for person in make.members_of(session, committee):
            key = make.sign_in(session, person)
            for measure in measures:
                make.declaration(session, measure=measure, person=person)
                found.append((key, make.sheet(session, measure=measure, person=person, scheme=scheme).id))
        return found

    sheets = write(work)
    posts = [
        (
            key,
            f"/rating/sheets/{id}/save",
            {f"scores-{n}-code": f"R{n}", f"scores-{n}-points": "4", f"scores-{n}-comment": ""},
        )
        for key, id in sheets
        for n in range(1, 9)
    ]
    assert len(posts) == AT_ONCE
    assert Counter(answer.status_code for answer in all_at_once(app, posts)) == {200: AT_ONCE}
    points = write(lambda session: session.scalars(select(Score.points).join(Sheet, Sheet.id == Score.sheet_id)).all())
    assert Counter(points) == {4: AT_ONCE}
