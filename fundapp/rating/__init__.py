"""Rating: criteria, committee, score sheets, the meeting and its decision.

Members score alone and blind where the call asks for it; the arithmetic is in `scoring.py`, the default criteria in
`scheme.py`. A rating knows its measure; what becomes of the decision is the business of grants.
"""
