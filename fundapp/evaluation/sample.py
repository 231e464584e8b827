"""The sample of the portfolio report: every field its template may use, as the text that will stand in it."""

from typing import Any

PORTFOLIO: dict[str, Any] = {
    "fund": {"name": "Sample Fund for Local Economic Development"},  # 'All funds' where the report covers several
    "document": {"number": "Portfolio report 2026", "version": "1", "date": "15 January 2027"},
    "report": {"title": "Portfolio report", "period": "2023 to 2026", "as_of": "31 December 2026"},
    "summary": [
        {"text": "104 measures have been contracted and have ended; 7 more are running."},
        {
            "text": "They trained 2,140 people and created 316 jobs. 94 of 102 measures whose evaluation was due are still effective."
        },
    ],
    "figures": [  # the programme figures: contracted and ended, trained, jobs, higher incomes, still effective
        {
            "value": "104",
            "name": "measures",
            "definition": "contracted, and their funding has ended",
            "as_of": "31 December 2026",
        },
        {
            "value": "2,140",
            "name": "people trained",
            "definition": "as reported by the measures, each person once a measure",
            "as_of": "31 December 2026",
        },
        {
            "value": "316",
            "name": "new jobs",
            "definition": "net positions that exist because of the measure",
            "as_of": "31 December 2026",
        },
        {
            "value": "1,905",
            "name": "people with higher incomes",
            "definition": "net income at least 10 % above the starting value",
            "as_of": "31 December 2026",
        },
        {
            "value": "94 of 102",
            "name": "still effective (92.2 %)",
            "definition": "latest answer of every measure whose evaluation at the end was due; partly, no and unknown count as not effective",
            "as_of": "31 December 2026",
        },
        {
            "value": "65 of 71",
            "name": "still effective 12 months after the end (91.5 %)",
            "definition": "answer at this visit of every contracted measure for which it was due",
            "as_of": "31 December 2026",
        },
        {
            "value": "36 of 40",
            "name": "still effective 24 months after the end (90.0 %)",
            "definition": "answer at this visit of every contracted measure for which it was due",
            "as_of": "31 December 2026",
        },
        {
            "value": "2 of 2",
            "name": "branches growing in members (150 to 214)",
            "definition": "more members in the last year on record than in the first, whatever fund or year is chosen",
            "as_of": "2023 to 2026",
        },
    ],
    "running": {
        "value": "7",
        "name": "measures running",
        "definition": "contracted, funding has not ended; in none of the figures above",
        "as_of": "31 December 2026",
    },
    "currencies": [  # one entry a currency, never added up
        {
            "currency": "EUR",
            "awarded": "812,400.00",
            "paid": "790,150.00",
            "proven": "771,020.00",
            "own": "310,880.00",
            "measures": "80",
            "years": [
                {
                    "year": "2023",
                    "measures": "12",
                    "awarded": "110,000.00",
                    "paid": "110,000.00",
                    "proven": "109,300.00",
                },
                {
                    "year": "2024",
                    "measures": "30",
                    "awarded": "302,400.00",
                    "paid": "300,150.00",
                    "proven": "291,720.00",
                },
                {
                    "year": "2025",
                    "measures": "38",
                    "awarded": "400,000.00",
                    "paid": "380,000.00",
                    "proven": "370,000.00",
                },
            ],
            "branches": [
                {
                    "branch": "Sample Branch North",
                    "measures": "50",
                    "awarded": "512,400.00",
                    "paid": "500,150.00",
                    "proven": "490,000.00",
                },
                {
                    "branch": "Sample Branch South",
                    "measures": "30",
                    "awarded": "300,000.00",
                    "paid": "290,000.00",
                    "proven": "281,020.00",
                },
            ],
        },
        {
            "currency": "GBP",
            "awarded": "60,000.00",
            "paid": "60,000.00",
            "proven": "58,900.00",
            "own": "12,000.00",
            "measures": "24",
            "years": [
                {"year": "2026", "measures": "24", "awarded": "60,000.00", "paid": "60,000.00", "proven": "58,900.00"}
            ],
            "branches": [
                {
                    "branch": "Sample Branch North",
                    "measures": "24",
                    "awarded": "60,000.00",
                    "paid": "60,000.00",
                    "proven": "58,900.00",
                }
            ],
        },
    ],
    "by_year_picture": {
        "chart": {
            "kind": "columns",
            "title": "Measures by year of contract",
            "labels": ["2023", "2024", "2025", "2026"],
            "unit": "measures, contracted and ended",
            "series": [
                {"name": "contracted", "values": [12, 30, 38, 31]},
                {"name": "of these ended", "values": [12, 30, 38, 24]},
            ],
        },
        "width_cm": 16.4,
        "alt": "Columns: measures contracted and ended in each year; the figures stand in the table below.",
    },
    "by_year": [
        {
            "year": "2023",
            "contracted": "12",
            "ended": "12",
            "trained": "240",
            "jobs": "31",
            "incomes": "190",
            "effective": "10 of 12",
        },
        {
            "year": "2024",
            "contracted": "30",
            "ended": "30",
            "trained": "610",
            "jobs": "88",
            "incomes": "540",
            "effective": "27 of 30",
        },
        {
            "year": "2025",
            "contracted": "38",
            "ended": "38",
            "trained": "800",
            "jobs": "120",
            "incomes": "720",
            "effective": "35 of 37",
        },
        {
            "year": "2026",
            "contracted": "31",
            "ended": "24",
            "trained": "490",
            "jobs": "77",
            "incomes": "455",
            "effective": "22 of 23",
        },
    ],
    "by_branch_picture": {
        "chart": {
            "kind": "bars",
            "title": "People trained by branch",
            "labels": ["Sample Branch North", "Sample Branch South"],
            "unit": "people",
            "series": [{"name": "trained", "values": [1290, 850]}],
        },
        "width_cm": 16.4,
        "alt": "Bars: people trained in each branch; the figures stand in the table below.",
    },
    "by_branch": [
        {
            "branch": "Sample Branch North",
            "contracted": "71",
            "ended": "66",
            "trained": "1,290",
            "jobs": "201",
            "incomes": "1,150",
            "effective": "60 of 65",
        },
        {
            "branch": "Sample Branch South",
            "contracted": "40",
            "ended": "38",
            "trained": "850",
            "jobs": "115",
            "incomes": "755",
            "effective": "34 of 37",
        },
    ],
    "total": {
        "contracted": "111",
        "ended": "104",
        "trained": "2,140",
        "jobs": "316",
        "incomes": "1,905",
        "effective": "94 of 102",
    },
    "members": [  # one row a branch with figures: its first and its last year on record; may be empty
        {
            "branch": "Sample Branch North",
            "first_year": "2023",
            "first": "90",
            "last_year": "2026",
            "last": "128",
            "growth": "+42.2 %",
        },
        {
            "branch": "Sample Branch South",
            "first_year": "2023",
            "first": "60",
            "last_year": "2026",
            "last": "86",
            "growth": "+43.3 %",
        },
    ],
    "growth": {"first": "150", "last": "214", "growing": "2 of 2"},  # of the branches with two years on record
    "effective": [  # one row a point of evaluation
        {"point": "at the end", "due": "102", "yes": "96", "partly": "3", "no": "2", "unknown": "1", "rate": "94.1 %"},
        {
            "point": "6 months later",
            "due": "90",
            "yes": "84",
            "partly": "3",
            "no": "2",
            "unknown": "1",
            "rate": "93.3 %",
        },
        {
            "point": "12 months later",
            "due": "71",
            "yes": "65",
            "partly": "3",
            "no": "2",
            "unknown": "1",
            "rate": "91.5 %",
        },
        {
            "point": "24 months later",
            "due": "40",
            "yes": "36",
            "partly": "1",
            "no": "2",
            "unknown": "1",
            "rate": "90.0 %",
        },
    ],
    "measures": [
        {
            "number": "LF-2024-003",
            "title": "Welders' course",
            "branch": "Sample Branch North",
            "year": "2024",
            "grant": "EUR 9,000.00",
            "status": "closed",
            "effective": "yes",
        },
        {
            "number": "LF-2025-011",
            "title": "Paper sorting point",
            "branch": "Sample Branch South",
            "year": "2025",
            "grant": "EUR 4,000.00",
            "status": "settled",
            "effective": "partly",
        },
    ],
    "notes": [
        {
            "text": "Measures taken over from the earlier fund carry no evaluation and are not part of the effective rate."
        }
    ],  # may be empty
}
