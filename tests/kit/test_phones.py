"""A telephone number is found however it was written."""

import pytest

from fundapp.kit.phones import dialled


@pytest.mark.parametrize(
    "typed",
    [
        "99112233",
        "9911 2233",
        " 9911-2233 ",
        "+976 9911 2233",
        "(976) 9911-2233",
        "00976 99112233",
        "976.9911.2233",
        "９９１１２２３３",
        "+976\N{NO-BREAK SPACE}9911\N{NON-BREAKING HYPHEN}2233",
    ],
)
def test_many_ways_of_writing_are_one_number(typed):
    assert dialled(typed) == "+97699112233"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("+49 171 1234567", "+491711234567"), ("0049 171 1234567", "+491711234567"), ("0171 1234567", "01711234567"), ("70460000", "+97670460000")],
)  # fmt: skip
def test_numbers_of_other_countries_need_their_code(typed, number):
    assert dialled(typed) == number


@pytest.mark.parametrize(
    "typed", ["", "12", "bat@example.org", "9911 2233, 8811 0000", "9911 2233 ext 5", "+", "++97699112233", "1" * 16]
)
def test_what_is_no_number_is_none(typed):
    assert dialled(typed) == ""
