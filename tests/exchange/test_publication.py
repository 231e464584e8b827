"""What the open list of grants says of those who have not agreed to publication, or have withdrawn it."""

import csv
import io
from datetime import timedelta

from fundapp.exchange.exports import export_grants
from fundapp.measures import consents, queries
from tests import factories
from tests.factories import MORNING

AGREED = {"publication": True}


def lines(session):
    out = io.StringIO()
    export_grants(session, out)
    rows = csv.DictReader(io.StringIO(out.getvalue()))
    return [
        (row["Recipient Org:Name"], row["Title"], row["Recipient Org:Identifier"], row["Amount Awarded"])
        for row in rows
    ]


def test_without_consent_only_amounts_dates_and_region_are_written(write):
    def work(session):
        organisation = factories.organisation(session, name="Blue Sky cooperative", register="MN-1")
        how = {"status": "running", "organisation": organisation, "title": "Wool line"}
        agreed = queries.get(session, factories.measure(session, declarations=AGREED, **how).id)
        silent = factories.measure(session, declarations={}, **how)
        found = lines(session)
        consents.withdraw(session, agreed, "publication", by=agreed.owner, at=MORNING + timedelta(days=1))
        assert found == [
            ("Blue Sky cooperative", "Wool line", "MN-1", "5000"),
            ("not published", silent.number, "", "5000"),
        ]
        return [name for name, *_rest in lines(session)]

    assert write(work) == ["not published", "not published"]


def test_what_was_taken_over_from_a_list_stays_as_the_list_had_it(write):
    def work(session):
        factories.measure(
            session, status="closed", title="An old grant", imported_key="old-1", imported_row={"Name": "x"}
        )
        return [title for _name, title, *_rest in lines(session)]

    assert write(work) == ["An old grant"]
