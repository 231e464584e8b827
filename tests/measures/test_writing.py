"""A page of the form between the browser and the proposal: nothing typed is lost, nothing is overwritten silently."""

import pytest

from fundapp.kit.errors import Refused
from fundapp.measures import gaps, pages, queries
from fundapp.measures.models import Typed
from fundapp.measures.pages import Sent
from tests import factories
from tests.factories import MORNING
from tests.measures.conftest import FIELDS


def how(measure, locale="en"):
    return {"locale": locale, "by": measure.owner, "at": MORNING}


def texts(session, measure, section, locale="en"):
    return pages.current(session, measure, section, locale)[0]


def typed(session, measure):
    return {row.section: row.content for row in queries.parts(session, Typed, measure)}


def test_what_is_typed_is_kept_as_it_stands_and_taken_over_when_it_can_be_read(write, draft):
    def work(session):
        measure = draft(session)
        given = Sent(
            {"breadth": "many", "public_benefit": "New words"},
            {"breadth": "120", "public_benefit": FIELDS["benefit"]["public_benefit"]},
        )
        kept = pages.keep(session, measure, "benefit", given, **how(measure)), typed(session, measure)
        unread = (
            pages.take_over(session, measure, **{k: v for k, v in how(measure).items() if k != "locale"}),
            measure.breadth,
        )
        missed = [gap.text for gap in gaps.gaps(queries.proposal(session, measure)) if gap.section == "benefit"]
        pages.keep(session, measure, "benefit", Sent({"breadth": "45"}, {"breadth": "many"}), **how(measure))
        read = pages.take_over(session, measure, by=measure.owner, at=MORNING), measure.breadth, measure.public_benefit
        return kept, unread, missed, read, typed(session, measure)

    kept, unread, missed, read, left = write(work)
    assert kept == ({}, {"benefit": {"breadth": "many", "public_benefit": "New words"}})
    assert unread == (["benefit"], 120)
    assert missed == ["something you typed there cannot be read yet"]
    assert (read, left) == (([], 45, "New words"), {})


def test_two_tabs_that_change_different_fields_both_count(write, draft):
    def work(session):
        measure = draft(session)
        was = texts(session, measure, "benefit")
        pages.save(session, measure, "benefit", Sent(was | {"breadth": "7"}, was), **how(measure))
        pages.save(session, measure, "benefit", Sent(was | {"breadth_method": "We asked them"}, was), **how(measure))
        return measure.breadth, measure.breadth_method

    assert write(work) == (7, "We asked them")


@pytest.mark.parametrize("verb", ["save", "keep"])
def test_a_field_that_both_changed_is_shown_with_both_texts_and_nothing_is_overwritten(write, draft, verb):
    def work(session):
        measure = draft(session)
        was = texts(session, measure, "benefit")
        pages.save(session, measure, "benefit", Sent(was | {"breadth": "7"}, was), **how(measure))
        late = getattr(pages, verb)(
            session, measure, "benefit", Sent(was | {"breadth": "9", "breadth_method": "x"}, was), **how(measure)
        )
        theirs = late if verb == "keep" else late.theirs
        stands = measure.breadth
        chosen = pages.save(session, measure, "benefit", Sent({"breadth": "9"}, {"breadth": "7"}), **how(measure))
        return theirs, stands, chosen.theirs, measure.breadth

    assert write(work) == ({"breadth": "7"}, 7, {}, 9)


def test_rows_keep_their_place_when_two_write_in_the_same_table(write, draft):
    def work(session):
        measure = draft(session)
        was = texts(session, measure, "costs")
        first = was | {"lines-0-unit_price": "6,000"}
        second = was | {
            "lines-7-description": "Roof",
            "lines-7-category": "works",
            "lines-7-quantity": "1",
            "lines-7-unit_price": "500",
        }
        ids = [line.id for line in queries.lines(session, measure)]
        pages.save(session, measure, "costs", Sent(first, was), **how(measure))
        pages.save(session, measure, "costs", Sent(second, was), **how(measure))
        lines = queries.lines(session, measure)
        return [(x.slot, x.description, x.amount) for x in lines], [x.id for x in lines][:2] == ids, measure.total_cost

    assert write(work) == (
        [(0, "Washing line", 6_000_00), (1, "Training", 3_000_00), (7, "Roof", 500_00)],
        True,
        9_500_00,
    )


def test_emptying_a_row_takes_it_out_and_half_a_row_waits_as_typed(write, draft):
    def work(session):
        measure = draft(session)
        was = texts(session, measure, "risks")
        gone = {name: "" for name in was if name.startswith("risks-1-")}
        pages.save(session, measure, "risks", Sent(was | gone, was), **how(measure))
        half = pages.save(session, measure, "risks", Sent({"risks-5-mitigation": "We wait"}, {}), **how(measure))
        risks = [risk.text for risk in queries.proposal(session, measure).risks]
        return risks, sorted(half.form.errors), typed(session, measure)["risks"]["risks-5-mitigation"]

    assert write(work) == (["The winter comes early"], ["risks-5-text"], "We wait")


def test_amounts_are_read_as_the_writer_writes_them(write, draft):
    def work(session):
        measure = draft(session)
        was = texts(session, measure, "costs", "de")
        given = Sent({"lines-0-unit_price": "6.500,50"}, {"lines-0-unit_price": was["lines-0-unit_price"]})
        pages.save(session, measure, "costs", given, **how(measure, "de"))
        return was["lines-0-unit_price"], queries.lines(session, measure)[0].unit_price

    assert write(work) == ("7.000,00", 6_500_50)


@pytest.mark.parametrize(
    ("section", "name"), [("benefit", "status"), ("costs", "lines-0-from_grant"), ("costs", "nobody-0-x")]
)
def test_fields_that_no_page_has_are_refused(write, draft, section, name):
    def work(session):
        measure = draft(session)
        with pytest.raises(Refused) as refused:
            pages.keep(session, measure, section, Sent({name: "1"}, {}), **how(measure))
        return refused.value.reasons

    assert write(work) == ("This field is not known here.",)


def test_the_short_form_asks_less_and_lets_eight_lines_stand(write, draft):
    def work(session):
        call = factories.call(session, short_limit=5_000_00)
        measure = draft(session, call=call, without=("partners", "activities", "benefit", "environment", "support"))
        measure.form = "short"
        found = [gap.text for gap in gaps.gaps(queries.proposal(session, measure))]
        rows = {f"lines-{n}-description": f"Thing {n}" for n in range(2, 9)}
        with pytest.raises(Refused) as refused:
            pages.save(session, measure, "costs", Sent(rows, {}), **how(measure))
        return found, refused.value.reasons

    found, reasons = write(work)
    assert found == ["You ask for more than EUR\xa05,000: please change to the full form"]
    assert reasons == ("At most 8 lines stand here.",)


def test_after_sending_back_only_what_was_asked_for_is_open(write, draft):
    def work(session):
        measure = draft(session)
        measure.status, measure.asked = "returned", [{"section": "benefit", "field": "breadth", "words": "How many?"}]
        session.flush()
        was = texts(session, measure, "benefit")
        pages.save(session, measure, "benefit", Sent(was | {"breadth": "9"}, was), **how(measure))
        shut = Sent({"breadth_method": "x"}, {"breadth_method": was["breadth_method"]})
        with pytest.raises(Refused) as refused:
            pages.save(session, measure, "benefit", shut, **how(measure))
        return measure.breadth, refused.value.field, typed(session, measure)

    assert write(work) == (9, "breadth_method", {})
