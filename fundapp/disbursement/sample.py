"""The sample of the letter of settlement: every field its template may use, as the text that will stand in it."""

from typing import Any

FUND = {"name": "Sample Fund for Local Economic Development"}
DOCUMENT = {"number": "LF-2026-014", "version": "1", "date": "2 March 2026"}
OFFICER = {"name": "Officer of the branch", "phone": "+976 00 00 00 00", "email": "officer@fund.example"}
RECEIVER = {
    "name": "Sample Cooperative",
    "person": "Chair of the cooperative",
    "address": "2 Sample Street\nSample Village",
}
SENDER = {
    "name": "Sample Chamber",
    "address": "1 Sample Street, Sample Town",
    "signatory": "Director of the chamber",
    "function": "Director",
    "place": "Sample Town",
}
COMPLAINT = {
    "days": "14",
    "until": "16 March 2026",
    "to": "Complaints office of the chamber, complaints@fund.example",
    "answer_days": "30",
}

SETTLEMENT: dict[str, Any] = {
    "fund": FUND,
    "document": DOCUMENT,
    "sender": SENDER,
    "receiver": RECEIVER,
    "officer": OFFICER,
    "measure": {
        "number": "LF-2026-014",
        "title": "Wool washing line shared by four cooperatives",
        "place": "Sample Village",
    },
    "contract": {"number": "LF-2026-014", "date": "2 March 2026", "end": "31 January 2027"},
    "report": {"received": "28 April 2027", "accepted": "20 May 2027"},
    "currency": "EUR",
    "lines": [
        {
            "name": "Washing line with installation",
            "planned": "7,200.00",
            "claimed": "7,000.00",
            "accepted": "6,800.00",
            "remark": "receipt 14 is dated after the end",
        },
        {
            "name": "Training of eight operators",
            "planned": "1,200.00",
            "claimed": "1,000.00",
            "accepted": "1,000.00",
            "remark": "",
        },
        {
            "name": "Transport of the first season",
            "planned": "1,600.00",
            "claimed": "1,400.00",
            "accepted": "1,400.00",
            "remark": "",
        },
    ],
    "total": {"planned": "10,000.00", "claimed": "9,400.00", "accepted": "9,200.00"},
    "financing": "share",  # share, fixed or deficit
    "share": "75.0",
    "income": "EUR 0.00",  # other income that reduces the grant (deficit)
    "awarded": "EUR 7,500.00",
    "due": "EUR 6,900.00",
    "paid": "EUR 6,750.00",
    "balance": "EUR 150.00",  # without sign
    "outcome": "pay",  # pay, claim or even
    "pay_by": "3 June 2027",
    "account": "Sample Cooperative, MN00 0000 0000 0000 0000",
    "refund": {
        "days": "30",
        "until": "20 June 2027",
        "account": "Sample Fund, MN11 1111 1111 1111 1111",
        "reference": "LF-2026-014 refund",
        "interest": "5 percentage points a year above the base rate of the European Central Bank",
    },
    "records_until": "30 April 2034",
    "binding_until": "31 January 2030",
    "evaluations": [
        {"point": "12 months after the end", "due": "31 January 2028"},
        {"point": "24 months after the end", "due": "31 January 2029"},
    ],  # may be empty
    "complaint": COMPLAINT,
}
