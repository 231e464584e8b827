"""A proposal that lacks nothing, written through the verbs."""

from datetime import date, timedelta

import pytest

from fundapp.files.store import Kept
from fundapp.measures import attaching, drafting, queries, starting
from fundapp.measures.codes import DECLARATIONS, FUND_INDICATORS, PARTS
from tests import factories
from tests.factories import MORNING

LONG = ("Wool is sold unwashed and the river is spoiled. " * 10).strip()
PDF = Kept("a" * 64, 1000, "registration.pdf", "application/pdf")

FIELDS = {
    "measure": {
        "title": "Wool washing line shared by four cooperatives",
        "short_title": "Wool line",
        "summary": LONG,
        "region": "MN-041",
        "place": "Bulgan soum",
        "topic": "agriculture",
        "intervention": "equipment",
        "starts_on": date(2026, 6, 1),
        "ends_on": date(2027, 3, 31),
    },
    "applicant": {
        "organisation": {
            "name": "Blue Sky cooperative",
            "kind": "cooperative",
            "sector": "private",
            "register": "9012345",
            "founded_on": date(2020, 1, 1),
            "address": "2 Market Street, Mörön",
            "phone": "+976 9911 2233",
        },
        "organisation_note": "Twelve members.",
        "vat": "none",
    },
    "partners": {},
    "problem": {"problem": LONG, "no_bottleneck": "The regional analysis comes next year."},
    "results": {
        "objective": LONG[:150],
        "outputs": "One line.",
        "outcomes": "Better prices.",
        "visible_effect": "The line runs.",
        "visible_by": date(2026, 12, 1),
    },
    "activities": {},
    "groups": {},
    "benefit": {"public_benefit": LONG, "breadth": 120, "breadth_method": "Members of the cooperatives"},
    "environment": {"env_effect": 1, "land": "no"},
    "afterwards": {"after_funding": LONG},
    "risks": {},
    "costs": {},
    "support": {"supported": "no"},
    "declarations": {
        "declarations": dict.fromkeys(DECLARATIONS, True) | {"name": "D. Bold", "place": "Mörön", "date": "2026-03-02"}
    },
}


def line(description, price, **more):
    row = {"category": "equipment", "description": description, "unit": "piece", "quantity": 1000, "unit_price": price}
    return row | more


ROWS = {
    "applicant": [
        {"part": part, "organisation": "Blue Sky cooperative", "person": "D. Bold", "phone": "+976 9911 2233"}
        | ({"bank": "Khan Bank", "account": "MN120005001234567890"} if part == "account" else {})
        for part in PARTS
    ],
    "partners": [
        {"name": "S. Tuya", "sector": "public", "role": "School", "contribution": "Trains", "key_person": True}
    ],
    "results": [
        {"code": code, "title": title, "unit": unit, "baseline": 0, "target": 8000 if code == "people_trained" else 0}
        for code, (title, unit) in FUND_INDICATORS.items()
    ],
    "activities": [
        {
            "title": "Install the line",
            "responsible": "D. Bold",
            "starts_on": date(2026, 6, 1),
            "ends_on": date(2026, 9, 30),
        }
    ],
    "risks": [
        {"text": "The winter comes early", "mitigation": "We start in June."},
        {"text": "The buyer pays late", "mitigation": "Two buyers."},
    ],
    "groups": [
        {"label": "Herders", "total": 120, "female": 60, "male": 50, "not_stated": 10}
        | {"youth": 30, "vulnerable": 20, "disability": 1}
    ],
    "costs": [line("Washing line", 7_000_00), line("Training", 150_00, category="events", quantity=20_000)],
}


@pytest.fixture
def draft():
    """draft(session, ...) -> a complete draft of an applicant in an open call (registration asked for), 10,000.00 in all, 7,500.00 asked for."""

    def make(session, *, call=None, owner=None, branch=None, without=(), at=MORNING):
        branch = branch or factories.branch(session, region="MN-041", name="Branch Khövsgöl", phone="7038 0000")
        call = call or factories.call(session, annexes=["registration"])
        owner = owner or factories.person(session, role="applicant")
        measure = starting.start(session, call, by=owner, at=at)
        for section, fields in FIELDS.items():
            if section not in without:
                drafting.save(session, measure, section, fields, ROWS.get(section, ()), by=owner, at=at)
        if "financing" not in without and "costs" not in without:
            first, second = queries.lines(session, measure)
            rows = [{"id": first.id, "own_cash": 1_000_00, "in_kind": 1_000_00}, {"id": second.id, "revenue": 500_00}]
            paid = {"own_when": "After the cashmere, in May", "in_kind_note": "20 days at 50.00"}
            drafting.save(session, measure, "financing", paid, rows, by=owner, at=at)
        if "annexes" not in without:
            attaching.attach(session, measure, PDF, "registration", by=owner, at=at)
        return measure

    return make


def later(**by):
    return MORNING + timedelta(**by)
