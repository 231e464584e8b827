"""Where decisions depart from the ranking: values only."""

from fundapp.rating.deviating import Decided, Place, departures, reached

YES = Decided("approve", 100)
NO, LIST, ASK = Decided("reject"), Decided("reserve"), Decided("defer")
FOUR = [Place(n, n, 100) for n in (1, 2, 3, 4)]


def test_going_down_the_ranking_nothing_departs() -> None:
    assert departures(FOUR, {1: YES, 2: YES, 3: LIST, 4: NO}, 200) == {}


def test_who_is_passed_over_is_told_once_and_the_next_come_in_turn() -> None:
    assert departures(FOUR, {1: NO, 2: YES, 3: YES, 4: NO}, 200) == {1: ("passed_over",)}


def test_a_list_or_a_question_passes_over_as_a_refusal_does() -> None:
    assert departures(FOUR, {1: LIST, 2: ASK}, 400) == {1: ("passed_over",), 2: ("passed_over",)}


def test_a_small_one_before_a_better_one_that_does_not_fit_is_out_of_turn() -> None:
    places = [Place(1, 1, 500), Place(2, 2, 100)]
    assert departures(places, {1: LIST, 2: YES}, 200) == {2: ("out_of_turn",)}


def test_below_the_points_or_knocked_out_departs_and_its_refusal_does_not() -> None:
    places = [Place(1, 1, 100, points=False), Place(2, 2, 100, knocked_out=True), Place(3, 3, 100, points=False)]
    assert departures(places, {1: YES, 2: YES, 3: NO}, 900) == {1: ("below",), 2: ("knocked_out",)}


def test_equals_are_reached_together_or_not_at_all() -> None:
    places = [Place(1, 1, 100), Place(2, 2, 100), Place(3, 2, 100)]
    assert reached(places, {}, 200) == {1}
    assert reached(places, {}, 300) == {1, 2, 3}


def test_between_equals_nobody_is_out_of_turn() -> None:
    places = [Place(1, 1, 100), Place(2, 1, 100)]
    assert departures(places, {1: LIST, 2: YES}, 100) == {}


def test_who_gets_less_leaves_money_for_the_next() -> None:
    assert reached(FOUR, {1: Decided("approve", 50)}, 150) == {1, 2}
    assert reached(FOUR, {1: YES}, 150) == {1}
