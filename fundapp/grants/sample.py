"""The sample of the grant agreement: every field its template may use, as the text that will stand in it."""

from typing import Any

FUND = {"name": "Sample Fund for Local Economic Development"}
DOCUMENT = {"number": "C-2026-0014", "version": "1", "date": "2 March 2026"}
OFFICER = {"name": "Officer of the branch", "phone": "+976 00 00 00 00", "email": "officer@fund.example"}

CONTRACT: dict[str, Any] = {
    "fund": {
        **FUND,
        "donors": "Sample Donor and Second Sample Donor",
        "report_to": "integrity@fund.example, +976 00 00 00 01",
    },
    "document": DOCUMENT,
    "grantor": {
        "name": "Sample Chamber",
        "address": "1 Sample Street, Sample Town",
        "register": "0000001",
        "signatory": "Director of the chamber",
        "function": "Director",
        "umbrella": "Sample Umbrella Chamber",
    },
    "holder": {
        "name": "Sample Cooperative",
        "address": "2 Sample Street, Sample Village",
        "register": "0000002",
        "signatory": "Chair of the cooperative",
        "function": "Chair",
        "phone": "+976 00 00 00 02",
    },
    "group": {
        "name": "Sample Herder Group",
        "contact": "Speaker of the group",
        "phone": "+976 00 00 00 03",
    },  # who acts; the holder again where not sponsored
    "sponsored": True,  # the group has no legal form: the holder signs for it
    "account": {"holder": "Sample Cooperative", "bank": "Sample Bank", "number": "MN00 0000 0000 0000 0000"},
    "reporter": {"name": "Bookkeeper of the cooperative", "phone": "+976 00 00 00 04"},
    "officer": OFFICER,
    "measure": {
        "number": "LF-2026-014",
        "title": "Wool washing line shared by four cooperatives",
        "place": "Sample Village, Sample District",
        "purpose": "One washing line for 120 households, so that clean wool is sold instead of raw wool.",
        "description": "The cooperatives buy and install one washing line, train eight operators and sell the first season's wool together.",
        "bottleneck": "Raw wool leaves the region unwashed; buyers pay a third less and the water of the river is spoiled.",
        "target_group": "120 herder households, 52 of them headed by women.",
        "public_benefit": "Open to every household of the district at the same fee; the used water is cleaned before it leaves.",
        "visible_effect": "40 tonnes of washed wool sold by the end of the term.",
        "after": "The four cooperatives run the line from fees; repairs are paid from a reserve of 5 % of the fees.",
        "activities": [
            {"what": "Order and install the line", "when": "April to June 2026", "who": "Cooperative"},
            {"what": "Train eight operators", "when": "July 2026", "who": "Vocational school"},
            {"what": "First season", "when": "August 2026 to January 2027", "who": "Group"},
        ],
        "start": "1 April 2026",
        "end": "31 January 2027",
        "months": "10",
        "start_latest": "2 June 2026",
    },
    "money": {
        "currency": "EUR",
        "total": "EUR 10,000.00",
        "grant": "EUR 7,500.00",
        "grant_words": "seven thousand five hundred euros",
        "share": "75.0",
        "financing": "share",  # share, fixed or deficit
        "own": "EUR 2,500.00",
        "own_share": "25.0",
        "own_cash": "EUR 1,000.00",
        "own_in_kind": "EUR 1,500.00",
    },
    "instalments": [
        {
            "number": "1",
            "amount": "EUR 3,750.00",
            "share": "50",
            "when": "after signature, from 1 April 2026",
            "purpose": "order and installation",
            "conditions": "Agreement signed; account confirmed; first own contribution paid in.",
        },
        {
            "number": "2",
            "amount": "EUR 3,000.00",
            "share": "40",
            "when": "about 1 September 2026",
            "purpose": "training and first season",
            "conditions": "Interim report accepted; 70 % of the first instalment spent and evidenced; own contribution paid in step.",
        },
        {
            "number": "3",
            "amount": "EUR 750.00",
            "share": "10",
            "when": "after the final report",
            "purpose": "the balance",
            "conditions": "Final report accepted; settlement made; visit without open findings.",
        },
    ],
    "reports": [
        {"what": "Interim report with receipts", "due": "31 August 2026"},
        {"what": "Final report with receipts and statement of use", "due": "30 April 2027"},
    ],
    "evaluations": [
        {"point": "at the end of the term", "due": "31 January 2027"},
        {"point": "6 months later", "due": "31 July 2027"},
        {"point": "12 months later", "due": "31 January 2028"},
        {"point": "24 months later", "due": "31 January 2029"},
    ],
    "rules": {
        "retention": "10",  # percent of the grant paid after the final report is accepted
        "payment_days": "10",  # working days
        "start_months": "3",
        "flexibility": "20",  # percent above plan of a budget line
        "use_by_days": "122",
        "interest_points": "5",
        "interest_base": "the base rate of the European Central Bank",
        "cash_limit": "EUR 100.00",
        "equipment_from": "EUR 800.00",
        "binding_years": "3",
        "binding_until": "31 January 2030",
        "record_years": "7",
        "records_until": "30 April 2034",
        "evaluation_months": "24",
        "evaluations_until": "31 January 2029",
        "amendment_days": "30",
        "suspension_months": "3",
        "hearing_days": "14",
        "refund_days": "30",
        "complaint_days": "14",
        "law": "Mongolia",
        "court": "the court at the seat of the Fund",
        "language": "English",
    },
    "purchases": [
        {"value": "up to EUR 500.00", "how": "bought directly; the receipt is enough"},
        {"value": "above EUR 500.00 to EUR 2,000.00", "how": "three prices compared, noted and kept"},
        {
            "value": "above EUR 2,000.00 to EUR 15,000.00",
            "how": "three written offers; the reason for the choice in writing",
        },
        {"value": "above EUR 15,000.00", "how": "tender among at least five bidders, agreed with the Fund beforehand"},
    ],
    "budget": [
        {
            "line": "1",
            "name": "Washing line with installation",
            "quantity": "1",
            "price": "7,200.00",
            "total": "7,200.00",
            "grant": "5,700.00",
            "own": "1,500.00",
            "other": "0.00",
        },
        {
            "line": "2",
            "name": "Training of eight operators",
            "quantity": "8",
            "price": "150.00",
            "total": "1,200.00",
            "grant": "1,200.00",
            "own": "0.00",
            "other": "0.00",
        },
        {
            "line": "3",
            "name": "Transport of the first season",
            "quantity": "40 t",
            "price": "40.00",
            "total": "1,600.00",
            "grant": "600.00",
            "own": "1,000.00",
            "other": "0.00",
        },
    ],
    "budget_total": {"total": "10,000.00", "grant": "7,500.00", "own": "2,500.00", "other": "0.00"},
    "sources": [
        {"name": "Grant of the Fund", "kind": "money", "amount": "7,500.00", "share": "75.0"},
        {"name": "Own contribution", "kind": "money", "amount": "1,000.00", "share": "10.0"},
        {"name": "Own contribution", "kind": "work and material", "amount": "1,500.00", "share": "15.0"},
    ],
    "indicators": [
        {
            "name": "Washed wool sold",
            "unit": "tonnes a year",
            "baseline": "0",
            "target": "40",
            "evidence": "sales book",
        },
        {
            "name": "Operators trained (women)",
            "unit": "people",
            "baseline": "0 (0)",
            "target": "8 (4)",
            "evidence": "signed attendance lists",
        },
        {
            "name": "Households with higher income",
            "unit": "households",
            "baseline": "0",
            "target": "90",
            "evidence": "interviews with 30 households",
        },
    ],
}
