from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundapp.rating.assigning import assign

MEMBERS = [f"m{n:02}" for n in range(15)]
PROPOSALS = [f"p{n:03}" for n in range(300)]


def test_seven_members_share_forty_proposals_evenly_and_meet_evenly() -> None:
    plan = assign(MEMBERS[:7], PROPOSALS[:40], [], 4, seed=1)
    assert {len(sitting) for sitting in plan.seats.values()} == {4}
    assert (min(plan.load.values()), max(plan.load.values()), sum(plan.load.values())) == (22, 23, 160)
    assert (plan.fewest_meetings, plan.most_meetings, sum(plan.meetings.values())) == (11, 12, 240)
    assert (plan.short, plan.seed) == ({}, 1)


def test_fifteen_members_with_conflicts_share_three_hundred_proposals_evenly() -> None:
    conflicts = [(m, p) for at, p in enumerate(PROPOSALS) for m in (MEMBERS[at % 15], MEMBERS[at * 7 % 11])]
    plan = assign(MEMBERS, PROPOSALS, conflicts, 3, seed=2)
    assert set(plan.load.values()) == {60}
    assert (plan.fewest_meetings, plan.most_meetings) == (8, 9)
    assert not set(conflicts) & {(m, p) for p, sitting in plan.seats.items() for m in sitting}


def test_the_same_seed_gives_the_same_plan_and_another_seed_another() -> None:
    conflicts = [("m01", "p003"), ("m02", "p004")]
    plan = assign(MEMBERS[:5], PROPOSALS[:12], conflicts, 3, seed=3)
    assert assign(MEMBERS[4::-1], PROPOSALS[11::-1], conflicts[::-1], 3, seed=3) == plan
    assert assign(MEMBERS[:5], PROPOSALS[:12], conflicts, 3, seed=4).seats != plan.seats


def test_too_few_members_without_a_conflict_are_named_and_the_rest_is_planned() -> None:
    conflicts = [(m, "p001") for m in MEMBERS[:4]] + [(m, "p002") for m in MEMBERS[:6]]
    plan = assign(MEMBERS[:6], PROPOSALS[:5], conflicts, 3, seed=1)
    assert plan.short == {"p001": 1, "p002": 3}
    assert (plan.seats["p001"], plan.seats["p002"]) == (("m04", "m05"), ())
    assert [len(plan.seats[p]) for p in ("p000", "p003", "p004")] == [3, 3, 3]


def test_who_sits_there_already_stays_and_counts_in_the_load() -> None:
    already = [("m00", p) for p in PROPOSALS[:4]] + [(m, "p005") for m in MEMBERS[:4]]
    plan = assign(MEMBERS[:4], PROPOSALS[:6], [], 2, seed=1, already=already)
    assert all("m00" in plan.seats[p] for p in PROPOSALS[:4])
    assert plan.seats["p005"] == tuple(MEMBERS[:4])
    assert plan.load == {"m00": 5, "m01": 3, "m02": 3, "m03": 3}


def test_a_member_with_many_conflicts_leaves_the_others_even() -> None:
    conflicts = [("m00", p) for p in PROPOSALS[:9]]
    plan = assign(MEMBERS[:4], PROPOSALS[:10], conflicts, 2, seed=1)
    assert plan.load["m00"] == 1
    assert sorted(plan.load.values())[1:] == [6, 6, 7]


@pytest.mark.parametrize("already", [[("nobody", "p000")], [("m00", "nothing")], [("m01", "p001")]])
def test_a_pair_that_cannot_be_is_refused(already: list[tuple[str, str]]) -> None:
    with pytest.raises(ValueError):
        assign(MEMBERS[:3], PROPOSALS[:3], [("m01", "p001")], 2, seed=1, already=already)


def test_nobody_and_nothing_make_an_empty_plan() -> None:
    assert assign([], PROPOSALS[:2], [], 2, seed=1).short == {"p000": 2, "p001": 2}
    assert assign(MEMBERS[:1], [], [], 2, seed=1).load == {"m00": 0}


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_every_plan_keeps_the_conflicts_the_numbers_and_the_evenness(data: st.DataObject) -> None:
    members, proposals = MEMBERS[: data.draw(st.integers(2, 6))], PROPOSALS[: data.draw(st.integers(1, 8))]
    pairs = st.sets(st.tuples(st.sampled_from(members), st.sampled_from(proposals)), max_size=12)
    conflicts = data.draw(pairs)
    already = data.draw(pairs) - conflicts
    wanted = data.draw(st.integers(1, 4))
    plan = assign(members, proposals, conflicts, wanted, data.draw(st.integers(0, 99)), already)
    seats = {(m, p) for p, sitting in plan.seats.items() for m in sitting}
    assert already <= seats
    assert not conflicts & seats
    for p in proposals:
        there, free = sum(q == p for _, q in already), sum((m, p) not in conflicts for m in members)
        assert len(plan.seats[p]) == max(there, min(wanted, free))
        assert plan.short.get(p, 0) == max(wanted - max(free, there), 0)
    assert plan.load == {m: sum(n == m for n, _ in seats) for m in members}
    for (a, b), met in plan.meetings.items():
        assert met == sum(a in sitting and b in sitting for sitting in plan.seats.values())
    # No chain of two members can be made more even by handing one proposal over.
    for a, b in [*combinations(members, 2), *((b, a) for a, b in combinations(members, 2))]:
        handed = [p for p in proposals if (a, p) in seats - already and (b, p) not in seats | conflicts]
        assert not handed or plan.load[a] <= plan.load[b] + 1
