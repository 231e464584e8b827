"""What the scores of a round say: who reads it, what a small round sees, and what is said of a large one."""

from decimal import Decimal
from typing import Any

import pytest

from fundapp.measures.models import Measure
from fundapp.rating import fairly, ranking
from tests import factories as make
from tests.factories import MORNING
from tests.rating.conftest import Round
from tests.rating.many import many


def said(write: Any, made: Round, person: Any = None) -> fairly.Fair:
    who = person or made.chair
    return write(lambda s: fairly.of(ranking.get(s, made.call.id, visible_to=who, at=MORNING), visible_to=who))


def strict_last(p: int, m: int, code: str) -> int:
    """Proposals differ by points, and the last of seven members gives one point less to each."""
    return 3 + p % 3 - (m == 6)


def test_a_small_round_sees_mean_spread_and_the_top_and_bottom_sheet_only(
    write: Any, client: Any, closed: Round
) -> None:
    found = said(write, closed)
    told = found.top.figures
    assert (found.more, found.members, found.panel, found.firm) == (False, (), (), None)
    assert (told.mean, told.spread, told.lowest, told.highest) == (
        Decimal("69.6667"),
        Decimal(13),
        Decimal(62),
        Decimal(75),
    )
    page = client(closed.chair).get(f"/rating/calls/{closed.call.id}/fairness").text
    assert "shown from 15 proposals with 4 sheets each on" in page
    assert "Median</th>" not in page


def test_severity_is_what_a_member_gives_less_than_the_others(write: Any) -> None:
    found = said(write, write(lambda s: many(s, 15, points=strict_last)))
    by_severity = sorted(found.members, key=lambda each: each.figures.severity or Decimal(0))
    assert [each.figures.severity for each in by_severity] == [*[Decimal("-3.3333")] * 6, Decimal("20.0000")]
    assert {each.figures.scatter for each in found.members} == {Decimal(0)}


def test_agreement_of_a_complete_panel_is_said_with_its_interval_and_in_words(write: Any) -> None:
    one, all_ = said(write, write(lambda s: many(s, 15, points=strict_last))).panel
    assert (one.name, all_.name) == ("ICC(2,1)", "ICC(2,7)")
    assert (round(one.value, 3), round(all_.value, 3)) == (0.833, 0.972)
    assert one.low is not None
    assert one.low < one.value < (one.high or 0)
    assert (one.words, all_.words) == ("poor to excellent", "good to excellent")


def test_of_an_incomplete_panel_krippendorffs_alpha_is_said(write: Any) -> None:
    points = lambda p, m, code: None if p % 7 == m else strict_last(p, m, code)  # noqa: E731
    (alpha,) = said(write, write(lambda s: many(s, 15, points=points))).panel
    assert (alpha.name, alpha.low) == ("Krippendorff’s alpha", None)
    assert alpha.words == "good: conclusions can rest on it"


def test_where_all_scores_are_the_same_the_page_says_so(write: Any, client: Any) -> None:
    made = write(lambda s: many(s, 15, points=lambda p, m, code: 4))
    assert said(write, made).no_panel == "All scores are the same, so agreement cannot be measured."
    assert client(made.chair).get(f"/rating/calls/{made.call.id}/fairness").status_code == 200


def test_the_same_lot_gives_the_same_shares(write: Any) -> None:
    made = write(lambda s: many(s, 40))
    first, second = said(write, made).firm, said(write, made).firm
    assert first == second
    assert (first.seed, first.times) == (20261125, 2000) if first else False


def test_where_all_members_agree_the_ranking_is_firm(write: Any) -> None:
    made = write(lambda s: many(s, 15, points=lambda p, m, code: 5 - p // 3, budget=9_000_00))
    found = said(write, made)
    assert found.firm is not None
    assert {found.firm.share(each.row) for each in found.proposals} == {0, 1000}
    assert [each.row.reached for each in found.proposals] == [
        found.firm.share(each.row) == 1000 for each in found.proposals
    ]
    assert sorted({(group.low, group.high) for group in found.firm.groups.values()}) == [
        (1, 3),
        (4, 6),
        (7, 9),
        (10, 12),
        (13, 15),
    ]


def test_the_rank_without_severity_is_refused_with_a_sentence(write: Any, client: Any) -> None:
    points = lambda p, m, code: (4 if m < 4 or p < 3 else None) if p else 3  # noqa: E731
    made = write(lambda s: many(s, 15, points=points))
    why = "Severity is taken out from 5 proposals for each member; one rated 3."
    assert said(write, made).why_not == why
    assert why in client(made.chair).get(f"/rating/calls/{made.call.id}/fairness").text


def test_the_rank_without_severity_stands_beside_the_official_one(write: Any) -> None:
    """The first proposal misses the strict member, and so stands too high."""
    points = lambda p, m, code: None if (p, m) == (0, 6) else strict_last(p % 5 and p, m, code)  # noqa: E731
    found = said(write, write(lambda s: many(s, 15, points=points)))
    first = next(each for each in found.proposals if each.row.measure.title.startswith("Wool"))
    assert first.adjusted is not None
    assert first.adjusted.total < first.row.total


def test_a_member_reads_their_own_name_and_numbers_for_the_others(write: Any, client: Any) -> None:
    made = write(lambda s: many(s, 15, points=strict_last))
    member, other = made.members[5], made.members[0]
    names = [each.name for each in said(write, made, member).members]
    assert names == [
        f"{member.given_name} {member.family_name} (you)".replace("  ", " "),
        *(f"Member {n}" for n in range(2, 8)),
    ]
    page = client(member).get(f"/rating/calls/{made.call.id}/fairness").text
    assert f">{other.given_name} {other.family_name}<" not in page


@pytest.mark.parametrize("who", ["chair", "manager"])
def test_chair_and_manager_read_names(write: Any, who: str) -> None:
    made = write(lambda s: many(s, 15, points=strict_last))
    found = said(write, made, getattr(made, who))
    assert found.named
    assert not [each.name for each in found.members if each.name.startswith("Member 2")]


def test_a_closed_proposal_is_in_no_figure_of_who_has_the_conflict(write: Any) -> None:
    made = write(lambda s: many(s, 16, points=strict_last))
    member = made.members[0]
    write(lambda s: make.declaration(s, measure=made.first, person=member, kind="family"))
    found = said(write, made, member)
    assert made.first.id not in [each.row.measure.id for each in found.proposals]
    assert {each.figures.figures.number for each in found.members} == {15}


@pytest.mark.parametrize("path", ["fairness", "fits", "ranking.xlsx"])
def test_before_the_close_and_for_others_nothing_is_there(write: Any, client: Any, rated: Round, path: str) -> None:
    url = f"/rating/calls/{rated.call.id}/{path}"
    people = write(lambda s: [make.person(s, role=role) for role in ("applicant", "officer", "member")])
    assert [client(person).get(url).status_code for person in people] == [403, 403, 404]
    page = client(rated.members[0]).get(url)
    assert page.status_code == 200
    assert path == "ranking.xlsx" or "No round of this call is closed yet" in page.text


def test_a_proposal_far_apart_leads_to_its_second_round(write: Any, client: Any) -> None:
    made = write(lambda s: many(s, 3, points=lambda p, m, code: 5 if m else 3))
    browser = client(made.chair)
    page = browser.get(f"/rating/calls/{made.call.id}/fairness").text
    assert f'href="/rating/measures/{made.first.id}/sheets#second-round">Open a second round<' in page
    assert (
        f'action="/rating/measures/{made.first.id}/reopen"'
        in browser.get(f"/rating/measures/{made.first.id}/sheets").text
    )
    assert write(lambda s: s.get_one(Measure, made.first.id).status) == "rated"
