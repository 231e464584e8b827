from dataclasses import dataclass
from datetime import date

from fundapp.rating import quorum
from fundapp.rating.quorum import Seat, Votes


def five(present: int = 5, conflict: int = 0, chair_conflict: bool = False) -> list[Seat]:
    """The chair first; conflicted members are the last ones."""
    return [
        Seat(n, chair=n == 0, present=n < present, conflict=n >= 5 - conflict or (n == 0 and chair_conflict))
        for n in range(5)
    ]


def test_more_than_half_of_the_members_without_a_conflict_and_at_least_the_smallest_make_the_quorum() -> None:
    assert quorum.needed(five(), 3) == 3
    assert quorum.needed(five(conflict=2), 2) == 2
    assert quorum.needed(five(conflict=2), 3) == 3
    assert quorum.needed([Seat(n) for n in range(7)], 3) == 4


def test_who_has_a_conflict_does_not_count_as_present() -> None:
    assert quorum.present(five(present=5, conflict=2)) == 3
    assert quorum.why_not_decide(five(present=4, conflict=2), 3, Votes(3, 0)) == []


def test_all_reasons_come_at_once() -> None:
    assert quorum.why_not_decide(five(present=2), 3, Votes(1, 2)) == [
        "2 members without a conflict are present, 3 are needed.",
        "3 votes are counted, 2 members may vote: yes, no and abstained together make 2.",
        "1 yes and 2 no: there is no majority for this decision.",
    ]


def test_the_chair_breaks_a_tie_only_when_present_and_without_a_conflict() -> None:
    assert quorum.why_not_decide(five(present=4), 3, Votes(2, 2)) == []
    [reason] = quorum.why_not_decide(five(present=5, chair_conflict=True), 3, Votes(2, 2))
    assert reason == "2 yes and 2 no: only a chair who is present and has no conflict breaks a tie."


def test_nobody_in_favour_is_no_decision() -> None:
    assert quorum.why_not_decide(five(), 3, Votes(0, 0, 5)) == [
        "0 yes and 0 no: there is no majority for this decision."
    ]


def test_a_substitute_votes_in_turn_for_who_is_away_or_has_a_conflict() -> None:
    second, first = Seat(11, present=True, substitute=2), Seat(10, present=True, substitute=1)
    away, tied = five(present=4), five(present=5, conflict=1)
    assert [seat.person_id for seat in quorum.seated([*away, second, first])] == [0, 1, 2, 3, 10]
    assert quorum.voters([*tied, second, first]) == (0, 1, 2, 3, 10)
    assert quorum.voters([*five(present=3), second, first]) == (0, 1, 2, 10, 11)


def test_a_substitute_for_nobody_neither_votes_nor_counts() -> None:
    seats = [*five(), Seat(10, present=True, substitute=1)]
    assert (quorum.voters(seats), quorum.present(seats), quorum.needed(seats, 3)) == ((0, 1, 2, 3, 4), 5, 3)


def test_a_substitute_with_a_conflict_or_away_stands_in_for_nobody() -> None:
    seats = [*five(present=3), Seat(10, present=True, conflict=True, substitute=1), Seat(11, substitute=2)]
    assert quorum.voters(seats) == (0, 1, 2)


def test_asking_twice_who_is_seated_changes_nothing() -> None:
    seats = [*five(present=3, conflict=1), Seat(10, present=True, substitute=1)]
    assert quorum.seated(quorum.seated(seats)) == quorum.seated(seats)


def test_a_conflicted_member_who_is_replaced_counts_for_the_quorum_again() -> None:
    seats = [*five(conflict=3), Seat(10, present=True, substitute=1), Seat(11, present=True, substitute=2)]
    assert (quorum.needed(five(conflict=3), 2), quorum.needed(seats, 2)) == (2, 3)
    assert quorum.why_not_decide(seats, 3, Votes(4, 0)) == []


def test_the_deputy_breaks_a_tie_when_the_chair_may_not() -> None:
    chair, rest = five(chair_conflict=True)[0], five()[2:]
    assert quorum.why_not_decide([chair, Seat(1, present=True, deputy=True), *rest], 3, Votes(2, 2)) == []


@dataclass(frozen=True)
class Sits:
    sector: str
    chair: bool = False
    deputy: bool = False
    voting: bool = True
    substitute: int | None = None
    woman: bool | None = False


def test_notes_on_who_sits_there() -> None:
    sectors = ("private", "public", "semi_public", "private", "private")
    good = [Sits(sector, n == 0, n == 1, woman=n < 2) for n, sector in enumerate(sectors)]
    others = [Sits("public", substitute=1), Sits("public", voting=False)]
    assert quorum.composition([*good, *others]) == []
    assert quorum.composition([Sits("public"), Sits("public")]) == [
        "2 voting members; five or seven are usual.",
        "2 of 2 voting members come from public offices; most should not.",
        "Nobody comes from: private firms, chambers, schools and associations.",
        "0 of 2 voting members are women; the aim is 30 %.",
        "2 voting members: with an odd number the chair seldom has to break a tie.",
        "There is no chair; only a chair closes a rating or a meeting.",
        "There is no deputy; when the chair is away or has a conflict, nobody leads.",
    ]


def test_where_nobody_said_who_is_a_woman_the_note_says_so() -> None:
    seats = [Sits("private", n == 0, n == 1, woman=None) for n in range(5)]
    assert "Of 5 voting members it is not said whether they are women; the aim is 30 % women." in quorum.composition(
        seats
    )


def test_a_term_ends_soon_within_two_months_and_is_over_the_day_after() -> None:
    day = date(2026, 3, 2)
    assert [quorum.term(until, day) for until in (None, date(2026, 6, 1), date(2026, 5, 1), day, date(2026, 3, 1))] == [
        "", "", "soon", "soon", "over",
    ]  # fmt: skip
