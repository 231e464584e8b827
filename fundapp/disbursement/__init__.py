"""Disbursement: requests, payments, receipts and the settlement in the end.

Pays exactly once and never too much: every rule that speaks against a payment stands in `rules.py` and says why;
what is due in the end is reckoned in `settlement.py`.
"""
