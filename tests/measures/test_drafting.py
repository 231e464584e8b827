"""Writing a proposal."""

from datetime import date, timedelta

import pytest

from fundapp.files.store import Kept
from fundapp.history.queries import of_case
from fundapp.kit.errors import NotAllowed, Refused
from fundapp.measures import attaching, drafting, gaps, queries, starting
from fundapp.measures.models import BudgetLine, TargetGroup
from tests import factories
from tests.factories import MORNING
from tests.measures.conftest import FIELDS, ROWS, line


def how(measure):
    return {"by": measure.owner, "at": MORNING}


def test_a_complete_proposal_lacks_nothing_and_adds_up(write, draft):
    def work(session):
        measure = draft(session)
        return (
            gaps.gaps(queries.proposal(session, measure)),
            measure.total_cost,
            measure.requested,
            measure.branch.name,
        )

    assert write(work) == ([], 10_000_00, 7_500_00, "Branch Khövsgöl")


def test_an_empty_draft_names_all_that_is_missing_in_the_applicants_words(write):
    def work(session):
        owner = factories.person(session, role="applicant")
        measure = starting.start(session, factories.call(session, annexes=["offers"]), by=owner, at=MORNING)
        found = gaps.gaps(queries.proposal(session, measure))
        return [
            (gap.section, gap.text) for gap in found if gap.section in ("measure", "costs", "annexes", "declarations")
        ]

    assert write(work) == [
        ("measure", "a title: at least 10 characters"),
        ("measure", "a summary: at least 200 characters"),
        ("measure", "the region"),
        ("measure", "the place"),
        ("measure", "the topic"),
        ("measure", "the kind of measure"),
        ("measure", "when it begins and ends"),
        ("costs", "at least one line of costs"),
        ("annexes", "Offers or price lists"),
        ("declarations", "7 to confirm"),
        ("declarations", "name, place and date"),
    ]


def test_starting_twice_gives_the_same_empty_draft(write):
    def work(session):
        owner, call = factories.person(session, role="applicant"), factories.call(session)
        first, second = (starting.start(session, call, by=owner, at=MORNING).id for _ in range(2))
        return first == second

    assert write(work)


@pytest.mark.parametrize("at", [MORNING - timedelta(days=60), MORNING + timedelta(days=60)])
def test_a_call_that_is_not_open_takes_no_draft(write, at):
    def work(session):
        with pytest.raises(Refused):
            starting.start(session, factories.call(session), by=factories.person(session, role="applicant"), at=at)

    write(work)


def test_a_draft_keeps_no_history(write, draft):
    def work(session):
        return draft(session).id

    measure_id = write(work)
    assert write(lambda session: of_case(session, measure_id)) == []


@pytest.mark.parametrize(
    ("ends_on", "said"),
    [
        (date(2026, 6, 1), "The end must be after the start."),
        (date(2026, 5, 31), "The end must be after the start."),
        (
            date(2027, 7, 1),
            "A measure lasts at most 12 months. If it begins then, it ends on 1 June 2027 or earlier.",
        ),
    ],
)
def test_an_end_before_the_start_and_thirteen_months_are_refused_at_the_field(write, draft, ends_on, said):
    def work(session):
        measure = draft(session)
        with pytest.raises(Refused) as refused:
            drafting.save(session, measure, "measure", FIELDS["measure"] | {"ends_on": ends_on}, **how(measure))
        return refused.value.reasons, refused.value.field, measure.ends_on

    assert write(work) == ((said,), "ends_on", date(2027, 3, 31))


def test_twelve_months_to_the_day_are_allowed(write, draft):
    def work(session):
        measure = draft(session)
        drafting.save(session, measure, "measure", FIELDS["measure"] | {"ends_on": date(2027, 6, 1)}, **how(measure))
        return measure.ends_on

    assert write(work) == date(2027, 6, 1)


def test_more_from_others_than_a_line_costs_is_refused_at_the_line(write, draft):
    def work(session):
        measure = draft(session)
        rows = [{"id": x.id, "own_cash": x.amount + 1} for x in queries.lines(session, measure)]
        with pytest.raises(Refused) as refused:
            drafting.save(session, measure, "financing", {}, rows, **how(measure))
        return refused.value.field, measure.requested

    assert write(work) == ("sources-0-own_cash", 7_500_00)


def test_lines_keep_their_sources_when_others_are_added_changed_and_taken_out(write, draft):
    def work(session):
        measure = draft(session)
        first, second = queries.lines(session, measure)
        rows = [
            line("Offers", 100_00),
            line("Training", 100_00, category="events", id=second.id),
        ]
        drafting.save(session, measure, "costs", {}, rows, **how(measure))
        found = queries.lines(session, measure)
        return [(x.no, x.description, x.amount, x.from_grant, x.revenue) for x in found], measure.total_cost, first.id

    lines, total, _ = write(work)
    assert lines == [(1, "Offers", 100_00, 100_00, 0), (2, "Training", 100_00, 0, 100_00)]
    assert total == 200_00


def test_an_amount_rounds_half_up(write, draft):
    def work(session):
        measure = draft(session)
        drafting.save(session, measure, "costs", {}, [line("Cloth", 1_01, quantity=2500)], **how(measure))
        return queries.lines(session, measure)[0].amount

    assert write(work) == 2_53


def test_an_oversized_line_is_refused_at_its_price(write, draft):
    def work(session):
        measure = draft(session)
        rows = [line("Moon", 10**15, quantity=999_999_999_000)]
        with pytest.raises(Refused) as refused:
            drafting.save(session, measure, "costs", {}, rows, **how(measure))
        return refused.value.field

    assert write(work) == "lines-0-unit_price"


def test_women_men_and_not_stated_are_all(write, draft):
    def work(session):
        measure = draft(session)
        rows = [ROWS["groups"][0] | {"female": 61}]
        with pytest.raises(Refused) as refused:
            drafting.save(session, measure, "groups", {}, rows, **how(measure))
        return refused.value.reasons, refused.value.field, len(queries.parts(session, TargetGroup, measure))

    assert write(work) == (
        ("Women, men and not stated are 121 together, but all are 120.",),
        "groups-0-total",
        1,
    )


def test_a_newer_paper_replaces_the_older_and_offers_stand_side_by_side(write, draft):
    def work(session):
        measure = draft(session)
        for number, kind in enumerate(("registration", "offers", "offers"), start=1):
            kept = Kept(str(number) * 64, 10, f"{number}.pdf", "application/pdf")
            for _again in range(2):  # the same bytes once
                attaching.attach(session, measure, kept, kind, by=measure.owner, at=MORNING + timedelta(minutes=number))
        return [(annex.kind, file.name) for annex, file in queries.proposal(session, measure).annexes]

    assert write(work) == [("registration", "1.pdf"), ("offers", "2.pdf"), ("offers", "3.pdf")]


def test_the_region_brings_its_branch(write, draft):
    def work(session):
        measure = draft(session)
        other = factories.branch(session, region="MN-043")
        drafting.save(session, measure, "measure", FIELDS["measure"] | {"region": "MN-043"}, **how(measure))
        return measure.branch_id == other.id

    assert write(work)


def test_an_organisation_of_somebody_else_is_not_written_into(write, draft):
    def work(session):
        measure = draft(session)
        other = factories.organisation(session, name="Other")
        measure.owner.organisation_id = other.id
        fields = {"organisation": FIELDS["applicant"]["organisation"] | {"name": "Mine now"}}
        drafting.save(session, measure, "applicant", fields, ROWS["applicant"], **how(measure))
        return measure.organisation.name, other.name

    assert write(work) == ("Blue Sky cooperative", "Other")


@pytest.mark.parametrize("status", ["submitted", "eligible", "approved", "running", "closed", "withdrawn"])
def test_what_was_sent_is_not_edited(write, status):
    def work(session):
        measure = factories.measure(session, status=status)
        measure = queries.get(session, measure.id)
        with pytest.raises(NotAllowed):
            drafting.save(session, measure, "problem", {"problem": "Other"}, **how(measure))

    write(work)


def test_a_returned_proposal_is_edited_on_record(write):
    def work(session):
        measure = queries.get(session, factories.measure(session, status="returned").id)
        drafting.save(session, measure, "problem", {"problem": "Other words"}, **how(measure))
        return measure.id

    measure_id = write(work)
    entries = write(lambda session: [told.entry for told in of_case(session, measure_id)])
    assert [(entry.action, entry.data["section"]) for entry in entries] == [("measures.edit", "problem")]


def test_a_group_without_a_sponsor_is_told_so(write, draft):
    def work(session):
        measure = draft(session)
        fields = {"organisation": FIELDS["applicant"]["organisation"] | {"kind": "group"}}
        drafting.save(session, measure, "applicant", fields, ROWS["applicant"], **how(measure))
        alone = [gap.text for gap in gaps.gaps(queries.proposal(session, measure))]
        rows = [row | ({"organisation": "Town"} if row["part"] == "signs" else {}) for row in ROWS["applicant"]]
        drafting.save(session, measure, "applicant", fields, rows, **how(measure))
        return alone, gaps.gaps(queries.proposal(session, measure))

    assert write(work) == (["a sponsor who signs, because a group is not registered"], [])


@pytest.mark.parametrize(
    ("own_cash", "in_kind", "said"),
    [
        (2_500_00, 0, []),
        (499_99, 2_000_01, ["What you pay in money is 4.9 %; at least 5 % is needed"]),
        (2_499_99, 0, ["Your own share is 24.9 %; at least 25 % is needed"]),
        (
            0,
            0,
            ["Your own share is 0 %; at least 25 % is needed", "What you pay in money is 0 %; at least 5 % is needed"],
        ),
    ],
)
def test_the_own_share_is_tested_to_the_cent(write, draft, own_cash, in_kind, said):
    def work(session):
        measure = draft(session)
        drafting.save(session, measure, "costs", {}, [line("All", 10_000_00)], **how(measure))
        row = {"id": queries.lines(session, measure)[0].id, "own_cash": own_cash, "in_kind": in_kind}
        drafting.save(session, measure, "financing", {}, [row], **how(measure))
        return [gap.text for gap in gaps.gaps(queries.proposal(session, measure)) if gap.section == "financing"]

    assert write(work) == said


def test_administration_is_capped_at_a_tenth(write, draft):
    def work(session):
        measure = draft(session)
        rows = [line("Work", 8_999_99), line("Office", 1_000_01, category="admin")]
        drafting.save(session, measure, "costs", {}, rows, **how(measure))
        return [gap.text for gap in gaps.gaps(queries.proposal(session, measure)) if gap.section == "costs"]

    assert write(work) == ["Administration: at most 10 % of all costs"]


def test_kept_totals_are_proved(write, draft):
    def work(session):
        measure = draft(session)
        before = queries.verify(session)
        session.get_one(BudgetLine, queries.lines(session, measure)[0].id)
        measure.total_cost += 1
        session.flush()
        return before, queries.verify(session)

    assert write(work) == ([], ["measure 1 says 1000001 in all, its lines sum to 1000000"])
