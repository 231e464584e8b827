"""A scheme is data: criteria, scale and limits are typed in, copied, and frozen by the first sheet."""

from typing import Any

import pytest
from sqlalchemy import select

from fundapp.kit.errors import Refused, Stale
from fundapp.measures.models import Measure
from fundapp.rating import filled, queries, scheme, schemes, sheets, standing
from fundapp.rating.models import Criterion, Scheme
from fundapp.rating.rules import Limits, Row
from fundapp.rating.sheets import Given
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import FIRST, Round, open_and_declare, rated_call, sheet_of, sign


def as_it_stands(session: Any, scheme: Scheme) -> list[Row]:
    return [Row(c.code, c.weight, c.threshold, c.needs_identity, c.id) for c in queries.criteria(session, scheme.id)]


def change(session: Any, found: Round, rows: list[Row], limits: Limits | None = None, **more: Any) -> list[Criterion]:
    kept = session.get_one(Scheme, found.scheme.id)
    how = {"version": kept.version, "by": found.manager, "at": MORNING} | more
    schemes.change_scheme(session, kept, rows, limits or Limits(), **how)
    return queries.criteria(session, kept.id)


def posted(session: Any, call: Any) -> dict[str, str]:
    """What the page of the scheme posts when nothing was changed."""
    kept = queries.scheme_of(session, call.id)
    assert kept is not None
    fields = {
        "version": str(kept.version), "highest": "5", "comment_for": "0, 1, 2, 5", "smallest_sheets": "3",
        "fundable_from": "60", "spread_limit": "20", "blank": "1",
    }  # fmt: skip
    for n, c in enumerate(queries.criteria(session, kept.id), start=1):
        threshold = "" if c.threshold is None else str(c.threshold / 10)
        fields |= {f"criteria-{n}-id": str(c.id), f"criteria-{n}-no": str(n), f"criteria-{n}-code": c.code}
        fields |= {f"criteria-{n}-weight": str(c.weight), f"criteria-{n}-threshold": threshold}
    return fields


def test_criteria_are_added_taken_out_and_put_in_another_order(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = rated_call(session, measures=0)
        first, second, *_rest = as_it_stands(session, found.scheme)
        new = Row("X1", 50, 25, titles={"de": "Neu gedacht"})
        rows = [new, Row("R1", 50, 30, id=second.id), Row("R2", 0, None, id=first.id)]
        kept = change(session, found, rows, Limits(per_proposal=4, secret=True))
        plain = queries.plain(session.get_one(Scheme, found.scheme.id), kept)
        return (
            [(c.no, c.code, c.weight, c.threshold, c.counts) for c in kept],
            kept[0].titles, kept[1].titles["en"], kept[2].titles["en"], len(plain.criteria),
        )  # fmt: skip

    assert write(work) == (
        [(1, "X1", 50, 25, True), (2, "R1", 50, 30, True), (3, "R2", 0, None, False)],
        {"en": "Neu gedacht", "de": "Neu gedacht"},
        "Public benefit and breadth",
        "Relevance and link to the bottleneck",
        3,
    )


def test_all_that_is_wrong_is_said_at_once(write: Any) -> None:
    def work(session: Any) -> tuple[str, ...]:
        found = rated_call(session, measures=0)
        rows = [Row("R1", 60, 40), Row("R1", 20)]
        with pytest.raises(Refused) as why:
            change(session, found, rows, Limits(highest=3, per_proposal=2))
        return why.value.reasons

    assert write(work) == (
        "The weights add up to 80; they must add up to 100.",
        "Thresholds lie between 0 and 3 points.",
        "Another criterion has the code R1.",
        "The scale ends at 3 points.",
        "At least the 3 sheets that are needed.",
    )


def test_what_a_member_has_scored_is_neither_taken_out_nor_cut_off(write: Any, rated: Round) -> None:
    def work(session: Any) -> tuple[str, ...]:
        member = rated.members[0]
        sheet = sheet_of(session, session.get_one(Measure, rated.first.id), member)
        sheets.save(
            session, sheet, {"R1": Given(4), "R2": Given(5, "many"), "R3": Given(None, "")}, by=member, at=MORNING
        )
        rows = [Row("R2", 100)]
        with pytest.raises(Refused) as why:
            change(session, rated, rows, Limits(highest=4, comment_for=()))
        change(session, rated, [Row("R1", 50), Row("R2", 50)])
        return why.value.reasons

    assert write(work) == (
        "A member has scored R1 already; it cannot be taken out.",
        "A member has given 5 points already.",
    )


def test_a_scheme_is_copied_with_its_words_and_limits_and_money_only_within_a_currency(write: Any) -> None:
    def work(session: Any) -> tuple[Any, ...]:
        found = rated_call(session, measures=0)
        limits = Limits(highest=10, comment_for=(0, 10), clearance_above=5_000_00, complaint_reserve=100_00)
        first = change(session, found, as_it_stands(session, found.scheme), limits)[0]
        kept = session.get_one(Scheme, found.scheme.id)
        schemes.change_words(
            session, first, titles={"en": "Fit", "de": ""}, questions={"en": "Does it fit?"},
            anchors={"10": {"en": "wholly", "mn": " "}, "3": {"en": ""}}, version=kept.version, by=found.manager, at=MORNING,
        )  # fmt: skip
        copies = []
        for currency in ("EUR", "MNT"):
            fund = make.fund(session, currency=currency)
            call = make.call(session, fund=fund)
            made = schemes.make_scheme(session, call, found.committee, source=kept, by=found.manager, at=MORNING)
            copies.append((made.highest, made.comment_for, made.clearance_above, made.complaint_reserve, made.version))
        row = queries.criteria(session, made.id)[0]
        return copies, row.titles, row.anchors, scheme.anchors(row.anchors, made.highest, "mn")

    assert write(work) == (
        [(10, [0, 10], 5_000_00, 100_00, 1), (10, [0, 10], None, 0, 1)],
        {"en": "Fit"},
        {"10": {"en": "wholly"}},
        {0: "хариулаагүй", 10: "wholly"},
    )


def test_two_who_change_a_scheme_at_once_do_not_overwrite_each_other(write: Any) -> None:
    def work(session: Any) -> int:
        found = rated_call(session, measures=0)
        rows = as_it_stands(session, found.scheme)
        change(session, found, rows)
        with pytest.raises(Stale):
            change(session, found, rows, version=1)
        return session.get_one(Scheme, found.scheme.id).version

    assert write(work) == 2


def test_errors_stand_beside_their_fields_and_nothing_typed_is_lost(write: Any, client: Any) -> None:
    found = write(lambda session: rated_call(session, measures=0))
    browser, url = client(found.manager), f"/rating/calls/{found.call.id}/scheme"
    fields = write(lambda session: posted(session, found.call))
    fields |= {
        "criteria-1-weight": "25",
        "criteria-2-weight": "many",
        "highest": "21",
        "criteria-9-code": "X1",
        "criteria-9-weight": "5",
    }
    answer = browser.post(url, data=fields)
    assert answer.status_code == 422
    for text in ("“many” is not a whole number.", "This may be at most 20.", "Please give the criterion a title."):
        assert text in answer.text
    for typed in ('value="many"', 'value="21"', 'value="X1"'):
        assert typed in answer.text
    answer = browser.post(url, data=fields | {"criteria-2-weight": "15", "highest": "5", "criteria-9-title": "New"})
    assert "The weights add up to 110; they must add up to 100." in answer.text
    assert write(lambda session: queries.scheme_of(session, found.call.id).version) == 1


def test_a_criterion_is_added_and_put_first_in_the_browser(write: Any, client: Any) -> None:
    found = write(lambda session: rated_call(session, measures=0))
    browser, url = client(found.manager), f"/rating/calls/{found.call.id}/scheme"
    assert browser.get(url).text.count('-code-error"></p>') == 9
    fields = write(lambda session: posted(session, found.call)) | {"act": "row"}
    more = browser.post(url, data=fields)
    assert (more.status_code, more.text.count('-code-error"></p>')) == (200, 10)
    fields |= {
        "act": "save", "criteria-1-remove": "yes", "criteria-2-weight": "25", "criteria-3-weight": "25", "criteria-2-no": "9",
        "criteria-9-code": "X1", "criteria-9-title": "Beauty", "criteria-9-outside": "yes", "criteria-9-no": "0",
        "clearance_above": "10,000", "secret": "yes",
    }  # fmt: skip
    assert browser.post(url, data=fields).headers["location"] == url
    kept = write(lambda session: queries.scheme_of(session, found.call.id))
    rows = write(lambda session: [(c.code, c.weight, c.counts) for c in queries.criteria(session, kept.id)])
    assert [code for code, _weight, _counts in rows] == ["X1", "R3", "R4", "R5", "R6", "R7", "R8", "R2"]
    assert (rows[0], rows[-1], kept.clearance_above, kept.secret) == (
        ("X1", 0, False),
        ("R2", 25, True),
        10_000_00,
        True,
    )
    seen = browser.get(f"{url}/preview").text
    assert ("Beauty" in seen, "Outside the total." in seen, "hx-post" in seen) == (True, True, False)
    public = client().get(f"/calls/{found.call.id}").text
    assert "outside the total" in public


def test_the_words_of_a_criterion_are_written_in_three_languages(write: Any, client: Any) -> None:
    found = write(lambda session: rated_call(session, measures=0))
    first = write(lambda session: queries.criteria(session, found.scheme.id)[0].id)
    browser, url = client(found.manager), f"/rating/criteria/{first}"
    assert 'placeholder="sehr gut"' in browser.get(url).text
    words = {
        "version": "1",
        "title-1-en": "Fit",
        "title-1-de": "Passung",
        "question-1-en": "Does it fit?",
        "anchor-5-de": "ganz",
    }
    wrong = browser.post(url, data=words | {"anchor-4-en": "x" * 501})
    assert (wrong.status_code, "Passung" in wrong.text, "at most 500 characters" in wrong.text) == (422, True, True)
    assert browser.post(url, data=words).status_code == 303
    row = write(lambda session: session.get_one(Criterion, first))
    assert (row.titles, row.questions) == ({"en": "Fit", "de": "Passung"}, {"en": "Does it fit?"})
    assert row.anchors == {"5": {"de": "ganz"}}
    assert browser.post(url, data=words).status_code == 409
    assert client(found.chair).get(url).status_code in (403, 404)


def test_a_frozen_scheme_is_only_read(write: Any, client: Any, rated: Round) -> None:
    def work(session: Any) -> int:
        sign(session, session.get_one(Measure, rated.first.id), rated.members[0], FIRST)
        return queries.criteria(session, rated.scheme.id)[0].id

    first = write(work)
    browser, url = client(rated.manager), f"/rating/calls/{rated.call.id}/scheme"
    seen = browser.get(url).text
    assert ("Since then it is only read" in seen, "<input" in seen.split("<main")[1]) == (True, False)
    assert browser.post(url, data=write(lambda session: posted(session, rated.call))).status_code == 409
    words = {"version": "1", "title-1-en": "Other"}
    assert browser.post(f"/rating/criteria/{first}", data=words).status_code == 409
    assert (
        write(lambda session: session.get_one(Criterion, first).titles["en"]) == "Relevance and link to the bottleneck"
    )


def test_a_scale_of_ten_and_a_criterion_outside_the_total_are_scored_as_they_are_set(write: Any, client: Any) -> None:
    def world(session: Any) -> tuple[Round, int]:
        found = rated_call(session, blind=False, measures=1)
        change(session, found, [Row("R1", 75), Row("R2", 25), Row("R8", 0)], Limits(highest=10, comment_for=()))
        open_and_declare(session, found)
        return found, sheet_of(session, found.first, found.members[0]).id

    found, id = write(world)
    browser = client(found.members[0])
    rows: dict[str, str] = {}
    for n, (code, points) in enumerate((("R1", "8"), ("R2", "10"), ("R8", "1")), start=1):
        rows |= {f"scores-{n}-code": code, f"scores-{n}-points": points, f"scores-{n}-comment": ""}
    assert browser.post(f"/rating/sheets/{id}/save", data=rows | {"scores-1-points": "11"}).status_code == 422
    assert browser.post(f"/rating/sheets/{id}/sign", data=rows).status_code == 303
    kept = write(lambda session: [s.total for s in standing.live_sheets(session, found.first.id, 1) if s.id == id])
    assert kept == [850000]
    assert write(lambda session: len(filled.of_sheets(session, [id])[id].scores)) == 3
    assert write(lambda session: session.scalars(select(Scheme.frozen_at)).one()) is not None
