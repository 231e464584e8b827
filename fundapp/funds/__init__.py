"""Funds: donors, contributions, calls, and the ledger - append-only, balanced by the database, the one place where money is counted.

A call stands in up to three languages, asks questions of its own (questions.py, edited on a page by editor.py), counts its
editions, is fixed by the first proposal, and gives a region more time after an outage (calling.py). What the public asks
about it is answered for all (inquiries.py).
"""
