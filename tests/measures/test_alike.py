import pytest

from fundapp.measures.alike import account_keys, name_keys, phone_keys, register_keys


@pytest.mark.parametrize(
    ("keys", "one", "other"),
    [
        (phone_keys, "+976 9911-2233", "99112233"),
        (phone_keys, "70112233; 9911 2233", "00976 99 11 22 33"),
        (account_keys, "mn12 0005 0012 3456 7890", "MN120005001234567890"),
        (account_keys, "MN12 0005 0050 1234 5678", "5012345678"),
        (register_keys, " 9012 345 ", "9012345"),
        (register_keys, "MN-COA-9012345", "9012345"),
        (register_keys, "уб 90123456", "УБ90123456"),
        (name_keys, "“Blue Sky” Cooperative", "blue-sky cooperative"),
    ],
)
def test_the_same_number_is_known_however_it_was_written(keys, one, other):
    assert keys(one) & keys(other)


@pytest.mark.parametrize(
    ("keys", "one", "other"),
    [
        (phone_keys, "9911 2233", "9911 2234"),
        (account_keys, "MN120005001234567890", "MN120005001234567891"),
        (register_keys, "9012345", "9012346"),
        (phone_keys, "102", "102"),
        (account_keys, "", ""),
        (register_keys, "MN-", "MN-"),
    ],
)
def test_different_and_short_numbers_are_not_the_same(keys, one, other):
    assert not keys(one) & keys(other)
