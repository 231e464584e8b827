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


def test_notes_on_who_sits_there() -> None:
    assert quorum.composition(["private", "public", "semi_public"], 1) == []
    assert quorum.composition(["public", "public"], 0) == [
        "2 of 2 voting members come from public offices; most should not.",
        "Nobody comes from: private firms, chambers, schools and associations.",
        "2 voting members: with an odd number the chair seldom has to break a tie.",
        "There is no chair; only a chair closes a rating or a meeting.",
    ]
