"""What a browser may send: strict, told next to the field, and nothing typed is lost."""

from datetime import date

import pytest
from pydantic import Field
from starlette.datastructures import FormData

from fundapp.kit.web.forms import Amount, Count, Day, Form, Posted, Text, Thousandths, Words, bind, shown


class Trial(Form):
    title: Words
    amount: Amount
    people: Count = 0
    quantity: Thousandths = 1000
    starts_on: Day | None = None
    summary: Text = ""
    regions: list[str] = Field(default_factory=list)


GOOD = {"title": "Wool", "amount": "5,000.00"}


def tried(locale="en", currency="EUR", **typed):
    return bind(Trial, GOOD | typed, currency=currency, locale=locale)


def test_a_good_form_gives_values():
    value = tried(people="12", quantity="2,5", starts_on="2026-05-01", summary="two\nlines").value
    assert (value.amount, value.people, value.quantity) == (5_000_00, 12, 2500)
    assert (value.starts_on, value.summary, value.regions) == (date(2026, 5, 1), "two\nlines", [])


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("title", "", "Please fill this in."),
        ("title", "   ", "Please fill this in."),
        ("title", "x" * 201, "at most 200 characters; these are 201"),
        ("people", "12.5", "is not a whole number"),
        ("people", "-3", "is not a whole number"),
        ("people", "١٢", "is not a whole number"),
        ("people", "9999999999", "is not a whole number"),
        ("people", "1e3", "is not a whole number"),
        ("quantity", "1.2345", "is not a number"),
        ("quantity", "-1", "is not a number"),
        ("starts_on", "1.5.2026", "is not a date. Write 2026-03-31"),
        ("starts_on", "2026-02-30", "is not a date"),
        ("starts_on", "9999-12-31", "between the years 1800 and 2200"),
        ("amount", "", "Please fill this in."),
        ("amount", "-5", "5"),
        ("amount", "five", "five"),
        ("amount", "1,5", "1,5"),
        ("amount", "٥٠٠", "٥٠٠"),
        ("amount", "1" * 30, "1"),
    ],
)
def test_what_cannot_be_read_is_told_next_to_its_field_and_kept(field, typed, says):
    form = tried(**{field: typed})
    assert (form.ok, set(form.errors)) == (False, {field})
    assert says in form.errors[field]
    assert form.values[field] == typed


def test_all_errors_are_told_at_once():
    assert set(tried(title="", amount="x", people="y").errors) == {"title", "amount", "people"}


def test_a_comma_is_read_as_the_reader_writes_it():
    assert tried(locale="de", amount="1.234,56").value.amount == 1_234_56


def test_a_field_nobody_asked_for_is_refused():
    form = tried(status="approved")
    assert form.errors == {"status": "This field is not known here."}


def test_rows_are_not_part_of_the_form_and_come_in_their_order():
    posted = Posted(
        FormData(
            [
                ("title", "Wool"),
                ("amount", "5"),
                ("lines-10-name", "ten"),
                ("lines-2-name", "two"),
                ("lines-3-name", " "),
            ]
        ),
        {},
    )
    assert bind(Trial, posted, currency="EUR", locale="en").ok
    assert posted.rows("lines") == [{"name": "two"}, {"name": "ten"}]


def test_several_answers_make_a_list():
    posted = Posted(FormData([("title", "W"), ("amount", "5"), ("regions", "MN-041"), ("regions", "MN-043")]), {})
    assert bind(Trial, posted, currency="EUR", locale="en").value.regions == ["MN-041", "MN-043"]


def test_signs_that_nobody_sees_are_left_out():
    posted = Posted(FormData([("title", "Wo\x00ol\x1b\x7f"), ("amount", "5"), ("summary", "a\r\nb\tc")]), {})
    value = bind(Trial, posted, currency="EUR", locale="en").value
    assert (value.title, value.summary) == ("Wool", "a\nb\tc")


def test_a_form_that_is_shown_for_the_first_time_has_values_and_no_errors():
    form = shown(Trial, {"title": "Wool", "people": None})
    assert (form.values, form.errors, form.ok) == ({"title": "Wool"}, {}, False)
