from dataclasses import replace

import pytest

from fundapp.rating import clues
from fundapp.rating.clues import Insider, Place, Proposal, Tie

FELT = Place("Felt LLC", 7, "MN-LE-2076", "6 123 456", "Peace Avenue 12, Darkhan", frozenset({"+97699112233"}))
THEIRS = replace(FELT, id=8, name="Sister of Felt", register="", tax_number="", address="", phones=frozenset())
MEMBER = Insider(1, "b.bold@wool.mn", "+97688001122", (THEIRS,))
PROPOSAL = Proposal(5, 2, FELT, ("Felt LLC", "B. Saran"), branches={3: "Darkhan"}, emails=frozenset({"info@felt.mn"}))


def at(place: Place, **more: str) -> Insider:
    return replace(MEMBER, places=(replace(place, **more),))


CASES: list[tuple[str, Insider, Proposal, dict[str, str]]] = [
    ("own_proposal", replace(MEMBER, id=2), PROPOSAL, {}),
    ("own_branch", replace(MEMBER, offices=frozenset({3})), PROPOSAL, {"branch": "Darkhan"}),
    (
        "branch_applies", replace(MEMBER, branches=frozenset({3})), replace(PROPOSAL, applying={3: "Darkhan"}),
        {"branch": "Darkhan"},
    ),
    ("same_organisation", at(THEIRS, name="FELT, llc"), PROPOSAL, {"organisation": "FELT, llc"}),
    ("helped", MEMBER, replace(PROPOSAL, helpers=frozenset({1})), {}),
    ("interest", replace(MEMBER, ties=(Tie("family", "b saran"),)), PROPOSAL, {"organisation": "b saran", "kind": "family"}),
    ("declared_before", replace(MEMBER, declared=frozenset({(7, 4)})), PROPOSAL, {"organisation": "Felt LLC"}),
    (
        "bank_account", replace(MEMBER, accounts=frozenset({"mn12 0005 0012 3456"})),
        replace(PROPOSAL, accounts=frozenset({"MN12000500123456"})), {"end": "456"},
    ),
    ("tax_number", at(THEIRS, tax_number="6123456"), PROPOSAL, {"organisation": "Sister of Felt", "end": "456"}),
    ("register_number", at(THEIRS, register="MN-LE 2076"), PROPOSAL, {"organisation": "Sister of Felt", "end": "076"}),
    ("phone", replace(MEMBER, phone="+97699112233"), PROPOSAL, {"end": "233"}),
    ("email_domain", replace(MEMBER, email="bold@mail.felt.mn"), PROPOSAL, {"domain": "felt.mn"}),
    ("address", at(THEIRS, address="12 Peace avenue Darkhan"), PROPOSAL, {"address": "Peace Avenue 12, Darkhan"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "member", "proposal", "evidence"), CASES, ids=[case[0] for case in CASES])
def test_each_rule_finds_its_tie_and_no_other_does(
    rule: str, member: Insider, proposal: Proposal, evidence: dict[str, str]
) -> None:
    assert clues.found(member, proposal) == {rule: evidence}
    assert "%(" not in clues.say(rule, evidence)


def test_every_rule_stands_in_the_table() -> None:
    assert [case[0] for case in CASES] == [
        "own_proposal", "own_branch", "branch_applies", "same_organisation", "helped", "interest", "declared_before",
        "bank_account", "tax_number", "register_number", "phone", "email_domain", "address",
    ]  # fmt: skip
    assert {case[0] for case in CASES} == set(clues.BY_CODE)


def test_who_has_nothing_in_common_is_not_found() -> None:
    assert clues.found(MEMBER, PROPOSAL) == {}
    assert clues.found(Insider(1), Proposal()) == {}


@pytest.mark.parametrize("domain", ["gmail.com", "yahoo.com", "example.org", "gov.mn", "co.uk", "demo.invalid"])
def test_an_address_that_everybody_can_have_says_nothing(domain: str) -> None:
    member, proposal = Insider(1, f"a@{domain}"), Proposal(emails=frozenset({f"b@{domain}"}))
    assert clues.found(member, proposal) == {}


@pytest.mark.parametrize("address", ["Ulaanbaatar", "Peace Avenue, Darkhan", "Darkhan 12"])
def test_an_address_without_a_house_is_a_place_where_many_are(address: str) -> None:
    assert clues.found(at(THEIRS, address=address), replace(PROPOSAL, place=replace(FELT, address=address))) == {}


def test_an_interest_is_known_by_organisation_number_or_name() -> None:
    ties = (Tie("board", "Elsewhere", 7), Tie("business", "Elsewhere", None, "6 123 456"), Tie("family", "Felt"))
    assert [clues.found(replace(MEMBER, ties=(tie,)), PROPOSAL).keys() for tie in ties] == [{"interest"}] * 3


def test_no_whole_number_stands_in_what_is_kept() -> None:
    kept = [evidence for rule, _m, _p, evidence in CASES if rule in ("phone", "bank_account", "tax_number")]
    assert all(len(evidence["end"]) == 3 for evidence in kept)


def test_a_rule_says_what_it_compared_in_a_sentence() -> None:
    assert clues.say("phone", {"end": "233"}) == "The same telephone number, ending in 233."
    assert (
        clues.say("interest", {"organisation": "Felt", "kind": "board"}) == "On record with Felt: A seat on its board."
    )
